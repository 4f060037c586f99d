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


def verify(folder: pathlib.Path) -> list[str]:
    sequence, digest = place(folder / "before", (0, "0" * 64))
    head = place(folder / "head", None)
    wrong = [] if head else ["there is no head"]
    for segment in sorted(folder.glob("[0-9]*.jsonl")):
        if int(segment.stem) != sequence + 1:
            wrong.append(f"{segment.name}: follows entry {sequence}")
        for number, line in enumerate(segment.open("rb"), 1):
            where = f"{segment.name}:{number}"
            try:
                entry = json.loads(line)
                next_sequence, previous = entry["sequence"], entry["previous"]
            except (ValueError, KeyError, TypeError, RecursionError):
                next_sequence = previous = None
            if type(next_sequence) is not int:
                wrong.append(f"{where}: is no entry")
                next_sequence = sequence + 1
            if not line.endswith(b"\n"):
                wrong.append(f"{where}: unfinished")
            elif next_sequence != sequence + 1:
                wrong.append(f"{where}: entry {next_sequence} follows entry {sequence}")
            elif previous != digest:
                wrong.append(f"{where}: entry {sequence} is not the one that {next_sequence} names")
            sequence, digest = next_sequence, hashlib.sha256(line).hexdigest()
            if head and head[0] == sequence and head[1] != digest:
                wrong.append(f"{where}: entry {sequence} is not the one that the head names")
    if head and head[0] > sequence:
        wrong.append(f"the head names entry {head[0]}, the last one is {sequence}")
    print(f"{sequence} is the last entry, its hash {digest}")
    return wrong


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    faults = verify(pathlib.Path(sys.argv[1]))
    print(*faults, sep="\n", end="\n" if faults else "")
    sys.exit(1 if faults else 0)
