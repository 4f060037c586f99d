#!/usr/bin/env python3
"""Verifies a folder of Noroshi's audit, or an unpacked export of it, without Noroshi.

    verify_audit.py FOLDER

Checks that every entry is linked to the one before by SHA-256, that none is missing, and that the
chain reaches the entry which the file `head` names. Prints what is wrong; exit status 1 then. Time
stamps are checked with OpenSSL (docs/reference/audit.md, "Time stamps"); clocks are not."""

import hashlib
import json
import pathlib
import sys


def place(path: pathlib.Path, otherwise):
    if not path.exists():
        return otherwise
    sequence, digest = path.read_text().split()
    return int(sequence), digest


def verify(folder: pathlib.Path) -> tuple[int, str, list[str]]:
    """The last entry, its hash, and what is wrong."""
    sequence, digest = place(folder / "before", (0, "0" * 64))
    head = place(folder / "head", None)
    wrong = [] if head else ["there is no head"]
    for segment in sorted(folder.glob("[0-9]*.jsonl")):
        if int(segment.stem) != sequence + 1:
            wrong.append(f"{segment.name}: follows entry {sequence}")
        with segment.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                where = f"{segment.name}:{number}"
                try:
                    entry = json.loads(line)
                    following, previous = entry["sequence"], entry["previous"]
                except (ValueError, KeyError, TypeError, RecursionError):
                    following = previous = None
                if type(following) is not int:
                    wrong.append(f"{where}: is no entry")
                    following = sequence + 1
                if not line.endswith(b"\n"):
                    wrong.append(f"{where}: unfinished")
                elif following != sequence + 1:
                    wrong.append(f"{where}: entry {following} follows entry {sequence}")
                elif previous != digest:
                    wrong.append(f"{where}: entry {sequence} is not the one that {following} names")
                sequence, digest = following, hashlib.sha256(line).hexdigest()
                if head and head[0] == sequence and head[1] != digest:
                    wrong.append(f"{where}: entry {sequence} is not the one that the head names")
    if head and head[0] > sequence:
        wrong.append(f"the head names entry {head[0]}, the last one is {sequence}")
    return sequence, digest, wrong


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    last, last_digest, faults = verify(pathlib.Path(sys.argv[1]))
    print(f"the last entry is {last}, its hash {last_digest}")
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)
