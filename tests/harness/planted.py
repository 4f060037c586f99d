"""Subscribers' addresses in every place where an export has room for one, each address in one place
alone, so that what is found says where it came through."""

import ipaddress
import random
import struct

from harness import ipfix, netflow9, pcap, sflow

# Of the networks for benchmarks (RFC 2544) and documentation (RFC 3849): nobody's.
SUBSCRIBERS = ("198.18.0.0/15", "2001:db8:7a00::/40")
SERVER, SERVER6 = "203.0.113.9", "2001:db8:ffff::9"
AGENT = "127.0.0.1"


class Planted:
    """Addresses by the place they stand in. `stored` are those of columns that a history keeps;
    others stand where nothing is read, or what is read is not kept."""

    def __init__(self):
        self._random = random.Random(198)
        self.places: dict[str, str] = {}
        self.stored: set[str] = set()

    def v4(self, place: str, stored: bool = True) -> str:
        # Octets that are neither ASCII nor UTF-8, and no two alike.
        number = len(self.places)
        return self._plant(place, f"198.19.{225 + number % 29}.{130 + number * 37 % 120}", stored)

    def v6(self, place: str, stored: bool = True) -> str:
        low = self._random.getrandbits(80) | 0x8888_8888_8888_8888_8888
        address = ipaddress.IPv6Address(0x2001_0DB8_7AE3 << 80 | low)
        return self._plant(place, str(address), stored)

    def _plant(self, place: str, address: str, stored: bool) -> str:
        assert place not in self.places and address not in self.places.values(), place
        self.places[place] = address
        if stored:
            self.stored.add(place)
        return address

    def place_of(self, address: str) -> str:
        return next(place for place, planted in self.places.items() if planted == address)


def _netflow9(planted: Planted, now: int, uptime: int, ended: int) -> list[bytes]:
    plain = {"packets": 3, "bytes": 300, "protocol": 6, "source_port": 40_000,
             "destination_port": 443, "tcp_flags": 0x1B, "first": ended - 1000, "last": ended}  # fmt: skip
    rows = [
        {**plain, "source_v4": planted.v4("v9 source"), "destination_v4": SERVER},
        {**plain, "source_v4": SERVER, "destination_v4": planted.v4("v9 destination")},
        {**plain, "source_v4": SERVER, "destination_v4": "203.0.113.10",
         "next_hop_v4": planted.v4("v9 next hop")},
        {**plain, "source_v6": planted.v6("v9 source v6"), "destination_v6": SERVER6},
        {**plain, "source_v6": SERVER6, "destination_v6": planted.v6("v9 destination v6")},
        {**plain, "source_v6": SERVER6, "destination_v6": "2001:db8:ffff::10",
         "next_hop_v6": planted.v6("v9 next hop v6")},
        {**plain, "source_v4": "100.64.0.9", "destination_v4": SERVER,
         "translated_source_v4": planted.v4("v9 after NAT"), "translated_destination_v4": SERVER},
        {**plain, "source_v4": SERVER, "destination_v4": "203.0.113.11",
         "translated_source_v4": SERVER,
         "translated_destination_v4": planted.v4("v9 destination after NAT")},
        {"event_time": now * 1000 - 5000, "nat_event": 1, "protocol": 17,
         "source_v4": planted.v4("v9 NAT event"), "source_port": 5353,
         "translated_source_v4": planted.v4("v9 NAT event, after"), "translated_source_port": 6000,
         "destination_v4": SERVER, "destination_port": 53},
        # NAT64 and 6to4: an IPv4 subscriber inside an IPv6 address.
        {**plain, "source_v6": SERVER6,
         "destination_v6": f"64:ff9b::{planted.v4('v9 NAT64')}"},
        {**plain, "source_v6": SERVER6,
         "destination_v6": f"64:ff9b:1:abcd:0:77:{planted.v4('v9 NAT64 of its own')}"},
        {**plain, "source_v6": _teredo(planted.v4("v9 Teredo")), "destination_v6": SERVER6},
        {**plain, "source_v6": _6to4(planted.v4("v9 6to4")), "destination_v6": SERVER6},
    ]  # fmt: skip
    datagrams = list(netflow9.Exporter(now, uptime).datagrams(rows))
    # Options: an interface's name with an address in it, and a scope that is one.
    name = f"ppp-{planted.v4('v9 option, in a name', False)}".encode().ljust(32, b"\0")
    address = ipaddress.ip_address(planted.v4("v9 option", False)).packed
    template = struct.pack(">HHHHHHHHHHHH", 1, 24, 900, 4, 8, 2, 4, 82, 32, 8, 4, 0)
    data = struct.pack(">HH", 900, 44) + struct.pack(">I", 3) + name + address
    header = struct.pack(">HHIIII", 9, 2, uptime, now, 50, 7)
    datagrams.append(header + template + data)
    # One cut in the middle of an address, one whose template says more than there is.
    datagrams.append(datagrams[1][:-6])
    return datagrams


