#!/usr/bin/env python3
"""Holds the page that explains the design to a lawyer against the tests that it names.

    check_claims.py SOURCE

Each numbered claim of docs/explanation/secrecy-of-communications.md has one line `Shown by:` that names
files, or one test of a file (`FILE: Suite.Name`). All of them have to be there.
"""

import pathlib
import re
import sys

PAGE = "docs/explanation/secrecy-of-communications.md"


def fault_of(source: pathlib.Path, reference: str) -> str | None:
    name, _, test = reference.partition(": ")
    path = source / name
    if not path.is_file():
        return f"{name} is not there"
    if test:
        suite, _, case = test.partition(".")
        if not re.search(rf"\b\w+\({re.escape(suite)},\s*{re.escape(case)}\b", path.read_text()):
            return f"{name} has no test {test}"
    return None


def main(source: pathlib.Path) -> int:
    text = (source / PAGE).read_text()
    claims = re.split(r"(?m)^## ", text)[1:]
    numbered = [claim for claim in claims if re.match(r"\d+\. ", claim)]
    faults, tests = [], 0
    for number, claim in enumerate(numbered, start=1):
        title = claim.splitlines()[0]
        if not title.startswith(f"{number}. "):
            faults.append(f"{title}: number {number} is expected")
        shown = re.findall(r"(?m)^Shown by: (.*)$", claim)
        references = re.findall(r"`([^`]+)`", " ".join(shown))
        if len(shown) != 1 or not references:
            faults.append(f"{title}: a claim without its test")
        for reference in references:
            tests += 1
            if fault := fault_of(source, reference):
                faults.append(f"{title}: {fault}")
    if not any(claim.startswith("守れないこと") for claim in claims):
        faults.append("it does not say what it does not protect against")
    print(*faults, sep="\n")
    print(f"{len(numbered)} claims, {tests} tests, {len(faults)} faults")
    return 1 if faults or not numbered else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
