"""The Docker engine as the test uses it: images from this build's programs, one compose project."""

import json
import os
import re
import shutil
import subprocess
import sys

SOURCE = os.environ.get("MOYO_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "tests", "integration"))
import programs  # noqa: E402  (found by the line above)

BASE = os.environ.get("MOYO_TEST_BASE", "moyo-test-base")
PROMETHEUS_DOCKERFILE = """FROM %s
RUN useradd --system --uid 10002 --user-group --no-create-home metrics && mkdir -p /prometheus && chown metrics /prometheus
USER metrics
VOLUME /prometheus
ENTRYPOINT ["/usr/bin/prometheus"]
""" % BASE


def run(*command, check=True, env=None):
    """Runs and gives stdout; a failure shows stderr."""
    print("$", " ".join(command), flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=900, check=False,
                          env=env)
    if check and done.returncode != 0:
        raise AssertionError("%s: exit code %d: %s" % (" ".join(command), done.returncode, done.stderr[-2000:]))
    return done.stdout


def why_not():
    """Why nothing can be tested here; None when it can."""
    if shutil.which("docker") is None or shutil.which("docker-compose") is None:
        return "docker and docker-compose are not installed (packages docker.io, docker-compose)"
    for command, reason in ((["docker", "info"], "no Docker engine answers; start dockerd as root"),
                            (["docker", "image", "inspect", BASE],
                             "no image %s; make it with tests/docker/make-base.sh %s" % (BASE, BASE))):
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            return reason
    return None


def last_stage(part):
    """The last stage of a Dockerfile, with what it copies from earlier ones taken from the build context."""
    with open(os.path.join(SOURCE, "deploy", "Dockerfile." + part), encoding="utf-8") as file:
        text = file.read()
    stage = text[text.rindex("\nFROM "):].replace("/src/build/no-torch/bin/", "/bin/").replace(
        "/src/build/release/bin/", "/bin/")
    return "ARG BASE\n" + re.sub(r"COPY --from=\w+ ", "COPY ", stage)


def build_image(part, folder):
    """moyo-PART from the programs of this build, by the last stage of its Dockerfile."""
    context = os.path.join(folder, "context-" + part)
    os.makedirs(os.path.join(context, "deploy"))
    dockerfile = last_stage(part)
    os.makedirs(os.path.join(context, "bin"))
    for name in re.findall(r" /bin/([\w-]+)", dockerfile):
        subprocess.run(["strip", "-o", os.path.join(context, "bin", name), programs.program(name)], check=True)
    if part == "worker":
        os.makedirs(os.path.join(context, "spool"))
        subprocess.run([os.path.join(SOURCE, "deploy", "portable", "image-root.sh"), programs.program("moyo-worker"),
                        os.path.join(context, "image")], check=True)
    for name in ("install-packages.sh", "packages-run.txt", "packages-run-torch.txt"):
        shutil.copy(os.path.join(SOURCE, "deploy", name), os.path.join(context, "deploy"))
    write(os.path.join(context, "Dockerfile"), dockerfile)
    run("docker", "build", "-q", "--build-arg", "BASE=" + BASE, "-t", "moyo-" + part, context)


def build_prometheus(folder):
    context = os.path.join(folder, "context-prometheus")
    os.makedirs(context)
    write(os.path.join(context, "Dockerfile"), PROMETHEUS_DOCKERFILE)
    run("docker", "build", "-q", "-t", "moyo-test-prometheus", context)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Project:
    """One compose project of deploy/compose.yaml."""

    def __init__(self, name, settings):
        self.name = name
        self.env = dict(os.environ, **settings)

    def compose(self, *arguments, check=True):
        return run("docker-compose", "-p", self.name, "-f", os.path.join(SOURCE, "deploy", "compose.yaml"), *arguments,
                   check=check, env=self.env)

    def containers(self, service):
        """Ids, by number; those that have ended included."""
        label = "label=com.docker.compose."
        out = run("docker", "ps", "-a", "-q", "--filter", label + "project=" + self.name, "--filter",
                  label + "service=" + service)
        return sorted(out.split(), key=lambda each: int(
            self.inspect(each)["Config"]["Labels"]["com.docker.compose.container-number"]))

    @staticmethod
    def inspect(container):
        return json.loads(run("docker", "inspect", container))[0]

    def status(self):
        """moyo status from inside the server's container; None while it does not answer."""
        server = self.containers("server")[0]
        out = run("docker", "exec", server, "moyo", "status", "--run-dir", "/run-dir", "--json", check=False)
        return json.loads(out) if out else None

    def network(self):
        return self.name + "_inside"
