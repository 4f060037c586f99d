#!/usr/bin/env python3
"""The history's own tests, on the oldest ClickHouse it supports instead of the embedded engine: the
same questions, conditions, contacts, trends and deletions, of one shard."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from harness import clickhouse, peers, testing

SUITES = ("Stored.*:Conditions.*:Contacts.*:RolledUp.*:RetentionOfHistory.*:GrantedHistory.*:AnyPolicy.*:"
          "ClearRowsTest.*:RewritingTest.*")


@peers.needs("clickhouse-server")
class OneServer(unittest.TestCase):
    def test_the_tests_of_the_embedded_engine_pass(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as folder:
            folder = pathlib.Path(folder)
            password = folder / "password"
            password.write_text(clickhouse.PASSWORD + "\n")
            with clickhouse.servers(folder, 1) as servers:
                cluster = f"{servers[0].url} {clickhouse.USER} {password}"
                run = subprocess.run(
                    [os.environ["NOROSHI_STORE_TEST"], f"--gtest_filter={SUITES}"],
                    env={**os.environ, "NOROSHI_TEST_CLUSTER": cluster},
                    capture_output=True,
                    text=True,
                    timeout=500,
                )
        self.assertEqual(run.returncode, 0, run.stdout[-6000:] + run.stderr[-2000:])
        self.assertNotIn("SKIPPED", run.stdout)


if __name__ == "__main__":
    testing.main()
