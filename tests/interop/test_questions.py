#!/usr/bin/env python3
"""The same questions asked of the same files by Noroshi and by nfdump get the same answers, value by
value; and what Noroshi exports, nfdump reads with the same sums. The files are written by nfcapd
from what `noroshi simulate` sends it."""

import csv
import io
import ipaddress
import json
import pathlib
import tempfile
import unittest

from harness import peers, program, testing

STATS = ("srcip", "dstip", "ip", "srcport", "dstport", "port", "proto", "srcas", "dstas", "as",
         "inif", "outif", "if", "router", "nhip")  # fmt: skip
FILTERS = (
    "proto tcp and dst port 23",
    "flags S and not flags A",
    "src net 100.64.0.0/16 and dst port in [ 443 8443 23 ]",
    "ipv6",
    "proto udp and (src port 53 or dst port 53)",
    "packets > 100 and bytes > 100000",
    "not host 100.64.1.32 and duration > 1000",
    "out if 1 and dst port 443",
    "bpp < 60 and pps < 10",
    "dst net 2001:db8::/32",
)
PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmp6"}
# What each element is called in nfdump's output formats.
TAGS = {"srcip": "%sa", "dstip": "%da", "srcport": "%sp", "dstport": "%dp", "proto": "%pr",
        "srcas": "%sas", "dstas": "%das", "inif": "%in", "outif": "%out", "router": "%ra",
        "srcip4/24": "%sa", "dstip4/16": "%da", "srcip6/64": "%sa"}  # fmt: skip
AGGREGATES = (
    ("srcip,dstport", ""),
    ("proto,srcip,dstip,srcport,dstport", ""),
    ("dstip,proto,dstport", "proto tcp"),
    ("srcas,dstas", ""),
    ("router,inif,outif", ""),
    # nfdump 1.7.1 masks the lower half of an IPv6 address with an IPv4 mask: one family at a time.
    ("srcip4/24,proto", "ipv4"),
    ("srcip4/24,dstip4/16", "ipv4 and dst port 443"),
    ("srcip6/64", "ipv6"),
)


def plain(element: str, value) -> object:
    """One value of a key as both print it: addresses as addresses, the rest as text."""
    text = str(value).strip().lower()
    if element == "proto":
        return PROTOCOLS.get(text, text)
    if "ip" in element or element == "router":
        address = ipaddress.ip_address(text)
        return "none" if int(address) == 0 else address
    return text


def write_with_nfcapd(folder: pathlib.Path, *simulation) -> pathlib.Path:
    """Simulated traffic as nfcapd received and wrote it."""
    folder.mkdir()
    port = peers.free_port()
    arguments = ["nfcapd", "-w", folder, "-b", "127.0.0.1", "-p", port, "-t", 86400, "-y"]
    with peers.peer(arguments, folder.with_suffix(".log")) as process:
        peers.wait_until(lambda: process.poll() is not None or peers.port_is_taken(port),
                         "nfcapd to listen")
        program.run_well("simulate", "--subscribers", 150, "--infected", 10, "--duration", "20m",
                         "--send", f"127.0.0.1:{port}", "--rate", 1500, "--truth",
                         folder.with_suffix(".truth.json"), "--force", *simulation)
    files = sorted(folder.glob("nfcapd.2*"))
    assert len(files) == 1, files
    return files[0]


def nfdump(file: pathlib.Path, *arguments) -> str:
    return peers.run_peer(["nfdump", "-q", "-N", "-6", "-n", 0, "-r", file, *arguments],
                          file.with_suffix(".nfdump.log"))


# nfdump's columns of a statistic, whose names in its own header change with the order.
STAT_COLUMNS = ("first", "last", "duration", "protocol", "value", "flows", "flows %", "packets",
                "packets %", "bytes", "bytes %", "pps", "bps", "bpp")


def nfdump_rows(file, stat: str, condition: str = "") -> list[dict]:
    text = nfdump(file, "-s", stat, "-o", "csv", condition or "any").strip()
    return list(csv.DictReader(io.StringIO(text), STAT_COLUMNS))[1:]


def nfdump_stat(file, element: str, condition: str) -> dict:
    return {plain(element, row["value"]): (int(row["flows"]), int(row["packets"]),
                                           int(row["bytes"]))
            for row in nfdump_rows(file, f"{element}/bytes", condition)}


def nfdump_aggregate(file, fields: str, condition: str) -> dict:
    names = fields.split(",")
    form = "|".join([TAGS[name] for name in names] + ["%fl", "%pkt", "%byt"])
    text = nfdump(file, "-A", fields, "-o", f"fmt:{form}", condition or "any")
    sums = {}
    for line in text.splitlines():
        cells = line.split("|")
        if len(cells) == len(names) + 3:
            key = tuple(plain(name, cell) for name, cell in zip(names, cells))
            sums[key] = tuple(int(cell) for cell in cells[-3:])
    return sums


def counts(row: dict) -> tuple:
    return row["flows"], row["packets"], row["bytes"]


def query(file, *arguments) -> list[dict]:
    ended = program.run_well("flows", "query", *arguments, "--limit", 0, "--json", "--file", file)
    return json.loads(ended.output)["questions"]


def by_value(question: dict) -> dict:
    element = question["stat"].split("/")[0]
    return {plain(element, row["value"]): counts(row) for row in question["rows"]}


def by_key(question: dict) -> dict:
    names = question["aggregate"].split(",")
    return {tuple(plain(name, row[name]) for name in names): counts(row)
            for row in question["rows"]}


