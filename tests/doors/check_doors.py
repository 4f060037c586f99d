#!/usr/bin/env python3
"""Refuses a place where data enters, is read or leaves that does not say which guard stands there.

    check_doors.py SOURCE BUILD [--write]

What a file can do is read from its object file, not from its text: a file whose object calls into
the operating system, the network, a database or the stored traffic is a door, however it does so.
Such a file says, once for each way its data goes (`in`, `read`, `out`, `reveal`):

    // Door (in): what comes through. Guard: what bounds it.

continued over as many comment lines as it needs. Each route of src/api says the same in a line of
its own, `// Route /desk/x: what is asked. Guard: what bounds it.` The list of all doors is
docs/reference/doors.md; --write makes it anew. A door without a guard, a comment without a door and
a list that is not up to date are faults.
"""

import argparse
import pathlib
import re
import subprocess
import sys

# A way, what opens it, and the symbols that do. Of the operating system, whole names.
WAYS = [
    ("in", "takes what comes over the network",
     r"recv|recvfrom|recvmsg|recvmmsg|accept|accept4|SSL_read|SSL_read_ex|SSL_accept"),
    ("in", "reads files",
     r"fread|fgets|getline|pread|pread64|open|open64|openat|fopen|fopen64|mmap|mmap64|MMDB_open"
     r"|std::basic_ifstream<.*|std::cin|noroshi::File::read_at\(.*"),
    ("in", "asks over the network", r"curl_easy_perform|curl_multi_perform"),
    ("out", "writes files",
     r"fwrite|pwrite|pwrite64|ftruncate|ftruncate64|fsync|fdatasync|mkstemp|rename"
     r"|std::filesystem::rename\(.*|std::basic_ofstream<.*|write|writev"
     r"|noroshi::File::write_at\(.*"),
    ("out", "prints",
     r"puts|putchar|fputs|fputc|fprintf|printf|perror|std::cout|std::cerr|fmt::v\d+::vprint\(.*"),
    ("out", "logs", r"spdlog::logger::log_it_\(.*"),
    ("out", "sends over the network",
     r"send|sendto|sendmsg|sendmmsg|SSL_write|SSL_write_ex|curl_easy_perform"),
    ("read", "asks the stored traffic",
     r"noroshi::History::(ask|read|read_contacts|export_parquet)\(.*"),
    ("read", "speaks to a database", r"soci::session::session\(.*|dlsym"),
    ("reveal", "turns pseudonyms into addresses",
     r"noroshi::PseudonymBook::address_of\(.*|noroshi::RevealBook::show\(.*"),
]
# What every program prints when it aborts: base/check.h, and nothing of data.
OF_CHECK = {"fprintf", "stderr"}

DOOR = re.compile(r"// Door \((?P<ways>[a-z, ]+)\): (?P<text>.*)")
ROUTE = re.compile(r"// Route (?P<path>/\S*): (?P<text>.*)")
# A desk's table of what it answers.
VERBS = re.compile(r"kVerbs(?:\[\])? = \{(.*?)\};", re.DOTALL)
PATH = re.compile(r'"(/[a-z][a-z/-]*)"')


def sources_of(build: pathlib.Path, source: pathlib.Path):
    """Each object of the program, with the file it was made of."""
    for folder in ("src", "apps/noroshi"):
        for path in sorted((build / folder / "CMakeFiles").rglob("*.o")):
            relative = path.relative_to(build / folder / "CMakeFiles")
            target, *inside = relative.parts
            if target.endswith("_test.dir") or not target.startswith("noroshi"):
                continue
            text = pathlib.Path(folder, *inside).with_suffix("")
            if (source / text).exists():
                yield path, text


def calls_of(objects: list[pathlib.Path]) -> dict[pathlib.Path, set[str]]:
    """The symbols each object needs from elsewhere."""
    calls: dict[pathlib.Path, set[str]] = {path: set() for path in objects}
    listing = subprocess.run(["nm", "--undefined-only", "--demangle", "--print-file-name",
                              *map(str, objects)], check=True, capture_output=True, text=True)
    for line in listing.stdout.splitlines():
        name, _, symbol = line.partition(": ")
        calls[pathlib.Path(name)].add(symbol.strip().split(" ", 1)[1])
    return calls


def ways_of(symbols: set[str], aborts: bool) -> dict[str, set[str]]:
    """What the file does, by the way the data goes."""
    found: dict[str, set[str]] = {}
    for symbol in symbols:
        if aborts and symbol in OF_CHECK:
            continue
        for way, words, pattern in WAYS:
            if re.fullmatch(pattern, symbol):
                found.setdefault(way, set()).add(words)
    return found


