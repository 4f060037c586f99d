"""Looks for something in bytes of any origin, in every way it may stand there."""

import base64
import gzip
import pathlib


class Traces:
    """Patterns by what they are traces of, and where they were found."""

    def __init__(self):
        self._patterns: list[tuple[str, str, bytes]] = []
        self.searched = 0  # octets
        self.places = 0

    def add(self, of: str, spelling: str, pattern: bytes) -> None:
        self._patterns.append((of, spelling, pattern))

    def add_text(self, text: bytes) -> None:
        """`text` plain, in hexadecimal, base64 at each of its three offsets, and UTF-16."""
        name = text.decode()
        self.add(name, "plain", text)
        self.add(name, "hexadecimal", text.hex().encode())
        self.add(name, "HEXADECIMAL", text.hex().upper().encode())
        self.add(name, "UTF-16", text.decode().encode("utf-16-le"))
        self.add(name, "reversed", text[::-1])
        for shift in range(3):
            encoded = base64.b64encode(bytes(shift) + text)
            # The ends depend on the neighbours.
            self.add(name, f"base64 at {shift}", encoded[4 if shift else 0 : -4])

    def in_bytes(self, content: bytes, place: str) -> list[str]:
        self.searched += len(content)
        self.places += 1
        return [f"{place}: {of} ({spelling})" for of, spelling, pattern in self._patterns
                if pattern in content]

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
