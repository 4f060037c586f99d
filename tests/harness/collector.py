"""Runs `noroshi collect` on loopback until the block ends, then holds its summary."""

import contextlib
import json
import pathlib
import re
import signal
import subprocess

from harness import peers, program


class Collector:
    """A running `noroshi collect`; `summary` is there once the block has ended."""

    def __init__(self, process, log: pathlib.Path):
        self._log = log
        self.process = process
        self.summary: dict = {}

    def addresses(self) -> list[tuple[str, str, int]]:
        """(transport, address, port) of each address it listens on, in the order it says them."""
        found = re.findall(r"listening on (\w+)://(\S+):(\d+)", self._log.read_text())
        return [(transport, address.strip("[]"), int(port)) for transport, address, port in found]

    @property
    def port(self) -> int:
        """Of its first address."""
        return self.addresses()[0][2]

    @property
    def talk(self) -> str:
        return self._log.read_text()

    def resident_kib(self) -> int:
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1])


@contextlib.contextmanager
def collector(folder: pathlib.Path, *arguments, listen=("127.0.0.1:0",), history=None, prefix=()):
    """Starts `noroshi collect` and waits until it listens; afterwards ends it with SIGTERM and
    insists that it ended well."""
    log = folder / "collect.log"
    where = [part for address in listen for part in ("--listen", address)]
    keep = ["--store", history] if history else ["--no-history"]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*prefix, *map(str, [program.locate(), "collect", "--json", "--location-database", "", *where,
                                *keep, *arguments])],  # fmt: skip
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    running = Collector(process, log)
    try:
        peers.wait_until(
            lambda: process.poll() is not None or len(running.addresses()) == len(listen),
            "noroshi collect to listen",
        )
        assert process.poll() is None, log.read_text()
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            output, _ = process.communicate(timeout=peers.LONGEST_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
    assert process.returncode == 0, f"status {process.returncode}: {log.read_text()}"
    running.summary = json.loads(output)
