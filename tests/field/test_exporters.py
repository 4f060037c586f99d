#!/usr/bin/env python3
"""What real routers and probes export: every total and every trap that the catalogue of the field
data names, one test each, named for the capture."""

import collections
import ipaddress
import json
import unittest

from harness import field_data, program, testing

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "ipv6-icmp": 58, "vrrp": 112, "pim": 103}


def show(capture: str, *arguments: str) -> dict:
    return program.show(field_data.path(capture), arguments=arguments)[0]


def logstash(number: str) -> str:
    return f"exporters/logstash-pcap/{number}-*.pcap"


class Expectations(unittest.TestCase):
    def assert_counts(self, shown: dict, **expected) -> None:
        """Compares the named members of one recording's summary, all at once."""
        self.assertEqual({name: shown[name] for name in expected}, expected, shown)

    def undecodable(self, shown: dict) -> int:
        return sum(shown["undecodable"].values())


@field_data.needed
class Pmacct(Expectations):
    """Rows, packets and bytes as the set's authors' own collector printed them. In these captures
    no two records share its aggregation key, so its rows are our flows."""

    def check(self, capture, rows, packets, bytes_, files=1):
        total = {"flows": 0, "packets": 0, "bytes": 0}
        shown = []
        for at in range(files):
            shown.append(show(f"exporters/pmacct/{capture}-*/traffic-{at:02}.pcap"))
            for name in total:
                total[name] += shown[-1][name]
        self.assertEqual(total, {"flows": rows, "packets": packets, "bytes": bytes_}, shown)
        return shown[0]

    def test_100_ipfix_cisco(self):
        self.check("100", 12, 34, 34172)

    def test_101_netflow9_cisco(self):
        self.check("101", 51, 56, 4500)

    def test_102_netflow9_cisco_sampling_unknown(self):
        shown = self.check("102", 35, 107, 7594)
        self.assertIsNone(shown.get("packets_estimated"), "the exporter states no rate")

    def test_102_renormalised_by_the_rate_a_person_states(self):
        shown = show("exporters/pmacct/102-*/traffic-00.pcap", "--sampling", "1000")
        self.assert_counts(shown, flows=35, packets_estimated=107_000, bytes_estimated=7_594_000)

    def test_103_ipfix_cisco(self):
        self.check("103", 12, 34, 34172)

    def test_104_sampling_from_options(self):
        shown = self.check("104", 3, 121, 10632)
        self.assert_counts(shown, packets_estimated=30_976, bytes_estimated=2_721_792)

    def test_106_huawei_vrf_name(self):
        self.check("106", 3, 1227, 284557)

    def test_110_several_sources(self):
        # The authors' collector prints 72 rows because the times are not in its key here. Over the
        # same key our flows make the same rows, see test_rows_agree_with_the_authors_collector.
        self.check("110", 12 + 51 + 35, 197, 46266, files=3)

    def test_112_options_reassigned(self):
        self.check("112", 9, 19, 1197)

    def test_rows_agree_with_the_authors_collector(self):
        for capture in ("100", "101", "102", "103", "104", "106", "110", "112"):
            with self.subTest(capture=capture):
                folder = field_data.path(f"exporters/pmacct/{capture}-*")
                scale = 256 if capture == "104" else 1  # there the authors' packets are renormalised
                expected = collections.Counter()
                for line in (folder / "output-flow-00.json").read_text().splitlines():
                    row = json.loads(line)
                    key = (
                        ipaddress.ip_address(row["ip_src"]), ipaddress.ip_address(row["ip_dst"]),
                        row["port_src"], row["port_dst"], PROTOCOLS[row["ip_proto"]],
                        row["iface_in"], row["iface_out"],
                    )  # fmt: skip
                    expected[key, "packets"] += row["packets"] // scale
                    expected[key, "bytes"] += row["bytes"] // scale
                found = collections.Counter()
                for row in program.cat(*sorted(folder.glob("*.pcap"))):
                    key = (
                        ipaddress.ip_address(row["source_address"]),
                        ipaddress.ip_address(row["destination_address"]),
                        row["source_port"], row["destination_port"], row["protocol"],
                        row["input_interface"], row["output_interface"],
                    )  # fmt: skip
                    found[key, "packets"] += row["packets"]
                    found[key, "bytes"] += row["bytes"]
                self.assertEqual(found, expected)


