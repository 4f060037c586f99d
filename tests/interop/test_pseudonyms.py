#!/usr/bin/env python3
"""Subscribers' addresses are gone behind the door of `noroshi collect` and `noroshi serve`: what is
printed, kept and answered carries pseudonyms; keys are made, rotated and retired by command."""

import ipaddress
import json
import os
import pathlib
import re
import signal
import socket
import stat
import tempfile
import time
import unittest

from harness import netflow9, peers, program, testing
from harness.collector import collector
from harness.daemon import Daemon

SUBSCRIBERS = ("198.51.100.0/24", "2001:db8:1::/48")
SERVER, SERVER6 = "203.0.113.9", "2001:db8:ffff::9"


def subscriber(number: int) -> str:
    return f"198.51.100.{number}"


def subscriber6(number: int) -> str:
    return f"2001:db8:1:{number:x}::{number + 5:x}"


def rows(now: int) -> list[dict]:
    """Ten subscribers in every place where an address stands, and strangers beside them."""
    plain = {"packets": 3, "bytes": 300, "protocol": 6, "source_port": 40_000,
             "destination_port": 443, "tcp_flags": 0x1B, "first": 1000, "last": 2000}  # fmt: skip
    result = []
    for number in range(1, 11):
        v4, v6 = subscriber(number), subscriber6(number)
        result += [
            {**plain, "source_v4": v4, "destination_v4": SERVER, "next_hop_v4": "203.0.113.1"},
            {**plain, "source_v4": SERVER, "destination_v4": v4, "next_hop_v4": v4},
            {**plain, "source_v6": v6, "destination_v6": SERVER6},
            {**plain, "source_v6": SERVER6, "destination_v6": v6, "next_hop_v6": v6},
            # NAT: the address behind is private, the one outside the subscriber's; and NAT64.
            {**plain, "source_v4": "100.64.0.9", "destination_v4": SERVER,
             "translated_source_v4": v4, "translated_destination_v4": SERVER},
            {**plain, "source_v6": SERVER6, "destination_v6": f"64:ff9b::{v4}"},
        ]  # fmt: skip
    # Forged: no network has such addresses.
    result.append({**plain, "source_v6": "::fffe:198.51.100.1", "destination_v6": SERVER6})
    return result


def planted() -> list[str]:
    return [subscriber(number) for number in range(1, 11)] + [
        str(ipaddress.ip_address(subscriber6(number))) for number in range(1, 11)
    ]


def found_in_clear(content: bytes) -> list[str]:
    """Planted addresses in text or as the 16 bytes in which we keep addresses. As text they stand
    alone: 198.51.100.1 is not in 198.51.100.17, nor in ~198.51.100.1."""
    found = []
    for address in planted():
        value = ipaddress.ip_address(address)
        packed = value.packed if value.version == 6 else b"\0" * 10 + b"\xff\xff" + value.packed
        alone = rb"(?<![~\w.:])" + re.escape(address.encode()) + rb"(?![\w.:])"
        if packed in content or re.search(alone, content):
            found.append(address)
    return found


def send(port: int, now: int) -> int:
    exporter = netflow9.Exporter(now, 10_000)
    sent = rows(now)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in exporter.datagrams(sent):
            sender.sendto(datagram, ("127.0.0.1", port))
    return len(sent)