@peers.needs("nfcapd", "nfdump")
class Questions(unittest.TestCase):
    def assert_same(self, ours: dict, theirs: dict):
        """Equal; else only the first differences are named (unittest would compare all as text)."""
        keys = sorted(ours.keys() | theirs.keys(), key=str)
        wrong = [(key, ours.get(key), theirs.get(key)) for key in keys
                 if ours.get(key) != theirs.get(key)]
        self.assertFalse(wrong, f"{len(wrong)} of {len(keys)} differ: {wrong[:5]}")

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.file = write_with_nfcapd(cls.folder / "plain")
        cls.flows = program.show(cls.file)[0]["flows"]

    def test_there_is_enough_to_ask(self):
        self.assertGreater(self.flows, 10_000)

    def test_every_statistic_is_that_of_nfdump(self):
        arguments = [part for stat in STATS for part in ("--stat", f"{stat}/bytes")]
        for stat, question in zip(STATS, query(self.file, *arguments), strict=True):
            with self.subTest(stat=stat):
                ours = by_value(question)
                self.assert_same(ours, nfdump_stat(self.file, stat, ""))
                self.assertEqual(len(ours), question["groups"])
                self.assertEqual(question["total"]["flows"], self.flows)

    def test_every_filter_passes_what_nfdump_passes(self):
        for condition in FILTERS:
            for stat in ("srcip", "port"):
                with self.subTest(filter=condition, stat=stat):
                    ours = by_value(query(self.file, condition, "--stat", stat)[0])
                    self.assert_same(ours, nfdump_stat(self.file, stat, condition))
                    self.assertGreater(len(ours), 0, "the filter tests nothing")

    def test_every_aggregate_is_that_of_nfdump(self):
        for fields, condition in AGGREGATES:
            with self.subTest(aggregate=fields, filter=condition):
                ours = by_key(query(self.file, condition, "--aggregate", fields)[0])
                self.assert_same(ours, nfdump_aggregate(self.file, fields, condition))

    def test_the_largest_stand_first_in_the_order_asked_for(self):
        for order in ("flows", "packets", "bytes"):
            with self.subTest(order=order):
                ours = query(self.file, "--stat", f"dstip/{order}")[0]["rows"]
                theirs = nfdump_rows(self.file, f"dstip/{order}")
                self.assertEqual([row[order] for row in ours],
                                 [int(row[order]) for row in theirs])

    def test_rates_are_those_of_nfdump(self):
        rows = query(self.file, "--stat", "proto")[0]["rows"]
        theirs = {plain("proto", row["value"]): row for row in nfdump_rows(self.file, "proto")}
        for row in rows:
            found = theirs[row["value"]]
            self.assertEqual(row["packets_per_second"], int(found["pps"]))
            self.assertEqual(row["bits_per_second"], int(found["bps"]))
            self.assertEqual(row["bytes_per_packet"], int(found["bpp"]))
            self.assertAlmostEqual(row["duration_ms"] / 1000, float(found["duration"]), 3)

    def test_a_series_adds_up_to_the_total(self):
        ended = program.run_well("flows", "series", "--step", "1m", "--split", "dstport",
                                 "--order", "flows", "--json", "--file", self.file)
        series = json.loads(ended.output)["series"]
        self.assertGreater(len({row["time"] for row in series["rows"]}), 15)
        self.assertEqual(sum(row["flows"] for row in series["rows"]), self.flows)

    def test_exports_are_read_with_the_same_sums(self):
        for condition in ("", "proto tcp", "ipv6", "dst port 23"):
            wanted = query(self.file, condition, "--aggregate", "proto")[0]["total"]
            with self.subTest(filter=condition, format="nfcapd"):
                path = self.folder / "export.nfcapd"
                program.run_well("flows", "export", condition, "--format", "nfcapd", "--to-file",
                                 path, "--force", "--file", self.file)
                self.assert_same(nfdump_stat(path, "srcip", ""),
                                 nfdump_stat(self.file, "srcip", condition))
            for form in ("ipfix", "csv", "json"):
                with self.subTest(filter=condition, format=form):
                    path = self.folder / f"export.{form}"
                    program.run_well("flows", "export", condition, "--format", form, "--to-file",
                                     path, "--force", "--file", self.file)
                    self.assertEqual(counts(program.show(path)[0]), counts(wanted))
                    self.assert_same(by_value(query(path, "--stat", "srcip")[0]),
                                     by_value(query(self.file, condition, "--stat", "srcip")[0]))

    def test_sampled_counts_are_raw_and_their_estimates_those_of_nfdump(self):
        # nfcapd learns the rate from a NetFlow v5 header, not from the simulator's v9 options.
        file = write_with_nfcapd(self.folder / "sampled", "--protocol", "netflow5", "--sampling",
                                 10)
        question = query(file, "--stat", "dstport")[0]
        self.assertGreater(question["total"]["sampled_flows"], 0)
        self.assertEqual(question["total"]["flows_of_unknown_sampling"], 0)
        ours = {plain("dstport", row["value"]):
                (row["flows"], row["estimated_packets"], row["estimated_bytes"])
                for row in question["rows"]}
        self.assert_same(ours, nfdump_stat(file, "dstport", ""))
        for row in question["rows"]:
            self.assertEqual(row["estimated_packets"], 10 * row["packets"])


if __name__ == "__main__":
    testing.main()
