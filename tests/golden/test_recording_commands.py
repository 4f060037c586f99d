"""How `recording show` and `recording cat` end, and what they say when something is wrong."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from harness import program, testing

FOLDER = pathlib.Path(__file__).parent / "text"
GOOD = FOLDER / "zeek.log"
DAMAGED = FOLDER / "zeek_damaged.log"


class Errors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name: str, content: str) -> pathlib.Path:
        path = self.folder / name
        path.write_text(content)
        return path

    def bad_files(self) -> list[pathlib.Path]:
        return [
            self.folder / "missing.pcap",
            self.write("empty.pcap", ""),
            self.folder,
            self.write("letter.txt", "Dear reader,\nthis is no recording.\n"),
            self.write("page.html", "<!DOCTYPE html>\n<html><body>no</body></html>\n"),
            self.write("prices.csv", "name,price\napple,1\n"),
            self.write("other.json", '{"name": "apple", "price": 1}\n'),
            self.write("nameless.log", "#separator \\x09\n#path\tconn\n1\t2\t3\n"),
            self.write("colour.csv", "source_address,destination_address,colour\n::1,::2,red\n"),
        ]

    def test_each_bad_file_gets_one_line_and_the_others_are_still_read(self):
        for command in ("show", "cat"):
            for bad in self.bad_files():
                with self.subTest(command=command, file=bad.name):
                    ended = program.run("recording", command, bad, GOOD)
                    self.assertEqual(ended.status, 1, ended)
                    lines = ended.errors.splitlines()
                    self.assertEqual(len(lines), 1, ended)
                    self.assertTrue(lines[0].startswith(f"noroshi: {bad}: "), ended)
                    self.assertNotIn(f"{bad}: {bad}", lines[0])
                    self.assertIn("192.0.2.1" if command == "cat" else "zeek conn", ended.output)

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_an_unreadable_file_says_so(self):
        path = self.write("secret.log", "x")
        path.chmod(0)
        ended = program.run("recording", "show", path)
        self.assertEqual(ended.status, 1, ended)
        self.assertIn("Permission denied", ended.errors)

    def test_a_column_that_is_no_field_is_named(self):
        ended = program.run("recording", "show", self.bad_files()[-1])
        self.assertIn("'colour' is not a field of a flow", ended.errors)

    def test_of_a_damaged_file_the_readable_part_is_shown_with_a_warning(self):
        ended = program.run("recording", "show", "--json", DAMAGED)
        self.assertEqual(ended.status, 0, ended)
        self.assertEqual(len(ended.errors.splitlines()), 1, ended)
        self.assertIn("warning: damaged, the readable part is shown: unparsable_line 2", ended.errors)
        shown = json.loads(ended.output)["recordings"][0]
        self.assertEqual(shown["flows"], 5)
        self.assertEqual(shown["undecodable"], {"unparsable_line": 2})

    def test_a_file_of_which_nothing_can_be_read_has_failed(self):
        path = self.write("ruined.log", "source_address,destination_address\nx,y\n")
        for command in ("show", "cat"):
            ended = program.run("recording", command, path)
            self.assertEqual(ended.status, 1, ended)
            self.assertIn("nothing could be read: unparsable_line 1", ended.errors)


class Use(unittest.TestCase):
    def test_misuse_ends_with_2(self):
        for arguments in (
            (),
            ("recording",),
            ("recording", "show"),
            ("recording", "show", "--colour", GOOD),
            ("recording", "cat", "--format", "xml", GOOD),
            ("recording", "show", "--sampling", "0", GOOD),
        ):
            with self.subTest(arguments=arguments):
                ended = program.run(*arguments)
                self.assertEqual(ended.status, 2, ended)
                self.assertEqual(ended.output, "", ended)
                self.assertNotEqual(ended.errors, "", ended)

    def test_every_command_helps_with_examples(self):
        for command in ((), ("recording",), ("recording", "show"), ("recording", "cat")):
            with self.subTest(command=command):
                self.assertIn("Examples:", program.run_well(*command, "--help").output)

    def test_a_minus_is_standard_input(self):
        ended = program.run_well(
            "recording", "show", "--json", "-", standard_input=GOOD.read_bytes()
        )
        self.assertEqual(json.loads(ended.output)["recordings"][0]["flows"], 5)

    def test_the_sampling_rate_given_scales_the_estimates(self):
        shown = program.show(GOOD, arguments=("--sampling", "100"))[0]
        self.assertEqual(shown["packets_estimated"], shown["packets"] * 100)

    def test_a_closed_pipe_ends_quietly(self):
        lines = (GOOD.read_text().splitlines()[6] + "\n") * 50_000
        header = "\n".join(GOOD.read_text().splitlines()[:6]) + "\n"
        with tempfile.NamedTemporaryFile("w", suffix=".log") as long:
            long.write(header + lines)
            long.flush()
            with subprocess.Popen(
                [str(program.locate()), "recording", "cat", long.name],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as running:
                self.assertTrue(running.stdout.readline().startswith(b'{"kind"'))
                running.stdout.close()
                self.assertEqual(running.stderr.read(), b"")
                self.assertEqual(running.wait(timeout=60), 0)

    def test_a_full_disk_is_said(self):
        with open("/dev/full", "wb") as full:
            ended = subprocess.run(
                [str(program.locate()), "recording", "cat", str(GOOD)],
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(ended.stderr, b"noroshi: standard output: No space left on device\n")


if __name__ == "__main__":
    testing.main()