@field_data.needed
class Logstash(Expectations):
    """One datagram set per vendor. `records` are flows and events; option records come beside."""

    # capture: (flows and events, option records), where every decoder agrees.
    UNDISPUTED = {
        "04": (7, 0), "05": (29, 1), "06": (3, 0), "07": (14, 0), "08": (8, 1), "11": (6, 1),
        "12": (19, 0), "13": (26, 0), "14": (30, 0), "15": (29, 0), "18": (2, 0), "21": (17, 0),
        "22": (1, 0), "24": (1, 0), "25": (8, 0), "26": (2, 0), "27": (16, 0), "28": (1, 0),
        "29": (1, 1), "30": (4, 0), "31": (46, 0), "33": (5, 0), "37": (1, 0), "38": (1, 0),
        "39": (21, 0), "41": (5, 0), "42": (19, 0), "44": (29, 0), "45": (25, 0), "46": (8, 0),
        "47": (1, 0), "48": (8, 0),
    }  # fmt: skip
    # What is nevertheless counted as undecodable in them, and rightly.
    LEFT_OVER = {
        "11": {"unsupported_feature": 1},  # a second message behind the first in one datagram
        "28": {"malformed_record": 1},  # sixteen octets that are no padding behind the record
    }

    def check(self, number, records, options):
        shown = show(logstash(number))
        self.assert_counts(shown, records=records, option_records=options)
        return shown

    def test_undisputed_counts(self):
        for number, (records, options) in self.UNDISPUTED.items():
            with self.subTest(capture=number):
                shown = self.check(number, records, options)
                self.assertEqual(shown["undecodable"], self.LEFT_OVER.get(number, {}), shown)

    def test_01_two_datagrams_glued_together_hold_the_two_records_the_header_says(self):
        self.check("01", 2, 0)

    def test_02_count_beyond_the_datagram_is_refused(self):
        self.assert_counts(
            self.check("02", 0, 0), undecodable={"count_mismatch": 1}, flows=0, packets=0
        )

    def test_03_count_beyond_the_datagram_is_refused(self):
        self.assert_counts(
            self.check("03", 0, 0), undecodable={"count_mismatch": 1}, flows=0, packets=0
        )

    def test_09_a_wrong_count_in_the_header_loses_no_record(self):
        # The count says 2 where templates, options and data make more: tshark stops there, but
        # NetFlow v9 is bounded by its octets, and nfdump reads the two records behind as we do.
        shown = self.check("09", 2, 1)
        self.assert_counts(shown, packets=2, bytes=194, undecodable={})

    def test_10_options_with_scope_fields(self):
        self.check("10", 0, 1)

    def test_16_reduced_size_encoding(self):
        shown = self.check("16", 12, 0)
        self.assert_counts(shown, packets=74, bytes=7598)

    def test_17_h3c_sixteen_records(self):
        shown = self.check("17", 16, 0)
        self.assert_counts(shown, packets=6113, bytes=8729687)

    def test_19_zero_filled_tail_is_padding(self):
        self.check("19", 1, 0)

    def test_20_h3c_variable_length_string(self):
        self.check("20", 1, 0)

    def test_23_juniper_option_record(self):
        self.check("23", 0, 1)

    def test_32_netscaler_variable_length(self):
        shown = self.check("32", 3, 0)
        self.assert_counts(shown, packets=5, bytes=3106)

    def test_34_scope_field_of_no_length(self):
        self.check("34", 0, 1)

    def test_35_fields_of_no_length(self):
        # Two records count packets in IN_PKTS, three in OUT_PKTS alone, one packet each.
        shown = self.check("35", 10, 0)
        self.assert_counts(shown, packets=5, bytes=160)

    def test_36_asr9000_option_records(self):
        self.check("36", 0, 19)

    def test_40_nbar_option_records(self):
        self.check("40", 0, 15)

    def test_43_template_without_data(self):
        shown = self.check("43", 0, 0)
        self.assertGreater(shown["templates"], 0, shown)
        self.assertEqual(self.undecodable(shown), 0, shown)

    def test_49_yaf_flows_beside_an_option_record(self):
        self.check("49", 2, 1)

    def test_50_data_before_its_template_is_counted(self):
        shown = self.check("50", 0, 0)
        self.assertGreater(shown["undecodable"].get("unknown_template", 0), 0, shown)

    def test_51_the_template_comes_after_the_data(self):
        shown = self.check("51", 3, 0)
        self.assertGreater(shown["undecodable"].get("unknown_template", 0), 0, shown)

    def test_events_are_never_traffic(self):
        for number, events in (("07", 14), ("12", 19)):
            with self.subTest(capture=number):
                shown = show(logstash(number))
                self.assert_counts(shown, records=events, flows=0, packets=0, bytes=0)


