#!/usr/bin/env python3
"""How long the play page's server takes for a position and for a move, over HTTP on loopback.

    MOYO_BIN=build/dev/bin python3 tests/benchmarks/play_page_benchmark.py MODEL [MOVES]

Plays games of the network against itself, MOVES (500) in all, asking as the page does.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import time

MOST_MOVES_OF_A_GAME = 250


class Page:
    def __init__(self, model):
        program = os.path.join(os.environ["MOYO_BIN"], "moyo-play")
        self.child = subprocess.Popen([program, "web", "--model", model, "--listen", "127.0.0.1:0"],
                                      stdout=subprocess.PIPE, text=True)
        self.host = re.match(r"Open http://(\S+)/", self.child.stdout.readline()).group(1)

    def ask(self, path, request):
        """The answer, and the milliseconds until it was whole; each request has a connection of its own."""
        begin = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("POST", path, json.dumps(request), {"Content-Type": "application/json"})
        answer = connection.getresponse().read()
        took = 1000 * (time.perf_counter() - begin)
        connection.close()
        return json.loads(answer), took

    def end(self):
        self.child.terminate()
        return self.child.wait()


def play(page, moves):
    """Milliseconds of each position and of each move."""
    positions, replies, game = [], [], []
    for seed in range(moves):
        asked = {"game": {"komi": 7.5, "moves": game}}
        answer, took = page.ask("/api/position", asked)
        positions.append(took)
        if answer["finished"] or len(game) >= MOST_MOVES_OF_A_GAME:
            game = []
            continue
        answer, took = page.ask("/api/reply", asked | {"temperature": 0.6, "seed": seed, "resigns": False})
        replies.append(took)
        game = game + [answer["move"]]
    return positions, replies


def report(what, times):
    times = sorted(times)
    share = lambda part: times[min(len(times) - 1, int(part * len(times)))]
    print(f"{what}: {len(times)} times, p50 {share(0.5):.1f} ms, p99 {share(0.99):.1f} ms, most {times[-1]:.1f} ms")


def main():
    page = Page(sys.argv[1])
    positions, replies = play(page, int(sys.argv[2]) if len(sys.argv) > 2 else 500)
    report("a position evaluated", positions)
    report("a move (the network's answer and the position after it evaluated)", replies)
    sys.exit(page.end())


main()
