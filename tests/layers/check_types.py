#!/usr/bin/env python3
"""Refuses two types of one name. Two rooms may not know one another and still end in one program, where
the linker keeps one of the two: the wrong destructor then runs, and no compiler says so (C++20,
[basic.def.odr]).

    check_types.py FOLDER...

Reads what clang-format leaves: namespaces and the types in them begin in the first column. What is in an
anonymous namespace is of its file alone.
"""

import collections
import pathlib
import re
import sys

TYPE = re.compile(r"(?:class|struct|enum class|enum|union) ([\w:]+)(?! *<)\b(?: final)?(?: :[^;]*)?(?: \{|$)")


def types_of(text: str):
    """The qualified names of the types that a file defines, with their lines."""
    namespaces = []
    for number, line in enumerate(text.splitlines(), start=1):
        if opened := re.match(r"(?:inline )?namespace (?:([\w:]+) )?\{", line):
            if not line.rstrip().endswith("}"):
                namespaces.append(opened[1])
        elif line.startswith("}  // namespace"):
            namespaces.pop()
        elif (found := TYPE.match(line)) and None not in namespaces:
            yield "::".join([*namespaces, found[1]]), number


def main(folders: list[pathlib.Path]) -> int:
    places = collections.defaultdict(list)
    files = 0
    for folder in folders:
        for path in sorted([*folder.rglob("*.h"), *folder.rglob("*.cpp")]):
            files += 1
            for name, number in types_of(path.read_text()):
                places[name].append(f"{path}:{number}")
    faults = [f"{name}: {' and '.join(found)}" for name, found in places.items() if len(found) > 1]
    print(*faults, sep="\n")
    print(f"{files} files, {len(places)} types, {len(faults)} names given twice")
    return 1 if faults or not places else 0


if __name__ == "__main__":
    sys.exit(main([pathlib.Path(folder) for folder in sys.argv[1:]]))
