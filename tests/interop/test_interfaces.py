#!/usr/bin/env python3
"""Names of interfaces: from option records of NetFlow v9 and IPFIX, over UDP and TCP, and from the
configuration; in filters and beside numbers in answers; the same with and without the daemon, over
restarts, on recordings and on a cluster; bounded against exporters that never stop naming."""

import json
import pathlib
import signal
import socket
import tempfile
import time
import unittest

from harness import clickhouse, ipfix, netflow9, peers, program, testing
from harness.daemon import Daemon
from harness.pcap import Packet, write_packets

# Exporters are told apart by address, and all of 127.0.0.0/8 is this machine.
EDGE, CORE, STREAM = "127.0.0.2", "127.0.0.3", "127.0.0.4"
KEEP_ALL = "[retention]\nflows_days = 36500\ndisk_free = 0.0\n"
EXPORTERS = f"""
[[exporter]]
name = "edge-1"
addresses = ["{EDGE}"]
interfaces = [{{index = 3, name = "peer-a", external = true}}, {{index = 4, external = true}}]
[[exporter]]
name = "core-1"
addresses = ["{CORE}"]
"""
# By exporter: (flows, input interface, output interface).
TRAFFIC = {
    EDGE: [(5, 3, 1), (7, 1, 3), (11, 1, 2), (13, 4, 1)],
    CORE: [(17, 3, 1), (19, 1, 3)],
}


def send(port: int, source: str, datagrams) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((source, 0))
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", port))


def rows_of(exporter: str, flows: int, input_interface: int, output_interface: int) -> list[dict]:
    return [
        {"source_v4": "192.0.2.1", "destination_v4": "198.51.100.1", "source_port": 1024 + number,
         "destination_port": 443, "protocol": 6, "packets": 3, "bytes": 300, "first": 50_000,
         "last": 55_000, "input_interface": input_interface, "output_interface": output_interface}
        for number in range(flows)
    ]  # fmt: skip


class Exporters:
    """What the exporters send, datagram by datagram, always the same."""

    def __init__(self):
        now = int(time.time())
        self.edge = netflow9.Exporter(now, 60_000)
        self.core = netflow9.Exporter(now, 60_000)

    def datagrams(self):
        """(exporter, datagram)."""
        edge_names = {3: ("xe-0/0/3", "Transit A"), 4: ("xe-0/0/4", ""), 1: ("ae0", "To the core")}
        for datagram in self.edge.interface_table(edge_names):
            yield EDGE, datagram
        for datagram in self.core.interface_table({3: ("ge-3", ""), 1: ("ae0", "")}):
            yield CORE, datagram
        for exporter, machine in ((EDGE, self.edge), (CORE, self.core)):
            for flows, *interfaces in TRAFFIC[exporter]:
                for datagram in machine.datagrams(rows_of(exporter, flows, *interfaces)):
                    yield exporter, datagram


FLOWS = sum(flows for of_exporter in TRAFFIC.values() for flows, *_ in of_exporter)
# Filter, and how many flows pass.
FILTERS = {
    'in if "peer-a"': 5,
    "out if peer-a": 7,
    "if peer-a": 12,
    "if xe-0/0/3": 12,
    "if 'Transit A'": 12,
    "in if xe-0/0/4": 13,
    "in if ae0": 7 + 11 + 19,
    "in if in [peer-a, ge-3 4]": 5 + 17 + 13,
    "in if 3": 5 + 17,
    "direction external": 5 + 7 + 13,
    "in direction external": 5 + 13,
    "out direction external": 7,
    "direction internal": 11,
    "not direction external": 11 + 17 + 19,
    "direction internal and in if ae0": 11,
}


