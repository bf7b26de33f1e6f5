#!/usr/bin/env python3
"""Files of any size and shape pass through survey, server and worker in bounded memory."""

import json
import os
import subprocess
import tempfile
import unittest
import zipfile

import programs

ARCHIVE = os.path.join(programs.SOURCE, "tests", "data", "games-2015.zip")
LARGE_BYTES = 120_000_000
MOST_MEMORY_BYTES = 100_000_000  # of any one process


def run_with_peak(*arguments):
    """Runs a program; gives its JSON and the largest memory of it and the programs that it waited for."""
    command = [programs.program(arguments[0])] + [str(argument) for argument in arguments[1:]]
    print("$", " ".join(command), flush=True)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode != 0:
        raise AssertionError("exit code %d: %s" % (process.returncode, text))
    return json.loads(text), usage.ru_maxrss * 1024


class LargeSourcesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-large-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        with zipfile.ZipFile(ARCHIVE) as archive:
            games = [archive.read(name).replace(b"\n", b"") for name in archive.namelist()
                     if not name.endswith("/")]
        block = b"".join(games)
        blocks = LARGE_BYTES // len(block) + 1
        cls.one_line_games = blocks * len(games)
        with open(os.path.join(cls.folder, "one-line.sgf"), "wb") as file:
            for _ in range(blocks):
                file.write(block)
        with open(os.path.join(cls.folder, "one-game.sgf"), "wb") as file:
            file.write(b"(;GM[1]SZ[19]")
            for _ in range(LARGE_BYTES // 1_200_000):
                file.write(b";B[pd];W[dp]" * 100_000)
            file.write(b")" + games[0])

    def check(self, ledger):
        self.assertEqual(ledger["found"], self.one_line_games + 2)
        self.assertEqual(ledger["rejected"], 1)
        self.assertEqual(ledger["accepted"] + ledger["duplicate"], self.one_line_games + 1)

    def test_survey(self):
        report, peak = run_with_peak("moyo", "survey", "--json", self.folder)
        self.check(report["ledger"])
        self.assertEqual(list(report["reasons"]["rejected"]), ["GAME_TOO_LARGE"])
        self.assertLess(peak, MOST_MEMORY_BYTES)

    def test_run(self):
        if not programs.have("moyo-server", "moyo-worker"):
            self.skipTest("server and worker are not built")
        with tempfile.TemporaryDirectory(prefix="moyo-large-run-") as run_dir:
            summary, peak = run_with_peak("moyo", "run", "--parse-only", "--json", "--games",
                                          self.folder, "--run-dir", run_dir)
        self.check(summary["ledger"])
        self.assertLess(peak, MOST_MEMORY_BYTES)


if __name__ == "__main__":
    programs.require("moyo")
    unittest.main(verbosity=2)
