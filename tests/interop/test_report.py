#!/usr/bin/env python3
"""The month's report: its figures are those of what this test did, in JSON, on the HTML page in both
languages and in the PDF; with the daemon and without; its making is on the record."""

import collections
import datetime
import getpass
import hashlib
import html.parser
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import zlib

from harness import audit, netflow9, program, testing
from harness.daemon import Daemon
from harness.policies import person
from harness.policies import DEFAULT

LINES = 12


class Page(html.parser.HTMLParser):
    """A page's headings and tables; fails where an element is not closed in its place."""

    EMPTY = {"meta", "br", "hr", "img", "link"}

    def __init__(self, text: str):
        super().__init__()
        self.headings: list[str] = []
        self.rows: list[list[str]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, _):
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag in ("h1", "h2"):
            self.headings.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.words += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data
        if {"h1", "h2"} & set(self.open):
            self.headings[-1] += data


class Report(unittest.TestCase):
    maxDiff = 3000

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.policy = cls.folder / "policy.toml"
        cls.policy.write_text(
            DEFAULT + person("Officer", "officer-1", "privacy-officer")
            + person("Other officer", "officer-2", "privacy-officer")
            + person("山田 太郎", getpass.getuser(), "operator", "researcher",
                     clearance="communications"))
        cls.daemon = Daemon(cls.folder / "daemon", f'[guard]\nnode = "edge-7"\npolicy = "{cls.policy}"\n')
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.start()
        rows = [
            {"source_v4": f"198.51.100.{line}", "destination_v4": "203.0.113.9",
             "source_port": 40_000 + line, "destination_port": 443, "protocol": 6, "packets": 3,
             "bytes": 300, "first": 50_000, "last": 55_000}
            for line in range(1, LINES + 1)
        ]  # fmt: skip
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in netflow9.Exporter(int(time.time()), 60_000).datagrams(rows):
                sender.sendto(datagram, ("127.0.0.1", cls.daemon.udp_port))
        cls.daemon.wait_for_flows(LINES)
        cls.work()

    @classmethod
    def work(cls):
        """A month's reading: 3 under one purpose, 1 under another, an export, 4 refusals."""
        place = ("--config", cls.daemon.config)
        for _ in range(2):
            program.run_well("flows", "query", "--stat", "srcip", "--limit", "0", *place)
        program.run_well("flows", "trend", *place)
        program.run_well("flows", "query", "--stat", "dstport", "--purpose", "ddos-response", *place)
        program.run_well("flows", "export", "--format", "csv", "--to-file", cls.folder / "out.csv", *place)
        cls.bundle = cls.folder / "audit.tar"
        program.run_well("guard", "audit", "export", cls.bundle, *place)
        for arguments, times in (
            (("query", "--stat", "srcip", "--purpose", "research"), 3),
            (("query", "--purpose", "bulk-reveal"), 1),
        ):
            for _ in range(times):
                assert program.run("flows", *arguments, *place).status == 1

    def report(self, *arguments) -> program.Ended:
        return program.run_well("guard", "report", *arguments, "--config", self.daemon.config)

    def month(self) -> str:
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=9)
        return f"{now:%Y-%m}"

    def check_figures(self, report: dict):
        account = getpass.getuser()
        reads = {(each["purpose"], each["account"]): each for each in report["reads"]}
        operations = reads["operations", account]
        self.assertEqual(operations["person"], "山田 太郎")
        # Twice a line for each subscriber, a trend of one row, and the rows of the export.
        self.assertEqual((operations["reads"], operations["rows"], operations["exports"]),
                         (4, 2 * LINES + 1 + LINES, 1))
        ddos = reads["ddos-response", account]
        self.assertEqual((ddos["reads"], ddos["rows"], ddos["exports"]), (1, 1, 0))
        self.assertEqual({each["failed"] + each["unanswered"] for each in report["reads"]}, {0})
        refusals = collections.Counter()
        for each in report["refusals"]:
            refusals[each["purpose"], each["reason"]] += each["times"]
        self.assertEqual(refusals["research", "granularity"], 3)
        self.assertEqual(refusals["bulk-reveal", "role"], 1)
        flows, bundle = report["exports"]
        self.assertEqual((flows["purpose"], flows["rows"]), ("operations", LINES))
        self.assertEqual(bundle["sha256"], hashlib.sha256(self.bundle.read_bytes()).hexdigest())
        self.assertEqual(report["node"], "edge-7")
        self.assertTrue(report["audit"]["good"])
        self.assertIn(str(self.policy), {each["what"] for each in report["policies"]})

    def test_the_figures_are_those_of_what_was_done(self):
        ended = self.report("--json", "--month", self.month())
        report = json.loads(ended.output)
        self.assertEqual((report["month"], report["made_by"]), (self.month(), getpass.getuser()))
        self.check_figures(report)
        entries = audit.entries(self.daemon.folder / "state")
        last = entries[-1]
        self.assertEqual((last["kind"], last["what"]), ("report", f"the month {self.month()}"))
        self.assertEqual(last["result"], hashlib.sha256(ended.output.encode()).hexdigest())
        self.assertEqual(last["details"], {"format": "json", "language": "en"})
        self.assertEqual(report["audit"]["entries"], len(entries) - 1)

    def test_the_page_says_the_same_in_both_languages(self):
        report = json.loads(self.report("--json").output)
        for language, title, heading, total in (
            ("ja", "通信の秘密の保護に関する月次報告", "3. 目的ごとの閲覧", "合計"),
            ("en", "Secrecy of communications", "3. Reads, by purpose and person", "Total"),
        ):
            with self.subTest(language=language):
                page = Page(self.report("--lang", language).output)
                self.assertIn(title, page.headings[0])
                self.assertEqual(sum(bool(re.match(r"\d\. ", h)) for h in page.headings), 9)
                self.assertIn(heading, page.headings)
                rows = next(row for row in page.rows if row[:1] == [total])
                self.assertIn(f"{sum(each['rows'] for each in report['reads']):,}", rows)
                self.assertIn(f"{sum(each['reads'] for each in report['reads']):,}", rows)
                self.assertIn("山田 太郎", page.words)
                self.assertNotIn("198.51.100.", page.words)

    def test_the_pdf_is_a_whole_document(self):
        path = self.folder / "report.pdf"
        self.report("--format", "pdf", "--lang", "ja", "--output", path)
        document = path.read_bytes()
        self.assertTrue(document.startswith(b"%PDF-1."))
        self.assertTrue(document.rstrip().endswith(b"%%EOF"))
        # The tree of pages says how many there are, in the clear or in an object stream.
        streams = [document]
        for found in re.finditer(rb"stream\r?\n", document):
            try:
                streams.append(zlib.decompressobj().decompress(document[found.end() :]))
            except zlib.error:
                continue
        counts = [int(n) for s in streams for n in re.findall(rb"/Type /Pages.*?/Count (\d+)", s, re.S)]
        self.assertGreaterEqual(max(counts, default=0), 1)
        if shutil.which("pdftotext"):
            text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True,
                                  check=True, text=True).stdout  # fmt: skip
            self.assertIn("目的ごとの閲覧", text)
            self.assertIn("山田 太郎", text)
        # What is there already is not overwritten.
        again = program.run("guard", "report", "--output", path, "--config", self.daemon.config)
        self.assertEqual(again.status, 1, again)
        self.assertEqual(path.read_bytes(), document)

    def test_a_month_that_cannot_be_is_misuse_and_one_without_entries_is_empty(self):
        for month in ("2026-13", "November", "2999-01"):
            ended = program.run("guard", "report", "--month", month, "--config", self.daemon.config)
            self.assertEqual(ended.status, 2, ended)
            self.assertEqual(len(ended.errors.splitlines()), 1, ended)
        empty = json.loads(self.report("--json", "--month", "2020-02").output)
        self.assertEqual((empty["reads"], empty["refusals"], empty["audit"]["entries"]), ([], [], 0))
        self.assertEqual((empty["from"], empty["to"]),
                         ("2020-01-31T15:00:00.000Z", "2020-02-29T15:00:00.000Z"))

    def test_without_the_daemon_it_is_made_of_the_same_files(self):
        self.daemon.stop()
        try:
            self.check_figures(json.loads(self.report("--json").output))
        finally:
            self.daemon.start()


if __name__ == "__main__":
    testing.main()
