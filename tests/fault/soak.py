#!/usr/bin/env python3
"""An hour in the life of a cluster: games are added, faults strike, people look at the pages, a network learns.

    tests/fault/soak.py --minutes 60 --seed 1 --bin build/dev/bin --shim build/dev/tests/fault/moyo-fault-shim.so

Server and trainer are killed at a third and two thirds of the time, two of the workers all the time, the third one
never, so that memory is seen over long lives. In the end the ledger, the shards and the dataset digest must be those of
a run without faults over the same games, every shard must verify, and no life of ten minutes or more may have grown:
from its second quarter to its last one, by the medians, by a fifth and 8 MiB at most. Exit code: 0 when all held.
"""

import argparse
import collections
import http.client
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time

from cluster import Cluster, compare, run_undisturbed, write_games
from lanes import LASTING, Lane
import faults
import programs
from waiting import await_value

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "benchmarks"))
import made_games  # noqa: E402

FIRST_GAMES = 600
ADDED_GAMES = 40
ADD_EVERY_SECONDS = 30
LOOK_EVERY_SECONDS = 1
SAMPLE_EVERY_SECONDS = 5
REST_SECONDS = 12
MOST_MOVES = 150
LONG_LIFE_SECONDS = 600
MOST_GROWTH = 1.2
MOST_GROWTH_BYTES = 8 << 20
TRAINING = ["--start-after", "1", "--epochs", "100000", "--blocks", "1", "--filters", "8", "--batch-size", "64",
            "--threads", "1", "--validate-minutes", "0.5", "--checkpoint-minutes", "0.2"]


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % probe.getsockname()[1]


class Routine(threading.Thread):
    """Does one thing again and again until the time is over; an error ends it and is kept."""

    def __init__(self, deadline, every_seconds, step):
        super().__init__()
        self.deadline, self.every_seconds, self.step = deadline, every_seconds, step
        self.error = None
        self.start()

    def run(self):
        try:
            while time.monotonic() < self.deadline:
                self.step()
                time.sleep(self.every_seconds)
        except Exception as error:  # pylint: disable=broad-except
            self.error = error


