#!/usr/bin/env python3
"""Runs server and workers as real programs on real games while everything that can fail fails, round after round.

    tests/fault/campaign.py --rounds 500 --seed 1 --parallel 3 [--trainer]

A round: a fresh run directory, faults at random moments and at named points (faults.py) from several lanes at once,
then peace until every unit is finished. After it the ledger, the shards and the dataset digest must be those of the
undisturbed run, every shard must verify, no alarm may stand, and every program must end with exit code 0 when asked to.
A round that fails keeps its folder and says its seed. Exit code: 0 when all rounds held.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import faults  # noqa: E402
import programs  # noqa: E402

GAMES_PER_SHARD = 10
LEASE_SECONDS = 2
DELAY_SECONDS = 0.002
BACKUP_AFTER_SECONDS = 0.3
RECHECK_PERCENT = 20
CLOCK_JUMPS_SECONDS = (-86400, -3700, -5, 5, 3700, 86400)
FAULT_SECONDS = 4.0
PATIENCE_SECONDS = 120
START_SECONDS = 2
LEAVE_SECONDS = 20


def write_games(folder, count):
    """Real games: every dialect of tests/data/mixed, and some of the bundled archive, part of them twice."""
    data = os.path.join(programs.SOURCE, "tests", "data")
    shutil.copytree(os.path.join(data, "mixed"), os.path.join(folder, "mixed"))
    with zipfile.ZipFile(os.path.join(data, "games-2015.zip")) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")][:count]
        for i, name in enumerate(names):
            for again in range(2 if i % 10 == 0 else 1):
                with open(os.path.join(folder, "%05d-%d.sgf" % (i, again)), "wb") as file:
                    file.write(archive.read(name))
        with zipfile.ZipFile(os.path.join(folder, "some.zip"), "w") as some:
            for name in names[: count // 5]:
                some.writestr(name, archive.read(name))


class Program:
    """One program that may be killed and started again, with a shim's page of its own."""

    def __init__(self, folder, name, command, shim):
        self.name = name
        self.command = command
        self.log = os.path.join(folder, name + ".log")
        self.control = faults.Control(os.path.join(folder, name + ".control"))
        self.environment = dict(os.environ, MOYO_FAULT_CONTROL=self.control.path, MOYO_FAULT_FOLDER=folder)
        if shim:
            self.environment["LD_PRELOAD"] = shim
        self.process = None
        self.started = 0

    def start(self):
        self.control.heal()
        self.started = time.monotonic()
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT, env=self.environment)

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def leave(self):
        """SIGTERM; the program must end well, and soon."""
        if not self.is_alive():
            raise AssertionError("%s ended by itself with %d; see %s" % (self.name, self.process.returncode, self.log))
        # A signal before its handler is there would just end it.
        time.sleep(max(0, self.started + START_SECONDS - time.monotonic()))
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(LEAVE_SECONDS)
        if code != 0:
            raise AssertionError("%s ended with %d; see %s" % (self.name, code, self.log))

    def stop(self):
        if self.process and self.is_alive():
            self.process.send_signal(signal.SIGCONT)
            self.kill()


