#!/usr/bin/env python3
"""Dashboards and alerts ask only for metrics, labels and label values that deploy/METRICS.md names."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import yaml
except ImportError:
    print("skipped: no PyYAML (Debian's python3-yaml)")
    raise SystemExit(77)

SOURCE = os.environ.get("MOYO_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "tests", "integration"))
import metrics_page  # noqa: E402  (found by the line above)

# What Prometheus makes itself, and the labels that it adds to every target.
BUILT_IN = {"up": {"job": None, "instance": None}, "ALERTS": {"alertname": None, "alertstate": None}}
TARGET_LABELS = {"job": {"moyo-server", "moyo-worker", "moyo-trainer"}, "instance": None}
WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset",
         "Inf", "NaN"}
GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?")
NUMBER = re.compile(r"\b\d[\d.]*(e[+-]?\d+)?\b")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def documented():
    """{metric: {label: values or None}} of the whole page, with what a summary adds."""
    metrics = {name: dict(labels) for name, labels in BUILT_IN.items()}
    for section in metrics_page.read_page().values():
        for name, (_, labels) in section.items():
            metrics[name] = dict(TARGET_LABELS, **labels)
    return metrics


def selectors_of(expression):
    """The selectors of an expression, 'metric{matchers}': no functions, no words of the language."""
    rest = re.sub(r"\[[^\]]*\]", " ", GROUPING.sub(" ", expression))
    rest = "".join(part if part.startswith("{") else NUMBER.sub(" ", part) for part in re.split(r"(\{[^}]*\})", rest))
    return [name + matchers for name, matchers in SELECTOR.findall(rest)
            if name not in WORDS and not re.search(r"\b%s\s*\(" % re.escape(name), rest)]  # a function has arguments


def problems_of(expression, metrics):
    problems, known = [], set()
    grouped = {label.strip() for _, labels in GROUPING.findall(expression) for label in labels.split(",")} - {""}
    for selector in selectors_of(expression):
        name, matchers = SELECTOR.fullmatch(selector).groups()
        labels = metrics.get(name)
        if labels is None:
            problems.append("no metric %s" % name)
            continue
        known |= labels.keys()
        for label, operator, value in MATCHER.findall(matchers or ""):
            values = labels.get(label, set())
            if values is not None and not any(matches(operator, value, each) for each in values):
                problems.append("%s matches nothing" % selector)
    if not known:
        problems.append("asks for no metric")
    return problems + ["%s: no metric has the label %s" % (expression, label) for label in sorted(grouped - known)]


def matches(operator, wanted, value):
    found = re.fullmatch(wanted, value) is not None if "~" in operator else wanted == value
    return found != operator.startswith("!")


def dashboards():
    for path in sorted(glob.glob(os.path.join(SOURCE, "deploy", "grafana", "dashboards", "*.json"))):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path), json.load(file)


def alert_rules():
    with open(os.path.join(SOURCE, "deploy", "prometheus", "alerts.yml"), encoding="utf-8") as file:
        return [rule for group in yaml.safe_load(file)["groups"] for rule in group["rules"]]


class ExpressionsTest(unittest.TestCase):

    def test_alerts(self):
        metrics = documented()
        for rule in alert_rules():
            self.assertEqual(problems_of(rule["expr"], metrics), [], rule["alert"])

    def test_dashboards(self):
        metrics, panels = documented(), 0
        for name, board in dashboards():
            for panel in board["panels"]:
                for target in panel.get("targets", []):
                    panels += 1
                    self.assertEqual(problems_of(target["expr"], metrics), [], "%s: %s" % (name, panel["title"]))
        self.assertGreater(panels, 40)

    def test_promtool_reads_every_panel(self):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed (package prometheus)")
        rules = [{"record": "panel:%d" % number, "expr": target["expr"]} for number, target in enumerate(
            target for _, board in dashboards() for panel in board["panels"] for target in panel.get("targets", []))]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}, file)
            file.flush()
            done = subprocess.run(["promtool", "check", "rules", "--lint=none", file.name], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_dashboards_can_be_provisioned(self):
        with open(os.path.join(SOURCE, "deploy/grafana/provisioning/datasources/moyo.yml"), encoding="utf-8") as file:
            source = yaml.safe_load(file)["datasources"][0]["uid"]
        uids = set()
        for name, board in dashboards():
            uids.add(board["uid"])
            ids = [panel["id"] for panel in board["panels"]]
            self.assertEqual(len(ids), len(set(ids)), name)
            for panel in board["panels"]:
                if panel["type"] == "row":
                    continue
                self.assertEqual(panel["datasource"]["uid"], source, panel["title"])
                place = panel["gridPos"]
                self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
        self.assertEqual(uids, {"moyo-overview", "moyo-workers", "moyo-training"})

    def test_each_alert_is_in_the_runbook_and_in_the_rule_tests(self):
        with open(os.path.join(SOURCE, "deploy", "README.md"), encoding="utf-8") as file:
            runbook = file.read()
        with open(os.path.join(SOURCE, "deploy", "prometheus", "alerts_test.yml"), encoding="utf-8") as file:
            cases = [case for test in yaml.safe_load(file)["tests"] for case in test["alert_rule_test"]]
        for rule in alert_rules():
            self.assertTrue("`%s`" % rule["alert"] in runbook, "deploy/README.md does not say %s" % rule["alert"])
            fires = {bool(case.get("exp_alerts")) for case in cases if case["alertname"] == rule["alert"]}
            self.assertEqual(fires, {True, False}, "%s must be tested firing and silent" % rule["alert"])

    def test_wrong_expressions_are_found(self):
        metrics = {"a_total": dict(TARGET_LABELS, state={"done", "split"}), "b": dict(TARGET_LABELS)}
        for right in ("sum by (state) (rate(a_total[5m])) > 1e9", 'a_total{state=~"done|x"} or b{job="moyo-server"}',
                      "b / ignoring (state) a_total", "changes(b[5m])"):
            self.assertEqual(problems_of(right, metrics), [], right)
        for wrong in ("rate(c_total[5m])", 'a_total{state="gone"}', 'b{state="done"}', "sum by (kind) (a_total)",
                      "vector(0)", 'b{job="other"}'):
            self.assertNotEqual(problems_of(wrong, metrics), [], wrong)


if __name__ == "__main__":
    unittest.main(verbosity=2)
