#!/usr/bin/env python3
"""The same filter finds the same flows: nfdump on a file that nfcapd wrote, and Noroshi on that
file. Where the two differ on purpose (docs/reference/filter.md), the difference is tested too."""

import json
import pathlib
import random
import socket
import tempfile
import time
import unittest

from harness import netflow9, peers, program, testing

ROWS = 3_000
EVENTS = 200
EXPORTED_AT = 1_793_613_661  # a whole second in November 2026
UPTIME = 7_200_000

# Filters that both must understand, with what they are about.
SAME = {
    "everything": ["any", "not any", "# nothing but a comment\n any"],
    "family": ["inet", "ipv4", "inet6", "ipv6", "not inet6"],
    "protocol": ["proto tcp", "proto 17", "proto icmp", "proto ICMP6", "not proto tcp", "proto gre",
                 "proto 47"],
    "address": [
        "ip 192.0.2.17", "src ip 192.0.2.17", "dst host 198.51.100.7", "host 2001:db8:1::5",
        "src and dst ip 192.0.2.17", "src or dst ip 192.0.2.17", "dst or src ip 192.0.2.17",
        "src ip in [192.0.2.17 192.0.2.18,2001:db8:1::5]", "ip in [192.0.2.0/28 198.51.100.7]",
        "not src ip 192.0.2.17",
    ],
    "network": [
        "net 192.0.2.0/24", "src net 192.0.2.64/26", "dst net 198.51.100.77/27",
        "src net 192.0.2.0 255.255.255.192", "net 2001:db8:1::/112", "dst net 2001:db8:2::/48",
        "src net 192.0/16", "src and dst net 192.0.2.0/24",
    ],
    "port": [
        "port 80", "src port 80", "proto tcp and dst port > 1023", "proto udp and dst port >= 443",
        "dst port < 80 and not proto icmp and not proto icmp6", "dst port <= 80 and proto tcp",
        "dst port EQ 443", "dst port = 443", "src port GT 1k", "dst port 0x50",
        "port in [23 53,80]", "dst port in [23, 53 80]", "src and dst port 53", "not port in [80]",
    ],
    "interface": ["if 3", "in if 3", "out if 4", "in if 70000"],
    "vlan": ["src vlan 100", "src vlan 0 and proto tcp", "not src vlan 100", "vlan 200"],
    "counters": [
        "packets > 100", "packets = 1", "bytes > 10k", "bytes <= 1m", "bytes > 1g", "bpp > 500",
        "bpp < 60", "duration > 1000", "duration = 0", "duration <= 5000", "pps > 10", "pps = 0",
        "bps > 1k", "bps < 800", "bps >= 1M",
    ],
    "flags": [
        "flags S", "flags SA", "flags AS", "flags AFRPU", "flags X", "flags F",
        "not flags S", "not flags AFRPU", "flags S and not flags AFRPU",
        "not (flags SA or port 80)", "not (not flags SA)", "not (not (not flags FR))",
        "not (proto tcp and not flags SF)", "flags 2", "flags = 18", "flags > 18", "flags <= 2",
        "not flags 18", "flags 0", "not flags > 18",
    ],
    "icmp": ["icmp-type 8", "icmp-code 0", "icmp-type 3 and icmp-code 1", "not icmp-type 8"],
    "routers": ["router ip 127.0.0.1", "router ip 192.0.2.1", "next ip 203.0.113.1",
                "next ip 2001:db8:9::1", "not next ip 203.0.113.1"],
    "direction": ["flowdir egress", "dir 1"],
    "translation": ["nat event add", "nat event delete", "nat event > 1", "src xip 203.0.113.50",
                    "dst nip 198.51.100.7", "src xport > 2000", "nport 2222",
                    "src xnet 203.0.113.40/29", "xip 203.0.113.50"],
    "logic": [
        "proto tcp and dst port 80 or proto udp and dst port 53",
        "proto tcp and (dst port 80 or proto udp) and dst port in [80 53]",
        "not proto tcp and not proto udp", "not (proto tcp or proto udp)",
        "proto tcp && ! dst port 80 || inet6", "inet or inet6 and not any",
        "not inet and bytes > 500", "((((proto tcp))))",
        "(src net 192.0.2.0/25 and dst port 443 and bytes > 2k) or (inet6 and flags S)",
        "proto tcp # the web\n and dst port 80",
        "src ip 192.0.2.17 or dst port 23 and not flags A",
    ],
}

# nfdump 1.7.1 filters by AS only with a database of its own at hand, but prints what was exported.
BY_AS = {
    "as 64500": lambda source, destination: 64500 in (source, destination),
    "src as 64501": lambda source, _: source == 64501,
    "dst as > 64502": lambda _, destination: destination > 64502,
    "src as in [64500 64503]": lambda source, _: source in (64500, 64503),
    "src as LT 64501": lambda source, _: source < 64501,
    "src and dst as 64500": lambda source, destination: source == destination == 64500,
    "as 4200000001": lambda source, destination: 4200000001 in (source, destination),
    "not as in [64500,64501]": lambda *both: not {64500, 64501} & set(both),
}

