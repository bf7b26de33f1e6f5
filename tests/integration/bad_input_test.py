#!/usr/bin/env python3
"""Bad input gets the right exit code and exactly one line on stderr that names what is wrong."""

import fcntl
import os
import socket
import subprocess
import tempfile
import unittest

import programs
from waiting import await_value

GAME = "(;GM[1]FF[4]SZ[19];B[pd];W[dp];B[pp];W[dd])"


class BadInputTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="moyo-bad-input-")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def refused(self, code, words, *arguments):
        if not programs.have(arguments[0]):
            self.skipTest("%s is not built" % arguments[0])
        done = programs.run(*arguments, timeout=60)
        lines = done.stderr.splitlines()
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(len(lines), 1, done.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def test_missing_folder(self):
        self.refused(1, ["no-such-folder", "does not exist"], "moyo", "run", "--games",
                     self.path("no-such-folder"), "--run-dir", self.path("run"))
        self.assertFalse(os.path.exists(self.path("run")))

    def test_empty_folder(self):
        os.mkdir(self.path("empty"))
        self.refused(1, ["empty"], "moyo", "run", "--games", self.path("empty"), "--run-dir",
                     self.path("run"))

    def test_folder_without_sgf(self):
        self.write("texts/a.txt", "not a game")
        self.refused(1, ["no game found"], "moyo", "run", "--games", self.path("texts"),
                     "--run-dir", self.path("run"))

    def test_survey_of_nothing(self):
        self.refused(1, ["no-such-folder", "does not exist"], "moyo", "survey",
                     self.path("no-such-folder"))
        os.mkdir(self.path("empty"))
        self.refused(1, ["empty", "holds no file"], "moyo", "survey", self.path("empty"))
        self.write("texts/a.txt", "not a game")
        self.refused(1, ["no game found"], "moyo", "survey", self.path("texts"))
        self.refused(2, ["PATH"], "moyo", "survey")
        self.refused(2, ["--limit", "'none'"], "moyo", "survey", "--limit", "none", "x")

    def test_device_and_pipe_as_games(self):
        os.mkfifo(self.path("pipe.sgf"))
        for path in ("/dev/zero", self.path("pipe.sgf")):
            self.refused(1, [path, "is a device, a pipe or a socket"], "moyo", "run", "--games", path,
                         "--run-dir", self.path("run"))
            self.refused(1, [path, "is a device, a pipe or a socket"], "moyo", "survey", path)
            self.refused(2, [path, "is a device, a pipe or a socket"], "moyo-server", "--games", path,
                         "--run-dir", self.path("server-run"), "--listen", "127.0.0.1:0")
        self.assertFalse(os.path.exists(self.path("run")))

    def test_no_game_accepted(self):
        if not programs.have("moyo-server", "moyo-worker"):
            self.skipTest("server and worker are not built")
        self.write("games/a.sgf", "(;GM[2];B[pd])")
        self.refused(1, ["none of the 1 game found", "moyo ledger"], "moyo", "run", "--parse-only",
                     "--games", self.path("games"), "--run-dir", self.path("run"))

    def test_full_disk(self):
        if not programs.have("moyo-server", "moyo-worker"):
            self.skipTest("server and worker are not built")
        disk = self.path("disk")
        os.mkdir(disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk],
                                 stderr=subprocess.DEVNULL, check=False)
        if mounted.returncode != 0:
            self.skipTest("this user may not mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=True)
        games = os.path.join(programs.SOURCE, "tests", "data", "games-2015.zip")
        self.refused(1, ["space"], "moyo", "run", "--parse-only", "--games", games, "--run-dir",
                     os.path.join(disk, "run"))

    def test_run_directory_of_another_version(self):
        self.write("run/version", "moyo-run 999\n")
        self.write("games/a.sgf", GAME)
        self.refused(1, ["moyo-run 999", "moyo-run 1"], "moyo", "run", "--games",
                     self.path("games"), "--run-dir", self.path("run"))
        self.refused(1, ["moyo-run 999", "moyo-run 1"], "moyo", "status", "--run-dir",
                     self.path("run"))

    def test_run_directory_that_a_server_has(self):
        self.write("run/version", "moyo-run 1\n")
        log = self.write("run/server/log", "")
        with open(self.path("run/server/lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused(3, ["another moyo-server", self.path("run")], "moyo-server", "--run-dir",
                         self.path("run"), "--listen", "127.0.0.1:0")
            # A question waits for that server: it may be starting, or ending.
            asking = programs.start("moyo", "status", "--run-dir", self.path("run"), log=log)
            await_value("the question to wait", lambda: "waiting for it" in self.read(log))
            self.assertIsNone(asking.poll())
        self.assertEqual(asking.wait(timeout=60), 0, self.read(log))
        self.assertIn("games", self.read(log))

    def test_folder_that_is_no_run_directory(self):
        self.write("thesis/chapter.txt", "precious")
        self.refused(1, ["not a run directory"], "moyo", "reset", "--yes", "--run-dir",
                     self.path("thesis"))
        self.assertTrue(os.path.exists(self.path("thesis/chapter.txt")))

    def test_backup_of_nothing(self):
        os.mkdir(self.path("empty"))
        for name in ("empty", "nowhere"):
            self.refused(1, [name, "holds no run"], "moyo-server", "backup", "--run-dir", self.path(name), "--out",
                         self.path("copy"))
        self.assertFalse(os.path.exists(self.path("copy")))

    def test_join_file_that_is_none(self):
        self.refused(1, ["--join-file", "no-code", "check the path"], "moyo", "status", "--join-file",
                     self.path("no-code"))

    def test_port_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.refused(1, [str(port)], "moyo-server", "--run-dir", self.path("run"), "--listen",
                         "127.0.0.1:%d" % port)

    def test_address_that_is_none(self):
        self.refused(2, ["--listen", "HOST:PORT"], "moyo-server", "--run-dir", self.path("run"),
                     "--listen", "somewhere")
        for flag in ("--metrics", "--web", "--advertise"):
            self.refused(2, [flag, "HOST:PORT"], "moyo-server", "--run-dir", self.path("run"), "--listen",
                         "127.0.0.1:0", flag, "somewhere")
        self.refused(2, ["--metrics", "HOST:PORT"], "moyo-worker", "--server", "127.0.0.1:1", "--metrics",
                     "somewhere")
        self.refused(2, ["--web", "HOST:PORT"], "moyo", "run", "--games", "x", "--run-dir", "y", "--web",
                     "somewhere")
        self.refused(2, ["--server", "HOST:PORT"], "moyo", "status", "--server", "somewhere")
        self.refused(2, ["--join", "join code"], "moyo", "status", "--join", "somewhere")

    def test_no_server_there(self):
        self.refused(1, ["127.0.0.1:1", "does not answer"], "moyo", "status", "--server",
                     "127.0.0.1:1")

    def test_model_file_that_is_none(self):
        model = self.write("model.pt", "not a model")
        self.refused(1, ["model.pt"], "moyo-play", "suggest", "--model", model)
        self.refused(1, ["no-model.pt"], "moyo-play", "suggest", "--model",
                     self.path("no-model.pt"))

    def test_wrong_usage(self):
        self.refused(2, ["moyo --help"], "moyo")
        self.refused(2, ["'dance'"], "moyo", "dance")
        self.refused(2, ["--games"], "moyo", "run")
        self.refused(2, ["--run-dir"], "moyo", "status")
        self.refused(2, ["--epochs", "'many'"], "moyo", "run", "--games", "x", "--run-dir", "y",
                     "--epochs", "many")
        self.refused(2, ["10 apples"], "moyo", "run", "--games", "x", "--run-dir", "y",
                     "--memory-budget", "10 apples")
        for name in ("moyo-server", "moyo-worker", "moyo-trainer", "moyo-play"):
            if programs.have(name):
                self.refused(2, [], name, "--no-such-flag")


if __name__ == "__main__":
    programs.require("moyo")
    unittest.main(verbosity=2)
