#!/usr/bin/env python3
"""Subscribers' addresses are planted in every place where an export has room for one; the whole
product is run as people run it; then every byte that it wrote is searched for them, in every way
they may stand there. With pseudonyms nothing is found. In the control run without, each address of a
column that is kept is found: else silence would prove nothing."""

import json
import pathlib
import tempfile
import time
import unittest

from harness import peers, program, testing
from harness.collector import collector
from harness.planted_run import QUESTIONS, DebugDaemon, Run
from harness.stored import store_dump


class PlantedTest(unittest.TestCase):
    maxDiff = 20_000

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def whole_product(self, run: Run) -> None:
        daemon = DebugDaemon(run.folder / "daemon", run.configuration())
        self.addCleanup(daemon.stop)
        if run.subscribers:
            program.run_well("guard", "key", "init", "--config", daemon.config)
        history = daemon.folder / "state/history"
        # What is written from the second start on is written as it is.
        daemon.start()
        daemon.stop()
        store_dump("uncompress", history)
        daemon.start()
        run.collected(daemon)
        run.ask_everything(daemon)
        if run.subscribers:  # else what is found would be what was asked for
            run.name_them(daemon)
        # kill -9 while more arrives, and what the restart makes of it.
        run.send(daemon.udp_port)
        time.sleep(0.2)
        daemon.kill()
        run.search_files(daemon.folder)
        daemon.start()
        peers.wait_until(lambda: contacts_of(history) > 0, "the hour's contacts")
        run.oversee(daemon)
        self.assertEqual(daemon.stop(), 0)
        run.search_files(run.folder)
        run.dump(history)
        # The same questions of the store itself.
        for question in QUESTIONS[:8]:
            run.command("flows", *question, "--config", daemon.config)
        run.search_files(run.folder)

    def test_every_planted_address_stands_in_what_goes_in(self):
        run = Run(self, self.folder)
        run.found = run.traces.in_bytes(b"".join(run.sent), "what goes in")
        self.assertEqual(run.places(), set(run.planted.places))
        self.assertGreater(len(run.planted.places), 40)

    def test_the_whole_product_writes_and_says_none_of_them(self):
        run = Run(self, self.folder / "guarded")
        self.whole_product(run)
        run.assert_nothing()

    def test_control_without_pseudonyms_each_is_found(self):
        run = Run(self, self.folder / "control", subscribers=())
        self.whole_product(run)
        run.assert_control()

    def collect(self, run: Run) -> None:
        """`noroshi collect --store`, with what it prints, and questions of its folder."""
        store = run.folder / "store"
        key = ()
        if run.subscribers:
            program.run_well("guard", "key", "init", "--key-file", store / "guard/keys")
            key = ("--subscribers", *run.subscribers)
        for _ in range(2):
            with collector(run.folder, "--print-flows", run.folder / "printed.json", *key,
                           history=store) as running:  # fmt: skip
                run.send(running.port)
                time.sleep(1)
            run.found += run.traces.in_bytes(json.dumps(running.summary).encode(), "the summary")
            self.assertGreater(running.summary["flows_kept"], 25, running.summary)
        for question in QUESTIONS[:8]:
            run.command("flows", *question, "--store", store, status=(0, 2))
        for address in list(run.planted.places.values())[:3]:
            program.run("flows", "query", f"host {address}", "--store", store)
        # A recording that is put into a history goes through the same door.
        recording = run.folder.with_suffix(".ipfix")
        recording.write_bytes(b"".join(each for each in run.sent if each[:2] == b"\0\x0a"))
        run.command("flows", "import", recording, "--store", store, status=(0, 1))
        run.search_files(run.folder)

    def test_collect_prints_and_keeps_none_of_them(self):
        run = Run(self, self.folder / "guarded")
        self.collect(run)
        run.assert_nothing()

    def test_control_collect_without_pseudonyms_keeps_each(self):
        run = Run(self, self.folder / "control", subscribers=())
        self.collect(run)
        run.assert_control()


def contacts_of(history: pathlib.Path) -> int:
    parts = (history / "engine/data/noroshi/contacts").glob("*_*_*_*")
    return sum(part.name[0].isdigit() for part in parts)


if __name__ == "__main__":
    testing.main()
