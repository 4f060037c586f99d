#!/usr/bin/env python3
"""Bad input: each kind gets one clear line that names the file, and the right exit status; the good
files beside it are still read."""

import gzip
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import tempfile
import unittest

from harness import pcap, peers, program, testing, traffic
from harness.relay import Relay

FAILED, MISUSED = 1, 2
FOUR_GIB = 0xFFFFFFFF

ZEEK = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
    "orig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\t"
    "orig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\t"
    "bool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]\n"
)
BINETFLOW = (
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,"
    "SrcBytes,Label\n"
)


def _zeek(rows: int) -> bytes:
    lines = [
        f"{1_700_000_000 + at}.5\tC{at}\t192.0.2.{at % 250 + 1}\t{20000 + at}\t198.51.100.1\t80\t"
        "tcp\t-\t1.5\t100\t200\tSF\t-\t-\t0\tShADadFf\t4\t300\t3\t360\t-\n"
        for at in range(rows)
    ]
    return (ZEEK + "".join(lines)).encode()


def _binetflow(rows: int) -> bytes:
    lines = [
        f"2023/11/14 22:13:{at % 60:02}.000000,1.5,tcp,192.0.2.{at % 250 + 1},{20000 + at},   ->,"
        "198.51.100.1,80,FSPA_FSPA,0,0,7,660,300,\n"
        for at in range(rows)
    ]
    return (BINETFLOW + "".join(lines)).encode()


def _ipfix_message(sequence: int, flows: int) -> bytes:
    """One IPFIX message of a file (RFC 5655): its template and `flows` records."""
    fields = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 4), (1, 4)]
    template = struct.pack("!HH", 256, len(fields)) + b"".join(
        struct.pack("!HH", *field) for field in fields
    )
    records = b"".join(
        struct.pack("!IIHHBII", 0xC0000201, 0xC6336401, 20000 + at, 80, 6, 3, 180)
        for at in range(flows)
    )
    sets = struct.pack("!HH", 2, 4 + len(template)) + template
    sets += struct.pack("!HH", 256, 4 + len(records)) + records
    header = struct.pack("!HHIII", 10, 16 + len(sets), 1_700_000_000, sequence, 1)
    return header + sets


