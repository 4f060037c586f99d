#!/usr/bin/env python3
"""The labelled recordings and the attack captures hold what the catalogue says they hold."""

import json
import re
import unittest

from harness import field_data, pcap, program, testing


def _zeek_sums(path) -> dict:
    """Packets and IP bytes of a Zeek conn log, both ways, straight from its columns."""
    packets = octets = 0
    names, separator = None, "\t"
    for line in path.read_text().splitlines():
        if line.startswith("{"):
            row = json.loads(line)
        elif line.startswith("#fields"):
            names = line.split("\t")[1:]
            continue
        elif line.startswith("#") or not line:
            continue
        elif names is None:  # a table without Zeek's comment lines: its first line names columns
            separator = "|"
            names = line.split(separator)
            continue
        else:
            row = dict(zip(names, line.split(separator)))
        for side in ("orig", "resp"):
            packets += _number(row.get(f"{side}_pkts"))
            octets += _number(row.get(f"{side}_ip_bytes"))
    return {"packets": packets, "bytes": octets}


def _number(value) -> int:
    return 0 if value in (None, "-", "") else int(float(value))


@field_data.needed
class Labelled(unittest.TestCase):
    def assert_counts(self, relative, **expected):
        shown = program.show(field_data.path(relative))[0]
        self.assertEqual({name: shown[name] for name in expected}, expected, shown)
        return shown

    def check_zeek(self, relative, flows, **expected):
        self.assert_counts(
            relative, flows=flows, **_zeek_sums(field_data.path(relative)), **expected
        )

    def test_iot23_34_1(self):
        self.check_zeek("labelled/iot23-dev/alejandro945-conn.log.labeled", 23145)

    def test_iot23_44_1(self):
        self.check_zeek("labelled/iot23-dev/CTU-IoT-Malware-Capture-44-1*.csv", 237)

    def test_njrat(self):
        for log in ("conn.log", "labeled-conn.log"):
            self.check_zeek(f"labelled/ctu-testing-dev/001-*/{log}", 992)

    def test_port_scanning(self):
        self.check_zeek("labelled/ctu-testing-dev/002-*/conn.log", 4504)
        self.check_zeek("labelled/slips-dev/port-scans/horizontal/conn.log", 41)
        self.check_zeek("labelled/slips-dev/port-scans/vertical/conn.log", 50)

    def test_benign_personal_computers(self):
        self.check_zeek("labelled/ctu-testing-dev/008-*/data/conn.log.labeled", 5663)
        self.check_zeek("labelled/ctu-testing-dev/010-*/data/conn.log.labeled", 5347)

    def test_nfdump_file(self):
        self.assert_counts("labelled/slips-dev/test1-malicious.nfdump", flows=4593)

    def test_binetflow(self):
        for name in ("test11-portscan", "test2-malicious", "test3-mixed", "test4-malicious",
                     "test5-mixed"):  # fmt: skip
            with self.subTest(recording=name):
                path = field_data.path(f"labelled/slips-dev/{name}.binetflow")
                lines = path.read_text().splitlines()[1:]
                shown = program.show(path)[0]
                # Rows that are no IP conversation are records, and are no flows.
                other = sum(re.search(r"[,\t](arp|llc|man)[,\t]", line) is not None for line in lines)
                self.assertEqual(shown["records"], len(lines), shown)
                self.assertEqual(shown["flows"], len(lines) - other, shown)
                self.assertEqual(shown["packets_ignored"], other, shown)

    def test_captures_are_metered_whole(self):
        for relative, packets in (
            ("labelled/slips-dev/test7-malicious.pcap", 2000),
            ("labelled/slips-dev/test8-malicious.pcap", 534),
            ("labelled/slips-dev/test-cc/test-cc-capture-1.pcap", 7931),
            ("labelled/slips-dev/test-cc/test-cc-capture-2.pcap", 1084),
            ("labelled/slips-dev/test12-icmp-portscan.pcap", 37),
            ("labelled/slips-dev/test19-malicious-ssh/malicious-ssh-bruteforce.pcap", 1178),
        ):
            with self.subTest(recording=relative):
                self.assertEqual(pcap.count_packets(field_data.path(relative)), packets)
                shown = self.assert_counts(relative, packets_read=packets)
                self.assertEqual(shown["packets"] + shown["packets_ignored"], packets, shown)


@field_data.needed
class Attacks(unittest.TestCase):
    def test_spoofed_syn_flood(self):
        shown = program.show(field_data.path("ddos/pkt.TCP.synflood.spoofed.pcap"))[0]
        self.assertEqual(shown["packets_read"], 37_841, shown)
        self.assertEqual(shown["sources"], 37_623, shown)

    def test_amplification_and_reflection(self):
        for name, packets in (("amp.UDP.isakmp", 3984), ("amp.TCP.reflection.SYNACK", 8000)):
            with self.subTest(recording=name):
                shown = program.show(field_data.path(f"ddos/{name}.pcap"))[0]
                self.assertEqual(shown["packets"] + shown["packets_ignored"], packets, shown)


if __name__ == "__main__":
    testing.main()
