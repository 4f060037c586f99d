#!/usr/bin/env python3
"""Questions while flows pour in: each is answered, and the collector loses nothing for it. Here at
50,000 flows a second; NOROSHI_FLOWS_PER_SECOND=200000 is the whole (tools/soak.sh)."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from harness import peers, program, testing
from harness.daemon import Daemon

RATE = int(os.environ.get("NOROSHI_FLOWS_PER_SECOND", "50000"))
SECONDS = 10
SENDER = program.locate().parent / "bench" / "send_datagrams"
KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"


class Busy(unittest.TestCase):
    @unittest.skipUnless(SENDER.exists(), "built without benchmarks")
    def test_questions_are_answered_and_nothing_is_lost(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            with Daemon(pathlib.Path(name) / "daemon", KEEP_ALL) as daemon:
                sender = subprocess.Popen(
                    [SENDER, str(daemon.udp_port), "netflow9", str(RATE * SECONDS), str(RATE)],
                    stdout=subprocess.PIPE,
                )  # fmt: skip
                waits, totals = [], []
                time.sleep(3)  # so that there is something to ask
                while sender.poll() is None:
                    began = time.monotonic()
                    question = daemon.query("proto tcp", "--stat", "srcip/bytes")["questions"][0]
                    waits.append(time.monotonic() - began)
                    totals.append(question["total"]["flows"])
                sent = json.loads(sender.communicate()[0])

                def all_told():
                    metrics = daemon.metrics()
                    return metrics["noroshi_flows_total"] >= sent["flows"] or (
                        metrics["noroshi_kernel_drops_total"] > 0)

                peers.wait_until(all_told, "every flow")
                metrics = daemon.metrics()
        print(f"{RATE:,} flows a second: {len(waits)} questions answered within "
              f"{max(waits):.2f} s, {metrics['noroshi_kernel_drops_total']:.0f} datagrams dropped")
        self.assertGreater(len(waits), 3)
        self.assertEqual(totals, sorted(totals), "an answer forgot flows")
        self.assertGreater(totals[-1], 0)
        self.assertEqual(metrics["noroshi_kernel_drops_total"], 0)
        self.assertEqual(metrics["noroshi_flows_total"], sent["flows"])
        self.assertEqual(metrics["noroshi_history_lost_flows_total"], 0)


if __name__ == "__main__":
    testing.main()
