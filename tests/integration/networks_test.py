#!/usr/bin/env python3
"""The networks of play/networks, which an earlier build wrote, load and see the board as they did when they were trained."""

import glob
import os
import tempfile
import unittest

import programs

NETWORKS = os.path.join(programs.SOURCE, "play", "networks")
GAMES = os.path.join(programs.SOURCE, "tests", "data", "games-2015.zip")
# Measured: 0.41 and more. One plane in a wrong place leaves a third of it.
LEAST_TOP1 = 0.36


class NetworksTest(unittest.TestCase):

    def test_each_predicts_the_bundled_games(self):
        models = sorted(glob.glob(os.path.join(NETWORKS, "*.pt")))
        self.assertEqual(len(models), 2)
        for model in models:
            with self.subTest(os.path.basename(model)):
                report = programs.succeed_json("moyo-play", "eval", "--model", model, "--games", GAMES, "--limit", 40,
                                               "--positions-per-game", 25, "--json")
                self.assertGreater(report["positions"], 900)
                self.assertGreater(report["top1"], LEAST_TOP1)

    def test_the_tower_is_one_that_leelaz_can_hold(self):
        with tempfile.TemporaryDirectory(prefix="moyo-networks-") as folder:
            def export(name):
                return programs.run("moyo-play", "export", "--model", os.path.join(NETWORKS, name), "--format",
                                    "leela-zero", "--out", os.path.join(folder, "weights.gz"))
            self.assertEqual(export("tower-4x48.pt").returncode, 0)
            refused = export("gpool-6x64.pt")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("--architecture pooled-tower", refused.stderr)

    def test_games_with_itself_are_games_to_train_on(self):
        with tempfile.TemporaryDirectory(prefix="moyo-networks-") as folder:
            games = os.path.join(folder, "games")

            def play():
                return programs.succeed("moyo-play", "self-play", "--model", os.path.join(NETWORKS, "tower-4x48.pt"),
                                        "--games", 100, "--max-moves", 12, "--out", games)
            self.assertIn("100 games played", play())
            survey = programs.succeed_json("moyo", "survey", games, "--json")
            self.assertEqual(survey["ledger"]["found"], 100)
            self.assertEqual(survey["ledger"]["accepted"], 100)
            self.assertEqual(survey["positions"], 1200)
            self.assertIn("0 games played", play())


if __name__ == "__main__":
    programs.require("moyo-play", "moyo")
    unittest.main(verbosity=2)
