#!/usr/bin/env python3
"""`noroshi collect` beside nfcapd: what softflowd, pmacctd, nfreplay and the simulator send reaches
both through a relay, and both count the same. IPFIX over TCP and TLS from clients made here."""

import contextlib
import pathlib
import re
import socket
import ssl
import struct
import tempfile
import time
import unittest

from harness import pcap, peers, program, testing, traffic
from harness.collector import collector
from harness.filing import filing, policy
from harness.relay import Relay

PMACCTD = """\
daemonize: false
pcap_savefile: {capture}
plugins: {plugin}
aggregate: src_host,dst_host,src_port,dst_port,proto,tos,tcpflags
{plugin}_receiver: 127.0.0.1:{port}
{more}
"""


@contextlib.contextmanager
def nfcapd(folder: pathlib.Path):
    """nfcapd on a free port; yields the port."""
    folder.mkdir()
    port = peers.free_port()
    arguments = ["nfcapd", "-w", folder, "-b", "127.0.0.1", "-p", port, "-t", 86400,
                 "-B", 4 << 20]  # fmt: skip
    with peers.peer(arguments, folder.with_suffix(".log")) as process:
        peers.wait_until(lambda: process.poll() is not None or peers.port_is_taken(port),
                         "nfcapd to listen")
        yield port


def nfdump_totals(folder: pathlib.Path) -> dict:
    """Flows, packets and bytes of all that nfcapd wrote, as `nfdump -I` counts them."""
    text = peers.run_peer(["nfdump", "-R", folder, "-I"], folder.with_suffix(".nfdump.log"))
    totals = dict(re.findall(r"^(\w+): *(\d+)$", text, re.MULTILINE))
    return {name.lower(): int(totals[name]) for name in ("Flows", "Packets", "Bytes")}


class BesideNfcapd(unittest.TestCase):
    maxDiff = 2000

    def check(self, send, least: int):
        """`send(port, folder)` sends everything to the port and returns when it has."""
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            printed = folder / "flows.json"
            with contextlib.ExitStack() as stack:
                their_port = stack.enter_context(nfcapd(folder / "theirs"))
                ours = stack.enter_context(collector(folder, "--print-flows", printed))
                relay = stack.enter_context(Relay([their_port, ours.port]))
                send(relay.port, folder)
                peers.wait_until(lambda: relay.quiet_for(1.0), "the export to end")
            summary = ours.summary
            flows = program.cat(printed)
            found = {
                "flows": summary["flows"],
                "packets": sum(flow["packets"] for flow in flows),
                "bytes": sum(flow["bytes"] for flow in flows),
            }
            self.assertEqual(found, nfdump_totals(folder / "theirs"), summary)
            self.assertGreaterEqual(summary["flows"], least, summary)
            self.assertEqual(summary["datagrams"], len(relay.datagrams), summary)
            for nothing in ("lost", "kernel_drops", "undecodable", "refused"):
                self.assertEqual(summary[nothing], 0, summary)
            self.assertEqual([each["address"] for each in summary["exporters"]], ["127.0.0.1"])
            return summary


@peers.needs("softflowd", "nfcapd", "nfdump")
class Softflowd(BesideNfcapd):
    def send(self, version: int):
        def send(port: int, folder: pathlib.Path):
            capture = folder / "traffic.pcap"
            pcap.write_packets(capture, traffic.conversations(400, ipv6=version != 5))
            peers.run_peer(["softflowd", "-r", capture, "-n", f"127.0.0.1:{port}", "-v", version,
                            "-d"], folder / "softflowd.log")  # fmt: skip
        return send

    def test_netflow5(self):
        self.check(self.send(5), least=400)

    def test_netflow9(self):
        self.check(self.send(9), least=400)

    def test_ipfix(self):
        # Its sequence numbers count the message's own records, which is no loss.
        summary = self.check(self.send(10), least=400)
        for nothing in ("lost_records", "reordered", "sequence_resets"):
            self.assertEqual(summary[nothing], 0, summary)


