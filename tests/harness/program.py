"""Runs the built `noroshi` and reads what it prints."""

import datetime
import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ.get("NOROSHI_SOURCE", pathlib.Path(__file__).parents[2])).resolve()

# No single command may hang a test run. Sanitizer builds are slow; this is for hangs only.
LONGEST_RUN_SECONDS = 240


def locate() -> pathlib.Path:
    """The program under test."""
    if named := os.environ.get("NOROSHI"):
        return pathlib.Path(named)
    built = sorted(SOURCE.glob("build/*/noroshi"), key=lambda path: path.stat().st_mtime)
    if not built:
        raise SystemExit("no build/*/noroshi: build first, or set NOROSHI")
    return built[-1]


class Ended:
    """How one run ended: exit status, standard output and standard error as text."""

    def __init__(self, arguments, completed):
        self.arguments = [str(argument) for argument in arguments]
        self.status = completed.returncode
        self.output = completed.stdout.decode("utf-8", "replace")
        self.errors = completed.stderr.decode("utf-8", "replace")

    def __str__(self):
        return (
            f"noroshi {' '.join(self.arguments)}\nexit status {self.status}\n"
            f"--- standard output\n{self.output[:2000]}\n--- standard error\n{self.errors[:4000]}"
        )


class Failed(AssertionError):
    """A run that should have succeeded did not; the message is the whole story."""


def run(*arguments, standard_input=None, prefix=(), binary=None) -> Ended:
    """Runs noroshi to its end, whatever that is. `prefix` is a command that runs it (setpriv …);
    `binary` another copy of it."""
    completed = subprocess.run(
        [*prefix, str(binary or locate()), *map(str, arguments)],
        input=standard_input,
        stdin=None if standard_input is not None else subprocess.DEVNULL,
        capture_output=True,
        timeout=LONGEST_RUN_SECONDS,
        check=False,
    )
    return Ended(arguments, completed)


def run_well(*arguments, **options) -> Ended:
    """Runs noroshi and insists on exit status 0."""
    ended = run(*arguments, **options)
    if ended.status != 0:
        raise Failed(str(ended))
    return ended


def show(*files, arguments=()) -> list[dict]:
    """`noroshi recording show --json`: one dictionary a file, in the order given."""
    return json.loads(run_well("recording", "show", "--json", *arguments, *files).output)[
        "recordings"
    ]


def analyze(*files, arguments=()) -> dict:
    """`noroshi analyze --json`."""
    return json.loads(run_well("analyze", "--json", *arguments, *files).output)


_PROTOCOLS = {
    "icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "udp": 17, "dccp": 33, "ipv6": 41, "rsvp": 46,
    "gre": 47, "esp": 50, "ah": 51, "icmp6": 58, "ospf": 89, "pim": 103, "vrrp": 112, "sctp": 132,
}  # fmt: skip
_FLAGS = "FSRPAUEC"
_ADDRESSES = ("exporter", "next_hop")


def _plain(name: str, value):
    """One value as tests compare it: times in milliseconds since 1970, protocols and flags as
    numbers, a time or address that was not exported as 0 or as the address of no host."""
    if name in ("first", "last", "received"):
        if value is None:
            return 0
        moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        return round(moment.timestamp() * 1000)
    if name == "protocol":
        return _PROTOCOLS[value] if value in _PROTOCOLS else int(value)
    if name.endswith("tcp_flags"):
        return sum(1 << _FLAGS.index(letter) for letter in value or "")
    if name.endswith("_address") or name in _ADDRESSES:
        return value or "0.0.0.0"
    return value


def cat(*files, arguments=()) -> list[dict]:
    """`noroshi recording cat --format json`: one dictionary a flow, in the order of the files, its
    values made plain (see docs/reference/flow-formats.md for how they are written)."""
    ended = run_well("recording", "cat", "--format", "json", *arguments, *files)
    return [
        {name: _plain(name, value) for name, value in json.loads(line).items()}
        for line in ended.output.splitlines()
    ]
