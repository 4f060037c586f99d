"""Seeded conversations for peers to meter and export."""

import collections
import random

from harness.pcap import Packet

_START = 1_700_000_000.0
_TCP = [(0x02, 0x18), (0x12, 0x18), (0x10, 0x10), (0x18, 0x18), (0x11, 0x11)]


def conversations(count: int, seed: int = 1, ipv6: bool = True) -> list[Packet]:
    """Packets of `count` one-way and two-way TCP, UDP and ICMP exchanges in the order of time."""
    choose = random.Random(seed)
    packets = []
    for at in range(count):
        protocol = choose.choice((6, 6, 6, 17, 17, 1))
        if ipv6 and protocol != 1 and at % 4 == 0:
            client, server = f"2001:db8:1::{at + 1:x}", f"2001:db8:2::{at % 97 + 1:x}"
        else:
            client, server = f"192.0.2.{at % 250 + 1}", f"198.51.100.{at % 97 + 1}"
        ports = (20_000 + at, choose.choice((23, 53, 80, 443, 5060))) if protocol != 1 else (0, 0)
        start = _START + at * 0.037
        for step in range(choose.randrange(1, 6)):
            answer = step % 2 == 1 and protocol != 1
            packets.append(
                Packet(
                    time=start + step * 0.25,
                    source=server if answer else client,
                    destination=client if answer else server,
                    protocol=protocol,
                    source_port=ports[1] if answer else ports[0],
                    destination_port=ports[0] if answer else ports[1],
                    length=choose.randrange(64, 1400),
                    tcp_flags=_TCP[step][0] if protocol == 6 else 0,
                )
            )
    packets.sort(key=lambda packet: packet.time)
    return packets


def sums_of_packets(packets) -> collections.Counter:
    """Packets and bytes per (source, destination, source port, destination port, protocol)."""
    sums = collections.Counter()
    for packet in packets:
        key = (packet.source, packet.destination, packet.source_port, packet.destination_port,
               packet.protocol)  # fmt: skip
        sums[key, "packets"] += 1
        sums[key, "bytes"] += packet.length
    return sums


def sums_of_flows(flows) -> collections.Counter:
    """The same, of what `program.cat` returned. ICMP type and code that an exporter put into the
    ports are left out, as the packets have none there."""
    sums = collections.Counter()
    for flow in flows:
        ports = (flow["source_port"], flow["destination_port"]) if flow["protocol"] != 1 else (0, 0)
        key = (flow["source_address"], flow["destination_address"], *ports, flow["protocol"])
        sums[key, "packets"] += flow["packets"]
        sums[key, "bytes"] += flow["bytes"]
    return sums