def _teredo(address: str) -> str:
    """RFC 4380: the client's address stands last, inverted."""
    return str(ipaddress.IPv6Address(0x20010000 << 96 | 0xCB007101 << 64 | 0x8000_F227 << 32
                                     | int(ipaddress.ip_address(address)) ^ 0xFFFFFFFF))


def _6to4(address: str) -> str:
    return str(ipaddress.IPv6Address(0x2002 << 112 | int(ipaddress.ip_address(address)) << 80 | 1))


def _netflow5(planted: Planted, now: int, uptime: int, ended: int) -> bytes:
    record = b"".join(
        ipaddress.ip_address(address).packed
        for address in (planted.v4("v5 source"), SERVER, planted.v4("v5 next hop"))
    )
    record += struct.pack(">HHIIIIHHBBBBHHBBH", 1, 2, 3, 300, ended - 1000, ended, 40_000, 80, 0,
                          0x1B, 6, 0, 0, 0, 0, 0, 0)  # fmt: skip
    header = struct.pack(">HHIIIIBBH", 5, 1, uptime, now, 0, 1, 0, 0, 0)
    return header + record


def _ipfix(planted: Planted, now: int, ended: int) -> list[bytes]:
    exporter = ipfix.Exporter(now)
    flow = lambda source, destination, more=(): exporter.message(  # noqa: E731
        ipfix.flow(source, destination, ended, more))
    other = planted.v4("IPFIX prefix", False)
    messages = [
        flow(planted.v4("IPFIX source"), SERVER),
        flow(planted.v6("IPFIX source v6"), SERVER6),
        flow(SERVER, "203.0.113.12", [ipfix.address(15, planted.v4("IPFIX next hop"))]),
        flow(SERVER, "203.0.113.13", [ipfix.address(18, planted.v4("IPFIX BGP next hop", False))]),
        flow(SERVER, "203.0.113.14", [ipfix.address(225, planted.v4("IPFIX after NAT"))]),
        flow(SERVER6, "2001:db8:ffff::14", [
            ipfix.address(281, planted.v6("IPFIX after NAT66")),
            ipfix.address(282, planted.v6("IPFIX destination after NAT66"))]),
        flow(SERVER, "203.0.113.15", [ipfix.address(44, other), ipfix.number(9, 1, 32)]),
        flow(SERVER6, "2001:db8:ffff::15", [ipfix.address(170, planted.v6("IPFIX prefix v6", False))]),
        # Elements that nobody knows, with addresses; an address in words.
        flow(SERVER, "203.0.113.16", [
            ipfix.octets(1, ipaddress.ip_address(planted.v4("IPFIX unknown", False)).packed, 64_999)]),
        flow(SERVER, "203.0.113.17", [
            ipfix.octets(371, planted.v4("IPFIX user name", False).encode())]),
        flow(SERVER, "203.0.113.18", [ipfix.octets(
            82, f"ppp-{planted.v4('IPFIX interface name', False)}".encode())]),
        flow(SERVER, "203.0.113.19", [ipfix.address(
            47, planted.v4("IPFIX top label", False))]),
        # Sections of packets: TCP, and an ICMP error that quotes another packet.
        exporter.message([ipfix.octets(313, _tcp(planted.v4("IPFIX section"), SERVER)[14:]),
                          ipfix.number(323, 8, ended * 1000)]),
        exporter.message([ipfix.octets(313, _icmp_error(planted, "IPFIX")[14:]),
                          ipfix.number(323, 8, ended * 1000)]),
    ]  # fmt: skip
    # Options scoped by an address, with an exporter's address that is a subscriber's.
    scope = ipaddress.ip_address(planted.v4("IPFIX option scope", False)).packed
    option = ipaddress.ip_address(planted.v4("IPFIX option", False)).packed
    name = f"line of {planted.v6('IPFIX option, in words', False)}".encode().ljust(64, b"\0")
    template = struct.pack(">HHHHHHHHHHH", 3, 22, 901, 3, 1, 8, 4, 130, 4, 83, 64)
    template = template[:2] + struct.pack(">H", len(template)) + template[4:]
    data = struct.pack(">HH", 901, 4 + 72) + scope + option + name
    messages.append(struct.pack(">HHIII", 10, 16 + len(template) + len(data), now, 90, 9)
                    + template + data)
    messages.append(messages[0][:-3])
    return messages


