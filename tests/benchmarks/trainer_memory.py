#!/usr/bin/env python3
"""Peak memory of moyo-trainer under a budget, in a cgroup with that limit. By hand, as root.

    trainer_memory.py --shards DIR --budgets 512MB,1GB,10GB --seconds 60 [--copies 39 --scratch DIR] [-- FLAGS of moyo-trainer]

Starts a trainer on the shards for so many seconds a budget and prints a table. With --copies, each shard is first
written so many times, its games turned by symmetries and under other hashes: many games from few. MOYO_BIN names the
folder of programs.
"""

import argparse
import glob
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

CGROUPS = "/sys/fs/cgroup"
UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}


def size_of(text):
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()
    return int(number) * UNITS[unit]


class Cgroup:
    """A memory limit for one process; v2 where the kernel has it, else v1."""

    def __init__(self, limit_bytes):
        v2 = os.path.exists(os.path.join(CGROUPS, "cgroup.controllers"))
        self.path = os.path.join(CGROUPS, "" if v2 else "memory", "moyo-memory-%d" % os.getpid())
        os.mkdir(self.path)
        self.write("memory.max" if v2 else "memory.limit_in_bytes", limit_bytes)

    def write(self, name, value):
        with open(os.path.join(self.path, name), "w", encoding="ascii") as file:
            file.write(str(value))

    def add(self):
        self.write("cgroup.procs", os.getpid())

    def remove(self):
        os.rmdir(self.path)


def turned(x, y, symmetry):
    """Points of a 19x19 board under a symmetry; passes (31) stay, and so do the columns' upper bits."""
    import numpy as np
    point_x, point_y = x & 31, y & 31
    a = np.where(symmetry & 1, 18 - point_x, point_x)
    b = np.where(symmetry & 2, 18 - point_y, point_y)
    if symmetry & 4:
        a, b = b, a
    stays = point_x == 31
    return (np.where(stays, x, (x & 224) | a).astype(np.uint8),
            np.where(stays, y, (y & 224) | b).astype(np.uint8))


def replicate(shards, copies, out):
    """Writes the copies; only 19x19 games may be among them."""
    import numpy as np
    draw = np.random.default_rng(1)
    games = 0
    for path in sorted(glob.glob(os.path.join(shards, "*.npz"))):
        columns = dict(np.load(path))
        if (columns["game_board_size"] != 19).any():
            continue
        for copy in range(copies):
            columns["move_x"], columns["move_y"] = turned(columns["move_x"], columns["move_y"],
                                                          1 + copy % 7)
            columns["setup_x"], columns["setup_y"] = turned(columns["setup_x"], columns["setup_y"],
                                                            1 + copy % 7)
            columns["game_hash"] = draw.integers(0, 256, columns["game_hash"].shape, np.uint8)
            name = os.path.basename(path)[:-4]
            np.savez(os.path.join(out, "%s-%03d.npz" % (name, copy)), **columns)
            games += len(columns["game_moves"])
    print("%d games in %s" % (games, out), flush=True)


def peak_bytes(pid):
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read()).group(1)) * 1024
    except (FileNotFoundError, AttributeError):
        return 0


def measure(shards, budget, seconds, flags, folder):
    cgroup = Cgroup(size_of(budget))
    log = os.path.join(folder, budget + ".log")
    program = os.path.join(os.environ.get("MOYO_BIN", ""), "moyo-trainer")
    try:
        with open(log, "wb") as out:
            trainer = subprocess.Popen(
                [program, "--shards", shards, "--run-dir", os.path.join(folder, budget), "--memory-budget",
                 budget] + flags, stdout=out, stderr=subprocess.STDOUT, preexec_fn=cgroup.add)
        peak, deadline = 0, None
        while trainer.poll() is None:
            peak = max(peak, peak_bytes(trainer.pid))
            with open(log, encoding="utf-8") as file:
                text = file.read()
            if deadline is None and "samples," in text:  # it trains: the time begins
                deadline = time.monotonic() + seconds
            if deadline is not None and time.monotonic() > deadline:
                trainer.send_signal(signal.SIGTERM)
                deadline = float("inf")
            time.sleep(0.2)
    finally:
        cgroup.remove()
    plan = re.search(r"memory plan: (.*)", text)
    samples = re.findall(r"([\d,]+) samples,", text)
    print("| %s | %.0f MB | %d | %s samples | %s |" %
          (budget, peak / 1e6, trainer.returncode, samples[-1] if samples else 0,
           plan.group(1) if plan else text.strip().splitlines()[-1]), flush=True)


def main():
    own, flags = (sys.argv[1:], [])
    if "--" in own:
        flags, own = own[own.index("--") + 1:], own[:own.index("--")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--budgets", default="512MB,1GB,10GB")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--copies", type=int, default=0)
    parser.add_argument("--scratch")
    arguments = parser.parse_args(own)
    with tempfile.TemporaryDirectory(prefix="moyo-memory-", dir=arguments.scratch) as folder:
        shards = arguments.shards
        if arguments.copies:
            shards = os.path.join(folder, "copies")
            os.mkdir(shards)
            replicate(arguments.shards, arguments.copies, shards)
        print("| budget | peak RSS | exit code | trained | plan |\n|---|---|---|---|---|")
        for budget in arguments.budgets.split(","):
            measure(shards, budget, arguments.seconds, flags, folder)


if __name__ == "__main__":
    main()
