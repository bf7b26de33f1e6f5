#!/usr/bin/env python3
"""Runs the benchmarks one after the other and shows what each prints, under the machine's name, date and load.

    cmake --preset dev && cmake --build --preset dev
    tests/benchmarks/run.py [--bin build/dev/bin] [--model RUN_DIR/model.pt] [--shards DIR] [NAME...]

All when no NAME is given; those that want a trained network (--model) or parsed games (--shards, as 'moyo shards'
saves them) are left out without one, and said so. About half an hour on two processors that do nothing else.
"""

import argparse
import datetime
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FLEET = ("--rate", "5000", "--seconds", "15")


def program(name, *arguments):
    return lambda options: [os.path.join(options.bin, name), *arguments]


def script(name, *arguments):
    return lambda options: [sys.executable, os.path.join(HERE, name), *arguments]


def fleet(workers):
    return program("fleet_benchmark", "--workers", str(workers), *FLEET)


def of_model(command):
    return lambda options: command(options) + [options.model] if options.model else None


def of_shards(command):
    return lambda options: command(options) + ["--shards", options.shards] if options.shards else None


# Name: what it measures; its commands, None for one that lacks its input.
BENCHMARKS = {
    "parse": ("SGF bytes to finished shard and its stages, one thread", [program("parse_benchmark")]),
    "convolution": ("3 x 3 convolutions by Winograd's way beside Torch's, one thread", [program("convolution_benchmark")]),
    "features": ("replay to a position, bit planes, their expansion", [program("features_benchmark")]),
    "workers": ("two workers beside one, through a server", [script("worker_scaling.py")]),
    "fleet": ("10 to 10,000 simulated workers on one server; then as much as it can",
              [fleet(workers) for workers in (10, 100, 1000, 10_000)] +
              [program("fleet_benchmark", "--workers", "1000", "--rate", "0", "--units", "400000")]),
    "catalogue": ("1,500,000 sources", [script("catalogue.py")]),
    "memory": ("the trainer's peak under a budget, in a cgroup (as root)",
               [of_shards(script("trainer_memory.py", "--budgets", "512MB,1GB", "--seconds", "60"))]),
    "training": ("steps of training, beside Python's PyTorch", [script("training.py")]),
    "recipes": ("what ways to train learn from as many samples, about an hour of one core",
                [of_shards(script("recipes.py"))]),
    "play": ("the play page's answers", [of_model(script("play_page_benchmark.py"))]),
}


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return "%d x %s" % (len(names), names[0] if names else platform.machine())


def run(name, options):
    what, commands = BENCHMARKS[name]
    print("\n## %s: %s" % (name, what), flush=True)
    for command in (make(options) for make in commands):
        if command is None:
            print("left out: needs --model or --shards")
            continue
        shown = [os.path.relpath(part) if part.startswith("/") else part for part in command]
        print("$ " + " ".join(shown), "(load %.1f)" % os.getloadavg()[0], flush=True)
        done = subprocess.run(command, env=dict(os.environ, MOYO_BIN=options.bin), check=False)
        if done.returncode != 0:
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(HERE, "../../build/dev/bin"))
    parser.add_argument("--model", help="a trained network")
    parser.add_argument("--shards", help="a folder of shards")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    options = parser.parse_args()
    options.bin = os.path.abspath(options.bin)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error("no benchmark %s; there are %s" % (", ".join(unknown), ", ".join(BENCHMARKS)))
    print("%s, %s, %s" % (datetime.date.today(), processor(), platform.platform()))
    failed = [name for name in options.names or BENCHMARKS if not run(name, options)]
    if failed:
        sys.exit("run.py: failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
