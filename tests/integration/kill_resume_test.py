#!/usr/bin/env python3
"""A trainer that is killed again and again gives the losses of one that never was, bit for bit.

MOYO_KILLS and MOYO_STEPS set how often and how long (CI: 5 kills in 500 steps), MOYO_SEED which moments,
MOYO_PATIENCE_SECONDS how long a start may take on a busy machine.
"""

import os
import random
import signal
import subprocess
import tempfile
import time
import unittest

import programs
import waiting

KILLS = int(os.environ.get("MOYO_KILLS", "5"))
STEPS = int(os.environ.get("MOYO_STEPS", "500"))
SEED = int(os.environ.get("MOYO_SEED", "1"))
GAMES = 60
BATCH = 8
PATIENCE_SECONDS = float(os.environ.get("MOYO_PATIENCE_SECONDS", "300"))


def losses(path):
    """The losses by step; a step that was repeated must have given the same ones."""
    by_step = {}
    if not os.path.exists(path):
        return by_step
    with open(path, encoding="ascii") as file:
        for line in file:
            if not line.endswith("\n"):
                raise AssertionError("a torn line: %r" % line)
            step, values = line.split(" ", 1)
            if by_step.setdefault(int(step), values) != values:
                raise AssertionError("step %s: %r, repeated: %r" % (step, by_step[int(step)], values))
    return by_step


class KillResumeTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-kills-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        parsed = os.path.join(cls.folder, "parsed")
        programs.succeed("moyo", "run", "--games",
                         os.path.join(programs.SOURCE, "tests/data/games-2015.zip"), "--run-dir",
                         parsed, "--limit", GAMES, "--games-per-shard", "20", "--parse-only")
        cls.shards = os.path.join(cls.folder, "shards")
        # On a busy machine the server may not answer in time.
        waiting.await_value("shards", lambda: programs.run(
            "moyo", "shards", "--run-dir", parsed, "--out", cls.shards).returncode == 0)

    def command(self, name):
        run_dir = os.path.join(self.folder, name)
        return [programs.program("moyo-trainer")] + [str(argument) for argument in (
            "--shards", self.shards, "--run-dir", run_dir, "--blocks", 1, "--filters", 4, "--precision",
            "fp32", "--batch-size", BATCH, "--epochs", 1000, "--max-samples", STEPS * BATCH, "--threads", 1,
            "--validation-positions", 64, "--validate-minutes", 0.1, "--checkpoint-minutes", 0.01,
            "--games-memory", "20KiB", "--validation-percent", 10,
            "--loss-log", run_dir + ".losses")]

    def start(self, name):
        with open(os.path.join(self.folder, name + ".log"), "ab") as log:
            trainer = subprocess.Popen(self.command(name), stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=subprocess.STDOUT)
        self.addCleanup(end, trainer)
        return trainer

    def finish(self, name):
        trainer = self.start(name)
        if trainer.wait(timeout=PATIENCE_SECONDS) != 0:
            with open(os.path.join(self.folder, name + ".log"), encoding="utf-8") as log:
                raise AssertionError(log.read())
        return losses(os.path.join(self.folder, name + ".losses"))

    def test_losses_of_a_killed_run_are_those_of_an_undisturbed_one(self):
        expected = self.finish("whole")
        self.assertGreaterEqual(len(expected), STEPS)  # each epoch ends on a short batch
        draw = random.Random(SEED)
        log = os.path.join(self.folder, "killed.losses")
        deaths = 0
        for target in sorted(draw.randrange(STEPS) for _ in range(KILLS)):
            trainer = self.start("killed")
            # The trainer is killed at a random moment after it came past a random step: while it
            # learns, validates or writes. One time in five while it starts.
            starting = draw.random() < 0.2
            deadline = time.monotonic() + PATIENCE_SECONDS
            begin = len(losses_text(log))
            while not starting and trainer.poll() is None and time.monotonic() < deadline:
                text = losses_text(log)
                if len(text) > begin and last_step(text) >= target:
                    break
                time.sleep(0.005)
            time.sleep(draw.random() * (1.0 if starting else 0.05))
            trainer.send_signal(signal.SIGKILL)
            deaths += trainer.wait(timeout=PATIENCE_SECONDS) == -signal.SIGKILL
        got = self.finish("killed")
        print("%d kills, %d steps, %d of them made twice or more" %
              (deaths, len(got), len(losses_text(log).splitlines()) - len(got)))
        self.assertGreaterEqual(deaths, KILLS - 1)  # the last one may come after the end
        self.assertEqual(got, expected)


def end(trainer):
    """Nothing goes on when the test has failed."""
    if trainer.poll() is None:
        trainer.kill()
        trainer.wait()


def losses_text(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def last_step(text):
    lines = [line for line in text.split("\n")[:-1] if line]
    return int(lines[-1].split(" ")[0]) if lines else 0


if __name__ == "__main__":
    programs.require("moyo", "moyo-server", "moyo-worker", "moyo-trainer")
    unittest.main(verbosity=2)
