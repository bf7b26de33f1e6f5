#!/usr/bin/env python3
"""How much faster several workers are than one, through one server. By hand; MOYO_BIN names the folder of programs.

    MOYO_BIN=build/dev/bin python3 tests/benchmarks/worker_scaling.py [--games PATH] [--copies 64] [--workers 1,2]

Makes different games from those of PATH (the bundled 3,000), and parses them anew with each number of workers of one
thread each. Server and workers share the processors: with W workers on N of them, (W + 1) busy processes want N.
"""

import argparse
import os
import resource
import tempfile
import time

import made_games
import servers
from servers import programs


def worker_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(folder, games_folder, games, workers):
    """Seconds from the first worker's start to the last one's end; processor seconds of server and workers."""
    run_dir = os.path.join(folder, "run-%d" % workers)
    with servers.server(run_dir, "--games", games_folder) as (server, address):
        servers.await_catalogue(address, games)
        used, begin = worker_seconds(), time.monotonic()
        started = [programs.start("moyo-worker", "--server", address, "--parallel", "1", "--name",
                                  "w%d" % i, "--exit-when-done", log="%s.w%d.log" % (run_dir, i))
                   for i in range(workers)]
        for worker in started:
            if worker.wait() != 0:
                raise RuntimeError("a worker failed; see %s" % run_dir)
        return (time.monotonic() - begin, servers.processor_seconds(server.pid),
                worker_seconds() - used)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", default=made_games.BUNDLED)
    parser.add_argument("--copies", type=int, default=made_games.MOST_COPIES)
    parser.add_argument("--workers", default="1,2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moyo-scaling-") as folder:
        games_folder = os.path.join(folder, "games")
        games = made_games.write_copies(games_folder, options.copies, options.games)
        print("| workers | games | seconds | games/s | times the first | server CPU s | workers CPU s |")
        print("|---|---|---|---|---|---|---|")
        first = None
        for workers in [int(text) for text in options.workers.split(",")]:
            seconds, server, used = measure(folder, games_folder, games, workers)
            first = first or seconds
            print("| %d | %d | %.1f | %.0f | %.2f | %.1f | %.1f |" %
                  (workers, games, seconds, games / seconds, first / seconds, server, used), flush=True)


if __name__ == "__main__":
    main()
