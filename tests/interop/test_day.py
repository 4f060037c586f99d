#!/usr/bin/env python3
"""A day of simulated traffic at speed through the daemon: its memory stays where it was. Here two
hours; NOROSHI_DAY_HOURS=24 NOROSHI_DAY_SUBSCRIBERS=2000 is the whole (tools/soak.sh)."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from harness import peers, program, testing
from harness.daemon import Daemon

HOURS = int(os.environ.get("NOROSHI_DAY_HOURS", "2"))
SUBSCRIBERS = int(os.environ.get("NOROSHI_DAY_SUBSCRIBERS", "300"))
KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"
MEBIBYTE = 1 << 20


def resident(process: int) -> int:
    for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the daemon has gone")


class Day(unittest.TestCase):
    def test_memory_is_flat(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            with Daemon(folder / "daemon", KEEP_ALL) as daemon:
                sender = subprocess.Popen(
                    [program.locate(), "simulate", "--subscribers", str(SUBSCRIBERS), "--infected",
                     "10", "--duration", f"{HOURS}h", "--send", f"127.0.0.1:{daemon.udp_port}",
                     "--rate", "6000", "--truth", folder / "truth.json", "--force", "--json"],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                samples = []
                while sender.poll() is None:
                    samples.append(resident(daemon.process.pid))
                    time.sleep(0.1)
                sent = json.loads(sender.communicate()[0])
                self.assertEqual(sender.returncode, 0)

                def all_told():
                    metrics = daemon.metrics()
                    return (metrics["noroshi_datagrams_total"]
                            + metrics["noroshi_kernel_drops_total"]) == sent["sent"]

                peers.wait_until(all_told, "every datagram to be decoded or counted as dropped")

                def all_kept():
                    metrics = daemon.metrics()
                    return metrics["noroshi_history_acknowledged_flows_total"] == (
                        metrics["noroshi_flows_total"] + metrics["noroshi_events_total"])

                peers.wait_until(all_kept, "every flow to be acknowledged")
                metrics = daemon.metrics()
                samples.append(resident(daemon.process.pid))
        # The table of origins, the engine's caches and the tables of the summary fill in the first
        # half of the day; then nothing may grow any more.
        half = len(samples) // 2
        before, after = max(samples[:half], default=0), max(samples[half:])
        print(f"{HOURS} h of {SUBSCRIBERS} lines: {metrics['noroshi_flows_total']:.0f} flows, "
              f"resident {before / MEBIBYTE:.0f} MiB in the first half, "
              f"{after / MEBIBYTE:.0f} MiB in the second")
        self.assertEqual(metrics["noroshi_history_lost_flows_total"], 0)
        self.assertLessEqual(after, before * 1.25 + 128 * MEBIBYTE)


if __name__ == "__main__":
    testing.main()
