#!/usr/bin/env python3
"""All doors of a daemon at once: flows over UDP and TCP, broken and unknown exporters, questions,
metrics and the configuration read again and again, with a real ClickHouse server as its history. It
is for builds with a sanitizer, which end the daemon at a finding; every flow is counted in all of them.

NOROSHI_LOAD_SECONDS makes it that long (make soak)."""

import contextlib
import ipaddress
import os
import pathlib
import signal
import socket
import struct
import tempfile
import threading
import time
import unittest

from harness import clickhouse, peers, program, testing
from harness.daemon import Daemon
from harness.netflow9 import Exporter

SECONDS = float(os.environ.get("NOROSHI_LOAD_SECONDS", "5"))
EXPORTERS = 4
RECORDS = 30  # of a datagram
PAUSE = 0.002  # between two datagrams of one exporter

CONFIGURATION = """[history]
engine = "cluster"
cluster = "noroshi"
user = "{user}"
password_file = "{folder}/password"
insert_milliseconds = 200
spool = "{folder}/spool"
[[history.shard]]
urls = ["{url}"]
[retention]
flows_days = 36500
disk_free = 0.0
[tags]
somebody = ["192.0.2.0/24"]
[[exporter]]
name = "known"
addresses = ["127.1.0.0/16"]
"""


def rows(salt: int) -> list[dict]:
    return [
        {
            "source_v4": f"192.0.2.{(salt * 7 + at) % 256}",
            "destination_v4": f"198.51.100.{at % 100}",
            "source_port": 1024 + (salt + at) % 60_000,
            "destination_port": (23, 53, 80, 443)[at % 4],
            "protocol": (6, 17)[at % 2],
            "packets": 1 + at,
            "bytes": 60 * (1 + at),
            "first": 1_000,
            "last": 1_500,
        }
        for at in range(RECORDS)
    ]


def ipfix(sets: bytes, sequence: int) -> bytes:
    return struct.pack(">HHIII", 10, 16 + len(sets), int(time.time()), sequence, 1) + sets


IPFIX_TEMPLATE = struct.pack(">HHHHHHHHHHHH", 2, 24, 256, 4, 8, 4, 12, 4, 2, 4, 1, 4)


def ipfix_record(number: int) -> bytes:
    return struct.pack(">HHIIII", 256, 20, 0x0A000001, 0xC0000201, 1 + number, 100)


