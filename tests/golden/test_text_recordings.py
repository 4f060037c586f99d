"""Text recordings beside the expected output of `recording show` and `recording cat`.

`make golden` rewrites the expected outputs.
"""

import os
import pathlib
import unittest

from harness import program, testing

FOLDER = pathlib.Path(__file__).parent / "text"
EXPECTED = FOLDER / "expected"
REWRITE = os.environ.get("NOROSHI_REWRITE_GOLDEN") == "1"

COMMANDS = {
    "show.txt": ("recording", "show"),
    "show.json": ("recording", "show", "--json"),
    "cat.json": ("recording", "cat", "--format", "json"),
    "cat.csv": ("recording", "cat", "--format", "csv"),
    "cat.nfdump.txt": ("recording", "cat", "--format", "nfdump"),
}


def recordings() -> list[str]:
    return sorted(p.name for p in FOLDER.iterdir() if p.is_file() and p.name != "README.md")


class TextRecordings(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        EXPECTED.mkdir(exist_ok=True)
        os.chdir(FOLDER)  # so that outputs name the files without a path

    def check(self, name: str, output: str) -> None:
        path = EXPECTED / name
        if REWRITE:
            path.write_text(output)
        self.assertTrue(path.is_file(), f"{path} is missing: make golden")
        self.assertMultiLineEqual(path.read_text(), output)

    def test_outputs_are_as_expected(self):
        self.assertGreater(len(recordings()), 5)
        for recording in recordings():
            for suffix, command in COMMANDS.items():
                with self.subTest(recording=recording, output=suffix):
                    self.check(f"{recording}.{suffix}", program.run_well(*command, recording).output)

    def test_every_expected_output_belongs_to_a_recording(self):
        wanted = {f"{name}.{suffix}" for name in recordings() for suffix in COMMANDS}
        self.assertEqual({path.name for path in EXPECTED.iterdir()}, wanted)

    def test_what_cat_writes_is_read_back_unchanged(self):
        for recording in recordings():
            for form in ("csv", "json"):
                with self.subTest(recording=recording, form=form):
                    once = program.run_well("recording", "cat", "--format", form, recording).output
                    twice = program.run_well(
                        "recording", "cat", "--format", form, "-", standard_input=once.encode()
                    ).output
                    self.assertMultiLineEqual(once, twice)


if __name__ == "__main__":
    testing.main()