class Memory:
    """Resident bytes of each life of each program."""

    def __init__(self):
        self.begin = time.monotonic()
        self.lives = collections.defaultdict(list)  # (name, pid): [(seconds, bytes)]

    def sample(self, name, process):
        try:
            with open("/proc/%d/status" % process.pid, encoding="ascii") as file:
                lines = dict(line.split(":", 1) for line in file if ":" in line)
        except OSError:
            return
        if "VmRSS" in lines:
            resident = int(lines["VmRSS"].split()[0]) * 1024
            self.lives[name, process.pid].append((time.monotonic() - self.begin, resident))

    def report(self):
        """Prints a line for each long life; gives those that grew."""
        grown = []
        print("%-10s %8s %9s   resident MiB at each tenth of its life" % ("program", "from", "seconds"))
        for (name, pid), samples in sorted(self.lives.items(), key=lambda life: (life[0][0], life[1][0])):
            seconds = samples[-1][0] - samples[0][0]
            if seconds < LONG_LIFE_SECONDS:
                continue
            sizes = [size for _, size in samples]
            tenths = [sizes[min(len(sizes) - 1, i * len(sizes) // 10)] for i in range(1, 11)]
            print("%-10s %8.0f %9.0f   %s" % (name, samples[0][0], seconds,
                                              " ".join("%.0f" % (size / 2**20) for size in tenths)))
            quarter = len(sizes) // 4
            before, after = statistics.median(sizes[quarter:2 * quarter]), statistics.median(sizes[3 * quarter:])
            if after > MOST_GROWTH * before + MOST_GROWTH_BYTES:
                grown.append("%s (%d) grew from %.0f to %.0f MiB" % (name, pid, before / 2**20, after / 2**20))
        return grown


class Pages:
    """Looks at the pages as a browser would; a server that is down or frozen at the moment gives no answer."""

    def __init__(self):
        self.answers = collections.Counter()

    def look(self, address, path, body=None):
        """The content, or None."""
        connection = http.client.HTTPConnection(address, timeout=5)
        try:
            if body is None:
                connection.request("GET", path)
            else:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.answers[path, "no answer"] += 1
            return None
        finally:
            connection.close()
        self.answers[path, answer.status] += 1
        if answer.status != 200:
            raise AssertionError("%s answers %d: %s" % (path, answer.status, content[:200]))
        return content


class Soak:
    def __init__(self, top, options):
        self.options = options
        self.games = os.path.join(top, "games")
        os.mkdir(self.games)
        write_games(self.games, FIRST_GAMES)
        self.top = top
        self.web, self.metrics, self.play_address = free_address(), free_address(), free_address()
        self.cluster = Cluster(os.path.join(top, "soak"), self.games, options.shim, TRAINING,
                               ["--web", self.web, "--metrics", self.metrics])
        self.tally, self.memory, self.pages = collections.Counter(), Memory(), Pages()
        self.added = []
        self.records = list(made_games.records())
        self.play = None
        self.moves = []
        self.begin = time.monotonic()
        self.deadline = self.begin + 60 * options.minutes
        self.kills = {name: [self.begin + 20 * options.minutes * part for part in (1, 2)]
                      for name in ("server", "trainer")}

    def is_due(self, name):
        if not self.kills[name] or time.monotonic() < self.kills[name][0]:
            return False
        self.kills[name].pop(0)
        return True

    def hit_server(self, lane):
        kinds = ("kill",) if self.is_due("server") else LASTING
        kind = lane.hit(self.cluster.server, faults.SERVER_POINTS, "disk", kinds)
        if kind == "kill":
            lane.pause(2)
            self.cluster.server.start()
        return "server: " + kind

    def hit_trainer(self, lane):
        trainer = self.cluster.trainer
        kinds = ("kill",) if self.is_due("trainer") else ("freeze", "clock jump")
        kind = lane.hit(trainer, faults.TRAINER_POINTS, "disk", kinds)
        if kind == "kill":
            trainer.start()
        return "trainer: " + kind

    def hit_steady_worker(self, lane):
        return "steady worker: " + lane.hit(self.cluster.workers[0], {}, "disk", LASTING)

    def hit_worker(self, lane):
        return lane.hit_one_worker(lane.chance.choice(self.cluster.workers[1:]))

    def add_games(self):
        """Forty games that were not there; again and again, since the server may be away."""
        copy, first = divmod(len(self.added) * ADDED_GAMES, len(self.records) - ADDED_GAMES)
        if copy >= made_games.MOST_COPIES:
            return
        folder = os.path.join(self.top, "added-%04d" % len(self.added))
        os.mkdir(folder)
        for i, record in enumerate(self.records[first:first + ADDED_GAMES]):
            made = made_games.changed(record, copy)
            if made is not None:
                with open(os.path.join(folder, "%02d.sgf" % i), "wb") as file:
                    file.write(made)
        self.added.append(folder)

        def is_added():
            return programs.run("moyo", "add", "--server", self.cluster.address, folder, quiet=True).returncode == 0

        await_value("%s is added" % folder, is_added)

    def look(self):
        for path in ("/", "/api/status", "/api/curves"):
            self.pages.look(self.web, path)
        self.pages.look(self.metrics, "/metrics")
        model = os.path.join(self.cluster.run_dir, "model.pt")
        if self.play is None and os.path.exists(model):
            self.play = programs.start("moyo-play", "web", "--model", model, "--listen", self.play_address,
                                       log=os.path.join(self.top, "play.log"))
        elif self.play is not None:
            self.pages.look(self.play_address, "/")
            self.play_on()

    def play_on(self):
        """The network's next move against itself, as the page asks for it."""
        asked = {"game": {"komi": 7.5, "moves": self.moves}, "temperature": 0.6, "seed": self.options.seed,
                 "resigns": False}
        answer = self.pages.look(self.play_address, "/api/reply", asked)
        if answer is not None:
            self.moves = self.moves + [json.loads(answer)["move"]] if len(self.moves) < MOST_MOVES else []

    def sample(self):
        for program in self.cluster.programs():
            self.memory.sample(program.name, program.process)
        if self.play is not None:
            self.memory.sample("play page", self.play)

    def suffer(self):
        """The hour itself."""
        steps = [self.hit_server, self.hit_trainer, self.hit_steady_worker, self.hit_worker, Lane.hit_network,
                 Lane.hit_reader]
        threads = [Lane(self.cluster, "%s %d" % (self.options.seed, i), self.deadline, self.tally, step, REST_SECONDS)
                   for i, step in enumerate(steps)]
        for lane in threads:
            lane.start()
        threads += [Routine(self.deadline, ADD_EVERY_SECONDS, self.add_games),
                    Routine(self.deadline, LOOK_EVERY_SECONDS, self.look),
                    Routine(self.deadline, SAMPLE_EVERY_SECONDS, self.sample)]
        for thread in threads:
            thread.join()
        for thread in threads:
            if thread.error:
                raise thread.error

    def run(self):
        """The problems that were found."""
        try:
            self.suffer()
            self.cluster.heal()
            results = self.cluster.results()
            for path in ("/", "/api/status", "/api/curves"):
                if not self.pages.look(self.web, path):
                    raise AssertionError("the page does not answer in peace: " + path)
            self.cluster.leave()
        finally:
            self.cluster.close()
            if self.play is not None:
                self.play.terminate()
                self.play.wait()
        grown = self.memory.report()
        compare(results, run_undisturbed(os.path.join(self.top, "undisturbed"), self.games, self.added))
        print("%d games in %d shards, dataset digest %s" % (
            results["ledger"]["accepted"], results["shards"]["count"], results["digest"]))
        return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bin", help="folder of the programs")
    parser.add_argument("--shim", default=os.environ.get("MOYO_FAULT_SHIM"), help="the preloaded library")
    options = parser.parse_args()
    if options.bin:
        programs.BIN = options.bin
    programs.require("moyo-server", "moyo-worker", "moyo", "moyo-trainer", "moyo-play")
    with tempfile.TemporaryDirectory(prefix="moyo-soak-") as top:
        soak = Soak(top, options)
        problems = soak.run()
    for kind, count in sorted(soak.tally.items()):
        print("%6d  %s" % (count, kind))
    for (path, status), count in sorted(soak.pages.answers.items(), key=str):
        print("%6d  %s: %s" % (count, path, status))
    print("%d games added in %d parts; %s" % (len(soak.added) * ADDED_GAMES, len(soak.added), problems or "all held"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
