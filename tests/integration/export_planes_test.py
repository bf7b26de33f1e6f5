#!/usr/bin/env python3
"""`moyo export-planes` beside positions that Python computes for itself from the shards' moves."""

import json
import os
import tempfile
import unittest

import programs

try:
    import numpy
except ImportError:
    numpy = None

GAMES = 60
SIDE = 19
EVERY = 7
PER_FILE = 500
EMPTY, BLACK, WHITE = 0, 1, 2


def chain_and_liberties(board, start):
    """The stones connected to a stone, and whether they have a liberty."""
    chain, open_points, free = {start}, [start], False
    while open_points:
        x, y = open_points.pop()
        for at in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            if not (0 <= at[0] < SIDE and 0 <= at[1] < SIDE):
                continue
            if board[at] == EMPTY:
                free = True
            elif board[at] == board[start] and at not in chain:
                chain.add(at)
                open_points.append(at)
    return chain, free


def play(board, point, color):
    """Places a stone and takes what has no liberty left: the other side's first."""
    x, y = point
    board[x, y] = color
    around = [at for at in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1))
              if 0 <= at[0] < SIDE and 0 <= at[1] < SIDE and board[at] == 3 - color]
    for at in around + [point]:
        if board[at] == EMPTY:
            continue
        chain, free = chain_and_liberties(board, at)
        if not free:
            for stone in chain:
                board[stone] = EMPTY


def positions(shard, left_out):
    """(planes, policy index, winner, ply) of each position of a shard's 19x19 games, in order."""
    begin = numpy.concatenate([[0], numpy.cumsum(shard["game_moves"], dtype=numpy.int64)])
    setup = numpy.concatenate([[0], numpy.cumsum(shard["game_setup"], dtype=numpy.int64)])
    for row, size in enumerate(shard["game_board_size"]):
        if size != SIDE or row in left_out:
            continue
        board = numpy.zeros((SIDE, SIDE), numpy.uint8)  # [x, y]
        for i in range(setup[row], setup[row + 1]):
            y = int(shard["setup_y"][i])
            board[shard["setup_x"][i], y & 31] = (BLACK, WHITE, EMPTY)[y >> 5]
        history = [board.copy()]
        color = BLACK
        for ply, i in enumerate(range(begin[row], begin[row + 1])):
            x, y = int(shard["move_x"][i]), int(shard["move_y"][i])
            if x & 0x80:
                color = 3 - color
            x &= 31
            planes = numpy.zeros((18, SIDE, SIDE), numpy.uint8)  # [plane, y, x]
            for age in range(min(8, len(history))):
                planes[age] = (history[-1 - age] == color).T
                planes[8 + age] = (history[-1 - age] == 3 - color).T
            planes[16 if color == BLACK else 17] = 1
            won = int(shard["game_winner"][row])
            winner = 0 if won not in (BLACK, WHITE) else 1 if won == color else -1
            yield planes, 361 if x == 31 else y * SIDE + x, winner, ply
            if x != 31:
                play(board, (x, y), color)
            history.append(board.copy())
            color = 3 - color


class ExportPlanesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-planes-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.run_dir = os.path.join(cls.folder, "run")
        data = os.path.join(programs.SOURCE, "tests/data")
        programs.succeed("moyo", "run", "--games", os.path.join(data, "mixed"),
                         os.path.join(data, "games-2015.zip"), "--run-dir", cls.run_dir, "--limit",
                         GAMES, "--games-per-shard", "10", "--workers", "1", "--parse-only")
        cls.shards = os.path.join(cls.folder, "shards")
        programs.succeed("moyo", "shards", "--run-dir", cls.run_dir, "--out", cls.shards)
        with open(os.path.join(cls.shards, "manifest.json"), encoding="utf-8") as file:
            cls.manifest = json.load(file)
        everything = []
        for entry in cls.manifest["shards"]:
            with numpy.load(os.path.join(cls.shards, entry["file"])) as shard:
                everything += positions(shard, entry["left_out_rows"])
        cls.expected = everything

    def export(self, name, *arguments):
        out = os.path.join(self.folder, name)
        report = programs.succeed_json("moyo", "export-planes", *arguments, "--out", out, "--json")
        with open(os.path.join(out, "export.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file), report)
        return out, report

    def check(self, x, y, winner, ply, expected):
        self.assertEqual(x.shape, (len(expected), 18, SIDE, SIDE))
        for i, (planes, policy, won, at) in enumerate(expected):
            numpy.testing.assert_array_equal(x[i], planes, "position %d, ply %d" % (i, at))
            self.assertEqual((y[i], winner[i], ply[i]), (policy, won, at))

    def test_float_npz_from_the_run_directory(self):
        out, report = self.export("float", "--run-dir", self.run_dir, "--format", "float32",
                                  "--every", EVERY, "--positions-per-file", PER_FILE)
        expected = self.expected[::EVERY]
        self.assertEqual(report["positions"], len(expected))
        self.assertEqual(report["dataset_digest"], self.manifest["dataset_digest"])
        self.assertEqual(report["left_out"]["positions_not_every"],
                         len(self.expected) - len(expected))
        self.assertGreater(report["left_out"]["games_of_other_sizes"], 0)
        self.assertGreater(report["left_out"]["copies_of_games"], 0)
        self.assertGreater(report["files"], 2)
        for number in range(report["files"]):
            with numpy.load(os.path.join(out, "batch_%04d.npz" % (number + 1))) as batch:
                self.assertEqual(batch["X"].dtype, numpy.float32)
                self.assertEqual(batch["Y"].dtype, numpy.int64)
                self.assertEqual(batch["winner_known"].dtype, numpy.bool_)
                self.check(batch["X"], batch["Y"], batch["winner"], batch["ply"],
                           expected[number * PER_FILE:(number + 1) * PER_FILE])

    def test_bits_as_npy_from_shard_files(self):
        out, report = self.export("bits", self.shards, "--format", "bits", "--container", "npy",
                                  "--limit", 300)
        self.assertEqual(report["positions"], 300)
        load = lambda name: numpy.load(os.path.join(out, name + "_0001.npy"), mmap_mode="r")
        packed = load("X")
        self.assertEqual((packed.dtype, packed.shape), (numpy.uint8, (300, 18, 46)))
        x = numpy.unpackbits(packed, axis=-1, count=361, bitorder="little")
        self.check(x.reshape(-1, 18, SIDE, SIDE), load("Y"), load("winner"), load("ply"),
                   self.expected[:300])

    def test_bytes_are_the_default(self):
        out, report = self.export("bytes", self.shards, "--every", 50)
        with numpy.load(os.path.join(out, "batch_0001.npz")) as batch:
            self.assertEqual(batch["X"].dtype, numpy.uint8)
            self.check(batch["X"], batch["Y"], batch["winner"], batch["ply"], self.expected[::50])
        self.assertEqual(report["files"], 1)

    def test_wrong_usage_is_told_in_one_line(self):
        out = os.path.join(self.folder, "wrong")
        for arguments in (["--out", out], [self.shards, "--run-dir", self.run_dir, "--out", out],
                          [self.shards, "--out", out, "--board-size", "9"],
                          [self.shards, "--out", out, "--every", "0"],
                          [self.shards, "--out", out, "--format", "float16"]):
            done = programs.run("moyo", "export-planes", *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertFalse(os.path.exists(out))


if __name__ == "__main__":
    if numpy is None:
        print("skipped: no numpy")
        raise SystemExit(programs.SKIPPED)
    programs.require("moyo", "moyo-server", "moyo-worker")
    unittest.main(verbosity=2)
