"""Every command has a man page, and the page names every option that --help names."""

import pathlib
import re
import tempfile
import unittest

from harness import program, testing


def commands_below(command: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The command and all below it, as --help lists them."""
    text = program.run_well(*command, "--help").output
    found = [command]
    _, _, listed = text.partition("Subcommands:")
    for line in listed.splitlines()[1:]:
        if not line.startswith("  "):
            break
        if match := re.match(r"  ([a-z][a-z0-9-]*)", line):
            found += commands_below((*command, match[1]))
    return found


class ManPages(unittest.TestCase):
    def test_every_option_of_every_command_is_described(self):
        commands = commands_below(())
        self.assertIn(("recording", "cat"), commands)
        with tempfile.TemporaryDirectory() as folder:
            program.run_well("--write-man-pages", folder)
            pages = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
        self.assertEqual(set(pages), {"-".join(("noroshi", *c)) + ".1" for c in commands})
        for command in commands:
            page = pages["-".join(("noroshi", *command)) + ".1"].replace("\\-", "-")
            help_text = program.run_well(*command, "--help").output.partition("Examples:")[0]
            options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", help_text))
            self.assertIn("--help", options)
            for option in options:
                self.assertIn(option, page, command)
            for section in (".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH EXAMPLES"):
                self.assertIn(section, page, command)

    def test_a_folder_that_is_not_there_is_said(self):
        ended = program.run("--write-man-pages", "/nowhere/at/all")
        self.assertEqual(ended.status, 1, ended)
        self.assertIn("/nowhere/at/all/noroshi.1: No such file", ended.errors)


if __name__ == "__main__":
    testing.main()
