#!/usr/bin/env python3
"""The audit: killed at any moment nothing acknowledged is missing; what is done to it is found, by
Noroshi and by a verifier that shares no code with it; time stamps of an authority, good and bad.

NOROSHI_KILLS says how often the writer is killed (5; make soak: 50)."""

import importlib.util
import json
import os
import pathlib
import random
import shutil
import subprocess
import tarfile
import tempfile
import time
import unittest

from harness import peers, program, testing, time_stamps
from harness.daemon import READY, Daemon

KILLS = int(os.environ.get("NOROSHI_KILLS", "5"))


def driver() -> pathlib.Path:
    if named := os.environ.get("NOROSHI_AUDIT_DRIVER"):
        return pathlib.Path(named)
    return program.locate().parent / "tests" / "audit_driver"


def independent_verifier():
    path = program.SOURCE / "docs" / "reference" / "verify_audit.py"
    spec = importlib.util.spec_from_file_location("verify_audit", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = independent_verifier()


def verify(folder: pathlib.Path, *arguments) -> dict:
    ended = program.run("guard", "audit", "verify", "--folder", folder, "--json", *arguments)
    seen = json.loads(ended.output)
    assert ended.status == (0 if seen["good"] else 1), ended
    return seen


def entries(folder: pathlib.Path) -> list[dict]:
    lines = b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl"))).splitlines()
    return [json.loads(line) for line in lines]


def in_a_folder(test: unittest.TestCase) -> pathlib.Path:
    folder = tempfile.TemporaryDirectory(prefix="noroshi-")
    test.addCleanup(folder.cleanup)
    return pathlib.Path(folder.name)


class Kill(unittest.TestCase):
    def torment(self, threads: int):
        choose = random.Random(2026)
        audit = in_a_folder(self) / "audit"
        acknowledged = []
        for _ in range(KILLS):
            # Segments of a few entries, so that kills meet the beginning of one too.
            writer = subprocess.Popen(
                [str(driver()), str(audit), str(threads), "100000000", "4000"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            first = writer.stdout.readline()
            if not first.startswith(b"acknowledged "):
                self.fail(f"{first} {writer.stderr.read()}")
            time.sleep(choose.uniform(0.0, 0.6))
            writer.kill()
            rest, _ = writer.communicate(timeout=30)
            # A line that was cut short says nothing.
            lines = [line for line in (first + rest).splitlines(keepends=True) if line[-1:] == b"\n"]
            words = [line.split() for line in lines]
            self.assertEqual({word for word, _ in words}, {b"acknowledged"})
            acknowledged += [int(number) for _, number in words]
            kept = {entry["sequence"] for entry in entries_until_crash(audit)}
            self.assertEqual(set(acknowledged) - kept, set())
        end = subprocess.run([str(driver()), str(audit), "1", "1"], check=True, capture_output=True)
        self.assertIn(b"acknowledged", end.stdout)
        self.assertEqual(len(acknowledged), len(set(acknowledged)), "a number was given twice")
        self.assertGreater(len(acknowledged), KILLS)
        everything = entries(audit)
        self.assertEqual([e["sequence"] for e in everything], list(range(1, len(everything) + 1)))
        self.assertEqual(VERIFIER.verify(audit)[2], [])
        seen = verify(audit)
        self.assertEqual((seen["good"], seen["findings"]), (True, []))
        self.assertEqual(seen["entries"], len(everything))

    def test_of_one_writer_at_random_moments_leaves_no_gap(self):
        self.torment(1)

    def test_of_many_writers_at_random_moments_leaves_no_gap(self):
        self.torment(8)


def entries_until_crash(folder: pathlib.Path) -> list[dict]:
    """The whole lines; the last one may have been cut short."""
    data = b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl")))
    return [json.loads(line) for line in data.splitlines(keepends=True) if line[-1:] == b"\n"]


class TwoVerifiers(unittest.TestCase):
    """Noroshi's and the one of docs/reference share no code, and find the same chains good."""

    ROUNDS = 60

    def setUp(self):
        self.folder = in_a_folder(self)
        self.whole = self.folder / "whole"
        subprocess.run([str(driver()), str(self.whole), "1", "60", "4000"],
                       check=True, capture_output=True)  # fmt: skip
        self.assertGreater(len(list(self.whole.glob("*.jsonl"))), 3)

    def damaged(self, choose: random.Random) -> tuple[str, pathlib.Path]:
        folder = self.folder / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.whole, folder)
        segments = sorted(folder.glob("*.jsonl"))
        segment = choose.choice(segments)
        data = segment.read_bytes()
        lines = data.splitlines(keepends=True)
        at = choose.randrange(len(lines))
        what = choose.choice(
            ["nothing", "flip", "delete", "swap", "double", "cut", "gone", "rename", "head", "append"]
        )
        if what == "flip":
            octet = choose.randrange(len(data))
            data = data[:octet] + bytes([data[octet] ^ 1 << choose.randrange(8)]) + data[octet + 1 :]
        elif what == "delete":
            data = b"".join(lines[:at] + lines[at + 1 :])
        elif what == "swap":
            other = (at + 1) % len(lines)
            lines[at], lines[other] = lines[other], lines[at]
            data = b"".join(lines)
        elif what == "double":
            data = b"".join(lines[: at + 1] + lines[at:])
        elif what == "cut":
            data = data[: choose.randrange(len(data))]
        elif what == "append":
            data += choose.choice([b"{}\n", b"\n", lines[at], b'{"sequence":61'])
        segment.write_bytes(data)
        if what == "gone":
            segment.unlink()
        elif what == "rename":
            segment.rename(folder / f"{choose.randrange(1, 100):020}.jsonl")
        elif what == "head":
            text = (folder / "head").read_text()
            (folder / "head").write_text(text.replace("a", "b").replace("3", "4"))
        return what, folder

    def test_agree_on_every_damage(self):
        choose = random.Random(22)
        good = 0
        for _ in range(self.ROUNDS):
            what, folder = self.damaged(choose)
            here = [f["en"] for f in verify(folder)["findings"]]
            there = VERIFIER.verify(folder)[2]
            self.assertEqual(bool(here), bool(there), (what, here, there))
            good += not here
        self.assertGreater(good, 0)
        self.assertLess(good, self.ROUNDS // 2)

    def test_agree_with_sha256sum_as_the_reference_says(self):
        first = sorted(self.whole.glob("*.jsonl"))[0]
        summed = subprocess.run(f"head -n 1 {first} | sha256sum", shell=True, check=True,
                                capture_output=True, text=True).stdout.split()[0]  # fmt: skip
        self.assertEqual(entries(self.whole)[1]["previous"], summed)


class InDaemon(unittest.TestCase):
    def setUp(self):
        self.folder = in_a_folder(self)
        self.authority = time_stamps.Authority(self.folder)
        self.authority.__enter__()
        self.addCleanup(self.authority.__exit__)
        self.daemon = Daemon(
            self.folder / "daemon",
            f"""[history]
engine = "none"
[guard]
node = "tokyo-1"
timestamp_url = "{self.authority.url}"
timestamp_ca = "{self.authority.ca}"
""",
        )
        self.audit = self.folder / "daemon" / "state" / "guard" / "audit"

    def guard(self, *arguments) -> program.Ended:
        return program.run("guard", "audit", *arguments, "--config", self.daemon.config)

    def start(self):
        self.addCleanup(self.daemon.stop)
        self.daemon.start()

    def stamped(self, times: int):
        peers.wait_until(
            lambda: self.daemon.metrics()["noroshi_audit_time_stamps_total"] >= times, "a time stamp"
        )

    def listed(self, *arguments) -> list[dict]:
        ended = self.guard("list", "--json", "--limit", "0", *arguments)
        self.assertEqual(ended.status, 0, ended)
        return [json.loads(line) for line in ended.output.splitlines()]

    def test_the_chain_says_when_it_served_and_with_what_configuration(self):
        self.start()
        self.stamped(1)
        self.assertEqual(self.daemon.stop(), 0)
        kinds = [entry["kind"] for entry in self.listed()]
        self.assertEqual((kinds[0], kinds[-1]), ("opened", "closed"))
        opened = self.listed("--kind", "opened")[0]
        self.assertEqual(opened["node"], "tokyo-1")
        self.assertEqual(
            opened["details"]["configuration"],
            subprocess.run(["sha256sum", self.daemon.config], capture_output=True, text=True,
                           check=True).stdout.split()[0],
        )  # fmt: skip
        self.assertEqual(self.guard("verify").status, 0)
        japanese = self.guard("verify", "--lang", "ja")
        self.assertIn("異常はありません", japanese.output)

    def test_the_same_is_answered_with_and_without_the_daemon(self):
        self.start()
        self.stamped(1)
        through = self.listed("--kind", "opened"), self.listed("--kind", "timestamp")
        whole = self.guard("verify", "--json")
        self.daemon.kill()
        self.assertEqual(json.loads(self.guard("verify", "--json").output), json.loads(whole.output))
        self.assertEqual((self.listed("--kind", "opened"), self.listed("--kind", "timestamp")), through)
        self.daemon.start()
        self.assertEqual(self.guard("verify").status, 0)

    def test_a_time_stamp_proves_the_chain_to_openssl(self):
        self.start()
        self.stamped(1)
        asked = self.guard("timestamp", "--json")
        self.assertEqual(asked.status, 0, asked)
        covers = json.loads(asked.output)["covers"]
        bundle = self.folder / "bundle.tar"
        self.assertEqual(self.guard("export", bundle).status, 0)
        with tarfile.open(bundle) as tar:
            tar.extractall(self.folder, filter="data")
        unpacked = self.folder / "noroshi-audit"
        self.assertIn("検証", (unpacked / "README.txt").read_text())
        own = subprocess.run(["python3", unpacked / "verify_audit.py", unpacked], check=False)
        self.assertEqual(own.returncode, 0)
        seen = verify(unpacked)
        self.assertEqual((seen["time_stamps"], seen["time_stamps_unchecked"]), (2, 0))
        self.assertEqual(seen["covered"]["sequence"], covers)
        lines = b"".join(p.read_bytes() for p in sorted(unpacked.glob("*.jsonl")))
        line = self.folder / "line.json"
        for token in sorted((unpacked / "tokens").iterdir()):
            stamp = json.loads(lines.splitlines()[int(token.stem) - 1])
            line.write_bytes(lines.splitlines(keepends=True)[int(stamp["details"]["covers"]) - 1])
            checked = subprocess.run(
                ["openssl", "ts", "-verify", "-data", line, "-in", token, "-token_in",
                 "-CAfile", unpacked / "ca.pem"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            self.assertIn("Verification: OK", checked.stdout + checked.stderr)
        # The export is on the record, with the hash of what left.
        summed = subprocess.run(["sha256sum", bundle], capture_output=True, text=True, check=True)
        self.assertEqual(self.listed("--kind", "answered")[-1]["result"], summed.stdout.split()[0])
        # Another authority's word does not count, and a forged chain is not covered.
        other = verify(unpacked, "--ca", self.folder / "stranger" / "ca.pem")
        self.assertEqual({f["fault"] for f in other["findings"]}, {"time_stamp"})
        self.assertFalse(other["good"])

    def test_a_bad_answer_is_one_clear_error_and_collection_goes_on(self):
        self.authority.behave = "unavailable"
        self.start()
        peers.wait_until(
            lambda: self.daemon.metrics()["noroshi_audit_time_stamp_failures_total"] >= 1, "a failure"
        )
        reasons = {
            "wrong_imprint": "imprint", "wrong_nonce": "nonce", "untrusted": "certificate",
            "garbage": "not a time stamp response", "huge": "longer than",
            "refusing": "refuses", "unavailable": "503",
        }  # fmt: skip
        for times, (behave, reason) in enumerate(reasons.items(), 2):
            self.authority.behave = behave
            ended = self.guard("timestamp")
            self.assertEqual(ended.status, 1, ended)
            self.assertIn(reason, ended.errors)
            self.assertEqual(ended.errors.count("\n"), 1, ended)
            metrics = self.daemon.metrics()
            self.assertEqual(metrics["noroshi_audit_time_stamp_failures_total"], times)
            self.assertEqual(metrics["noroshi_audit_time_stamps_total"], 0)
            self.assertEqual(self.daemon.get("/readyz"), READY)
        self.authority.behave = "good"
        self.assertEqual(self.guard("timestamp").status, 0)
        self.assertLess(self.daemon.metrics()["noroshi_audit_time_stamp_age_seconds"], 60)
        self.assertEqual(self.guard("verify").status, 0)

    def test_an_authority_that_says_nothing_is_given_up(self):
        self.authority.behave = "silent"
        self.start()
        began = time.monotonic()
        ended = self.guard("timestamp")
        self.assertEqual(ended.status, 1, ended)
        self.assertIn("imeout", ended.errors)
        self.assertLess(time.monotonic() - began, 60)
        # Nor is a stop held up by it.
        began = time.monotonic()
        self.assertEqual(self.daemon.stop(), 0)
        self.assertLess(time.monotonic() - began, 15)

    def test_killed_it_takes_up_the_chain_where_it_was(self):
        self.daemon.files = False
        self.start()
        for _ in range(3):
            self.daemon.kill()
            self.daemon.start()
        self.daemon.stop()
        self.assertEqual([entry["kind"] for entry in self.listed() if entry["kind"] != "timestamp"],
                         ["opened", "policy"] * 4 + ["closed"])  # fmt: skip
        self.assertEqual(self.guard("verify").status, 0)

    def test_a_broken_chain_stops_it_until_a_person_decides(self):
        self.start()
        self.daemon.stop()
        segment = sorted(self.audit.glob("*.jsonl"))[-1]
        segment.write_bytes(segment.read_bytes().replace(b"tokyo-1", b"osaka-1", 1))
        broken = segment.read_bytes()
        refused = program.run("serve", "--config", self.daemon.config)
        self.assertEqual(refused.status, 2, refused)
        self.assertIn("entry 1 was altered", refused.errors)
        self.assertIn("noroshi guard audit begin", refused.errors)
        self.assertEqual(self.guard("verify").status, 1)
        # What is broken still leaves, as evidence.
        self.assertEqual(self.guard("export", self.folder / "evidence.tar").status, 0)
        self.assertEqual(segment.read_bytes(), broken)
        begun = self.guard("begin", "--reason", "a test altered it")
        self.assertEqual(begun.status, 0, begun)
        self.daemon.start()
        self.assertEqual(self.guard("verify").status, 0)
        first = self.listed()[0]
        self.assertEqual((first["kind"], first["what"]), ("began", "a test altered it"))
        aside = self.audit / first["details"]["folder"]
        self.assertEqual((aside / segment.name).read_bytes(), broken)
        again = self.guard("begin", "--reason", "once more")
        self.assertNotEqual(again.status, 0)

    def test_misuse_is_said(self):
        self.start()
        for arguments in (["list", "--kind", "guessed"], ["list", "--from", "yesterday"]):
            self.assertEqual(self.guard(*arguments).status, 2)
        taken = self.folder / "taken"
        taken.write_text("here already")
        self.assertEqual(self.guard("export", taken).status, 1)
        self.assertEqual(taken.read_text(), "here already")
        later = self.guard("export", self.folder / "none.tar", "--from", "2100-01-01T00:00:00Z")
        self.assertEqual(later.status, 1, later)
        self.assertFalse((self.folder / "none.tar").exists())


if __name__ == "__main__":
    testing.main()
