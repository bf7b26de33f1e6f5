#!/usr/bin/env python3
"""A small run, whole: games to model, then every query on what it left, then the same run again."""

import csv
import io
import json
import os
import tempfile
import unittest

import programs

GAMES = 100
LEDGER_STATES = ("accepted", "duplicate", "filtered", "rejected", "quarantined", "pending")


class RunTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="moyo-run-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.run_dir = os.path.join(cls.folder.name, "run")
        cls.command = ["moyo", "run", "--games",
                       os.path.join(programs.SOURCE, "tests/data/games-2015.zip"), "--run-dir",
                       cls.run_dir, "--limit", GAMES, "--games-per-shard", "25", "--workers", "2",
                       "--json"]
        cls.trains = programs.have("moyo-trainer")
        if cls.trains:
            cls.command += ["--blocks", "1", "--filters", "8", "--epochs", "1", "--batch-size", "256",
                            "--seed", "1"]
        else:
            cls.command += ["--parse-only"]
        cls.summary = programs.succeed_json(*cls.command, timeout=500)

    def check_balance(self, ledger):
        self.assertEqual(ledger["found"], sum(ledger[state] for state in LEDGER_STATES))

    def test_1_summary_accounts_for_every_game(self):
        self.check_balance(self.summary["ledger"])
        self.assertEqual(self.summary["ledger"]["pending"], 0)
        self.assertGreaterEqual(self.summary["ledger"]["found"], GAMES)
        self.assertGreater(self.summary["ledger"]["accepted"], GAMES * 0.9)
        self.assertGreater(self.summary["shards"]["count"], 1)
        self.assertGreater(self.summary["parse"]["peak_rss_bytes"], 1 << 20)
        if self.trains:
            self.assertTrue(os.path.exists(self.summary["model"]))
            self.assertGreater(self.summary["training"]["validation_positions"], 0)

    def test_2_status_of_the_run_directory(self):
        status = programs.succeed_json("moyo", "status", "--run-dir", self.run_dir, "--json")
        self.assertEqual(status["ledger"], self.summary["ledger"])
        self.assertEqual(status["dataset_digest"], self.summary["dataset_digest"])
        self.assertEqual(status["units"]["pending"] + status["units"]["leased"], 0)
        self.assertGreater(status["memory"]["rss_bytes"], 0)
        if self.trains:
            self.assertTrue(status["training"]["finished"])
        text = programs.succeed("moyo", "status", "--run-dir", self.run_dir)
        self.assertIn("accepted", text)

    def test_3_ledger_has_a_row_for_every_game(self):
        text = programs.succeed("moyo", "ledger", "--run-dir", self.run_dir, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(rows), self.summary["ledger"]["found"])
        for state in LEDGER_STATES:
            self.assertEqual(sum(row["state"] == state for row in rows),
                             self.summary["ledger"][state], state)
        accepted = programs.succeed_json("moyo", "ledger", "--run-dir", self.run_dir, "--state",
                                         "accepted", "--format", "json")
        self.assertEqual(len(accepted), self.summary["ledger"]["accepted"])

    def test_4_shards_as_files(self):
        out = os.path.join(self.folder.name, "shards")
        programs.succeed("moyo", "shards", "--run-dir", self.run_dir, "--out", out)
        with open(os.path.join(out, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertEqual(manifest["dataset_digest"], self.summary["dataset_digest"])
        games = 0
        for entry in manifest["shards"]:
            self.assertEqual(os.path.getsize(os.path.join(out, entry["file"])), entry["bytes"])
            games += entry["games"] - len(entry["left_out_rows"])
        self.assertEqual(games, self.summary["ledger"]["accepted"])
        again = programs.succeed("moyo", "shards", "--run-dir", self.run_dir, "--out", out)
        self.assertIn("(0 new", again)

    def test_5_the_same_run_again_has_nothing_to_do(self):
        again = programs.succeed_json(*self.command, timeout=300)
        self.assertTrue(again["parse"]["finished_before"])
        self.assertEqual(again["ledger"], self.summary["ledger"])
        self.assertEqual(again["dataset_digest"], self.summary["dataset_digest"])
        if self.trains:
            self.assertTrue(again["training"]["finished_before"])

    def test_6_reset_removes_what_it_says(self):
        refused = programs.run("moyo", "reset", "--run-dir", self.run_dir)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--yes", refused.stderr)
        programs.succeed("moyo", "reset", "--run-dir", self.run_dir, "--dry-run")
        self.assertTrue(os.path.isdir(os.path.join(self.run_dir, "server")))
        programs.succeed("moyo", "reset", "--run-dir", self.run_dir, "--yes")
        self.assertFalse(os.path.exists(os.path.join(self.run_dir, "server")))
        self.assertFalse(os.path.exists(os.path.join(self.run_dir, "model.pt")))
        self.assertTrue(os.path.exists(os.path.join(self.run_dir, "version")))


if __name__ == "__main__":
    programs.require("moyo", "moyo-server", "moyo-worker")
    unittest.main(verbosity=2)