# The same words with another meaning (docs/reference/filter.md): nfdump finds flows, Noroshi so
# many.
DIFFERENT = {
    # nfdump looks for type and code of ICMP in the destination port.
    "proto icmp and dst port 2048": 0,
    # One VLAN is kept; nfdump's second, which nobody exported, is 0.
    "vlan 0 and src vlan 100": 0,
    # The file does not tell "ingress" from "not exported".
    "flowdir ingress": 0,
}

# Both refuse these.
REFUSED = ["port 65536", "proto 256", "proto nosuch", "net 192.168/24", "(proto tcp", "proto tcp)",
           "flags Q", "icmp-type 256", "port 80 port 90", "net 192.0.2.0/33", "as 4294967296",
           "src proto tcp", "and", "not", "bytes >", "port in [80"]  # fmt: skip

# nfdump says yes, Noroshi says why not.
NOT_SUPPORTED = ["tos 0", "mpls label1 = 5", "src mask 24", "in mac 00:11:22:33:44:55",
                 "dst vlan 0", "out packets 0", "engine-id 7", "sysid 1",
                 "flows > 0", "count < 10"]  # fmt: skip


def rows() -> list[dict]:
    """Flows that every filter above holds for some of, and not for others."""
    choose = random.Random(20261122)
    booted = EXPORTED_AT * 1000 - UPTIME
    made = []
    for at in range(ROWS):
        v6 = choose.random() < 0.3
        protocol = choose.choice([6, 6, 6, 6, 17, 17, 47, 58 if v6 else 1])
        family = "v6" if v6 else "v4"
        if v6:
            source = f"2001:db8:{choose.choice('12')}::{choose.randrange(1, 40):x}"
            destination = f"2001:db8:{choose.choice('12')}::{choose.randrange(1, 40):x}"
        else:
            source, destination = (
                choose.choice([f"192.0.2.{choose.randrange(256)}",
                               f"198.51.100.{choose.randrange(0, 120)}", "192.0.2.17"])
                for _ in "sd"
            )  # fmt: skip
        has_ports = protocol in (6, 17)
        first = choose.randrange(3_000_000)
        duration = choose.choice([0, 0, 1, 7, 999, 1000, 1001, choose.randrange(60_000)])
        packets = choose.choice([1, 1, 2, 3, choose.randrange(1, 200), 100_000])
        row = {
            f"source_{family}": source,
            f"destination_{family}": destination,
            "protocol": protocol,
            "source_port": choose.choice([53, 80, 1024, choose.randrange(65_536)]),
            "destination_port": choose.choice([23, 53, 53, 80, 443, choose.randrange(65_536)]),
            "tcp_flags": choose.choice([2, 2, 18, 16, 24, 27, 17, 4, 0, choose.randrange(64)]),
            "packets": packets,
            "bytes": packets * choose.choice([40, 59, 60, 500, 501, 1400, 20_000]),
            "first": first,
            "last": first + duration,
            "source_as": choose.choice([64500, 64501, 64503, 4200000001]),
            "destination_as": choose.choice([64500, 64502, 64503]),
            "input_interface": choose.choice([3, 4, 70_000]),
            "output_interface": choose.choice([3, 4]),
            "vlan": choose.choice([0, 100, 200]),
            "direction": choose.choice([0, 1]),
            f"next_hop_{family}": choose.choice(
                ["2001:db8:9::1", "2001:db8:9::2"] if v6 else ["203.0.113.1", "203.0.113.2"]
            ),
            "icmp": choose.choice([8 << 8, 0, 3 << 8 | 1]),
        }
        if not has_ports:
            row["source_port"] = row["destination_port"] = 0
        if protocol != 6:
            row["tcp_flags"] = 0
        if protocol not in (1, 58):
            row["icmp"] = 0
        made.append(row)
    for at in range(EVENTS):
        made.append(
            {
                "source_v4": f"192.0.2.{choose.randrange(256)}",
                "destination_v4": f"198.51.100.{choose.randrange(0, 20)}",
                "protocol": choose.choice([6, 17]),
                "source_port": choose.randrange(1024, 65_536),
                "destination_port": choose.choice([80, 443]),
                "translated_source_v4": f"203.0.113.{choose.randrange(40, 60)}",
                "translated_destination_v4": f"198.51.100.{choose.randrange(0, 20)}",
                "translated_source_port": choose.choice([1111, 2222, 3333]),
                "translated_destination_port": choose.choice([80, 443]),
                "nat_event": choose.choice([1, 2]),
                "event_time": booted + at,
            }
        )
    return made


