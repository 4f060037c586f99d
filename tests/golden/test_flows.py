"""What `noroshi flows` prints of a small recording, beside the expected outputs.

flows/flows.json was written by hand: web, DNS and NTP, a sampled scan, IPv6, a flow of both
directions, an event. `make golden` rewrites the expected outputs.
"""

import json
import os
import pathlib
import tempfile
import unittest

from harness import program, testing

FOLDER = pathlib.Path(__file__).parent / "flows"
EXPECTED = FOLDER / "expected"
REWRITE = os.environ.get("NOROSHI_REWRITE_GOLDEN") == "1"
FILE = ("--file", "flows.json")

COMMANDS = {
    "stat.txt": ("query", "--stat", "srcip/bytes", "--stat", "port/flows", "--limit", "4"),
    "stat.json": ("query", "--stat", "srcip/bytes", "--stat", "flags/packets", "--json"),
    "stat.csv": ("query", "--stat", "proto/bytes", "--stat", "as", "--format", "csv"),
    "aggregate.txt": ("query", "not port 443", "--aggregate", "srcip,dstport,proto", "--order",
                      "packets"),
    "aggregate.json": ("query", "ipv6", "--aggregate", "srcip6/48,dstport,flags,srcas", "--json"),
    "network.txt": ("query", "--aggregate", "srcip/24/64,proto"),
    "top.txt": ("top", "dstport/packets", "proto tcp", "--limit", "3"),
    "list.txt": ("query", "port 53 or port 123"),
    "list.json": ("query", "src host 192.0.2.66", "--limit", "2", "--json"),
    "list.csv": ("query", "proto icmp", "--format", "csv"),
    "window.txt": ("query", "--from", "2026-11-22T09:09", "--to", "2026-11-22T18:10:00+09:00",
                   "--stat", "srcip"),
    "series.txt": ("series", "--step", "3m"),
    "split.txt": ("series", "--step", "3m", "--split", "dstport", "--order", "flows", "--limit",
                  "2"),
    "series.json": ("series", "dst port 23", "--step", "1m", "--split", "proto", "--json"),
    "series.csv": ("series", "proto udp", "--step", "1m", "--format", "csv"),
    "nothing.txt": ("query", "dst port 9", "--stat", "srcip"),
}


class Outputs(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        EXPECTED.mkdir(exist_ok=True)
        os.chdir(FOLDER)
        os.environ["COLUMNS"] = "80"

    def test_outputs_are_as_expected(self):
        for name, command in COMMANDS.items():
            with self.subTest(output=name):
                output = program.run_well("flows", *command, *FILE).output
                if REWRITE:
                    (EXPECTED / name).write_text(output)
                self.assertMultiLineEqual((EXPECTED / name).read_text(), output)

    def test_every_expected_output_belongs_to_a_command(self):
        self.assertEqual({path.name for path in EXPECTED.iterdir()}, set(COMMANDS))

    def test_json_is_json(self):
        for name, command in COMMANDS.items():
            if name.endswith(".json"):
                json.loads(program.run_well("flows", *command, *FILE).output)


class Export(unittest.TestCase):
    def setUp(self):
        os.chdir(FOLDER)
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def export(self, form, *arguments):
        path = self.folder / f"out.{form}"
        return path, program.run("flows", "export", "--format", form, "--to-file", path, *arguments,
                                 *FILE)

    def test_each_format_is_read_back(self):
        for form in ("nfcapd", "ipfix", "csv", "json"):
            with self.subTest(format=form):
                path, ended = self.export(form, "proto tcp and port 443")
                self.assertEqual(ended.status, 0, ended)
                self.assertEqual(ended.output, "")
                self.assertIn(f"{path}: 18 flows", ended.errors)
                self.assertEqual(program.show(path)[0]["flows"], 18)

    def test_events_that_ipfix_has_no_room_for_are_named(self):
        _, ended = self.export("ipfix")
        self.assertEqual(ended.status, 0, ended)
        self.assertIn("1 events left out", ended.errors)

    def test_a_file_that_exists_is_kept(self):
        path, _ = self.export("json", "proto udp")
        before = path.read_bytes()
        _, ended = self.export("json")
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("--force", ended.errors)
        self.assertEqual(path.read_bytes(), before)


class Misuse(unittest.TestCase):
    def setUp(self):
        os.chdir(FOLDER)

    def test_ends_with_2_and_says_what_is_wrong(self):
        for arguments, said in (
            (("query", "proto tcpp", *FILE), "tcpp"),
            (("query", "--stat", "colour", *FILE), "'colour' is not an element"),
            (("query", "--stat", "srcip/size", *FILE), "'size' is not an order"),
            (("query", "--aggregate", "ip,proto", *FILE), "either side"),
            (("query", "--from", "yesterdayish", *FILE), "--from yesterdayish"),
            (("query", "--from", "now", "--to", "now-1h", *FILE), "is not before"),
            (("query", "--last", "1h", "--from", "now-2h", *FILE), "excludes"),
            (("query", "--format", "parquet", *FILE), "parquet"),
            (("query", "--format", "xml", *FILE), "--format"),
            (("series", "--step", "0s", *FILE), "--step"),
            (("top", *FILE), "ELEMENT"),
            (("export", *FILE), "--to-file"),
        ):
            with self.subTest(arguments=arguments):
                ended = program.run("flows", *arguments)
                self.assertEqual(ended.status, 2, ended)
                self.assertEqual(ended.output, "", ended)
                self.assertIn(said, ended.errors)

    def test_a_file_that_is_none_fails_and_the_others_are_asked(self):
        ended = program.run("flows", "top", "proto", "--file", "flows.json", "missing.pcap")
        self.assertEqual(ended.status, 1, ended)
        self.assertIn("missing.pcap", ended.errors)
        self.assertIn("tcp", ended.output)

    def test_a_filter_after_the_files_is_found(self):
        before = program.run_well("flows", "top", "dstport", "proto udp", *FILE).output
        after = program.run_well("flows", "top", "dstport", *FILE, "proto udp").output
        self.assertEqual(before, after)

    def test_every_command_helps_with_examples(self):
        for command in ((), ("query",), ("top",), ("series",), ("export",)):
            self.assertIn("Examples:", program.run_well("flows", *command, "--help").output)


if __name__ == "__main__":
    testing.main()
