"""IPFIX (RFC 7011) messages made field by field: any element of any enterprise, of fixed or variable
length."""

import ipaddress
import struct

VARIABLE = 65535


class Exporter:
    """One exporter with one observation domain; its templates are sent before their first use."""

    def __init__(self, unix_seconds: int, domain: int = 9):
        self._unix_seconds = unix_seconds
        self._domain = domain
        self._sequence = 0
        self._templates: dict[tuple, int] = {}

    def message(self, fields) -> bytes:
        """One record. `fields`: (element, enterprise or 0, length or VARIABLE, content)."""
        fields = list(fields)
        layout = tuple(field[:3] for field in fields)
        sets = b""
        if layout not in self._templates:
            self._templates[layout] = 256 + len(self._templates)
            sets += self._template(self._templates[layout], layout)
        record = b"".join(_content(length, content) for _, _, length, content in fields)
        sets += struct.pack(">HH", self._templates[layout], 4 + len(record)) + record
        header = struct.pack(">HHIII", 10, 16 + len(sets), self._unix_seconds, self._sequence,
                             self._domain)
        self._sequence += 1
        return header + sets

    def interfaces(self, names: dict[int, tuple[str, str]]) -> bytes:
        """One message that names interfaces by number: (name, description), the number being the
        scope (RFC 7011 §3.4.2.2) and the texts of variable length."""
        number = 1000
        fields = struct.pack(">HHHHHH", 10, 4, 82, VARIABLE, 83, VARIABLE)
        template = struct.pack(">HHHHH", 3, 10 + len(fields), number, 3, 1) + fields
        records = b"".join(
            struct.pack(">I", index) + _content(VARIABLE, name.encode())
            + _content(VARIABLE, description.encode())
            for index, (name, description) in names.items()
        )
        sets = template + struct.pack(">HH", number, 4 + len(records)) + records
        header = struct.pack(">HHIII", 10, 16 + len(sets), self._unix_seconds, self._sequence,
                             self._domain)
        self._sequence += len(names)
        return header + sets

    @staticmethod
    def _template(number: int, layout) -> bytes:
        fields = b""
        for element, enterprise, length in layout:
            if enterprise:
                fields += struct.pack(">HHI", element | 0x8000, length, enterprise)
            else:
                fields += struct.pack(">HH", element, length)
        return struct.pack(">HHHH", 2, 8 + len(fields), number, len(layout)) + fields


def _content(length: int, content: bytes) -> bytes:
    if length != VARIABLE:
        assert len(content) == length, (length, content)
        return content
    if len(content) < 255:
        return bytes([len(content)]) + content
    return b"\xff" + struct.pack(">H", len(content)) + content


def number(element: int, length: int, value: int) -> tuple:
    return element, 0, length, value.to_bytes(length, "big")


def address(element: int, text: str) -> tuple:
    packed = ipaddress.ip_address(text).packed
    return element, 0, len(packed), packed


def octets(element: int, content: bytes, enterprise: int = 0) -> tuple:
    return element, enterprise, VARIABLE, content


def flow(source: str, destination: str, unix_seconds: int, more=()) -> list[tuple]:
    """The usual fields of one TCP flow, and more."""
    v6 = ipaddress.ip_address(source).version == 6
    return [
        address(27 if v6 else 8, source), address(28 if v6 else 12, destination),
        number(7, 2, 40_000), number(11, 2, 443), number(4, 1, 6), number(6, 1, 0x1B),
        number(1, 8, 300), number(2, 8, 3),
        number(152, 8, unix_seconds * 1000 - 2000), number(153, 8, unix_seconds * 1000 - 1000),
        *more,
    ]  # fmt: skip
