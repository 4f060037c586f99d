"""Looks for something in bytes of any origin, in every way it may stand there."""

import base64
import gzip
import ipaddress
import os
import pathlib
import subprocess
import tempfile

from harness import program

# From so many octets on a program of its own searches for all patterns at once: one after the other
# takes a minute for a hundred megabytes.
MUCH = 1 << 16


class Traces:
    """Patterns by what they are traces of, and where they were found."""

    def __init__(self):
        self._patterns: list[tuple[str, str, bytes, bytes]] = []
        self.searched = 0  # octets
        self.places = 0

    def add(self, of: str, spelling: str, pattern: bytes, unless: bytes = b"") -> None:
        """`pattern`, but not where `unless` stands right before it."""
        self._patterns.append((of, spelling, pattern, unless))

    def add_text(self, text: bytes) -> None:
        """`text` plain, in hexadecimal, base64 at each of its three offsets, and UTF-16."""
        name = text.decode()
        self.add(name, "plain", text)
        self.add(name, "hexadecimal", text.hex().encode())
        self.add(name, "HEXADECIMAL", text.hex().upper().encode())
        self.add(name, "UTF-16", text.decode().encode("utf-16-le"))
        self.add(name, "reversed", text[::-1])
        self._add_base64(name, text)

    def add_address(self, text: str) -> None:
        """An address in clear, as texts and as octets. A pseudonym may spell the same behind its `~`,
        or its octets ff fe: that is none."""
        address = ipaddress.ip_address(text)
        packed = address.packed
        number = int(address)
        if address.version == 4:
            self.add(text, "plain", text.encode(), b"~")
            self.add(text, "4 octets", packed, b"\xff\xfe")
            self.add(text, "4 octets, reversed", packed[::-1])
            self.add(text, "4 octets, inverted", bytes(octet ^ 0xFF for octet in packed))
            self.add(text, "a number", str(number).encode())
            self.add(text, "two groups", f"{number >> 16:x}:{number & 0xFFFF:x}".encode(), b"fffe:")
            packed = bytes(10) + b"\xff\xff" + packed
            self.add(text, "hexadecimal", f"{number:08x}".encode(), b"fffe")
            self.add(text, "HEXADECIMAL", f"{number:08X}".encode(), b"FFFE")
        else:
            for spelt in {text, address.compressed, address.exploded}:
                self.add(text, "plain", spelt.encode(), b"~")
                self.add(text, "UPPER CASE", spelt.upper().encode(), b"~")
            interface = packed[8:]
            self.add(text, "its interface", interface)
            self.add(text, "its interface, in hexadecimal", interface.hex().encode())
            self.add(text, "its interface, in text", ":".join(address.compressed.split(":")[-4:]).encode())
            self.add(text, "hexadecimal", packed.hex().encode())
            self.add(text, "HEXADECIMAL", packed.hex().upper().encode())
            self._add_base64(text, packed)
        self.add(text, "16 octets", packed)
        self.add(text, "16 octets, reversed", packed[::-1])
        self.add(text, "of the reverse zone", address.reverse_pointer.encode())
        self.add(text, "UTF-16", text.encode("utf-16-le"), "~".encode("utf-16-le"))
        self._add_base64(text, text.encode())

    def _add_base64(self, of: str, content: bytes) -> None:
        for shift in range(3):
            encoded = base64.b64encode(bytes(shift) + content)
            # The ends depend on the neighbours.
            self.add(of, f"base64 at {shift}", encoded[4 if shift else 0 : -4])

    def in_bytes(self, content: bytes, place: str) -> list[str]:
        self.searched += len(content)
        self.places += 1
        found = self._all_in(content) if len(content) >= MUCH else [
            number for number, (_, _, pattern, unless) in enumerate(self._patterns)
            if _stands_in(content, pattern, unless)]  # fmt: skip
        return [f"{place}: {self._patterns[number][0]} ({self._patterns[number][1]})" for number in found]

    def _all_in(self, content: bytes) -> list[int]:
        """Numbers of the patterns that stand in it, by tests/interop/find_traces.cpp."""
        named = os.environ.get("NOROSHI_FIND_TRACES")
        path = pathlib.Path(named) if named else program.locate().parent / "tests" / "find_traces"
        with tempfile.NamedTemporaryFile("w", suffix=".patterns") as patterns:
            for _, _, pattern, unless in self._patterns:
                patterns.write(f"{pattern.hex()} {unless.hex() or '-'}\n")
            patterns.flush()
            ended = subprocess.run([path, patterns.name], input=content, capture_output=True, timeout=120,
                                   check=False)  # fmt: skip
        assert ended.returncode == 0, ended.stderr.decode("utf-8", "replace")[-2000:]
        return [int(line) for line in ended.stdout.split()]

    def in_folder(self, folder: pathlib.Path, but=()) -> list[str]:
        """In every file below it, and in the names of files."""
        found = []
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            found += self.in_bytes(name.encode(), f"name {name}")
            if path.is_file() and not path.is_symlink() and path not in but:
                content = path.read_bytes()
                found += self.in_bytes(content, name)
                if content[:2] == b"\x1f\x8b":
                    found += self.in_bytes(gzip.decompress(content), f"{name} (unpacked)")
        return found


def _stands_in(content: bytes, pattern: bytes, unless: bytes) -> bool:
    at = content.find(pattern)
    while at >= 0 and unless and content[max(0, at - len(unless)) : at] == unless:
        at = content.find(pattern, at + 1)
    return at >= 0
