"""Runs tests/interop/store_dump.cpp: what a history or a spool holds, without Noroshi's questions."""

import os
import pathlib
import subprocess

from harness import program


def store_dump(command: str, folder: pathlib.Path, *more) -> subprocess.CompletedProcess:
    """Runs one of its commands to its end, and insists that it ended well."""
    named = os.environ.get("NOROSHI_STORE_DUMP")
    path = pathlib.Path(named) if named else program.locate().parent / "tests" / "store_dump"
    ended = subprocess.run([path, command, folder, *more], capture_output=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr.decode("utf-8", "replace")[-2000:]
    return ended
