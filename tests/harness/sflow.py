"""sFlow version 5 datagrams (sflow.org, sflow_version_5.txt) made sample by sample."""

import ipaddress
import struct

ETHERNET = 1


def datagram(samples, agent: str = "127.0.0.1", sequence: int = 1) -> bytes:
    """`samples` as flow_sample() makes them."""
    samples = list(samples)
    return (struct.pack(">II", 5, 1) + ipaddress.ip_address(agent).packed
            + struct.pack(">IIII", 0, sequence, 60_000, len(samples)) + b"".join(samples))


def flow_sample(records, sequence: int = 1, rate: int = 1) -> bytes:
    records = list(records)
    body = struct.pack(">IIIIIIII", sequence, 7, rate, sequence * rate, 0, 3, 4, len(records))
    return _opaque(1, body + b"".join(records))


def raw_header(frame: bytes, frame_length: int | None = None) -> bytes:
    """The beginning of a sampled Ethernet frame."""
    length = len(frame) if frame_length is None else frame_length
    return _opaque(1, struct.pack(">IIII", ETHERNET, length, 0, len(frame)) + _padded(frame))


def extended_url(url: bytes, host: bytes) -> bytes:
    return _opaque(1005, struct.pack(">I", 1) + _string(url) + _string(host))


def extended_user(source: bytes, destination: bytes) -> bytes:
    return _opaque(1004, struct.pack(">I", 106) + _string(source) + struct.pack(">I", 106)
                   + _string(destination))


def extended_router(next_hop: str) -> bytes:
    address = ipaddress.ip_address(next_hop)
    kind = 1 if address.version == 4 else 2
    return _opaque(1002, struct.pack(">I", kind) + address.packed + struct.pack(">II", 24, 24))


def extended_nat(source: str, destination: str) -> bytes:
    body = b""
    for text in (source, destination):
        address = ipaddress.ip_address(text)
        body += struct.pack(">I", 1 if address.version == 4 else 2) + address.packed
    return _opaque(1007, body)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + _padded(content)


def _opaque(kind: int, body: bytes) -> bytes:
    return struct.pack(">II", kind, len(body)) + body
