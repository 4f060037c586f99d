#!/usr/bin/env python3
"""What somebody may send to a collector to make it grow: templates without end, exporters without
end, sources that are nobody's. Memory stays flat, what is pushed out is counted, and an exporter
that behaves keeps its flows.

NOROSHI_FLOOD_SECONDS makes each flood that long (make soak); without it they are short."""

import ipaddress
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from harness import peers, testing
from harness.collector import collector

# The address sanitizer keeps what was freed for a while, 256 MB of it unless told: that is its memory,
# not the collector's, and stays out of what is measured here.
os.environ["ASAN_OPTIONS"] = ":".join(
    part for part in (os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=4") if part)

SECONDS = float(os.environ.get("NOROSHI_FLOOD_SECONDS", "3"))
# A flood fills the tables up to their bounds, how soon depends on the machine: it goes on, period by
# period, until one adds less than this, which it must do before long.
FLAT_KIB = 75_000
MOST_PERIODS = 10
# What a collector may take beyond its state before the flood, in KiB.
MOST_GROWTH_KIB = 300_000
PAUSE_EVERY = 200  # datagrams: the generator must not outrun the receive buffer by much


def netflow9(sets: bytes, sequence: int, domain: int = 0) -> bytes:
    return struct.pack(">HHIIII", 9, 1, 60_000, int(time.time()), sequence, domain) + sets


def template_set(number: int, fields: int, salt: int) -> bytes:
    """A definition of `fields` fields; another salt makes another definition."""
    specifiers = b"".join(struct.pack(">HH", 1 + (salt + at) % 300, 4) for at in range(fields))
    content = struct.pack(">HH", number, fields) + specifiers
    return struct.pack(">HH", 0, 4 + len(content)) + content


PLAIN_TEMPLATE = struct.pack(">HHHHHHHHHH", 0, 20, 300, 3, 8, 4, 12, 4, 1, 4)


def plain_record(number: int) -> bytes:
    return struct.pack(">HHIII", 300, 16, 0x0A000001, 0xC0000201, number)


class Behaves:
    """An exporter that does nothing wrong, from an address of its own."""

    def __init__(self, port: int):
        self._target = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.99.99.99", 0))
        self.sent = 0
        self._socket.sendto(netflow9(PLAIN_TEMPLATE, 0), self._target)

    def send(self) -> None:
        self.sent += 1
        self._socket.sendto(netflow9(plain_record(self.sent), self.sent), self._target)

    def close(self) -> None:
        self._socket.close()


class Floods(unittest.TestCase):
    def flood(self, send, *arguments, prefix=()) -> dict:
        """`send(number, port)` sends one datagram of the flood. Returns the summary; checks that
        memory stayed flat and that the exporter which behaves lost nothing to it."""
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            with collector(pathlib.Path(name), *arguments, prefix=prefix) as running:
                good = Behaves(running.port)
                good.send()
                time.sleep(0.5)
                levels = [running.resident_kib()]
                number = 0
                while len(levels) < 2 or (len(levels) <= MOST_PERIODS
                                          and levels[-1] - levels[-2] >= FLAT_KIB):
                    began = time.monotonic()
                    while time.monotonic() - began < SECONDS:
                        send(number, running.port)
                        number += 1
                        if number % PAUSE_EVERY == 0:
                            good.send()
                            time.sleep(0.002)
                    time.sleep(0.5)
                    levels.append(running.resident_kib())
                good.close()
            summary = running.summary
        self.assertGreater(number, 2_000)
        self.assertLess(levels[-1] - levels[-2], FLAT_KIB, f"it still grows: {levels}")
        self.assertLess(levels[-1] - levels[0], MOST_GROWTH_KIB, levels)
        self.assertEqual(summary["kernel_drops"], 0, "the test sends too fast for this machine")
        if (known := self.of("127.99.99.99", summary)) is not None:
            self.assertEqual(known["flows"], good.sent, known)
            self.assertEqual(known["lost"], 0, known)
        return summary

    def of(self, address: str, summary: dict) -> dict | None:
        return next((each for each in summary["exporters"] if each["address"] == address), None)

    def test_templates_without_end(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
            flooder.bind(("127.66.0.1", 0))

            def send(number: int, port: int):
                template = template_set(256 + number % 60_000, 300, number)
                flooder.sendto(netflow9(template, number, domain=number % 7), ("127.0.0.1", port))

            summary = self.flood(send)
        self.assertGreater(summary["templates"], 2_000)
        self.assertIsNotNone(self.of("127.99.99.99", summary))

    def test_observation_domains_without_end(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
            flooder.bind(("127.66.0.1", 0))

            def send(number: int, port: int):
                flooder.sendto(netflow9(template_set(256, 300, number), 0, domain=number),
                               ("127.0.0.1", port))  # fmt: skip

            summary = self.flood(send)
        self.assertGreater(summary["sessions_evicted"], 0, summary)
        self.assertIsNotNone(self.of("127.99.99.99", summary))

    def test_exporters_without_end(self):
        # Sockets are slow to make, so each address sends once and is gone.
        def send(number: int, port: int):
            address = str(ipaddress.IPv4Address("127.100.0.1") + number)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
                flooder.bind((address, 0))
                flooder.sendto(netflow9(template_set(256, 40, number), 0), ("127.0.0.1", port))

        summary = self.flood(send)
        if summary["datagrams"] > 4_500:
            self.assertGreater(summary["exporters_evicted"], 0, summary["datagrams"])
        self.assertIsNotNone(self.of("127.99.99.99", summary), "it never was silent for long")


def may_spoof() -> bool:
    """Whether network namespaces and raw sockets are there for the asking."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        return False
    return subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode == 0


@unittest.skipUnless(may_spoof(), "needs root, for a network namespace of its own")
@peers.needs("ip", "unshare")
class Spoofed(unittest.TestCase):
    """Random sources, in a network namespace that nothing leaves."""

    def test_sources_that_are_nobodys(self):
        completed = subprocess.run(
            ["unshare", "-n", sys.executable, __file__, "--inside"], check=False,
            capture_output=True, text=True, timeout=SECONDS + 90,
        )  # fmt: skip
        self.assertEqual(completed.returncode, 0, completed.stdout + completed.stderr)


def inside() -> None:
    """Runs in the namespace: floods with IPv4 headers of our own making."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # Sources that are not of this host are taken for what they say they are.
    subprocess.run(["ip", "route", "add", "local", "10.0.0.0/8", "dev", "lo"], check=True)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    class Case(Floods):
        def runTest(self):
            def send(number: int, port: int):
                source = struct.pack(">I", 0x0A000000 + (number * 2_654_435_761) % 0x1000000)
                payload = netflow9(template_set(256, 100, number), 0)
                udp = struct.pack(">HHHH", 40_000, port, 8 + len(payload), 0) + payload
                header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                                     source, socket.inet_aton("127.0.0.1"))  # fmt: skip
                raw.sendto(header + udp, ("127.0.0.1", port))

            summary = self.flood(send)
            self.assertGreater(summary["exporters_evicted"], 0, summary["datagrams"])
            self.assertGreater(summary["sessions_evicted"], 0, summary)

    result = unittest.TextTestRunner().run(Case())
    raise SystemExit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside()
    testing.main()
