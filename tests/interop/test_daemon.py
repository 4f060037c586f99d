#!/usr/bin/env python3
"""The daemon as its operator meets it: the same answers whether it runs or not, reloads that never
stop collection, templates over a restart, refusals in one clear line."""

import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error

from harness import netflow9, peers, program, testing
from harness.daemon import READY, Daemon

KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"


def send(port: int, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", port))


def an_exporter() -> netflow9.Exporter:
    return netflow9.Exporter(int(time.time()), 60_000)


A_FLOW = {"source_v4": "192.0.2.1", "destination_v4": "198.51.100.1", "source_port": 40_000,
          "destination_port": 443, "protocol": 6, "packets": 3, "bytes": 300, "first": 50_000,
          "last": 55_000}  # fmt: skip


def exporters(daemon: Daemon) -> list[dict]:
    """What `exporters list` says; at most a second old."""
    listed = program.run_well("exporters", "list", "--json", "--config", daemon.config)
    return json.loads(listed.output)["exporters"]


def feed(daemon: Daemon, folder: pathlib.Path) -> int:
    """Simulated traffic; how many flows."""
    program.run_well("simulate", "--subscribers", 80, "--infected", 4, "--duration", "10m", "--send",
                     f"127.0.0.1:{daemon.udp_port}", "--rate", 1500, "--truth",
                     folder / "truth.json", "--force")
    peers.wait_until(lambda: daemon.metrics()["noroshi_flows_total"] > 1000, "flows")
    time.sleep(0.5)
    flows = int(daemon.metrics()["noroshi_flows_total"])
    daemon.wait_for_flows(flows)
    return flows


class DaemonTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def daemon(self, configuration: str = KEEP_ALL) -> Daemon:
        daemon = Daemon(self.folder / "daemon", configuration)
        self.addCleanup(daemon.stop)
        return daemon

    def test_answers_are_the_same_with_and_without_the_daemon(self):
        daemon = self.daemon().start()
        flows = feed(daemon, self.folder)
        questions = (
            ("query", "--stat", "srcip/bytes", "--stat", "dstport", "--limit", 50, "--json"),
            ("query", "proto tcp", "--aggregate", "srcip4/24,dstport", "--limit", 0, "--json"),
            ("query", "dst port 443", "--format", "csv"),
            ("series", "--step", "1m", "--split", "proto", "--json"),
            ("top", "dstip/packets", "--json"),
        )
        ask = lambda: [program.run_well("flows", *question, "--config", daemon.config).output
                       for question in questions]  # fmt: skip
        through_the_socket = ask()
        parquet = subprocess.run(
            [program.locate(), "flows", "query", "--format", "parquet", "--config", daemon.config],
            check=True, capture_output=True).stdout  # fmt: skip
        self.assertEqual(daemon.stop(), 0)
        for question, one, other in zip(questions, through_the_socket, ask(), strict=True):
            with self.subTest(question=question):
                self.assertEqual(one, other)
        self.assertEqual(json.loads(through_the_socket[0])["questions"][0]["total"]["flows"], flows)
        self.assertTrue(parquet.startswith(b"PAR1") and parquet.endswith(b"PAR1"))

    def test_warning_lists_are_tags_and_are_read_again_when_their_file_changes(self):
        resolvers = self.folder / "resolvers.json"

        def hold(*prefixes: str) -> None:
            whole = resolvers.with_suffix(".new")
            whole.write_text(json.dumps({"name": "x", "type": "cidr", "list": prefixes}))
            whole.rename(resolvers)

        hold("198.51.100.0/24")
        daemon = self.daemon(KEEP_ALL + f"""
[[warning_list]]
name = "resolvers"
file = "{resolvers}"
class = "hard"
""").start()
        send(daemon.udp_port, *an_exporter().datagrams([A_FLOW]))
        daemon.wait_for_flows(1)

        def flows(text: str) -> int:
            rows = daemon.query(text, "--stat", "proto")["questions"][0]["rows"]
            return sum(row["flows"] for row in rows)

        self.assertEqual(flows("dst tag resolvers"), 1)
        self.assertEqual(flows("tag warning-hard"), 1)
        self.assertEqual(flows("src tag resolvers"), 0)
        hold("192.0.2.0/28", "2001:db8::/32")
        peers.wait_until(lambda: flows("src tag resolvers") == 1, "the new list")
        self.assertEqual(flows("dst tag resolvers"), 0)
        resolvers.write_text('{"list": ["example.org"]}')
        peers.wait_until(lambda: "warning list not loaded" in daemon.log.read_text(), "the refusal")
        self.assertEqual(flows("src tag warning-hard"), 1)
        self.assertEqual(daemon.metrics()["noroshi_warning_list_failures_total"], 1)
        self.assertEqual(daemon.metrics()["noroshi_warning_list_entries"], 2)
        self.assertEqual(daemon.log.read_text().count("warning list not loaded"), 1)
        hold("192.0.2.1")
        peers.wait_until(lambda: daemon.metrics()["noroshi_warning_list_entries"] == 1, "it again")
        daemon.stop()
        self.assertEqual(flows("src tag warning-hard"), 1)

    def test_a_reload_takes_over_what_is_good_and_refuses_what_is_not(self):
        daemon = self.daemon().start()
        good = daemon.config.read_text()
        daemon.config.write_text(good + "\n[colect]\n")
        daemon.process.send_signal(signal.SIGHUP)
        peers.wait_until(lambda: "configuration refused" in daemon.log.read_text(), "the refusal")
        daemon.config.write_text(
            good + '\n[[exporter]]\nname = "here"\naddresses = ["127.0.0.0/8"]\n'
            '[tags]\ntest = ["192.0.2.0/24"]\n')
        daemon.process.send_signal(signal.SIGHUP)
        peers.wait_until(lambda: "configuration read again" in daemon.log.read_text(), "the reload")
        send(daemon.udp_port, *an_exporter().datagrams([A_FLOW]))
        daemon.wait_for_flows(1)
        peers.wait_until(lambda: [one["name"] for one in exporters(daemon)] == ["here"],
                         "the exporter's name")
        for condition in ("src tag test", "exporter here", "ident here"):
            with self.subTest(filter=condition):
                question = daemon.query(condition, "--stat", "srcip")["questions"][0]
                self.assertEqual(question["total"]["flows"], 1)

    def test_templates_outlive_a_restart(self):
        daemon = self.daemon().start()
        exporter = an_exporter()
        send(daemon.udp_port, *exporter.datagrams([A_FLOW]))
        daemon.wait_for_flows(1)
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        send(daemon.udp_port, *exporter.datagrams([A_FLOW]))  # it does not repeat its template
        daemon.wait_for_flows(1)
        peers.wait_until(lambda: exporters(daemon), "the exporter to be listed")
        listed = exporters(daemon)[0]
        self.assertGreater(listed["provisional_templates"], 0)
        self.assertEqual(listed["undecodable"], {})
        send(daemon.udp_port, *an_exporter().datagrams([A_FLOW]))
        daemon.wait_for_flows(2)

        peers.wait_until(lambda: exporters(daemon)[0]["provisional_templates"] == 0,
                         "the template to be confirmed")

    def test_a_second_daemon_is_refused_in_one_line(self):
        daemon = self.daemon().start()
        ended = program.run("serve", "--config", daemon.config)
        self.assertEqual(ended.status, 2, ended)
        last = ended.errors.strip().splitlines()[-1]
        self.assertTrue(last.startswith("noroshi: "), ended)
        # The audit is what it opens first, before history and sockets.
        self.assertIn("another noroshi is using it", last)

    def test_the_network_is_told_of_health_and_nothing_else(self):
        daemon = self.daemon().start()
        self.assertEqual(daemon.get("/readyz"), READY)
        for path in ("/desk/status", "/desk/exporters", "/", "/../etc/passwd"):
            with self.subTest(path=path), self.assertRaises(urllib.error.HTTPError) as refused:
                daemon.get(path)
            self.assertEqual(refused.exception.code, 404)
            refused.exception.close()

    def test_without_a_daemon_or_a_history_one_line_says_so(self):
        daemon = self.daemon()
        for arguments in (("exporters", "list"), ("flows", "query")):
            with self.subTest(arguments=arguments):
                ended = program.run(*arguments, "--config", daemon.config)
                self.assertEqual(ended.status, 1, ended)
                self.assertEqual(len(ended.errors.strip().splitlines()), 1, ended)


if __name__ == "__main__":
    testing.main()
