"""Reads what tshark and nfdump made of a capture into rows under Noroshi's own field names.

A row holds only the fields that its decoder really printed, so rows compare over what both have.
Times are milliseconds since 1970 UTC.
"""

import calendar
import gzip
import json
import pathlib
import re
import time

_MONTHS = "%b %d, %Y %H:%M:%S"
_UPTIME_WRAP = 1 << 32


def _milliseconds(text: str) -> int | None:
    """"Oct  9, 2015 09:47:47.569000000 UTC" as milliseconds; None for 1970-01-01, which is how
    tshark prints a start it does not know."""
    whole, _, rest = text.partition(".")
    seconds = calendar.timegm(time.strptime(whole, _MONTHS))
    return seconds * 1000 + int(rest[:3]) if seconds else None


def _children(pairs, pattern):
    """The named groups below a group whose name matches, as (name, pairs)."""
    return [(key, value) for key, value in pairs if isinstance(value, list) and
            re.match(pattern, key)]


def _flatten(pairs) -> dict:
    """Every leaf below a group under its own name; the first of a repeated one stands."""
    leaves = {}
    for key, value in pairs:
        if isinstance(value, str):
            leaves.setdefault(key, value)
        elif isinstance(value, list) and value and isinstance(value[0], tuple):
            for inner, leaf in _flatten(value).items():
                leaves.setdefault(inner, leaf)
    return leaves


_TSHARK_NUMBERS = {
    "cflow.srcport": "source_port", "cflow.dstport": "destination_port",
    "cflow.protocol": "protocol", "cflow.tcpflags": "tcp_flags", "cflow.packets": "packets",
    "cflow.octets": "bytes", "cflow.inputint": "input_interface",
    "cflow.outputint": "output_interface", "cflow.srcas": "source_as",
    "cflow.dstas": "destination_as", "cflow.direction": "tshark_direction",
    "cflow.post_naptsource_transport_port": "translated_source_port",
    "cflow.post_naptdestination_transport_port": "translated_destination_port",
    "cflow.flow_end_reason": "end_reason",
}
_TSHARK_TEXTS = {
    "cflow.srcaddr": "source_address", "cflow.dstaddr": "destination_address",
    "cflow.srcaddrv6": "source_address", "cflow.dstaddrv6": "destination_address",
    "cflow.nexthop": "next_hop", "cflow.nexthopv6": "next_hop",
    "cflow.post_natsource_ipv4_address": "translated_source_address",
    "cflow.post_natdestination_ipv4_address": "translated_destination_address",
}


def _tshark_flow(leaves: dict, header: dict) -> dict:
    row = {}
    for name, field in _TSHARK_NUMBERS.items():
        if name in leaves:
            row[field] = int(leaves[name], 0)
    for name, field in _TSHARK_TEXTS.items():
        # Where a record carries both families, the one that is not all zero is meant.
        if name in leaves and row.get(field, "0.0.0.0") in ("0.0.0.0", "::"):
            row[field] = leaves[name]
    for name in ("cflow.vlanid", "cflow.dot1q_vlan_id"):
        if name in leaves and not row.get("vlan"):
            row["vlan"] = int(leaves[name])
    if "cflow.unix_secs" in header and "cflow.sysuptime" in header:
        export = int(header["cflow.unix_secs"]) * 1000
        export += int(header.get("cflow.unix_nsecs", "0")) // 1_000_000
        uptime = _seconds_to_milliseconds(header["cflow.sysuptime"])
        for name, field in (("cflow.timestart", "first"), ("cflow.timeend", "last")):
            if name in leaves:
                ago = (uptime - _seconds_to_milliseconds(leaves[name])) % _UPTIME_WRAP
                if ago >= _UPTIME_WRAP // 2:
                    ago -= _UPTIME_WRAP
                row[field] = export - ago
    for name, field in (("cflow.abstimestart", "first"), ("cflow.abstimeend", "last")):
        if name in leaves and _milliseconds(leaves[name]) is not None:
            row[field] = _milliseconds(leaves[name])
    return row


