#!/usr/bin/env python3
"""Who scans like Mirai is found within a quarter of an hour at 1 packet in 1,000, and nobody else is:
neither the scanners that do research nor lines that are well."""

import datetime
import json
import pathlib
import tempfile
import unittest

from harness import program, testing

SCENARIO = """
name = "scanners"
duration = "20m"
[population]
lines = 3000
[[botnet]]
kind = "mirai"
lines = 100
[[view]]
sampling = 1000
rotate = "5m"
"""
QUARTER_HOUR = 3  # files


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Scanners(unittest.TestCase):
    def found_of(self, seed: int, folder: pathlib.Path):
        """Infected lines that scanned in the first five minutes, those of them that were found, hosts that
        were found, and the researchers."""
        scenario = folder / "scanners.toml"
        scenario.write_text(SCENARIO)
        program.run_well("simulate", scenario, "--seed", seed, "--output", folder / "out")
        records = [json.loads(line) for line in (folder / "out/truth.jsonl").read_text().splitlines()]
        scene = records[0]
        early = moment(scene["start"]) + datetime.timedelta(minutes=5)
        lines = [record for record in records if record["record"] == "line"]
        scanning = [line for line in lines
                    if line["scanning"] and moment(line["scanning"]["first"]) < early]  # fmt: skip
        files = sorted((folder / "out").glob("*/nfcapd.*"))[:QUARTER_HOUR]
        local = [f"--local={prefix}" for prefix in scene["local_prefixes"]]
        answer = json.loads(program.run_well("analyze", "--json", *local, "--", *files).output)
        hosts = {host["address"]: {finding["reason"] for finding in host["findings"]}
                 for host in answer["infected"]}  # fmt: skip
        addresses = {line[key] for line in lines for key in ("address", "address_v6")}
        found = [line for line in scanning
                 if "scan" in hosts.get(line["address"], set()) | hosts.get(line["address_v6"], set())]  # fmt: skip
        self.assertEqual(set(hosts) - addresses, set())
        self.assertEqual(set(hosts) & set(scene["research_scanners"]), set())
        self.assertGreater(len(scene["research_scanners"]), 0)
        return len(scanning), len(found)

    def test_at_one_in_a_thousand_within_a_quarter_of_an_hour(self):
        scanning = found = 0
        for seed in (1, 2, 3):
            with self.subTest(seed=seed), tempfile.TemporaryDirectory(prefix="noroshi-") as folder:
                of, got = self.found_of(seed, pathlib.Path(folder))
                scanning, found = scanning + of, found + got
        print(f"{found} of {scanning} lines that scan were found")
        self.assertGreater(scanning, 250)
        self.assertGreaterEqual(found / scanning, 0.99)


if __name__ == "__main__":
    testing.main()
