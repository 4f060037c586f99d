#!/usr/bin/env python3
"""The embedded history under kill -9 and on a full disk: the engine opens every time, nothing that
was acknowledged is missing, nothing is there twice.

NOROSHI_KILLS says how often the program is killed (5; make soak: 50)."""

import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

from harness import delivery, testing

KILLS = int(os.environ.get("NOROSHI_KILLS", "5"))
LIFE = 100_000_000  # numbers that one run may use


def holds_the_engine() -> str:
    """Why there is no embedded engine to test, or nothing."""
    with tempfile.TemporaryDirectory(prefix="noroshi-") as folder:
        try:
            delivery.ask("count", {"embedded": folder})
        except AssertionError as failure:
            return str(failure)
    return ""


class Embedded(unittest.TestCase):
    def setUp(self):
        if reason := holds_the_engine():
            self.skipTest(reason)
        folder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def options(self, folder: pathlib.Path, **more) -> dict:
        return {"embedded": folder / "history", "spool": folder / "spool", **more}

    def assert_exactly_once(self, where: dict, acknowledged):
        found = delivery.count({"embedded": where["embedded"]}, acknowledged)
        self.assertEqual(found["missing"], 0, found)
        self.assertEqual(found["rows"], found["distinct"], found)
        self.assertEqual(found["rows"], found["numbers"], found)
        self.assertGreaterEqual(found["rows"], found["wanted"], found)


class Kill(Embedded):
    def torment(self, **options):
        choose = random.Random(2026)
        where = self.options(self.folder, flows=LIFE, rows=3000, **options)
        acknowledged = []
        for life in range(KILLS):
            log = self.folder / "ingest.log"
            with delivery.Ingest({**where, "from": life * LIFE}, log) as ingest:
                ingest.listen(lambda: ingest.total() > 0, "the first flows")
                time.sleep(choose.uniform(0.0, 1.5))
                ingest.kill()
            self.assertEqual(ingest.failures, [])
            acknowledged += ingest.acknowledged
        # What waits in the spool goes to the engine now. After many kills that is more than one run
        # waits for at its end, so several are given the time.
        for life in range(KILLS, 2 * KILLS + 5):
            last = {**where, "from": life * LIFE, "flows": 1000}
            with delivery.Ingest(last, self.folder / "ingest.log") as ingest:
                ingest.listen(lambda: ingest.end is not None, "the end")
            acknowledged += ingest.acknowledged
            self.assertEqual(ingest.end["doubled"], 0, ingest.end)
            if ingest.end["waiting"] == 0:
                break
        self.assertEqual(ingest.end["waiting"], 0, ingest.end)
        self.assertGreater(sum(end - first for first, end in acknowledged), KILLS * 3000)
        self.assert_exactly_once(where, acknowledged)

    def test_at_random_moments_while_the_engine_takes_the_flows(self):
        self.torment()

    def test_at_random_moments_while_most_flows_go_through_the_spool(self):
        self.torment(queue_rows=2000)


class FullDisk(Embedded):
    SIZE = 192 << 20

    def setUp(self):
        super().setUp()
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.SIZE}", "noroshi-test", disk],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if mounted.returncode != 0:
            self.skipTest(f"a small file system cannot be mounted: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=True)
        self.disk = disk

    def fill(self) -> pathlib.Path:
        filler = self.disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * (1 << 16))
            except OSError:
                pass
        return filler

    def ride_through(self, where: dict):
        """Fills the disk while flows arrive, frees it, and ends: returns the ingest."""
        options = {**where, "flows": LIFE, "rows": 3000, "pause": 20, "patience": 1000}
        with delivery.Ingest(options, self.folder / "ingest.log") as ingest:
            ingest.listen(lambda: ingest.total() >= 30_000, "the first flows")
            filler = self.fill()
            ingest.listen(lambda: len(ingest.failures) >= 3, "flows that nobody takes")
            self.assertTrue(ingest.is_alive())
            filler.unlink()
            before = ingest.total()
            ingest.listen(lambda: ingest.total() >= before + 60_000, "flows after the disk is free")
            ingest.kill()
        last = {**where, "from": LIFE, "flows": 1000}
        with delivery.Ingest(last, self.folder / "ingest.log") as after:
            after.listen(lambda: after.end is not None, "the end")
        self.assertEqual((after.end["waiting"], after.end["doubled"]), (0, 0), after.end)
        self.assert_exactly_once(where, ingest.acknowledged + after.acknowledged)

    def test_under_the_history_and_the_spool_loses_only_what_is_not_acknowledged(self):
        self.ride_through(self.options(self.disk, queue_rows=9000))

    def test_under_the_history_alone_sends_the_flows_to_the_spool(self):
        where = {"embedded": self.disk / "history", "spool": self.folder / "spool"}
        options = {**where, "flows": LIFE, "rows": 3000, "pause": 20}
        with delivery.Ingest(options, self.folder / "ingest.log") as ingest:
            ingest.listen(lambda: ingest.total() >= 30_000, "the first flows")
            filler = self.fill()
            before = ingest.total()
            ingest.listen(lambda: ingest.total() >= before + 60_000, "flows into the spool")
            self.assertGreater(sum(file.stat().st_size for file in where["spool"].iterdir()), 0)
            filler.unlink()
            ingest.kill()
        last = {**where, "from": LIFE, "flows": 1000}
        with delivery.Ingest(last, self.folder / "ingest.log") as after:
            after.listen(lambda: after.end is not None, "the end")
        self.assertEqual((after.end["waiting"], after.end["doubled"]), (0, 0), after.end)
        self.assertEqual(ingest.failures, [])
        self.assert_exactly_once(where, ingest.acknowledged + after.acknowledged)


if __name__ == "__main__":
    testing.main()
