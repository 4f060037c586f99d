"""Asks the installed nfdump, and makes its answers and Noroshi's comparable."""

import csv
import io
import ipaddress
import pathlib

from harness import peers

# What each element is called in nfdump's output formats.
TAGS = {"srcip": "%sa", "dstip": "%da", "srcport": "%sp", "dstport": "%dp", "proto": "%pr",
        "srcas": "%sas", "dstas": "%das", "inif": "%in", "outif": "%out", "router": "%ra",
        "srcip4/24": "%sa", "dstip4/16": "%da", "srcip6/64": "%sa"}  # fmt: skip


PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmp6"}
# The columns of a statistic, whose names in nfdump's own header change with the order.
STAT_COLUMNS = ("first", "last", "duration", "protocol", "value", "flows", "flows %", "packets",
                "packets %", "bytes", "bytes %", "pps", "bps", "bpp")


class Collector:
    """nfcapd on a free port, writing one file. Use as a context manager; finish() ends it early."""

    def __init__(self, folder: pathlib.Path, *options):
        self.folder = folder
        self.port = peers.free_port()
        self._options = options
        self._peer = None

    def __enter__(self):
        self.folder.mkdir(parents=True)
        self._peer = peers.peer(
            ["nfcapd", "-w", self.folder, "-b", "127.0.0.1", "-p", self.port, "-t", 86400,
             "-B", 4 << 20, *self._options],
            self.folder.with_suffix(".nfcapd.log"),
        )  # fmt: skip
        process = self._peer.__enter__()
        peers.wait_until(lambda: process.poll() is not None or peers.port_is_taken(self.port),
                         "nfcapd to listen")
        return self

    def __exit__(self, *details):
        if self._peer is not None:
            running, self._peer = self._peer, None
            running.__exit__(*details)

    def finish(self) -> pathlib.Path:
        """Ends nfcapd; the file it wrote."""
        self.__exit__(None, None, None)
        files = sorted(self.folder.glob("nfcapd.2*"))
        assert len(files) == 1, files
        return files[0]


def plain(element: str, value) -> object:
    """One value of a key as both print it: addresses as addresses, the rest as text."""
    text = str(value).strip().lower()
    if element == "proto":
        return PROTOCOLS.get(text, text)
    if "ip" in element or element == "router":
        address = ipaddress.ip_address(text)
        return "none" if int(address) == 0 else address
    return text


def ask(file: pathlib.Path, *arguments) -> str:
    return peers.run_peer(["nfdump", "-q", "-N", "-6", "-n", 0, "-r", file, *arguments],
                          file.with_suffix(".nfdump.log"))


def rows(file: pathlib.Path, statistic: str, condition: str = "") -> list[dict]:
    """`-s STATISTIC`, row by row."""
    text = ask(file, "-s", statistic, "-o", "csv", condition or "any").strip()
    return list(csv.DictReader(io.StringIO(text), STAT_COLUMNS))[1:]


def stat(file: pathlib.Path, element: str, condition: str) -> dict:
    """Flows, packets and bytes by value."""
    return {plain(element, row["value"]): (int(row["flows"]), int(row["packets"]),
                                           int(row["bytes"]))
            for row in rows(file, f"{element}/bytes", condition)}


def aggregate(file: pathlib.Path, fields: str, condition: str) -> dict:
    """The same by several values: `-A FIELDS`."""
    names = fields.split(",")
    form = "|".join([TAGS[name] for name in names] + ["%fl", "%pkt", "%byt"])
    text = ask(file, "-A", fields, "-o", f"fmt:{form}", condition or "any")
    sums = {}
    for line in text.splitlines():
        cells = line.split("|")
        if len(cells) == len(names) + 3:
            key = tuple(plain(name, cell) for name, cell in zip(names, cells))
            sums[key] = tuple(int(cell) for cell in cells[-3:])
    return sums


def differences(ours: dict, theirs: dict) -> str:
    """Empty when equal; else the first differences (unittest would compare all as text)."""
    keys = sorted(ours.keys() | theirs.keys(), key=str)
    wrong = [(key, ours.get(key), theirs.get(key)) for key in keys
             if ours.get(key) != theirs.get(key)]
    return f"{len(wrong)} of {len(keys)} differ: {wrong[:5]}" if wrong else ""


def counts(row: dict) -> tuple:
    return row["flows"], row["packets"], row["bytes"]


def by_value(question: dict) -> dict:
    """What Noroshi answered to a --stat."""
    element = question["stat"].split("/")[0]
    return {plain(element, row["value"]): counts(row) for row in question["rows"]}


def by_key(question: dict) -> dict:
    """What Noroshi answered to an --aggregate."""
    names = question["aggregate"].split(",")
    return {tuple(plain(name, row[name]) for name in names): counts(row)
            for row in question["rows"]}
