#!/usr/bin/env python3
"""pmacctd reads a capture made here and exports it as NetFlow v9, IPFIX and sFlow; Noroshi decodes
the datagrams to exactly the packets and bytes of that capture."""

import pathlib
import tempfile
import unittest

from harness import peers, program, testing, traffic
from harness.pcap import Packet, write_packets
from harness.relay import Relay

CONFIGURATION = """\
daemonize: false
pcap_savefile: {capture}
plugins: {plugin}
aggregate: src_host,dst_host,src_port,dst_port,proto,tos,tcpflags
{plugin}_receiver: 127.0.0.1:{port}
{more}
"""


@peers.needs("pmacctd")
class Pmacctd(unittest.TestCase):
    maxDiff = 2000

    def export(self, folder: pathlib.Path, packets, plugin: str, more: str) -> dict:
        """Has pmacctd export `packets`; returns what Noroshi shows of the recorded export."""
        write_packets(folder / "traffic.pcap", packets)
        with Relay() as relay:
            configuration = folder / "pmacctd.conf"
            configuration.write_text(
                CONFIGURATION.format(
                    capture=folder / "traffic.pcap", plugin=plugin, port=relay.port, more=more
                )
            )
            # At the end of the capture its processes part in either order: both statuses are good.
            peers.run_peer(
                ["pmacctd", "-f", configuration], folder / "pmacctd.log", statuses=(0, 1)
            )
            peers.wait_until(lambda: relay.quiet_for(0.5), "the export to end")
        relay.write(folder / "export.pcap")
        shown = program.show(folder / "export.pcap")[0]
        self.assertEqual(shown["datagrams"], len(relay.datagrams), shown)
        self.assertEqual(shown["undecodable"], {}, shown)
        self.assertEqual(shown["lost_records"], 0, shown)
        return shown

    def check(self, plugin: str, more: str) -> None:
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            packets = traffic.conversations(300, seed=2)
            shown = self.export(folder, packets, plugin, more)
            flows = program.cat(folder / "export.pcap")
            self.assertEqual(traffic.sums_of_flows(flows), traffic.sums_of_packets(packets))
            self.assertEqual(shown["packets"], len(packets), shown)
            self.assertEqual(shown["bytes"], sum(packet.length for packet in packets), shown)

    def test_netflow9(self):
        self.check("nfprobe", "nfprobe_version: 9")

    def test_ipfix(self):
        self.check("nfprobe", "nfprobe_version: 10")

    def test_sflow(self):
        # sfprobe ends without sending the samples of its last, unfilled datagram. So the capture
        # ends with packets of one kind that are left out of the comparison.
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            packets = traffic.conversations(300, seed=2)
            end = packets[-1].time
            tail = [
                Packet(end + at * 0.001, "203.0.113.1", "203.0.113.2", 17, 9, 9, 100)
                for at in range(1, 61)
            ]
            shown = self.export(folder, packets + tail, "sfprobe", "sampling_rate: 1")
            flows = program.cat(folder / "export.pcap")
            compared = [flow for flow in flows if flow["source_address"] != "203.0.113.1"]
            self.assertEqual(traffic.sums_of_flows(compared), traffic.sums_of_packets(packets))
            self.assertGreater(len(flows), len(compared), "the tail never began")
            self.assertEqual(shown["packets"], len(flows), shown)
            self.assertEqual(shown["packets_estimated"], shown["packets"], shown)


if __name__ == "__main__":
    testing.main()
