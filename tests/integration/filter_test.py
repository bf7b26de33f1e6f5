#!/usr/bin/env python3
"""`moyo run` with filters: what is not wanted is in the ledger under its filter's name. In UTF-16, too."""

import os
import tempfile
import unittest

import programs

MOVES = "".join(";%s[%s%s]" % ("BW"[i % 2], chr(97 + i % 18), chr(97 + i // 18)) for i in range(40))
# What each game is filtered by, and its header; another opening each, so that none is a copy.
GAMES = (
    ("", "BR[5d]WR[6d]DT[2015-03-01]KM[6.5]RE[B+R]RU[Chinese]PB[\u53e4\u529b]"),
    ("FILTER_RANK", "BR[5d]DT[2015-03-01]KM[6.5]RE[B+R]RU[Chinese]PB[\u53e4\u529b]"),
    ("FILTER_DATE", "BR[5d]WR[6d]DT[2016]KM[6.5]RE[B+R]RU[Chinese]PB[\u53e4\u529b]"),
    ("FILTER_KOMI", "BR[5d]WR[6d]DT[2015]KM[0]RE[B+R]RU[Chinese]PB[\u53e4\u529b]"),
    ("FILTER_RESULT", "BR[5d]WR[6d]DT[2015]KM[6.5]RU[Chinese]PB[\u53e4\u529b]"),
    ("FILTER_RULESET", "BR[5d]WR[6d]DT[2015]KM[6.5]RE[B+R]RU[AGA]PB[\u53e4\u529b]"),
    ("FILTER_HANDICAP", "BR[5d]WR[6d]DT[2015]KM[6.5]RE[B+R]RU[Chinese]PB[\u53e4\u529b]HA[2]"),
    ("FILTER_PLAYER", "BR[5d]WR[6d]DT[2015]KM[6.5]RE[B+R]RU[Chinese]PB[\u674e]"),
    ("FILTER_BOARD_SIZE", "SZ[25]BR[5d]WR[6d]DT[2015]KM[6.5]RE[B+R]RU[Chinese]PB[\u53e4\u529b]"),
)
FILTERS = ("--filter-min-rank", "1d", "--filter-from", "2015", "--filter-to", "2015-12",
           "--filter-min-komi", "5.5", "--filter-max-komi", "7.5", "--filter-result", "known",
           "--filter-ruleset", "chinese,japanese", "--filter-max-handicap", "0", "--filter-player",
           "Lee Sedol,\u53e4\u529b", "--filter-min-moves", "40", "--board-size", "19")
SHORT = ("FILTER_MIN_MOVES", "(;%s%s)" % (GAMES[0][1], MOVES[:-6]))


def text_of_games():
    games = ["(;GM[1]%s;B[s%s]%s)" % (header, chr(97 + i), MOVES) for i, (_, header) in enumerate(GAMES)]
    return "\n".join(games + [SHORT[1]])


class FilterTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="moyo-filter-")
        self.addCleanup(self.folder.cleanup)
        self.run_dir = os.path.join(self.folder.name, "run")

    def command(self, encoding):
        path = os.path.join(self.folder.name, "games.sgf")
        with open(path, "w", encoding=encoding) as file:
            file.write(text_of_games())
        return ["moyo", "run", "--parse-only", "--workers", "1", "--games-per-shard", "3", "--games",
                path, "--run-dir", self.run_dir]

    def reasons(self):
        rows = programs.succeed_json("moyo", "ledger", "--run-dir", self.run_dir, "--format", "json")
        return [row["reason"] for row in rows]

    def check(self, encoding):
        programs.succeed(*self.command(encoding), *FILTERS)
        self.assertEqual(self.reasons(), [reason for reason, _ in GAMES] + [SHORT[0]])

    def test_each_filter_has_its_name_in_the_ledger(self):
        self.check("utf-8")
        refused = programs.run(*self.command("utf-8"), "--filter-min-rank", "2d")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("begun with --filter-min-rank 1d, not 2d", refused.stderr)
        # Without the flags the run goes on as it was begun.
        programs.succeed(*self.command("utf-8"))

    def test_names_are_decoded(self):
        self.check("gb18030")

    def test_ranges_of_utf_16_little_endian(self):
        self.check("utf-16")

    def test_ranges_of_utf_16_big_endian(self):
        self.check("utf-16-be")

    def test_text_that_no_filter_understands_is_wrong_usage(self):
        for flag, text in (("--filter-min-rank", "5x"), ("--filter-from", "yesterday"),
                           ("--filter-min-komi", "6.25"), ("--filter-ruleset", "house")):
            for command in (self.command("utf-8"),
                            ["moyo-server", "--run-dir", self.run_dir, "--listen", "127.0.0.1:0"]):
                refused = programs.run(*command, flag, text)
                self.assertEqual(refused.returncode, 2)
                self.assertIn(text, refused.stderr)
                self.assertEqual(len(refused.stderr.splitlines()), 1)
        self.assertFalse(os.path.exists(self.run_dir))

    def test_range_that_no_game_can_pass_is_wrong_usage(self):
        for command in (self.command("utf-8"),
                        ["moyo-server", "--run-dir", self.run_dir, "--listen", "127.0.0.1:0"]):
            refused = programs.run(*command, "--filter-from", "2016", "--filter-to", "2015")
            self.assertEqual(refused.returncode, 2)
            self.assertIn("--filter-from is after --filter-to", refused.stderr)
            self.assertEqual(len(refused.stderr.splitlines()), 1)
        self.assertFalse(os.path.exists(self.run_dir))


if __name__ == "__main__":
    programs.require("moyo", "moyo-server", "moyo-worker")
    unittest.main(verbosity=2)
