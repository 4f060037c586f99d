#!/usr/bin/env python3
"""Who reads what, as people meet it: purposes, refusals that say what would help, a policy that is
read again while the daemon runs, and the audit of all of it."""

import getpass
import json
import pathlib
import signal
import socket
import tempfile
import time
import unittest

from harness import audit, netflow9, peers, program, testing
from harness.daemon import Daemon
from harness.policies import DEFAULT, closed

RANGE = "198.51.100.0/24"
SERVER = "203.0.113.9"


class GrantsTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.policy = self.folder / "policy.toml"

    def start(self, policy: str) -> Daemon:
        """A daemon with that policy and 20 flows of 20 lines: 17 to port 80, 3 to port 8081."""
        self.policy.write_text(policy)
        daemon = Daemon(
            self.folder / "daemon",
            "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"
            f'[network]\nsubscribers = ["{RANGE}"]\n[guard]\npolicy = "{self.policy}"\n',
        )
        self.addCleanup(daemon.stop)
        (daemon.folder / "state").mkdir()
        program.run_well("guard", "key", "init", "--config", daemon.config)
        daemon.start()
        rows = [
            {"source_v4": f"198.51.100.{line}", "destination_v4": SERVER, "source_port": 40_000,
             "destination_port": 80 if line > 3 else 8081, "protocol": 6, "packets": 3,
             "bytes": 300, "first": 50_000, "last": 55_000}
            for line in range(1, 21)
        ]  # fmt: skip
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in netflow9.Exporter(int(time.time()), 60_000).datagrams(rows):
                sender.sendto(datagram, ("127.0.0.1", daemon.udp_port))
        daemon.wait_for_flows(20)
        return daemon

    def ask(self, daemon: Daemon, *arguments) -> program.Ended:
        return program.run("flows", *arguments, "--config", daemon.config, "--lang", "en")

    def answer(self, daemon: Daemon, *arguments) -> dict:
        ended = self.ask(daemon, *arguments, "--json")
        self.assertEqual(ended.status, 0, ended)
        return json.loads(ended.output)

    def refused(self, daemon: Daemon, *arguments) -> str:
        ended = self.ask(daemon, *arguments)
        self.assertEqual(ended.status, 1, ended)
        self.assertEqual(ended.output.splitlines()[1:], [], ended)
        return ended.errors

    def audit(self, daemon: Daemon) -> list[dict]:
        return audit.entries(daemon.folder / "state")

    def test_a_fresh_operator_asks_under_the_default_purpose_and_it_is_on_record(self):
        daemon = self.start(DEFAULT)
        answer = self.answer(daemon, "query", "--stat", "dstport")
        self.assertEqual(answer["questions"][0]["total"]["flows"], 20)
        read, answered = self.audit(daemon)[-2:]
        self.assertEqual((read["kind"], answered["kind"]), ("read", "answered"))
        self.assertEqual(read["who"], getpass.getuser())
        self.assertEqual(read["purpose"], "operations")
        self.assertTrue(read["what"].startswith("flows by dstport where anything"))
        self.assertEqual(answered["grant"], read["grant"])
        self.assertEqual(answered["rows"], 2)
        self.assertRegex(answered["result"], "^[0-9a-f]{64}$")

    def test_an_account_that_nobody_named_may_nothing_under_a_closed_policy(self):
        daemon = self.start(closed())
        for command in (("query", "--stat", "dstport"), ("query",), ("series",),
                        ("query", "--format", "parquet")):  # fmt: skip
            with self.subTest(command):
                self.assertIn("the policy gives this account no role", self.refused(daemon, *command))
        self.assertEqual(self.audit(daemon)[-1]["kind"], "refused")
        # The same without the daemon: the answers of both doors are the same.
        daemon.stop()
        self.assertIn("no role", self.refused(daemon, "query", "--stat", "dstport"))

    def test_refusals_say_what_would_help(self):
        daemon = self.start(closed("analyst", "researcher"))
        self.assertIn("does not see vlan", self.refused(daemon, "top", "vlan"))
        self.assertIn("yours are c2-detection, ddos-response, emergency-response",
                      self.refused(daemon, "query", "--purpose", "operations"))
        self.assertIn("--case names it", self.refused(daemon, "query", "--purpose", "incident-response"))
        self.assertIn("sees sums alone", self.refused(daemon, "query", "--purpose", "research"))
        path = self.folder / "out.csv"
        self.assertIn("no flows leave as files",
                      self.refused(daemon, "export", "--format", "csv", "--to-file", path))

    def test_an_expired_clearance_reads_nothing(self):
        daemon = self.start(closed("analyst", until="2020-01-31"))
        self.assertIn("the clearance ended on 2020-01-31", self.refused(daemon, "query"))

    def test_subscribers_are_asked_for_by_range_or_pseudonym_alone(self):
        daemon = self.start(closed("analyst"))
        found = self.answer(daemon, "query", f"src net {RANGE}", "--stat", "srcip", "--limit", 0)
        rows = found["questions"][0]["rows"]
        self.assertEqual(len(rows), 20)
        pseudonym = rows[0]["value"]
        self.assertTrue(pseudonym.startswith("~198.51.100."), pseudonym)
        one = self.answer(daemon, "query", f"host {pseudonym}", "--stat", "dstip")
        self.assertEqual(one["questions"][0]["total"]["flows"], 1)
        refusal = self.refused(daemon, "query", "host 198.51.100.7")
        self.assertIn("198.51.100.7/32 is a subscriber's address: stored as a pseudonym", refusal)
        entry = self.audit(daemon)[-1]
        self.assertEqual(entry["kind"], "refused")
        self.assertNotIn("198.51.100.7", json.dumps(entry))

    def test_research_sees_sums_over_enough_lines_rounded(self):
        daemon = self.start(closed("researcher", clearance="statistics"))
        ended = self.ask(daemon, "query", "--stat", "dstport", "--json")
        self.assertEqual(ended.status, 0, ended)
        question = json.loads(ended.output)["questions"][0]
        # 17 lines on port 80 round to 0 hundreds of flows; 3 lines on 8081 are not shown at all.
        self.assertEqual([(row["value"], row["flows"], row["bytes"]) for row in question["rows"]],
                         [("80", 0, 5100)])
        self.assertIn("sums over fewer than 10 subscriber lines are left out", ended.errors)
        self.assertIn("counts are rounded to 100s", ended.errors)

    def test_columns_beyond_the_clearance_are_not_shown(self):
        daemon = self.start(closed("operator", clearance="statistics"))
        ended = self.ask(daemon, "query", "--format", "json")
        self.assertEqual(ended.status, 0, ended)
        self.assertIn("not shown: addresses", ended.errors)
        for row in json.loads(ended.output)["rows"]:
            self.assertNotIn("source_address", {name for name, value in row.items() if value})
            self.assertNotIn(SERVER, json.dumps(row))

    def test_a_new_policy_takes_effect_on_a_reload_and_a_bad_one_changes_nothing(self):
        daemon = self.start(DEFAULT)
        self.answer(daemon, "query", "--stat", "dstport")
        self.policy.write_text("nonsense = 1\n")
        daemon.process.send_signal(signal.SIGHUP)
        peers.wait_until(lambda: "nonsense" in daemon.log.read_text(), "the log to name the fault")
        self.answer(daemon, "query", "--stat", "dstport")
        self.policy.write_text(closed())
        daemon.process.send_signal(signal.SIGHUP)
        peers.wait_until(lambda: self.ask(daemon, "query").status == 1, "the new policy")
        self.assertIn("policy", [entry["kind"] for entry in self.audit(daemon)])

    def test_recordings_need_a_purpose_too(self):
        self.policy.write_text(closed("researcher"))
        config = self.folder / "noroshi.toml"
        config.write_text(f'[guard]\npolicy = "{self.policy}"\n')
        recording = program.SOURCE / "tests/golden/text/zeek.log"
        refused = program.run("analyze", recording, "--config", config, "--purpose", "c2-detection")
        self.assertEqual(refused.status, 1, refused)
        self.assertIn("the purpose 'c2-detection' is for analyst, system", refused.errors)
        self.policy.write_text(closed("analyst"))
        ended = program.run_well("analyze", recording, "--config", config)
        self.assertTrue(ended.output.startswith("Purpose: c2-detection ("), ended)
        document = json.loads(
            program.run_well("analyze", "--json", recording, "--config", config).output)
        self.assertEqual(document["purpose"]["name"], "c2-detection")


if __name__ == "__main__":
    testing.main()
