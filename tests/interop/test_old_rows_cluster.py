#!/usr/bin/env python3
"""The same as test_old_rows.py with the history on two ClickHouse servers that two nodes share: what
one of them rewrites, the other writes to meanwhile, and neither loses a flow nor keeps one twice."""

import json
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from harness import audit, clickhouse, netflow9, peers, program, testing
from harness.daemon import Daemon
from harness.planted import SUBSCRIBERS, datagrams
from harness.traces import Traces

HOUR = 3_600_000


def stranger(now: int, number: int, hours_ago: int) -> list[bytes]:
    """A template and a flow of nobody's subscribers, of an hour that is being rewritten."""
    uptime = 20 * HOUR
    ended = uptime - hours_ago * HOUR - 2000
    row = {"source_v4": "192.0.2.1", "destination_v4": "203.0.113.1", "source_port": 1024 + number,
           "destination_port": 443, "protocol": 6, "packets": 1, "bytes": 100, "first": ended - 10,
           "last": ended}  # fmt: skip
    return list(netflow9.Exporter(now, uptime).datagrams([row]))


@peers.needs("clickhouse-server")
class OldRowsOfACluster(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        context = clickhouse.servers(self.folder, 2)
        self.servers = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        (self.folder / "password").write_text(clickhouse.PASSWORD + "\n")
        self.tokyo, self.osaka = (self.node(name) for name in ("tokyo-1", "osaka-2"))
        self.now = int(time.time())
        self.planted, self.sent = datagrams(self.now, hours_ago=3)
        self.traces = Traces()
        for address in self.planted.places.values():
            self.traces.add_address(address)

    def node(self, name: str) -> Daemon:
        shards = "".join(f'[[history.shard]]\nurls = ["{server.url}"]\n' for server in self.servers)
        daemon = Daemon(
            self.folder / name,
            "[retention]\nflows_days = 36500\n[history]\nengine = \"cluster\"\ncluster = \"noroshi\"\n"
            f'user = "{clickhouse.USER}"\npassword_file = "{self.folder}/password"\n'
            f"insert_milliseconds = 100\n{shards}")  # fmt: skip
        self.addCleanup(daemon.stop)
        self.configure(daemon, name)
        return daemon

    def configure(self, daemon: Daemon, name: str, old_rows: str = "", ranges=()) -> None:
        text = daemon.config.read_text().split("\n[guard]\n")[0] + f'\n[guard]\nnode = "{name}"\n'
        if old_rows:
            text += f'old_rows = "{old_rows}"\n'
        if ranges:
            text += f"[network]\nsubscribers = {json.dumps(ranges)}\n"
        daemon.config.write_text(text)

    def send(self, daemon: Daemon, sent: list[bytes]) -> None:
        before = daemon.metrics()["noroshi_datagrams_total"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in sent:
                sender.sendto(datagram, ("127.0.0.1", daemon.udp_port))
                time.sleep(0.002)
        peers.wait_until(
            lambda: daemon.metrics()["noroshi_datagrams_total"] >= before + len(sent), "the datagrams")
        daemon.wait_for_flows(int(daemon.metrics()["noroshi_flows_total"]))

    def stored(self) -> int:
        return int(self.servers[0].ask("SELECT count() FROM noroshi.flows_everywhere"))

    def assert_nothing_in_clear(self) -> None:
        for server in self.servers:
            tables = server.ask("SELECT name FROM system.tables WHERE database = 'noroshi' AND engine "
                                "LIKE '%MergeTree'").split()  # fmt: skip
            self.assertNotIn("flows_sealed", tables)
            self.assertIn("flows", tables)
            for table in tables:
                rows = server.raw(f"SELECT * FROM noroshi.`{table}` FORMAT RowBinary")
                self.assertEqual(self.traces.in_bytes(rows, f"table {table}"), [])

    def kill_servers(self) -> None:
        """Nothing that was put aside may come back."""
        for server in self.servers:
            server.kill()
            server.start()

    def from_before(self) -> None:
        for daemon in (self.tokyo, self.osaka):
            daemon.start()
            for _ in range(3):
                self.send(daemon, self.sent)
        self.tokyo.stop()
        self.tokyo.start()  # the hours' contacts
        self.tokyo.stop()
        program.run_well("guard", "key", "init", "--config", self.tokyo.config)

    def test_what_another_node_writes_meanwhile_is_neither_lost_nor_doubled(self):
        self.from_before()
        before = self.stored()
        # Contacts of the hour are in the second node's hands: it stops, and goes on.
        self.osaka.stop()
        self.osaka.start()
        sent, stop = [0], threading.Event()

        def write():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                while not stop.wait(0.05):
                    for datagram in stranger(self.now, sent[0], 3):
                        sender.sendto(datagram, ("127.0.0.1", self.osaka.udp_port))
                    sent[0] += 1

        self.configure(self.tokyo, "tokyo-1", "rewrite", SUBSCRIBERS)
        writer = threading.Thread(target=write)
        writer.start()
        try:
            self.tokyo.start()
        finally:
            stop.set()
            writer.join()
        self.assertGreater(sent[0], 3)
        peers.wait_until(lambda: self.osaka.metrics()["noroshi_flows_total"] >= sent[0],
                         "the last of them")  # fmt: skip
        peers.wait_until(lambda: self.stored() == before + sent[0], "every flow", 90)
        self.assert_nothing_in_clear()
        self.assertEqual(self.osaka.metrics().get("noroshi_store_doubled_flows_total", 0), 0)
        self.kill_servers()
        self.assertEqual(self.stored(), before + sent[0])
        self.assert_nothing_in_clear()
        kinds = [entry["kind"] for entry in audit.entries(self.tokyo.folder / "state")]
        self.assertGreaterEqual(kinds.count("rewritten"), 4)

    def test_killed_while_it_rewrites_it_ends_with_the_next_start(self):
        self.from_before()
        self.osaka.stop()
        before = self.stored()
        self.configure(self.tokyo, "tokyo-1", "rewrite", SUBSCRIBERS)
        killed = 0
        for wait in (0.5, 0.6, 0.7, 0.8, 0.95, 1.1, 1.3, 1.6, 2.0):
            with self.tokyo.log.open("ab") as log:
                process = subprocess.Popen(
                    [str(program.locate()), "serve", "--config", str(self.tokyo.config)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # fmt: skip
            time.sleep(wait)
            killed += process.poll() is None
            process.kill()
            process.wait()
        self.assertGreater(killed, 4)
        # Whatever it had begun is its own to end, also when nothing more is wanted.
        self.tokyo.start()
        self.tokyo.stop()
        self.assertEqual(self.stored(), before)
        self.assert_nothing_in_clear()
        self.kill_servers()
        self.assertEqual(self.stored(), before)
        self.assert_nothing_in_clear()

    def test_of_two_nodes_one_has_its_turn(self):
        self.from_before()
        self.osaka.stop()
        self.configure(self.tokyo, "tokyo-1", "drop", SUBSCRIBERS)
        name = "of_" + b"osaka-2".hex()
        self.servers[0].ask(
            f"CREATE TABLE noroshi.rewriting_turn ({name} UInt8) ENGINE = MergeTree ORDER BY tuple()")
        ended = program.run("serve", "--config", self.tokyo.config)
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("node 'osaka-2' is looking after rows from before", ended.errors)
        self.servers[0].ask("DROP TABLE noroshi.rewriting_turn")
        self.tokyo.start()
        self.tokyo.stop()
        self.assertEqual(self.stored(), 0)
        self.kill_servers()
        self.assertEqual(self.stored(), 0)
        self.assertEqual(
            self.servers[0].ask("EXISTS TABLE noroshi.rewriting_turn").strip(), "0")


if __name__ == "__main__":
    testing.main()
