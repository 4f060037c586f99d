#!/usr/bin/env python3
"""What `noroshi simulate` exports is read alike by tshark, by nfcapd and by Noroshi itself, and is
what its summary and its truth say."""

import functools
import json
import pathlib
import tempfile
import unittest

from harness import peers, program, testing

# A few thousand records: seconds at every peer.
SMALL = ("--subscribers", 60, "--infected", 8, "--duration", "20m",
         "--start", "2026-11-02T10:00:00Z")
FLOW_PROTOCOLS = ("netflow5", "netflow9", "ipfix")
PORTS = {"netflow5": 2055, "netflow9": 9995, "ipfix": 4739, "sflow": 6343}


class Simulated:
    def __init__(self, folder: pathlib.Path, *arguments):
        self.capture = folder / "simulated.pcap"
        self.summary = json.loads(
            program.run_well("simulate", *SMALL, *arguments, "--json", "--force",
                             "--output", self.capture).output)
        self.truth = json.loads((folder / "simulated.truth.json").read_text())
        self.exported = {router["protocol"]: router for router in self.summary["exported"]}


def tshark(capture: pathlib.Path, protocol: str, *fields: str, condition="") -> list[list[str]]:
    """The values of each field, all packets joined, as tshark prints them."""
    decode_as = "sflow" if protocol == "sflow" else "cflow"
    arguments = ["tshark", "-r", capture, "-d", f"udp.port=={PORTS[protocol]},{decode_as}",
                 "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields"]
    for field in fields:
        arguments += ["-e", field]
    if condition:
        arguments += ["-Y", condition]
    text = peers.run_peer(arguments, capture.with_suffix(".tshark.log"), seconds=120)
    columns = [[] for _ in fields]
    for line in text.splitlines():
        for column, values in zip(columns, line.split("\t")):
            column += [value for value in values.split(",") if value]
    return columns


