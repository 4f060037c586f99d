#!/usr/bin/env python3
"""Recordings and exports that carry what people said to one another, in every place where a format
has room for it: none of it is in anything that Noroshi writes or prints."""

import ipaddress
import json
import pathlib
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from harness import ipfix, netflow9, pcap, peers, program, sflow, testing
from harness.collector import collector
from harness.daemon import Daemon
from harness.traces import Traces

KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"
CLIENT, SERVER = "192.0.2.77", "198.51.100.9"
CLIENT6, SERVER6 = "2001:db8:7::77", "2001:db8:9::9"

# Elements of IANA's registry that hold content, or words of a conversation.
CONTENT_ELEMENTS = {
    104: "layer2packetSectionData",
    210: "paddingOctets",
    313: "ipHeaderPacketSection",
    314: "ipPayloadPacketSection",
    315: "dataLinkFrameSection",
    371: "userName",
    459: "httpRequestMethod",
    460: "httpRequestHost",
    461: "httpRequestTarget",
    468: "httpUserAgent",
    469: "httpContentType",
}
# Of enterprises that export content: ntop's HTTP_URL, DNS_QUERY and L7 bytes; Cisco's NBAR URL; and
# one that nobody knows.
ENTERPRISE_ELEMENTS = ((35632, 180), (35632, 205), (35632, 1000), (9, 12235), (64_999, 1))
NETFLOW9_FIELDS = (94, 95, 96, 104, 314, 12235 & 0x7FFF, 45_000 & 0x7FFF)


class Markers:
    """Words said, no two alike."""

    def __init__(self):
        self.all: list[bytes] = []

    def new(self, where: str) -> bytes:
        marker = f"SAID-{len(self.all):03}-{where[:12].upper()}-XyZ42".encode()
        self.all.append(marker)
        return marker

    def traces(self) -> Traces:
        traces = Traces()
        for marker in self.all:
            traces.add_text(marker)
        return traces


def frame(marker: bytes, v6: bool = False, protocol: int = 6, port: int = 80) -> bytes:
    """A packet with words in it."""
    said = b"GET /" + marker + b" HTTP/1.1\r\nHost: " + marker + b"\r\nCookie: " + marker + b"\r\n\r\n"
    return pcap.Packet(0, CLIENT6 if v6 else CLIENT, SERVER6 if v6 else SERVER, protocol, 50_123,
                       port, tcp_flags=0x18, payload=said).encode()


