#!/usr/bin/env python3
"""deploy/compose.yaml: its settings are those of .env.example, and no service has more rights than it needs."""

import os
import re
import shutil
import subprocess
import unittest

try:
    import yaml
except ImportError:
    print("skipped: no PyYAML (Debian's python3-yaml)")
    raise SystemExit(77)

SOURCE = os.environ.get("MOYO_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(SOURCE, "deploy")
SETTING = re.compile(r"\$\{(\w+):-([^}]*)\}")
# Read by Compose itself, and set in the example on purpose.
COMPOSE_SETTINGS = {"COMPOSE_PROFILES": "cpu,metrics"}


def read(name):
    with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
        return file.read()


class ComposeTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.text = read("compose.yaml")
        cls.compose = yaml.safe_load(cls.text)

    def test_example_lists_every_setting_with_its_default(self):
        used = {}
        for name, default in SETTING.findall(self.text):
            self.assertEqual(used.setdefault(name, default), default, "%s has two defaults" % name)
        lines = read(".env.example").splitlines()
        settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        self.assertEqual(settings, dict(used, **COMPOSE_SETTINGS))

    def test_every_setting_is_explained(self):
        explained = False
        for line in read(".env.example").splitlines():
            if line.startswith("#"):
                explained = not line.startswith("# ---")
            elif not line:
                explained = False
            else:
                self.assertTrue(explained, line)

    def test_no_setting_lacks_a_default(self):
        without = re.findall(r"\$\{?\w+", SETTING.sub("", self.text))
        self.assertEqual(without, [])

    def test_every_service_is_confined(self):
        for name, service in self.compose["services"].items():
            self.assertIs(service.get("read_only"), True, name)
            self.assertEqual(service.get("cap_drop"), ["ALL"], name)
            self.assertIn("no-new-privileges:true", service.get("security_opt", []), name)
            self.assertIn("mem_limit", service, name)
            self.assertNotIn("privileged", service, name)
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), "%s publishes %s" % (name, port))

    def test_files_that_are_mounted_exist(self):
        for name, service in self.compose["services"].items():
            for volume in service.get("volumes", []):
                if volume.startswith("./"):
                    path = os.path.join(DEPLOY, volume.split(":")[0])
                    self.assertTrue(os.path.exists(path), "%s mounts %s" % (name, path))

    def test_workers_and_trainers_see_only_the_inside(self):
        self.assertIs(self.compose["networks"]["inside"]["internal"], True)
        for name in ("worker", "trainer", "trainer-gpu"):
            self.assertEqual(set(self.compose["services"][name]["networks"]), {"inside"}, name)

    def test_images_are_built_from_all_that_cmake_adds(self):
        with open(os.path.join(SOURCE, "CMakeLists.txt"), encoding="utf-8") as file:
            folders = set(re.findall(r"add_subdirectory\((\w+)\)", file.read())) - {"tests"}
        with open(os.path.join(SOURCE, ".dockerignore"), encoding="utf-8") as file:
            let_in = {line[1:].strip() for line in file if line.startswith("!")}
        self.assertGreater(len(folders), 5)
        for folder in folders:
            self.assertTrue({folder, folder + "/CMakeLists.txt"} & let_in, ".dockerignore leaves out " + folder)

    def test_docker_compose_takes_the_file_with_each_profile(self):
        commands = [command for command in (["docker-compose"], ["docker", "compose"])
                    if shutil.which(command[0]) and subprocess.run(
                        command + ["version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                        check=False).returncode == 0]
        if not commands:
            self.skipTest("neither docker-compose nor 'docker compose' is here")
        for command in commands:
            for profiles in ("", "cpu", "gpu", "cpu,metrics"):
                done = subprocess.run(command + ["-f", os.path.join(DEPLOY, "compose.yaml"), "config", "-q"],
                                      env=dict(os.environ, COMPOSE_PROFILES=profiles), text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                self.assertEqual(done.returncode, 0, "%s %s: %s" % (command, profiles, done.stdout))


if __name__ == "__main__":
    unittest.main(verbosity=2)