class Doors:
    """Each method uses one door of the daemon until told to stop, and counts what it sent."""

    def __init__(self, daemon: Daemon, tcp_port: int):
        self.daemon = daemon
        self.tcp_port = tcp_port
        self.stopping = threading.Event()
        self.flows = 0
        self.answers = 0
        self.reloads = 0
        self.failures = []
        self._lock = threading.Lock()

    def count(self, **more: int) -> None:
        with self._lock:
            for name, number in more.items():
                setattr(self, name, getattr(self, name) + number)

    def guarded(self, door, *arguments):
        try:
            door(*arguments)
        except Exception as failure:  # of whatever kind: the test reports it
            self.failures.append(f"{door.__name__}: {failure!r}")
            self.stopping.set()

    def udp_exporter(self, number: int) -> None:
        exporter = Exporter(int(time.time()), 7_200_000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((f"127.1.0.{number + 1}", 0))
            salt = 0
            while not self.stopping.wait(PAUSE):
                for payload in exporter.datagrams(rows(salt)):
                    sender.sendto(payload, ("127.0.0.1", self.daemon.udp_port))
                self.count(flows=RECORDS)
                salt += 1

    def tcp_exporter(self) -> None:
        while not self.stopping.is_set():
            with socket.create_connection(("127.0.0.1", self.tcp_port)) as connection:
                connection.sendall(ipfix(IPFIX_TEMPLATE, 0))
                for number in range(20):
                    connection.sendall(ipfix(ipfix_record(number), number))
                    self.count(flows=1)
                    time.sleep(PAUSE)

    def strangers(self) -> None:
        """New sources with new templates, flows without a template, and what is no export at all."""
        number = 0
        while not self.stopping.wait(PAUSE):
            source = ipaddress.IPv4Address("127.2.0.1") + number % 2_000
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.bind((str(source), 0))
                sent = (ipfix(IPFIX_TEMPLATE, 0), ipfix(ipfix_record(1), 0)[:-1],
                        struct.pack(">HH", 9, 1), b"\x00" * 50)[number % 4]
                sender.sendto(sent, ("127.0.0.1", self.daemon.udp_port))
            number += 1

    def reader(self) -> None:
        while not self.stopping.is_set():
            for path in ("/metrics", "/healthz", "/readyz"):
                self.daemon.get(path)
                self.count(answers=1)

    def asker(self) -> None:
        while not self.stopping.is_set():
            self.daemon.query("proto tcp and src tag somebody", "--stat", "dstport/flows")
            program.run_well("exporters", "list", "--json", "--config", self.daemon.config)
            self.count(answers=2)

    def reloader(self) -> None:
        text = self.daemon.config.read_text()
        while not self.stopping.wait(0.2):
            other = text.replace("192.0.2.0/24", f"192.0.2.{self.reloads % 4 * 64}/26")
            # As editors do: nobody reads half a file.
            written = self.daemon.config.with_suffix(".new")
            written.write_text(other)
            written.replace(self.daemon.config)
            self.daemon.process.send_signal(signal.SIGHUP)
            self.count(reloads=1)

    @contextlib.contextmanager
    def all_used(self):
        doors = [(self.udp_exporter, number) for number in range(EXPORTERS)]
        doors += [(self.tcp_exporter,), (self.strangers,), (self.reader,), (self.asker,),
                  (self.reloader,)]  # fmt: skip
        threads = [threading.Thread(target=self.guarded, args=door) for door in doors]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()


@peers.needs("clickhouse-server")
class Load(unittest.TestCase):
    def test_every_flow_is_counted_and_kept_and_every_question_answered(self):
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="noroshi-")))
            (server,) = stack.enter_context(clickhouse.servers(folder, 1))
            (folder / "password").write_text(clickhouse.PASSWORD + "\n")
            udp_port, tcp_port = peers.free_port(), peers.free_port()
            configuration = CONFIGURATION.format(
                user=clickhouse.USER, folder=folder, url=server.url)
            daemon = Daemon(folder / "daemon", configuration, listen=[
                f"udp://127.0.0.1:{udp_port}", f"tcp://127.0.0.1:{tcp_port}"])  # fmt: skip
            daemon.udp_port = udp_port
            daemon.start()
            stack.callback(daemon.stop)

            doors = Doors(daemon, tcp_port)
            with doors.all_used():
                doors.stopping.wait(SECONDS)
            self.assertEqual(doors.failures, [], daemon.log.read_text()[-6000:])
            seen = daemon.metrics()
            self.assertEqual(seen["noroshi_kernel_drops_total"], 0,
                             "the test sends too fast for this machine")  # fmt: skip
            peers.wait_until(lambda: daemon.metrics()["noroshi_flows_total"] >= doors.flows,
                             "all flows to be decoded", 120)  # fmt: skip
            daemon.wait_for_flows(doors.flows, 120)
            seen = daemon.metrics()
            answer = daemon.query("any", "--stat", "proto/flows")["questions"][0]
            status = daemon.stop()
            log = daemon.log.read_text()
            print(f"{SECONDS:.0f} s of load: {doors.flows:,} flows, {doors.answers:,} answers, "
                  f"{doors.reloads} times configured")
        self.assertEqual(status, 0, log[-6000:])
        self.assertNotIn("Sanitizer", log)
        self.assertEqual(seen["noroshi_flows_total"], doors.flows)
        self.assertEqual(seen["noroshi_history_lost_flows_total"], 0)
        self.assertEqual(sum(row["flows"] for row in answer["rows"]), doors.flows)
        self.assertGreater(doors.flows, 1_000)
        self.assertGreater(doors.answers, 3)
        self.assertGreater(doors.reloads, 3)


if __name__ == "__main__":
    testing.main()