def in_folder(test):
    @functools.wraps(test)
    def wrapped(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            test(self, pathlib.Path(name))
    return wrapped


@peers.needs("tshark")
class Tshark(unittest.TestCase):
    @in_folder
    def test_finds_nothing_to_complain_about(self, folder):
        capture = Simulated(folder, "--protocol", "all", "--sampling", 4).capture
        for protocol in PORTS:
            complaints = "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0"
            # In sFlow tshark follows the sampled TCP connections and remarks on their resets.
            if protocol != "sflow":
                complaints += " || _ws.expert.severity >= 4194304"
            condition = f"udp.dstport == {PORTS[protocol]} && ({complaints})"
            complained = tshark(capture, protocol, "frame.number", condition=condition)
            self.assertEqual(complained, [[]], protocol)

    @in_folder
    def test_counts_the_records_packets_and_octets_of_the_summary(self, folder):
        for protocol in FLOW_PROTOCOLS:
            with self.subTest(protocol):
                simulated = Simulated(folder, "--protocol", protocol)
                packets, octets = tshark(simulated.capture, protocol, "cflow.packets",
                                         "cflow.octets")
                exported = simulated.exported[protocol]
                self.assertEqual(len(packets), exported["records"])
                self.assertEqual(sum(map(int, packets)), exported["packets"])
                self.assertEqual(sum(map(int, octets)), exported["bytes"])
                self.assertGreater(exported["records"], 2000)

    @in_folder
    def test_reads_the_announced_sampling(self, folder):
        fields = {
            "netflow5": ("cflow.samplerate", 300),
            "netflow9": ("cflow.sampler_random_interval", 300),
            "ipfix": ("cflow.sampling_population", 300),
            "sflow": ("sflow.flow_sample.sampling_rate", 300),
        }
        simulated = Simulated(folder, "--protocol", "all", "--sampling", 300)
        for protocol, (field, rate) in fields.items():
            with self.subTest(protocol):
                (rates,) = tshark(simulated.capture, protocol, field)
                self.assertEqual(set(map(int, rates)), {rate})

    @in_folder
    def test_reads_the_synthesised_headers_of_sflow(self, folder):
        simulated = Simulated(folder, "--protocol", "sflow", "--sampling", 20)
        (lengths,) = tshark(simulated.capture, "sflow", "sflow_245.header.frame_length")
        exported = simulated.exported["sflow"]
        self.assertEqual(len(lengths), exported["records"])
        # A frame is its packet, 14 octets of Ethernet and 4 of check, and 64 at least.
        self.assertGreaterEqual(sum(map(int, lengths)), exported["bytes"] + 18 * len(lengths))


@peers.needs("nfcapd", "nfdump")
class Nfcapd(unittest.TestCase):
    def received(self, folder: pathlib.Path, *arguments) -> tuple[dict, pathlib.Path]:
        """Sends a simulation to nfcapd on loopback; what nfdump says of the file, and the file."""
        spool = folder / "spool"
        spool.mkdir()
        port = peers.free_port()
        with peers.peer(["nfcapd", "-w", spool, "-b", "127.0.0.1", "-p", port, "-t", 86400,
                         "-B", 4 << 20],
                        folder / "nfcapd.log") as process:
            peers.wait_until(lambda: process.poll() is not None or peers.port_is_taken(port),
                             "nfcapd to listen")
            program.run_well("simulate", *SMALL, *arguments, "--send", f"127.0.0.1:{port}",
                             "--rate", 1000)
        (file,) = spool.glob("nfcapd.*")
        text = peers.run_peer(["nfdump", "-r", file, "-I"], folder / "nfdump.log")
        fields = (line.split(":", 1) for line in text.splitlines() if ":" in line)
        return {name.strip(): value.strip() for name, value in fields}, file

    def check(self, folder, protocol):
        simulated = Simulated(folder, "--protocol", protocol)
        exported = simulated.exported[protocol]
        read, file = self.received(folder, "--protocol", protocol)
        self.assertEqual(int(read["Flows"]), exported["records"])
        self.assertEqual(int(read["Packets"]), exported["packets"])
        self.assertEqual(int(read["Bytes"]), exported["bytes"])
        # nfcapd 1.7.1 leaves option records out of IPFIX's sequence; RFC 7011 §3.1 counts them.
        options = exported["option_records"] if protocol == "ipfix" else 0
        self.assertEqual(int(read["Sequence failures"]), options)
        for server in simulated.truth["command_and_control"]:
            here = f"host {server['address']} and port {server['port']} and proto tcp"
            text = peers.run_peer(["nfdump", "-q", "-r", file, "-o", "fmt:%sa %da", here],
                                  folder / "filter.log")
            pairs = [line.split() for line in text.splitlines() if line.strip()]
            self.assertEqual(len(pairs), server["exported_flows"])
            clients = {a for pair in pairs for a in pair if a != server["address"]}
            self.assertEqual(clients, set(server["clients"]))

    @in_folder
    def test_reads_netflow5(self, folder):
        self.check(folder, "netflow5")

    @in_folder
    def test_reads_netflow9(self, folder):
        self.check(folder, "netflow9")

    @in_folder
    def test_reads_ipfix(self, folder):
        self.check(folder, "ipfix")


class Noroshi(unittest.TestCase):
    @in_folder
    def test_reads_back_what_it_simulated(self, folder):
        simulated = Simulated(folder, "--protocol", "all", "--sampling", 5)
        (shown,) = program.show(simulated.capture)
        exported = simulated.exported.values()
        self.assertEqual(shown["flows"], sum(router["records"] for router in exported))
        self.assertEqual(shown["packets"], sum(router["packets"] for router in exported))
        self.assertEqual(shown["bytes"], sum(router["bytes"] for router in exported))
        self.assertEqual(shown["datagrams"], sum(router["datagrams"] for router in exported))
        self.assertEqual(shown["lost_records"], 0)
        self.assertFalse(any(shown["undecodable"].values()))
        self.assertEqual(shown["packets_estimated"], 5 * shown["packets"])

    @in_folder
    def test_makes_the_same_files_again(self, folder):
        first = Simulated(folder, "--protocol", "all").capture.read_bytes()
        self.assertEqual(first, Simulated(folder, "--protocol", "all").capture.read_bytes())
        self.assertNotEqual(first,
                            Simulated(folder, "--protocol", "all", "--seed", 2).capture.read_bytes())


class Refusals(unittest.TestCase):
    def refused(self, status: int, words: str, *arguments):
        ended = program.run("simulate", *arguments)
        self.assertEqual(ended.status, status, ended)
        self.assertIn(words, ended.errors, ended)
        self.assertEqual(ended.output, "")

    def test_does_not_send_beyond_this_machine_unasked(self):
        self.refused(1, "--allow-remote", "--send", "192.0.2.1:2055")

    @in_folder
    def test_does_not_replace_a_file_unasked(self, folder):
        present = folder / "present.pcap"
        present.write_text("mine")
        self.refused(2, "--force", *SMALL, "--output", present)
        self.assertEqual(present.read_text(), "mine")
        self.assertEqual([path.name for path in folder.iterdir()], ["present.pcap"])

    @in_folder
    def test_leaves_nothing_behind_when_nobody_listens(self, folder):
        self.refused(1, "nobody listens", *SMALL, "--send", f"127.0.0.1:{peers.free_port()}",
                     "--output", folder / "a.pcap")
        self.assertEqual(list(folder.iterdir()), [])

    def test_says_what_is_wrong_with_an_option(self):
        self.refused(2, "2x: not a duration", "--duration", "2x")
        self.refused(2, "yesterday: not a moment", "--start", "yesterday")
        self.refused(2, "above --subscribers", "--infected", 9, "--subscribers", 8)
        self.refused(2, "not HOST:PORT", "--send", "localhost")
        self.refused(2, "--sampling", "--sampling", 0)
        self.refused(2, "--protocol", "--protocol", "netflow7")
        self.refused(1, "No such file", "--output", "/nowhere/at/all.pcap")


if __name__ == "__main__":
    testing.main()
