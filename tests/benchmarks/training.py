#!/usr/bin/env python3
"""Training's throughput: moyo-trainer's loop (training_benchmark) beside Python's PyTorch, plain and tuned
(training_peers.py), network by network, in one run and one after the other. Prints a table.

    training.py [--bin build/dev/bin] [--nets leela-zero:6x64,gpool:6x64] [--threads 2] [--seconds 20]

Where other work runs on the machine, the columns per CPU second are the ones to compare.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NETS = "leela-zero:4x32,leela-zero:6x64,leela-zero:6x96,leela-zero:12x192,gpool:6x64"
HEADING = ("net", "samples/s", "a CPU second", "GFLOP/s a CPU", "of bf16 GEMM", "waits for data", "tuned Python a CPU",
           "ratio", "plain Python a CPU", "ratio")


def python_with_torch():
    """An interpreter that has torch, or None."""
    for python in (sys.executable, shutil.which("python3", path="/usr/bin")):
        if python and subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode == 0:
            return python
    return None


def lines_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def moyo(options, net, seconds, *arguments):
    return lines_of([os.path.join(options.bin, "training_benchmark"), "--threads", str(options.threads), "--nets", net,
                     "--seconds", str(seconds), *arguments])


def peer(options, python, net, how):
    if python is None:
        return None
    return lines_of([python, os.path.join(HERE, "training_peers.py"), "--net", net, "--how", how, "--threads",
                     str(options.threads), "--seconds", str(options.seconds)])[0]


def row(net, ours, peak, tuned, plain):
    cells = [net, "%.0f" % ours["samples_per_second"], "%.0f" % ours["samples_per_cpu_second"],
             "%.0f" % ours["gflops_per_cpu_second"], "%.0f%%" % (100 * ours["gflops_per_cpu_second"] / peak),
             "%.2f%%" % (100 * ours["feed_wait_ratio"])]
    for other in (tuned, plain):
        rate = other["samples_per_cpu_second"] if other else None
        cells += ["%.1f" % rate, "%.2f" % (ours["samples_per_cpu_second"] / rate)] if rate else ["-", "-"]
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(HERE, "../../build/dev/bin"))
    parser.add_argument("--nets", default=NETS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    python = python_with_torch()
    if python is None:
        print("no Python with torch (Debian: python3-torch): its columns stay empty")
    machine = moyo(options, "gpool:1x8", 0.1, "--games", "200")[0]
    peak = machine["bf16_gemm_gflops_per_cpu_second"]
    print("%d threads; matrix products, GFLOP a CPU second: bf16 %.0f, fp32 %.0f; load %.1f" %
          (machine["threads"], peak, machine["fp32_gemm_gflops_per_cpu_second"], os.getloadavg()[0]))
    print("| %s |\n|%s" % (" | ".join(HEADING), "---|" * len(HEADING)), flush=True)
    for net in options.nets.split(","):
        ours = moyo(options, net, options.seconds, "--gemm-seconds", "0")[0]
        print("| %s |" % " | ".join(row(net, ours, peak, peer(options, python, net, "tuned"),
                                        peer(options, python, net, "plain"))), flush=True)


if __name__ == "__main__":
    main()
