"""Runs tests/interop/delivery_driver.cpp: numbered flows into a history, and questions about them."""

import json
import os
import pathlib
import queue
import signal
import subprocess
import threading
import time

from harness import program


def locate() -> pathlib.Path:
    if named := os.environ.get("NOROSHI_DELIVERY_DRIVER"):
        return pathlib.Path(named)
    return program.locate().parent / "tests" / "delivery_driver"


def _arguments(command: str, options: dict) -> list[str]:
    return [str(locate()), command, *(f"{key}={value}" for key, value in options.items())]


def ask(command: str, options: dict, lines=(), seconds: float = 120) -> str:
    """Runs `count` or `answers` to its end and returns what it printed."""
    completed = subprocess.run(
        _arguments(command, options),
        input="".join(f"{first} {end}\n" for first, end in lines),
        capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    if completed.returncode != 0:
        raise AssertionError(f"{command} ended with {completed.returncode}: {completed.stderr}")
    return completed.stdout


def count(options: dict, acknowledged) -> dict:
    return json.loads(ask("count", options, acknowledged))


class Ingest:
    """A running `ingest`: what it said so far, and ways to end it."""

    def __init__(self, options: dict, log: pathlib.Path):
        self.acknowledged = []
        self.failures = []
        self.end = None
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                _arguments("ingest", options),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def listen(self, until, what: str, seconds: float = 120) -> None:
        """Takes in lines until `until()` holds; fails when it never does."""
        by = time.monotonic() + seconds
        while not until():
            try:
                line = self._lines.get(timeout=max(0.01, by - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"waited {seconds:.0f} s for {what}") from None
            if line is None:
                raise AssertionError(
                    f"ended with {self.status()} before {what}: {self._log.read_text()[-2000:]}"
                )
            self._take(line)

    def _take(self, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        if word == "acknowledged":
            first, end = map(int, rest.split())
            if self.acknowledged and self.acknowledged[-1][1] == first:
                self.acknowledged[-1] = (self.acknowledged[-1][0], end)
            else:
                self.acknowledged.append((first, end))
        elif word == "failed":
            self.failures.append(rest)
        elif word == "end":
            self.end = json.loads(rest)

    def total(self) -> int:
        return sum(end - first for first, end in self.acknowledged)

    def kill(self) -> None:
        """As kill -9 does; what it said before counts."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._drain()
        self._process.stdout.close()

    def _drain(self) -> None:
        while True:
            try:
                line = self._lines.get(timeout=5)
            except queue.Empty:
                return
            if line is None:
                return
            # A line that was cut short says nothing.
            if line.endswith("\n"):
                self._take(line)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def status(self) -> int:
        return self._process.wait(timeout=120)
