#!/usr/bin/env python3
"""`noroshi analyze` weighs what feeds and warning lists say of servers: a feed's word helps a suspect,
proves nothing by itself, and a warning list outweighs it."""

import json
import os
import pathlib
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

from harness import program, testing

START = datetime(2026, 11, 2, 10, tzinfo=timezone.utc)


class Intelligence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.root = pathlib.Path(cls.folder.name)
        cls.recording = cls.root / "provider.pcap"
        program.run_well("simulate", "--subscribers", 80, "--infected", 4, "--duration", "30m",
                         "--seed", 7, "--start", f"{START:%Y-%m-%dT%H:%M:%SZ}",
                         "--output", cls.recording, "--truth", cls.root / "truth.json")
        cls.plain = cls.judged()
        cls.suspect = cls.plain[0]["server"]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def judged(cls, *options) -> list[dict]:
        return json.loads(program.run_well("analyze", "--json", *options, cls.recording).output)["verdicts"]

    @classmethod
    def write(cls, name: str, text: str) -> pathlib.Path:
        path = cls.root / name
        path.write_text(text)
        # A list without dates is as old as its file: as the recording, whatever day the test runs.
        os.utime(path, (START.timestamp(), START.timestamp()))
        return path

    def verdict(self, verdicts: list[dict], server: dict) -> dict:
        return next(one for one in verdicts if one["server"] == server)

    def codes(self, verdict: dict, side: str = "evidence") -> dict[str, dict]:
        return {one["code"]: one for one in verdict[side]}

    def test_a_listing_speaks_for_a_server_and_names_its_source(self):
        feed = self.write("bots.txt", f"{self.suspect['address']}:{self.suspect['port']}\n")
        verdict = self.verdict(self.judged("--feed", f"addresses:{feed}"), self.suspect)
        listed = self.codes(verdict)["listed"]
        self.assertEqual(listed["group"], "intelligence")
        self.assertEqual(listed["arguments"]["sources"], "bots")
        self.assertGreater(verdict["probability"], self.plain[0]["probability"] - 1e-9)

    def test_a_word_that_is_old_is_worth_less(self):
        row = '"2019-01-01 00:00:00","{}","{}","online","{:%Y-%m-%d}","mirai"\n'
        words = {}
        fresh, stale = START - timedelta(days=1), START - timedelta(days=2500)
        for name, last in (("fresh", fresh), ("stale", stale)):
            feed = self.write(f"{name}.csv", row.format(self.suspect["address"],
                                                       self.suspect["port"], last))
            verdict = self.verdict(self.judged("--feed", f"feodo:{feed}"), self.suspect)
            words[name] = self.codes(verdict).get("listed")
        self.assertIsNotNone(words["fresh"])
        self.assertIsNone(words["stale"])

    def test_a_listing_alone_makes_nobody_a_suspect(self):
        innocent = next(one for one in reversed(self.plain) if one["probability"] < 0.001)["server"]
        feed = self.write("wrong.txt", f"{innocent['address']}\n")
        verdict = self.verdict(self.judged("--feed", f"addresses:{feed}"), innocent)
        self.assertIn("listed", self.codes(verdict))
        self.assertEqual(verdict["tier"], "C")

    def test_a_hard_warning_list_outweighs_a_feed(self):
        feed = self.write("bots.txt", f"{self.suspect['address']}\n")
        warnings = self.write("known.json", json.dumps(
            {"name": "known", "list": [self.suspect["address"]], "type": "cidr"}))
        verdict = self.verdict(
            self.judged("--feed", f"addresses:{feed}", "--warning-list", f"hard:{warnings}"),
            self.suspect)
        self.assertIn("known_service_hard", self.codes(verdict, "counter_evidence"))
        self.assertLess(verdict["probability"],
                        self.verdict(self.judged("--feed", f"addresses:{feed}"),
                                     self.suspect)["probability"])

    def test_what_is_no_feed_is_one_clear_error(self):
        page = self.write("page.csv", "<html>\n<body>\n<h1>no\n</html>\n")
        for option, status, words in (
                (f"feodo:{page}", 1, "not of the format"),
                (f"stix:{page}", 2, "no format of a feed"),
                (str(page), 2, "FORMAT:FILE" if ":" in str(page) else "KIND:FILE"),
                (f"feodo:{self.root / 'none.csv'}", 1, "none.csv")):  # fmt: skip
            done = program.run("analyze", "--feed", option, self.recording)
            self.assertEqual(done.status, status, str(done))
            self.assertIn(words, done.errors)


if __name__ == "__main__":
    testing.main()
