#!/usr/bin/env python3
"""`moyo add`, `health`, `status --watch` and `reset` as a person meets them: with a server, without, on a terminal."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import tempfile
import termios
import unittest

import programs
from waiting import await_value

MOVES = "".join(";%s[%s%s]" % ("BW"[i % 2], chr(97 + i % 18), chr(97 + i // 18)) for i in range(40))
ALTERNATE_SCREEN, FIRST_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
CLEAR = b"\x1b[2J"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, *arguments, columns=100, rows=30):
        self.master, slave = pty.openpty()
        os.set_blocking(self.master, False)
        self.written = b""
        self.resize(columns, rows)
        self.process = subprocess.Popen([programs.program(arguments[0]), *arguments[1:]], stdin=slave,
                                        stdout=slave, stderr=slave)
        os.close(slave)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text)

    def output(self):
        try:
            self.written += os.read(self.master, 1 << 16)
        except OSError:  # nothing new, or the program has ended
            pass
        return self.written

    def await_output(self, what, since=0):
        await_value(what, lambda: what in self.output()[since:])

    def wait(self):
        def ended():
            self.output()  # or its writes would fill the terminal
            return self.process.poll() is not None
        await_value("the program to end", ended)
        self.output()
        return self.process.returncode

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


class ClientCommandsTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="moyo-client-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.run_dir = self.path("run")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write_games(self, folder, *letters):
        """A game a letter, each with another first move."""
        os.makedirs(self.path(folder), exist_ok=True)
        for letter in letters:
            with open(self.path(folder, letter + ".sgf"), "w", encoding="ascii") as file:
                file.write("(;GM[1]SZ[19]RE[B+R];B[s%s]%s)" % (letter, MOVES))
        return self.path(folder)

    def start_server(self, *arguments):
        server = programs.start("moyo-server", "--run-dir", self.run_dir, "--listen", "127.0.0.1:0",
                                *arguments, log=self.path("server.log"))
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return server

    def address_of(self, server):
        return await_value("the server listens", lambda: programs.address_of(self.run_dir, server))

    def stop(self, server):
        server.terminate()
        self.assertEqual(server.wait(timeout=60), 0)

    def terminal(self, *arguments, **size):
        terminal = Terminal(*arguments, **size)
        self.addCleanup(terminal.close)
        return terminal

    def refused(self, words, *arguments):
        done = programs.run(*arguments, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_add(self):
        games = self.write_games("games", "a", "b")
        server = self.start_server()
        address = self.address_of(server)
        for target in (["--run-dir", self.run_dir], ["--server", address]):
            self.refused(["nowhere", "nothing was added"], "moyo", "add", *target, games,
                         self.path("nowhere"))
        self.assertEqual(programs.succeed("moyo", "add", "--run-dir", self.run_dir, games),
                         "added 2 games in 2 sources; known already: 0\n")
        self.write_games("games", "c")
        self.assertEqual(programs.succeed("moyo", "add", "--server", address, games),
                         "added 1 game in 1 source; known already: 2\n")
        os.remove(self.path("games", "a.sgf"))
        self.assertEqual(programs.succeed("moyo", "add", "--server", address, games).splitlines(),
                         ["added 0 games in 0 sources; known already: 2",
                          "no longer there: 1 source; the games stay in the dataset, marked"])
        self.stop(server)
        # Without a server, too.
        self.write_games("games", "d")
        self.assertIn("added 1 game ", programs.succeed("moyo", "add", "--run-dir", self.run_dir, games))
        self.assertEqual(programs.succeed_json("moyo", "status", "--run-dir", self.run_dir, "--json")
                         ["ledger"]["found"], 4)

    def test_health(self):
        server = self.start_server()
        address = self.address_of(server)
        self.assertEqual(programs.succeed("moyo", "health", "--server", address), "serving\n")
        self.assertEqual(programs.succeed("moyo", "health", "--run-dir", self.run_dir), "serving\n")
        self.stop(server)
        self.refused([address, "does not answer"], "moyo", "health", "--server", address)
        self.refused(["no server is running"], "moyo", "health", "--run-dir", self.run_dir)
        self.assertNotIn("--watch", programs.run("moyo", "health", "--run-dir", self.run_dir).stderr)
        self.refused(["no server is running", "without --watch"], "moyo", "status", "--watch", "--run-dir",
                     self.run_dir)

    def test_watch_into_a_pipe_outlives_the_server(self):
        server = self.start_server("--games", self.write_games("games", "a"))
        self.address_of(server)
        lines, errors = self.path("lines"), self.path("errors")
        with open(lines, "wb") as out, open(errors, "wb") as err:
            watch = subprocess.Popen([programs.program("moyo"), "status", "--watch", "--json", "--run-dir",
                                      self.run_dir], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        await_value("two answers", lambda: read(lines).count("\n") >= 2)
        self.stop(server)
        await_value("the loss is told", lambda: "no answer for" in read(errors))
        answers = read(lines).count("\n")
        self.address_of(self.start_server())
        await_value("it goes on", lambda: read(lines).count("\n") > answers)
        watch.send_signal(signal.SIGINT)
        self.assertEqual(watch.wait(timeout=60), 0)
        for line in read(lines).splitlines():
            self.assertIn("ledger", json.loads(line))

    def test_watch_on_a_terminal_follows_its_size_and_outlives_the_server(self):
        server = self.start_server("--games", self.write_games("games", "a"))
        self.address_of(server)
        terminal = self.terminal("moyo", "status", "--watch", "--run-dir", self.run_dir)
        terminal.await_output(ALTERNATE_SCREEN)
        terminal.await_output(b"games")
        drawn = len(terminal.output())
        terminal.resize(40, 10)
        terminal.await_output(CLEAR, since=drawn)
        self.stop(server)
        terminal.await_output(b"no answer", since=drawn)
        terminal.process.send_signal(signal.SIGINT)
        self.assertEqual(terminal.wait(), 0)
        # The last status stays where the person was before.
        self.assertRegex(terminal.output().split(FIRST_SCREEN)[1], b"games +1 found")

    def test_reset_asks_on_a_terminal(self):
        programs.succeed("moyo", "run", "--parse-only", "--workers", "1", "--games",
                         self.write_games("games", "a"), "--run-dir", self.run_dir)
        self.refused(["no terminal to ask on", "--yes"], "moyo", "reset", "--run-dir", self.run_dir)
        for answer, code, word in ((b"n\n", 1, b"the answer was not y"),
                                   (None, 130, b"stopped by a signal; nothing was removed"),
                                   (b"y\n", 0, b"removed\r\n")):
            self.assertTrue(os.path.exists(os.path.join(self.run_dir, "server")))
            terminal = self.terminal("moyo", "reset", "--run-dir", self.run_dir)
            terminal.await_output(b"[y/N]")
            if answer is None:
                terminal.process.send_signal(signal.SIGINT)
            else:
                terminal.type(answer)
            self.assertEqual(terminal.wait(), code, terminal.output())
            self.assertIn(word, terminal.output())
        self.assertIn("nothing to remove", programs.succeed("moyo", "reset", "--run-dir", self.run_dir))


if __name__ == "__main__":
    programs.require("moyo", "moyo-server", "moyo-worker")
    unittest.main(verbosity=2)
