#!/usr/bin/env python3
"""Field by field: what Noroshi reads from a capture is what tshark and nfdump both read from it.

Where those two disagree, the capture and field stand in DISAGREEMENTS with the reason and with who
is right; a disagreement that is not listed, and a listed one that is not there, both fail.
"""

import collections
import ipaddress
import unittest

from harness import field_data, goldens, program, testing

TSHARK, NFDUMP, NEITHER = "tshark", "nfdump", "neither"

_SCALED = "nfdump multiplies by the sampling rate; we keep what was exported"
_FRAME = "nfdump counts the sampled frame with its link layer; bytes are IP header and up"
_BOTH = "the record carries both address families; nfdump prints the IPv6 pair, which is unset"

# (set, capture or "*", field): (who is right, why)
DISAGREEMENTS = {
    ("akvorado-sflow", "*", "packets"): (TSHARK, _SCALED),
    ("akvorado-sflow", "*", "bytes"): (TSHARK, _FRAME),
    ("akvorado-sflow", "data-1140", "vlan"): (
        NEITHER, "an unknown VLAN is exported as 2^32-1, which is no VLAN: we leave it unset"),
    ("ndpi", "sflow", "packets"): (TSHARK, _SCALED),
    ("ndpi", "sflow", "bytes"): (TSHARK, _FRAME),
    ("logstash", "15-*", "packets"): (TSHARK, _SCALED),
    ("logstash", "15-*", "bytes"): (TSHARK, _SCALED),
    ("logstash", "25-*", "source_address"): (TSHARK, _BOTH),
    ("logstash", "25-*", "destination_address"): (TSHARK, _BOTH),
    ("pmacct", "101-*", "source_address"): (TSHARK, _BOTH),
    ("pmacct", "101-*", "destination_address"): (TSHARK, _BOTH),
    ("pmacct", "102-*", "source_address"): (TSHARK, _BOTH),
    ("pmacct", "102-*", "destination_address"): (TSHARK, _BOTH),
    ("pmacct", "106-*", "source_address"): (TSHARK, _BOTH),
    ("pmacct", "106-*", "destination_address"): (TSHARK, _BOTH),
    ("pmacct", "110-*", "source_address"): (TSHARK, _BOTH),
    ("pmacct", "110-*", "destination_address"): (TSHARK, _BOTH),
}  # fmt: skip

# Where one of the two lost or invented whole records, only the other is followed.
FOLLOW = {
    ("logstash", "01-*"): (TSHARK, "nfdump reads 28 records behind the two that the header counts"),
    ("logstash", "17-*"): (NFDUMP, "tshark gives up at the second record"),
    ("pmacct", "112-*"): (NFDUMP, "tshark takes no template from this link type's later packets"),
}
# Where both, or the one that is followed, say what cannot be, or leave out what was counted: ours
# must differ.
DEPARTURES = {
    ("logstash", "35-*", "packets"): "egress records count in OUT_PKTS only, IN_PKTS is zero there",
    ("logstash", "35-*", "bytes"): "egress records count in OUT_BYTES only, IN_BYTES is zero there",
    ("logstash", "28-*", "first"): "the exporter's clock stands in 1970: we go by the receive time",
    ("logstash", "28-*", "last"): "the exporter's clock stands in 1970: we go by the receive time",
    ("logstash", "29-*", "first"): "a flow seven days after its export: the export time stands in",
    ("logstash", "29-*", "last"): "a flow seven days after its export: the export time stands in",
    ("pmacct", "112-*", "first"): "nfdump takes elements 21 and 22 of IPFIX the wrong way round",
    ("pmacct", "112-*", "last"): "nfdump takes elements 21 and 22 of IPFIX the wrong way round",
}
# Where neither is right, the traps of test_exporters.py say what we do.
NOT_FOLLOWED = {
    ("logstash", "02-*"): "a count beyond the datagram: refused",
    ("logstash", "03-*"): "a count beyond the datagram: refused",
    ("logstash", "09-*"): "an invalid template and its data",
}

# set: where its captures are
CAPTURES = {
    "akvorado-sflow": "exporters/akvorado-sflow/{}.pcap",
    "logstash": "exporters/logstash-pcap/{}.pcap",
    "ndpi": "exporters/ndpi/{}.pcap",
    "pmacct": "exporters/pmacct/{0[0]}-*/{0[1]}.pcap",
}


