#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets that read packets: tests/fuzz/corpus/{packet_headers,sflow5,
pcap,pcapng}. All of it is made here; nothing comes from a network.
"""

import pathlib
import struct

CORPUS = pathlib.Path(__file__).parent / "corpus"

MACS = bytes(12)
TCP = struct.pack(">HHIIBBHHH", 40000, 443, 1, 2, 0x50, 0x12, 1024, 0, 0)
UDP = struct.pack(">HHHH", 5353, 53, 12, 0) + bytes(4)
ICMP = struct.pack(">BBHI", 8, 0, 0, 1)


def ipv4(protocol: int, payload: bytes, fragment: int = 0, options: bytes = b"") -> bytes:
    words = 5 + len(options) // 4
    return struct.pack(
        ">BBHHHBBH4s4s", 0x40 | words, 0, words * 4 + len(payload), 7, fragment, 64, protocol, 0,
        bytes([192, 0, 2, 1]), bytes([198, 51, 100, 2]),
    ) + options + payload  # fmt: skip


def ipv6(next_header: int, payload: bytes) -> bytes:
    documentation = bytes.fromhex("20010db8") + bytes(11)
    return struct.pack(">IHBB", 0x60000000, len(payload), next_header, 64) + (
        documentation + b"\x01" + documentation + b"\x02" + payload
    )


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def shorts(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


EXTENSIONS = (
    bytes([60, 0]) + bytes(6) + bytes([44, 0]) + bytes(6)
    + bytes([51, 0, 0, 1]) + words(99) + bytes([6, 4]) + bytes(22)
)  # fmt: skip


def packet_headers() -> dict[str, bytes]:
    frame = MACS + shorts(0x0800) + ipv4(6, TCP)
    return {
        "ethernet_tcp": b"\x00" + frame,
        "qinq_udp_options": b"\x00" + MACS + shorts(0x88A8, 5, 0x8100, 6, 0x0800)
        + ipv4(17, UDP, options=bytes(8)),
        "snap": b"\x00" + MACS + shorts(40, 0xAAAA, 0x0300, 0, 0x86DD) + ipv6(58, ICMP),
        "mpls": b"\x00" + MACS + shorts(0x8847, 1, 0x20FF, 1, 0x21FF) + ipv4(6, TCP),
        "pseudowire": b"\x00" + MACS + shorts(0x8847, 1, 0x21FF, 0, 1) + frame,
        "pppoe": b"\x00" + MACS + shorts(0x8864, 0x1100, 1, 42, 0x21) + ipv4(6, TCP),
        "extensions": b"\x00" + MACS + shorts(0x86DD) + ipv6(0, EXTENSIONS + TCP),
        "loopback": b"\x01" + bytes([30, 0, 0, 0]) + ipv6(17, UDP),
        "ppp": b"\x02" + shorts(0xFF03, 0x21) + ipv4(1, ICMP),
        "hdlc": b"\x04" + shorts(0x0F00, 0x8847, 1, 0x21FF) + ipv4(6, TCP),
        "cooked": b"\x05" + bytes(14) + shorts(0x0800) + ipv4(17, UDP, fragment=0x2000),
        "later_fragment": b"\x06" + ipv4(17, UDP, fragment=3),
        "cooked2": b"\x07" + shorts(0x86DD) + bytes(18) + ipv6(6, TCP),
        "information": b"\x08" + struct.pack("<HHII", 0, 12, 1, 0) + frame,
        "gre": b"\x06" + ipv4(47, shorts(0, 0x0800) + ipv4(6, TCP)),
    }  # fmt: skip


def framed(kind: int, content: bytes) -> bytes:
    return words(kind, len(content)) + content


def raw_header(protocol: int, header: bytes) -> bytes:
    padding = bytes(-len(header) % 4)
    return framed(1, words(protocol, len(header) + 4, 4, len(header)) + header + padding)


def sflow5() -> dict[str, bytes]:
    frame = MACS + shorts(0x8100, 9, 0x0800) + ipv4(6, TCP)
    switch = framed(1001, words(100, 0, 200, 0))
    router = framed(1002, words(1, 0xC0000209, 24, 24))
    gateway = framed(1003, words(1, 1, 2, 3, 4, 2, 1, 1, 5, 2, 2, 6, 7, 1, 77, 100))
    sampled = framed(3, words(1500, 17, 1, 2, 53, 5353, 0, 0))
    sampled6 = framed(4, words(80, 6, 1, 0, 0, 1, 1, 0, 0, 2, 40000, 443, 18, 0))
    compact = lambda records: framed(  # noqa: E731
        1, words(1, 7, 1024, 9999, 3, 7, 8, len(records)) + b"".join(records))
    expanded = lambda records: framed(  # noqa: E731
        3, words(1, 0, 7, 2048, 9, 3, 0, 7, 2, 9, len(records)) + b"".join(records))

    def datagram(*samples: bytes, agent: bytes = words(1, 0xCB007101)) -> bytes:
        return words(5) + agent + words(42, 1, 1000, len(samples)) + b"".join(samples)

    return {
        "compact": datagram(compact([raw_header(1, frame)])),
        "expanded": datagram(expanded([switch, raw_header(1, frame), router, gateway])),
        "sampled": datagram(compact([sampled]), compact([sampled6])),
        "counters": datagram(framed(2, bytes(88)), framed(4, bytes(92)), framed(5, bytes(44))),
        "ipv6_agent": datagram(
            compact([raw_header(11, ipv4(6, TCP))]), compact([raw_header(12, ipv6(6, TCP))]),
            agent=words(2, 0x20010DB8, 0, 0, 9)),
        "other_protocols": datagram(
            compact([raw_header(7, shorts(0xFF03, 0x21) + ipv4(6, TCP))]),
            compact([raw_header(13, shorts(1, 0x21FF) + ipv4(6, TCP))]),
            compact([raw_header(1, MACS + shorts(0x0806) + bytes(28))])),
    }  # fmt: skip


PACKETS = [MACS + shorts(0x0800) + ipv4(6, TCP), MACS + shorts(0x86DD) + ipv6(17, UDP)]


def pcap_file(order: str, magic: int, minor: int = 4) -> bytes:
    file = struct.pack(order + "IHHIIII", magic, 2, minor, 0, 0, 65535, 1)
    for at, packet in enumerate(PACKETS):
        length = len(packet)
        file += struct.pack(order + "IIII", 1_700_000_000 + at, 5, length, length)
        file += bytes(8 if magic == 0xA1B2CD34 else 0) + packet
    return file


def pcap() -> dict[str, bytes]:
    whole = pcap_file("<", 0xA1B2C3D4)
    return {
        "little": whole,
        "big_nanoseconds": pcap_file(">", 0xA1B23C4D),
        "modified": pcap_file("<", 0xA1B2CD34),
        "old": pcap_file("<", 0xA1B2C3D4, 2),
        "damaged": whole + struct.pack("<IIII", 1, 2, 2**32 - 1, 3) + bytes(9) + whole[24:],
    }


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def pcapng_file(order: str) -> bytes:
    clock = struct.pack(order + "HHB3xHHqI", 9, 1, 9, 14, 8, 100, 0)
    first, second = PACKETS
    return b"".join([
        block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(order, 1, struct.pack(order + "HHI", 1, 0, 0)),
        block(order, 1, struct.pack(order + "HHI", 1, 0, 60) + clock),
        block(order, 6, struct.pack(order + "5I", 0, 9, 9, len(first), len(first)) + first),
        block(order, 6, struct.pack(order + "5I", 1, 9, 9, len(second), len(second)) + second),
        block(order, 3, struct.pack(order + "I", len(first)) + first),
        block(order, 2, struct.pack(order + "HH4I", 1, 0, 9, 9, len(first), len(first)) + first),
        block(order, 0xBAD, bytes(20)),
    ])  # fmt: skip


def pcapng() -> dict[str, bytes]:
    little, big = pcapng_file("<"), pcapng_file(">")
    return {
        "little": little,
        "big": big,
        "sections": little + big,
        "damaged": little + struct.pack("<II", 6, 2**32 - 16) + bytes(40) + little[28:],
    }


def main() -> None:
    for seeds in (packet_headers, sflow5, pcap, pcapng):
        folder = CORPUS / seeds.__name__
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in seeds().items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
