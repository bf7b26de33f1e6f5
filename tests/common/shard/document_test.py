#!/usr/bin/env python3
"""common/shard/FORMAT.md says what is true: its hexadecimal example, and its Python, run on a real shard."""

import io
import json
import os
import re
import subprocess
import sys
import unittest
from contextlib import redirect_stdout

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BIN = os.environ.get("MOYO_BIN", "")
GOLDEN = os.path.join(SOURCE, "tests/data/golden")
MIXED = os.path.join(GOLDEN, "mixed-v1.npz")
SKIPPED = 77
COLUMN_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


DOCUMENT = read(os.path.join(SOURCE, "common/shard/FORMAT.md"))


def example(arguments):
    """Runs the document's Python with these arguments; gives its names and what it printed."""
    code, = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names = {}
    out = io.StringIO()
    before = sys.argv
    sys.argv = ["example.py"] + arguments
    try:
        with redirect_stdout(out):
            exec(compile(code, "FORMAT.md", "exec"), names)  # pylint: disable=exec-used
    finally:
        sys.argv = before
    return names, out.getvalue()


def stones(board, color):
    """Of the example's board, as replay_positions lists them."""
    size = len(board)
    return " ".join("%s%d" % (COLUMN_LETTERS[x], size - y)
                    for y in range(size) for x in range(size) if board[y][x] == color)


class DocumentTest(unittest.TestCase):

    def test_hexadecimal_lines_are_those_of_the_tiny_shard(self):
        listing = subprocess.run(
            [sys.executable, os.path.join(GOLDEN, "annotate.py"), os.path.join(GOLDEN, "tiny-v1.npz")],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        self.assertEqual(listing, read(os.path.join(GOLDEN, "tiny-v1.txt")))
        blocks = [block for block in re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
                  if "local header" in block]
        self.assertEqual(len(blocks), 1)
        lines = [line for line in blocks[0].splitlines() if line.strip() not in ("", "...")]
        self.assertGreater(len(lines), 20)
        self.assertEqual([line for line in lines if line not in listing.splitlines()], [])

    def test_python_rebuilds_every_position_as_moyo_does(self):
        done = subprocess.run([os.path.join(BIN, "replay_positions"), "25"], check=True, text=True,
                              input=MIXED + "\n", stdout=subprocess.PIPE)
        games = [json.loads(line) for line in done.stdout.splitlines()]
        names, _ = example([MIXED, "0"])
        self.assertEqual(names["digest"](names["shard"]), games[0]["digest"])
        captures = positions = 0
        for row, game in enumerate(games):
            for ply, black, white in game["positions"]:
                board = names["position"](names["shard"], row, ply)
                self.assertEqual(stones(board, 1), black, (row, ply))
                self.assertEqual(stones(board, 2), white, (row, ply))
                positions += 1
                captures += ply - len(black.split()) - len(white.split()) > 0
        self.assertEqual(len(games), len(names["shard"]["game_moves"]))
        self.assertGreater(positions, 100)
        self.assertGreater(captures, 10)

    def test_python_prints_a_board(self):
        _, printed = example([os.path.join(GOLDEN, "tiny-v1.npz"), "0"])
        lines = printed.splitlines()
        self.assertEqual(lines[3], "..X......")
        self.assertEqual(lines[-1][:8], "4c725214")


if __name__ == "__main__":
    try:
        import numpy  # noqa: F401  pylint: disable=unused-import
    except ImportError:
        print("skipped: needs NumPy")
        sys.exit(SKIPPED)
    if not os.access(os.path.join(BIN, "replay_positions"), os.X_OK):
        print("skipped: no replay_positions in MOYO_BIN='%s'" % BIN)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
