#!/usr/bin/env python3
"""A botnet's traffic through the daemon, judged from what it stored: its server comes first, an
analyst's word outlives a restart, and who may not read contacts reads no list."""

import datetime
import getpass
import json
import pathlib
import tempfile
import time
import unittest

from harness import peers, program, testing
from harness.daemon import Daemon
from harness.policies import person

HOUR = 3600
DEFAULT = (program.SOURCE / "config/policy.toml").read_text()


def policy_of(*roles: str) -> str:
    """The default policy, who runs this test with some roles, and those who approve reveals."""
    return (DEFAULT + person("Tester", getpass.getuser(), *roles, clearance="communications")
            + person("Officer", "daemon", "privacy-officer")
            + person("Second", "nobody", "privacy-officer"))  # fmt: skip


def moment(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


class C2Test(unittest.TestCase):
    """One daemon for all of it: hours of traffic take a while to make."""

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.policy = cls.folder / "policy.toml"
        cls.policy.write_text(policy_of("analyst"))
        # Two whole hours that have ended.
        cls.end = int(time.time()) // HOUR * HOUR
        cls.start = cls.end - 2 * HOUR
        scenario = ("--subscribers", 120, "--infected", 12, "--start", moment(cls.start),
                    "--duration", "2h")  # fmt: skip
        cls.truth_file = cls.folder / "truth.json"
        program.run_well("simulate", *scenario, "--output", cls.folder / "plan.pcap",
                         "--truth", cls.truth_file)  # fmt: skip
        cls.truth = json.loads(cls.truth_file.read_text())
        ranges = json.dumps(cls.truth["local_prefixes"])
        cls.daemon = Daemon(
            cls.folder / "daemon",
            "[retention]\ndisk_free = 0.0\n"
            f'[network]\nsubscribers = {ranges}\n[guard]\npolicy = "{cls.policy}"\n',
        )
        (cls.daemon.folder / "state").mkdir()
        program.run_well("guard", "key", "init", "--config", cls.daemon.config)
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.start()
        program.run_well("simulate", *scenario, "--send", f"127.0.0.1:{cls.daemon.udp_port}",
                         "--rate", 400)  # fmt: skip
        cls.daemon.wait_for_flows(cls.exported_flows() * 98 // 100, 120)
        # Their hours had ended before they came: another start makes contacts of what is stored.
        cls.restart()
        peers.wait_until(
            lambda: cls.daemon.metrics().get("noroshi_contacts_hours_total", 0) >= 2,
            "the hours' contacts", 120,
        )  # fmt: skip
        cls.outcome = cls.asked("judge", "--from", moment(cls.start), "--to", moment(cls.end))

    @classmethod
    def exported_flows(cls) -> int:
        ended = program.run_well("recording", "show", cls.folder / "plan.pcap", "--json")
        document = json.loads(ended.output)
        found = [document]
        while found:
            value = found.pop()
            if isinstance(value, dict):
                if isinstance(value.get("flows"), int):
                    return value["flows"]
                found.extend(value.values())
            elif isinstance(value, list):
                found.extend(value)
        raise AssertionError(f"no flows in {document}")

    @classmethod
    def restart(cls):
        assert cls.daemon.stop() == 0
        cls.daemon.start()

    @classmethod
    def run_c2(cls, *arguments, noun="c2") -> program.Ended:
        return program.run(noun, *arguments, "--config", cls.daemon.config, "--lang", "en")

    @classmethod
    def asked(cls, *arguments, noun="c2") -> dict:
        ended = cls.run_c2(*arguments, "--json", noun=noun)
        assert ended.status == 0, ended
        return json.loads(ended.output)

    def servers(self, *arguments) -> list[dict]:
        return self.asked("list", "--limit", 0, *arguments)["servers"]

    def commander(self) -> str:
        """Of the largest botnet."""
        largest = max(self.truth["command_and_control"], key=lambda each: len(each["clients"]))
        return f"{largest['address']}:{largest['port']}/{largest['protocol']}"

    def audit(self, kind: str) -> list[dict]:
        segments = sorted((self.daemon.folder / "state/guard/audit").glob("*.jsonl"))
        entries = [json.loads(line) for segment in segments
                   for line in segment.read_text().splitlines()]  # fmt: skip
        return [entry for entry in entries if entry["kind"] == kind]

    def test_a_botnets_server_is_first_and_its_page_says_why(self):
        self.assertGreater(self.outcome["contacts_judged"], 100, self.outcome)
        servers = self.servers()
        self.assertEqual(servers[0]["server"], self.commander(), [s["server"] for s in servers])
        self.assertIn(servers[0]["tier"], ("A", "B"))
        hostile = {each["address"] for part in ("command_and_control", "helpers", "victims")
                   for each in self.truth[part]}  # fmt: skip
        suspects = [server for server in servers if server["tier"] in ("A", "B")]
        self.assertEqual([s["server"] for s in suspects if s["address"] not in hostile], [])
        page = self.run_c2("show", self.commander())
        self.assertEqual(page.status, 0, page)
        for part in (self.commander(), "What speaks for it", "What speaks against it",
                     "What would change this", "Its life", "recipe "):  # fmt: skip
            self.assertIn(part, page.output)
        japanese = program.run_well("c2", "show", self.commander(), "--config", self.daemon.config,
                                    "--lang", "ja").output  # fmt: skip
        for part in ("証拠", "反証", "判定を変えうるもの", "経過"):
            self.assertIn(part, japanese)
        recipe = program.run_well("c2", "recipe", "export", "--id").output.strip()
        self.assertEqual(servers[0]["verdict"]["recipe"], recipe)

    def test_no_subscriber_is_named_by_the_list(self):
        said = json.dumps(self.servers("--state", "all")) + json.dumps(
            self.asked("show", self.commander())
        )
        for line in self.truth["infected"]:
            self.assertNotIn(f'"{line["address"]}"', said)
            self.assertNotIn(f'{line["address"]}:', said)
        stored = (self.daemon.folder / "state" / "docket.db").read_bytes()
        self.assertNotIn(b"~", stored, "a pseudonym")

    def test_the_lines_behind_it_are_named_by_pseudonym(self):
        found = self.asked("list", "--from", moment(self.start), "--to", moment(self.end),
                           "--limit", 0, noun="infected")  # fmt: skip
        self.assertTrue(found["lines"])
        for line in found["lines"]:
            self.assertTrue(line["line"].startswith("~"), line)
        callers = [line for line in found["lines"]
                   if any(each["target"] == self.commander() for each in line["findings"])]  # fmt: skip
        largest = max(self.truth["command_and_control"], key=lambda each: len(each["clients"]))
        self.assertGreaterEqual(len(callers), len(largest["visible_clients"]) * 9 // 10)
        infected = {each["address"] for each in self.truth["infected"]}
        self.assertLessEqual(len(found["lines"]), len(infected) * 11 // 10 + 1)

    def test_a_word_outlives_a_restart_and_another_judgement(self):
        server = self.commander()
        ended = self.run_c2("confirm", server, "--reason", "answers as bots' commanders do")
        self.assertEqual(ended.status, 0, ended)
        self.restart()
        self.asked("judge", "--from", moment(self.start), "--to", moment(self.end))
        page = self.asked("show", server)
        self.assertEqual((page["state"], page["tier"]), ("confirmed", "A"))
        self.assertEqual(page["word"]["by"], "Tester")
        self.assertIn("said", [change["why"] for change in page["life"]])
        words = [entry for entry in self.audit("verdict")
                 if entry["details"].get("act") == "confirm"]  # fmt: skip
        self.assertEqual(words[-1]["what"], server)
        self.assertEqual(words[-1]["details"]["reason"], "answers as bots' commanders do")
        self.assertEqual(self.run_c2("undo", server).status, 0)
        self.assertNotEqual(self.asked("show", server)["state"], "confirmed")

    def test_who_may_not_read_contacts_is_refused_on_the_record(self):
        self.policy.write_text(policy_of("researcher"))
        self.addCleanup(self.restart)
        self.addCleanup(self.policy.write_text, policy_of("analyst"))
        self.restart()
        for arguments in (("list",), ("show", self.commander()), ("judge",),
                          ("confirm", self.commander(), "--reason", "so")):  # fmt: skip
            ended = self.run_c2(*arguments)
            self.assertEqual(ended.status, 1, ended)
            self.assertIn("does not read contacts", ended.errors)
        ended = self.run_c2("list", "--purpose", "c2-detection")
        self.assertEqual(ended.status, 1, ended)
        self.assertIn("is for analyst", ended.errors)
        refused = [entry for entry in self.audit("refused") if entry["what"].startswith("c2 ")]
        self.assertGreaterEqual(len(refused), 5)

    def test_another_carriers_recipe_runs_beside_ours(self):
        own = self.folder / "own.toml"
        program.run_well("c2", "recipe", "export", "--output", own, "--force")
        theirs = self.folder / "theirs.toml"
        theirs.write_text(own.read_text().replace("prior = 0.001", "prior = 0.000001")
                          + '[[evidence]]\ncode = "of_theirs_alone"\n')  # fmt: skip
        window = ("--from", moment(self.start), "--to", moment(self.end))
        same = self.asked("recipe", "run", own, *window)
        self.assertEqual(same["notes"], [])
        for server in same["servers"]:
            self.assertEqual(server["tier"], server["ours"]["tier"])
        other = self.asked("recipe", "run", theirs, *window)
        self.assertIn("of_theirs_alone", json.dumps(other["notes"]))
        first = other["servers"][0]
        self.assertLess(first["probability"], first["ours"]["probability"])
        theirs.write_text(own.read_text() + "surprise = 1\n")
        ended = self.run_c2("recipe", "run", theirs, *window)
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("surprise", ended.errors)

    def test_without_the_daemon_the_state_answers_alike(self):
        served = self.servers()
        self.assertEqual(self.daemon.stop(), 0)
        self.addCleanup(self.daemon.start)
        self.assertEqual(self.servers(), served)

    def test_windows_that_cannot_be_are_misuse(self):
        for arguments in (("judge", "--day", "2026-13-01"), ("judge", "--from", "tomorrow"),
                          ("list", "--tier", "D"), ("show", "not-a-server")):  # fmt: skip
            self.assertEqual(self.run_c2(*arguments).status, 2, arguments)


if __name__ == "__main__":
    testing.main()
