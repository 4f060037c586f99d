#!/usr/bin/env python3
"""`noroshi collect --store` keeps hourly contacts in its folder, as the daemon does in its history."""

import pathlib
import socket
import tempfile
import time
import unittest

from harness import netflow9, peers, testing
from harness.collector import collector

HOUR = 3_600_000


def stored_days(store: pathlib.Path) -> set[int]:
    """Days since 1970 of which the history holds contacts: the engine names each part of the table
    after its partition."""
    parts = (store / "history" / "engine" / "data" / "noroshi" / "contacts").glob("*_*_*_*")
    return {int(part.name.split("_")[0]) for part in parts if part.name[0].isdigit()}


class Contacts(unittest.TestCase):
    def test_an_hour_that_has_ended_is_kept_by_the_next_run(self):
        now = int(time.time())
        uptime = 6 * HOUR
        ended = uptime - 3 * HOUR
        rows = [
            {"source_v4": f"192.0.2.{host}", "destination_v4": "198.51.100.1", "source_port": 40000,
             "destination_port": 443, "protocol": 6, "packets": 3, "bytes": 300,
             "first": ended - 1000, "last": ended}
            for host in range(1, 6)
        ]  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            store = folder / "store"
            with collector(folder, history=store) as running:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    for datagram in netflow9.Exporter(now, uptime).datagrams(rows):
                        sender.sendto(datagram, ("127.0.0.1", running.port))
                    time.sleep(0.5)
            self.assertEqual(running.summary["flows_kept"], 5, running.summary)
            self.assertEqual(stored_days(store), set())

            day = (now - 3 * 3600) // 86400
            with collector(folder, history=store) as running:
                peers.wait_until(lambda: stored_days(store) == {day}, "the hour's contacts")
            self.assertNotIn("contacts not", running.talk)


if __name__ == "__main__":
    testing.main()
