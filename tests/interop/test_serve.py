#!/usr/bin/env python3
"""Real exporters feed a running `noroshi serve` and, datagram for datagram, nfcapd beside it; both
are then asked the same questions, and the answers must be the same, value by value."""

import collections
import contextlib
import pathlib
import tempfile
import unittest

from harness import nfdump, peers, program, testing, traffic
from harness.daemon import Daemon
from harness.pcap import Packet, write_packets
from harness.relay import Relay

PMACCTD = """\
daemonize: false
pcap_savefile: {capture}
plugins: {plugin}
aggregate: src_host,dst_host,src_port,dst_port,proto,tos,tcpflags
{plugin}_receiver: 127.0.0.1:{port}
{more}
"""
# Old recordings must not be dropped as too old while they are asked about.
KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"

STATS = ("srcip", "dstip", "ip", "srcport", "proto", "inif", "outif", "if", "srcas")
# nfdump keeps the type and code of ICMP in the destination port; ours are columns of their own.
WITH_PORTS = "proto tcp or proto udp"
AGGREGATES = (
    ("srcip,dstport", WITH_PORTS),
    ("proto,srcip,dstip,srcport,dstport", WITH_PORTS),
    ("dstip,proto", ""),
    ("srcip4/24,proto", "ipv4"),
    ("srcip,dstip", "dst port 53 or dst port 80"),
)
FILTERS = ("proto tcp and dst port 23", "packets > 2", "proto udp", "bytes < 1000 and not port 443")


