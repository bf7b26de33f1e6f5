#!/usr/bin/env python3
"""Three trainers learn as one; one is killed, and the other two go on from the checkpoint to the same losses."""

import os
import signal
import socket
import subprocess
import tempfile
import unittest

import programs
import waiting

STEPS = 120
BATCH = 24
MICRO_BATCH = 4
LOST_AFTER_STEP = 40
LEARNING_RATE = 0.001  # so low that steps don't blow the rounding of three ranks' sums up


def free_address():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % listener.getsockname()[1]


def losses(path):
    """(policy, value) by step; of a step that was made again, the last ones."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="ascii") as file:
        lines = [line.split() for line in file if line.endswith("\n")]
    return {int(step): (float.fromhex(policy), float.fromhex(value)) for step, policy, value in lines}


class RanksTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-ranks-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        parsed = os.path.join(cls.folder, "parsed")
        programs.succeed("moyo", "run", "--games",
                         os.path.join(programs.SOURCE, "tests/data/games-2015.zip"), "--run-dir",
                         parsed, "--limit", 20, "--games-per-shard", "5", "--parse-only")
        cls.shards = os.path.join(cls.folder, "shards")
        # On a busy machine the server may not answer in time.
        waiting.await_value("shards", lambda: programs.run(
            "moyo", "shards", "--run-dir", parsed, "--out", cls.shards).returncode == 0)

    def start(self, name, log, *more):
        run_dir = os.path.join(self.folder, name)
        command = [programs.program("moyo-trainer")] + [str(argument) for argument in (
            "--shards", self.shards, "--run-dir", run_dir, "--blocks", 1, "--filters", 8, "--precision",
            "fp32", "--batch-size", BATCH, "--micro-batch", MICRO_BATCH, "--max-samples", STEPS * BATCH,
            "--threads", 1, "--optimizer", "sgd", "--learning-rate", LEARNING_RATE,
            "--validation-positions", 64, "--checkpoint-minutes", 0.01, "--device", "cpu",
            "--loss-log", run_dir + ".losses") + more]
        with open(os.path.join(self.folder, log), "wb") as out:
            trainer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT)
        self.addCleanup(trainer.wait)
        self.addCleanup(trainer.kill)
        return trainer

    def text(self, log):
        with open(os.path.join(self.folder, log), encoding="utf-8") as file:
            return file.read()

    def test_killed_rank_costs_only_the_steps_since_the_checkpoint(self):
        address = free_address()
        ranks = [self.start("together", "rank%d.log" % rank, "--ranks", 3, "--rank", rank,
                            "--rendezvous", address) for rank in range(3)]
        path = os.path.join(self.folder, "together.losses")
        waiting.await_value("step %d" % LOST_AFTER_STEP, lambda: LOST_AFTER_STEP in losses(path),
                            patience_seconds=300)
        ranks[2].send_signal(signal.SIGKILL)
        for rank in ranks[:2]:
            self.assertEqual(rank.wait(timeout=400), 0, self.text("rank0.log"))
        self.assertIn("one of the 3 ranks is lost", self.text("rank0.log"))
        self.assertIn("this is rank 1 of 2", self.text("rank1.log"))
        self.assertFalse("training finished" in self.text("rank1.log"))

        alone = self.start("alone", "alone.log")
        self.assertEqual(alone.wait(timeout=400), 0, self.text("alone.log"))
        expected = losses(os.path.join(self.folder, "alone.losses"))
        got = losses(path)
        self.assertEqual(sorted(got), list(range(1, STEPS + 1)))
        largest = max(abs(a - b) for step in got for a, b in zip(got[step], expected[step]))
        print("largest difference of a loss: %g" % largest)
        self.assertLess(largest, 1e-3)  # rounding, grown over the steps

    def test_without_rank_0_the_others_end_and_say_so(self):
        address = free_address()
        metrics = free_address()  # of rank 0; all are started with the same options
        ranks = [self.start("orphan", "orphan%d.log" % rank, "--ranks", 2, "--rank", rank,
                            "--rendezvous", address, "--metrics", metrics) for rank in range(2)]
        path = os.path.join(self.folder, "orphan.losses")
        waiting.await_value("a step", lambda: losses(path), patience_seconds=300)
        ranks[0].send_signal(signal.SIGKILL)
        self.assertEqual(ranks[1].wait(timeout=300), 1)
        self.assertIn("rank 0 at %s is gone" % address, self.text("orphan1.log"))

    def test_wrong_ranks_are_wrong_usage(self):
        base = ("moyo-trainer", "--shards", self.shards, "--run-dir", os.path.join(self.folder, "no"))
        for flags, word in ((("--ranks", 2, "--rank", 2, "--rendezvous", "127.0.0.1:1"), "--rank"),
                            (("--ranks", 2, "--rank", 1), "--rendezvous"),
                            (("--rank", 1), "--ranks")):
            done = programs.run(*base, *flags)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(word, done.stderr)


if __name__ == "__main__":
    programs.require("moyo", "moyo-server", "moyo-worker", "moyo-trainer")
    unittest.main(verbosity=2)
