#!/usr/bin/env python3
"""`noroshi analyze` on labelled recordings: is the true C&C server first, and nobody else accused?

The recordings are found by NOROSHI_FIELD_DATA (default ../shared/data beside the source tree) and are
no part of this repository; without them every test is counted as skipped and the exit status is 77.
`EXPECTED` records what was measured: a probability that falls by more than a hair fails.
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

NOROSHI = os.environ.get("NOROSHI", "noroshi")
SOURCE = pathlib.Path(os.environ.get("NOROSHI_SOURCE", pathlib.Path(__file__).parents[2]))
DATA = pathlib.Path(os.environ.get("NOROSHI_FIELD_DATA", SOURCE.parent / "shared" / "data"))
LABELLED = DATA / "labelled"

MIRAI_34 = "iot23-dev/alejandro945-conn.log.labeled"
MIRAI_44 = "iot23-dev/CTU-IoT-Malware-Capture-44-1conn.log.labeled.csv"
NJRAT = "ctu-testing-dev/001-zeek-scenario-malicious/conn.log"
BENIGN = {
    "ctu-testing-dev/008-zeek-mixed/data/conn.log.labeled": "147.32.81.167",
    "ctu-testing-dev/010-zeek-mixed/data/conn.log.labeled": "147.32.83.234",
}
# recording: (server first, tier, least probability)
EXPECTED = {
    MIRAI_34: ("185.244.25.235", 6667, "B", 0.94),
    MIRAI_44: ("46.101.251.172", 80, "B", 0.74),
    NJRAT: ("41.108.179.197", 1177, "B", 0.85),
}
# recordings whose host scans: (host, a finding of a scan must name one of these ports; 0 = any)
SCANNERS = {
    "slips-dev/test7-malicious.pcap": (None, {23, 8080, 2323, 9527}),
    "slips-dev/test4-malicious.binetflow": ("192.168.2.12", {23, 81}),
    "slips-dev/port-scans/vertical/conn.log": ("192.168.1.9", {0}),
    "ctu-testing-dev/002-zeek-scenario-port-scanning/conn.log": ("172.16.1.11", {0}),
}
OTHERS = [
    "slips-dev/test1-malicious.nfdump",
    "slips-dev/test2-malicious.binetflow",
    "slips-dev/test3-mixed.binetflow",
    "slips-dev/test5-mixed.binetflow",
    "slips-dev/test8-malicious.pcap",
    "slips-dev/test11-portscan.binetflow",
    "slips-dev/test12-icmp-portscan.pcap",
    "slips-dev/test19-malicious-ssh/malicious-ssh-bruteforce.pcap",
    "slips-dev/test-cc/test-cc-capture-1.pcap",
    "slips-dev/test-cc/test-cc-capture-2.pcap",
    "slips-dev/port-scans/horizontal/conn.log",
]


def analyze(*arguments: str) -> dict:
    done = subprocess.run(
        [NOROSHI, "analyze", "--json", *arguments], capture_output=True, timeout=300, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: exit {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


class Analyze(unittest.TestCase):
    def test_the_true_server_is_first_and_in_its_tier(self):
        for name, (address, port, tier, probability) in EXPECTED.items():
            with self.subTest(recording=name):
                first = analyze(str(LABELLED / name))["verdicts"][0]
                self.assertEqual(first["server"]["address"], address)
                self.assertEqual(first["server"]["port"], port)
                self.assertEqual(first["tier"], tier)
                self.assertGreaterEqual(first["probability"], probability)
                for evidence in first["evidence"]:
                    self.assertTrue(evidence["text"]["ja"] and evidence["text"]["en"])

    def test_nothing_but_the_true_address_reaches_tier_b(self):
        for name, (address, *_) in EXPECTED.items():
            with self.subTest(recording=name):
                for verdict in analyze(str(LABELLED / name))["verdicts"]:
                    if verdict["tier"] != "C":
                        self.assertEqual(verdict["server"]["address"], address)

    def test_a_floods_victims_are_no_servers_and_the_flooder_is_infected(self):
        answer = analyze(str(LABELLED / MIRAI_34))
        self.assertEqual(answer["flows"], 23_145)
        victims = {"123.59.209.185", "71.61.66.148", "66.67.61.168"}
        seen = 0
        for verdict in answer["verdicts"]:
            if verdict["server"]["address"] in victims:
                seen += 1
                self.assertLess(verdict["probability"], 0.001)
        self.assertEqual(seen, len(victims))
        findings = answer["infected"][0]["findings"]
        flooded = {f["target"]["address"] for f in findings if f["reason"] == "flood"}
        self.assertLessEqual(victims, flooded)
        self.assertEqual([host["address"] for host in answer["infected"]], ["192.168.1.195"])

    def test_on_benign_days_nobody_the_pc_calls_is_accused(self):
        for name, host in BENIGN.items():
            with self.subTest(recording=name):
                answer = analyze(str(LABELLED / name))
                self.assertEqual(answer["local"]["prefixes"], [host + "/32"])
                for verdict in answer["verdicts"]:
                    self.assertEqual(verdict["tier"], "C", verdict)
                    self.assertNotEqual(verdict["server"]["address"], host)
                self.assertEqual(answer["infected"], [])
                self.assertGreater(answer["incoming"]["contacts"], 1000)
                self.assertGreater(answer["incoming"]["scanners"], 0)

    def test_an_infected_host_among_benign_ones_is_still_found(self):
        answer = analyze(str(LABELLED / MIRAI_34), *(str(LABELLED / name) for name in BENIGN))
        self.assertEqual(answer["verdicts"][0]["server"]["address"], "185.244.25.235")
        self.assertEqual([host["address"] for host in answer["infected"]], ["192.168.1.195"])

    def test_scanners_are_listed_as_infected(self):
        for name, (host, ports) in SCANNERS.items():
            with self.subTest(recording=name):
                scans = [
                    (infected["address"], finding["target"]["port"])
                    for infected in analyze(str(LABELLED / name))["infected"]
                    for finding in infected["findings"]
                    if finding["reason"] == "scan"
                ]
                self.assertTrue(scans)
                if host:
                    self.assertEqual({address for address, _ in scans}, {host})
                self.assertTrue(ports & {port for _, port in scans}, scans)

    def test_every_labelled_recording_is_read_and_answered(self):
        for name in OTHERS:
            with self.subTest(recording=name):
                answer = analyze(str(LABELLED / name))
                self.assertGreater(answer["flows"], 0)
                probabilities = [verdict["probability"] for verdict in answer["verdicts"]]
                self.assertEqual(probabilities, sorted(probabilities, reverse=True))


if __name__ == "__main__":
    if not LABELLED.is_dir():
        count = unittest.TestLoader().loadTestsFromTestCase(Analyze).countTestCases()
        print(f"skipped {count} tests: no recordings at {LABELLED} (NOROSHI_FIELD_DATA)")
        sys.exit(77)
    unittest.main()
