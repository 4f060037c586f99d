#!/usr/bin/env python3
"""Every protocol capture is read without a crash, and every packet in it is accounted for."""

import collections
import json
import pathlib
import unittest

from harness import field_data, pcap, program, testing

BATCH = 40  # files a run: few processes, and one that dies is easily found


_MAGICS = {
    bytes.fromhex(magic)
    for magic in ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a")
}  # pcap in both byte orders and resolutions, pcapng


def _is_capture(path: pathlib.Path) -> bool:
    return path.is_file() and path.read_bytes()[:4] in _MAGICS


def _summaries(test, files: list[pathlib.Path]) -> dict[pathlib.Path, dict]:
    """Each file's summary. When a run over several files dies, each is tried alone to name it."""
    ended = program.run("recording", "show", "--json", *files)
    if ended.status in (0, 1):
        shown = json.loads(ended.output)["recordings"]
        if len(shown) == len(files):
            return dict(zip(files, shown))
    if len(files) == 1:
        test.fail(str(ended))
    return {file: _summaries(test, [file])[file] for file in files}


@field_data.needed
class Captures(unittest.TestCase):
    def read_all(self, folder: str) -> dict[pathlib.Path, dict]:
        files = sorted(path for path in (field_data.ROOT / folder).iterdir() if _is_capture(path))
        shown = {}
        for at in range(0, len(files), BATCH):
            shown |= _summaries(self, files[at : at + BATCH])
        return shown

    def check(self, folder: str, files: int):
        shown = self.read_all(folder)
        self.assertEqual(len(shown), files)
        formats = collections.Counter(summary["format"] for summary in shown.values())
        for path, summary in shown.items():
            with self.subTest(capture=path.name):
                self.assertIn(summary["format"].split(" ")[0], ("pcap", "pcapng"), summary)
                packets = pcap.count_packets(path)
                packets += summary["damage"].get("truncated_packet", 0)  # begun, not ended
                self.assertEqual(summary["packets_read"], packets, summary)
                if summary["datagrams"] == 0:  # else `packets` are what an exporter counted
                    self.assertEqual(
                        summary["packets"] + summary["packets_ignored"], packets, summary
                    )
        print(f"{len(shown)} captures, {dict(formats)}")

    def test_ndpi(self):
        self.check("benign/ndpi/pcap", 486)

    def test_ipfixprobe(self):
        self.check("benign/ipfixprobe/inputs", 19)


if __name__ == "__main__":
    testing.main()