@peers.needs("pmacctd", "nfcapd", "nfdump")
class Pmacctd(BesideNfcapd):
    def send(self, plugin: str, more: str):
        def send(port: int, folder: pathlib.Path):
            capture = folder / "traffic.pcap"
            pcap.write_packets(capture, traffic.conversations(300, seed=2))
            configuration = folder / "pmacctd.conf"
            configuration.write_text(
                PMACCTD.format(capture=capture, plugin=plugin, port=port, more=more)
            )
            # At the end of the capture its processes part in either order: both statuses are good.
            peers.run_peer(["pmacctd", "-f", configuration], folder / "pmacctd.log",
                           statuses=(0, 1))  # fmt: skip
        return send

    def test_netflow9(self):
        self.check(self.send("nfprobe", "nfprobe_version: 9"), least=300)

    def test_ipfix(self):
        self.check(self.send("nfprobe", "nfprobe_version: 10"), least=300)

    def test_sflow(self):
        # nfcapd reads no sFlow, so what the relay recorded is the measure.
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)
            with collector(folder) as ours, Relay([ours.port]) as relay:
                self.send("sfprobe", "sampling_rate: 1")(relay.port, folder)
                peers.wait_until(lambda: relay.quiet_for(1.0), "the export to end")
            relay.write(folder / "export.pcap")
            shown = program.show(folder / "export.pcap")[0]
            self.assertGreaterEqual(ours.summary["flows"], 300, ours.summary)
            for same in ("datagrams", "flows"):
                self.assertEqual(ours.summary[same], shown[same], ours.summary)
            self.assertEqual(ours.summary["undecodable"], 0, ours.summary)


