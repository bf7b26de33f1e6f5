#!/usr/bin/env python3
"""Notebooks, Kubernetes manifests, the swarm stack and systemd units: well formed, and true to the programs."""

import ast
import glob
import json
import os
import re
import sys
import unittest

try:
    import yaml
except ImportError:
    print("skipped: no PyYAML (Debian's python3-yaml)")
    raise SystemExit(77)

SOURCE = os.environ.get("MOYO_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(SOURCE, "deploy")
sys.path.insert(0, os.path.join(SOURCE, "tests", "integration"))
import metrics_page  # noqa: E402  (found by the line above)

FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# Where each program adds its flags.
FLAG_SOURCES = {"server": ["server/server_flags.cc"], "worker": ["worker/main.cc"],
                "trainer": ["trainer/flags.cc", "trainer/remote/server_link.cc"]}
SHARED_FLAG_SOURCES = [os.path.join(SOURCE, "common", "rpc", "access_flags.h"),
                       os.path.join(SOURCE, "common", "base", "command_line.cc")]


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def known_flags(program):
    text = "".join(read(path) for path in FLAG_SOURCES[program] + SHARED_FLAG_SOURCES)
    return set(FLAG.findall(" ".join(re.findall(r'"([^"]*)"', text))))


def kubernetes_objects():
    for path in glob.glob(os.path.join(DEPLOY, "kubernetes", "*.yaml")):
        for item in yaml.safe_load_all(read(path)):
            yield os.path.basename(path), item


class ManifestsTest(unittest.TestCase):

    def check_flags(self, program, words, where):
        flags = {flag for word in words for flag in FLAG.findall(word)}
        self.assertTrue(flags, where)
        self.assertEqual(flags - known_flags(program), set(), "%s: moyo-%s has no such flag" % (where, program))

    def test_compose_and_swarm_use_flags_that_the_programs_have(self):
        for name in ("compose.yaml", "swarm/stack.yaml"):
            for service, value in yaml.safe_load(read("deploy", name))["services"].items():
                program = service.split("-")[0]
                if program in FLAG_SOURCES:
                    self.check_flags(program, value["command"], "%s, %s" % (name, service))

    def test_kubernetes_containers_use_flags_and_settings_that_exist(self):
        settings = {line.split("=")[0] for line in read("deploy", "kubernetes", "settings.env").splitlines()}
        used, programs = set(), set()
        for name, item in kubernetes_objects():
            for container in item.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
                programs.add(container["name"])
                self.check_flags(container["name"], container["args"], name)
                used |= {key for word in container["args"] for key in re.findall(r"\$\((\w+)\)", word)}
                self.assertIs(container["securityContext"]["readOnlyRootFilesystem"], True, name)
                self.assertIn("memory", container["resources"]["limits"], name)
        self.assertEqual(programs, set(FLAG_SOURCES))
        self.assertEqual(used, settings)

    def test_kubernetes_trainer_begins_when_there_are_games(self):
        # A server without games has nothing to do and says so: its dataset is complete, and empty.
        pods = {item["metadata"]["name"]: item["spec"]["template"]["spec"] for _, item in kubernetes_objects()
                if item["kind"] in ("Job", "StatefulSet")}
        trainer, server = pods["moyo-trainer"], pods["moyo-server"]["containers"][0]
        waiting, = trainer["initContainers"]
        self.assertEqual(waiting["image"], server["image"])  # has moyo and a shell
        self.assertEqual(waiting["securityContext"], trainer["containers"][0]["securityContext"])
        self.assertIn("memory", waiting["resources"]["limits"])
        self.assertIn(trainer["containers"][0]["args"][0], waiting["command"][-1])  # --server=...
        pattern = re.search("grep -q '([^']+)'", waiting["command"][-1]).group(1)
        for found, begins in ((0, False), (1, True), (38982, True)):
            status = json.dumps({"ledger": {"found": found, "accepted": 0}}, indent=2)
            self.assertIs(re.search(pattern, status) is not None, begins, status)

    def test_kustomization_names_every_manifest(self):
        kustomization = yaml.safe_load(read("deploy", "kubernetes", "kustomization.yaml"))
        files = {name for name, _ in kubernetes_objects()} - {"kustomization.yaml"}
        self.assertEqual(set(kustomization["resources"]), files)
        kinds = {item["kind"] for _, item in kubernetes_objects()}
        self.assertLessEqual({"StatefulSet", "Deployment", "HorizontalPodAutoscaler", "Job"}, kinds)

    def test_systemd_units_use_flags_that_the_programs_have(self):
        for program in FLAG_SOURCES:
            unit = read("deploy", "systemd", "moyo-%s.service" % program)
            start = re.search("^ExecStart=(.*)$", unit, re.MULTILINE).group(1)
            variable = re.search(r"\$(\w+)", start).group(1)
            environment = read("deploy", "systemd", program + ".env")
            self.assertIn("\n%s=" % variable, environment)
            self.check_flags(program, [start] + environment.split("\n" + variable)[1:], program)

    def test_swarm_prometheus_differs_only_in_names(self):
        def without_names(text):
            return re.sub(r"names: \[(tasks\.)?(\w+)\]", r"names: [\2]", text.split("global:")[1])
        self.assertEqual(without_names(read("deploy", "swarm", "prometheus.yml")),
                         without_names(read("deploy", "prometheus", "prometheus.yml")))

    def test_notebooks_are_version_4_and_begin_with_the_terms(self):
        for program in ("worker", "trainer"):
            book = json.loads(read("deploy", "colab", "moyo_%s.ipynb" % program))
            self.assertEqual(book["nbformat"], 4)
            self.assertIn("terms forbid distributed", " ".join("".join(book["cells"][0]["source"]).split()))
            ids = [cell["id"] for cell in book["cells"]]
            self.assertEqual(len(ids), len(set(ids)))
            for cell in book["cells"]:
                if cell["cell_type"] == "code":
                    self.assertEqual((cell["outputs"], cell["execution_count"]), ([], None))
                    ast.parse("".join(cell["source"]))
            text = "".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code")
            self.check_flags(program, [re.sub("#.*", "", text)], "moyo_%s.ipynb" % program)
            names = set(re.findall(r"((?:moyo|process)_(?:worker_|training_|resident_)\w+)", text))
            page = metrics_page.read_page()
            self.assertLessEqual(names, set(page["Every program"]) | set(page[program.capitalize()]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
