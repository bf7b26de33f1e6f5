#!/usr/bin/env python3
"""A small run, whole: games to model, then every query on what it left, then the same run again."""

import csv
import fcntl
import functools
import io
import json
import os
import signal
import struct
import subprocess
import tarfile
import tempfile
import termios
import unittest
import zipfile

import programs
import waiting

GAMES = 100
PIPE_BYTES = 4096
F_SETPIPE_SZ = 1031  # fcntl(2)
LEDGER_STATES = ("accepted", "duplicate", "filtered", "rejected", "quarantined", "pending")


def held_bytes(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def sleeps(pid):
    """Whether its main thread waits."""
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "S"


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

    def test_3_output_that_nobody_takes(self):
        command = [programs.program("moyo"), "ledger", "--run-dir", self.run_dir, "--format", "csv"]
        # A reader that leaves after the first line has what it wanted.
        listing = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        listing.stdout.close()
        self.assertEqual(listing.communicate()[1], b"")
        self.assertEqual(listing.returncode, 0)
        # A file that does not take all of it holds less than the ledger: that is a failure.
        with open("/dev/full", "wb") as full:
            for arguments in (command, [programs.program("moyo"), "status", "--run-dir", self.run_dir]):
                cut = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, text=True,
                                     timeout=60, check=False)
                self.assertEqual(cut.returncode, 1)
                self.assertIn("could not be written whole", cut.stderr)
                self.assertEqual(len(cut.stderr.splitlines()), 1)

    def test_3_signal_while_nobody_takes_the_output(self):
        reading, writing = os.pipe()
        capacity = fcntl.fcntl(writing, F_SETPIPE_SZ, PIPE_BYTES)
        listing = subprocess.Popen([programs.program("moyo"), "ledger", "--run-dir", self.run_dir, "--format", "json"],
                                   stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        self.addCleanup(os.close, reading)
        self.addCleanup(listing.kill)
        waiting.await_value("a write that waits", lambda: held_bytes(reading) == capacity and sleeps(listing.pid))
        listing.send_signal(signal.SIGINT)
        said = listing.communicate(timeout=waiting.PATIENCE_SECONDS)[1]
        self.assertEqual(listing.returncode, 130, said)
        self.assertIn(b"stopped by a signal", said)
        self.assertEqual(said.count(b"\n"), 1, said)

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

    def test_5_unlike_options_train_on_by_fork(self):
        if not self.trains:
            self.skipTest("moyo-trainer is not built")
        # A few steps of another epoch.
        longer = ["2" if before == "--epochs" else word
                  for before, word in zip([None] + self.command, self.command)]
        longer += ["--max-samples", self.summary["training"]["samples"] + 1000]
        refused = programs.run(*longer)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--fork", refused.stderr)
        forked = programs.succeed_json(*longer, "--fork", timeout=300)
        self.assertFalse(forked["training"]["finished_before"])
        self.assertTrue(programs.succeed_json(*longer, timeout=300)["training"]["finished_before"])

    def test_5_what_the_trainer_refuses_costs_no_parse(self):
        if not self.trains:
            self.skipTest("moyo-trainer is not built")
        run_dir = os.path.join(self.folder.name, "refused")
        refused = programs.run("moyo", "run", "--games", os.path.join(programs.SOURCE, "tests/data/games-2015.zip"),
                               "--run-dir", run_dir, "--validation-percent", 0)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--validation-percent", refused.stderr)
        self.assertFalse(os.path.exists(os.path.join(run_dir, "server", "moyo.db")))

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


class StoppedRunTest(unittest.TestCase):

    def setUp(self):
        if not programs.have("moyo-trainer"):
            self.skipTest("moyo-trainer is not built")
        folder = tempfile.TemporaryDirectory(prefix="moyo-stopped-")
        self.addCleanup(folder.cleanup)
        self.run_dir = os.path.join(folder.name, "run")
        self.log = os.path.join(folder.name, "log")
        self.whole = programs.start(
            "moyo", "run", "--games", os.path.join(programs.SOURCE, "tests/data/games-2015.zip"), "--run-dir",
            self.run_dir, "--limit", GAMES, "--blocks", 1, "--filters", 4, "--epochs", 100000, log=self.log)
        self.addCleanup(self.whole.wait)
        self.addCleanup(self.whole.kill)
        self.trainer = waiting.await_value("the training", self.training_process)

    def training_process(self):
        """The trainer, once it has taken a step."""
        self.assertIsNone(self.whole.poll(), self.text(self.log))
        if "samples, " not in self.text(os.path.join(self.run_dir, "logs", "trainer.log")):
            return None
        with open("/proc/%d/task/%d/children" % (self.whole.pid, self.whole.pid), encoding="ascii") as file:
            for pid in file.read().split():
                if os.path.basename(os.readlink("/proc/%s/exe" % pid)) == "moyo-trainer":
                    return int(pid)
        return None

    @staticmethod
    def text(path):
        try:
            with open(path, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def test_signal_stops_all_of_it_and_says_how_it_goes_on(self):
        self.whole.send_signal(signal.SIGINT)
        self.assertEqual(self.whole.wait(waiting.PATIENCE_SECONDS), 130)
        self.assertIn("stopped by a signal; the same command goes on where it stopped", self.text(self.log))
        self.assertFalse(os.path.exists("/proc/%d" % self.trainer))
        self.assertTrue(os.listdir(os.path.join(self.run_dir, "trainer", "checkpoints")))

    def test_trainer_that_others_stop_has_not_finished(self):
        os.kill(self.trainer, signal.SIGTERM)
        self.assertEqual(self.whole.wait(waiting.PATIENCE_SECONDS), 1)
        self.assertIn("moyo-trainer was stopped from outside; the same command", self.text(self.log))


class ArchiveRunTest(unittest.TestCase):

    def test_archives_are_as_good_as_folders_and_paths_may_be_relative(self):
        with tempfile.TemporaryDirectory(prefix="moyo-archives-") as folder:
            at = functools.partial(os.path.join, folder)
            os.mkdir(at("games"))
            names = ["games/%d.sgf" % i for i in range(4)]
            for name in names:
                with open(at(name), "w", encoding="ascii") as file:
                    file.write("(;GM[1]SZ[19];B[pd];W[d%s];B[pp])" % "abcd"[int(name[6])])
            with zipfile.ZipFile(at("packed.zip"), "w") as packed:
                for name in names:  # in the order of a folder's files
                    packed.write(at(name), name)
            with tarfile.open(at("packed.tar.gz"), "w:gz") as packed:
                packed.add(at("games"), "games", recursive=False)
                for name in names:
                    packed.add(at(name), name)
            summaries = {}
            for path in ("games", "games/../games/", "packed.zip", "./packed.tar.gz"):
                run_dir = "run-" + path.replace("/", "_")
                summaries[path] = programs.succeed_json(
                    "moyo", "run", "--parse-only", "--json", "--workers", "1", "--min-moves", "1",
                    "--games", path, "--run-dir", run_dir, cwd=folder)
            for path, summary in summaries.items():
                self.assertEqual(summary["ledger"]["accepted"], 4, path)
                self.assertEqual(summary["dataset_digest"], summaries["games"]["dataset_digest"], path)


if __name__ == "__main__":
    programs.require("moyo", "moyo-server", "moyo-worker")
    unittest.main(verbosity=2)
