#!/usr/bin/env python3
"""Puts what stands on standard input in place of one section of a Markdown file.

    put_section.py FILE < section

The section begins with its heading ("## Decoding") and reaches to the next heading of that level. A
file without that section gets it at its end; the rest of the file stays as it is.
"""

import pathlib
import re
import sys


def main() -> None:
    file = pathlib.Path(sys.argv[1])
    section = sys.stdin.read().strip() + "\n"
    heading = section.splitlines()[0]
    if not heading.startswith("## "):
        raise SystemExit(f"a section begins with its heading, not with '{heading}'")
    parts = re.split(r"(?m)^(?=## )", file.read_text())
    titles = [part.splitlines()[0] if part else "" for part in parts]
    if heading in titles:
        parts[titles.index(heading)] = section
    else:
        parts.append(section)
    file.write_text("\n".join(part.strip() + "\n" for part in parts if part.strip()))


if __name__ == "__main__":
    main()
