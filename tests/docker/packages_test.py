#!/usr/bin/env python3
"""The Debian packages install, run and leave: after a purge no file is there that was not before, none changed."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

import engine
import programs

# What dpkg and ldconfig keep of their own work.
KEPT = re.compile(r"^/(proc|sys|dev|tmp|debs|var/lib/dpkg|var/log|var/cache/ldconfig|etc/ld\.so\.cache)")
UNITS = ("server", "worker", "trainer")
LIST = "find / -xdev -not -type d -printf '%p %l %s %m %U\\n' -o -type d -printf '%p %m %U\\n'"


class PackagesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-packages-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        build = os.path.dirname(programs.BIN)
        subprocess.run(["cpack", "--config", os.path.join(build, "CPackConfig.cmake"), "-B", cls.folder],
                       check=True, cwd=build)
        cls.packages = sorted(name for name in os.listdir(cls.folder) if name.endswith(".deb"))
        cls.container = engine.run("docker", "run", "-d", "-v", cls.folder + ":/debs:ro", engine.BASE, "sleep",
                                   "infinity").strip()
        cls.addClassCleanup(engine.run, "docker", "rm", "-f", cls.container)

    def sh(self, command):
        return engine.run("docker", "exec", self.container, "sh", "-c", command)

    def files(self):
        return {line for line in self.sh(LIST).splitlines() if not KEPT.match(line)}

    def field(self, package, name):
        return subprocess.run(["dpkg-deb", "--field", os.path.join(self.folder, package), name], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    def test_one_package_a_part(self):
        parts = {"server", "worker", "tools"} | ({"trainer"} if programs.have("moyo-trainer") else set())
        self.assertEqual({self.field(name, "Package") for name in self.packages}, {"moyo-" + part for part in parts})
        for name in self.packages:
            depends = self.field(name, "Depends")
            self.assertIn("libc6 (>=", depends)
            self.assertIn("libgrpc++1.51", depends) if "moyo-trainer" not in name else self.assertIn("libtorch", depends)
            self.assertEqual("libsqlite3-0" in depends, "moyo-server" in name, depends)

    def test_install_run_purge(self):
        before = self.files()
        names = [self.field(name, "Package") for name in self.packages]
        self.sh("dpkg --install " + " ".join("/debs/" + name for name in self.packages))
        for name in names:
            for program in self.sh("dpkg --listfiles %s | grep ^/usr/bin/." % name).split():
                self.sh(program + " --help >/dev/null")
            part = name.removeprefix("moyo-")
            if part in UNITS:
                self.assertEqual(self.sh("stat -c '%%a %%U' /etc/moyo/%s.env" % part).strip(), "640 root")
                unit = self.sh("cat /usr/lib/systemd/system/%s.service" % name)
                self.assertIn("EnvironmentFile=/etc/moyo/%s.env" % part, unit)
                self.sh("test -x $(sed -n 's/^ExecStart=\\([^ ]*\\).*/\\1/p' /usr/lib/systemd/system/%s.service)" % name)
        # The quickest of whole runs, by the installed programs.
        self.sh("mkdir /tmp/games && echo '(;GM[1]SZ[19]%s)' > /tmp/games/a.sgf" % "".join(
            ";%s[%s%s]" % ("BW"[n % 2], chr(97 + n % 19), chr(97 + n // 19 * 2)) for n in range(60)))
        self.assertIn("1 accepted", self.sh("moyo run --parse-only --games /tmp/games --run-dir /tmp/run"))
        # Settings that were changed stay after a removal, and go by a purge.
        self.sh("echo '# mine' >> /etc/moyo/server.env && dpkg --remove " + " ".join(names))
        self.assertIn("# mine", self.sh("cat /etc/moyo/server.env"))
        self.sh("dpkg --purge " + " ".join(names))
        self.assertEqual(self.files() ^ before, set())


if __name__ == "__main__":
    reason = engine.why_not()
    if reason:
        print("skipped: " + reason)
        sys.exit(programs.SKIPPED)
    programs.require("moyo-server", "moyo-worker", "moyo")
    unittest.main(verbosity=2)
