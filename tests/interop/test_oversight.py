#!/usr/bin/env python3
"""Who may oversee the guard: read, verify, stamp and export the audit, make the report, see what is
kept. People of several accounts ask one daemon; what the policy does not let them is refused, and
both refusals and readings are on the record."""

import json
import os
import pathlib
import re
import tempfile
import unittest

from harness import audit, peers, program, testing
from harness.daemon import Daemon
from harness.policies import closed, person

# Accounts that every Debian has, for people who are not the owner of the state.
OFFICER, OPERATOR, STRANGER = "bin", "sys", "nobody"
PEOPLE = (person("Officer", OFFICER, "privacy-officer")
          + person("Other officer", "games", "privacy-officer")
          + person("Operator", OPERATOR, "operator"))
ACTS = {
    "read_audit": ("audit", "list", "--json"),
    "verify_audit": ("audit", "verify", "--json"),
    "stamp_audit": ("audit", "timestamp"),
    "export_audit": ("audit", "export", "{out}"),
    "see_retention": ("retention", "plan", "--json"),
}
MAY = {
    OFFICER: {"read_audit", "verify_audit", "stamp_audit", "export_audit", "see_retention"},
    OPERATOR: {"verify_audit", "stamp_audit", "see_retention"},
    STRANGER: set(),
}


@unittest.skipUnless(os.geteuid() == 0, "only root can be several people")
class OversightTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.policy = self.folder / "policy.toml"
        self.policy.write_text(closed() + PEOPLE)
        self.daemon = Daemon(
            self.folder / "daemon",
            f'[history]\nengine = "none"\n[guard]\npolicy = "{self.policy}"\n',
        )
        self.addCleanup(self.daemon.stop)
        # As a package would leave it: the group may pass, and use the socket.
        for folder in (self.folder, self.daemon.folder):
            folder.chmod(0o750)

    def guard(self, account: str, *arguments) -> program.Ended:
        out = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-", dir="/tmp"))
        self.addCleanup(lambda: [path.unlink() for path in out.iterdir()] and None or out.rmdir())
        out.chmod(0o777)
        prefix = ()
        if account != "root":
            prefix = ("setpriv", f"--reuid={account}", "--regid=0", "--clear-groups")
        return program.run(
            "guard", *(str(argument).format(out=out / "bundle.tar") for argument in arguments),
            "--config", self.daemon.config, prefix=prefix,
        )  # fmt: skip

    def entries(self) -> list[dict]:
        return audit.entries(self.daemon.folder / "state")

    def test_each_act_is_for_the_roles_that_the_policy_names(self):
        self.daemon.start()
        for account, may in MAY.items():
            for act, command in ACTS.items():
                with self.subTest(account=account, act=act):
                    before = len(self.entries())
                    ended = self.guard(account, *command)
                    last = self.entries()[-1]
                    if act in may:
                        self.assertNotIn("the policy says so", ended.errors)
                        # No authority is configured, and no history kept: that is what is said.
                        self.assertEqual(
                            ended.status,
                            {"stamp_audit": 2, "see_retention": 1}.get(act, 0), ended)
                    else:
                        self.assertEqual(ended.status, 1, ended)
                        self.assertEqual(ended.output, "")
                        self.assertIn("the policy says so in [oversight]", ended.errors)
                        self.assertEqual((last["kind"], last["who"], last["details"]["why"]),
                                         ("refused", account, "oversight"))
                        self.assertEqual(len(self.entries()), before + 1)

    def test_reading_is_itself_on_the_record_and_not_in_what_is_read(self):
        self.daemon.start()
        before = self.entries()
        listed = self.guard(OFFICER, "audit", "list", "--json", "--limit", "0")
        self.assertEqual(listed.status, 0, listed)
        self.assertEqual([json.loads(line) for line in listed.output.splitlines()], before)
        read = self.entries()[-1]
        self.assertEqual((read["kind"], read["who"]), ("overseen", OFFICER))
        self.guard(OFFICER, "audit", "list", "--kind", "refused", "--who", STRANGER)
        self.assertEqual(self.entries()[-1]["details"], {"kind": "refused", "who": STRANGER})
        self.guard(OPERATOR, "retention", "history")
        self.assertEqual(self.entries()[-1]["details"], {"of": "retention/history"})
        self.assertEqual(self.guard(OFFICER, "audit", "verify").status, 0)

    def test_the_owner_always_may_with_and_without_the_daemon(self):
        nobody = re.sub(r"(?m)^(\w+_audit|make_report|see_retention) = .*$", r"\1 = []",
                        self.policy.read_text())  # fmt: skip
        self.policy.write_text(nobody)
        self.daemon.start()
        for serves in (True, False):
            with self.subTest(serves=serves):
                if not serves:
                    self.daemon.stop()
                for command in (ACTS["read_audit"], ACTS["verify_audit"], ACTS["export_audit"]):
                    ended = self.guard("root", *command)
                    self.assertEqual(ended.status, 0, ended)
                self.assertIn(("overseen", "root"), [(e["kind"], e["who"]) for e in self.entries()])
        # Without the daemon, whoever cannot read its files is told so by the system.
        self.assertEqual(self.guard(OFFICER, *ACTS["read_audit"]).status, 1)

    def test_a_policy_that_names_nobody_else_takes_effect_on_a_reload(self):
        self.daemon.start()
        self.assertEqual(self.guard(OFFICER, *ACTS["read_audit"]).status, 0)
        text = self.policy.read_text()
        self.policy.write_text(text.replace('read_audit = ["privacy-officer"]', "read_audit = []"))
        self.daemon.process.send_signal(1)
        peers.wait_until(lambda: self.guard(OFFICER, *ACTS["read_audit"]).status == 1, "the policy")
        # A faulty one changes nothing.
        self.policy.write_text(text + "nonsense = 1\n")
        self.daemon.process.send_signal(1)
        peers.wait_until(lambda: "nonsense" in self.daemon.log.read_text(), "the fault in the log")
        self.assertEqual(self.guard(OFFICER, *ACTS["read_audit"]).status, 1)

    def test_the_policy_explains_and_compares_who_oversees(self):
        for language, words in (("en", "roles that may oversee by reading the audit: privacy-officer"),
                                ("ja", "監査記録の閲覧ができる役割: privacy-officer")):  # fmt: skip
            shown = program.run_well("guard", "policy", "show", self.policy, "--lang", language)
            self.assertIn(words, shown.output)
        other = self.folder / "other.toml"
        other.write_text(self.policy.read_text().replace(
            'read_audit = ["privacy-officer"]', 'read_audit = ["researcher"]'))
        changed = program.run_well("guard", "policy", "diff", self.policy, other, "--json")
        difference = json.loads(changed.output)["differences"][0]
        self.assertEqual((difference["key"], difference["before"]["en"], difference["after"]["en"]),
                         ("read_audit", "privacy-officer", "researcher"))
        other.write_text(self.policy.read_text().replace(
            'read_audit = ["privacy-officer"]', 'read_audit = ["chief"]'))
        checked = program.run("guard", "policy", "check", other)
        self.assertEqual(checked.status, 2, checked)
        self.assertIn("oversight.read_audit: there is no role 'chief'", checked.errors)


if __name__ == "__main__":
    testing.main()