class Feeds:
    """Each sends its flows to a port and returns once it has sent all."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.capture = folder / "traffic.pcap"
        packets = traffic.conversations(300, seed=5)
        write_packets(self.capture, packets)

    def softflowd(self, port: int) -> None:
        peers.run_peer(["softflowd", "-r", self.capture, "-n", f"127.0.0.1:{port}", "-v", 9, "-d"],
                       self.folder / "softflowd.log")

    def pmacctd(self, port: int, plugin: str, more: str, capture=None) -> None:
        configuration = self.folder / "pmacctd.conf"
        configuration.write_text(PMACCTD.format(capture=capture or self.capture, plugin=plugin,
                                                port=port, more=more))
        # At the end of the capture its processes part in either order: both statuses are good.
        peers.run_peer(["pmacctd", "-f", configuration], self.folder / "pmacctd.log",
                       statuses=(0, 1))

    def pmacctd_netflow9(self, port: int) -> None:
        self.pmacctd(port, "nfprobe", "nfprobe_version: 9")

    def pmacctd_ipfix(self, port: int) -> None:
        self.pmacctd(port, "nfprobe", "nfprobe_version: 10")

    def nfreplay(self, port: int) -> None:
        """What nfcapd once wrote from softflowd, sent again as NetFlow v9."""
        with nfdump.Collector(self.folder / "first") as first:
            with Relay(forward_to=[first.port]) as relay:
                self.softflowd(relay.port)
                peers.wait_until(lambda: relay.quiet_for(0.5), "softflowd to end")
            written = first.finish()
        peers.run_peer(["nfreplay", "-r", written, "-H", "127.0.0.1", "-p", port, "-v", 9,
                        "-d", 200], self.folder / "nfreplay.log")

    def simulate(self, port: int) -> None:
        program.run_well("simulate", "--subscribers", 150, "--infected", 10, "--duration", "20m",
                         "--send", f"127.0.0.1:{port}", "--rate", 1500, "--truth",
                         self.folder / "truth.json", "--force", "--protocol", "ipfix")


def answers(daemon: Daemon, *arguments) -> list[dict]:
    return daemon.query(*arguments, "--limit", 0)["questions"]


@peers.needs("softflowd", "pmacctd", "nfcapd", "nfdump", "nfreplay")
class Serve(unittest.TestCase):
    def assert_same(self, ours: dict, theirs: dict):
        self.assertEqual(nfdump.differences(ours, theirs), "")

    def feed(self, feed: str) -> None:
        with contextlib.ExitStack() as stack:
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="noroshi-"))
            folder = pathlib.Path(name)
            theirs = stack.enter_context(nfdump.Collector(folder / "theirs"))
            daemon = stack.enter_context(Daemon(folder / "ours", KEEP_ALL))
            relay = stack.enter_context(Relay(forward_to=[theirs.port, daemon.udp_port]))
            getattr(Feeds(folder), feed)(relay.port)
            peers.wait_until(lambda: relay.quiet_for(1), "the export to end")
            peers.wait_until(
                lambda: daemon.metrics()["noroshi_datagrams_total"] == len(relay.datagrams),
                f"all {len(relay.datagrams)} datagrams to be decoded")
            flows = int(daemon.metrics()["noroshi_flows_total"])
            self.assertGreater(flows, 400)
            daemon.wait_for_flows(flows)
            self.compare(daemon, theirs.finish())

    def compare(self, daemon: Daemon, file: pathlib.Path) -> None:
        arguments = [part for stat in STATS for part in ("--stat", f"{stat}/bytes")]
        for stat, question in zip(STATS, answers(daemon, *arguments), strict=True):
            with self.subTest(stat=stat):
                self.assert_same(nfdump.by_value(question), nfdump.stat(file, stat, ""))
        for stat in ("dstport", "port"):
            with self.subTest(stat=stat):
                question = answers(daemon, WITH_PORTS, "--stat", stat)[0]
                self.assert_same(nfdump.by_value(question), nfdump.stat(file, stat, WITH_PORTS))
        for fields, condition in AGGREGATES:
            with self.subTest(aggregate=fields, filter=condition):
                question = answers(daemon, condition, "--aggregate", fields)[0]
                self.assert_same(nfdump.by_key(question), nfdump.aggregate(file, fields, condition))
        for condition in FILTERS:
            with self.subTest(filter=condition):
                question = answers(daemon, condition, "--stat", "srcip")[0]
                self.assert_same(nfdump.by_value(question), nfdump.stat(file, "srcip", condition))

    def test_softflowd(self):
        self.feed("softflowd")

    def test_pmacctd_netflow9(self):
        self.feed("pmacctd_netflow9")

    def test_pmacctd_ipfix(self):
        self.feed("pmacctd_ipfix")

    def test_nfreplay(self):
        self.feed("nfreplay")

    def test_simulate(self):
        self.feed("simulate")

    def test_sflow_from_pmacctd(self):
        """Debian's nfdump has no sFlow collector: every packet is sampled, so the packets of the
        capture are what must come out. sfprobe ends without sending its last, unfilled datagram, so
        the capture ends with packets that are left out of the comparison."""
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            packets = traffic.conversations(300, seed=2)
            tail = [Packet(packets[-1].time + at * 0.001, "203.0.113.1", "203.0.113.2", 17, 9, 9, 100)
                    for at in range(1, 61)]
            write_packets(folder / "sflow.pcap", packets + tail)
            with Daemon(folder / "ours", KEEP_ALL) as daemon:
                Feeds(folder).pmacctd(daemon.udp_port, "sfprobe", "sampling_rate: 1",
                                      folder / "sflow.pcap")
                peers.wait_until(lambda: daemon.metrics()["noroshi_flows_total"] >= len(packets),
                                 "the samples")
                daemon.wait_for_flows(len(packets))
                wanted = collections.Counter()
                for (key, what), count in traffic.sums_of_packets(packets).items():
                    source, destination, source_port, destination_port, protocol = key
                    wanted[(str(protocol), source, destination, str(source_port),
                            str(destination_port)), what] += count
                question = answers(daemon, "not src ip 203.0.113.1", "--aggregate",
                                   "proto,srcip,dstip,srcport,dstport")[0]
                found = collections.Counter()
                numbers = {name: number for number, name in nfdump.PROTOCOLS.items()}
                for row in question["rows"]:
                    key = (numbers[row["proto"]], row["srcip"], row["dstip"], str(row["srcport"]),
                           str(row["dstport"]))
                    for what in ("packets", "bytes"):
                        found[key, what] += row[what]
                self.assertEqual(nfdump.differences(found, wanted), "")


if __name__ == "__main__":
    testing.main()
