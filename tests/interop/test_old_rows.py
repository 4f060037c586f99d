#!/usr/bin/env python3
"""Rows from before there were pseudonyms, or under other ranges: the daemon does not start over them
until a person says what becomes of them; dropped or rewritten, their addresses are gone from every
table and every file, on the record, and stay gone."""

import json
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from harness import audit, netflow9, peers, program, testing
from harness.daemon import Daemon
from harness.planted import SUBSCRIBERS, datagrams
from harness.stored import store_dump
from harness.traces import Traces

KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"
HOUR = 3_600_000


def strangers(now: int, hours_ago: int) -> list[bytes]:
    """Five flows between hosts that are nobody's subscribers."""
    uptime = 20 * HOUR
    ended = uptime - hours_ago * HOUR - 1000
    rows = [
        {"source_v4": f"192.0.2.{host}", "destination_v4": "203.0.113.1", "source_port": 40_000,
         "destination_port": 443, "protocol": 6, "packets": 1, "bytes": 100, "first": ended - 10,
         "last": ended}
        for host in range(1, 6)
    ]  # fmt: skip
    return list(netflow9.Exporter(now, uptime).datagrams(rows))


class OldRows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.daemon = Daemon(cls.folder / "daemon", KEEP_ALL)
        cls.plain = cls.daemon.config.read_text()
        cls.now = int(time.time())
        cls.planted, cls.sent = datagrams(cls.now, hours_ago=3)
        cls.traces = Traces()
        for address in cls.planted.places.values():
            cls.traces.add_address(address)
        cls.keep("fresh")

    @classmethod
    def keep(cls, name: str) -> None:
        """The daemon's folder as it is now."""
        shutil.copytree(cls.daemon.folder, cls.folder / name, symlinks=True)

    def take(self, name: str) -> None:
        shutil.rmtree(self.daemon.folder)
        shutil.copytree(self.folder / name, self.daemon.folder, symlinks=True)

    def setUp(self):
        self.take("fresh")
        self.addCleanup(self.daemon.stop)

    def configure(self, old_rows: str = "", subscribers=SUBSCRIBERS) -> None:
        text = self.plain
        if subscribers:
            text += f"\n[network]\nsubscribers = {json.dumps(subscribers)}\n"
        if old_rows:
            text += f'[guard]\nold_rows = "{old_rows}"\n'
        self.daemon.config.write_text(text)

    def send(self, sent: list[bytes]) -> None:
        before = self.daemon.metrics()["noroshi_datagrams_total"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in sent:
                sender.sendto(datagram, ("127.0.0.1", self.daemon.udp_port))
                time.sleep(0.002)
        peers.wait_until(
            lambda: self.daemon.metrics()["noroshi_datagrams_total"] >= before + len(sent),
            "the datagrams")
        self.daemon.wait_for_flows(int(self.daemon.metrics()["noroshi_flows_total"]))

    def from_before(self) -> None:
        """Rows and contacts in clear of three hours ago, and strangers' of eight hours ago. Written as
        they are: packed, the octets of a pseudonym may stand apart from those that mark it as one. Made
        once."""
        if (self.folder / "before").exists():
            self.take("before")
            return
        self.daemon.start()
        self.daemon.stop()
        store_dump("uncompress", self.daemon.folder / "state/history")
        self.daemon.start()
        self.send(self.sent)
        self.send(strangers(self.now, 8))
        self.daemon.stop()
        self.daemon.start()
        contacts = self.daemon.folder / "state/history/engine/data/noroshi/contacts"
        # Of both hours: the parts of a day are numbered, and so is what they were merged from.
        parts = lambda: (part.name for part in contacts.glob("*_*_*_*") if part.name[0].isdigit())  # noqa: E731
        peers.wait_until(lambda: max((int(name.split("_")[2]) for name in parts()), default=0) >= 2,
                         "contacts")  # fmt: skip
        self.daemon.stop()
        program.run_well("guard", "key", "init", "--config", self.daemon.config)
        self.keep("before")

    def refusal(self) -> str:
        ended = program.run("serve", "--config", self.daemon.config)
        self.assertEqual(ended.status, 2, ended)
        return ended.errors

    def flows(self, *filter_and_more) -> int:
        answer = self.daemon.query(*filter_and_more, "--stat", "proto")
        return answer["questions"][0]["total"]["flows"]

    def entries(self, kind: str) -> list[dict]:
        return [e for e in audit.entries(self.daemon.folder / "state") if e["kind"] == kind]

    def searches(self) -> int:
        return sum(e["who"] == "system:guard" for e in self.entries("read"))

    def test_it_does_not_start_and_says_how_many_rows_of_which_hours(self):
        self.from_before()
        self.configure()
        said = self.refusal()
        hour = time.strftime("%Y-%m-%dT%HZ", time.gmtime(self.now - 3 * 3600))
        self.assertRegex(said, rf"\d+ rows of contacts, of {hour} \(\d+\)")
        self.assertRegex(said, r"\d+ rows of flows, of .*\(\d+\)")
        self.assertIn('old_rows = "drop"', said)
        self.assertNotIn("198.19.", said)
        searched = self.entries("read")[-1]
        self.assertEqual((searched["who"], searched["purpose"]), ("system:guard", "guard"))
        self.assertEqual(self.entries("deleted"), [])
        # Without the ranges it is all there still.
        self.configure(subscribers=())
        self.daemon.start()
        self.assertEqual(self.flows("src net 198.18.0.0/15"), 5)

    def test_rewritten_they_are_pseudonyms_on_the_record_and_nothing_is_lost(self):
        self.from_before()
        self.configure(subscribers=())
        self.daemon.start()
        all_flows, clear = self.flows("any"), self.flows("net 198.18.0.0/15")
        port = self.flows("dst port 443")
        self.daemon.stop()
        self.configure("rewrite")
        self.daemon.start()
        self.assertEqual(self.flows("any"), all_flows)
        self.assertEqual(self.flows("dst port 443"), port)
        # Those that stood inside IPv6 addresses are pseudonyms of IPv4 ones now.
        self.assertGreaterEqual(self.flows("net ~198.18.0.0/15"), clear)
        self.assertEqual(self.flows("net 192.0.2.0/24"), 5)
        self.assertEqual(self.entries("deleted"), [])
        acts = [e["details"]["act"] for e in self.entries("rewritten")]
        self.assertEqual(acts, ["begins", "done"] * (len(acts) // 2))
        self.assertGreaterEqual(len(acts), 4)
        # A subscriber has one pseudonym, whichever way it came to be one.
        top = ("top", "srcip", "src net ~198.18.0.0/15", "--limit", "0", "--json", "--config",
               self.daemon.config)  # fmt: skip
        before = program.run_well("flows", *top).output
        self.send(self.sent)
        after = program.run_well("flows", *top).output
        values = [{row["value"] for row in json.loads(text)["questions"][0]["rows"]}
                  for text in (before, after)]  # fmt: skip
        self.assertEqual(*values)
        self.daemon.stop()
        shown = program.run_well("guard", "retention", "history", "--lang", "en", "--config",
                                 self.daemon.config).output  # fmt: skip
        self.assertEqual(shown.count("rewritten with pseudonyms"), len(acts) // 2, shown)
        # The engine is closed and opened: what it had put aside must not come back.
        for _ in range(2):
            self.assert_nothing_in_clear()
        self.daemon.start()
        self.assertEqual(self.flows("any"), 2 * all_flows - 5)

    def assert_nothing_in_clear(self) -> None:
        """In no table, nor in any file."""
        history = self.daemon.folder / "state/history"
        dumped = store_dump("tables", history)
        self.assertRegex(dumped.stderr.decode(), "noroshi.flows [1-9]")
        self.assertEqual(self.traces.in_bytes(dumped.stdout, "tables"), [])
        self.assertEqual(self.traces.in_folder(self.daemon.folder), [])

    def test_control_before_it_they_are_found_in_the_tables(self):
        self.from_before()
        dumped = store_dump("tables", self.daemon.folder / "state/history").stdout
        found = {line.split(": ", 1)[1].rsplit(" (", 1)[0]
                 for line in self.traces.in_bytes(dumped, "tables")}  # fmt: skip
        stored = {self.planted.places[place] for place in self.planted.stored}
        self.assertEqual(stored - found, set())
        # As many that were never planted: none by chance.
        others = Traces()
        number = random.Random(7)
        for _ in self.planted.places:
            others.add_address(f"198.{number.randrange(20, 250)}.{number.randrange(130, 250)}."
                               f"{number.randrange(130, 250)}")  # fmt: skip
        self.assertEqual(others.in_bytes(dumped, "tables"), [])

    def test_killed_while_it_rewrites_it_ends_with_the_next_start(self):
        self.from_before()
        self.configure(subscribers=())
        self.daemon.start()
        all_flows = self.flows("any")
        self.daemon.stop()
        self.configure("rewrite")
        killed = 0
        # From when it opens the history until it is done, each time a little later.
        for wait in (0.6, 0.75, 0.9, 1.05, 1.2, 1.4, 1.7, 2.0, 2.5):
            with self.daemon.log.open("ab") as log:
                process = subprocess.Popen(
                    [str(program.locate()), "serve", "--config", str(self.daemon.config)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # fmt: skip
            time.sleep(wait)
            killed += process.poll() is None
            process.kill()
            process.wait()
        self.assertGreater(killed, 4)
        for _ in range(2):
            self.daemon.start()
            self.assertEqual(self.flows("any"), all_flows)
            self.daemon.stop()
            self.assert_nothing_in_clear()
        acts = [e["details"]["act"] for e in self.entries("rewritten")]
        self.assertIn("done", acts)

    def test_told_to_end_while_it_rewrites_it_goes_on_with_the_next_start(self):
        self.from_before()
        self.configure("rewrite")
        with self.daemon.log.open("ab") as log:
            process = subprocess.Popen(
                [str(program.locate()), "serve", "--config", str(self.daemon.config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # fmt: skip
        peers.wait_until(lambda: self.entries("rewritten"), "the first partition")
        process.terminate()
        self.assertEqual(process.wait(60), 0)
        self.daemon.start()
        self.daemon.stop()
        self.assert_nothing_in_clear()

    def test_what_an_open_case_holds_is_not_dropped(self):
        self.from_before()
        self.configure(subscribers=())
        program.run_well("guard", "case", "open", "--title", "an incident", "--last", "6h", "--hold",
                         "--config", self.daemon.config)  # fmt: skip
        self.configure("drop")
        self.assertRegex(self.refusal(), r"are held by case \S+\. Close it")
        self.assertEqual(self.entries("deleted"), [])
        # What is rewritten is kept.
        self.configure("rewrite")
        self.daemon.start()
        self.assertEqual(self.flows("net 192.0.2.0/24"), 5)
        self.daemon.stop()
        self.assert_nothing_in_clear()

    def test_dropped_they_are_gone_on_the_record_and_others_stay(self):
        self.from_before()
        self.configure("drop")
        self.daemon.start()
        self.assertEqual(self.flows("net 192.0.2.0/24"), 5)
        self.assertEqual(self.flows("net 198.18.0.0/15"), 0)
        deleted = self.entries("deleted")
        self.assertEqual({e["details"]["why"] for e in deleted}, {"in-clear"})
        self.assertEqual({e["details"]["table"] for e in deleted}, {"flows", "contacts"})
        acts = [e["details"]["act"] for e in deleted]
        self.assertEqual(acts, ["begins", "done"] * (len(deleted) // 2))
        shown = program.run_well("guard", "retention", "history", "--lang", "en", "--config",
                                 self.daemon.config)
        self.assertIn("held subscribers' addresses from before pseudonyms", shown.output)
        # From now on it is known to be clean, and what comes in goes through the door.
        self.send(self.sent)
        self.daemon.stop()
        self.configure()
        searches = self.searches()
        self.daemon.start()
        self.assertEqual(self.searches(), searches)
        self.daemon.stop()
        found = self.traces.in_folder(self.daemon.folder)
        self.assertEqual(found, [])

    def test_what_came_in_without_ranges_or_under_others_is_looked_for_again(self):
        program.run_well("guard", "key", "init", "--config", self.daemon.config)
        self.configure()
        self.daemon.start()
        self.send(self.sent)
        self.daemon.stop()
        self.configure(subscribers=())
        self.daemon.start()
        self.send(self.sent)
        self.daemon.stop()
        self.configure()
        self.assertIn("rows of flows", self.refusal())
        # Of the IPv6 range alone.
        self.configure(subscribers=SUBSCRIBERS[1:])
        self.assertIn("rows of flows", self.refusal())
        # And of one that none of them is in.
        self.configure(subscribers=("100.100.0.0/16",))
        self.daemon.start()

    def test_what_waits_in_the_spool_counts_too(self):
        spool = self.daemon.folder / "state/spool"
        address = self.planted.places["v9 source"]
        self.configure()
        program.run_well("guard", "key", "init", "--config", self.daemon.config)
        store_dump("fill-spool", spool, address)
        self.assertRegex(self.refusal(), r"\d+ rows that wait in the spool")
        self.configure("drop")
        self.daemon.start()
        self.assertEqual({e["details"]["table"] for e in self.entries("deleted")}, {"spool"})
        self.daemon.stop()
        self.assertEqual(self.traces.in_folder(self.daemon.folder), [])

    def test_the_spool_is_rewritten_too(self):
        spool = self.daemon.folder / "state/spool"
        self.configure("rewrite")
        program.run_well("guard", "key", "init", "--config", self.daemon.config)
        store_dump("fill-spool", spool, self.planted.places["v9 source"])
        self.daemon.start()
        peers.wait_until(lambda: self.flows("any") == 1, "the flow that waited")
        self.assertEqual(self.flows("src net ~198.18.0.0/15"), 1)
        self.daemon.stop()
        self.assertEqual(self.traces.in_folder(self.daemon.folder), [])

    def test_another_choice_is_refused_by_file_and_line(self):
        self.configure("keep")
        ended = program.run("config", "check", self.daemon.config)
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("guard.old_rows: 'keep' is none of refuse, drop, rewrite", ended.errors)


if __name__ == "__main__":
    testing.main()
