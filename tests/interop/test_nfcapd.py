#!/usr/bin/env python3
"""softflowd exports a capture made here; nfcapd writes it to files; Noroshi reads those files, and
the datagrams themselves, back to exactly what went in."""

import contextlib
import ipaddress
import pathlib
import tempfile
import unittest

from harness import field_data, goldens, peers, program, testing, traffic
from harness.pcap import write_packets
from harness.relay import Relay

COMPRESSIONS = {"none": [], "lzo": ["-z"], "lz4": ["-y"], "bz2": ["-j"]}
VERSIONS = {"netflow5": 5, "netflow9": 9, "ipfix": 10}

# What nfdump prints under another meaning than ours, per field.
NOT_COMPARED = {
    # nfdump prints ICMP as type and code and no ports; we keep both forms.
    "icmp": ("source_port", "destination_port"),
}


@contextlib.contextmanager
def nfcapd(folder: pathlib.Path, options):
    """A collector on a free port that writes one file into `folder`; yields the port."""
    folder.mkdir()
    port = peers.free_port()
    arguments = ["nfcapd", "-w", folder, "-b", "127.0.0.1", "-p", port, "-t", 86400,
                 "-B", 4 << 20, *options]  # fmt: skip
    with peers.peer(arguments, folder.with_suffix(".log")) as process:
        peers.wait_until(lambda: process.poll() is not None or peers.port_is_taken(port),
                         "nfcapd to listen")
        yield port


def softflowd(capture: pathlib.Path, port: int, version: int) -> None:
    peers.run_peer(
        ["softflowd", "-r", capture, "-n", f"127.0.0.1:{port}", "-v", version, "-d"],
        capture.with_suffix(".softflowd.log"),
    )


def nfdump(file: pathlib.Path) -> list[dict]:
    text = peers.run_peer(["nfdump", "-r", file, "-o", "json"], file.with_suffix(".nfdump.log"))
    return goldens.nfdump_records(text)


class ReadsBack(unittest.TestCase):
    maxDiff = 2000

    def assert_reads_as_nfdump_does(self, file: pathlib.Path, least: int):
        records = nfdump(file)
        self.assertGreaterEqual(len(records), least)
        ours = program.cat(file)
        self.assertEqual(len(ours), len(records))
        for at, (flow, record) in enumerate(zip(ours, records)):
            row = goldens.nfdump_row(record)
            if row["protocol"] in (1, 58):
                row = {name: row[name] for name in row.keys() - set(NOT_COMPARED["icmp"])}
            found = {name: flow[name] for name in row}
            for name, value in row.items():
                if name.endswith("address") or name == "next_hop":
                    row[name] = ipaddress.ip_address(value)
                    found[name] = ipaddress.ip_address(found[name])
            self.assertEqual(found, row, f"record {at} of {file.name}: {record}")


@peers.needs("softflowd", "nfcapd", "nfdump")
class Softflowd(ReadsBack):
    def check(self, name: str):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as folder_name:
            folder = pathlib.Path(folder_name)
            packets = traffic.conversations(400, ipv6=name != "netflow5")
            capture = folder / "traffic.pcap"
            write_packets(capture, packets)

            with contextlib.ExitStack() as stack:
                ports = [
                    stack.enter_context(nfcapd(folder / kind, options))
                    for kind, options in COMPRESSIONS.items()
                ]
                relay = stack.enter_context(Relay(forward_to=ports))
                softflowd(capture, relay.port, VERSIONS[name])
                peers.wait_until(lambda: relay.quiet_for(0.5), "the export to end")
            relay.write(folder / "export.pcap")

            with self.subTest("the datagrams hold the packets and bytes of the capture"):
                self.assertEqual(
                    traffic.sums_of_flows(program.cat(folder / "export.pcap")),
                    traffic.sums_of_packets(packets),
                )
                shown = program.show(folder / "export.pcap")[0]
                self.assertEqual(shown["packets"], len(packets), shown)
                self.assertEqual(shown["bytes"], sum(p.length for p in packets), shown)
                self.assertEqual(shown["datagrams"], len(relay.datagrams), shown)
                self.assertEqual(shown["undecodable"], {}, shown)
                # softflowd's IPFIX sequence number counts the records of its own message too, so
                # loss cannot be told from it (tshark finds the same numbers unexpected).
                if name != "ipfix":
                    self.assertEqual(shown["lost_records"], 0, shown)
            for kind in COMPRESSIONS:
                with self.subTest("nfcapd file", compression=kind):
                    files = sorted((folder / kind).glob("nfcapd.2*"))
                    self.assertEqual(len(files), 1, files)
                    self.assert_reads_as_nfdump_does(files[0], 400)
                    self.assertEqual(
                        traffic.sums_of_flows(program.cat(files[0])),
                        traffic.sums_of_packets(packets),
                    )

    def test_netflow5(self):
        self.check("netflow5")

    def test_netflow9(self):
        self.check("netflow9")

    def test_ipfix(self):
        self.check("ipfix")


@field_data.needed
@peers.needs("nfdump")
class SharedFile(ReadsBack):
    def test_1_6_file_reads_as_nfdump_reads_it(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as folder:
            copy = pathlib.Path(folder) / "nfcapd.shared"
            copy.write_bytes(
                field_data.path("labelled/slips-dev/test1-malicious.nfdump").read_bytes()
            )
            self.assert_reads_as_nfdump_does(copy, 4593)


if __name__ == "__main__":
    testing.main()