def write_nfcapd_file(folder: pathlib.Path) -> pathlib.Path:
    """Has nfcapd write what is sent to it; returns its file."""
    store = folder / "store"
    store.mkdir()
    port = peers.free_port()
    arguments = ["nfcapd", "-w", store, "-b", "127.0.0.1", "-p", port, "-t", 86400, "-B", 4 << 20]
    with peers.peer(arguments, folder / "nfcapd.log") as process:
        peers.wait_until(lambda: process.poll() is not None or peers.port_is_taken(port),
                         "nfcapd to listen")  # fmt: skip
        exporter = netflow9.Exporter(EXPORTED_AT, UPTIME)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for payload in exporter.datagrams(rows()):
                sender.sendto(payload, ("127.0.0.1", port))
                time.sleep(0.001)  # below what its socket holds
        time.sleep(0.5)
    (file,) = store.glob("nfcapd.2*")
    return file


@peers.needs("nfcapd", "nfdump")
class SameFlows(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = write_nfcapd_file(pathlib.Path(cls.folder.name))

    def ask_nfdump(self, text: str):
        """How many records pass, or None where nfdump refuses the filter."""
        log = self.file.with_suffix(".log")
        printed = peers.run_peer(
            ["nfdump", "-r", self.file, "-q", "-o", "fmt:%pr", text], log, statuses=(0, 255, 254)
        )
        if log.read_text(errors="replace").startswith("Line "):
            return None
        # "No matching flows" goes where flows would.
        return sum(1 for line in printed.splitlines() if line.strip() and line[:2] != "No")

    def ask_noroshi(self, text: str):
        ended = program.run("flows", "query", text, "--file", self.file, "--format", "json")
        if ended.status == 2:
            return None
        self.assertEqual(ended.status, 0, ended)
        return len(json.loads(ended.output)["rows"])

    def test_the_file_holds_all_that_was_sent(self):
        self.assertEqual(self.ask_nfdump("any"), ROWS + EVENTS)
        self.assertEqual(self.ask_noroshi(""), ROWS + EVENTS)

    def test_same_filter_same_flows(self):
        asked, told_apart = 0, 0
        for about, filters in SAME.items():
            for text in filters:
                with self.subTest(about, filter=text):
                    theirs = self.ask_nfdump(text)
                    self.assertIsNotNone(theirs, "nfdump refuses it")
                    self.assertEqual(self.ask_noroshi(text), theirs)
                    asked += 1
                    told_apart += 0 < theirs < ROWS + EVENTS
        self.assertGreaterEqual(asked, 60)
        # A filter that all or no flows pass proves little; some must be so, most must not.
        self.assertGreaterEqual(told_apart, asked * 4 // 5)

    def test_as_numbers_are_those_that_nfdump_prints(self):
        printed = peers.run_peer(
            ["nfdump", "-r", self.file, "-q", "-o", "fmt:%sas %das"], self.file.with_suffix(".log")
        )
        numbers = [tuple(map(int, line.split())) for line in printed.splitlines() if line.strip()]
        for text, holds in BY_AS.items():
            with self.subTest(filter=text):
                wanted = sum(holds(*both) for both in numbers)
                self.assertGreater(wanted, 0)
                self.assertEqual(self.ask_noroshi(text), wanted)

    def test_the_differences_are_those_that_are_documented(self):
        for text, ours in DIFFERENT.items():
            with self.subTest(filter=text):
                self.assertGreater(self.ask_nfdump(text), 0)
                self.assertEqual(self.ask_noroshi(text), ours)

    def test_totals_leave_events_out(self):
        for text in ("any", "dst port 443", "nat event add"):
            with self.subTest(filter=text):
                ended = program.run_well("flows", "query", text, "--file", self.file, "--stat",
                                         "proto", "--limit", 0, "--format", "json")  # fmt: skip
                (question,) = json.loads(ended.output)["questions"]
                self.assertEqual(
                    sum(row["flows"] for row in question["rows"]),
                    self.ask_nfdump(f"({text}) and not (nat event add or nat event delete)"),
                )

    def test_both_refuse_what_makes_no_sense(self):
        for text in REFUSED:
            with self.subTest(filter=text):
                self.assertIsNone(self.ask_nfdump(text), "nfdump takes it")
                self.assertIsNone(self.ask_noroshi(text))

    def test_what_is_not_supported_is_named_and_pointed_at(self):
        for text in NOT_SUPPORTED:
            with self.subTest(filter=text):
                self.assertIsNotNone(self.ask_nfdump(text), "nfdump refuses it")
                ended = program.run("flows", "query", text, "--file", self.file)
                self.assertEqual(ended.status, 2, ended)
                self.assertIn("not supported: ", ended.errors)
                self.assertIn("^", ended.errors)


if __name__ == "__main__":
    testing.main()
