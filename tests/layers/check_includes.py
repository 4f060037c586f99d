#!/usr/bin/env python3
"""Refuses an #include that crosses layers without being declared in src/CMakeLists.txt.

    check_includes.py SRC LAYERS

LAYERS is written by cmake: one line a layer, "name: dependency;dependency". A layer sees itself and
exactly the layers it names.
"""

import pathlib
import re
import sys


def main(source: pathlib.Path, layers_file: pathlib.Path) -> int:
    allowed: dict[str, set[str]] = {}
    for line in layers_file.read_text().splitlines():
        name, _, dependencies = line.partition(":")
        allowed[name] = {name, *filter(None, dependencies.strip().split(";"))}

    faults = []
    files = 0
    for room in sorted(path for path in source.iterdir() if path.is_dir()):
        if room.name not in allowed:
            if any(room.rglob("*.h")) or any(room.rglob("*.cpp")):
                faults.append(f"{room}: a room that src/CMakeLists.txt does not declare")
            continue
        for path in sorted([*room.rglob("*.h"), *room.rglob("*.cpp")]):
            files += 1
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                match = re.match(r'\s*#\s*include\s+"([^"/]+)/', line)
                if match and match[1] not in allowed[room.name]:
                    faults.append(
                        f"{path}:{number}: {room.name} may not include {match[1]}; it sees "
                        f"{', '.join(sorted(allowed[room.name]))}"
                    )
    print(*faults, sep="\n")
    print(f"{files} files, {len(faults)} undeclared includes")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
