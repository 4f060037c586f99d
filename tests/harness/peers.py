"""Starts and stops real programs on loopback: every wait is bounded, every process is ended."""

import contextlib
import pathlib
import random
import shutil
import socket
import subprocess
import time
import unittest

LONGEST_WAIT_SECONDS = 30.0
_dice = random.SystemRandom()


def needs(*programs: str):
    """Skips, counted, where a peer program is not installed."""
    missing = [program for program in programs if locate(program) is None]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)} (tools/bootstrap.sh)")


def locate(program: str) -> str | None:
    """The program's path; system folders count even where PATH leaves them out."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


def free_port() -> int:
    """A port on loopback that nobody holds at this moment, for UDP and TCP. Not one of those that
    the kernel gives to whoever connects: a server that is stopped and started again would find that
    somebody else has its port meanwhile."""
    given_by_kernel = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    for _ in range(1000):
        port = _dice.randrange(10_000, max(int(given_by_kernel[0]), 20_000))
        if not any(port_is_taken(port, kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)):
            return port
    raise AssertionError("no port is free")


def port_is_taken(port: int, kind: socket.SocketKind = socket.SOCK_DGRAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def wait_until(condition, what: str, seconds: float = LONGEST_WAIT_SECONDS) -> None:
    """Polls until `condition()` holds; fails the test with `what` when it never does."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


@contextlib.contextmanager
def peer(arguments, log: pathlib.Path, ends_with: str = "terminate"):
    """Runs a peer until the block ends, then asks it to end ("terminate" or "interrupt")."""
    program = locate(str(arguments[0]))
    assert program, f"{arguments[0]} is not installed"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *map(str, arguments[1:])],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(2 if ends_with == "interrupt" else 15)
            try:
                process.wait(LONGEST_WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def run_peer(
    arguments, log: pathlib.Path, seconds: float = LONGEST_WAIT_SECONDS, statuses=(0,)
) -> str:
    """Runs a peer to its own end and returns its standard output; other exit statuses than those
    named fail the test with all that it printed."""
    program = locate(str(arguments[0]))
    assert program, f"{arguments[0]} is not installed"
    completed = subprocess.run(
        [program, *map(str, arguments[1:])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        cwd=log.parent,
        check=False,
    )
    log.write_bytes(completed.stdout + completed.stderr)
    if completed.returncode not in statuses:
        raise AssertionError(f"{arguments} ended with {completed.returncode}: {log.read_text()}")
    return completed.stdout.decode("utf-8", "replace")
