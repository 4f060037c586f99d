#!/usr/bin/env python3
"""Whose a pseudonym is: asked for a case, approved by somebody else, shown once, all of it on record.
People are accounts of the system, so this needs root to be each of them."""

import hashlib
import hmac
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import sqlite3
import tempfile
import time
import unittest

from harness import netflow9, peers, program, testing
from harness.daemon import Daemon
from harness.policies import person

RANGE = "198.51.100.0/24"
SERVER = "203.0.113.9"
# Accounts that every Debian has.
ASKER, OFFICER, SECOND, ANALYST = "daemon", "bin", "sys", "games"
POLICY = (program.SOURCE / "config/policy.toml").read_text()
# Tests run at any hour of the day.
WITHOUT_HOURS = re.sub(r'\nhours = ".*"', "", POLICY)


PEOPLE = (person("Asker", ASKER, "notice-desk") + person("Officer", OFFICER, "privacy-officer")
          + person("Second", SECOND, "privacy-officer") + person("Analyst", ANALYST, "analyst"))


def may_be_others() -> bool:
    try:
        for account in (ASKER, OFFICER, SECOND, ANALYST):
            pwd.getpwnam(account)
    except KeyError:
        return False
    return os.geteuid() == 0 and shutil.which("setpriv") is not None


@unittest.skipUnless(may_be_others(), "needs root and setpriv, to be several people")
class Reveal(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.folder.chmod(0o755)
        # The program may lie in a folder that only root can enter: others run a copy.
        self.binary = shutil.copy(program.locate(), self.folder / "noroshi")
        policy = self.folder / "policy.toml"
        policy.write_text(WITHOUT_HOURS + PEOPLE)
        self.daemon = Daemon(
            self.folder / "daemon",
            "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"
            f'[network]\nsubscribers = ["{RANGE}"]\n[guard]\npolicy = "{policy}"\n')
        self.addCleanup(self.daemon.stop)
        program.run_well("guard", "key", "init", "--config", self.daemon.config)
        self.daemon.start()
        self.send()
        self.pseudonyms = self.asked_for()

    def send(self):
        """Flows of 12 lines to port 23, and one of another line to port 443."""
        rows = [{"source_v4": f"198.51.100.{line}", "destination_v4": SERVER, "source_port": 40_000,
                 "destination_port": 23 if line <= 12 else 443, "protocol": 6, "packets": line,
                 "bytes": 1000 * line, "first": 50_000, "last": 55_000}
                for line in range(1, 14)]  # fmt: skip
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in netflow9.Exporter(int(time.time()), 60_000).datagrams(rows):
                sender.sendto(datagram, ("127.0.0.1", self.daemon.udp_port))
        self.daemon.wait_for_flows(13)

    def asked_for(self) -> dict[int, str]:
        """Pseudonyms by the line's number, which its bytes tell."""
        found = self.daemon.query("--stat", "srcip/bytes", "--limit", 0)["questions"][0]["rows"]
        return {row["bytes"] // 1000: row["value"] for row in found}

    def run_as(self, account: str, *arguments) -> program.Ended:
        # The socket is the daemon's group's: they are in it.
        prefix = ("setpriv", f"--reuid={pwd.getpwnam(account).pw_uid}", "--regid=0", "--clear-groups", "--")
        return program.run(*arguments, "--config", self.daemon.config, "--lang", "en", prefix=prefix,
                           binary=self.binary)  # fmt: skip

    def well(self, account: str, *arguments) -> dict:
        ended = self.run_as(account, *arguments, "--json")
        self.assertEqual(ended.status, 0, ended)
        return json.loads(ended.output)

    def refused(self, account: str, *arguments) -> str:
        """Exit status 1, nothing printed, and an entry `refused` of that account in the audit."""
        before = len(self.audit("refused"))
        ended = self.run_as(account, *arguments)
        self.assertEqual((ended.status, ended.output), (1, ""), ended)
        entries = self.audit("refused")
        self.assertEqual(len(entries), before + 1)
        self.assertEqual(entries[-1]["who"], account)
        return ended.errors

    def audit(self, kind: str) -> list[dict]:
        ended = program.run_well("guard", "audit", "list", "--json", "--limit", "0", "--kind", kind,
                                 "--config", self.daemon.config)  # fmt: skip
        return [json.loads(line) for line in ended.output.splitlines()]

    def open_case(self, *arguments) -> str:
        return self.well(ANALYST, "guard", "case", "open", "--title", "calls a server", "--last", "2h",
                         *arguments)["id"]  # fmt: skip

    def ask(self, lines, purpose: str = "notices", case: str = "C1") -> str:
        return self.well(ASKER, "guard", "reveal", "--case", case, "--purpose", purpose, "--reason",
                         "it calls a server", *(self.pseudonyms[line] for line in lines))["id"]  # fmt: skip

    def test_an_answer_is_shown_once_to_whoever_asked_after_another_approved(self):
        self.assertEqual(self.open_case(), "C1")
        request = self.ask([7])
        show = ("guard", "reveal", "show", request)
        approve = ("guard", "reveal", "approve", request)
        self.assertIn("0 of 1 approvals", self.refused(ASKER, *show))
        self.assertIn("a request of their own", self.refused(ASKER, *approve))
        self.assertIn("no role that may approve", self.refused(ANALYST, *approve))
        self.assertEqual(self.well(OFFICER, *approve)["state"], "approved")
        self.assertIn("only Asker", self.refused(OFFICER, *show))
        shown = self.run_as(ASKER, *show)
        self.assertEqual(shown.status, 0, shown)
        self.assertEqual(shown.output.splitlines()[1:], [f"{self.pseudonyms[7]}  198.51.100.7"])
        self.assertIn("it is shown once", self.refused(ASKER, *show))
        listed = self.well(ANALYST, "guard", "reveal", "list")["requests"]
        self.assertEqual([(one["id"], one["state"]) for one in listed], [(request, "shown")])
        # The audit knows who, why and how many, and not whose it was.
        entries = [entry for kind in ("reveal-asked", "approved", "revealed") for entry in self.audit(kind)]
        self.assertEqual([(e["kind"], e["who"], e["case"]) for e in entries],
                         [("reveal-asked", ASKER, "C1"), ("approved", OFFICER, "C1"),
                          ("revealed", ASKER, "C1")])  # fmt: skip
        self.check_hash(entries[-1], f"{request} {self.pseudonyms[7]} 198.51.100.7\n")
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(program.run("guard", "audit", "verify", "--config", self.daemon.config).status, 0)
        clear = re.compile(rb"(?<![~\w.])198\.51\.100\.7(?![\w.])")
        packed = b"\0" * 10 + b"\xff\xff" + bytes([198, 51, 100, 7])
        for path in self.daemon.folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                self.assertIsNone(clear.search(content), path)
                self.assertNotIn(packed, content, path)

    def check_hash(self, entry: dict, text: str):
        """As docs/reference/reveal.md says, from the key file alone."""
        key, digest = entry["details"]["answer_hmac"].split(":")
        content = (self.daemon.folder / "state/guard/keys").read_text()
        self.assertIn(key, content)
        secret = bytes.fromhex(re.search(r'secret = "([0-9a-f]{64})"', content)[1])
        extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
        derived = hmac.new(extracted, b"reveal hash\x01", hashlib.sha256).digest()
        self.assertEqual(hmac.new(derived, text.encode(), hashlib.sha256).hexdigest(), digest)

    def test_many_at_once_need_a_purpose_of_their_own_and_two_people(self):
        self.open_case()
        many = [self.pseudonyms[line] for line in range(1, 13)]
        asking = ("guard", "reveal", "--case", "C1", "--reason", "a wave of notices")
        self.assertIn("need a purpose for bulk",
                      self.refused(ASKER, *asking, "--purpose", "notices", *many))
        self.assertIn("reveals nothing",
                      self.refused(ANALYST, *asking, "--purpose", "c2-detection", many[0]))
        request = self.ask(range(1, 13), "bulk-reveal")
        self.well(OFFICER, "guard", "reveal", "approve", request)
        self.assertIn("has decided about", self.refused(OFFICER, "guard", "reveal", "approve", request))
        self.assertIn("1 of 2 approvals", self.refused(ASKER, "guard", "reveal", "show", request))
        self.well(SECOND, "guard", "reveal", "approve", request)
        shown = self.well(ASKER, "guard", "reveal", "show", request)
        self.assertEqual({one["pseudonym"]: one["address"] for one in shown["revealed"]},
                         {self.pseudonyms[line]: f"198.51.100.{line}" for line in range(1, 13)})  # fmt: skip
        self.assertEqual(self.audit("revealed")[-1]["rows"], 12)

    def test_a_kill_between_approval_and_showing_loses_nothing_and_shows_nothing_twice(self):
        self.open_case()
        request = self.ask([3])
        self.well(OFFICER, "guard", "reveal", "approve", request)
        self.daemon.kill()
        self.daemon.start()
        shown = self.well(ASKER, "guard", "reveal", "show", request)
        self.assertEqual(shown["revealed"][0]["address"], "198.51.100.3")
        self.daemon.kill()
        self.daemon.start()
        self.assertIn("it is shown once", self.refused(ASKER, "guard", "reveal", "show", request))
        self.assertEqual(len(self.audit("revealed")), 1)
        self.assertEqual(program.run("guard", "audit", "verify", "--config", self.daemon.config).status, 0)

    def test_a_rejection_and_a_closed_case_end_it(self):
        self.open_case()
        rejected, other = self.ask([1]), self.ask([2])
        ended = self.well(OFFICER, "guard", "reveal", "reject", rejected, "--reason", "too early")
        self.assertEqual(ended["state"], "rejected")
        self.assertIn("is rejected", self.refused(ASKER, "guard", "reveal", "show", rejected))
        self.assertIn("is rejected", self.refused(SECOND, "guard", "reveal", "approve", rejected))
        self.well(OFFICER, "guard", "reveal", "approve", other)
        self.well(ANALYST, "guard", "case", "close", "C1")
        self.assertIn("was closed on", self.refused(ASKER, "guard", "reveal", "show", other))
        self.assertIn("was closed on",
                      self.refused(ASKER, "guard", "reveal", "--case", "C1", "--purpose", "notices",
                                   "--reason", "again", self.pseudonyms[1]))  # fmt: skip

    def test_a_subscriber_address_cannot_be_asked_for_nor_named(self):
        self.open_case()
        ended = self.run_as(ASKER, "guard", "reveal", "--case", "C1", "--purpose", "notices", "--reason",
                            "is it 198.51.100.9?", "198.51.100.9")  # fmt: skip
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("what is revealed are pseudonyms", ended.errors)
        self.assertNotIn("198.51.100.9", json.dumps(self.audit("refused")))
        refused = self.run_as(ANALYST, "guard", "case", "open", "--title", "one line", "--last", "1h",
                              "host 198.51.100.9")  # fmt: skip
        self.assertEqual(refused.status, 1, refused)
        cases = self.well(ANALYST, "guard", "case", "list")["cases"]
        self.assertEqual([case["id"] for case in cases], ["C1"])

    def test_questions_for_a_case_are_narrowed_to_it(self):
        self.open_case("dst port 23")
        asking = ("flows", "query", "--stat", "dstport", "--purpose", "incident-response")
        found = self.well(ANALYST, *asking, "--case", "C1")["questions"][0]
        self.assertEqual([(row["value"], row["flows"]) for row in found["rows"]], [("23", 12)])
        self.assertEqual(self.audit("read")[-1]["case"], "C1")
        self.assertIn("there is no case C9", self.refused(ANALYST, *asking, "--case", "C9"))
        self.assertIn("--case names it", self.refused(ANALYST, *asking))
        self.well(ANALYST, "guard", "case", "close", "C1")
        self.assertIn("was closed on", self.refused(ANALYST, *asking, "--case", "C1"))

    def test_an_open_case_holds_what_is_stored(self):
        self.open_case("--hold")
        plan = self.plan()
        self.assertEqual([hold["case"] for hold in plan["holds"]], ["C1"])
        self.well(ANALYST, "guard", "case", "close", "C1")
        self.assertEqual(self.plan()["holds"], [])

    def plan(self) -> dict:
        ended = program.run_well("guard", "retention", "plan", "--json", "--config", self.daemon.config)
        return json.loads(ended.output)

    def test_a_ledger_changed_by_hand_allows_nothing(self):
        self.open_case("--hold")
        request = self.ask([5])
        self.daemon.stop()
        with sqlite3.connect(self.daemon.folder / "state/guard/ledger.sqlite") as ledger:
            ledger.execute("UPDATE reveals SET approvals_needed = 0")
            ledger.execute("UPDATE cases SET window_from = 0")
        ledger.close()
        self.daemon.start()
        self.assertIn("somebody changed the ledger by hand",
                      self.refused(ASKER, "guard", "reveal", "show", request))
        self.assertFalse(self.plan()["holds_known"])

    def test_it_is_the_same_without_the_daemon(self):
        self.open_case()
        self.assertEqual(self.daemon.stop(), 0)
        listed = program.run_well("guard", "case", "list", "--json", "--config", self.daemon.config)
        self.assertEqual([one["id"] for one in json.loads(listed.output)["cases"]], ["C1"])
        ended = self.run_as(ANALYST, "guard", "case", "list")
        self.assertEqual(ended.status, 1, ended)  # the state is not theirs to open


if __name__ == "__main__":
    testing.main()
