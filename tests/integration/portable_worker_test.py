#!/usr/bin/env python3
"""The portable worker finishes units from a root folder that holds nothing but its own archive."""

import os
import subprocess
import sys
import tarfile
import tempfile
import unittest

import programs
from waiting import await_value

FILES = 6
# Found only with the C library's converter for his charset, which the archive brings along.
PLAYER = "이창호"
MAX_ARCHIVE_BYTES = 20_000_000
MAKE_ARCHIVE = os.path.join(programs.SOURCE, "deploy", "portable", "make-archive.sh")


class PortableWorkerTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-portable-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.archive = os.path.join(cls.folder, "worker.tar.xz")
        subprocess.run([MAKE_ARCHIVE, programs.program("moyo-worker"), cls.archive], check=True)
        cls.root = os.path.join(cls.folder, "root")
        with tarfile.open(cls.archive) as archive:
            archive.extractall(cls.root)
            cls.members = archive.getnames()

    def test_archive_is_small_and_has_licences(self):
        self.assertLess(os.path.getsize(self.archive), MAX_ARCHIVE_BYTES)
        self.assertEqual({member.split("/")[0] for member in self.members}, {"moyo-worker"})
        self.assertIn("moyo-worker/licences/libc6", self.members)

    def test_same_inputs_give_the_same_archive(self):
        again = os.path.join(self.folder, "again.tar.xz")
        subprocess.run([MAKE_ARCHIVE, programs.program("moyo-worker"), again], check=True)
        with open(self.archive, "rb") as one, open(again, "rb") as other:
            self.assertEqual(one.read(), other.read())

    def test_launcher_works_through_a_link(self):
        link = os.path.join(self.folder, "w")
        os.symlink(os.path.join(self.root, "moyo-worker", "moyo-worker"), link)
        done = subprocess.run([link, "--help"], stdout=subprocess.PIPE, text=True, check=True)
        self.assertIn("--server", done.stdout)

    def test_units_are_finished_from_an_empty_root(self):
        if os.geteuid() != 0:
            self.skipTest("chroot takes root")
        games = os.path.join(self.folder, "games")
        os.mkdir(games)
        for i in range(FILES):
            moves = "".join(";%s[%s%s]" % ("BW"[n % 2], chr(97 + n % 19), chr(97 + n // 19 * 2)) for n in range(i, i + 60))
            with open(os.path.join(games, "%d.sgf" % i), "w", encoding="cp949") as file:
                file.write("(;GM[1]CA[EUC-KR]SZ[19]KM[6.5]RE[B+R]PB[%s]%s)" % (PLAYER, moves))
        run_dir = os.path.join(self.folder, "run")
        server = programs.start("moyo-server", "--run-dir", run_dir, "--listen", "127.0.0.1:0", "--games", games,
                                "--games-per-shard", "1", "--filter-player", PLAYER, log=os.path.join(self.folder, "server.log"))
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        address = await_value("the server listens", lambda: programs.address_of(run_dir, server))
        # There is no shell in that root: the launcher's command itself, and the games come over the network.
        worker = subprocess.run(
            ["chroot", self.root, "/moyo-worker/lib/ld-linux-x86-64.so.2", "--inhibit-cache", "--library-path",
             "/moyo-worker/lib", "/moyo-worker/lib/moyo-worker", "--server", address, "--spool", "/spool",
             "--exit-when-done"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
            env=dict(os.environ, GCONV_PATH="/moyo-worker/lib/gconv"))
        self.assertEqual(worker.returncode, 0, worker.stdout)
        status = programs.succeed_json("moyo", "status", "--json", "--run-dir", run_dir)
        self.assertEqual(status["units"]["done"], FILES)
        self.assertEqual(status["ledger"]["accepted"], FILES)


if __name__ == "__main__":
    programs.require("moyo-server", "moyo-worker", "moyo")
    if sys.maxsize < 2**32 or os.uname().machine != "x86_64":
        print("skipped: the archive is for x86-64")
        sys.exit(programs.SKIPPED)
    unittest.main(verbosity=2)
