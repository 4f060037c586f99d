#!/usr/bin/env python3
"""Nothing is collected that nobody filed: the daemon opens no socket for flows before, begins by
itself when a filing comes, and closes them when it is withdrawn, altered, or ended by what it says."""

import datetime
import getpass
import http.client
import json
import os
import pathlib
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error

from harness import netflow9, peers, program, testing
from harness.daemon import READY, Daemon
from harness.filing import filing, policy

def udp_ports(process: int) -> set[int]:
    """The UDP ports that a process has bound, as the kernel lists them."""
    sockets = set()
    for link in pathlib.Path(f"/proc/{process}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue  # closed meanwhile
        if target.startswith("socket:["):
            sockets.add(target[len("socket:[") : -1])
    ports = set()
    for table in ("udp", "udp6"):
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in sockets:
                ports.add(int(words[1].rsplit(":", 1)[1], 16))
    return ports


def a_host_address() -> str | None:
    """One of this machine that is not loopback; nothing is ever sent to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


class Filing(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.policy = self.folder / "policy.toml"
        self.policy.write_text(policy())
        self.daemon = Daemon(
            self.folder / "daemon",
            f'[history]\nengine = "none"\n[guard]\npolicy = "{self.policy}"\n', files=False)

    def start(self):
        self.addCleanup(self.daemon.stop)
        self.daemon.start()

    def file(self, *arguments) -> program.Ended:
        return program.run("guard", "file", *arguments, "--config", self.daemon.config, "--lang", "en")

    def file_text(self, text: str) -> dict:
        path = self.folder / "filing.toml"
        path.write_text(text)
        ended = self.file("--from", path, "--json")
        self.assertEqual(ended.status, 0, ended)
        return json.loads(ended.output)

    def shown(self) -> dict:
        ended = self.file("--show", "--json")
        self.assertEqual(ended.status, 0, ended)
        return json.loads(ended.output)

    def missing(self) -> list[str]:
        return [fault["code"] for fault in self.shown()["missing"]]

    def ready(self) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.http_port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def sockets(self) -> set[int]:
        return udp_ports(self.daemon.process.pid)

    def audit(self, kind: str) -> list[dict]:
        ended = program.run_well("guard", "audit", "list", "--json", "--kind", kind,
                                 "--config", self.daemon.config)  # fmt: skip
        return [json.loads(line) for line in ended.output.splitlines()]

    def send(self, flows: int):
        rows = [{"source_v4": "192.0.2.1", "destination_v4": "203.0.113.9", "protocol": 6,
                 "source_port": 40_000, "destination_port": 80, "packets": 3, "bytes": 300,
                 "first": 1000, "last": 2000}] * flows  # fmt: skip
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for datagram in netflow9.Exporter(int(time.time()), 10_000).datagrams(rows):
                sender.sendto(datagram, ("127.0.0.1", self.daemon.udp_port))

    def flows(self) -> int:
        return int(self.daemon.metrics()["noroshi_flows_total"])

    def wait_closed(self, code: str):
        """Until it stopped for that reason and no socket is left."""
        peers.wait_until(lambda: not self.daemon.collects(), f"the stop by {code}")
        self.assertEqual(self.sockets(), set())
        self.assertTrue(self.daemon.log.read_text().count("not collecting") > 0)
        status, text = self.ready()
        self.assertEqual((status, text.splitlines()[0]), (503, "not collecting"))

    def test_without_a_filing_no_socket_is_open_and_it_says_what_is_missing(self):
        self.start()
        self.assertEqual(self.sockets(), set())
        self.assertFalse(peers.port_is_taken(self.daemon.udp_port))
        self.send(3)
        time.sleep(1.5)
        self.assertEqual(self.flows(), 0)
        status, text = self.ready()
        self.assertEqual(status, 503)
        self.assertIn("not collecting\nnot_filed: nothing is filed", text)
        self.assertEqual(self.daemon.metrics()['noroshi_filing_missing{code="not_filed"}'], 1)
        log = self.daemon.log.read_text()
        self.assertEqual(log.count("not_filed"), 1, log)
        status = json.loads(unix_get(self.daemon, "/desk/status"))
        self.assertEqual([fault["code"] for fault in status["filing"]["missing"]], ["not_filed"])
        # The desk is open all the same.
        self.assertEqual(program.run("exporters", "list", "--config", self.daemon.config).status, 0)
        self.assertEqual(program.run("guard", "audit", "verify", "--config", self.daemon.config).status, 0)

    def test_it_begins_by_itself_and_ends_when_withdrawn(self):
        self.start()
        filed = self.file_text(filing())
        self.assertTrue(filed["collecting"])
        self.assertEqual(self.sockets(), {self.daemon.udp_port})
        self.send(5)
        peers.wait_until(lambda: self.flows() == 5, "the flows")
        self.assertEqual(self.ready(), (200, "ready\n"))
        ended = self.file("--withdraw", "--reason", "it is enough")
        self.assertEqual(ended.status, 0, ended)
        self.assertIn("withdrawn", ended.output)
        self.wait_closed("withdrawal")
        self.assertEqual(self.missing(), ["withdrawn"])
        self.send(5)
        time.sleep(1.5)
        # What was counted stays, and nothing is added.
        self.assertEqual(self.flows(), 5)
        self.assertEqual([entry["details"]["act"] for entry in self.audit("filed")],
                         ["filed", "withdrawn"])  # fmt: skip
        self.assertTrue(self.file_text(filing())["collecting"])
        self.send(5)
        peers.wait_until(lambda: self.flows() == 10, "the flows of the second filing")

    def test_it_is_known_again_after_a_restart(self):
        self.start()
        self.file_text(filing())
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.sockets(), {self.daemon.udp_port})
        self.assertEqual(self.daemon.stop(), 0)
        # And without the daemon.
        self.assertEqual(self.shown()["filing"]["answers"]["responsible"], "hanako")
        self.assertEqual(self.file("--withdraw", "--reason", "by hand").status, 0)
        self.daemon.start()
        self.assertEqual(self.sockets(), set())

    def test_an_ended_clearance_stops_it(self):
        self.start()
        self.file_text(filing())
        self.policy.write_text(policy(until="2020-01-31"))
        self.daemon.process.send_signal(signal.SIGHUP)
        self.wait_closed("clearance")
        self.assertEqual([e["details"]["criterion"] for e in self.audit("stopped")],
                         ["clearance_expired"])  # fmt: skip
        refused = self.file("--from", self.folder / "filing.toml")
        self.assertEqual(refused.status, 2, refused)
        self.assertIn("clearance_expired", refused.errors)
        # Renewing it does not undo the stop: somebody has to file again.
        self.policy.write_text(policy())
        self.daemon.process.send_signal(signal.SIGHUP)
        peers.wait_until(lambda: self.daemon.log.read_text().count("configuration read again") == 2,
                         "the reload")  # fmt: skip
        time.sleep(1.5)
        self.assertEqual(self.missing(), ["stopped"])
        self.assertTrue(self.file_text(filing())["collecting"])

    def test_an_ended_clearance_keeps_it_from_starting(self):
        self.start()
        self.file_text(filing())
        self.daemon.stop()
        self.policy.write_text(policy(until="2020-01-31"))
        self.daemon.start()
        self.assertEqual(self.sockets(), set())
        self.assertEqual(self.missing(), ["clearance_expired"])

    def test_more_flows_than_were_filed_stop_it(self):
        self.start()
        self.file_text(filing("most_flows_a_second = 20"))
        self.send(50)  # in ten seconds, 5 a second
        time.sleep(2.5)
        self.assertTrue(self.daemon.collects())

        def stopped():
            self.send(100)
            time.sleep(0.2)
            return not self.daemon.collects()

        peers.wait_until(stopped, "the stop")
        self.wait_closed("most_flows_a_second")
        self.assertEqual([e["details"]["criterion"] for e in self.audit("stopped")],
                         ["most_flows_a_second"])  # fmt: skip
        self.assertEqual(self.missing(), ["stopped"])
        self.assertEqual(self.daemon.metrics()["noroshi_collection_stopped_total"], 1)

    def test_the_end_of_the_period_stops_it(self):
        self.start()
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
        self.file_text(filing(until=soon.strftime("%Y-%m-%dT%H:%M:%SZ")))
        self.assertTrue(self.daemon.collects())
        self.wait_closed("period")
        self.assertEqual([e["details"]["criterion"] for e in self.audit("stopped")], ["period_over"])

    def test_an_altered_text_stops_it(self):
        self.start()
        self.file_text(filing())
        path = self.daemon.folder / "state/guard/filing.toml"
        filed = path.read_text()
        path.write_text(filed.replace("30日", "300日"))
        self.wait_closed("alteration")
        self.assertEqual(self.missing(), ["changed_by_hand"])
        path.write_text(filed)
        time.sleep(1.5)
        self.assertEqual(self.missing(), ["stopped"])

    def test_the_demonstration_covers_loopback_alone(self):
        self.start()
        self.assertEqual(self.file("--demo").status, 0)
        self.assertEqual(self.ready(), (200, READY))
        self.assertEqual(self.shown()["mode_in_words"]["en"], "trial: observes and judges, acts are off")
        self.assertFalse(self.shown()["acts_allowed"])
        self.assertEqual(self.daemon.metrics()["noroshi_acts_allowed"], 0)
        self.daemon.stop()
        self.daemon.config.write_text(self.daemon.config.read_text().replace("127.0.0.1:"
                                      + str(self.daemon.udp_port), f"[::]:{self.daemon.udp_port}"))
        self.daemon.start()
        self.assertEqual(self.sockets(), set())
        self.assertEqual(self.missing(), ["demo_beyond_loopback"])

    def test_collect_needs_a_filing_beyond_loopback(self):
        port = peers.free_port()
        for language, words in (("C", "not_filed: nothing is filed"), ("ja_JP.UTF-8", "届出がありません")):
            with self.subTest(language=language):
                ended = program.run("collect", "--listen", f"0.0.0.0:{port}", "--no-history", "--for",
                                    "1s", "--config", self.daemon.config,
                                    prefix=("env", f"LC_ALL={language}"))  # fmt: skip
                self.assertEqual(ended.status, 2, ended)
                self.assertIn(words, ended.errors)
                self.assertNotIn("listening", ended.errors)
        store = self.folder / "store"
        refused = program.run("collect", "--listen", f"0.0.0.0:{port}", "--store", store, "--for", "1s")
        self.assertEqual(refused.status, 2, refused)
        self.assertFalse(store.exists())
        # On loopback it is simulated traffic.
        self.assertEqual(program.run("collect", "--listen", f"127.0.0.1:{port}", "--no-history", "--for",
                                     "1s").status, 0)  # fmt: skip

    def test_collect_asks_the_installation_that_filed(self):
        self.start()
        self.file_text(filing())
        if not (address := a_host_address()):
            self.skipTest("this machine has no address but loopback")
        collecting = subprocess.Popen(
            [str(program.locate()), "collect", "--listen", f"{address}:0", "--no-history", "--for", "60s",
             "--config", str(self.daemon.config), "--location-database", ""],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            peers.wait_until(lambda: udp_ports(collecting.pid), "collect to listen")
            self.assertEqual(self.file("--withdraw", "--reason", "enough").status, 0)
            _, errors = collecting.communicate(timeout=40)
        finally:
            collecting.kill()
            collecting.wait()
        self.assertEqual(collecting.returncode, 1, errors)
        self.assertIn(b"withdrawn", errors)


class Form(unittest.TestCase):
    """The command itself, where no daemon runs."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="noroshi-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.policy = self.folder / "policy.toml"
        self.policy.write_text(policy())
        self.config = self.folder / "noroshi.toml"
        self.config.write_text(f'[serve]\nstate = "{self.folder}/state"\nsocket = "{self.folder}/socket"\n'
                               f'[guard]\npolicy = "{self.policy}"\n')

    def file(self, *arguments, **options) -> program.Ended:
        return program.run("guard", "file", *arguments, "--config", self.config, **options)

    def test_a_template_names_everything_that_is_asked(self):
        template = self.file("--template")
        self.assertEqual(template.status, 0)
        path = self.folder / "empty.toml"
        path.write_text(template.output)
        checked = self.file("--check", path, "--json")
        self.assertEqual(checked.status, 2, checked)
        codes = {fault["code"] for fault in json.loads(checked.output)["missing"]}
        self.assertEqual(codes, {"purpose_missing", "purpose_in_words_missing", "necessity_missing",
                                 "means_missing", "checking_missing", "stop_criteria_missing",
                                 "responsible_missing", "mode_missing", "from_missing",
                                 "until_missing"})  # fmt: skip
        refused = self.file("--from", path)
        self.assertEqual(refused.status, 2, refused)
        self.assertIn("necessity_missing", refused.errors)
        path.write_text(filing())
        self.assertEqual(self.file("--check", path).status, 0)

    def test_misuse_is_said(self):
        for arguments in (("--demo", "--show"), ("--withdraw",), ("--reason", "x"), ()):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.file(*arguments).status, 2)
        self.assertEqual(self.file("--from", self.folder / "nowhere").status, 1)
        self.assertEqual(self.file("--show").status, 1)
        self.assertEqual(self.file("--withdraw", "--reason", "x").status, 1)

    def test_whoever_is_neither_responsible_nor_administers_may_not_file(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to be somebody else")
        path = self.folder / "filing.toml"
        path.write_text(filing())
        self.assertEqual(self.file("--from", path).status, 0)
        # Everybody may write to the folder, and still may not file.
        subprocess.run(["chmod", "-R", "a+rwX", self.folder], check=True)
        somebody = ("setpriv", "--reuid", "65534", "--clear-groups")
        ended = self.file("--withdraw", "--reason", "x", prefix=somebody)
        self.assertEqual(ended.status, 1, ended)
        self.assertIn('"filing": {', self.file("--show", "--json").output)

    def test_the_form_asks_keeps_what_was_said_and_files_it(self):
        draft = self.folder / "draft.toml"
        answers = ["c2-detection", "find the servers", "nothing less finds them", "NetFlow, 30 days",
                   "tier A each morning", "a read outside the purpose", "", "hanako", "trial",
                   "not a day", "2020-01-01", "2099-01-01", "5", "", ""]  # fmt: skip
        # Left off after the fourth answer, and taken up again.
        talk, status = self.fill_in(draft, answers[:4] + [None])
        self.assertEqual(status, 1, talk)
        self.assertIn("nothing was filed", talk)
        self.assertIn('necessity = "nothing less finds them"', draft.read_text())
        talk, status = self.fill_in(draft, ["", "", "", "", *answers[4:], "y"])
        self.assertEqual(status, 0, talk)
        shown = json.loads(self.file("--show", "--json").output)
        self.assertEqual(shown["filing"]["filed_by"], getpass.getuser())
        self.assertEqual(shown["filing"]["answers"]["necessity"], "nothing less finds them")
        self.assertEqual(shown["filing"]["answers"]["stop_when.most_reveals_a_day"], "5")
        self.assertEqual(shown["mode"], "trial")

    def test_the_form_speaks_japanese(self):
        talk, _ = self.fill_in(self.folder / "draft.toml", [None], "ja")
        self.assertIn("どの目的で収集しますか", talk)

    def fill_in(self, draft: pathlib.Path, answers: list, language: str = "en") -> tuple[str, int]:
        """Types answers at the prompts, on a terminal; None is the end of input."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(program.locate(), ["noroshi", "guard", "file", "--config", str(self.config), "--draft",
                                        str(draft), "--lang", language])  # fmt: skip
        talk = b""
        waiting = list(answers)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break  # closed by the program
            if not piece:
                break
            talk += piece
            if talk.endswith((b"> ", b"]? ", b"] ")) and waiting:
                answer = waiting.pop(0)
                os.write(terminal, b"\x04" if answer is None else answer.encode() + b"\n")
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        return talk.decode("utf-8", "replace"), os.waitstatus_to_exitcode(status)


def unix_get(daemon: Daemon, path: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(daemon.folder / "noroshi.sock"))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer.split(b"\r\n\r\n", 1)[1].decode()


if __name__ == "__main__":
    testing.main()
