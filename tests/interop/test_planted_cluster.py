#!/usr/bin/env python3
"""The same as test_planted.py with the history on two ClickHouse servers, which are killed so that
flows wait in the spool: neither servers nor spool hold a planted address, but in the control run."""

import pathlib
import tempfile
import unittest

from harness import clickhouse, peers, program, testing
from harness.planted_run import DebugDaemon, Run
from harness.stored import store_dump


class PlantedTest(unittest.TestCase):
    maxDiff = 20_000

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def on_a_cluster(self, run: Run) -> None:
        """Two servers, one of which goes away: what waits in the spool, too."""
        with clickhouse.servers(run.folder, 2) as servers:
            password = run.folder / "password"
            password.write_text(clickhouse.PASSWORD + "\n")
            shards = "".join(f'[[history.shard]]\nurls = ["{server.url}"]\n' for server in servers)
            daemon = DebugDaemon(run.folder / "daemon", run.configuration(
                f'[history]\nengine = "cluster"\ncluster = "noroshi"\nuser = "{clickhouse.USER}"\n'
                f'password_file = "{password}"\ninsert_milliseconds = 200\n{shards}'))
            self.addCleanup(daemon.stop)
            if run.subscribers:
                program.run_well("guard", "key", "init", "--config", daemon.config)
            daemon.start()
            run.collected(daemon)
            run.ask_everything(daemon)
            for server in servers:
                server.kill()
            spool = daemon.folder / "state/spool"
            run.send(daemon.udp_port)
            peers.wait_until(lambda: daemon.metrics()["noroshi_spool_flows"] > 20, "the spool", 90)
            run.command("flows", "query", "--config", daemon.config, status=(1,))
            daemon.kill()
            dumped = store_dump("spool", spool)
            self.assertGreater(len(dumped.stdout), 1000)
            run.found += run.traces.in_bytes(dumped.stdout, "the spool")
            run.search_files(run.folder)
            for server in servers:
                server.start()
            daemon.start()
            peers.wait_until(lambda: daemon.metrics()["noroshi_spool_flows"] == 0, "the spool to be "
                             "empty", 90)
            daemon.stop()
            for server in servers:
                for table in server.ask("SELECT name FROM system.tables WHERE database = 'noroshi' "
                                        "AND engine LIKE '%MergeTree'").split():  # fmt: skip
                    rows = server.raw(f"SELECT * FROM noroshi.`{table}` FORMAT RowBinary")
                    run.found += run.traces.in_bytes(rows, f"table {table}")
        run.search_files(run.folder)

    @peers.needs("clickhouse-server")
    def test_a_cluster_and_the_spool_hold_none_of_them(self):
        run = Run(self, self.folder / "guarded")
        self.on_a_cluster(run)
        run.assert_nothing()

    @peers.needs("clickhouse-server")
    def test_control_a_cluster_without_pseudonyms_holds_each(self):
        run = Run(self, self.folder / "control", subscribers=())
        self.on_a_cluster(run)
        run.assert_control()


if __name__ == "__main__":
    testing.main()
