#!/usr/bin/env python3
"""`moyo survey` says of every game what a run says of it, and shows it on a terminal and as JSON."""

import os
import pty
import re
import subprocess
import tempfile
import unittest

import programs

DATA = os.path.join(programs.SOURCE, "tests", "data")
MIXED = os.path.join(DATA, "mixed")
ARCHIVE = os.path.join(DATA, "games-2015.zip")


class SurveyTest(unittest.TestCase):

    def survey(self, *arguments):
        return programs.succeed_json("moyo", "survey", "--json", *arguments)

    def test_counts_are_those_of_a_run(self):
        if not programs.have("moyo-server", "moyo-worker"):
            self.skipTest("server and worker are not built")
        for games in (MIXED, ARCHIVE):
            with tempfile.TemporaryDirectory(prefix="moyo-survey-") as folder:
                ran = programs.succeed_json("moyo", "run", "--parse-only", "--json", "--games",
                                            games, "--run-dir", os.path.join(folder, "run"))
            surveyed = self.survey(games)
            for state, count in surveyed["ledger"].items():
                self.assertEqual(count, ran["ledger"][state], state)
            self.assertEqual(surveyed["positions"], ran["positions"])

    def test_mixed_files(self):
        report = self.survey(MIXED)
        self.assertEqual(
            report["ledger"],
            {"found": 34, "accepted": 28, "duplicate": 1, "filtered": 0, "rejected": 5})
        self.assertEqual(report["duplicates"]["symmetric"]["games"], 1)
        example = report["reasons"]["truncated"]["MOVE_OCCUPIED"]["examples"][0]
        self.assertTrue(example["path"].endswith("occupied-point.sgf"))
        with open(example["path"], "rb") as file:
            file.seek(example["byte_offset"])
            self.assertRegex(file.read(5), rb"^[BW]\[..\]$")
        self.assertEqual(sum(report["board_size"].values()), 28)
        self.assertEqual(sum(report["rank"].values()), 56)
        for name in ("US-ASCII", "UTF-8", "GB18030", "EUC-KR"):
            self.assertGreaterEqual(report["encoding"].get(name, 0), 1, report["encoding"])

    def test_archive(self):
        report = self.survey(ARCHIVE)
        self.assertEqual(report["ledger"]["found"], 3000)
        self.assertEqual(report["sources"]["archives"], 1)
        self.assertEqual(report["sources"]["archive_members"], 3000)
        self.assertEqual(set(report["year"]), {"2015", "2016"})
        self.assertEqual(set(report["komi"]), {"6.5"})
        self.assertEqual(len(report["players"]), 20)

    def test_options(self):
        self.assertEqual(self.survey(ARCHIVE, "--limit", "100")["ledger"]["found"], 100)
        report = self.survey(MIXED, "--board-size", "9", "--threads", "1")
        self.assertEqual(set(report["board_size"]), {"9"})
        self.assertIn("FILTER_BOARD_SIZE", report["reasons"]["filtered"])

    def test_report_is_alone_on_stdout(self):
        done = programs.run("moyo", "survey", MIXED)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("34 found = 28 accepted + 1 duplicate + 0 filtered + 5 rejected", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        self.assertNotIn("\x1b", done.stderr)
        self.assertRegex(done.stderr.splitlines()[-1], r"^survey +100\.0%.* 31 games$")

    def test_progress_bar_on_a_terminal(self):
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            self.skipTest("no terminal to be had: %s" % error)
        process = subprocess.Popen([programs.program("moyo"), "survey", ARCHIVE],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        report = process.communicate(timeout=300)[0]
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:  # how Linux tells that nobody can write any more
            pass
        os.close(ours)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"3,000 found", report)
        self.assertTrue(re.search(rb"\r\x1b\[Ksurvey \[#+\] 100\.0%", shown), shown)


if __name__ == "__main__":
    programs.require("moyo")
    unittest.main(verbosity=2)
