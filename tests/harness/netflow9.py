"""NetFlow v9 (RFC 3954) datagrams made field by field, for what no exporter at hand exports: AS
numbers, interfaces and their names, VLANs, next hops, NAT events."""

import ipaddress
import struct

# Field types of RFC 3954 §8 and, from 225 on, of the IANA registry, with the lengths used here.
FIELDS = {
    "bytes": (1, 8),
    "packets": (2, 8),
    "protocol": (4, 1),
    "tcp_flags": (6, 1),
    "source_port": (7, 2),
    "source_v4": (8, 4),
    "input_interface": (10, 4),
    "destination_port": (11, 2),
    "destination_v4": (12, 4),
    "output_interface": (14, 4),
    "next_hop_v4": (15, 4),
    "source_as": (16, 4),
    "destination_as": (17, 4),
    "last": (21, 4),  # ms since the exporter booted
    "first": (22, 4),
    "source_v6": (27, 16),
    "destination_v6": (28, 16),
    "icmp": (32, 2),  # type · 256 + code
    "vlan": (58, 2),
    "direction": (61, 1),
    "next_hop_v6": (62, 16),
    "translated_source_v4": (225, 4),
    "translated_destination_v4": (226, 4),
    "translated_source_port": (227, 2),
    "translated_destination_port": (228, 2),
    "nat_event": (230, 1),
    "event_time": (323, 8),  # ms since 1970
}
_LARGEST = 1_350


class Exporter:
    """One exporter that booted `uptime` ms before `unix_seconds`; its clock stands still."""

    def __init__(self, unix_seconds: int, uptime: int):
        self.booted = unix_seconds * 1000 - uptime
        self._unix_seconds = unix_seconds
        self._uptime = uptime
        self._templates: dict[tuple, int] = {}
        self._sequence = 0

    def datagrams(self, rows: list[dict]):
        """Datagrams for `rows`, each a dictionary with names of FIELDS: addresses as text, the rest
        as numbers. Rows with the same names share a template, sent before its first use."""
        records, length = [], 0
        for row in rows:
            names = tuple(row)
            if names not in self._templates:
                self._templates[names] = 256 + len(self._templates)
                yield self._datagram([_template(self._templates[names], names)])
            record = b"".join(_encode(name, row[name]) for name in names)
            if length + len(record) > _LARGEST:
                yield self._datagram(records)
                records, length = [], 0
            records.append(_set(self._templates[names], record))
            length += len(records[-1])
        if records:
            yield self._datagram(records)

    def interface_table(self, names: dict[int, tuple[str, str]]):
        """Datagrams that name interfaces by number: (name, description), as Cisco's "option
        interface-table" does, in records about the system."""
        number = 1000
        # RFC 3954 §6.1: octets of scope fields and of others; System is scope 1.
        fields = struct.pack(">HHHHHHHH", 1, 4, 10, 4, 82, 32, 83, 64)
        yield self._datagram([_set(1, struct.pack(">HHH", number, 4, 12) + fields)])
        records = [struct.pack(">II32s64s", 1, index, name.encode(), description.encode())
                   for index, (name, description) in names.items()]
        most = _LARGEST // len(records[0]) if records else 1
        for begin in range(0, len(records), most):
            yield self._datagram([_set(number, b"".join(records[begin : begin + most]))])

    def _datagram(self, sets: list[bytes]) -> bytes:
        header = struct.pack(
            ">HHIIII", 9, len(sets), self._uptime, self._unix_seconds, self._sequence, 7
        )
        self._sequence += 1
        return header + b"".join(sets)


def _set(number: int, content: bytes) -> bytes:
    content += bytes(-len(content) % 4)
    return struct.pack(">HH", number, 4 + len(content)) + content


def _template(number: int, names: tuple) -> bytes:
    fields = b"".join(struct.pack(">HH", *FIELDS[name]) for name in names)
    return _set(0, struct.pack(">HH", number, len(names)) + fields)


def _encode(name: str, value) -> bytes:
    if name.endswith(("_v4", "_v6")):
        return ipaddress.ip_address(value).packed
    return value.to_bytes(FIELDS[name][1], "big")