def _tcp(source: str, destination: str) -> bytes:
    return pcap.Packet(0, source, destination, 6, 50_000, 443, tcp_flags=0x18, length=80).encode()


def _icmp_error(planted: Planted, of: str) -> bytes:
    """Host unreachable, about a packet of a subscriber."""
    quoted = _tcp(planted.v4(f"{of} quoted by ICMP", False), SERVER)[14:]
    return pcap.Packet(0, "203.0.113.77", "203.0.113.78", 1, payload=quoted[:28]).encode()


def _icmp6_error(planted: Planted) -> bytes:
    quoted = _tcp(planted.v6("sFlow quoted by ICMPv6", False), SERVER6)[14:]
    return pcap.Packet(0, "2001:db8:ffff::77", "2001:db8:ffff::78", 58, payload=quoted[:48]).encode()


def _sflow(planted: Planted) -> list[bytes]:
    tunnelled = _tcp(planted.v4("sFlow in a tunnel", False), SERVER)[14:]
    in_tunnel = pcap.Packet(0, "203.0.113.91", "203.0.113.92", 4, payload=tunnelled).encode()
    samples = [
        [sflow.raw_header(_tcp(planted.v4("sFlow header"), SERVER))],
        [sflow.raw_header(_tcp(planted.v6("sFlow header v6"), SERVER6))],
        [sflow.raw_header(_icmp_error(planted, "sFlow"))],
        [sflow.raw_header(_icmp6_error(planted))],
        [sflow.raw_header(in_tunnel)],
        [sflow.raw_header(_tcp(SERVER, "203.0.113.20")),
         sflow.extended_router(planted.v4("sFlow next hop"))],
        [sflow.raw_header(_tcp(SERVER6, "2001:db8:ffff::20")),
         sflow.extended_router(planted.v6("sFlow next hop v6"))],
        [sflow.raw_header(_tcp(SERVER, "203.0.113.21")),
         sflow.extended_nat(planted.v4("sFlow after NAT", False), SERVER)],
        [sflow.raw_header(_tcp(SERVER, "203.0.113.22")),
         sflow.extended_user(planted.v4("sFlow user", False).encode(), b"somebody")],
    ]  # fmt: skip
    return [
        sflow.datagram([sflow.flow_sample(records, number)], AGENT, number)
        for number, records in enumerate(samples, 1)
    ]


def datagrams(now: int, hours_ago: int = 0) -> tuple[Planted, list[bytes]]:
    """What goes in, and where it stands. NetFlow and IPFIX tell of flows that ended `hours_ago`."""
    planted = Planted()
    uptime = 10 * 3_600_000
    ended = uptime - hours_ago * 3_600_000 - 2000
    sent = _netflow9(planted, now, uptime, ended)
    sent.append(_netflow5(planted, now, uptime, ended))
    sent += _ipfix(planted, now, now - hours_ago * 3600)
    sent += _sflow(planted)
    return planted, sent
