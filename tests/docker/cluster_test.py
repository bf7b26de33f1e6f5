#!/usr/bin/env python3
"""deploy/compose.yaml on a real engine: faults midway cost nothing, and everything can be watched."""

import json
import os
import socket
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

import engine
import programs
import waiting

sys.path.insert(0, os.path.join(engine.SOURCE, "tests", "deploy"))
import expressions_test  # noqa: E402  (found by the line above)

GAMES = os.path.join(engine.SOURCE, "tests", "data")
WORKERS = 3
PATIENCE_SECONDS = 300
STATES = ("accepted", "duplicate", "filtered", "rejected", "quarantined", "pending")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def awaited(what, condition):
    return waiting.await_value(what, condition, PATIENCE_SECONDS, pause_seconds=0.5)


class DockerClusterTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-docker-")
        cls.addClassCleanup(folder.cleanup)
        cls.trains = programs.have("moyo-trainer", "moyo-play")
        cls.services = ["server", "worker", "prometheus"] + ["trainer"] * cls.trains
        for part in ("server", "worker") + ("trainer",) * cls.trains:
            engine.build_image(part, folder.name)
        engine.build_prometheus(folder.name)
        cls.prometheus_port, cls.web_port = free_port(), free_port()
        cls.project = engine.Project("moyotest%d" % os.getpid(), {
            "COMPOSE_PROFILES": "cpu,metrics", "MOYO_GAMES": GAMES, "MOYO_GAMES_PER_SHARD": "2",
            "MOYO_LEASE_SECONDS": "5", "MOYO_PORT": free_port(), "MOYO_WEB_PORT": cls.web_port, "MOYO_PROMETHEUS": "moyo-test-prometheus",
            "MOYO_PROMETHEUS_PORT": cls.prometheus_port, "MOYO_EPOCHS": "1", "MOYO_MAX_MINUTES": "2",
            "MOYO_BLOCKS": "1", "MOYO_FILTERS": "8", "MOYO_MEMORY_BUDGET": "2GiB", "MOYO_TRAINER_MEMORY": "2500m"})
        cls.addClassCleanup(cls.project.compose, "down", "-v", "--timeout", "5")
        cls.project.compose("up", "-d", "--no-build", "--scale", "worker=%d" % WORKERS, *cls.services)
        cls.disturb()
        cls.status = awaited("all units are finished", cls.complete)

    @classmethod
    def disturb(cls):
        """Midway: a worker killed, another without network for a while, the server restarted."""
        def midway():
            status = cls.project.status()
            return status if status and status["units"]["done"] > 20 else None

        cls.midway = awaited("parsing is under way", midway)
        workers = cls.project.containers("worker")
        engine.run("docker", "kill", "-s", "KILL", workers[0])
        engine.run("docker", "network", "disconnect", "-f", cls.project.network(), workers[1])
        engine.run("docker", "restart", "-t", "10", cls.project.containers("server")[0])
        awaited("the server is back", cls.project.status)
        engine.run("docker", "network", "connect", "--alias", "worker", cls.project.network(), workers[1])
        # The engine takes a kill by hand for a wish; a crash it would have mended itself.
        engine.run("docker", "start", workers[0])

    @classmethod
    def complete(cls):
        status = cls.project.status()
        return status if status and status["complete"] else None

    @staticmethod
    def get(port, path):
        with urllib.request.urlopen("http://127.0.0.1:%s%s" % (port, path), timeout=10) as answer:
            return json.load(answer)

    def query(self, expression):
        path = "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        return self.get(self.prometheus_port, path)["data"]["result"]

    def test_1_faults_cost_no_game(self):
        self.assertGreater(self.midway["units"]["pending"], 0, "the run was over too soon for this test")
        ledger = self.status["ledger"]
        self.assertEqual(ledger["found"], sum(ledger[state] for state in STATES))
        self.assertEqual((ledger["pending"], ledger["quarantined"]), (0, 0))
        self.assertGreater(ledger["accepted"], 2900)
        self.assertEqual(self.status["alarms"], [])

    def test_2_containers_are_healthy_and_confined(self):
        server = self.project.inspect(self.project.containers("server")[0])
        awaited("the server is healthy", lambda: self.project.inspect(server["Id"])["State"]["Health"]["Status"] == "healthy")
        for service in self.services:
            for container in self.project.containers(service):
                state = self.project.inspect(container)
                self.assertTrue(state["HostConfig"]["ReadonlyRootfs"], service)
                self.assertGreater(state["HostConfig"]["Memory"], 0, service)
                self.assertFalse(state["State"]["OOMKilled"], service)

    def test_3_prometheus_scrapes_all_targets(self):
        expected = {"moyo-server": 1, "moyo-worker": WORKERS}

        def all_up():
            up = {job: len(self.query('up{job="%s"} == 1' % job)) for job in expected}
            return up == expected

        awaited("every target is up", all_up)
        if self.trains:
            awaited("the trainer was up", lambda: self.query('max_over_time(up{job="moyo-trainer"}[1h]) == 1'))

    def test_3_prometheus_has_every_alert(self):
        def judged():  # what each rule came to; nothing as long as one was never evaluated
            groups = self.get(self.prometheus_port, "/api/v1/rules")["data"]["groups"]
            health = {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}
            return None if "unknown" in health.values() else health

        health = awaited("every rule was evaluated", judged)
        self.assertEqual(health, {rule["alert"]: "ok" for rule in expressions_test.alert_rules()})

    def test_4_every_expression_gives_data(self):
        selectors = set()
        expressions = [rule["expr"] for rule in expressions_test.alert_rules()]
        for _, board in expressions_test.dashboards():
            expressions += [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
        for expression in expressions:
            self.query(expression)  # HTTP 400 when Prometheus does not understand it
            selectors |= set(expressions_test.selectors_of(expression))
        if not self.trains:
            selectors = {each for each in selectors if "training" not in each and "trainer" not in each}
        selectors = {each for each in selectors if not each.startswith("ALERTS") and "_gpu_" not in each}  # no GPU here
        for selector in sorted(selectors):
            self.assertTrue(self.query("last_over_time(%s[1h])" % selector), "no data: " + selector)

    def test_5_a_model_comes_out(self):
        if not self.trains:
            self.skipTest("moyo-trainer was not built")
        trainer = self.project.containers("trainer")[0]
        awaited("the trainer has ended", lambda: self.project.inspect(trainer)["State"]["Status"] == "exited")
        self.assertEqual(self.project.inspect(trainer)["State"]["ExitCode"], 0)
        with tempfile.TemporaryDirectory() as folder:
            engine.run("docker", "cp", trainer + ":/run-dir/model.pt", folder)
            out = programs.succeed("moyo-play", "suggest", "--model", os.path.join(folder, "model.pt"), "--top-k", "3")
            self.assertTrue(out.strip())

    def test_6_the_training_page_shows_the_run(self):
        status = self.get(self.web_port, "/api/status")
        self.assertEqual(status["ledger"], self.status["ledger"])
        if self.trains:
            self.assertIs(status["training"]["finished"], True)
            curves = self.get(self.web_port, "/api/curves")
            self.assertGreater(len(curves["losses"]["samples"]), 5)
            self.assertGreater(len(curves["validations"]["samples"]), 0)

    def test_7_the_workers_image_is_small(self):
        sizes = {image: int(engine.run("docker", "image", "inspect", "--format", "{{.Size}}", image)) / 1e6
                 for image in ["moyo-" + part for part in self.services if part != "prometheus"] + [engine.BASE]}
        for image, size in sizes.items():
            print("%s: %.1f MB" % (image, size))
        self.assertLess(sizes["moyo-worker"], 60)


if __name__ == "__main__":
    reason = engine.why_not()
    if reason:
        print("skipped: " + reason)
        sys.exit(programs.SKIPPED)
    programs.require("moyo-server", "moyo-worker", "moyo")
    unittest.main(verbosity=2)
