"""A cluster of real programs that may be killed and started again: server, three workers, each behind a network of its
own, maybe a trainer; the games that it is given, and what it must have made of them."""

import os
import shutil
import signal
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import faults  # noqa: E402
import programs  # noqa: E402
from waiting import await_value  # noqa: E402

GAMES_PER_SHARD = 10
LEASE_SECONDS = 2
DELAY_SECONDS = 0.002
BACKUP_AFTER_SECONDS = 0.3
RECHECK_PERCENT = 20
PATIENCE_SECONDS = 120
LEAVE_SECONDS = 20
STATES = ("accepted", "duplicate", "filtered", "rejected", "quarantined", "pending")
SHORT_TRAINING = ["--epochs", "1", "--blocks", "1", "--filters", "8", "--batch-size", "64"]


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

    def start(self):
        self.control.heal()
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
        await_value("%s can be asked to end" % self.name, self._catches_sigterm, PATIENCE_SECONDS)
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(LEAVE_SECONDS)
        if code != 0:
            raise AssertionError("%s ended with %d; see %s" % (self.name, code, self.log))

    def _catches_sigterm(self):
        """Before its handler is there the signal would just end it."""
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as file:
            caught = next(line for line in file if line.startswith("SigCgt:"))
        return int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1

    def stop(self):
        if self.process and self.is_alive():
            self.process.send_signal(signal.SIGCONT)
            self.kill()


class Cluster:
    """A server, three workers, each behind a network of its own; with the arguments for one, a trainer."""

    def __init__(self, folder, games, shim=None, trainer=None, server=()):
        self.folder = folder
        self.run_dir = os.path.join(folder, "run")
        os.makedirs(folder)
        self.server_command = [
            programs.program("moyo-server"), "--run-dir", self.run_dir, "--games", games, "--games-per-shard",
            str(GAMES_PER_SHARD), "--lease-seconds", str(LEASE_SECONDS), "--max-attempts", "100", "--backup-after",
            str(BACKUP_AFTER_SECONDS), "--recheck-percent", str(RECHECK_PERCENT), *server, "--listen"]
        self.server = Program(folder, "server", self.server_command + ["127.0.0.1:0"], shim)
        self.server.start()
        port = await_value("the server listens", self._port, PATIENCE_SECONDS)
        self.address = "127.0.0.1:%d" % port
        self.server.command = self.server_command + [self.address]
        self.proxies = [faults.Proxy(port, DELAY_SECONDS) for _ in range(4)]  # the last is the reader's
        self.workers = []
        for i, proxy in enumerate(self.proxies[:3]):
            spool = os.path.join(folder, "spool-%d" % i)
            command = [programs.program("moyo-worker"), "--server", "127.0.0.1:%d" % proxy.port, "--parallel", "2",
                       "--name", "worker-%d" % i, "--spool", spool, "--local-files", "on" if i == 0 else "off"]
            self.workers.append(Program(folder, "worker-%d" % i, command, shim))
            self.workers[-1].start()
            self.workers[-1].spool = spool
        self.out = os.path.join(folder, "out")
        self.trainer = None
        if trainer is not None:
            command = [programs.program("moyo-trainer"), "--server", "127.0.0.1:%d" % port, "--run-dir", self.run_dir,
                       *trainer]
            self.trainer = Program(folder, "trainer", command, shim)
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
            return await_value("every unit is finished", complete, PATIENCE_SECONDS)
        except AssertionError as error:
            raise AssertionError("%s; the status: %s" % (error, self.last_status)) from error

    def await_learning(self, before):
        """Until the trainer, which was killed, goes on beyond where it was, or is through."""
        step = (before["training"] or {}).get("step", 0)

        def learns():
            status = self.status()
            return not self.trainer.is_alive() or status and status["training"] and status["training"]["step"] > step

        await_value("the trainer goes on", learns, PATIENCE_SECONDS)

    def results(self):
        """What must be the same in every run."""
        status = self.await_complete()
        if self.trainer:
            self.await_learning(status)
        ledger = programs.succeed("moyo", "ledger", "--format", "csv", "--server", self.address, quiet=True)
        # Into the folder in which the reader was stopped again and again; each shard is verified.
        programs.succeed("moyo", "shards", "--out", self.out, "--server", self.address, quiet=True)
        counts = status["ledger"]
        parts = sum(counts[state] for state in STATES)
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


def run_undisturbed(folder, games, more=()):
    """The results without faults; of the folders `more` added in that order, each when the one before is done."""
    cluster = Cluster(folder, games)
    try:
        for added in more:
            cluster.await_complete()
            programs.succeed("moyo", "add", "--server", cluster.address, added, quiet=True)
        results = cluster.results()
        cluster.leave()
        return results
    finally:
        cluster.close()


def compare(results, undisturbed):
    for key, value in undisturbed.items():
        if results[key] != value:
            raise AssertionError("%s: %s, undisturbed %s" % (key, str(results[key])[:2000], str(value)[:2000]))
