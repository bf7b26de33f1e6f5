#!/usr/bin/env python3
"""Server and workers as separate programs: kill -9 in the middle costs neither games nor the digest."""

import os
import random
import signal
import subprocess
import tempfile
import unittest

import programs
from waiting import PATIENCE_SECONDS, await_value

FILES = 3000
GAMES_PER_SHARD = 5
STATES = ("accepted", "duplicate", "filtered", "rejected", "quarantined", "pending")


def write_games(folder):
    """Games at random, some of them twice, cut short, or none at all: the same ones at every call."""
    chance = random.Random(1)
    points = [chr(97 + x) + chr(97 + y) for x in range(19) for y in range(19)]
    text = ""
    for i in range(FILES):
        if i % 10 != 7:  # 7: the file before once more
            moves = chance.sample(points, 80)
            text = "(;GM[1]SZ[19]KM[6.5]RE[B+R]%s)" % "".join(
                ";%s[%s]" % ("BW"[n % 2], point) for n, point in enumerate(moves))
        content = {3: text[:200], 5: "no game"}.get(i % 100, text)
        with open(os.path.join(folder, "%05d.sgf" % i), "w", encoding="ascii") as file:
            file.write(content)


class Cluster:
    """One run directory and the programs that were started on it."""

    def __init__(self, folder, games):
        self.folder = folder
        self.games = games
        self.run_dir = os.path.join(folder, "run")
        self.address = "127.0.0.1:0"
        self.processes = []
        self.logs = 0

    def start(self, name, *arguments):
        self.logs += 1
        log = os.path.join(self.folder, "%02d-%s.log" % (self.logs, name))
        command = [programs.program(name)] + [str(argument) for argument in arguments]
        with open(log, "wb") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT)
        process.log = log
        self.processes.append(process)
        return process

    def start_server(self, *more, lease_seconds=2):
        server = self.start("moyo-server", "--run-dir", self.run_dir, "--listen", self.address,
                            "--games", self.games, "--games-per-shard", GAMES_PER_SHARD,
                            "--lease-seconds", lease_seconds, *more)

        def address():
            if server.poll() is not None:
                raise AssertionError("the server ended: " + self.read(server))
            for line in self.read(server).splitlines(keepends=True):
                if line.startswith("listening on ") and line.endswith("\n"):
                    return line.split()[-1]
            return None

        self.address = await_value("the server listens", address)
        return server

    def start_worker(self, name, *more, parallel=1):
        return self.start("moyo-worker", "--server", self.address, "--parallel", parallel, "--name", name,
                          "--spool", os.path.join(self.folder, "spool-" + name), *more)

    @staticmethod
    def read(process):
        with open(process.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def status(self):
        return programs.succeed_json("moyo", "status", "--json", "--run-dir", self.run_dir)

    def await_complete(self):
        def complete():
            status = self.status()
            return status if status["complete"] else None

        return await_value("every unit is finished", complete)

    def stop_all(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


class ClusterTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-cluster-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.games = os.path.join(cls.folder, "games")
        os.mkdir(cls.games)
        write_games(cls.games)
        cluster = cls.cluster("undisturbed")
        try:
            cluster.start_server()
            workers = [cluster.start_worker(name, "--exit-when-done") for name in ("a", "b")]
            cls.undisturbed = cluster.await_complete()
            cls.exit_codes = [worker.wait(PATIENCE_SECONDS) for worker in workers]
        finally:
            cluster.stop_all()

    @classmethod
    def cluster(cls, name):
        folder = os.path.join(cls.folder, name)
        os.mkdir(folder)
        return Cluster(folder, cls.games)

    def check_same_dataset(self, status):
        for key in ("ledger", "shards", "dataset_digest"):
            self.assertEqual(status[key], self.undisturbed[key], key)
        self.assertEqual(status["alarms"], [])

    def halt_in_the_middle(self, cluster, workers):
        """Lets the run get going, then freezes the workers, so that it cannot end meanwhile."""
        await_value("a unit is done", lambda: cluster.status()["units"]["done"] > 0)
        for worker in workers:
            worker.send_signal(signal.SIGSTOP)
        units = cluster.status()["units"]
        self.assertGreater(units["pending"], 0, "the run was over too soon for this test")

    def test_undisturbed_run_accounts_for_every_game(self):
        ledger = self.undisturbed["ledger"]
        self.assertEqual(ledger["found"], FILES)
        self.assertEqual(ledger["found"], sum(ledger[state] for state in STATES))
        self.assertEqual(ledger["pending"], 0)
        self.assertEqual(ledger["quarantined"], 0)
        for state in ("accepted", "duplicate", "rejected"):
            self.assertGreater(ledger[state], 0, state)
        self.assertEqual(self.exit_codes, [0, 0])

    def test_one_worker_with_more_threads_leaves_the_same_dataset(self):
        cluster = self.cluster("parallel")
        self.addCleanup(cluster.stop_all)
        cluster.start_server()
        worker = cluster.start_worker("only", "--exit-when-done", parallel=3)
        self.check_same_dataset(cluster.await_complete())
        self.assertEqual(worker.wait(PATIENCE_SECONDS), 0, cluster.read(worker))

    def test_killed_server_and_worker_leave_the_same_dataset(self):
        cluster = self.cluster("killed")
        self.addCleanup(cluster.stop_all)
        server = cluster.start_server()
        stays, dies = cluster.start_worker("stays"), cluster.start_worker("dies")
        self.halt_in_the_middle(cluster, [stays, dies])
        for process in (server, dies):
            process.kill()
            process.wait()
        stays.send_signal(signal.SIGCONT)  # meets an outage
        server = cluster.start_server()    # on the same port
        cluster.start_worker("dies")       # finds its spool
        self.check_same_dataset(cluster.await_complete())
        self.assertIsNone(stays.poll(), "the worker did not ride out the outage")
        self.assertIsNone(server.poll())

    def test_backup_of_a_running_server_goes_on_to_the_same_dataset(self):
        cluster = self.cluster("in use")
        self.addCleanup(cluster.stop_all)
        cluster.start_server()
        worker = cluster.start_worker("a")
        self.halt_in_the_middle(cluster, [worker])
        copy = self.cluster("copy")
        self.addCleanup(copy.stop_all)
        backup = ("moyo-server", "backup", "--run-dir", cluster.run_dir, "--out", copy.run_dir + "/")
        self.assertIn("backed up", programs.succeed(*backup))
        again = programs.run(*backup)
        self.assertEqual(again.returncode, 1)
        self.assertIn("is there already", again.stderr)
        cluster.stop_all()
        copy.start_server()
        copy.start_worker("b")
        self.check_same_dataset(copy.await_complete())

    def test_idle_worker_does_the_units_of_one_that_hangs(self):
        cluster = self.cluster("backed up")
        self.addCleanup(cluster.stop_all)
        # Without backups the run would wait for the end of the lease.
        cluster.start_server("--backup-after", 0.2, "--recheck-percent", 20, lease_seconds=10 * PATIENCE_SECONDS)
        hangs = cluster.start_worker("hangs")

        def hangs_with_a_lease():
            hangs.send_signal(signal.SIGSTOP)
            if cluster.status()["units"]["leased"] > 0:
                return True
            hangs.send_signal(signal.SIGCONT)
            return False

        await_value("a unit is done", lambda: cluster.status()["units"]["done"] > 0)
        await_value("the worker has a lease", hangs_with_a_lease)
        cluster.start_worker("idle")
        status = cluster.await_complete()
        hangs.send_signal(signal.SIGCONT)  # its shard comes too late
        hangs.terminate()
        self.assertEqual(hangs.wait(PATIENCE_SECONDS), 0, cluster.read(hangs))
        self.check_same_dataset(status)
        self.check_same_dataset(cluster.status())

    def test_worker_that_is_asked_to_leave_is_replaced_by_one_that_joins(self):
        cluster = self.cluster("left")
        self.addCleanup(cluster.stop_all)
        server = cluster.start_server()
        leaves = cluster.start_worker("leaves")
        self.halt_in_the_middle(cluster, [leaves])
        leaves.send_signal(signal.SIGTERM)
        leaves.send_signal(signal.SIGCONT)
        self.assertEqual(leaves.wait(PATIENCE_SECONDS), 0, cluster.read(leaves))
        joins = cluster.start_worker("joins", "--local-files", "off", "--exit-when-done")
        self.check_same_dataset(cluster.await_complete())
        self.assertEqual(joins.wait(PATIENCE_SECONDS), 0, cluster.read(joins))
        server.terminate()
        self.assertEqual(server.wait(PATIENCE_SECONDS), 0, cluster.read(server))


if __name__ == "__main__":
    programs.require("moyo-server", "moyo-worker", "moyo")
    unittest.main(verbosity=2)
