#!/usr/bin/env python3
"""Runs server and workers as real programs on real games while everything that can fail fails, round after round.

    tests/fault/campaign.py --rounds 500 --seed 1 --parallel 3 [--trainer]

A round: a fresh run directory, faults at random moments and at named points (faults.py) from several lanes at once,
then peace until every unit is finished. After it the ledger, the shards and the dataset digest must be those of the
undisturbed run, every shard must verify, no alarm may stand, and every program must end with exit code 0 when asked to.
A round that fails says its seed and shows the ends of its logs; --keep FOLDER keeps the whole of it.
Exit code: 0 when all rounds held.
"""

import argparse
import collections
import concurrent.futures
import glob
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import zipfile

from cluster import SHORT_TRAINING, Cluster, compare, run_undisturbed, write_games
from lanes import Lane
import programs

FAULT_SECONDS = 4.0
SHOWN_LINES = 15


def print_logs(folder):
    """The ends of a round's logs, which go with its folder."""
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.log"), recursive=True)):
        with open(path, encoding="utf-8", errors="replace") as log:
            end = collections.deque(log, SHOWN_LINES)
        print("  %s:\n%s" % (os.path.relpath(path, folder), "".join("    " + line for line in end)), flush=True)


def expect_damage_to_be_found(chance, cluster):
    """A shard of the dataset that the disk spoiled must not reach anyone."""
    folder = os.path.join(cluster.run_dir, "server", "shards")
    path = os.path.join(folder, chance.choice(sorted(os.listdir(folder))))
    with open(path, "r+b") as file:
        at = chance.randrange(os.path.getsize(path))
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1 << chance.randrange(8)]))
    out = os.path.join(cluster.folder, "damaged")
    done = programs.run("moyo", "shards", "--out", out, "--server", cluster.address, quiet=True)
    name = os.path.basename(path)[: len("unit-00000000")]
    if done.returncode == 0:
        check_same_shard(os.path.join(out, name + ".npz"), os.path.join(cluster.out, name + ".npz"))
    elif done.returncode != 1 or name not in done.stderr:
        raise AssertionError("damage of %s at %d: %s" % (path, at, done.stderr))


def check_same_shard(one, other):
    """A flipped bit that changes no column (a date in the zip's headers) is no damage."""
    with zipfile.ZipFile(one) as a, zipfile.ZipFile(other) as b:
        if a.namelist() != b.namelist() or any(a.read(name) != b.read(name) for name in a.namelist()):
            raise AssertionError("a damaged shard was taken: %s" % one)


def run_round(folder, games, options, seed, tally):
    """One round with faults; gives its results."""
    cluster = Cluster(folder, games, options.shim, SHORT_TRAINING if options.trainer else None)
    try:
        deadline = time.monotonic() + FAULT_SECONDS
        steps = [Lane.hit_server, Lane.hit_worker, Lane.hit_network, Lane.hit_reader]
        steps += [Lane.hit_trainer] if options.trainer else []
        lanes = [Lane(cluster, "%s %d" % (seed, i), deadline, tally, step) for i, step in enumerate(steps)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        for lane in lanes:
            if lane.error:
                raise lane.error
        cluster.heal()
        results = cluster.results()
        expect_damage_to_be_found(random.Random(seed), cluster)
        cluster.leave()
        return results
    finally:
        cluster.close()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; the next has the next")
    parser.add_argument("--games", type=int, default=600, help="of the bundled archive")
    parser.add_argument("--trainer", action="store_true", help="with a trainer that is killed, too")
    parser.add_argument("--bin", action="append", help="a folder of programs; several: the first that has one")
    parser.add_argument("--parallel", type=int, default=1, help="so many rounds at once; they mostly wait")
    parser.add_argument("--keep", metavar="FOLDER", help="where the folders of failed rounds go")
    parser.add_argument("--shim", default=os.environ.get("MOYO_FAULT_SHIM"), help="the preloaded library")
    return parser.parse_args()


def main():
    begun = time.monotonic()
    options = parse_arguments()
    if options.bin:
        programs.BIN = os.pathsep.join(options.bin)
    programs.require("moyo-server", "moyo-worker", "moyo", *(["moyo-trainer"] if options.trainer else []))
    if not options.shim or not os.path.exists(options.shim):
        sys.exit("campaign: no fault shim; build the target moyo-fault-shim and name it with --shim")
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    tally, failed = collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix="moyo-fault-", dir=memory) as top:
        games = os.path.join(top, "games")
        os.mkdir(games)
        write_games(games, options.games)
        undisturbed = run_undisturbed(os.path.join(top, "undisturbed"), games)

        def attempt(seed):
            folder = os.path.join(top, "round-%d" % seed)
            begin = time.monotonic()
            try:
                compare(run_round(folder, games, options, seed, tally), undisturbed)
                print("round %d held, %.1f s" % (seed, time.monotonic() - begin), flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed.append(seed)
                print("round %d FAILED: %s" % (seed, error), flush=True)
                print_logs(folder)
                if options.keep:
                    shutil.copytree(folder, os.path.join(options.keep, "round-%d" % seed), dirs_exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)

        with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
            list(pool.map(attempt, range(options.seed, options.seed + options.rounds)))
    for kind, count in sorted(tally.items()):
        print("%6d  %s" % (count, kind))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print("%d rounds, %d faults, %d failed: %s; %.0f s, %.0f s of processors" % (
        options.rounds, sum(tally.values()), len(failed), sorted(failed), time.monotonic() - begun,
        used.ru_utime + used.ru_stime))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