def _seconds_to_milliseconds(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 1000 + int((rest + "000")[:3])


def _sflow_sample(leaves: dict) -> dict:
    row = {"packets": 1, "sampling_rate": int(leaves["sflow.flow_sample.sampling_rate"])}
    for side in ("input", "output"):
        for name in (f"{side}_interface_value", f"{side}_interface"):
            if f"sflow.flow_sample.{name}" in leaves:
                row[f"{side}_interface"] = int(leaves[f"sflow.flow_sample.{name}"], 0)
                break
    numbers = {
        "ip.proto": "protocol", "ipv6.nxt": "protocol", "sflow.ip_protocol": "protocol",
        "tcp.flags": "tcp_flags", "tcp.srcport": "source_port", "udp.srcport": "source_port",
        "sflow_245.ip.source_port": "source_port", "tcp.dstport": "destination_port",
        "udp.dstport": "destination_port", "sflow.ip.destination_port": "destination_port",
        "sflow_245.vlan.in": "vlan", "sflow_245.srcAS": "source_as", "ip.len": "bytes",
        "sflow_245.ip.length": "bytes",
    }
    texts = {
        "ip.src": "source_address", "ip.dst": "destination_address",
        "ipv6.src": "source_address", "ipv6.dst": "destination_address",
        "sflow_245.ipv4_src": "source_address", "sflow_245.ipv4_dst": "destination_address",
    }
    for name, field in numbers.items():
        if name in leaves:
            row.setdefault(field, int(leaves[name], 0))
    for name, field in texts.items():
        if name in leaves:
            row.setdefault(field, leaves[name])
    if "ipv6.plen" in leaves:
        row.setdefault("bytes", int(leaves["ipv6.plen"]) + 40)
    return row


def read_tshark(path: pathlib.Path) -> tuple[list[dict], int]:
    """The flows and events of a capture in the order exported, and how many option records."""
    with gzip.open(path, "rt") as file:
        frames = json.load(file, object_pairs_hook=list)
    flows, options = [], 0
    for frame in frames:
        layers = dict(dict(frame)["_source"])["layers"]
        for layer, content in layers:
            if layer == "cflow":
                header = {key: value for key, value in content if isinstance(value, str)}
                for key, value in content:
                    if isinstance(value, list) and key == "cflow.timestamp_tree":
                        header.update(_flatten(value))
                sets = [content, *(value for _, value in _children(content, r"(Flow)?Set \d"))]
                for pairs in sets:
                    for _, record in _children(pairs, r"(Flow|pdu|Record) ?\d"):
                        row = _tshark_flow(_flatten(record), header)
                        if "source_address" in row or "packets" in row or "bytes" in row:
                            flows.append(row)
                        else:
                            options += 1
            elif layer == "sflow":
                flows += [_sflow_sample(_flatten(sample)) for _, sample in
                          _children(content, r"(Expanded flow|Flow) sample")]
    return flows, options


_NFDUMP_FIELDS = {
    "src_port": "source_port", "dst_port": "destination_port", "proto": "protocol",
    "in_packets": "packets", "in_bytes": "bytes", "input_snmp": "input_interface",
    "output_snmp": "output_interface", "src_as": "source_as", "dst_as": "destination_as",
    "src_vlan": "vlan", "src4_addr": "source_address", "dst4_addr": "destination_address",
    "src6_addr": "source_address", "dst6_addr": "destination_address",
    "ip4_next_hop": "next_hop", "ip6_next_hop": "next_hop",
    "src4_xlt_ip": "translated_source_address", "dst4_xlt_ip": "translated_destination_address",
    "src_xlt_port": "translated_source_port", "dst_xlt_port": "translated_destination_port",
}
_NFDUMP_FLAGS = "CEUAPRSF"


def nfdump_records(text: str) -> list[dict]:
    """The records of `nfdump -o json` (1.7.1 writes objects without a list around them)."""
    decoder, at, records = json.JSONDecoder(), 0, []
    while match := re.compile(r"[\[{]").search(text, at):
        value, at = decoder.raw_decode(text, match.start())
        records += value if isinstance(value, list) else [value]
    return records


def _iso_milliseconds(text: str) -> int:
    whole, _, rest = text.partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 1000 + int(rest[:3])


def nfdump_row(record: dict) -> dict:
    """One nfdump record. Times it does not know (1970) are left out."""
    row = {}
    for name, field in _NFDUMP_FIELDS.items():
        if name in record:
            value = record[name]
            row[field] = int(value) if field.endswith("port") else value
    for name in ("first", "last"):
        value = _iso_milliseconds(record[name])
        if value:
            row[name] = value
    if "tcp_flags" in record:
        row["tcp_flags"] = sum(
            1 << (7 - at) for at, letter in enumerate(record["tcp_flags"]) if letter != "."
        )
    return row


def read_nfdump(path: pathlib.Path) -> list[dict]:
    return [nfdump_row(record) for record in nfdump_records(path.read_text())]
