#!/usr/bin/env python3
"""Two real ClickHouse servers on loopback as the shards of a history. One is killed while flows
arrive and brought back: every acknowledged flow is there exactly once, and the cluster answers
questions as the embedded engine does."""

import json
import pathlib
import signal
import tempfile
import threading
import unittest

from harness import clickhouse, delivery, peers, program, testing
from harness.daemon import READY, Daemon

FLOWS = 300_000


@peers.needs("clickhouse-server")
class TwoShards(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        servers = clickhouse.servers(self.folder, 2)
        self.servers = servers.__enter__()
        self.addCleanup(servers.__exit__, None, None, None)
        password = self.folder / "password"
        password.write_text(clickhouse.PASSWORD + "\n")
        self.cluster = {
            "shards": ",".join(server.url for server in self.servers),
            "cluster": "noroshi",
            "user": clickhouse.USER,
            "password_file": password,
        }

    def configuration(self) -> str:
        shards = "".join(f'[[history.shard]]\nurls = ["{server.url}"]\n' for server in self.servers)
        return f"""[history]
engine = "cluster"
cluster = "noroshi"
user = "{clickhouse.USER}"
password_file = "{self.cluster['password_file']}"
insert_milliseconds = 200
spool = "{self.folder}/spool"
{shards}
[retention]
flows_days = 36500
disk_free = 0.0
"""

    def ingest(self, **options) -> delivery.Ingest:
        return delivery.Ingest(
            {**self.cluster, "spool": self.folder / "spool", "flows": FLOWS, **options},
            self.folder / "ingest.log",
        )

    def assert_exactly_once(self, ingest: delivery.Ingest):
        self.assertEqual(ingest.failures, [])
        self.assertEqual(ingest.total(), FLOWS)
        end = ingest.end
        self.assertEqual((end["lost"], end["waiting"], end["doubled"]), (0, 0, 0), end)
        found = delivery.count(self.cluster, ingest.acknowledged)
        expected = {"rows": FLOWS, "distinct": FLOWS, "numbers": FLOWS, "wanted": FLOWS,
                    "missing": 0}  # fmt: skip
        self.assertEqual(found, expected, end)

    def test_a_server_killed_during_ingest_costs_nothing(self):
        with self.ingest(pause=5) as ingest:
            ingest.listen(lambda: ingest.total() >= FLOWS // 6, "the first flows")
            self.servers[1].kill()
            ingest.listen(lambda: ingest.total() >= FLOWS // 2, "flows while a shard is away")
            self.servers[1].start()
            ingest.listen(lambda: ingest.end is not None, "the end")
        self.assert_exactly_once(ingest)

    def test_both_servers_away_fill_the_spool_and_drain_it(self):
        with self.ingest(pause=5) as ingest:
            ingest.listen(lambda: ingest.total() >= FLOWS // 6, "the first flows")
            for server in self.servers:
                server.kill()
            ingest.listen(lambda: ingest.total() >= FLOWS // 2, "flows while both are away")
            for server in self.servers:
                server.start()
            ingest.listen(lambda: ingest.end is not None, "the end")
        self.assertGreater(ingest.end["spooled"], 0)
        self.assertEqual(ingest.end["spooled"], ingest.end["drained"])
        self.assert_exactly_once(ingest)

    def test_servers_killed_again_and_again_double_nothing(self):
        stop = threading.Event()

        def torment():
            at = 0
            while not stop.wait(0.7):
                self.servers[at % 2].kill()
                if not stop.wait(0.3):
                    self.servers[at % 2].start()
                at += 1

        with self.ingest(pause=20, rows=2000) as ingest:
            ingest.listen(lambda: ingest.total() > 0, "the first flows")
            thread = threading.Thread(target=torment)
            thread.start()
            try:
                ingest.listen(lambda: ingest.total() >= FLOWS, "all flows")
            finally:
                stop.set()
                thread.join()
            for server in self.servers:
                server.kill()
                server.start()
            ingest.listen(lambda: ingest.end is not None, "the end")
        self.assert_exactly_once(ingest)

    def test_a_server_that_hangs_is_asked_before_anything_is_sent_again(self):
        with self.ingest(pause=5, insert_within=1500) as ingest:
            ingest.listen(lambda: ingest.total() >= FLOWS // 6, "the first flows")
            self.servers[0].signal(signal.SIGSTOP)
            try:
                ingest.listen(lambda: ingest.total() >= FLOWS // 3, "flows while a shard hangs")
            finally:
                self.servers[0].signal(signal.SIGCONT)
            ingest.listen(lambda: ingest.end is not None, "the end")
        self.assertGreater(ingest.end["unclear"], 0)
        self.assert_exactly_once(ingest)

    def test_the_daemon_loses_and_doubles_nothing_when_a_server_is_killed(self):
        with Daemon(self.folder / "daemon", self.configuration()) as daemon:

            sent = []

            def simulate():
                ended = program.run_well(
                    "simulate", "--subscribers", 150, "--infected", 10, "--duration", "20m",
                    "--send", f"127.0.0.1:{daemon.udp_port}", "--rate", 300, "--json",
                    "--truth", self.folder / "truth.json", "--force", "--protocol", "ipfix",
                )  # fmt: skip
                sent.append(json.loads(ended.output)["sent"])

            def metric(name: str) -> int:
                return int(daemon.metrics()[f"noroshi_history_{name}_flows_total"])

            sender = threading.Thread(target=simulate)
            sender.start()
            try:
                peers.wait_until(lambda: metric("acknowledged") > 0, "the first flows")
                self.servers[1].kill()
                before = metric("acknowledged")
                peers.wait_until(lambda: metric("acknowledged") > before, "flows to one shard")
                self.servers[1].start()
            finally:
                sender.join()

            def all_there():
                # Every datagram was decoded, and what came of them is in the cluster.
                seen = daemon.metrics()
                return seen["noroshi_datagrams_total"] == sent[0] and (
                    seen["noroshi_flows_total"] == seen["noroshi_history_taken_flows_total"]
                    == seen["noroshi_history_inserted_flows_total"] > before)

            peers.wait_until(all_there, "all flows in the cluster")
            self.assertEqual(metric("lost"), 0)
            taken = metric("taken")
            self.assertEqual(metric("acknowledged"), taken)
            answer = daemon.query("any", "--stat", "proto/flows")
        found = sum(row["flows"] for row in answer["questions"][0]["rows"])
        self.assertEqual(found, taken)
        rows, distinct = self.rows_and_distinct()
        self.assertEqual((rows, distinct), (taken, taken))

    def test_the_daemon_starts_without_a_server_and_delivers_when_it_is_back(self):
        for server in self.servers:
            server.kill()
        with Daemon(self.folder / "daemon", self.configuration()) as daemon:
            self.assertEqual(daemon.get("/readyz").count("shard away: "), 2)
            self.assertEqual(daemon.log.read_text().count("shard away"), 2)
            sent = [self.simulate(daemon)]

            def metric(name: str) -> int:
                return int(daemon.metrics()[f"noroshi_history_{name}_flows_total"])

            def all_spooled():
                return (daemon.metrics()["noroshi_datagrams_total"] == sum(sent)
                        and metric("spooled") == metric("taken") > 0)

            peers.wait_until(all_spooled, "every flow in the spool", 60)
            self.servers[0].start()
            peers.wait_until(lambda: metric("inserted") > 0, "flows to the server that is back", 90)
            self.assertEqual(daemon.get("/readyz").count("shard away: "), 1)
            self.servers[1].start()
            taken = metric("taken")
            peers.wait_until(lambda: metric("inserted") == taken, "all flows in the cluster", 90)
            peers.wait_until(lambda: daemon.get("/readyz") == READY, "the second server", 90)

            def second_server_is_used():
                sent.append(self.simulate(daemon))
                return self.servers[1].ask("SELECT count() FROM noroshi.flows") != "0\n"

            peers.wait_until(second_server_is_used, "flows in the second server", 120)

            def new_flows_are_there():
                # Every datagram was decoded, and what came of them is in the cluster.
                seen = daemon.metrics()
                return seen["noroshi_datagrams_total"] == sum(sent) and (
                    seen["noroshi_flows_total"] == seen["noroshi_history_taken_flows_total"]
                    == seen["noroshi_history_inserted_flows_total"] > taken)

            peers.wait_until(new_flows_are_there, "the new flows", 90)
            self.assertEqual(metric("lost"), 0)
            taken = metric("taken")
        rows, distinct = self.rows_and_distinct()
        self.assertEqual((rows, distinct), (taken, taken))

    def simulate(self, daemon: Daemon) -> int:
        """Sends some minutes of traffic to the daemon; how many datagrams."""
        ended = program.run_well(
            "simulate", "--subscribers", 100, "--infected", 5, "--duration", "10m",
            "--send", f"127.0.0.1:{daemon.udp_port}", "--rate", 300, "--json",
            "--truth", self.folder / "truth.json", "--force", "--protocol", "ipfix",
        )  # fmt: skip
        return json.loads(ended.output)["sent"]

    def rows_and_distinct(self) -> tuple[int, int]:
        """Rows over all shards, and how many of them are not the same row of the same batch."""
        answer = self.servers[0].ask(
            "SELECT count(), uniqExact(batch, number) FROM noroshi.flows_everywhere"
        )
        rows, distinct = answer.split()
        return int(rows), int(distinct)

    def test_the_embedded_engine_answers_the_same(self):
        embedded = {"embedded": self.folder / "embedded"}
        for where, spool in ((self.cluster, "spool1"), (embedded, "spool2")):
            options = {**where, "spool": self.folder / spool, "flows": 120_000, "rows": 50_000}
            with delivery.Ingest(options, self.folder / "ingest.log") as ingest:
                ingest.listen(lambda: ingest.end is not None, "the end")
            self.assertEqual(ingest.total(), 120_000)
        ours = delivery.ask("answers", embedded).splitlines()
        kinds = [sum(line.startswith(kind) for line in ours) for kind in ("series ", "rows ")]
        self.assertEqual((len(ours), kinds), (65, [15, 10]))
        self.assertEqual(delivery.ask("answers", self.cluster).splitlines(), ours)


if __name__ == "__main__":
    testing.main()
