#!/usr/bin/env python3
"""Long trends: through the daemon's socket and from the store itself, the same answers."""

import csv
import io
import json
import pathlib
import socket
import tempfile
import time
import unittest

from harness import audit, netflow9, program, testing
from harness.daemon import Daemon
from harness.policies import DEFAULT, closed

HOUR = 3_600_000
QUESTIONS = (
    ["--step", "5m"],
    ["--by", "proto"],
    ["--by", "service", "--limit", "2", "--order", "flows"],
    ["--by", "srcas", "--format", "csv"],
    ["--by", "dstcountry", "--step", "1d"],
    ["--by", "inif", "--exporter", "edge", "--format", "json"],
    ["--by", "exporter", "--format", "json"],
)


def flows(now: int) -> list[bytes]:
    """Three hours ago and now: 60 flows of four services."""
    uptime = 6 * HOUR
    rows = [
        {"source_v4": f"192.0.2.{number}", "destination_v4": "198.51.100.1", "source_port": 40000,
         "destination_port": (443, 80, 53, 8080)[number % 4], "protocol": 17 if number % 4 == 2 else 6,
         "packets": 1 + number, "bytes": 100 * number, "source_as": 64500 + number % 3,
         "input_interface": 1 + number % 2, "first": ended - 1000, "last": ended}
        for number in range(1, 31)
        for ended in (uptime - 3 * HOUR, uptime - 1000)
    ]  # fmt: skip
    return list(netflow9.Exporter(now, uptime).datagrams(rows))


class Trend(unittest.TestCase):
    maxDiff = 3000

    def ask(self, *arguments) -> str:
        return program.run_well("flows", "trend", *arguments).output

    def test_the_socket_and_the_store_give_the_same_answers(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            exporter = '[[exporter]]\nname = "edge"\naddresses = ["127.0.0.1"]\n'
            with Daemon(folder, exporter) as daemon:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    for datagram in flows(int(time.time())):
                        sender.sendto(datagram, ("127.0.0.1", daemon.udp_port))
                daemon.wait_for_flows(60)
                place = ["--config", daemon.config]
                live = [self.ask(*question, *place) for question in QUESTIONS]
            for question, expected in zip(QUESTIONS, live, strict=True):
                with self.subTest(question=question):
                    self.assertEqual(self.ask(*question, *place), expected)

        services = live[2]
        self.assertIn("udp/53", services)
        self.assertIn("other", services)
        self.assertIn("Total: 60 flows", services)
        by_as = list(csv.DictReader(io.StringIO(live[3])))
        self.assertEqual({row["value"] for row in by_as}, {"64500", "64501", "64502"})
        self.assertEqual(sum(int(row["flows"]) for row in by_as), 60)
        interfaces = json.loads(live[5])["trend"]
        self.assertEqual({row["value"] for row in interfaces["rows"]},
                         {"127.0.0.1 if 1", "127.0.0.1 if 2"})
        self.assertEqual(interfaces["total"]["bytes"], 2 * sum(100 * n for n in range(1, 31)))

    def test_a_trend_is_read_for_a_purpose_and_is_on_the_record(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            policy = folder / "policy.toml"
            policy.write_text(DEFAULT)
            daemon = Daemon(folder / "daemon", f'[guard]\npolicy = "{policy}"\n')
            place = ["--config", daemon.config, "--lang", "en"]
            with daemon:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    for datagram in flows(int(time.time())):
                        sender.sendto(datagram, ("127.0.0.1", daemon.udp_port))
                daemon.wait_for_flows(60)
                self.ask("--by", "service", "--last", "2d", *place)
                read, answered = audit.entries(daemon.folder / "state")[-2:]
                self.assertEqual((read["kind"], answered["kind"]), ("read", "answered"))
                self.assertEqual(read["purpose"], "operations")
                self.assertTrue(read["what"].startswith(
                    "trends in steps of 3600000 ms by service where anything from "), read)
                self.assertEqual(answered["grant"], read["grant"])
                self.assertGreater(answered["rows"], 0)
                self.assertRegex(answered["result"], "^[0-9a-f]{64}$")
                narrowed = program.run_well("flows", "trend", "--purpose", "ddos-response", *place)
                self.assertIn("the purpose ddos-response reads 7 days back", narrowed.errors)
            # The same of the store itself; a policy of named people is read at each question.
            for roles, arguments, words in (
                (["analyst"], [], "the purpose 'c2-detection' does not read rollups"),
                (["researcher"], [], "the purpose 'research' does not read rollups"),
                (["notice-desk"], ["--purpose", "operations"], "is for operator"),
                ([], [], "the policy gives this account no role"),
            ):
                with self.subTest(roles=roles):
                    policy.write_text(closed(*roles))
                    refused = program.run("flows", "trend", *arguments, *place)
                    self.assertEqual(refused.status, 1, refused)
                    self.assertEqual(refused.output, "")
                    self.assertIn(words, refused.errors)
                    self.assertEqual(audit.entries(daemon.folder / "state")[-1]["kind"], "refused")

    def test_what_cannot_be_asked_is_refused_in_one_line(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            for arguments, status in (
                (["--by", "srcip"], 2),
                (["--step", "30s"], 2),
                (["--exporter", "nobody"], 2),
                (["--limit", "101"], 2),
            ):
                with self.subTest(arguments=arguments):
                    store = pathlib.Path(name)
                    (store / "history").mkdir(exist_ok=True)
                    ended = program.run("flows", "trend", *arguments, "--store", store)
                    self.assertEqual(ended.status, status, ended)

    def test_a_store_that_is_not_there_is_a_failure(self):
        ended = program.run("flows", "trend", "--store", "/nonexistent")
        self.assertEqual(ended.status, 1, ended)
        self.assertEqual(len(ended.errors.splitlines()), 1, ended)


if __name__ == "__main__":
    testing.main()