class Interfaces(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def daemon(self, configuration: str = KEEP_ALL + EXPORTERS, name="daemon", **more) -> Daemon:
        daemon = Daemon(self.folder / name, configuration, **more)
        self.addCleanup(daemon.stop)
        return daemon

    def feed(self, daemon: Daemon) -> None:
        for exporter, datagram in Exporters().datagrams():
            send(daemon.udp_port, exporter, [datagram])
        daemon.wait_for_flows(FLOWS)
        peers.wait_until(lambda: len(self.listed(daemon)) >= 7, "the names")

    def listed(self, daemon: Daemon) -> list[dict]:
        ended = program.run_well("exporters", "list", "--interfaces", "--json", "--config",
                                 daemon.config)
        return json.loads(ended.output)["interfaces"]

    def names(self, daemon: Daemon) -> set[tuple]:
        return {(each["exporter"], each["index"], each["name"], each["configured"])
                for each in self.listed(daemon)}

    def check_filters(self, *place) -> None:
        for text, flows in FILTERS.items():
            with self.subTest(filter=text):
                ended = program.run_well("flows", "query", text, "--stat", "proto", "--json",
                                         *place)
                total = json.loads(ended.output)["questions"][0]["total"]
                self.assertEqual(total["flows"], flows, ended)

    ALL = {
        (EDGE, 3, "peer-a", True), (EDGE, 4, "", True), (EDGE, 3, "xe-0/0/3", False),
        (EDGE, 4, "xe-0/0/4", False), (EDGE, 1, "ae0", False), (CORE, 3, "ge-3", False),
        (CORE, 1, "ae0", False),
    }  # fmt: skip

    def test_names_are_listed_asked_for_and_shown(self):
        daemon = self.daemon().start()
        self.feed(daemon)
        self.assertEqual(self.names(daemon), self.ALL)
        (peer,) = [each for each in self.listed(daemon) if each["name"] == "peer-a"]
        self.assertEqual((peer["exporter_name"], peer["external"]), ("edge-1", True))
        table = program.run_well("exporters", "list", "--interfaces", "--config", daemon.config)
        self.assertRegex(table.output, rf"{EDGE}\s+edge-1\s+3\s+peer-a\s+-\s+outside\s+configur")
        self.assertRegex(table.output, rf"{EDGE}\s+edge-1\s+3\s+xe-0/0/3\s+Transit A\s+-\s+export")

        self.check_filters("--config", daemon.config)
        rows = daemon.query("--aggregate", "router,inif", "--limit", 0)["questions"][0]["rows"]
        shown = {(row["router"], row["inif"]): row.get("inif_names") for row in rows}
        self.assertEqual(shown, {(EDGE, 3): ["peer-a"], (EDGE, 1): ["ae0"], (CORE, 3): ["ge-3"],
                                 (EDGE, 4): ["xe-0/0/4"], (CORE, 1): ["ae0"]})
        rows = daemon.query("--stat", "inif", "--limit", 0)["questions"][0]["rows"]
        self.assertEqual({row["value"]: row.get("names") for row in rows},
                         {"1": ["ae0"], "3": ["peer-a", "ge-3"], "4": ["xe-0/0/4"]})
        table = program.run_well("flows", "query", "--stat", "inif", "--config", daemon.config)
        self.assertIn("3 (peer-a, ge-3)", table.output)
        csv = program.run_well("flows", "query", "--stat", "inif", "--format", "csv", "--config",
                               daemon.config)
        self.assertNotIn("peer-a", csv.output)
        self.assertEqual(daemon.metrics()["noroshi_interface_names_total"], 5)

        wrong = program.run("flows", "query", "if peer-b", "--config", daemon.config)
        self.assertEqual(wrong.status, 2, wrong)
        self.assertIn("did you mean 'peer-a'", wrong.errors)

    def test_the_same_without_the_daemon_and_after_a_restart(self):
        daemon = self.daemon().start()
        self.feed(daemon)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.names(daemon), self.ALL)
        self.check_filters("--config", daemon.config)
        daemon.start()
        self.assertEqual(self.names(daemon), self.ALL, "before any exporter is heard again")
        self.check_filters("--config", daemon.config)
        # A newer name takes the place of the kept one.
        send(daemon.udp_port, CORE, Exporters().core.interface_table({3: ("ge-3-renamed", "")}))
        renamed = (self.ALL - {(CORE, 3, "ge-3", False)}) | {(CORE, 3, "ge-3-renamed", False)}
        peers.wait_until(lambda: self.names(daemon) == renamed, "the new name")

    def test_a_connection_s_names_outlive_it(self):
        port = peers.free_port()
        configuration = KEEP_ALL + EXPORTERS
        daemon = self.daemon(configuration, listen=[f"tcp://127.0.0.1:{port}"]).start()
        exporter = ipfix.Exporter(int(time.time()))
        with socket.create_connection(("127.0.0.1", port), source_address=(STREAM, 0)) as stream:
            stream.sendall(exporter.interfaces({9: ("et-9", "東京 IX")}))
            named = (STREAM, 9, "et-9", False)
            peers.wait_until(lambda: named in self.names(daemon), "the name")
        time.sleep(2.5)  # two reports later the connection is gone
        self.assertIn(named, self.names(daemon))
        daemon.stop()
        # Names from before a restart live where datagrams are taken.
        daemon = self.daemon(configuration).start()
        self.assertIn(named, self.names(daemon))
        (description,) = [each["description"] for each in self.listed(daemon)
                          if each["exporter"] == STREAM]
        self.assertEqual(description, "東京 IX")

    def test_configured_names_change_while_it_runs(self):
        daemon = self.daemon().start()
        self.feed(daemon)
        text = daemon.config.read_text().replace('"peer-a"', '"peer-z"')
        daemon.config.write_text(text)
        daemon.process.send_signal(signal.SIGHUP)
        renamed = (self.ALL - {(EDGE, 3, "peer-a", True)}) | {(EDGE, 3, "peer-z", True)}
        peers.wait_until(lambda: self.names(daemon) == renamed, "the new name")
        gone = program.run("flows", "query", "if peer-a", "--config", daemon.config)
        self.assertEqual(gone.status, 2, gone)

    def test_recordings_are_asked_by_the_names_of_this_machine(self):
        daemon = self.daemon().start()
        self.feed(daemon)
        daemon.stop()
        capture = self.folder / "export.pcap"
        write_packets(capture, [
            Packet(time.time(), exporter, "127.0.0.1", 17, 40_000, 2055, payload=datagram)
            for exporter, datagram in Exporters().datagrams()
        ])  # fmt: skip
        self.check_filters("--config", daemon.config, "--file", capture)

    def test_a_flood_of_names_is_bounded_and_costs_no_flow(self):
        daemon = self.daemon(KEEP_ALL).start()
        flooder = netflow9.Exporter(int(time.time()), 60_000)
        for begin in range(0, 20_000, 500):
            send(daemon.udp_port, CORE, flooder.interface_table(
                {index: (f"flood-{index}", "x" * 60) for index in range(begin, begin + 500)}))
            time.sleep(0.02)
        peers.wait_until(
            lambda: daemon.metrics()["noroshi_interface_names_total"] == 20_000, "all of them")
        self.assertEqual(daemon.metrics()["noroshi_interface_names_evicted_total"], 20_000 - 4096)
        listed = self.listed(daemon)
        self.assertEqual(len(listed), 4096)
        self.assertEqual(max(each["index"] for each in listed), 19_999)
        send(daemon.udp_port, EDGE, Exporters().edge.datagrams(rows_of(EDGE, 10, 1, 2)))
        daemon.wait_for_flows(10)
        self.assertEqual(daemon.metrics()["noroshi_lost_datagrams_total"], 0)

    def test_the_configuration_is_checked(self):
        def refusal(interfaces: str, before: str = "") -> str:
            config = self.folder / "wrong.toml"
            config.write_text(f'{before}[[exporter]]\nname = "a"\naddresses = ["192.0.2.0/24"]\n'
                              f"interfaces = [{interfaces}]\n")
            ended = program.run("config", "check", config)
            self.assertNotEqual(ended.status, 0, ended)
            return ended.output + ended.errors

        self.assertIn("needs its number", refusal('{name = "a"}'))
        self.assertIn("above", refusal("{index = 4294967296}"))
        self.assertIn("no such key", refusal("{index = 1, side = 2}"))
        self.assertIn("stands here twice", refusal("{index = 1}, {index = 1}"))
        earlier = '[[exporter]]\nname = "b"\naddresses = ["192.0.2.7"]\n'
        self.assertIn("overlap", refusal("{index = 1}", earlier))

    @peers.needs("clickhouse-server")
    def test_a_cluster_answers_the_same(self):
        with clickhouse.servers(self.folder, 2) as servers:
            password = self.folder / "password"
            password.write_text(clickhouse.PASSWORD + "\n")
            shards = "".join(f'[[history.shard]]\nurls = ["{each.url}"]\n' for each in servers)
            daemon = self.daemon(f"""[history]
engine = "cluster"
cluster = "noroshi"
user = "{clickhouse.USER}"
password_file = "{password}"
insert_milliseconds = 200
spool = "{self.folder}/spool"
{shards}
{KEEP_ALL}{EXPORTERS}
""")
            daemon.start()
            self.feed(daemon)
            self.check_filters("--config", daemon.config)
            self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    testing.main()