def remarks(text: str, pattern: re.Pattern) -> list[tuple[int, re.Match, str]]:
    """Each remark, with its line and its words over all its lines."""
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines):
        match = pattern.search(line)
        if not match:
            continue
        words = [match["text"]]
        for more in lines[number + 1:]:
            more = more.strip()
            if not more.startswith("// ") or DOOR.search(more) or ROUTE.search(more):
                break
            words.append(more[3:])
        found.append((number + 1, match, " ".join(words)))
    return found


def served_by(text: str, told) -> set[str]:
    """The paths that a file of routes compares with, or the verbs of a desk's table: those that a
    remark names by its whole path, the others by themselves."""
    code = "\n".join(line for line in text.splitlines() if not line.startswith("//"))
    served = {path for path in PATH.findall(code) if not path.endswith("/")}
    for table in VERBS.findall(code):
        for verb in re.findall(r'"([^"]+)"', table):
            served.add(next((path for path in told if path.endswith("/" + verb)), verb))
    return served


def parted(words: str) -> tuple[str, str] | None:
    what, mark, guard = words.partition(" Guard: ")
    return (what.rstrip("."), guard.rstrip(".")) if mark and guard.strip(". ") else None


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    source = arguments.source.resolve()

    faults: list[str] = []
    doors: list[tuple[str, str, str, str]] = []
    objects = dict(sources_of(arguments.build, source))
    calls = calls_of(list(objects))
    for path, file in objects.items():
        text = (source / file).read_text()
        ways = ways_of(calls[path], aborts="abort" in calls[path])
        told: set[str] = set()
        for line, match, words in remarks(text, DOOR):
            both = parted(words)
            if both is None:
                faults.append(f"{file}:{line}: a door that names no guard")
                continue
            for way in match["ways"].replace(",", " ").split():
                told.add(way)
                if way not in ways:
                    faults.append(f"{file}:{line}: a door ({way}) that is none")
                else:
                    doors.append((way, str(file), ", ".join(sorted(ways[way])), " — ".join(both)))
        for way in sorted(ways.keys() - told):
            faults.append(f"{file}: {', '.join(sorted(ways[way]))}: a door ({way}) without a guard")

    routes: list[tuple[str, str, str]] = []
    for file in sorted([*(source / "src/api").glob("*routes.cpp"),
                        *(source / "src/desk").glob("*_desk.cpp")]):
        text, name = file.read_text(), file.relative_to(source)
        told = {match["path"]: (line, parted(words)) for line, match, words in remarks(text, ROUTE)}
        served = served_by(text, told.keys())
        for path in sorted(served - told.keys()):
            faults.append(f"{name}: {path}: a route without a guard")
        for path in sorted(told.keys() - served):
            faults.append(f"{name}: {path}: a route that is none")
        for path in sorted(served & told.keys()):
            line, both = told[path]
            if both is None:
                faults.append(f"{name}:{line}: a route that names no guard")
            else:
                routes.append((path, *both))

    page = written(doors, routes)
    listed = source / "docs/reference/doors.md"
    if arguments.write and not faults:
        listed.write_text(page)
    elif not listed.exists() or listed.read_text() != page:
        faults.append(f"{listed.relative_to(source)} is not up to date: `make doors` writes it")
    print(*faults, sep="\n")
    print(f"{len(objects)} files, {len(doors)} doors, {len(routes)} routes, {len(faults)} faults")
    return 1 if faults or not objects or not doors else 0


TITLES = {
    "in": "Where data enters",
    "read": "Where stored data is read",
    "out": "Where data leaves",
    "reveal": "Where a pseudonym becomes an address",
}


def written(doors: list[tuple[str, str, str, str]], routes: list[tuple[str, str, str]]) -> str:
    lines = ["# Doors", "",
             "Every place where data enters, is read or leaves, with the guard that stands there. Made from",
             "the program's object files by `make doors`; the test `doors/every_door_has_a_guard` fails when",
             "a place appears that names no guard, or this list is not up to date.", ""]
    for way, title in TITLES.items():
        lines += [f"## {title}", "", "| File | How | What — guard |", "|---|---|---|"]
        lines += [f"| `{file}` | {how} | {what} |"
                  for found, file, how, what in sorted(doors) if found == way]
        lines.append("")
    lines += ["## Routes of the daemon", "", "| Route | What | Guard |", "|---|---|---|"]
    lines += [f"| `{path}` | {what} | {guard} |" for path, what, guard in sorted(routes)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
