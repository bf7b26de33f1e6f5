#!/usr/bin/env python3
"""`moyo-trainer report`: the figures of a small trained run, and a page that a strict parser reads."""

import html.parser
import json
import os
import re
import tempfile
import unittest
import xml.etree.ElementTree

import programs
import waiting

VOID = {"meta", "br"}


class Balanced(html.parser.HTMLParser):
    """Fails on a tag that is not closed in its order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, "</%s> within %s" % (tag, self.open)
        self.open.pop()


class TrainingReportTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-report-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.run_dir = os.path.join(cls.folder, "run")
        programs.succeed("moyo", "run", "--games", os.path.join(programs.SOURCE, "tests/data/games-2015.zip"),
                         "--run-dir", cls.run_dir, "--limit", 120, "--games-per-shard", "40", "--parse-only")
        cls.shards = os.path.join(cls.folder, "shards")
        waiting.await_value("shards", lambda: programs.run(
            "moyo", "shards", "--run-dir", cls.run_dir, "--out", cls.shards).returncode == 0)
        programs.succeed("moyo-trainer", "--shards", cls.shards, "--run-dir", cls.run_dir, "--blocks", 1, "--filters",
                         8, "--max-samples", 4096, "--threads", 1, "--validation-positions", 200,
                         "--validation-percent", 20, "--validate-minutes", 0.02, "--device", "cpu")

    def report(self, *more):
        return programs.succeed("moyo-trainer", "report", "--run-dir", self.run_dir, "--shards", self.shards,
                                "--positions", 200, "--threads", 1, *more)

    def test_figures_are_those_of_the_run(self):
        report = json.loads(self.report())
        self.assertEqual(report["run"]["samples"], 4096)
        self.assertGreaterEqual(report["positions"], 200)
        for part in ("by_move", "by_phase", "by_rank"):
            self.assertEqual(sum(entry["positions"] for entry in report[part]), report["positions"], part)
        self.assertEqual(sum(one["positions"] for one in report["averaged"]["calibration"]),
                         sum(one["positions"] for one in report["calibration"]))
        # Better than a guess among 362 moves, by far.
        self.assertLess(report["nats"], 5.8)
        self.assertLess(report["averaged"]["nats"], 5.8)
        self.assertEqual(report["curve"][-1]["samples"], 4096)

    def test_page_that_cannot_be_written_costs_no_figures(self):
        done = programs.run("moyo-trainer", "report", "--run-dir", self.run_dir, "--shards", self.shards, "--positions",
                            50, "--threads", 1, "--one-symmetry", "--html", os.path.join(self.folder, "none/r.html"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("none/r.html", done.stderr)
        self.assertGreaterEqual(json.loads(done.stdout)["positions"], 50)

    def test_page_is_well_formed_and_needs_nothing_else(self):
        page = os.path.join(self.folder, "report.html")
        self.report("--html", page, "--json", os.path.join(self.folder, "report.json"), "--one-symmetry")
        with open(page, encoding="utf-8") as file:
            text = file.read()
        parser = Balanced()
        parser.feed(text)
        self.assertEqual(parser.open, [])
        self.assertIn("svg", parser.tags)
        self.assertNotIn("script", parser.tags)
        self.assertIsNone(re.search(r"https?:|src=|href=|url\(|@import", text))
        pictures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
        self.assertGreater(len(pictures), 6)
        for picture in pictures:
            xml.etree.ElementTree.fromstring(picture)
        with open(os.path.join(self.folder, "report.json"), encoding="utf-8") as file:
            self.assertIsNone(json.load(file)["averaged"])

    def test_wrong_use_says_what_to_do(self):
        done = programs.run("moyo-trainer", "--shards", self.shards, "--run-dir", self.run_dir, "report")
        self.assertEqual(done.returncode, 2)
        self.assertIn("'report' comes before its options", done.stderr)
        done = programs.run("moyo-trainer", "report", "--run-dir", os.path.join(self.folder, "none"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("--run-dir", done.stderr)
        self.assertEqual(programs.run("moyo-trainer", "report").returncode, 2)


if __name__ == "__main__":
    programs.require("moyo-server", "moyo-worker", "moyo", "moyo-trainer")
    unittest.main()
