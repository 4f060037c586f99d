#!/usr/bin/env python3
"""`noroshi simulate SCENARIO.toml`: the files it writes are read back as its summary and its truth say,
the same seed gives the same, and what a scenario cannot say is refused with its place."""

import collections
import csv
import datetime
import ipaddress
import json
import pathlib
import tempfile
import unittest

from harness import field_data, peers, program, testing

SCENARIO = """
seed = 5
start = "2026-11-02T20:55:00+09:00"
duration = "12m"
[population]
lines = 150
[[botnet]]
kind = "mirai"
lines = 4
scan_rate = 3
attacks = 0
[[botnet]]
name = "asked"
kind = "http_beacon"
lines = 3
period = "60s"
"""

MIRAI_34 = "labelled/iot23-dev/alejandro945-conn.log.labeled"


class Simulated:
    """A scenario that was run: its summary, and its truth by record."""

    def __init__(self, folder: pathlib.Path, text: str, *arguments, name="run"):
        scenario = folder / f"{name}.toml"
        scenario.write_text(text)
        self.folder = folder / name
        self.summary = json.loads(
            program.run_well("simulate", scenario, "--output", self.folder, "--json", *arguments)
            .output)
        self.views = {view["name"]: view for view in self.summary["views"]}
        records = [json.loads(line)
                   for line in (self.folder / "truth.jsonl").read_text().splitlines()]
        self.scenario = records[0]
        self.end = records[-1]
        self.endpoints = [record for record in records if record["record"] == "endpoint"]
        self.lines = [record for record in records if record["record"] == "line"]

    def rows(self, view: str) -> list[dict]:
        rows = []
        for path in sorted((self.folder / view).iterdir()):
            with open(path, newline="", encoding="utf-8") as file:
                rows += csv.DictReader(file)
        return rows


