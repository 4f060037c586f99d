#!/usr/bin/env python3
"""Every shared recording of real exporters, sent over UDP into `noroshi collect`, gives the flows
that `noroshi recording cat` reads from the file."""

import collections
import json
import pathlib
import socket
import tempfile
import time
import unittest

from harness import field_data, pcap, program, testing
from harness.collector import collector

# Arrival and sender differ by nature. Where an export says no time, arrival stands in for it too.
DIFFER = ("received", "exporter")
# The headers of this one have no clock that could be right: its times count from arrival.
NO_CLOCK = ("28-netflow_9_nprobe_dpi_l7.pcap",)
PAUSE_EVERY = 50  # datagrams


def recordings() -> list[tuple[pathlib.Path, dict]]:
    """The recordings that hold exports, with what is known of each."""
    files = sorted((field_data.ROOT / "exporters").rglob("*.pcap"))
    shown = program.show(*files)
    return [(file, each) for file, each in zip(files, shown) if each["datagrams"] > 0]


def comparable(flows, since_arrival: bool) -> collections.Counter:
    """Flows as a multiset: exporters that are mixed in a capture may be mixed otherwise when live."""
    result = collections.Counter()
    for flow in flows:
        dropped = DIFFER + (("first", "last") if flow["last"] == flow["received"] else ())
        kept = {name: value for name, value in flow.items() if name not in dropped}
        if since_arrival:
            kept["first"] -= flow["received"]
            kept["last"] -= flow["received"]
        result[json.dumps(kept)] += 1
    return result


def replay(capture: pathlib.Path, port: int, block: int) -> None:
    """Sends the export datagrams of a capture in order, each exporter from an address of its own in
    127.`block`.0.0/16 and each of its ports from a port of its own."""
    exporters: dict = {}
    senders: dict = {}
    for at, (_, source, _, source_port, payload) in enumerate(pcap.read_udp(capture)):
        number = exporters.setdefault(source, len(exporters) + 1)
        if (source, source_port) not in senders:
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sender.bind((f"127.{block}.{number >> 8}.{number & 255}", 0))
            senders[source, source_port] = sender
        senders[source, source_port].sendto(payload, ("127.0.0.1", port))
        if at % PAUSE_EVERY == 0:
            time.sleep(0.002)
    for sender in senders.values():
        sender.close()


def received(folder: pathlib.Path, captures: dict[int, pathlib.Path]) -> list[dict]:
    """What a collector makes of the captures, each sent from the block of its number."""
    printed = folder / "flows.json"
    with collector(folder, "--print-flows", printed) as running:
        for block, capture in captures.items():
            replay(capture, running.port, block)
    return program.cat(printed) if printed.stat().st_size else []


@field_data.needed
class LiveReplay(unittest.TestCase):
    maxDiff = 2000

    def test_flows_are_those_of_the_recording(self):
        captures = recordings()
        self.assertGreater(len(captures), 50)
        # sFlow names its exporter itself, so its captures cannot be told apart in one run.
        alone = [file for file, shown in captures if "sflow" in str(file)]
        together = {
            block: file
            for block, file in enumerate((file for file, _ in captures if file not in alone), 1)
        }
        self.assertLess(len(together), 255)
        live = collections.defaultdict(list)
        with tempfile.TemporaryDirectory() as folder:
            for flow in received(pathlib.Path(folder), together):
                live[together[int(flow["exporter"].split(".")[1])]].append(flow)
        compared = 0
        for file, shown in captures:
            name = str(file.relative_to(field_data.ROOT))
            with self.subTest(capture=name), tempfile.TemporaryDirectory() as folder:
                flows = live[file]
                if file in alone:
                    flows = received(pathlib.Path(folder), {1: file})
                recorded = program.cat(file)
                since_arrival = file.name in NO_CLOCK
                self.assertEqual(
                    comparable(flows, since_arrival), comparable(recorded, since_arrival), shown
                )
                compared += len(flows)
        self.assertGreater(compared, 500)


if __name__ == "__main__":
    testing.main()