@peers.needs("nfreplay", "nfcapd", "nfdump")
class Nfreplay(BesideNfcapd):
    def test_what_nfcapd_recorded_comes_back(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            recorded = pathlib.Path(name)
            with nfcapd(recorded / "first") as port:
                program.run_well("simulate", "--subscribers", 100, "--duration", "10m",
                                 "--send", f"127.0.0.1:{port}", "--rate", 2000)  # fmt: skip
                time.sleep(0.5)

            def send(port: int, folder: pathlib.Path):
                (file,) = [each for each in (recorded / "first").iterdir() if each.is_file()]
                peers.run_peer(["nfreplay", "-r", file, "-H", "127.0.0.1", "-p", port, "-v", "9",
                                "-d", "500"], folder / "nfreplay.log")  # fmt: skip

            self.check(send, least=500)


@peers.needs("nfcapd", "nfdump")
class Simulate(BesideNfcapd):
    def test_every_protocol_but_sflow(self):
        for protocol in ("netflow5", "netflow9", "ipfix"):
            with self.subTest(protocol=protocol):
                self.check(
                    lambda port, _, protocol=protocol: program.run_well(
                        "simulate", "--subscribers", 200, "--duration", "20m", "--protocol",
                        protocol, "--send", f"127.0.0.1:{port}", "--rate", 3000,
                    ),
                    least=1000,
                )  # fmt: skip


def ipfix(*sets: bytes, sequence: int = 0) -> bytes:
    content = b"".join(sets)
    return struct.pack(">HHIII", 10, 16 + len(content), int(time.time()), sequence, 1) + content


TEMPLATE = struct.pack(">HHHHHHHHHHHH", 2, 24, 256, 4, 8, 4, 12, 4, 2, 4, 1, 4)


def record(number: int) -> bytes:
    return struct.pack(">HHIIII", 256, 20, 0x0A000001, 0xC0000201, number, number * 100)


class Connections(unittest.TestCase):
    def send(self, connection, count: int) -> None:
        messages = ipfix(TEMPLATE) + b"".join(
            ipfix(record(number), sequence=number) for number in range(count)
        )
        # In pieces that are no messages.
        for at in range(0, len(messages), 1000):
            connection.sendall(messages[at : at + 1000])

    def test_ipfix_over_tcp(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            with collector(pathlib.Path(name), listen=("tcp://127.0.0.1:0",)) as running:
                with socket.create_connection(("127.0.0.1", running.port)) as connection:
                    self.send(connection, 500)
            summary = running.summary
        self.assertEqual(summary["flows"], 500, summary)
        self.assertEqual(summary["datagrams"], 501, summary)
        self.assertEqual(summary["lost"], 0, summary)
        self.assertEqual(summary["connections"]["accepted"], 1, summary)


def openssl(folder: pathlib.Path, *arguments) -> None:
    peers.run_peer(["openssl", *arguments], folder / "openssl.log")


def certificate(folder: pathlib.Path, name: str, authority: str | None) -> None:
    """Makes NAME.pem and NAME.key, signed by the authority or by itself."""
    signed_by = ["-CA", folder / f"{authority}.pem", "-CAkey", folder / f"{authority}.key"]
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem",
            *(signed_by if authority else []))  # fmt: skip


@peers.needs("openssl")
class Tls(Connections):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        certificate(self.folder, "authority", None)
        certificate(self.folder, "collector", "authority")
        certificate(self.folder, "exporter", "authority")
        certificate(self.folder, "stranger", None)

    def collector(self, *arguments):
        return collector(
            self.folder, "--tls-certificate", self.folder / "collector.pem", "--tls-key",
            self.folder / "collector.key", *arguments, listen=("tls://127.0.0.1:0",),
        )  # fmt: skip

    def connect(self, port: int, identity: str | None = None):
        context = ssl.create_default_context(cafile=str(self.folder / "authority.pem"))
        if identity:
            context.load_cert_chain(self.folder / f"{identity}.pem", self.folder / f"{identity}.key")
        plain = socket.create_connection(("127.0.0.1", port))
        return context.wrap_socket(plain, server_hostname="127.0.0.1")

    def test_ipfix_over_tls(self):
        with self.collector() as running:
            with self.connect(running.port) as connection:
                self.send(connection, 500)
        self.assertEqual(running.summary["flows"], 500, running.summary)

    def test_only_exporters_with_a_certificate_where_it_is_asked_for(self):
        with self.collector("--tls-client-ca", self.folder / "authority.pem") as running:
            for identity in (None, "stranger"):
                with self.assertRaises((ssl.SSLError, ConnectionError, BrokenPipeError)):
                    with self.connect(running.port, identity) as connection:
                        self.send(connection, 10)
                        while connection.recv(100):
                            pass
                        raise ConnectionError("closed, as it should be")
            with self.connect(running.port, "exporter") as connection:
                self.send(connection, 500)
        self.assertEqual(running.summary["flows"], 500, running.summary)
        self.assertEqual(running.summary["connections"]["accepted"], 3, running.summary)
        self.assertGreaterEqual(running.summary["connections"]["failed"], 2, running.summary)

    def test_a_client_without_tls_is_cut_off(self):
        with self.collector() as running:
            with socket.create_connection(("127.0.0.1", running.port)) as connection:
                connection.sendall(ipfix(TEMPLATE))
                connection.settimeout(10)
                with contextlib.suppress(ConnectionError):
                    while connection.recv(100):
                        pass
        self.assertEqual(running.summary["flows"], 0, running.summary)
        self.assertEqual(running.summary["connections"]["failed"], 1, running.summary)


def filed_installation(folder: pathlib.Path) -> pathlib.Path:
    """The configuration of one whose filing covers every address."""
    (folder / "policy.toml").write_text(policy())
    (folder / "filing.toml").write_text(filing())
    config = folder / "noroshi.toml"
    config.write_text(f'[serve]\nstate = "{folder}/state"\nsocket = "{folder}/socket"\n'
                      f'[guard]\npolicy = "{folder}/policy.toml"\n')
    program.run_well("guard", "file", "--from", folder / "filing.toml", "--config", config)
    return config


class Command(unittest.TestCase):
    def test_what_cannot_be_is_refused_in_one_line(self):
        place = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(place.cleanup)
        installation = filed_installation(pathlib.Path(place.name))
        for arguments, status in (
            (["--listen", "127.0.0.1:0"], 2),
            (["--listen", "127.0.0.1:0", "--no-history", "--store", "/tmp/nowhere"], 2),
            (["--listen", "127.0.0.1", "--no-history"], 2),
            (["--listen", "tls://127.0.0.1:0", "--no-history"], 2),
            (["--listen", "192.0.2.1:2055", "--no-history", "--config", installation], 1),
            (["--listen", "127.0.0.1:0", "--no-history", "--exporter", "x"], 2),
        ):
            with self.subTest(arguments=arguments):
                ended = program.run("collect", "--location-database", "", *arguments)
                self.assertEqual(ended.status, status, ended)
                self.assertEqual(len(ended.errors.splitlines()), 1, ended)

    def test_templates_live_through_a_restart(self):
        with tempfile.TemporaryDirectory(prefix="noroshi-") as name:
            folder = pathlib.Path(name)

            def run(payload: bytes) -> dict:
                with collector(folder, "--templates", folder / "templates") as running:
                    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                        sender.sendto(payload, ("127.0.0.1", running.port))
                return running.summary

            run(ipfix(TEMPLATE))
            summary = run(ipfix(record(7)))
            self.assertEqual(summary["flows"], 1, summary)
            self.assertEqual(summary["provisional_records"], 1, summary)
            codes = [hint["code"] for hint in summary["exporters"][0]["hints"]]
            self.assertIn("templates_provisional", codes)

    def test_a_table_for_people(self):
        ended = program.run_well("collect", "--location-database", "", "--listen", "127.0.0.1:0",
                                 "--no-history", "--for", "1s")  # fmt: skip
        self.assertIn("dropped by the kernel", ended.output)
        self.assertIn("listening on udp://127.0.0.1:", ended.errors)


if __name__ == "__main__":
    testing.main()
