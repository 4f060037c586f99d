"""Makes packets and captures, and reads captures back: plain Python, no privileges."""

import dataclasses
import ipaddress
import struct

LINKTYPE_ETHERNET = 1
_MAGIC_MICROSECONDS = 0xA1B2C3D4


def _checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclasses.dataclass(frozen=True)
class Packet:
    """One IP packet to be made: `length` is its whole IP length, header and up."""

    time: float
    source: str
    destination: str
    protocol: int
    source_port: int = 0
    destination_port: int = 0
    length: int = 60
    tcp_flags: int = 0
    payload: bytes | None = None  # else zeros up to `length`

    def encode(self) -> bytes:
        """The Ethernet frame."""
        source = ipaddress.ip_address(self.source)
        destination = ipaddress.ip_address(self.destination)
        network_header = 20 if source.version == 4 else 40
        transport_header = {6: 20, 17: 8}.get(self.protocol, 8)
        payload = self.payload
        if payload is None:
            payload = bytes(max(0, self.length - network_header - transport_header))
        length = transport_header + len(payload)
        pseudo = source.packed + destination.packed
        pseudo += (
            struct.pack("!BBH", 0, self.protocol, length)
            if source.version == 4
            else struct.pack("!IHBB", length, 0, 0, self.protocol)
        )
        if self.protocol == 6:
            header = struct.pack(
                "!HHIIBBHHH", self.source_port, self.destination_port, 1, 1, 5 << 4,
                self.tcp_flags, 65535, 0, 0,
            )
            at = 16
        elif self.protocol == 17:
            header = struct.pack("!HHHH", self.source_port, self.destination_port, length, 0)
            at = 6
        else:  # ICMP echo request, or its IPv6 form
            header = struct.pack("!BBHHH", 8 if self.protocol == 1 else 128, 0, 0, 1, 1)
            at = 2
            if source.version == 4:
                pseudo = b""
        checksum = _checksum(pseudo + header + payload)
        header = header[:at] + struct.pack("!H", checksum) + header[at + 2 :]
        if source.version == 4:
            network = struct.pack(
                "!BBHHHBBH4s4s", 0x45, 0, 20 + length, 1, 0x4000, 64, self.protocol, 0,
                source.packed, destination.packed,
            )
            network = network[:10] + struct.pack("!H", _checksum(network)) + network[12:]
        else:
            network = struct.pack(
                "!IHBB16s16s", 6 << 28, length, self.protocol, 64, source.packed, destination.packed
            )
        ethertype = 0x0800 if source.version == 4 else 0x86DD
        ethernet = bytes.fromhex("020000000002020000000001") + struct.pack("!H", ethertype)
        return ethernet + network + header + payload


def write(path, frames) -> None:
    """Writes (seconds, frame) pairs as a microsecond pcap of Ethernet frames."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", _MAGIC_MICROSECONDS, 2, 4, 0, 0, 262144,
                               LINKTYPE_ETHERNET))
        for seconds, frame in frames:
            microseconds = round(seconds * 1_000_000)
            file.write(struct.pack("<IIII", microseconds // 1_000_000, microseconds % 1_000_000,
                                   len(frame), len(frame)))
            file.write(frame)


def write_packets(path, packets) -> None:
    write(path, [(packet.time, packet.encode()) for packet in packets])


def read_udp(path):
    """Yields (seconds, source, destination, source port, payload) of the plain UDP over IPv4 or
    IPv6 packets of a little- or big-endian pcap of Ethernet or Linux cooked (SLL) frames."""
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    fraction = 1e9 if data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1e6
    cooked = 2 if struct.unpack_from(order + "I", data, 20)[0] == 113 else 0
    at = 24
    while at + 16 <= len(data):
        seconds, parts, captured, _ = struct.unpack_from(order + "IIII", data, at)
        frame = data[at + 16 + cooked : at + 16 + captured]  # from there on as Ethernet
        at += 16 + captured
        ethertype = struct.unpack_from("!H", frame, 12)[0]
        if ethertype == 0x0800 and frame[23] == 17:
            transport = 14 + (frame[14] & 15) * 4
            source, destination = frame[26:30], frame[30:34]
        elif ethertype == 0x86DD and frame[20] == 17:
            transport = 54
            source, destination = frame[22:38], frame[38:54]
        else:
            continue
        source_port, _, length = struct.unpack_from("!HHH", frame, transport)
        yield (seconds + parts / fraction, ipaddress.ip_address(source),
               ipaddress.ip_address(destination), source_port,
               frame[transport + 8 : transport + length])


def count_packets(path) -> int:
    """How many packets a pcap or pcapng file holds, counted by its own block lengths only."""
    with open(path, "rb") as file:
        data = file.read()
    packets, order = 0, "<"
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        at = 0
        while at + 12 <= len(data):
            if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
                order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            kind, length = struct.unpack_from(order + "II", data, at)
            if length < 12 or at + length > len(data):
                break
            packets += kind in (2, 3, 6)  # packet, simple packet and enhanced packet blocks
            at += length
        return packets
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at + 16 <= len(data):
        at += 16 + struct.unpack_from(order + "I", data, at + 8)[0]
        packets += at <= len(data)
    return packets
