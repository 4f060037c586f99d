#!/usr/bin/env python3
"""`noroshi model`: from scenarios to a model and its report. A model learnt from simulations alone comes
out again octet by octet; it explains itself; the judge that has it says so."""

import json
import pathlib
import tempfile
import unittest

from harness import program, testing

SCENARIO = """
name = "small"
seed = 1
start = "2026-11-02T20:00:00+09:00"
duration = "1h"
[population]
lines = 60
[[botnet]]
kind = "gafgyt"
lines = 5
scan_rate = 1
attacks = 0
[[botnet]]
kind = "http_beacon"
lines = 5
period = "60s"
[[botnet]]
kind = "irc"
lines = 5
scan = false
[[view]]
name = "all"
sampling = 1
format = "csv"
"""


def make_model(folder: pathlib.Path, name: str) -> pathlib.Path:
    examples = folder / f"{name}.bin"
    program.run_well("model", "examples", "--scenarios", folder / "small.toml", "--seeds", "1,2,3",
                     "--room", folder, "--output", examples)
    program.run_well("model", "train", "--examples", examples, "--output", folder / name,
                     "--rounds", "30")
    return folder / name


class Model(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory(prefix="noroshi-")
        cls.folder = pathlib.Path(cls.kept.name)
        (cls.folder / "small.toml").write_text(SCENARIO)
        cls.model = make_model(cls.folder, "model")
        cls.examples = cls.folder / "model.bin"

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def test_comes_out_again_octet_by_octet(self):
        (self.folder / "again").mkdir()
        (self.folder / "again" / "small.toml").write_text(SCENARIO)
        again = make_model(self.folder / "again", "model")
        names = sorted(path.name for path in self.model.iterdir())
        self.assertEqual(names, ["booster.json", "card.json", "card.md", "model.json"])
        for name in names:
            self.assertEqual((self.model / name).read_bytes(), (again / name).read_bytes(), name)

    def test_its_card_names_every_source(self):
        card = json.loads(program.run_well("model", "card", self.model, "--json").output)
        self.assertEqual([source["seed"] for source in card["data"]], [1, 2, 3])
        self.assertEqual(len({source["sha256"] for source in card["data"]}), 1)
        self.assertIn("モデルカード", program.run_well("model", "card", self.model).output)

    def test_is_measured_with_every_seed(self):
        reports = self.folder / "reports"
        program.run_well("model", "evaluate", "--examples", self.examples, "--protocol",
                         "leave-family-out", "--output", reports)
        report = json.loads((reports / "leave-family-out.json").read_text())
        self.assertEqual(report["seeds"], [1, 2, 3])
        self.assertEqual(report["left_out"], ["gafgyt", "http_beacon", "irc"])
        self.assertEqual(len(report["cells"]), 3)
        self.assertIn("<svg", (reports / "leave-family-out.html").read_text())
        refused = program.run("model", "evaluate", "--examples", self.examples, "--protocol", "time")
        self.assertEqual(refused.status, 2, refused.errors)

    def test_the_judge_asks_it_and_it_explains_itself(self):
        run = self.folder / "run"
        program.run_well("simulate", self.folder / "small.toml", "--seed", "9", "--output", run)
        truth = [json.loads(line) for line in (run / "truth.jsonl").read_text().splitlines()]
        commands = {f"{one['address']}:{one['port']}/tcp" for one in truth
                    if one["record"] == "endpoint" and one["role"] == "command"}
        files = sorted((run / "all").iterdir())
        answer = json.loads(program.run_well("analyze", "--json", "--model", self.model,
                                             *files).output)
        self.assertIn("learned_model", json.dumps(answer))
        examples = self.folder / "run.bin"
        program.run_well("model", "examples", "--recordings", run, "--room", self.folder,
                         "--output", examples)
        server = sorted(commands)[0]
        reasons = json.loads(program.run_well("model", "explain", server, "--model", self.model,
                                              "--examples", examples, "--json").output)
        self.assertEqual(reasons[0]["truth"], "command")
        self.assertTrue(reasons[0]["reasons"])
        # A model of other features, or whose trees are others, is refused.
        broken = self.folder / "broken"
        broken.mkdir()
        for path in self.model.iterdir():
            (broken / path.name).write_bytes(path.read_bytes())
        (broken / "booster.json").write_text("{}")
        refused = program.run("analyze", "--model", broken, *files)
        self.assertEqual(refused.status, 1)
        self.assertIn("booster.json", refused.errors)


if __name__ == "__main__":
    testing.main()