class Scenario(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def test_writes_files_that_hold_what_its_summary_says(self):
        text = SCENARIO
        for name, format_, sampling in (("a", "nfcapd", 1), ("b", "ipfix", 1), ("c", "netflow9", 10),
                                        ("d", "nfcapd", 10), ("e", "sflow", 100),
                                        ("f", "ipfix-udp", 10), ("g", "csv", 100)):
            text += (f'[[view]]\nname = "{name}"\nformat = "{format_}"\nsampling = {sampling}\n'
                     'rotate = "5m"\n')
        simulated = Simulated(self.folder, text)
        self.assertEqual(len(simulated.views), 7)
        for view in simulated.views.values():
            with self.subTest(view["name"]):
                path = pathlib.Path(view["path"])
                files = sorted(path.iterdir()) if path.is_dir() else [path]
                self.assertEqual(view["files"], len(files))
                shown = program.show(*files)
                self.assertGreater(view["rows"], 200)
                self.assertEqual(sum(one["flows"] for one in shown), view["rows"])
                self.assertEqual(view["skipped"], 0)
        # 20:55 to 21:07, and what ends behind it: stretches of five minutes in UTC.
        self.assertEqual([path.name for path in sorted((simulated.folder / "a").iterdir())],
                         ["nfcapd.202611021155", "nfcapd.202611021200", "nfcapd.202611021205"])
        self.assertAlmostEqual(simulated.views["d"]["packets"] * 10 /
                               simulated.views["a"]["packets"], 1, delta=0.02)

    def test_gives_the_same_for_a_seed_and_any_number_of_threads(self):
        text = SCENARIO + '[[view]]\nname = "rows"\nformat = "csv"\nsampling = 3\nrotate = "0s"\n'
        one = Simulated(self.folder, text, "--threads", 1, name="one")
        two = Simulated(self.folder, text, "--threads", 3, name="two")
        other = Simulated(self.folder, text, "--seed", 6, name="other")
        read = [next((run.folder / "rows").iterdir()).read_bytes() for run in (one, two, other)]
        self.assertEqual(read[0], read[1])
        self.assertNotEqual(read[0], read[2])
        self.assertEqual(one.endpoints, two.endpoints)
        self.assertEqual(one.lines, two.lines)

    def test_tells_the_truth_of_its_flows(self):
        simulated = Simulated(self.folder, SCENARIO + '[[view]]\nname = "rows"\nformat = "csv"\n')
        self.assertEqual(simulated.end["endpoints"], len(simulated.endpoints))
        self.assertEqual(simulated.end["lines"], len(simulated.lines))
        self.assertEqual(len(simulated.lines), 7)
        self.assertTrue(simulated.scenario["simulated"])
        addresses = {line["line"]: line["address"] for line in simulated.lines}
        packets = collections.Counter()
        callers = collections.defaultdict(set)
        for row in simulated.rows("rows"):
            to = (row["destination_address"], int(row["destination_port"]))
            source = (row["source_address"], int(row["source_port"]))
            for server, line in ((to, source[0]), (source, to[0])):
                packets[server] += int(row["packets"])
                callers[server].add(line)
        commands = [one for one in simulated.endpoints if one["role"] == "command"]
        self.assertEqual({one["botnet"] for one in commands}, {"mirai-1", "asked"})
        for command in commands:
            key = (command["address"], command["port"])
            self.assertEqual(packets[key], command["packets"])
            self.assertEqual(callers[key],
                             {addresses[number] for number in command["line_numbers"]})
            self.assertEqual(command["seen"][0]["packets"], command["packets"])
            self.assertEqual(command["lines"], 4 if command["botnet"] == "mirai-1" else 3)

    @peers.needs("nfdump")
    def test_writes_files_that_nfdump_reads(self):
        simulated = Simulated(self.folder, SCENARIO + '[[view]]\nname = "all"\nrotate = "0s"\n')
        (path,) = (simulated.folder / "all").iterdir()
        text = peers.run_peer(["nfdump", "-r", path, "-I"], self.folder / "nfdump.log", seconds=60)
        told = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        view = simulated.views["all"]
        self.assertEqual(int(told["Flows"]), view["rows"])
        self.assertEqual(int(told["Packets"]), view["packets"])
        self.assertEqual(int(told["Bytes"]), view["bytes"])

    def test_refuses_what_a_scenario_cannot_say(self):
        scenario = self.folder / "bad.toml"
        for text, complaint in (
                ("seeed = 1", "bad.toml:1: seeed: there is no such key"),
                ("[population]\nlines = 0", "bad.toml:2: population.lines: 0 is below 1"),
                ("[[botnet]]\nkind = \"worm\"", "bad.toml:2: botnet.kind: 'worm' is no kind"),
                ("duration = 5", "bad.toml:1: duration: a text in quotes is expected")):
            scenario.write_text(text)
            ended = program.run("simulate", scenario, "--output", self.folder / "none")
            self.assertEqual(ended.status, 2, ended)
            self.assertIn(complaint, ended.errors)
            self.assertFalse((self.folder / "none").exists())
        self.assertEqual(program.run("simulate", scenario, "--subscribers", 3).status, 2)
        self.assertEqual(program.run("simulate", self.folder / "absent.toml").status, 1)

    def test_replaces_nothing_unasked_and_leaves_nothing_half_done(self):
        simulated = Simulated(self.folder, SCENARIO)
        before = {path: path.stat().st_mtime_ns for path in simulated.folder.rglob("*")}
        ended = program.run("simulate", self.folder / "run.toml", "--output", simulated.folder)
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("--force replaces it", ended.errors)
        self.assertEqual(before,
                         {path: path.stat().st_mtime_ns for path in simulated.folder.rglob("*")})

    @field_data.needed
    def test_puts_a_recording_into_the_network(self):
        text = SCENARIO.replace('duration = "12m"', 'duration = "1h"') + f"""
[[view]]
name = "rows"
format = "csv"
[[inject]]
file = "{MIRAI_34}"
host = "192.168.1.195"
shift = "5m"
line = 17
family = "mirai"
[[inject.server]]
address = "185.244.25.235"
port = 6667
"""
        simulated = Simulated(self.folder, text, "--recordings", field_data.ROOT)
        (line,) = [one for one in simulated.lines if one["botnet_kind"] == "recorded"]
        self.assertEqual(line["line"], 17)
        (server,) = [one for one in simulated.endpoints if one["source"] == MIRAI_34]
        self.assertEqual(server["line_numbers"], [17])
        packets = sum(int(row["packets"]) for row in simulated.rows("rows")
                      if "185.244.25.235" in (row["source_address"], row["destination_address"])
                      and "6667" in (row["source_port"], row["destination_port"])
                      and line["address"] in (row["source_address"], row["destination_address"]))
        self.assertEqual(packets, server["packets"])
        # What the recording says of its first 55 minutes; of a flow that lasts beyond, the packets
        # that an even pace puts there.
        log = program.run_well("recording", "cat", field_data.path(MIRAI_34)).output
        flows = [json.loads(line) for line in log.splitlines()]
        flows = [flow for flow in flows if flow["source_address"] == "192.168.1.195"
                 and ipaddress.ip_address(flow["destination_address"]).is_global]
        for flow in flows:
            for name in ("first", "last"):
                flow[name] = datetime.datetime.fromisoformat(flow[name].replace("Z", "+00:00"))
        begins = min(flow["first"] for flow in flows)
        end = begins + datetime.timedelta(minutes=55)
        recorded = 0
        for flow in flows:
            if (flow["destination_address"], flow["destination_port"]) != ("185.244.25.235", 6667):
                continue
            lasts = (flow["last"] - flow["first"]).total_seconds()
            before = (end - flow["first"]).total_seconds()
            if before <= 0:
                continue
            recorded += (flow["packets"] + flow.get("reverse_packets", 0)) * (
                min(1, before / lasts) if lasts > 0 else 1)
        self.assertGreater(recorded, 500)
        self.assertAlmostEqual(packets / recorded, 1, delta=0.02)


if __name__ == "__main__":
    testing.main()