def _netflow5_datagram(sequence: int, flows: int) -> bytes:
    header = struct.pack("!HHIIIIBBH", 5, flows, 3_600_000, 1_700_000_000, 0, sequence, 0, 0, 0)
    record = struct.pack(
        "!IIIHHIIIIHHBBBBHHBBH", 0xC0000201, 0xC6336401, 0, 1, 2, 3, 180, 3_590_000, 3_595_000,
        20000, 80, 0, 0x1B, 6, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    return header + record * flows


class Files(unittest.TestCase):
    """A folder with one good recording, and what a clear refusal looks like."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.good = cls.file("good.pcap", b"")
        pcap.write_packets(cls.good, traffic.conversations(50))

    @classmethod
    def file(cls, name: str, content: bytes) -> pathlib.Path:
        path = cls.folder / name
        path.write_bytes(content)
        return path

    def assert_one_clear_line(self, ended, path, status=FAILED):
        self.assertEqual(ended.status, status, ended)
        lines = [line for line in ended.errors.splitlines() if line.strip()]
        self.assertEqual(len(lines), 1, ended)
        self.assertIn(str(path), lines[0], ended)
        for word in ("Assertion", "CHECK", "terminate called", "what()", "Sanitizer"):
            self.assertNotIn(word, lines[0], ended)


class BadInput(Files):
    def assert_each_command_refuses(self, path, prefix=()):
        for command in (
            ("analyze",), ("analyze", "--json"), ("recording", "show"),
            ("recording", "show", "--json"), ("recording", "cat"),
        ):  # fmt: skip
            with self.subTest(command=command):
                self.assert_one_clear_line(program.run(*command, path, prefix=prefix), path)

    def test_missing_file(self):
        self.assert_each_command_refuses(self.folder / "no-such-file.pcap")

    def test_empty_file(self):
        self.assert_each_command_refuses(self.file("empty.pcap", b""))

    def test_directory(self):
        self.assert_each_command_refuses(self.folder)

    @unittest.skipUnless(
        os.geteuid() != 0 or shutil.which("setpriv"), "as root only setpriv can take the right away"
    )
    def test_unreadable_file(self):
        path = self.file("unreadable.pcap", self.good.read_bytes())
        path.chmod(0)
        self.folder.chmod(0o755)
        prefix = ()
        if os.geteuid() == 0:
            # The program may lie in a folder that only root can enter: run a copy.
            copy = self.folder / "noroshi"
            shutil.copy(program.locate(), copy)
            copy.chmod(0o755)
            prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
            for command in (("analyze",), ("recording", "show"), ("recording", "cat")):
                with self.subTest(command=command):
                    ended = program.run(*command, path, prefix=prefix, binary=copy)
                    self.assert_one_clear_line(ended, path)
            return
        self.assert_each_command_refuses(path)

    def test_unknown_format(self):
        self.assert_each_command_refuses(self.file("letter.txt", b"Dear operator,\n" * 50))
        self.assert_each_command_refuses(self.file("noise.bin", bytes(range(7, 256)) * 64))

    def test_unknown_format_within_compression(self):
        self.assert_each_command_refuses(
            self.file("letter.txt.gz", gzip.compress(b"Dear operator,\n" * 50))
        )

    def test_one_bad_file_among_several_does_not_stop_the_others(self):
        bad = self.folder / "missing.pcap"
        ended = program.run("recording", "show", "--json", self.good, bad, self.good)
        self.assert_one_clear_line(ended, bad)
        shown = json.loads(ended.output)["recordings"]
        self.assertEqual([entry["file"] for entry in shown], [str(self.good)] * 2)

        alone = json.loads(program.run_well("analyze", "--json", self.good).output)
        ended = program.run("analyze", "--json", bad, self.good)
        self.assert_one_clear_line(ended, bad)
        self.assertEqual(json.loads(ended.output)["flows"], alone["flows"])

    def test_misuse(self):
        for arguments in (
            (), ("analyze",), ("recording",), ("recording", "cat", "--format", "xml", self.good),
            ("analyze", "--no-such-option", self.good), ("no-such-command",),
            ("analyze", "--local", "not-a-prefix", self.good),
            ("analyze", "--sampling", "minus-one", self.good),
        ):  # fmt: skip
            with self.subTest(arguments=arguments):
                ended = program.run(*arguments)
                self.assertEqual(ended.status, MISUSED, ended)
                self.assertTrue(ended.errors.strip(), ended)
                self.assertEqual(ended.output, "", "stdout is data")

    def test_help_and_version_are_done(self):
        for arguments in (
            ("--help",), ("--version",), ("analyze", "--help"), ("recording", "--help"),
            ("recording", "show", "--help"), ("recording", "cat", "--help"),
            ("simulate", "--help"),
        ):  # fmt: skip
            with self.subTest(arguments=arguments):
                ended = program.run_well(*arguments)
                self.assertTrue(ended.output.strip(), ended)
                self.assertEqual(ended.errors, "")

    def test_standard_input(self):
        whole = program.show(self.good)[0]
        ended = program.run_well(
            "recording", "show", "--json", "-", standard_input=self.good.read_bytes()
        )
        piped = json.loads(ended.output)["recordings"][0]
        for name in ("flows", "packets", "bytes", "format"):
            self.assertEqual(piped[name], whole[name])

    def test_closed_standard_output_is_no_crash(self):
        """`noroshi recording cat … | head -1`"""
        big = self.file("big.log", _zeek(50_000))
        process = subprocess.Popen(
            [program.locate(), "recording", "cat", big],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read().decode()
        process.stderr.close()
        process.wait(60)
        self.assertIn(process.returncode, (0, FAILED, -13), errors)  # 13: SIGPIPE, as cat(1) ends
        self.assertNotIn("Sanitizer", errors)


class Damaged(Files):
    """What a damaged file still holds is read, and the rest is counted: exit status 0, or 1 with
    one line when nothing could be read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        exports = cls.folder / "exports.pcap"
        pcap.write_packets(
            exports,
            [
                pcap.Packet(1_700_000_000 + at, "127.0.0.1", "127.0.0.1", 17, 40000, 2055,
                            payload=_netflow5_datagram(at * 20, 20))
                for at in range(40)
            ],
        )  # fmt: skip
        cls.whole = {
            "traffic.pcap": cls.good.read_bytes(),
            "exports.pcap": exports.read_bytes(),
            "conn.log": _zeek(400),
            "flows.binetflow": _binetflow(400),
            "flows.ipfix": b"".join(_ipfix_message(at * 20, 20) for at in range(20)),
        }
        if peers.locate("nfcapd"):
            for kind, option in (("none", []), ("lzo", ["-z"]), ("lz4", ["-y"]), ("bz2", ["-j"])):
                cls.whole[f"nfcapd-{kind}"] = cls._nfcapd(kind, option)
        for name in ("conn.log", "exports.pcap"):
            cls.whole[f"{name}.gz"] = gzip.compress(cls.whole[name])

    @classmethod
    def _nfcapd(cls, kind, options) -> bytes:
        folder = cls.folder / kind
        folder.mkdir()
        port = peers.free_port()
        arguments = ["nfcapd", "-w", folder, "-b", "127.0.0.1", "-p", port, "-t", 86400, *options]
        with peers.peer(arguments, folder.with_suffix(".log")):
            peers.wait_until(lambda: peers.port_is_taken(port), "nfcapd to listen")
            with Relay(forward_to=[port]) as relay:
                for at in range(40):
                    relay.send(_netflow5_datagram(at * 20, 20))
        return next(folder.glob("nfcapd.2*")).read_bytes()

    def assert_bounded(self, path) -> dict | None:
        """Reads a damaged file: its summary, or None when it was refused with one clear line."""
        ended = program.run("recording", "show", "--json", path)
        if ended.status == FAILED:
            self.assert_one_clear_line(ended, path)
            return None
        self.assertEqual(ended.status, 0, ended)
        return json.loads(ended.output)["recordings"][0]

    def test_every_whole_file_is_read_whole(self):
        for name, content in self.whole.items():
            with self.subTest(recording=name):
                shown = self.assert_bounded(self.file(name, content))
                self.assertIsNotNone(shown)
                self.assertEqual(shown["undecodable"], {}, shown)
                if name != "traffic.pcap":
                    self.assertIn(shown["flows"], (400, 800), shown)

    def test_half_a_file_gives_about_half_and_says_so(self):
        for name, content in self.whole.items():
            with self.subTest(recording=name):
                whole = self.assert_bounded(self.file(name, content))
                half = self.assert_bounded(self.file(name, content[: len(content) // 2 + 3]))
                if half is None:
                    # A file of one compressed block can be refused; others cannot.
                    self.assertIn(name, ("nfcapd-lzo", "nfcapd-lz4", "nfcapd-bz2"))
                    continue
                self.assertLess(half["flows"], whole["flows"], half)
                self.assertTrue(half["undecodable"], "the cut was not counted")
                if not name.startswith("nfcapd-") and not name.endswith(".gz"):
                    self.assertGreater(half["flows"], whole["flows"] // 4, half)

    def test_a_file_cut_anywhere_in_its_first_bytes_is_refused_or_read(self):
        for name, content in self.whole.items():
            for length in (1, 2, 3, 4, 5, 8, 16, 23, 24, 25, 40, 100, 140, 276, 300):
                with self.subTest(recording=name, length=length):
                    self.assert_bounded(self.file(name, content[:length]))

    def test_a_claim_of_four_gibibytes_costs_no_memory(self):
        claims = {  # recording: where its first length, count or size fields lie, their width
            "traffic.pcap": [(24 + 8, "<I"), (24 + 12, "<I"), (16, "<I")],
            "exports.pcap": [(24 + 8, "<I"), (24 + 12, "<I"), (24 + 16 + 38, "!H")],
            "flows.ipfix": [(2, "!H"), (18, "!H"), (22, "!H"), (26, "!H")],
            "nfcapd-none": [(at, "<I") for at in range(4, 80, 4)],
            "nfcapd-lzo": [(at, "<I") for at in range(4, 80, 4)],
            "nfcapd-lz4": [(at, "<I") for at in range(4, 80, 4)],
            "nfcapd-bz2": [(at, "<I") for at in range(4, 80, 4)],
        }
        for name, places in claims.items():
            if name not in self.whole:
                continue
            for offset, form in places:
                with self.subTest(recording=name, offset=offset):
                    content = bytearray(self.whole[name])
                    struct.pack_into(form, content, offset, FOUR_GIB >> (0 if "I" in form else 16))
                    self.assert_bounded(self.file(name, bytes(content)))
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # KiB, of any child so far
        self.assertLess(largest, 1 << 20, "some run took more than a gibibyte")

    def test_damage_in_the_middle_costs_only_what_it_hits(self):
        for name in ("conn.log", "flows.binetflow", "flows.ipfix", "exports.pcap"):
            with self.subTest(recording=name):
                content = bytearray(self.whole[name])
                whole = self.assert_bounded(self.file(name, bytes(content)))
                middle = len(content) // 2
                content[middle : middle + 7] = b"\xff" * 7
                shown = self.assert_bounded(self.file(name, bytes(content)))
                self.assertIsNotNone(shown)
                self.assertGreaterEqual(shown["flows"], whole["flows"] // 3, shown)


if __name__ == "__main__":
    testing.main()
