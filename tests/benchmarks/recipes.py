#!/usr/bin/env python3
"""Ways to train, compared at the same number of samples: each recipe is one run of moyo-trainer on the same games, from
nothing to the end of its schedule. Prints a table, the best first.

    recipes.py --shards DIR [--samples 65000] [--parallel 2] [--keep DIR] [NAME...]

One thread a run, --parallel of them at once; other work on the machine changes no figure but samples a CPU second
(validation's CPU included). MOYO_BIN names the folder of programs.
"""

import argparse
import concurrent.futures
import csv
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Of all, unless the recipe says otherwise.
BASE = {"--blocks": "6", "--filters": "64", "--batch-size": "128", "--augment": "off"}
RECIPES = {
    "base": {},
    "value-0.1": {"--value-weight": "0.1"},
    "rate-0.008": {"--learning-rate": "0.008"},
    "rate-0.002": {"--learning-rate": "0.002"},
    "batch-64": {"--batch-size": "64", "--learning-rate": "0.003"},
    "adamw": {"--optimizer": "adamw"},
    "sgd": {"--optimizer": "sgd"},
    "augment": {"--augment": "on"},
    "leela-zero": {"--architecture": "leela-zero"},
    "pooled-tower": {"--architecture": "pooled-tower"},
    "narrow": {"--blocks": "10", "--filters": "48"},
    "wide": {"--blocks": "6", "--filters": "96"},
    "average": {"--ema": "0.99"},
}
HEADING = ("recipe", "options", "top-1", "top-5", "nats", "samples a CPU second")


def train(name, run_dir, options):
    """The row of a recipe: figures of the last validation, and what the run took."""
    flags = {**BASE, **RECIPES[name]}
    command = [os.path.join(options.bin, "moyo-trainer"), "--shards", options.shards, "--run-dir", run_dir, "--threads",
               "1", "--max-samples", str(options.samples), "--validate-minutes", "600", "--checkpoint-minutes", "600",
               *(word for flag in flags.items() for word in flag)]
    with open(run_dir + ".log", "w", encoding="utf-8") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"recipes.py: {name}: moyo-trainer ended with {child.returncode}: see {run_dir}.log")
    with open(os.path.join(run_dir, "trainer", "curve.csv"), encoding="ascii", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    cpu = usage.ru_utime + usage.ru_stime
    shown = " ".join(f"{flag} {value}" for flag, value in RECIPES[name].items())
    return float(last["nats"]), [name, f"`{shown}`" if shown else "", f"{100 * float(last['top1']):.1f}%",
                                 f"{100 * float(last['top5']):.1f}%", f"{float(last['nats']):.3f}",
                                 f"{int(last['samples']) / cpu:.0f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.environ.get("MOYO_BIN", os.path.join(HERE, "../../build/dev/bin")))
    parser.add_argument("--shards", required=True, help="a folder of shards, as 'moyo shards --out' saves it")
    parser.add_argument("--samples", type=int, default=65_000)
    parser.add_argument("--parallel", type=int, default=2)
    parser.add_argument("--keep", help="folder for the runs and their logs; without it they go")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(RECIPES))
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in RECIPES]
    if unknown:
        parser.error("no recipe %s; there are %s" % (", ".join(unknown), ", ".join(RECIPES)))
    base = " ".join(f"{flag} {value}" for flag, value in BASE.items())
    print(f"{options.samples:,} samples each; all with `{base}`\n| {' | '.join(HEADING)} |\n|{'---|' * len(HEADING)}",
          flush=True)
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        folder = options.keep or scratch
        os.makedirs(folder, exist_ok=True)
        rows = pool.map(lambda name: train(name, os.path.join(folder, name), options), options.names or RECIPES)
        for _, row in sorted(rows, key=lambda nats_and_row: nats_and_row[0]):
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