class Pseudonyms(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(place.cleanup)
        self.folder = pathlib.Path(place.name)
        self.keys = self.folder / "keys"

    def init(self):
        program.run_well("guard", "key", "init", "--key-file", self.keys)

    def test_what_is_printed_carries_pseudonyms_and_the_summary_counts_them(self):
        self.init()
        printed = self.folder / "flows.json"
        with collector(self.folder, "--print-flows", printed, "--key-file", self.keys,
                       "--subscribers", *SUBSCRIBERS) as running:  # fmt: skip
            sent = send(running.port, int(time.time()))
        self.assertEqual(running.summary["flows"], sent, running.summary)
        counted = running.summary["pseudonyms"]
        self.assertEqual(counted, {"replaced_v4": 50, "replaced_v6": 30, "embedded": 10,
                                   "forged": 1, "without_key": 0})  # fmt: skip
        content = printed.read_bytes()
        self.assertEqual(found_in_clear(content), [])
        flows = [json.loads(line) for line in content.splitlines()]
        # One pseudonym a subscriber, the same in every place, and reversible by nobody here.
        sources = {flow["source_address"] for flow in flows if flow["destination_address"] == SERVER}
        pseudonyms = {address for address in sources if address.startswith("~")}
        self.assertEqual(len(pseudonyms), 10)
        for address in pseudonyms:
            self.assertIn(ipaddress.ip_address(address[1:]),
                          ipaddress.ip_network(SUBSCRIBERS[0]))  # fmt: skip
        self.assertEqual(pseudonyms, {flow["translated_source_address"] for flow in flows
                                      if flow["source_address"] == "100.64.0.9"})  # fmt: skip
        self.assertLessEqual(pseudonyms, {flow["destination_address"] for flow in flows})

    def test_without_ranges_nothing_changes(self):
        printed = self.folder / "flows.json"
        with collector(self.folder, "--print-flows", printed) as running:
            send(running.port, int(time.time()))
        self.assertNotIn("pseudonyms", running.summary)
        self.assertEqual(len(found_in_clear(printed.read_bytes())), 20)

    def test_nothing_is_collected_without_a_key(self):
        ended = program.run("collect", "--listen", "127.0.0.1:0", "--no-history", "--for", "1s",
                            "--key-file", self.keys, "--subscribers", *SUBSCRIBERS)  # fmt: skip
        self.assertNotEqual(ended.status, 0)
        self.assertIn("noroshi guard key init", ended.errors)
        config = self.folder / "noroshi.toml"
        config.write_text(f'[network]\nsubscribers = ["{SUBSCRIBERS[0]}"]\n[serve]\n'
                          f'state = "{self.folder}/state"\nhttp = []\n'
                          f'socket = "{self.folder}/socket"\n'
                          '[history]\nengine = "none"\n[collect]\nlisten = ["127.0.0.1:0"]\n')
        ended = program.run("serve", "--config", config)
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("noroshi guard key init", ended.errors)
        self.assertNotIn("listening", ended.errors)

    def test_a_range_that_has_no_pseudonyms_is_refused_by_file_and_line(self):
        config = self.folder / "noroshi.toml"
        config.write_text('[network]\nsubscribers = ["198.51.100.0/30"]\n')
        ended = program.run("config", "check", config)
        self.assertEqual(ended.status, 2, ended)
        self.assertIn("noroshi.toml:2: network.subscribers: 198.51.100.0/30: ", ended.errors)

    def test_what_the_daemon_keeps_logs_and_answers_carries_pseudonyms(self):
        configuration = f"[network]\nsubscribers = {json.dumps(SUBSCRIBERS)}\n"
        daemon = Daemon(self.folder / "daemon", configuration)
        program.run_well("guard", "key", "init", "--config", daemon.config)
        with daemon:
            sent = send(daemon.udp_port, int(time.time()))
            daemon.wait_for_flows(sent)
            # The process can neither be dumped nor traced.
            limits = pathlib.Path(f"/proc/{daemon.process.pid}/limits").read_text()
            self.assertRegex(limits, r"Max core file size +0 +0 ")
            metrics = daemon.metrics()
            replaced = "noroshi_pseudonyms_replaced_total"
            self.assertEqual(metrics[f'{replaced}{{family="ipv4"}}'], 50)
            self.assertEqual(metrics[f'{replaced}{{family="ipv6"}}'], 30)
            self.assertEqual(metrics["noroshi_pseudonyms_forged_total"], 1)
            found = found_in_clear(daemon.get("/metrics").encode())
            self.assertEqual(found, [])
            top = program.run_well("flows", "top", "srcip/bytes", "src tag subscribers", "--limit", 0, "--json",
                                   "--config", daemon.config)  # fmt: skip
            self.assertEqual(found_in_clear(top.output.encode()), [])
            self.assertEqual(len(set(re.findall(r'"(~[^"]+)"', top.output))), 20, top)

            # A new key is taken over without a signal.
            program.run_well("guard", "key", "rotate", "--config", daemon.config)
            peers.wait_until(lambda: "pseudonym keys taken over" in daemon.log.read_text(),
                             "the daemon to see the new key")  # fmt: skip
            # A wrong configuration changes nothing; what is stated is said.
            whole = daemon.config.read_text()
            daemon.config.write_text(whole.replace("198.51.100.0/24", "198.51.100.0/30"))
            daemon.process.send_signal(signal.SIGHUP)
            peers.wait_until(lambda: "configuration refused" in daemon.log.read_text(),
                             "the refusal")  # fmt: skip
            sent += send(daemon.udp_port, int(time.time()))
            daemon.wait_for_flows(sent)
        for path in (self.folder / "daemon").rglob("*"):
            if path.is_file():
                self.assertEqual(found_in_clear(path.read_bytes()), [], path)


class Keys(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(place.cleanup)
        self.file = pathlib.Path(place.name) / "guard" / "keys"

    def key(self, verb, *arguments):
        return program.run("guard", "key", verb, "--key-file", self.file, *arguments)

    def listed(self) -> list[dict]:
        return json.loads(self.key("list", "--json").output)["keys"]

    def test_a_key_file_is_made_once_for_its_owner_alone(self):
        self.assertEqual(self.key("list").status, 1)
        made = self.key("init")
        self.assertEqual(made.status, 0, made)
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.file.parent).st_mode), 0o700)
        before = self.file.read_bytes()
        again = self.key("init")
        self.assertEqual(again.status, 2, again)
        self.assertEqual(self.file.read_bytes(), before)
        self.file.chmod(0o640)
        refused = self.key("list")
        self.assertEqual(refused.status, 1, refused)
        self.assertIn("chmod 600", refused.errors)

    def test_no_command_ever_shows_a_secret(self):
        self.key("init")
        secret = re.search('secret = "([0-9a-f]{64})"', self.file.read_text())[1]
        for ended in (self.key("list"), self.key("list", "--json"), self.key("rotate"),
                      self.key("retire", self.listed()[0]["id"], "--yes")):  # fmt: skip
            self.assertNotIn(secret, ended.output + ended.errors)
            self.assertNotIn(secret[:16], ended.output + ended.errors)

    def test_a_rotation_is_ahead_and_the_key_before_stays(self):
        self.key("init")
        refused = self.key("rotate", "--from", "2026-01-01T00Z")
        self.assertEqual(refused.status, 2, refused)
        self.assertEqual(self.key("rotate", "--from", "tomorrow").status, 2)
        rotated = self.key("rotate")
        self.assertEqual(rotated.status, 0, rotated)
        keys = self.listed()
        self.assertEqual([key["state"] for key in keys], ["current", "coming"])
        self.assertEqual(keys[0]["until"], keys[1]["from"])
        # One at a time.
        self.assertEqual(self.key("rotate").status, 0)
        self.assertEqual(len(self.listed()), 3)

    def test_a_key_in_use_is_not_retired_nor_any_without_saying_yes(self):
        self.key("init")
        current = self.listed()[0]["id"]
        for arguments in ([current], [current, "--yes"], ["unknown", "--yes"]):
            ended = self.key("retire", *arguments)
            self.assertEqual(ended.status, 2, ended)
        old = re.sub('from = "1970-01-01T00Z"', 'from = "1970-01-01T00Z"', self.file.read_text())
        # A second key that took over long ago, as a rotation would have left it.
        self.file.write_text(old + '\n[[key]]\nid = "second"\nfrom = "2026-01-01T00Z"\n'
                             f'secret = "{"a1" * 32}"\n')
        retired = self.key("retire", current, "--yes")
        self.assertEqual(retired.status, 0, retired)
        self.assertEqual([key["state"] for key in self.listed()], ["retired", "current"])
        self.assertEqual(self.file.read_text().count("secret ="), 1)


if __name__ == "__main__":
    testing.main()
