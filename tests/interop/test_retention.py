#!/usr/bin/env python3
"""What is stored goes when its time has come, on the record, and the operator is told beforehand
what will go and afterwards what went."""

import json
import pathlib
import signal
import socket
import tempfile
import time
import unittest

from harness import netflow9, peers, program, testing
from harness.daemon import Daemon

HOUR = 3600
KEEP = "[retention]\nflows_days = {}\ncontacts_days = 36500\ndisk_free = 0.0\ndisk_share = 1.0\n"


def send(port: int, hours_ago: int, flows: int = 5) -> None:
    """Flows that ended so many hours ago, as an exporter of that time would have said."""
    then = int(time.time()) - hours_ago * HOUR
    row = {"source_v4": "192.0.2.1", "destination_v4": "203.0.113.9", "source_port": 40_000,
           "destination_port": 443, "protocol": 6, "packets": 3, "bytes": 300, "first": 50_000,
           "last": 55_000}  # fmt: skip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in netflow9.Exporter(then, 60_000).datagrams([row] * flows):
            sender.sendto(datagram, ("127.0.0.1", port))


def ask(daemon: Daemon, *arguments) -> dict:
    ended = program.run_well("guard", *arguments, "--json", "--config", daemon.config)
    return json.loads(ended.output)


def table_of(plan: dict, name: str) -> dict:
    return next(table for table in plan["tables"] if table["table"] == name)


class Retention(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def daemon(self, days: int) -> Daemon:
        daemon = Daemon(self.folder / "daemon", KEEP.format(days))
        self.addCleanup(daemon.stop)
        return daemon

    def with_partitions(self) -> Daemon:
        """Three hours: 50, 40 and 3 hours ago."""
        daemon = self.daemon(36_500).start()
        for hours_ago in (50, 40, 3):
            send(daemon.udp_port, hours_ago)
        daemon.wait_for_flows(15)
        return daemon

    def keep(self, daemon: Daemon, days: int) -> None:
        text = daemon.config.read_text()
        before = text[text.index("flows_days"):].split("\n", 1)[0]
        daemon.config.write_text(text.replace(before, f"flows_days = {days}"))
        daemon.process.send_signal(signal.SIGHUP)
        peers.wait_until(lambda: "configuration read again" in daemon.log.read_text(), "the reload")

    def test_what_goes_is_told_beforehand_and_is_on_record_afterwards(self):
        daemon = self.with_partitions()
        self.assertEqual(ask(daemon, "retention", "history")["deletions"], [])
        plan = ask(daemon, "retention", "plan")
        flows = table_of(plan, "flows")
        self.assertEqual((flows["stored"]["partitions"], flows["stored"]["rows"]), (3, 15))
        self.assertEqual(flows["going"][2]["partitions"], 0)

        self.keep(daemon, 2)
        flows = table_of(ask(daemon, "retention", "plan"), "flows")
        self.assertEqual(flows["hours_kept"], 48)
        within_a_day, within_a_week, _ = flows["going"]
        self.assertLessEqual(within_a_day["partitions"], 2)
        self.assertEqual((within_a_week["partitions"], within_a_week["rows"]), (3, 15))
        self.assertIsNotNone(flows["next"])

        dropped = "noroshi_retention_dropped_partitions_total"
        peers.wait_until(lambda: daemon.metrics()[dropped] == 1, "the drop", 90)
        history = ask(daemon, "retention", "history")["deletions"]
        self.assertEqual(len(history), 1, history)
        gone = history[0]
        self.assertEqual((gone["table"], gone["rows"], gone["why"], gone["outcome"]),
                         ("flows", 5, "age", "done"))
        self.assertGreater(gone["bytes"], 0)
        self.assertEqual(table_of(ask(daemon, "retention", "plan"), "flows")["stored"]["rows"], 10)
        self.assertEqual(daemon.query("any", "--stat", "proto")["questions"][0]["total"]["flows"], 10)

        # Two entries: before it went, and how it went.
        listed = program.run_well("guard", "audit", "list", "--kind", "deleted", "--json",
                                  "--config", daemon.config)
        entries = [json.loads(line) for line in listed.output.splitlines()]
        self.assertEqual([entry["details"]["act"] for entry in entries], ["begins", "done"])
        self.assertEqual({entry["who"] for entry in entries}, {"system:retention"})
        verified = program.run("guard", "audit", "verify", "--config", daemon.config)
        self.assertEqual(verified.status, 0, verified)

    def test_the_answers_are_the_same_without_the_daemon(self):
        daemon = self.with_partitions()
        through_the_socket = ask(daemon, "retention", "plan")
        self.assertEqual(daemon.stop(), 0)
        alone = ask(daemon, "retention", "plan")
        for plan in (through_the_socket, alone):
            plan.pop("now")
            plan["room"].pop("disk")
        flows = [table_of(plan, "flows")["stored"] for plan in (through_the_socket, alone)]
        self.assertEqual(flows[0], flows[1])
        self.assertEqual(through_the_socket["windows"], alone["windows"])
        for language in ("ja", "en"):
            for verb in ("plan", "history"):
                ended = program.run_well("guard", "retention", verb, "--lang", language, "--config",
                                         daemon.config)
                self.assertTrue(ended.output.strip())

    def test_what_nobody_may_read_is_named(self):
        daemon = self.with_partitions()
        policy = self.folder / "policy.toml"
        policy.write_text(
            (program.SOURCE / "config" / "policy.toml").read_text().replace(
                'granularity = "pseudonyms"\nexports = true',
                'granularity = "pseudonyms"\nretention_days = 1\nexports = true').replace(
                "retention_days = 30", "retention_days = 1").replace(
                "retention_days = 7", "retention_days = 1"))
        daemon.stop()
        daemon.config.write_text(daemon.config.read_text() + f'\n[guard]\npolicy = "{policy}"\n')
        plan = ask(daemon, "retention", "plan")
        window = next(each for each in plan["windows"] if each["table"] == "flows")
        self.assertEqual(window["longest_window_days"], 1)
        self.assertTrue(window["nobody_will_read"])
        self.assertEqual(window["nobody_may_read"]["partitions"], 2)
        text = program.run_well("guard", "retention", "plan", "--lang", "en", "--config",
                                daemon.config).output
        self.assertIn("kept for nobody", text)

    def test_without_a_state_one_line_says_so(self):
        daemon = self.daemon(30)
        ended = program.run("guard", "retention", "plan", "--config", daemon.config)
        self.assertEqual(ended.status, 1, ended)
        self.assertEqual(len(ended.errors.strip().splitlines()), 1, ended)


if __name__ == "__main__":
    testing.main()
