#!/usr/bin/env python3
"""The same questions asked of the same files by Noroshi and by nfdump get the same answers, value by
value; and what Noroshi exports, nfdump reads with the same sums. The files are written by nfcapd
from what `noroshi simulate` sends it."""

import json
import pathlib
import tempfile
import unittest

from harness import nfdump, peers, program, testing

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


def write_with_nfcapd(folder: pathlib.Path, *simulation) -> pathlib.Path:
    """Simulated traffic as nfcapd received and wrote it."""
    with nfdump.Collector(folder, "-y") as collector:
        program.run_well("simulate", "--subscribers", 150, "--infected", 10, "--duration", "20m",
                         "--send", f"127.0.0.1:{collector.port}", "--rate", 1500, "--truth",
                         folder.with_suffix(".truth.json"), "--force", *simulation)
        return collector.finish()


def query(file, *arguments) -> list[dict]:
    ended = program.run_well("flows", "query", *arguments, "--limit", 0, "--json", "--file", file)
    return json.loads(ended.output)["questions"]


@peers.needs("nfcapd", "nfdump")
class Questions(unittest.TestCase):
    def assert_same(self, ours: dict, theirs: dict):
        self.assertEqual(nfdump.differences(ours, theirs), "")

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
                ours = nfdump.by_value(question)
                self.assert_same(ours, nfdump.stat(self.file, stat, ""))
                self.assertEqual(len(ours), question["groups"])
                self.assertEqual(question["total"]["flows"], self.flows)

    def test_every_filter_passes_what_nfdump_passes(self):
        for condition in FILTERS:
            for stat in ("srcip", "port"):
                with self.subTest(filter=condition, stat=stat):
                    ours = nfdump.by_value(query(self.file, condition, "--stat", stat)[0])
                    self.assert_same(ours, nfdump.stat(self.file, stat, condition))
                    self.assertGreater(len(ours), 0, "the filter tests nothing")

    def test_every_aggregate_is_that_of_nfdump(self):
        for fields, condition in AGGREGATES:
            with self.subTest(aggregate=fields, filter=condition):
                ours = nfdump.by_key(query(self.file, condition, "--aggregate", fields)[0])
                self.assert_same(ours, nfdump.aggregate(self.file, fields, condition))

    def test_the_largest_stand_first_in_the_order_asked_for(self):
        for order in ("flows", "packets", "bytes"):
            with self.subTest(order=order):
                ours = query(self.file, "--stat", f"dstip/{order}")[0]["rows"]
                theirs = nfdump.rows(self.file, f"dstip/{order}")
                self.assertEqual([row[order] for row in ours],
                                 [int(row[order]) for row in theirs])

    def test_rates_are_those_of_nfdump(self):
        rows = query(self.file, "--stat", "proto")[0]["rows"]
        theirs = {nfdump.plain("proto", row["value"]): row for row in nfdump.rows(self.file, "proto")}
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
                self.assert_same(nfdump.stat(path, "srcip", ""),
                                 nfdump.stat(self.file, "srcip", condition))
            for form in ("ipfix", "csv", "json"):
                with self.subTest(filter=condition, format=form):
                    path = self.folder / f"export.{form}"
                    program.run_well("flows", "export", condition, "--format", form, "--to-file",
                                     path, "--force", "--file", self.file)
                    self.assertEqual(nfdump.counts(program.show(path)[0]), nfdump.counts(wanted))
                    self.assert_same(nfdump.by_value(query(path, "--stat", "srcip")[0]),
                                     nfdump.by_value(query(self.file, condition, "--stat", "srcip")[0]))

    def test_sampled_counts_are_raw_and_their_estimates_those_of_nfdump(self):
        # nfcapd learns the rate from a NetFlow v5 header, not from the simulator's v9 options.
        file = write_with_nfcapd(self.folder / "sampled", "--protocol", "netflow5", "--sampling",
                                 10)
        question = query(file, "--stat", "dstport")[0]
        self.assertGreater(question["total"]["sampled_flows"], 0)
        self.assertEqual(question["total"]["flows_of_unknown_sampling"], 0)
        ours = {nfdump.plain("dstport", row["value"]):
                (row["flows"], row["estimated_packets"], row["estimated_bytes"])
                for row in question["rows"]}
        self.assert_same(ours, nfdump.stat(file, "dstport", ""))
        for row in question["rows"]:
            self.assertEqual(row["estimated_packets"], 10 * row["packets"])


if __name__ == "__main__":
    testing.main()
