#!/usr/bin/env python3
"""deploy/METRICS.md names what /metrics of server, worker and trainer gives: no more, no less."""

import glob
import os
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
import urllib.request

import metrics_page
import programs
from waiting import await_value

FILES = 4
TRAINER_METRIC = re.compile(r'"((?:moyo|process)_[a-z0-9_]+)"')


def game(first):
    """A game of 60 moves in every other row, another one for each `first`."""
    points = [chr(97 + i % 19) + chr(97 + i // 19 * 2) for i in range(first, first + 60)]
    return "(;GM[1]SZ[19]KM[6.5]RE[B+R]%s)" % "".join(
        ";%s[%s]" % ("BW"[i % 2], point) for i, point in enumerate(points))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def scrape(address):
    try:
        with urllib.request.urlopen("http://%s/metrics" % address, timeout=10) as answer:
            return answer.read().decode("utf-8")
    except OSError:
        return None


def sample(text, name):
    """The value of a series written as it is served: 'moyo_games{state="pending"}'."""
    found = re.search("^%s (\\S+)$" % re.escape(name), text or "", re.MULTILINE)
    return float(found.group(1)) if found else None


class MetricsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-metrics-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        games = os.path.join(cls.folder, "games")
        os.mkdir(games)
        for i in range(FILES):
            with open(os.path.join(games, "%d.sgf" % i), "w", encoding="ascii") as file:
                file.write(game(i))
        cls.server_metrics = "127.0.0.1:%d" % free_port()
        cls.worker_metrics = "127.0.0.1:%d" % free_port()
        run_dir = os.path.join(cls.folder, "run")
        server = cls.start("moyo-server", "--run-dir", run_dir, "--listen", "127.0.0.1:0",
                           "--games", games, "--games-per-shard", "1", "--metrics", cls.server_metrics)
        address = await_value("the server listens", lambda: programs.address_of(run_dir, server))
        # Bytes over the network, so that every transfer is counted on both sides.
        cls.start("moyo-worker", "--server", address, "--parallel", "2", "--local-files", "off",
                  "--spool", os.path.join(cls.folder, "spool"), "--metrics", cls.worker_metrics)
        cls.server_text = await_value("all units are done", lambda: cls.when_done(cls.server_metrics))
        cls.worker_text = await_value("the worker counts them", lambda: cls.when_counted(cls.worker_metrics))

    @classmethod
    def start(cls, name, *arguments):
        process = programs.start(name, *arguments, log=os.path.join(cls.folder, name + ".log"))
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.kill)
        return process

    @staticmethod
    def when_done(address):
        text = scrape(address)
        done = sample(text, 'moyo_units{state="done"}') == FILES
        return text if done and sample(text, 'moyo_catalogue_scans') == 0 else None

    @staticmethod
    def when_counted(address):
        text = scrape(address)
        return text if sample(text, 'moyo_worker_units_total{outcome="committed"}') == FILES else None

    def check_page(self, section, text):
        page = metrics_page.read_page()
        documented = dict(page["Every program"], **page[section])
        problems = metrics_page.differences(documented, metrics_page.parse_exposition(text))
        self.assertEqual(problems, [], "\n".join(problems))

    def test_page_names_what_the_server_serves(self):
        self.check_page("Server", self.server_text)

    def test_page_names_what_a_worker_serves(self):
        self.check_page("Worker", self.worker_text)

    def test_page_names_what_the_trainer_registers(self):
        """By its source: a build without Torch has no trainer to ask."""
        names = set()
        for path in glob.glob(os.path.join(programs.SOURCE, "trainer", "**", "*.cc"), recursive=True):
            with open(path, encoding="utf-8") as file:
                names.update(TRAINER_METRIC.findall(file.read()))
        self.assertGreater(len(names), 5)
        self.assertEqual(names, set(metrics_page.read_page()["Trainer"]))

    def test_numbers_agree_between_server_and_worker(self):
        self.assertEqual(sample(self.server_text, "moyo_games_found"), FILES)
        self.assertEqual(sample(self.server_text, "moyo_games_committed_total"), FILES)
        self.assertEqual(sample(self.worker_text, "moyo_worker_games_total"), FILES)
        self.assertEqual(sample(self.server_text, "moyo_worker_slots"), 2)
        self.assertEqual(sample(self.worker_text, "moyo_worker_parallel_slots"), 2)
        for phase in ("parse", "deliver"):
            self.assertGreater(sample(self.worker_text, 'moyo_worker_unit_seconds_total{phase="%s"}' % phase), 0)
        self.assertEqual(sample(self.server_text, "moyo_uploads_total"), FILES)
        self.assertGreater(sample(self.server_text, "moyo_upload_seconds_total"), 0)
        self.assertEqual(sample(self.server_text, "moyo_upload_bytes_total"),
                         sample(self.worker_text, "moyo_worker_upload_bytes_total"))
        self.assertEqual(sample(self.server_text, 'moyo_download_bytes_total{kind="source"}'),
                         sample(self.worker_text, "moyo_worker_fetch_bytes_total"))
        self.assertEqual(sample(self.server_text, "moyo_oldest_lease_age_seconds"), 0)
        self.assertGreater(sample(self.server_text, "moyo_disk_available_bytes"), 0)

    def test_promtool_finds_no_fault_with_names_and_help(self):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed (package prometheus)")
        for text in (self.server_text, self.worker_text):
            done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_differences_are_found(self):
        page = {"a": ("gauge", {}), "b": ("counter", {"k": {"x", "y"}}), "c": ("gauge", {"v": None})}
        same = {"a": ("gauge", {}), "b": ("counter", {"k": {"x", "y"}}), "c": ("gauge", {"v": {"1"}})}
        self.assertEqual(metrics_page.differences(page, same), [])
        for served in ({}, dict(same, a=("counter", {})), dict(same, d=("gauge", {})),
                       dict(same, b=("counter", {"k": {"x"}})), dict(same, a=("gauge", {"k": {"x"}}))):
            self.assertNotEqual(metrics_page.differences(page, served), [], served)


if __name__ == "__main__":
    programs.require("moyo-server", "moyo-worker")
    unittest.main(verbosity=2)
