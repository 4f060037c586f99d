"""Runs the product over planted addresses as people run it, and looks at everything it writes and
says."""

import json
import pathlib
import socket
import subprocess
import time
import unittest
from unittest import mock

from harness import peers, program
from harness.daemon import Daemon
from harness.planted import SUBSCRIBERS, datagrams
from harness.stored import store_dump
from harness.traces import Traces

KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"
QUESTIONS = (
    ("query",), ("query", "--json"), ("query", "--format", "csv"), ("query", "--format", "nfdump"),
    ("query", "--format", "parquet"), ("query", "--stat", "srcip"), ("query", "--stat", "ip", "--json"),
    ("query", "--stat", "nhip", "--limit", "0"), ("query", "--aggregate", "srcip,dstip,dstport"),
    ("query", "src tag subscribers", "--stat", "srcip/48/64", "--json"),
    ("query", "host 203.0.113.9", "--json"), ("series", "--split", "srcip", "--step", "1h"),
    ("series", "--split", "dstip", "--format", "json"), ("top", "srcip/bytes", "--limit", "0"),
    ("top", "dstip", "--json"), ("trend", "--by", "service"), ("trend", "--json"),
)  # fmt: skip
EXPORTS = ("csv", "json", "nfcapd", "ipfix", "parquet")
OVERSIGHT = (
    ("audit", "list", "--json", "--limit", "0"), ("audit", "list"), ("audit", "verify", "--json"),
    ("retention", "plan", "--json"), ("retention", "history"), ("report", "--json"),
    ("report", "--lang", "ja"), ("report", "--format", "pdf"), ("key", "list", "--json"),
    ("policy", "show"),
)  # fmt: skip


class DebugDaemon(Daemon):
    """A daemon that logs whatever it has to say."""

    def start(self):
        popen = subprocess.Popen

        def loud(arguments, *rest, **options):
            more = ["--log-level", "debug"] if "serve" in arguments else []
            return popen([*arguments, *more], *rest, **options)

        with mock.patch.object(subprocess, "Popen", loud):
            return super().start()


class Run:
    """One run of the product over planted addresses. `found` is where they were seen."""

    def __init__(self, test: unittest.TestCase, folder: pathlib.Path, subscribers=SUBSCRIBERS):
        self.test = test
        self.folder = folder
        self.subscribers = subscribers
        self.planted, self.sent = datagrams(int(time.time()), hours_ago=3)
        self.traces = Traces()
        for address in self.planted.places.values():
            self.traces.add_address(address)
        self.found: list[str] = []
        self.output = folder / "exports"
        self.output.mkdir(parents=True)

    def configuration(self, more: str = "") -> str:
        network = f"[network]\nsubscribers = {json.dumps(self.subscribers)}\n" if self.subscribers else ""
        return KEEP_ALL + network + '[[exporter]]\nname = "edge"\naddresses = ["127.0.0.1"]\n' + more

    def command(self, *arguments, status=(0,)) -> None:
        """Runs it to its end, and looks at what it says."""
        ended = subprocess.run([str(program.locate()), *map(str, arguments)],
                               stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                               check=False)  # fmt: skip
        self.test.assertIn(ended.returncode, status, (arguments, ended.stderr[-2000:]))
        words = " ".join(map(str, arguments[:4]))
        self.found += self.traces.in_bytes(ended.stdout, f"output of {words}")
        self.found += self.traces.in_bytes(ended.stderr, f"errors of {words}")

    def send(self, port: int) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in self.sent:
                sender.sendto(datagram, ("127.0.0.1", port))
                time.sleep(0.002)

    def collected(self, daemon: Daemon) -> None:
        """Sends all and waits until it is stored."""
        before = daemon.metrics()["noroshi_datagrams_total"]
        self.send(daemon.udp_port)
        peers.wait_until(
            lambda: daemon.metrics()["noroshi_datagrams_total"] >= before + len(self.sent),
            "the datagrams")
        daemon.wait_for_flows(int(daemon.metrics()["noroshi_flows_total"]))

    def ask_everything(self, daemon: Daemon) -> None:
        place = ("--config", daemon.config)
        for question in QUESTIONS:
            # The cluster writes no Parquet.
            self.command("flows", *question, *place, status=(0, 1, 2))
        for form in EXPORTS:
            path = self.output / f"flows.{form}"
            self.command("flows", "export", "--format", form, "--to-file", path, *place, status=(0, 1, 2))
        self.command("exporters", "list", *place)
        self.command("exporters", "list", "--json", *place)
        for page in ("/metrics", "/healthz", "/readyz"):
            self.found += self.traces.in_bytes(daemon.get(page).encode(), page)
        self.oversee(daemon)
        self.command("guard", "audit", "export", self.output / "audit.tar", *place)

    def oversee(self, daemon: Daemon) -> None:
        for verb in OVERSIGHT:
            # Some need keys or a history in this program: what they say is looked at all the same.
            self.command("guard", *verb, "--config", daemon.config, status=(0, 1, 2))

    def name_them(self, daemon: Daemon) -> None:
        """Filters with the addresses themselves: whoever asks may see their own words again, and
        nobody else may find them anywhere."""
        for place, address in self.planted.places.items():
            for command in (("query", f"host {address}"), ("query", f"next ip {address}", "--json"),
                            ("query", f"src net {address}/{'64' if ':' in address else '30'}"),
                            ("trend", "--exporter", address)):  # fmt: skip
                if place.startswith(("v9", "sFlow")):
                    program.run("flows", *command, "--config", daemon.config)
        program.run("flows", "query", f"host {self.planted.places['v9 source']} and nonsense",
                    "--config", daemon.config)  # fmt: skip

    def search_files(self, folder: pathlib.Path) -> None:
        self.found += self.traces.in_folder(folder)

    def dump(self, history: pathlib.Path) -> None:
        dumped = store_dump("tables", history)
        tables = dumped.stderr.decode()
        for table in ("noroshi.flows", "noroshi.contacts"):
            self.test.assertRegex(tables, rf"{table} [1-9]", "is not empty")
        self.found += self.traces.in_bytes(dumped.stdout, "the tables")
        self.found += self.traces.in_bytes(dumped.stderr, "what was said of the tables")

    def places(self) -> set[str]:
        """Places whose addresses were found."""
        addresses = {line.split(": ", 1)[1].rsplit(" (", 1)[0] for line in self.found}
        return {self.planted.place_of(address) for address in addresses}

    def assert_nothing(self) -> None:
        self.test.assertEqual(sorted(set(self.found)), [])
        self.test.assertGreater(self.traces.searched, 200_000)

    def assert_control(self) -> None:
        """All that is kept was found, so that the search would have found it."""
        self.test.assertEqual(self.planted.stored - self.places(), set())
