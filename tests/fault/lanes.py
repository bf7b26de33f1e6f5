"""Lanes of faults: each makes one kind of victim suffer, one fault after the other, until its time is over."""

import os
import random
import signal
import subprocess
import threading
import time

import faults
import programs
from cluster import DELAY_SECONDS, LEASE_SECONDS

LASTING = ("freeze", "disk", "clock jump")  # the program lives on
KINDS = ("kill", "point", "point", "point") + LASTING
CLOCK_JUMPS_SECONDS = (-86400, -3700, -5, 5, 3700, 86400)


def corrupt_spool(chance, worker):
    """Flips bytes of a finished shard that waits in a spool."""
    names = os.listdir(worker.spool) if os.path.isdir(worker.spool) else []
    files = sorted(name for name in names if name.endswith((".npz", ".commit")))
    if not files:
        return
    path = os.path.join(worker.spool, chance.choice(files))
    with open(path, "r+b") as file:
        content = bytearray(file.read())
        for _ in range(4):
            if content:
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        file.seek(0)
        file.write(content)


def litter_shards(chance, cluster):
    """What a crash may leave: a shard that no row names, a half-written one."""
    folder = os.path.join(cluster.run_dir, "server", "shards")
    for name in ("unit-%08d-t%d.npz" % (chance.randrange(40), 10**6), "unit-00000001-t1.npz.7.tmp"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(chance.randbytes(1000))


class Lane(threading.Thread):
    """Makes one kind of victim suffer, fault after fault, until the time is over."""

    def __init__(self, cluster, seed, deadline, tally, step, rest_seconds=0.5):
        super().__init__()
        self.cluster, self.deadline, self.tally, self.step = cluster, deadline, tally, step
        self.rest_seconds = rest_seconds
        self.chance = random.Random(seed)
        self.error = None

    def run(self):
        try:
            while time.monotonic() < self.deadline:
                self.pause(self.rest_seconds)
                self.tally[self.step(self)] += 1
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def pause(self, most):
        time.sleep(self.chance.uniform(0, most))

    def hit(self, program, points, disk, kinds=KINDS):
        """One fault of a program; gives its name. `disk` is what a fault of the disk is called."""
        kind = self.chance.choice(kinds)
        if kind == "kill":
            program.kill()
        elif kind == "freeze":
            program.process.send_signal(signal.SIGSTOP)
            self.pause(3 * LEASE_SECONDS / 2)
            program.process.send_signal(signal.SIGCONT)
            return kind
        elif kind == "clock jump":
            program.control.set_clock(self.chance.choice(CLOCK_JUMPS_SECONDS))
            self.pause(1.5)
            program.control.set_clock(self.chance.choice((0,) + CLOCK_JUMPS_SECONDS))
            return kind
        elif kind == "point":
            name, point = self.chance.choice(sorted(points.items()))
            program.control.die_at(point, self.chance.randrange(1, point[3] + 1))
            end = time.monotonic() + 1.5
            while program.is_alive() and time.monotonic() < end:
                time.sleep(0.01)
            if not program.control.disarm() and program.is_alive():
                return "point not reached"
            kind = name
        else:
            self.chance.choice([program.control.fill_disk, program.control.make_read_only])()
            self.pause(1.5)
            program.control.heal()
            return disk
        program.process.wait()
        return kind

    def hit_server(self):
        kind = self.hit(self.cluster.server, faults.SERVER_POINTS, "disk of the server")
        if not self.cluster.server.is_alive():
            litter_shards(self.chance, self.cluster)
            self.pause(0.7)
            self.cluster.server.start()
        return "server: " + kind

    def hit_worker(self):
        return self.hit_one_worker(self.chance.choice(self.cluster.workers))

    def hit_one_worker(self, worker):
        if self.chance.random() < 0.15:
            worker.leave()
            kind = "leave"
        else:
            kind = self.hit(worker, faults.WORKER_POINTS, "disk of the spool")
        if not worker.is_alive():
            if self.chance.random() < 0.4:
                corrupt_spool(self.chance, worker)
            self.pause(0.5)
            worker.start()
        return "worker: " + kind

    def hit_network(self):
        proxy = self.chance.choice(self.cluster.proxies)
        kind = self.chance.choice(["cut", "half-close", "stall", "refuse", "delay"])
        if kind == "cut":
            proxy.cut()
        elif kind == "half-close":
            proxy.half_close(self.chance)
        elif kind == "refuse":
            proxy.refuses = True
            proxy.cut()
        elif kind == "stall":
            proxy.stalled = True
        else:
            proxy.delay_seconds = 0.2
        self.pause(2)
        proxy.heal(DELAY_SECONDS)
        return "network: " + kind

    def hit_reader(self):
        """Fetches the shards that are there, and is stopped in the middle more often than not."""
        command = [programs.program("moyo"), "shards", "--out", self.cluster.out, "--server",
                   "127.0.0.1:%d" % self.cluster.proxies[3].port]
        reader = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            code = reader.wait(self.chance.uniform(0.05, 1.0))
        except subprocess.TimeoutExpired:
            reader.kill()
            reader.wait()
            return "reader: kill"
        self.pause(1)
        return "reader: fetched" if code == 0 else "reader: cut off"

    def hit_trainer(self):
        trainer = self.cluster.trainer
        if not trainer.is_alive():
            return "trainer: done"
        kind = self.hit(trainer, faults.TRAINER_POINTS, "disk", [kind for kind in KINDS if kind != "disk"])
        if not trainer.is_alive() and trainer.process.returncode != 0:
            trainer.start()
        return "trainer: " + kind
