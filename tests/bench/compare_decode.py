#!/usr/bin/env python3
"""Measures decoding beside nfdump's tools on the same records and writes the comparison as text.

    compare_decode.py BUILD [--repetitions N] [--flows N]

Run through tools/bench-decode.sh, which puts it into docs/reference/performance.md. For each protocol a simulated export is recorded, sent to nfcapd
on loopback, and the file that nfcapd writes is read by nfdump and by noroshi. Each repetition runs
every measurement once, one after another, so that a busy moment of the machine hits all alike; the
table shows medians and the range. Rates are flows per second of processor time, user and system,
on one core. Nothing here passes or fails on a time.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from harness import pcap, peers

PROTOCOLS = {
    "NetFlow v5": ("netflow5", "netflow5_30_records"),
    "NetFlow v9": ("netflow9", "netflow9_19_fields"),
    "IPFIX": ("ipfix", "ipfix_19_fields"),
    "sFlow v5": ("sflow", "sflow5_raw_headers"),
}
# Debian's nfdump is built without its sFlow collector.
NOT_OF_NFDUMP = {"sflow"}
PAUSE_EVERY = 50  # datagrams sent before nfcapd is left to catch up


def processor_seconds(arguments, **options) -> float:
    """User and system time of one run to its end."""
    process = subprocess.Popen(
        [str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options,
    )  # fmt: skip
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}: {errors.decode()}")
    return usage.ru_utime + usage.ru_stime


def _processor_seconds_of(process: int) -> float:
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Records:
    """One protocol's export, as datagrams, as a capture, and as nfcapd wrote it."""

    def __init__(self, noroshi, name, folder: pathlib.Path, flows: int):
        export = folder / f"{name}.once.pcap"
        subprocess.run(
            [noroshi, "simulate", "--protocol", name, "--output", export], check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        datagrams = list(pcap.read_udp(export))
        shown = subprocess.run(
            [noroshi, "recording", "show", "--json", export], check=True, capture_output=True
        )
        once = json.loads(shown.stdout)["recordings"][0]["flows"]
        times = max(1, -(-flows // once))
        self.payloads = [datagram[4] for datagram in datagrams] * times
        self.capture = folder / f"{name}.pcap"
        pcap.write_packets(
            self.capture,
            [
                pcap.Packet(seconds, str(source), str(destination), 17, port, 2055, payload=payload)
                for seconds, source, destination, port, payload in datagrams
            ]
            * times,
        )
        self.flows = once * times
        self.file = None

    def collect(self, folder: pathlib.Path, options) -> float:
        """Has nfcapd receive every datagram; keeps its file; returns its flows per CPU second."""
        folder.mkdir()
        port = peers.free_port()
        arguments = ["nfcapd", "-w", folder, "-b", "127.0.0.1", "-p", port, "-t", 86400,
                     "-B", 4_000_000, *options]  # fmt: skip
        with peers.peer(arguments, folder.with_suffix(".log")) as process:
            peers.wait_until(lambda: peers.port_is_taken(port), "nfcapd to listen")
            before = _processor_seconds_of(process.pid)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for at, payload in enumerate(self.payloads):
                    sender.sendto(payload, ("127.0.0.1", port))
                    if at % PAUSE_EVERY == 0:
                        time.sleep(0.002)
            time.sleep(0.5)
            used = _processor_seconds_of(process.pid) - before
        self.file = next(folder.glob("nfcapd.2*"))
        summary = subprocess.run(
            ["nfdump", "-r", self.file, "-o", "null"], check=True, capture_output=True, text=True
        ).stdout
        stored = int(summary.partition("total flows: ")[2].partition(",")[0])
        if stored != self.flows:
            print(f"nfcapd stored {stored} of {self.flows} flows", file=sys.stderr)
        return stored / used if used else 0.0


def decode_rates(build: pathlib.Path, benchmark: str) -> float:
    """google-benchmark's items per second of one benchmark, one run of it."""
    completed = subprocess.run(
        [build / "bench" / "decode_bench", f"--benchmark_filter=^{benchmark}$",
         "--benchmark_min_time=0.5", "--benchmark_format=json"],
        check=True, capture_output=True,
    )  # fmt: skip
    return json.loads(completed.stdout)["benchmarks"][0]["items_per_second"]


def measure(build: pathlib.Path, repetitions: int, flows: int):
    noroshi = build / "noroshi"
    results = {}
    with tempfile.TemporaryDirectory(prefix="noroshi-bench-") as name:
        folder = pathlib.Path(name)
        records = {
            title: Records(noroshi, protocol, folder, flows)
            for title, (protocol, _) in PROTOCOLS.items()
        }
        for repetition in range(repetitions):
            for title, (protocol, benchmark) in PROTOCOLS.items():
                print(f"repetition {repetition + 1} of {repetitions}: {title}", file=sys.stderr)
                one = records[title]
                row = results.setdefault(title, {})

                def keep(column, rate):
                    row.setdefault(column, []).append(rate)

                if protocol not in NOT_OF_NFDUMP:
                    keep("nfcapd receives", one.collect(folder / f"{protocol}-{repetition}", []))
                keep("decoder alone", decode_rates(build, benchmark))
                keep("noroshi, capture of the export",
                     one.flows / processor_seconds([noroshi, "recording", "show", one.capture]))
                if one.file is None:
                    continue
                keep("nfdump, nfcapd file",
                     one.flows / processor_seconds(["nfdump", "-r", one.file, "-o", "null"]))
                keep("noroshi, nfcapd file",
                     one.flows / processor_seconds([noroshi, "recording", "show", one.file]))
                one.file.unlink()
        counts = {title: one.flows for title, one in records.items()}
    return results, counts


def _cell(rates) -> str:
    if not rates:
        return "–"
    millions = sorted(rate / 1e6 for rate in rates)
    return f"{statistics.median(millions):.2f} ({millions[0]:.2f}–{millions[-1]:.2f})"


def _processor() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--repetitions", type=int, default=5)
    arguments.add_argument("--flows", type=int, default=1_000_000)
    options = arguments.parse_args()
    results, counts = measure(options.build, options.repetitions, options.flows)

    columns = list(next(iter(results.values())))
    version = subprocess.run(["nfdump", "-V"], capture_output=True, text=True).stdout
    version = re.search(r"\d+\.\d+\.\d+", version)[0]
    print("## Decoding\n")
    print("Written by `make bench` (`tools/bench-decode.sh`); what is measured and how stands in")
    print("`tests/bench/compare_decode.py`. Millions of flows per second of processor time, one")
    print(f"core: median of {options.repetitions} repetitions in alternation (lowest–highest).\n")
    print("| | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for title, row in results.items():
        print(f"| {title} | " + " | ".join(_cell(row.get(column)) for column in columns) + " |")
    print()
    print(f"- Flows per run: {', '.join(f'{title} {count:,}' for title, count in counts.items())}.")
    print(f"- Machine: {_processor()}, {os.cpu_count()} processors, load "
          f"{os.getloadavg()[0]:.1f} at the end; nfdump {version}.")
    print("- *decoder alone*: full datagrams in memory to columns, 30 records of v5, 19 fields of")
    print("  v9 and IPFIX, raw Ethernet headers of sFlow (`decode_bench`). The budget is 15 million")
    print("  flows a second for v9 and IPFIX. nfdump as Debian builds it takes no sFlow.")
    print("- *nfcapd receives*: one nfcapd, the same datagrams over UDP on loopback, written")
    print("  uncompressed: it receives and stores too, so it does more than a decoder.")
    print("- *nfdump, nfcapd file* against *noroshi, nfcapd file*: the file that nfcapd wrote,")
    print("  `nfdump -r FILE -o null` against `noroshi recording show FILE`, which also counts the")
    print("  distinct sources and keeps every field in a column.")
    print("- *noroshi, capture of the export*: `noroshi recording show` of the same datagrams in a")
    print("  pcap, from the file to the totals.")


if __name__ == "__main__":
    main()
