#!/usr/bin/env python3
"""Measures collecting beside nfcapd on the same stream of datagrams and prints the comparison.

    compare_collect.py BUILD [--repetitions N] [--flows N] [--rate N] [--history on|off|both]
                       [--only NAME...]

Run through tools/bench-collect.sh. The collector has one core and the generator the other. Each
repetition runs every collector on every protocol once, one after another, so that a busy moment of
the machine hits all alike. Flows per CPU second: flows stored (nfcapd) or handed on (Noroshi), by
user and system time of all threads from before the first datagram to the end of the process.
Nothing here passes or fails on a time.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from harness import peers

PROTOCOLS = {"NetFlow v5": "netflow5", "NetFlow v9": "netflow9", "IPFIX": "ipfix",
             "IPFIX, IPv6": "ipfix6"}  # fmt: skip
# Where send_datagrams has its 60,000 subscribers.
SUBSCRIBERS = ["100.64.0.0/16", "2001:db8::/32"]
NFCAPD = {"nfcapd": [], "nfcapd -y (LZ4)": ["-y"]}
COLLECTOR_CORE, GENERATOR_CORE = "0", "1"
BUFFER = 4_000_000


def processor_seconds(process: int) -> float:
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def size_of(folder: pathlib.Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


class Run:
    """One collector, from its start to its end, under one stream."""

    def __init__(self, arguments, port: int, build: pathlib.Path, protocol: str, options):
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                ["taskset", "-c", COLLECTOR_CORE, *map(str, arguments)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
            peers.wait_until(
                lambda: process.poll() is not None or peers.port_is_taken(port), "the collector"
            )
            time.sleep(1)
            before = processor_seconds(process.pid)
            generated = subprocess.run(
                ["taskset", "-c", GENERATOR_CORE, build / "bench" / "send_datagrams", str(port),
                 protocol, str(options.flows), str(options.rate)],
                check=True, capture_output=True,
            )  # fmt: skip
            self.sent = json.loads(generated.stdout)["flows"]
            time.sleep(2)
            process.send_signal(signal.SIGTERM)
            self.output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                log.seek(0)
                raise SystemExit(f"{arguments} ended with {process.returncode}: {log.read()}")
            self.summarised = 1.0
            self.seconds = usage.ru_utime + usage.ru_stime - before


def noroshi(build, protocol, options, folder, history, pseudonyms=False):
    port = peers.free_port()
    keep = ["--store", folder] if history else ["--no-history"]
    if pseudonyms:
        keys = folder.with_name("keys")
        subprocess.run([build / "noroshi", "guard", "key", "init", "--key-file", keys],
                       check=True, capture_output=True)  # fmt: skip
        keep += ["--key-file", keys, "--subscribers", *SUBSCRIBERS]
    run = Run([build / "noroshi", "collect", "--json", "--listen", f"127.0.0.1:{port}", *keep],
              port, build, protocol, options)  # fmt: skip
    summary = json.loads(run.output)
    if pseudonyms and summary["pseudonyms"]["replaced_v4"] + summary["pseudonyms"]["replaced_v6"] \
            < summary["flows"]:  # fmt: skip
        raise SystemExit("not every flow had a subscriber replaced")
    run.summarised = 1 - summary["flows_not_summarised"] / max(summary["flows"], 1)
    return summary["flows"], run, summary["bytes_stored"]


def nfcapd(build, protocol, options, folder, compression):
    folder.mkdir()
    port = peers.free_port()
    run = Run([peers.locate("nfcapd"), "-w", folder, "-b", "127.0.0.1", "-p", port, "-t", 86400,
               "-B", BUFFER, *compression], port, build, protocol, options)  # fmt: skip
    bytes_stored = size_of(folder)
    text = subprocess.run(["nfdump", "-R", folder, "-I"], check=True, capture_output=True, text=True)
    stored = int(re.search(r"^Flows: *(\d+)$", text.stdout, re.MULTILINE)[1])
    return stored, run, bytes_stored


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--repetitions", type=int, default=3)
    arguments.add_argument("--flows", type=int, default=2_000_000)
    arguments.add_argument("--rate", type=int, default=400_000, help="flows a second")
    arguments.add_argument("--history", choices=("on", "off", "both"), default="both")
    arguments.add_argument("--only", nargs="+", help="these collectors alone, by name")
    options = arguments.parse_args()

    collectors = {}
    if options.history != "on":
        collectors["noroshi, no history"] = lambda *run: noroshi(*run, False)
        collectors["noroshi, no history, pseudonyms"] = lambda *run: noroshi(*run, False, True)
    if options.history != "off":
        collectors["noroshi, history"] = lambda *run: noroshi(*run, True)
        collectors["noroshi, history, pseudonyms"] = lambda *run: noroshi(*run, True, True)
    for name, compression in NFCAPD.items():
        collectors[name] = lambda *run, compression=compression: nfcapd(*run, compression)

    if options.only:
        collectors = {name: collectors[name] for name in options.only}

    results = {}
    for repetition in range(options.repetitions):
        for title, protocol in PROTOCOLS.items():
            for name, collect in collectors.items():
                print(f"repetition {repetition + 1} of {options.repetitions}: {title}, {name}",
                      file=sys.stderr)  # fmt: skip
                with tempfile.TemporaryDirectory(prefix="noroshi-bench-") as folder:
                    stored, run, octets = collect(
                        options.build, protocol, options, pathlib.Path(folder) / "flows"
                    )
                results.setdefault((title, name), []).append(
                    (stored / run.seconds / 1e6, 1 - stored / run.sent, octets / max(stored, 1),
                     run.summarised)
                )

    print("## Collecting\n")
    print("Written by `make bench-collect` (`tools/bench-collect.sh`, `tests/bench/compare_collect.py`).\n")
    print("| | collector | M flows per CPU second | lost | summarised | bytes per flow |")
    print("|---|---|---:|---:|---:|---:|")
    for (title, name), runs in results.items():
        rates, losses, sizes, summarised = (sorted(column) for column in zip(*runs))
        size = f"{statistics.median(sizes):.1f}" if sizes[-1] else "–"
        share = f"{statistics.median(summarised) * 100:.0f} %" if name.startswith("noroshi") else "–"
        print(f"| {title} | {name} | {statistics.median(rates):.2f} ({rates[0]:.2f}–{rates[-1]:.2f}) "
              f"| {statistics.median(losses) * 100:.2f} % | {share} | {size} |")  # fmt: skip
    version = subprocess.run(["nfdump", "-V"], capture_output=True, text=True, check=False).stdout
    print(f"\n{options.flows:,} flows a run, {options.rate:,} a second offered, median of "
          f"{options.repetitions} (lowest–highest), nfdump {re.search(r'[0-9.]+[0-9]', version)[0]}, "
          f"load {os.getloadavg()[0]:.1f} at the end.")  # fmt: skip


if __name__ == "__main__":
    main()
