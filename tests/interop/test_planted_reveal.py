#!/usr/bin/env python3
"""A reveal is the one place where a planted address may appear, and only there: on the standard output
of whoever asked, once. People are accounts of the system, so this needs root to be each of them."""

import json
import os
import pathlib
import pwd
import re
import shutil
import tempfile
import unittest

from harness import program, testing
from harness.planted_run import DebugDaemon, Run
from harness.policies import person
from harness.stored import store_dump

# Accounts that every Debian has.
ASKER, OFFICER, ANALYST = "daemon", "bin", "games"
# Tests run at any hour of the day.
POLICY = re.sub(r'\nhours = ".*"', "", (program.SOURCE / "config/policy.toml").read_text())


PEOPLE = (person("Asker", ASKER, "notice-desk") + person("Officer", OFFICER, "privacy-officer")
          + person("Second", "sys", "privacy-officer") + person("Analyst", ANALYST, "analyst"))


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root, to be several people")
class PlantedReveal(unittest.TestCase):
    maxDiff = 20_000

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.run_ = Run(self, self.folder / "run")
        for folder in (self.folder, self.run_.folder):
            folder.chmod(0o755)
        # The program may lie in a folder that only root can enter: others run a copy.
        self.binary = shutil.copy(program.locate(), self.folder / "noroshi")
        policy = self.run_.folder / "policy.toml"
        policy.write_text(POLICY + PEOPLE)
        self.daemon = DebugDaemon(self.run_.folder / "daemon",
                                  self.run_.configuration(f'[guard]\npolicy = "{policy}"\n'))
        self.addCleanup(self.daemon.stop)
        program.run_well("guard", "key", "init", "--config", self.daemon.config)
        self.daemon.start()
        self.daemon.stop()
        store_dump("uncompress", self.daemon.folder / "state/history")
        self.daemon.start()
        self.run_.collected(self.daemon)

    def say(self, account: str, *arguments) -> program.Ended:
        """What somebody is told; looked through, but where it is the answer itself."""
        prefix = ("setpriv", f"--reuid={pwd.getpwnam(account).pw_uid}", "--regid=0", "--clear-groups",
                  "--")  # fmt: skip
        ended = program.run(*arguments, "--config", self.daemon.config, "--lang", "en", prefix=prefix,
                            binary=self.binary)  # fmt: skip
        words = f"{account}: {' '.join(map(str, arguments[:3]))}"
        if arguments[:3] != ("guard", "reveal", "show"):
            self.run_.found += self.run_.traces.in_bytes(ended.output.encode(), f"output of {words}")
        self.run_.found += self.run_.traces.in_bytes(ended.errors.encode(), f"errors of {words}")
        return ended

    def well(self, account: str, *arguments) -> dict:
        ended = self.say(account, *arguments, "--json")
        self.assertEqual(ended.status, 0, ended)
        return json.loads(ended.output)

    def pseudonyms(self) -> list[str]:
        rows = self.daemon.query("src tag subscribers", "--stat", "srcip", "--limit", 0)
        return [row["value"] for row in rows["questions"][0]["rows"]]

    def test_only_whoever_asked_sees_the_address_once(self):
        seen = self.pseudonyms()
        # One of each family.
        wanted = [next(p for p in seen if p.startswith("~198.")),
                  next(p for p in seen if p.startswith("~2") or p.startswith("~c"))]  # fmt: skip
        case = self.well(ANALYST, "guard", "case", "open", "--title", "calls a server", "--last", "6h")
        request = self.well(ASKER, "guard", "reveal", "--case", case["id"], "--purpose", "notices",
                            "--reason", "it calls a server", *wanted)["id"]  # fmt: skip
        self.assertEqual(self.say(ASKER, "guard", "reveal", "show", request).status, 1)
        self.well(OFFICER, "guard", "reveal", "approve", request)
        self.assertEqual(self.say(OFFICER, "guard", "reveal", "show", request).status, 1)
        shown = self.say(ASKER, "guard", "reveal", "show", request)
        self.assertEqual(shown.status, 0, shown)
        answers = self.run_.traces.in_bytes(shown.output.encode(), "the answer")
        for pseudonym in wanted:
            self.assertIn(pseudonym, shown.output)
        planted = {address for address in self.run_.planted.places.values()
                   if f"  {address}\n" in shown.output + "\n"}  # fmt: skip
        self.assertEqual(len(planted), 2, shown)
        self.assertGreaterEqual(len(answers), 2)
        self.assertEqual(self.say(ASKER, "guard", "reveal", "show", request).status, 1)

        # An address in a case's filter is refused, and stands nowhere but on the asker's terminal.
        address = next(iter(planted))
        program.run("guard", "case", "open", "--title", "t", "--last", "1h", f"host {address}",
                    "--config", self.daemon.config)  # fmt: skip
        for arguments in (("reveal", "list"), ("case", "list"), ("case", "show", case["id"]),
                          ("case", "close", case["id"])):  # fmt: skip
            self.say(ANALYST, "guard", *arguments)
        self.run_.oversee(self.daemon)
        self.daemon.kill()
        self.daemon.start()
        self.run_.oversee(self.daemon)
        self.daemon.stop()
        self.run_.search_files(self.run_.folder)
        dumped = store_dump("tables", self.daemon.folder / "state/history")
        self.run_.found += self.run_.traces.in_bytes(dumped.stdout, "the tables")
        self.run_.assert_nothing()


if __name__ == "__main__":
    testing.main()
