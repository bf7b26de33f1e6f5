#!/usr/bin/env python3
"""A GTP program for tests: plays down the board in a fixed order, and misbehaves as its arguments say.

fake_gtp.py [--pass-after N] [--resign-after N] [--illegal-after N] [--garbage-after N] [--die-after N]
            [--hang-after N] [--die-at-score] [--die-between] [--once FILE] [--refuse-komi] [--refuse-play]
            [--refuse-play-with N] [--score TEXT] [--no-score] [--noisy]
N counts the program's own moves of a game. --die-between: after its score. --once: dies only while FILE is
missing, and leaves it behind. --refuse-play-with: a reason of N bytes.
"""

import argparse
import os
import sys

COLUMNS = "ABCDEFGHJKLMNOPQRST"


def points(color):
    """Black fills rows from the bottom, White from the top, every second column: nothing is captured."""
    for row in (range(1, 9) if color == "b" else range(19, 11, -1)):
        for column in COLUMNS[::2]:
            yield column + str(row)


def die(options):
    if options.once:
        if os.path.exists(options.once):
            return
        with open(options.once, "w"):
            pass
    print("dying now", file=sys.stderr, flush=True)
    sys.exit(3)


def main():
    parser = argparse.ArgumentParser()
    for name in ("pass", "resign", "illegal", "garbage", "die", "hang"):
        parser.add_argument("--%s-after" % name, type=int, default=10**9)
    for name in ("refuse-komi", "refuse-play", "die-at-score", "die-between"):
        parser.add_argument("--" + name, action="store_true")
    parser.add_argument("--refuse-play-with", type=int, default=0)
    parser.add_argument("--once")
    parser.add_argument("--score", default="B+3.5")
    parser.add_argument("--no-score", action="store_true")
    parser.add_argument("--noisy", action="store_true")
    options = parser.parse_args()
    taken, own = set(), 0
    print("fake program ready", file=sys.stderr, flush=True)
    for line in sys.stdin:
        words = line.lower().split()
        if not words:
            continue
        answer, status = "", "="
        if options.noisy:
            print("this line is no answer")
        if words[0] == "clear_board":
            taken, own = set(), 0
        elif words[0] == "komi" and options.refuse_komi:
            status, answer = "?", "no komi here"
        elif words[0] == "play" and (options.refuse_play or options.refuse_play_with > 0):
            status, answer = "?", "no moves here".ljust(options.refuse_play_with, ".")
        elif words[0] == "play":
            taken.add(words[2].upper())
        elif words[0] == "final_score":
            if options.die_at_score:
                die(options)
            status, answer = ("?", "cannot count") if options.no_score else ("=", options.score)
        elif words[0] == "genmove":
            if own >= options.die_after:
                die(options)
            if own >= options.hang_after:
                continue
            if own >= options.resign_after:
                answer = "resign"
            elif own >= options.illegal_after:
                answer = sorted(taken)[0]
            elif own >= options.garbage_after:
                answer = "Z99"
            elif own >= options.pass_after:
                answer = "PASS"
            else:
                answer = next((p for p in points(words[1]) if p not in taken), "pass")
                taken.add(answer)
            own += 1
        elif words[0] == "quit":
            print("=\n", flush=True)
            return
        print("%s %s\n" % (status, answer), flush=True)
        if options.die_between and words[0] == "final_score":
            die(options)


main()