def ipfix_messages(markers: Markers, now: int) -> list[bytes]:
    exporter = ipfix.Exporter(now)
    messages = []
    for element, name in CONTENT_ELEMENTS.items():
        marker = markers.new(name)
        content = {313: frame(marker)[14:], 315: frame(marker), 104: frame(marker)}
        more = [ipfix.octets(element, content.get(element, b"words: " + marker))]
        if element in (315, 104):
            more.insert(0, ipfix.number(408, 2, 1))  # dataLinkFrameType: Ethernet
        messages.append(exporter.message(ipfix.flow(CLIENT, SERVER, now, more)))
        # Alone, as packet sampling exports them (RFC 5477).
        messages.append(exporter.message([ipfix.number(323, 8, now * 1000), *more]))
    for v6 in (False, True):
        for protocol in (6, 17, 1 if not v6 else 58):
            marker = markers.new("section")
            whole = frame(marker, v6, protocol)
            messages.append(exporter.message([ipfix.octets(313, whole[14:])]))
            messages.append(exporter.message([ipfix.octets(315, whole)]))
    for enterprise, element in ENTERPRISE_ELEMENTS:
        marker = markers.new(f"e{enterprise}")
        more = [ipfix.octets(element, b"http://" + marker + b"/" + marker, enterprise)]
        messages.append(exporter.message(ipfix.flow(CLIENT, SERVER, now, more)))
    # Long contents, and one that says it is longer than it is.
    marker = markers.new("long")
    messages.append(exporter.message(ipfix.flow(CLIENT, SERVER, now,
                                                [ipfix.octets(314, marker * 30)])))
    whole = messages[-1]
    messages.append(whole[: len(whole) // 2])
    # A template that calls words an address, a time, a name.
    marker = markers.new("misused")
    words = (b"!" + marker + bytes(64))[:16]
    markers.all[-1] = words[:14]
    messages.append(exporter.message([*ipfix.flow(CLIENT6, SERVER6, now), (57_000 & 0x7FFF, 0, 16,
                                                                           words)]))
    return messages


def netflow9_datagrams(markers: Markers, now: int) -> list[bytes]:
    datagrams = []
    for number, field in enumerate(NETFLOW9_FIELDS):
        marker = markers.new(f"v9-{field}")
        content = (b"words " + marker + bytes(64))[:64]
        template = struct.pack(">HHHHHHHHHHHHHH", 256 + number, 6, 8, 4, 12, 4, 7, 2, 11, 2, 4, 1,
                               field, 64)
        record = (ipaddress.ip_address(CLIENT).packed + ipaddress.ip_address(SERVER).packed
                  + struct.pack(">HHB", 40_000, 53, 17) + content)
        record += bytes(-len(record) % 4)
        sets = struct.pack(">HH", 0, 4 + len(template)) + template
        sets += struct.pack(">HH", 256 + number, 4 + len(record)) + record
        datagrams.append(struct.pack(">HHIIII", 9, 2, 60_000, now, number, 21) + sets)
    return datagrams


def sflow_datagrams(markers: Markers) -> list[bytes]:
    datagrams = []
    for number, (v6, protocol) in enumerate(((False, 6), (False, 17), (True, 6), (False, 1))):
        marker = markers.new("sflow")
        whole = frame(marker, v6, protocol)
        records = [sflow.raw_header(whole),
                   sflow.extended_url(b"http://" + marker, marker),
                   sflow.extended_user(marker, marker)]  # fmt: skip
        datagrams.append(sflow.datagram([sflow.flow_sample(records, number + 1)],
                                        sequence=number + 1))
        datagrams.append(datagrams[-1][:-30])
        # A header that is no packet at all.
        datagrams.append(sflow.datagram([sflow.flow_sample([sflow.raw_header(marker * 3)])],
                                        sequence=50 + number))
    return datagrams


def udp_capture(path: pathlib.Path, now: int, payloads) -> None:
    """The datagrams as somebody captured them on the way to a collector."""
    pcap.write_packets(path, [
        pcap.Packet(now + at * 0.01, "203.0.113.5", "203.0.113.6", 17, 30_000, 2055, payload=payload)
        for at, payload in enumerate(payloads)])  # fmt: skip


class Payload(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.addClassCleanup(cls.holder.cleanup)
        cls.folder = pathlib.Path(cls.holder.name)
        cls.input = cls.folder / "input"
        cls.input.mkdir()
        markers, now = Markers(), int(time.time())
        cls.datagrams = [*ipfix_messages(markers, now), *netflow9_datagrams(markers, now),
                         *sflow_datagrams(markers)]  # fmt: skip
        udp_capture(cls.input / "exports.pcap", now, cls.datagrams)
        (cls.input / "exports.ipfix").write_bytes(
            b"".join(message for message in cls.datagrams if message[:2] == b"\0\x0a"))
        packets = []
        for number, (v6, protocol, port) in enumerate(
                ((False, 6, 80), (True, 6, 25), (False, 17, 53), (False, 6, 6667), (True, 17, 443))):
            packets.append((now + number, frame(markers.new("pcap"), v6, protocol, port)))
        pcap.write(cls.input / "talk.pcap", packets)
        whole = (cls.input / "talk.pcap").read_bytes()
        (cls.input / "cut.pcap").write_bytes(whole[:-40])
        damaged = bytearray(whole)
        damaged[40:44] = b"\xff\xff\xff\xff"
        (cls.input / "damaged.pcap").write_bytes(bytes(damaged))
        (cls.input / "words.json").write_bytes(
            b'{"source_address": "' + markers.new("json") + b'"}\n{"' + markers.new("key") + b'": 1}\n')
        cls.markers = markers
        cls.recordings = sorted(path for path in cls.input.iterdir() if path.suffix != ".json")

    def setUp(self):
        self.traces = self.markers.traces()
        self.output = self.folder / self.id().rsplit(".", 1)[-1]
        self.output.mkdir()

    def assert_silent(self, found: list[str]):
        self.assertEqual(found, [])
        self.assertGreater(self.traces.searched, 1000)

    def run_all(self, commands) -> list[str]:
        found = []
        for arguments in commands:
            ended = subprocess.run([str(program.locate()), *map(str, arguments)],
                                   stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                                   check=False)  # fmt: skip
            # A crash is no way to stay silent.
            self.assertIn(ended.returncode, (0, 1, 2), ended.stderr)
            found += self.traces.in_bytes(ended.stdout, f"output of {arguments[:3]}")
            found += self.traces.in_bytes(ended.stderr, f"errors of {arguments[:3]}")
        return found

    def send(self, port: int) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in self.datagrams:
                sender.sendto(datagram, ("127.0.0.1", port))
                time.sleep(0.002)

    def test_the_words_are_in_what_goes_in(self):
        """Else silence would prove nothing: the search finds every one of them there."""
        found = "\n".join(self.traces.in_folder(self.input))
        for marker in self.markers.all:
            self.assertIn(marker.decode(), found)
        self.assertGreater(len(self.markers.all), 40)

    def test_recordings_are_shown_printed_and_exported_without_their_words(self):
        commands = []
        for path in self.recordings:
            commands += [("recording", "show", path), ("recording", "show", "--json", path)]
            for form in ("json", "csv", "nfdump"):
                commands.append(("recording", "cat", "--format", form, path))
            for form in ("table", "json", "csv", "nfdump"):
                commands.append(("flows", "query", "--file", path, "--format", form))
            for form in ("nfcapd", "ipfix", "csv", "json"):
                commands.append(("flows", "export", "--file", path, "--format", form, "--to-file",
                                 self.output / f"{path.stem}.{form}"))  # fmt: skip
            commands.append(("flows", "query", "--file", path, "--stat", "srcip", "--json"))
        found = self.run_all(commands)
        self.assert_silent(found + self.traces.in_folder(self.output))
        # They were read: flows came out of them.
        flows = sum(one["flows"] for one in program.show(self.input / "exports.pcap",
                                                         self.input / "talk.pcap"))
        self.assertGreater(flows, 40)

    def test_recordings_are_judged_without_their_words(self):
        commands = [("analyze", *self.recordings), ("analyze", "--json", *self.recordings)]
        commands += [("analyze", "--json", path) for path in self.recordings]
        self.assert_silent(self.run_all(commands))

    def test_an_error_quotes_nothing_of_a_packet(self):
        commands = [("recording", "show", self.input / "cut.pcap"),
                    ("recording", "cat", self.input / "damaged.pcap"),
                    ("recording", "cat", self.input / "exports.ipfix")]  # fmt: skip
        self.assert_silent(self.run_all(commands))

    def test_collect_prints_and_keeps_no_words(self):
        printed = self.output / "flows.json"
        with collector(self.output, "--print-flows", printed) as running:
            self.send(running.port)
        self.assertGreater(running.summary["flows"], 40, running.summary)
        found = self.traces.in_bytes(json.dumps(running.summary).encode(), "summary")
        self.assert_silent(found + self.traces.in_folder(self.output))

    def test_the_daemon_keeps_logs_and_answers_no_words(self):
        with Daemon(self.output / "daemon", KEEP_ALL) as daemon:
            self.send(daemon.udp_port)
            peers.wait_until(
                lambda: daemon.metrics()["noroshi_datagrams_total"] >= len(self.datagrams) * 0.9,
                "the datagrams")
            flows = int(daemon.metrics()["noroshi_flows_total"])
            self.assertGreater(flows, 40)
            daemon.wait_for_flows(flows)
            found = []
            for path in ("/metrics", "/healthz", "/readyz"):
                found += self.traces.in_bytes(daemon.get(path).encode(), path)
            commands = [("flows", "query", "--format", form, "--config", daemon.config)
                        for form in ("table", "json", "csv", "nfdump", "parquet")]  # fmt: skip
            commands += [("exporters", "list", "--json", "--config", daemon.config),
                         ("exporters", "list", "--config", daemon.config)]  # fmt: skip
            found += self.run_all(commands)
        self.assert_silent(found + self.traces.in_folder(self.output))


if __name__ == "__main__":
    testing.main()
