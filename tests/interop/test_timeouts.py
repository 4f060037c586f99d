#!/usr/bin/env python3
"""Long idle connections that an exporter cuts at its timeouts raise no temporal evidence; a call every
minute beside them does. The exporter is nfpcapd, the packets are made here."""

import json
import pathlib
import random
import tempfile
import unittest

from harness import pcap, peers, program, testing

BEGIN = 1_700_000_000
HOURS = 6
ACTIVE, IDLE = (60, 120, 300), 60
SYN, ACK, PSH, FIN = 2, 0x10, 8, 1


def exchange(at: float, client: str, port: int, server: str, service: int, steps) -> list[pcap.Packet]:
    """Packets of a TCP connection, 20 ms apart: (from the client, flags, IP length)."""
    return [
        pcap.Packet(at + 0.02 * number, client, server, 6, port, service, length, flags) if up else
        pcap.Packet(at + 0.02 * number, server, client, 6, service, port, length, flags)
        for number, (up, flags, length) in enumerate(steps)
    ]  # fmt: skip


OPENING = [(True, SYN, 60), (False, SYN | ACK, 60), (True, ACK, 52)]
SAYING = [(True, PSH | ACK, 60), (False, ACK, 52)]
ENDING = [(True, FIN | ACK, 52), (False, FIN | ACK, 52), (True, ACK, 52)]


def idle_connection(draw: random.Random, number: int, mean: float) -> list[pcap.Packet]:
    """Something small now and then, at random."""
    peers_of_it = (f"100.64.0.{number}", 40_000 + number, f"198.51.100.{number % 4 + 1}", 5222)
    at, end = BEGIN + draw.uniform(0, 600), BEGIN + HOURS * 3600 - draw.uniform(0, 900)
    packets = exchange(at, *peers_of_it, OPENING)
    while (at := at + 1 + draw.expovariate(1 / mean)) < end:
        packets += exchange(at, *peers_of_it, SAYING)
    return packets + exchange(end + 1, *peers_of_it, ENDING)


def call_every_minute() -> list[pcap.Packet]:
    return [packet for minute in range(HOURS * 60 - 5)
            for packet in exchange(BEGIN + 60 * minute, "100.64.0.99", 20_000 + minute, "198.51.100.99",
                                   8081, OPENING + SAYING + ENDING)]  # fmt: skip


@peers.needs("nfpcapd")
class Timeouts(unittest.TestCase):
    def verdicts(self, active: int, folder: pathlib.Path) -> dict[str, list[str]]:
        """The codes of temporal evidence, by server."""
        draw = random.Random(active)
        packets = call_every_minute()
        for number in range(1, 31):
            packets += idle_connection(draw, number, (15, 60, 200)[number % 3])
        packets.sort(key=lambda packet: packet.time)
        pcap.write_packets(folder / "x.pcap", packets)
        (folder / "flows").mkdir()
        peers.run_peer(["nfpcapd", "-r", folder / "x.pcap", "-w", folder / "flows",
                        "-e", f"{active},{IDLE}"], folder / "nfpcapd.log")  # fmt: skip
        files = sorted((folder / "flows").rglob("nfcapd.*"))
        answer = json.loads(
            program.run_well("analyze", "--json", "--local=100.64.0.0/16", "--", *files).output)
        return {verdict["server"]["address"]: [one["code"] for one in verdict["evidence"]
                                               if one["group"] == "temporal"]
                for verdict in answer["verdicts"]}  # fmt: skip

    def test_what_an_exporter_cuts_has_no_clock(self):
        for active in ACTIVE:
            with self.subTest(active=active), tempfile.TemporaryDirectory(prefix="noroshi-") as folder:
                found = self.verdicts(active, pathlib.Path(folder))
                self.assertNotEqual(found.pop("198.51.100.99"), [])
                self.assertEqual(found, {f"198.51.100.{server}": [] for server in range(1, 5)})


if __name__ == "__main__":
    testing.main()
