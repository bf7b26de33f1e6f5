#!/usr/bin/env python3
"""Positions agree with GNU Go's: after every 25th move, after the last, and of the setup.

    gnugo_agreement_test.py [--games N] [--seed S] [--every 25] [PATH...]

Without paths: the bundled games of tests/data, as ctest runs it. N games are drawn from the files below the
paths. GNU Go gets each game's own bytes, loads them up to a move (`loadsgf FILE PLY+1` plays PLY moves) and lists
the stones. Every difference is printed and makes the exit code 1. So does a game that GNU Go refuses, unless
--refused says how many may be; those are printed with its reason. Games that Moyo ends early at an illegal move
are compared up to there, and GNU Go must call that move illegal, too.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import zipfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("MOYO_BIN", "")
SKIPPED = 77
LARGEST_GNUGO_BOARD = 19
BUNDLED_GAMES = 12  # of games-2015.zip


def find_gnugo():
    """Debian puts it where PATH may not lead."""
    for folder in os.environ.get("PATH", "").split(os.pathsep) + ["/usr/games"]:
        path = os.path.join(folder, "gnugo")
        if os.access(path, os.X_OK):
            return path
    return None


class GnuGo:
    """One GNU Go over GTP. It ends at SGF that it cannot parse; ask() then raises with its reason."""

    class Refused(Exception):
        pass

    def __init__(self, program, folder):
        self.program = program
        self.log_path = os.path.join(folder, "gnugo.log")
        self.process = None

    def start(self):
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([self.program, "--mode", "gtp"], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=log, text=True)

    def reason(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            lines = [line.strip() for line in log if line.strip()]
        return lines[-1] if lines else "it ended"

    def ask(self, command):
        if self.process is None:
            self.start()
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.process = None
            raise GnuGo.Refused(self.reason())
        self.process.stdout.readline()  # an answer ends with an empty line
        if not line.startswith("="):
            raise GnuGo.Refused(line[1:].strip())
        return line[1:].strip()

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


def stones(text):
    return set(text.upper().split())


class Comparison:

    def __init__(self, gnugo, folder):
        self.gnugo = gnugo
        self.file = os.path.join(folder, "game.sgf")
        self.games = self.positions = self.illegal = 0
        self.differences = []
        self.refused = []
        self.left_out = []

    def compare(self, game):
        """One line of replay_positions."""
        name = "%s, game %d" % (game["file"], game["game"])
        if not game["positions"]:
            self.left_out.append("%s: %s" % (name, game["reason"] or "no moves"))
            return
        if game["size"] > LARGEST_GNUGO_BOARD:
            self.left_out.append("%s: GNU Go has no %dx%d board" % (name, game["size"], game["size"]))
            return
        self.write(game)
        try:
            for ply, black, white in game["positions"]:
                self.compare_position(name, ply, stones(black), stones(white))
            if "illegal" in game:
                self.compare_illegal(name, game)
            self.games += 1
        except GnuGo.Refused as refusal:
            self.refused.append("%s: %s" % (name, refusal))

    def write(self, game):
        with open(game["file"], "rb") as file:
            file.seek(game["begin"])
            text = file.read(game["end"] - game["begin"])
        if b"\t;" in text and not text.lstrip().startswith(b"("):  # a list line
            text = b"(" + text[text.index(b"\t;") + 1:] + b")"
        with open(self.file, "wb") as file:
            file.write(text)

    def compare_position(self, name, ply, black, white):
        self.gnugo.ask("loadsgf %s %d" % (self.file, ply + 1))
        for color, ours in (("black", black), ("white", white)):
            theirs = stones(self.gnugo.ask("list_stones " + color))
            if theirs != ours:
                self.differences.append("%s, ply %d, %s: only Moyo has %s; only GNU Go has %s" % (
                    name, ply, color, sorted(ours - theirs), sorted(theirs - ours)))
        self.positions += 1

    def compare_illegal(self, name, game):
        self.gnugo.ask("loadsgf %s %d" % (self.file, game["moves"] + 1))
        color, vertex = game["illegal"]
        if self.gnugo.ask("is_legal %s %s" % (color, vertex)) != "0":
            self.differences.append("%s, ply %d: %s, but %s %s is legal for GNU Go" % (
                name, game["moves"], game["reason"], color, vertex))
        self.illegal += 1

    def report(self):
        for title, lines in (("different", self.differences), ("refused by GNU Go", self.refused),
                             ("left out", self.left_out)):
            for line in lines:
                print("%s: %s" % (title, line))
        print("%d games, %d positions, %d illegal moves compared; %d differences, %d refused by GNU Go, %d left out" %
              (self.games, self.positions, self.illegal, len(self.differences), len(self.refused),
               len(self.left_out)))


def files_below(paths):
    found = []
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in os.walk(path):
                found += [os.path.join(folder, name) for name in names]
        else:
            found.append(path)
    return sorted(found)


def bundled(folder):
    """The dialects of tests/data/mixed, and some games of the archive."""
    with zipfile.ZipFile(os.path.join(SOURCE, "tests/data/games-2015.zip")) as archive:
        names = [name for name in sorted(archive.namelist()) if not name.endswith("/")]
        step = len(names) // BUNDLED_GAMES
        paths = []
        for number, name in enumerate(names[::step][:BUNDLED_GAMES]):
            paths.append(os.path.join(folder, "bundled-%02d.sgf" % number))
            with open(paths[-1], "wb") as file:
                file.write(archive.read(name))
    return paths + files_below([os.path.join(SOURCE, "tests/data/mixed")])


def replay(paths, every):
    """What replay_positions says of the games in the files."""
    done = subprocess.run([os.path.join(BIN, "replay_positions"), str(every)], check=True, text=True,
                          input="".join(path + "\n" for path in paths), stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def draw(paths, games, seed):
    """About as many files as games are asked for: most hold one."""
    if games and games < len(paths):
        return sorted(random.Random(seed).sample(paths, games))
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--games", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=25)
    parser.add_argument("--refused", type=int, default=0)
    options = parser.parse_args()
    program = find_gnugo()
    if program is None or not os.access(os.path.join(BIN, "replay_positions"), os.X_OK):
        print("skipped: needs gnugo, and replay_positions in MOYO_BIN='%s'" % BIN)
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="moyo-gnugo-") as folder:
        paths = draw(files_below(options.paths), options.games, options.seed) or bundled(folder)
        gnugo = GnuGo(program, folder)
        comparison = Comparison(gnugo, folder)
        for game in replay(paths, options.every):
            comparison.compare(game)
        gnugo.close()
    comparison.report()
    if comparison.games == 0:
        sys.exit("nothing was compared")
    sys.exit(1 if comparison.differences or len(comparison.refused) > options.refused else 0)


if __name__ == "__main__":
    main()