class Cluster:
    """A server, three workers, each behind a network of its own, maybe a trainer."""

    def __init__(self, folder, games, options):
        self.folder = folder
        self.run_dir = os.path.join(folder, "run")
        os.makedirs(folder)
        self.server_command = [
            programs.program("moyo-server"), "--run-dir", self.run_dir, "--games", games, "--games-per-shard",
            str(GAMES_PER_SHARD), "--lease-seconds", str(LEASE_SECONDS), "--max-attempts", "100", "--backup-after",
            str(BACKUP_AFTER_SECONDS), "--recheck-percent", str(RECHECK_PERCENT), "--listen"]
        self.server = Program(folder, "server", self.server_command + ["127.0.0.1:0"], options.shim)
        self.server.start()
        port = faults.await_until("the server listens", self._port, PATIENCE_SECONDS)
        self.address = "127.0.0.1:%d" % port
        self.server.command = self.server_command + [self.address]
        self.proxies = [faults.Proxy(port, DELAY_SECONDS) for _ in range(4)]  # the last is the reader's
        self.workers = []
        for i, proxy in enumerate(self.proxies[:3]):
            spool = os.path.join(folder, "spool-%d" % i)
            command = [programs.program("moyo-worker"), "--server", "127.0.0.1:%d" % proxy.port, "--parallel", "2",
                       "--name", "worker-%d" % i, "--spool", spool, "--local-files", "on" if i == 0 else "off"]
            self.workers.append(Program(folder, "worker-%d" % i, command, options.shim))
            self.workers[-1].start()
            self.workers[-1].spool = spool
        self.out = os.path.join(folder, "out")
        self.trainer = None
        if options.trainer:
            command = [programs.program("moyo-trainer"), "--server", "127.0.0.1:%d" % port, "--run-dir", self.run_dir,
                       "--epochs", "1", "--blocks", "1", "--filters", "8", "--batch-size", "64"]
            self.trainer = Program(folder, "trainer", command, options.shim)
            self.trainer.start()

    def _port(self):
        if not self.server.is_alive():
            raise AssertionError("the server ended; see " + self.server.log)
        with open(self.server.log, encoding="utf-8", errors="replace") as log:
            for line in log.read().splitlines(keepends=True):
                if line.startswith("listening on ") and line.endswith("\n"):
                    return int(line.strip().rsplit(":", 1)[1])
        return None

    def programs(self):
        return [self.server] + self.workers + ([self.trainer] if self.trainer else [])

    def status(self):
        done = programs.run("moyo", "status", "--json", "--server", self.address, quiet=True)
        self.last_status = done.stdout + done.stderr
        return programs.json.loads(done.stdout) if done.returncode == 0 else None

    def heal(self):
        for proxy in self.proxies:
            proxy.heal(DELAY_SECONDS)
        for program in self.programs():
            program.control.heal()
            program.control.set_clock(0)
            if program.is_alive():
                program.process.send_signal(signal.SIGCONT)
            elif program is not self.trainer or program.process.returncode != 0:
                program.start()

    def await_complete(self):
        def complete():
            status = self.status()
            return status if status and status["complete"] else None

        try:
            return faults.await_until("every unit is finished", complete, PATIENCE_SECONDS)
        except AssertionError as error:
            raise AssertionError("%s; the status: %s" % (error, self.last_status)) from error

    def await_learning(self, before):
        """Until the trainer, which was killed, goes on beyond where it was, or is through."""
        step = (before["training"] or {}).get("step", 0)

        def learns():
            status = self.status()
            return not self.trainer.is_alive() or status and status["training"] and status["training"]["step"] > step

        faults.await_until("the trainer goes on", learns, PATIENCE_SECONDS)

    def results(self):
        """What must be the same in every run."""
        status = self.await_complete()
        if self.trainer:
            self.await_learning(status)
        ledger = programs.succeed("moyo", "ledger", "--format", "csv", "--server", self.address, quiet=True)
        # Into the folder in which the reader was stopped again and again; each shard is verified.
        programs.succeed("moyo", "shards", "--out", self.out, "--server", self.address, quiet=True)
        counts = status["ledger"]
        parts = sum(counts[state] for state in ("accepted", "duplicate", "filtered", "rejected", "quarantined", "pending"))
        if counts["found"] != parts:
            raise AssertionError("the ledger does not balance: %s" % counts)
        return {"ledger": counts, "rows": ledger, "shards": status["shards"], "digest": status["dataset_digest"],
                "alarms": status["alarms"]}

    def leave(self):
        if self.trainer and (self.trainer.is_alive() or self.trainer.process.returncode != 0):
            self.trainer.leave()
        for program in self.workers + [self.server]:
            program.leave()

    def close(self):
        for program in self.programs():
            program.stop()
        for proxy in self.proxies:
            proxy.close()


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


def litter_shards(chance, cluster):
    """What a crash may leave: a shard that no row names, a half-written one."""
    folder = os.path.join(cluster.run_dir, "server", "shards")
    for name in ("unit-%08d-t%d.npz" % (chance.randrange(40), 10**6), "unit-00000001-t1.npz.7.tmp"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(chance.randbytes(1000))


class Lane(threading.Thread):
    """Makes one kind of victim suffer, fault after fault, until the time is over."""

    def __init__(self, cluster, seed, deadline, tally, step):
        super().__init__()
        self.cluster, self.deadline, self.tally, self.step = cluster, deadline, tally, step
        self.chance = random.Random(seed)
        self.error = None

    def run(self):
        try:
            while time.monotonic() < self.deadline:
                self.pause(0.5)
                self.tally[self.step(self)] += 1
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def pause(self, most):
        time.sleep(self.chance.uniform(0, most))

    def hit(self, program, points, disk):
        """One fault of a program; gives its name."""
        kind = self.chance.choice(["kill", "freeze", "point", "point", "point", disk, "clock jump"])
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
            return kind
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
        worker = self.chance.choice(self.cluster.workers)
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
        kind = self.hit(trainer, faults.TRAINER_POINTS, "kill")
        if not trainer.is_alive() and trainer.process.returncode != 0:
            trainer.start()
        return "trainer: " + kind


def run_round(folder, games, options, seed, tally):
    """One round with faults; gives its results."""
    cluster = Cluster(folder, games, options)
    try:
        deadline = time.monotonic() + FAULT_SECONDS
        steps = [Lane.hit_server, Lane.hit_worker, Lane.hit_network, Lane.hit_reader] + ([Lane.hit_trainer] if options.trainer else [])
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


def run_undisturbed(folder, games, options):
    cluster = Cluster(folder, games, argparse.Namespace(shim=None, trainer=False))
    try:
        results = cluster.results()
        cluster.leave()
        return results
    finally:
        cluster.close()


def compare(results, undisturbed):
    for key, value in undisturbed.items():
        if results[key] != value:
            raise AssertionError("%s: %s, undisturbed %s" % (key, str(results[key])[:2000], str(value)[:2000]))


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
        undisturbed = run_undisturbed(os.path.join(top, "undisturbed"), games, options)

        def attempt(seed):
            folder = os.path.join(top, "round-%d" % seed)
            begin = time.monotonic()
            try:
                compare(run_round(folder, games, options, seed, tally), undisturbed)
                print("round %d held, %.1f s" % (seed, time.monotonic() - begin), flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed.append(seed)
                print("round %d FAILED: %s" % (seed, error), flush=True)
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