def _capture(set_name, name):
    parts = name.split("-", 1) if set_name == "pmacct" else name
    return field_data.path(CAPTURES[set_name].format(parts))


def _lookup(table, set_name, name, *rest):
    for capture in (name, name.split("-")[0] + "-*", "*"):
        if (set_name, capture, *rest) in table:
            return set_name, capture, *rest
    return None


def _plain(field, value):
    if not field.endswith("address") and field != "next_hop":
        return value
    address = ipaddress.ip_address(value)
    return ipaddress.ip_address("0.0.0.0") if address.is_unspecified else address


class _Comparison:
    """One capture's three decodes, row by row."""

    def __init__(self, set_name, name):
        golden = field_data.ROOT / "exporters" / "golden" / set_name
        self.set, self.name = set_name, name
        self.tshark, _ = goldens.read_tshark(golden / f"{name}.tshark.json.gz")
        self.nfdump = goldens.read_nfdump(golden / f"{name}.nfdump.json")
        self.ours = program.cat(_capture(set_name, name))
        self.problems = collections.Counter()
        self.example = {}
        self.used = set()
        self.compared = 0

    def problem(self, kind, field, detail):
        self.problems[kind, field] += 1
        self.example.setdefault((kind, field), detail)

    def report(self):
        return "\n".join(
            f"{self.set}/{self.name} {kind} {field}: {count} rows, first {self.example[kind, field]}"
            for (kind, field), count in sorted(self.problems.items())
        )

    def run(self):
        rows = self.tshark
        if follow := _lookup(FOLLOW, self.set, self.name):
            self.used.add(follow)
            rows = self.tshark if FOLLOW[follow][0] == TSHARK else self.nfdump
            pairs = [(row, row) for row in rows]
        elif len(self.tshark) != len(self.nfdump):
            self.problem("unlisted disagreement", "rows", (len(self.tshark), len(self.nfdump)))
            return
        else:
            pairs = list(zip(self.tshark, self.nfdump))
        if len(self.ours) != len(rows):
            self.problem("ours differs", "rows", (len(self.ours), len(rows)))
            return
        for ours, (tshark, nfdump) in zip(self.ours, pairs):
            for field in sorted(tshark.keys() & nfdump.keys() & ours.keys()):
                self.compare(field, ours, _plain(field, tshark[field]),
                             _plain(field, nfdump[field]))

    def compare(self, field, ours, tshark, nfdump):
        expected = tshark
        if tshark != nfdump:
            listed = _lookup(DISAGREEMENTS, self.set, self.name, field)
            if listed is None:
                self.problem("unlisted disagreement", field, (tshark, nfdump))
                return
            self.used.add(listed)
            right = DISAGREEMENTS[listed][0]
            if right == NEITHER:
                return
            expected = tshark if right == TSHARK else nfdump
        self.compared += 1
        differs = _plain(field, ours[field]) != expected
        if departure := _lookup(DEPARTURES, self.set, self.name, field):
            if differs:
                self.used.add(departure)
        elif differs:
            self.problem("ours differs", field, (ours[field], expected))


@field_data.needed
class Goldens(unittest.TestCase):
    def test_every_capture(self):
        used, compared = set(), 0
        for set_name in CAPTURES:
            folder = field_data.ROOT / "exporters" / "golden" / set_name
            for golden in sorted(folder.glob("*.tshark.json.gz")):
                name = golden.name.removesuffix(".tshark.json.gz")
                if _lookup(NOT_FOLLOWED, set_name, name):
                    continue
                with self.subTest(set=set_name, capture=name):
                    comparison = _Comparison(set_name, name)
                    comparison.run()
                    used |= comparison.used
                    compared += comparison.compared
                    if comparison.problems:
                        self.fail("\n" + comparison.report())
        with self.subTest("every listed disagreement is still there"):
            listed = {*DISAGREEMENTS, *FOLLOW, *DEPARTURES}
            self.assertEqual(listed - used, set())
        print(f"{compared} values compared")
        self.assertGreater(compared, 5000)


if __name__ == "__main__":
    testing.main()
