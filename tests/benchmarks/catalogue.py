#!/usr/bin/env python3
"""A catalogue of very many sources: time and memory to make it, to start with it, and to ask about it. By hand.

    MOYO_BIN=build/dev/bin python3 tests/benchmarks/catalogue.py [--sources 1500000] [--scratch DIR]

Makes so many SGF files (hard links, so they need directory entries and no space), has a server catalogue them while a
worker is at work, starts the server again, and asks for status and for the ledger's rejected games.
"""

import argparse
import os
import tempfile
import time

import made_games
import servers
from servers import programs

FILES_A_FOLDER = 1000
LINKS_A_FILE = 10_000  # ext4 allows 65,000; so most games are copies, the heaviest case for the ledger
QUERIES = 50


def make_sources(folder, count):
    originals = []
    for number, record in enumerate(made_games.records()):
        if number * LINKS_A_FILE >= count:
            break
        path = os.path.join(folder, "original-%04d" % number)  # no .sgf: not a source
        with open(path, "wb") as file:
            file.write(record)
        originals.append(path)
    games = os.path.join(folder, "games")
    for number in range(count):
        if number % FILES_A_FOLDER == 0:
            here = os.path.join(games, "%05d" % (number // FILES_A_FOLDER))
            os.makedirs(here)
        os.link(originals[number % len(originals)], os.path.join(here, "%07d.sgf" % number))
    return games


def milliseconds(*arguments):
    """Of a call, the middle one of many: with the program's start."""
    times = []
    for _ in range(QUERIES):
        begin = time.monotonic()
        programs.succeed(*arguments, quiet=True)
        times.append((time.monotonic() - begin) * 1000)
    return sorted(times)[QUERIES // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1_500_000)
    parser.add_argument("--scratch", help="folder for the files (the system's temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moyo-catalogue-", dir=options.scratch) as folder:
        games = make_sources(folder, options.sources)
        run_dir = os.path.join(folder, "run")
        begin = time.monotonic()
        with servers.server(run_dir, "--games", games) as (server, address), servers.running(
                "moyo-worker", "--server", address, "--parallel", "1", log=run_dir + ".worker.log"):
            servers.await_catalogue(address, options.sources)
            print("catalogued: %d sources in %.1f s beside a worker; server peak %.0f MiB" %
                  (options.sources, time.monotonic() - begin, servers.peak_mib(server.pid)), flush=True)
            at = ("--server", address)
            print("status: p50 %.0f ms" % milliseconds("moyo", "status", *at, "--json"), flush=True)
            print("ledger, rejected games: p50 %.0f ms" %
                  milliseconds("moyo", "ledger", *at, "--state", "rejected"), flush=True)
        begin = time.monotonic()
        with servers.server(run_dir) as (server, _):
            print("started again: serving after %.2f s; peak %.0f MiB" %
                  (time.monotonic() - begin, servers.peak_mib(server.pid)))


if __name__ == "__main__":
    main()
