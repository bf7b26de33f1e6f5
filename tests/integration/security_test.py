#!/usr/bin/env python3
"""Real programs off loopback: who joins by a code, who is turned away with one line, and what ends when."""

import base64
import os
import re
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

import programs
from waiting import PATIENCE_SECONDS, await_value

GAMES = 60


def own_address():
    """An address of this machine off loopback, or None. Nothing is sent: the socket only picks a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


ADDRESS = own_address()


def mistyped(code, at):
    """A code that reads well and carries another byte: its checksum is made anew."""
    import hashlib

    raw = bytearray(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)))
    raw[at] ^= 1
    raw[-4:] = hashlib.sha256(raw[:-4]).digest()[:4]
    return base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")


PIN_AT = 10
TOKEN_AT = 40


class Server:
    """moyo-server on an address off loopback, with its run directory."""

    def __init__(self, folder, *arguments):
        self.run_dir = os.path.join(folder, "run")
        self.log = os.path.join(folder, "server.log")
        games = os.path.join(folder, "games")
        if not os.path.isdir(games):
            os.mkdir(games)
            for i in range(GAMES):
                with open(os.path.join(games, "%03d.sgf" % i), "w", encoding="ascii") as file:
                    file.write("(;GM[1]SZ[19];B[pd];W[d%s])" % chr(97 + i % 19))
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [programs.program("moyo-server"), "--run-dir", self.run_dir, "--games", games,
                 "--games-per-shard", "5"] + list(arguments),
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        self.address = await_value("the server listens", lambda: self.find(r"listening on (\S+)\n"))

    def text(self):
        if self.process.poll() is not None:
            raise AssertionError("the server ended: " + open(self.log, encoding="utf-8").read())
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def find(self, pattern):
        found = re.search(pattern, self.text())
        return found and found.group(1)

    def first_code(self):
        return await_value("the join line", lambda: self.find(r"moyo-worker --join (\S+)\n"))

    def token(self, *arguments):
        return programs.succeed("moyo", "token", *arguments, "--run-dir", self.run_dir)

    def code(self, role, *more):
        return self.token("add", "--role", role, "--code-only", *more).strip()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class SecurityTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="moyo-security-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def server(self, *arguments):
        server = Server(self.folder, *(arguments or ("--listen", ADDRESS + ":0")))
        self.addCleanup(server.stop)
        return server

    def refused(self, words, *command):
        """Exit code 1 and one line that holds the words; nothing on stdout."""
        done = programs.run(*command)
        line = done.stderr.strip().split("\n")
        self.assertEqual(done.returncode, 1, done.stderr + done.stdout)
        self.assertEqual(len(line), 1, done.stderr)
        for word in words:
            self.assertIn(word, line[0])
        self.assertEqual(done.stdout, "")

    def worker(self, *arguments):
        return ("moyo-worker", "--exit-when-done", "--log-level", "error", "--local-files", "off",
                *arguments)

    def test_one_line_joins_a_worker_and_the_run_is_parsed(self):
        server = self.server()
        code_file = os.path.join(self.folder, "code")
        with open(code_file, "w", encoding="ascii") as file:
            file.write(server.first_code() + "\n")
        programs.succeed(*self.worker("--join-file", code_file))
        admin = server.code("admin")
        status = programs.succeed_json("moyo", "status", "--json", "--join", admin)
        self.assertTrue(status["complete"])
        self.assertEqual(status["ledger"]["found"], GAMES)
        self.assertEqual(status["ledger"]["pending"], 0)
        out = os.path.join(self.folder, "shards")
        programs.succeed("moyo", "shards", "--out", out, "--join", admin)
        self.assertEqual(len([n for n in os.listdir(out) if n.endswith(".npz")]),
                         status["shards"]["count"])
        # The trainer's code fetches the same; any code tells a machine whether it reaches the server.
        trainer = server.code("trainer")
        programs.succeed("moyo", "shards", "--out", out + "2", "--join", trainer)
        self.assertEqual(sorted(os.listdir(out + "2")), sorted(os.listdir(out)))
        for code in (trainer, server.code("worker")):
            self.assertEqual(programs.succeed("moyo", "health", "--join", code), "serving\n")
        if programs.have("moyo-trainer"):
            done = programs.run("moyo-trainer", "--run-dir", os.path.join(self.folder, "t"),
                                "--join", server.code("trainer"), "--blocks", "1", "--filters", "4",
                                "--epochs", "1", "--batch-size", "8", "--max-minutes", "0.05")
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_code_in_the_environment_stays_off_the_command_line(self):
        server = self.server()
        os.environ["MOYO_JOIN"] = server.code("admin")
        self.addCleanup(os.environ.pop, "MOYO_JOIN")
        programs.succeed("moyo", "status")
        programs.succeed(*self.worker())

    def test_wrong_credentials_are_turned_away_with_one_line(self):
        server = self.server()
        code = server.first_code()
        self.refused(["another certificate", "nothing was sent", "moyo token add"],
                     *self.worker("--join", mistyped(code, PIN_AT)))
        self.refused(["does not know the token", "moyo token add --role worker"],
                     *self.worker("--join", mistyped(code, TOKEN_AT)))
        self.refused(["speaks TLS", "--join"], *self.worker("--server", server.address))
        for command in ("status", "health"):
            self.refused(["speaks TLS", "--join"], "moyo", command, "--server", server.address)
        for command in ("status", "ledger"):
            self.refused(["role worker", "moyo token add --role admin"], "moyo", command, "--join",
                         code)
        self.refused(["role trainer", "moyo token add --role worker"],
                     *self.worker("--join", server.code("trainer")))
        self.refused(["role worker"], "moyo", "token", "list", "--join", code)
        server.token("revoke", "first-worker")
        self.refused(["'first-worker' was revoked", "moyo token add --role worker"],
                     *self.worker("--join", code))
        brief = server.code("worker", "--name", "brief", "--expires", "0.00001")
        await_value("the token expires", lambda: "expired" in server.token("list"))
        self.refused(["'brief' expired on", "moyo token add"], *self.worker("--join", brief))
        if programs.have("moyo-trainer"):
            self.refused(["role worker", "moyo token add --role trainer"], "moyo-trainer",
                         "--run-dir", os.path.join(self.folder, "t"), "--join",
                         server.code("worker"))
        status = programs.succeed_json("moyo", "status", "--json", "--run-dir", server.run_dir)
        self.assertEqual(status["workers"], [])
        self.assertEqual(status["ledger"]["pending"], GAMES)

    def test_cut_off_code_is_wrong_usage_and_named(self):
        code = self.server().first_code()
        done = programs.run(*self.worker("--join", code[:70]))
        self.assertEqual(done.returncode, 2)
        self.assertIn("cut off: 70 of %d characters" % len(code), done.stderr)

    def test_tls_client_of_a_plain_server_is_turned_away(self):
        secure = self.server()
        code = secure.first_code()
        port = secure.address.rsplit(":", 1)[1]
        secure.process.terminate()
        self.assertEqual(secure.process.wait(PATIENCE_SECONDS), 0)
        plain = self.server("--listen", "%s:%s" % (ADDRESS, port), "--insecure")
        self.assertIn("--insecure: listening", plain.text())
        self.refused(["does not speak TLS", "nothing was sent"], *self.worker("--join", code))
        programs.succeed(*self.worker("--server", plain.address))
        # Whoever reaches it may not make tokens for the day it has TLS again.
        self.refused(["none was sent"], "moyo", "token", "add", "--role", "admin", "--server",
                     plain.address)
        self.assertIn("first-worker", plain.token("list"))

    def test_restart_keeps_pin_and_tokens(self):
        first = self.server()
        code = first.first_code()
        first.process.terminate()
        self.assertEqual(first.process.wait(PATIENCE_SECONDS), 0)
        second = self.server("--listen", first.address)
        await_value("the server has said who may join", lambda: "more join codes" in second.text())
        self.assertNotIn("--join", second.text().split("more join codes")[0])
        programs.succeed(*self.worker("--join", code))

    def test_worker_rides_out_a_server_that_is_away(self):
        first = self.server()
        code = first.first_code()
        first.process.kill()
        first.process.wait()
        worker = subprocess.Popen([programs.program("moyo-worker"), "--exit-when-done", "--join", code],
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(worker.wait)
        self.addCleanup(worker.kill)
        self.server("--listen", first.address)
        self.assertEqual(worker.wait(PATIENCE_SECONDS), 0)

    def test_revocation_ends_a_worker_that_waits_for_work(self):
        server = self.server()
        log = os.path.join(self.folder, "worker.log")
        with open(log, "wb") as out:
            worker = subprocess.Popen(
                [programs.program("moyo-worker"), "--join", server.first_code()], stderr=out)
        self.addCleanup(worker.kill)

        def joined():
            status = programs.succeed_json("moyo", "status", "--json", "--run-dir", server.run_dir)
            return status["complete"] and status["workers"]

        await_value("the worker is done", joined)
        self.assertIsNone(worker.poll())
        server.token("revoke", "first-worker")
        self.assertEqual(worker.wait(PATIENCE_SECONDS), 1)
        with open(log, encoding="utf-8") as file:
            self.assertIn("moyo-worker: token 'first-worker' was revoked",
                          file.read().strip().split("\n")[-1])

    def test_secrets_are_the_owners_alone_and_tokens_are_hashed(self):
        server = self.server()
        code = server.first_code()
        folder = os.path.join(server.run_dir, "server")
        for name in ("tls/server.pem", "admin.join"):
            mode = stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
            self.assertEqual(mode, 0o600, name)
        raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        token = raw[37:69]
        for name in ("moyo.db", "moyo.db-wal"):
            with open(os.path.join(folder, name), "rb") as file:
                self.assertNotIn(token, file.read())
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(PATIENCE_SECONDS), 0)
        self.assertFalse(os.path.exists(os.path.join(folder, "admin.join")))
        os.chmod(os.path.join(folder, "tls/server.pem"), 0o644)
        self.refused(["others may read", "chmod 600"], "moyo-server", "--run-dir", server.run_dir,
                     "--listen", ADDRESS + ":0")
        with open(os.path.join(folder, "tls/server.pem"), "w", encoding="ascii") as file:
            file.write("nothing")
        os.chmod(os.path.join(folder, "tls/server.pem"), 0o600)
        self.refused(["damaged", "remove it"], "moyo-server", "--run-dir", server.run_dir,
                     "--listen", ADDRESS + ":0")

    def test_advertised_address_goes_into_the_code(self):
        server = self.server("--listen", "0.0.0.0:0", "--advertise", ADDRESS + ":0")
        code = server.first_code()
        raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        self.assertEqual(raw[69:-4].decode(),
                         "%s:%s" % (ADDRESS, server.address.rsplit(":", 1)[1]))
        programs.succeed(*self.worker("--join", code))
        programs.succeed("moyo", "status", "--run-dir", server.run_dir)

    def test_tokens_are_made_without_a_server_running(self):
        first = self.server()
        first.process.terminate()
        first.process.wait(PATIENCE_SECONDS)
        code = first.code("worker", "--name", "later")
        self.server("--listen", first.address)
        programs.succeed(*self.worker("--join", code))


if __name__ == "__main__":
    programs.require("moyo-server", "moyo-worker", "moyo")
    if ADDRESS is None:
        print("skipped: this machine has no address off loopback")
        raise SystemExit(programs.SKIPPED)
    unittest.main(verbosity=2)
