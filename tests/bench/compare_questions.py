#!/usr/bin/env python3
"""Asks the same questions of the same nfcapd file in Noroshi and nfdump, in alternation, and prints
the medians as a table.

    compare_questions.py NOROSHI FOLDER [--repetitions N] [--store DIR]

Run through tools/bench-query.sh. The file, about ten million simulated flows compressed with LZ4,
is made once in FOLDER. Each repetition asks every question of every contender once, one after
another, so that a busy moment of the machine hits all alike. Every program is held to one
processor. Answers are compared before anything is timed; nothing passes or fails on a time.
"""

import argparse
import csv
import io
import json
import os
import pathlib
import statistics
import shutil
import subprocess
import sys
import time

from harness import peers

SIMULATION = ("--subscribers", 22500, "--infected", 60, "--duration", "4h", "--protocol", "ipfix",
              "--start", "2026-11-02T10:00:00Z")

# Filter, what the flows are told apart by (a name: --stat; a list: --aggregate), order.
QUESTIONS = (
    ("", "srcip", "bytes"),
    ("", "dstip", "flows"),
    ("", "dstport", "packets"),
    ("", "proto", "bytes"),
    ("", "ip", "bytes"),
    ("dst port 23 and flags S and not flags A", "srcip", "flows"),
    ("proto udp and src net 100.64.0.0/10", "dstip", "packets"),
    ("dst port in [ 443 8443 ] and bytes > 10000", "srcip", "bytes"),
    ("", "srcip,dstport", "bytes"),
    ("proto tcp", "srcip,dstip,dstport", "flows"),
)


def noroshi_command(noroshi, source):
    def command(condition, what, order):
        form = (["--aggregate", what, "--order", order] if "," in what
                else ["--stat", f"{what}/{order}"])
        return [noroshi, "flows", "query", *([condition] if condition else []), *form, "--limit",
                10, "--json", *source]
    return command


def nfdump_command(file):
    def command(condition, what, order):
        form = (["-A", what, "-O", order, "-o", "fmt:%fl"] if "," in what
                else ["-s", f"{what}/{order}", "-o", "csv"])
        return ["nfdump", "-q", "-N", "-r", file, "-n", 10, *form, condition or "any"]
    return command


class Seconds:
    """What one run took on one processor."""

    def __init__(self, wall: float, processor: float):
        self.wall = wall
        self.processor = processor  # user and system


def run(command) -> tuple[Seconds, str]:
    """One run on one processor, and what it printed."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))}),
    )  # fmt: skip
    text = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = Seconds(time.monotonic() - begun, usage.ru_utime + usage.ru_stime)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return seconds, text


def medians(runs: list[Seconds]) -> tuple[float, float]:
    return (statistics.median(run.wall for run in runs),
            statistics.median(run.processor for run in runs))


def flows_of_noroshi(text: str) -> list[int]:
    return sorted(row["flows"] for row in json.loads(text)["questions"][0]["rows"])


def flows_of_nfdump(text: str, what: str) -> list[int]:
    if "," in what:
        return sorted(int(line) for line in text.split() if line.isdigit())
    rows = list(csv.reader(io.StringIO(text.strip())))[1:]
    return sorted(int(row[5]) for row in rows)


def make_flows(noroshi, folder: pathlib.Path) -> pathlib.Path:
    file = folder / "flows.nfcapd"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    capture = folder / "flows.pcap"
    print("simulating ten million flows, once: some minutes", file=sys.stderr)
    for command in (["simulate", *SIMULATION, "--output", capture, "--force"],
                    ["flows", "export", "--format", "nfcapd", "--to-file", file, "--force",
                     "--file", capture]):
        subprocess.run([str(part) for part in (noroshi, *command)], check=True,
                       stdout=subprocess.DEVNULL)
    capture.unlink()
    return file


def import_flows(noroshi: pathlib.Path, folder: pathlib.Path, file: pathlib.Path) -> pathlib.Path:
    """The same flows in a history, imported once."""
    store = folder / "store"
    if not (folder / "imported").exists():
        shutil.rmtree(store, ignore_errors=True)
        subprocess.run([noroshi, "flows", "import", "--store", store, file], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        (folder / "imported").touch()
    return store


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("noroshi", type=pathlib.Path)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--repetitions", type=int, default=5)
    asked = arguments.parse_args()
    if peers.locate("nfdump") is None:
        raise SystemExit("nfdump is not installed (tools/bootstrap.sh)")
    file = make_flows(asked.noroshi, asked.folder)

    contenders = {"Noroshi, file": noroshi_command(asked.noroshi, ["--file", file]),
                  "nfdump, file": nfdump_command(file)}
    store = import_flows(asked.noroshi, asked.folder, file)
    contenders["Noroshi, history"] = noroshi_command(asked.noroshi, ["--store", store])

    flows = None
    for question in QUESTIONS:  # also warms the page cache
        counts = []
        for name, command in contenders.items():
            text = run(command(*question))[1]
            counts.append(flows_of_nfdump(text, question[1]) if name.startswith("nfdump")
                          else flows_of_noroshi(text))
            if name == "Noroshi, file" and flows is None:
                flows = json.loads(text)["questions"][0]["total"]["flows"]
        if any(count != counts[0] for count in counts):
            raise SystemExit(f"{question}: the answers differ: {counts}")

    seconds = {(name, question): [] for name in contenders for question in QUESTIONS}
    for _ in range(asked.repetitions):
        for question in QUESTIONS:
            for name, command in contenders.items():
                seconds[name, question].append(run(command(*question))[0])

    print("## Questions\n")
    print("Written by `make bench-query` (`tools/bench-query.sh`, `tests/bench/compare_questions.py`).")
    print(f"{flows:,} flows, {file.stat().st_size / 1e6:.0f} MB (nfcapd, LZ4); medians of "
          f"{asked.repetitions} runs on one processor: seconds (of them of the processor)\n")
    print("| Question | " + " | ".join(contenders) + " |")
    print("|---|" + "---:|" * len(contenders))
    for question in QUESTIONS:
        condition, what, order = question
        words = f"`{what}` by {order}" + (f", `{condition}`" if condition else "")
        times = ["{:.2f} ({:.2f})".format(*medians(seconds[name, question]))
                 for name in contenders]
        print(f"| {words} | " + " | ".join(times) + " |")
    sums = [[sum(column) for column in zip(*(medians(seconds[name, question])
                                             for question in QUESTIONS))] for name in contenders]
    print("| all ten | " + " | ".join("{:.2f} ({:.2f})".format(*both) for both in sums) + " |")


if __name__ == "__main__":
    main()