@field_data.needed
class Ndpi(Expectations):
    def test_netflow_fritz_template_only(self):
        shown = show("exporters/ndpi/netflow-fritz.pcap")
        self.assert_counts(shown, flows=0)
        self.assertGreater(shown["templates"], 0, shown)

    def test_netflowv9_data_without_a_template(self):
        shown = show("exporters/ndpi/netflowv9.pcap")
        self.assert_counts(shown, flows=0, templates=0)
        self.assertGreater(shown["undecodable"].get("unknown_template", 0), 0, shown)

    def test_sflow_counters_beside_one_sample(self):
        shown = show("exporters/ndpi/sflow.pcap")
        self.assert_counts(shown, flows=1, packets=1)


@field_data.needed
class Gohex(Expectations):
    # capture: flows, as tshark and nfdump count them.
    FLOWS = {
        "goflow2-nfv5": 6,
        "goflow2-nfv9-cisco-tpl+data": 21,
        "goflow2-sflow-L11": 1,
        "goflow2-sflow-L133": 0,  # drop samples: counted, never traffic
        "goflow2-sflow-L153": 0,
        "goflow2-sflow-L174": 0,
        "goflow2-sflow-L30": 5,
        "vflow-nfv5": 29,
        "vflow-sflow-raw": 5,
    }

    def test_undisputed_counts(self):
        for capture, flows in self.FLOWS.items():
            with self.subTest(capture=capture):
                shown = show(f"exporters/gohex-pcap/{capture}.pcap")
                self.assert_counts(shown, flows=flows)

    def test_template_only(self):
        shown = show("exporters/gohex-pcap/vflow-ipfix-tpl-288.pcap")
        self.assert_counts(shown, flows=0)
        self.assertGreater(shown["templates"], 0, shown)

    def test_unknown_data_set_is_counted(self):
        shown = show("exporters/gohex-pcap/vflow-ipfix-unknown-dataset.pcap")
        self.assert_counts(shown, flows=0)
        self.assertGreater(shown["undecodable"].get("unknown_template", 0), 0, shown)

    def test_several_sets_in_one_message(self):
        # nfdump reads three records; tshark gives up at the first set it dislikes.
        shown = show("exporters/gohex-pcap/vflow-ipfix-tpl+multi.pcap")
        self.assert_counts(shown, records=3)

    def test_padded_samples_are_all_read(self):
        # tshark reads all five samples; nfdump stops behind the first padding.
        shown = show("exporters/gohex-pcap/vflow-sflow-padding.pcap")
        self.assert_counts(shown, flows=5)


@field_data.needed
class Akvorado(Expectations):
    # capture: (flows, sampling rate), all samples with their rate
    SFLOW = {
        "data-1140": (5, 1024),
        "data-discard-interface": (1, 1024),
        "data-encap-vxlan": (1, 1),
        "data-icmpv4": (1, 1),
        "data-icmpv6": (1, 1),
        "data-local-interface": (1, 1024),
        "data-multiple-interfaces": (1, 1024),
        "data-qinq": (1, 4096),
        "data-sflow-expanded-sample": (1, 1000),
        "data-sflow-ipv4-data": (1, 256),
        "data-sflow-raw-ipv4": (2, 1),
    }

    def test_every_sample_is_one_packet_that_stands_for_many(self):
        for capture, (flows, rate) in self.SFLOW.items():
            with self.subTest(capture=capture):
                shown = show(f"exporters/akvorado-sflow/{capture}.pcap")
                self.assert_counts(
                    shown, flows=flows, packets=flows, packets_estimated=flows * rate
                )
                self.assertEqual(self.undecodable(shown), 0, shown)


if __name__ == "__main__":
    testing.main()
