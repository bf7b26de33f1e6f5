"""What the benchmarks of a server share: one that runs while it is measured, and what it says and uses."""

import contextlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import programs  # noqa: E402
import waiting  # noqa: E402

CATALOGUE_PATIENCE_SECONDS = 3600


def serves(run_dir):
    return programs.run("moyo", "health", "--run-dir", run_dir, quiet=True).returncode == 0


@contextlib.contextmanager
def running(name, *arguments, log):
    process = programs.start(name, *arguments, log=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def server(run_dir, *more):
    """Gives process and address, once it serves."""
    with running("moyo-server", "--run-dir", run_dir, "--listen", "127.0.0.1:0", *more,
                 log=run_dir + ".server.log") as process:
        address = waiting.await_value("the server", lambda: programs.address_of(run_dir, process))
        waiting.await_value("the server's health", lambda: serves(run_dir))
        yield process, address


def await_catalogue(address, games):
    def complete():
        done = programs.run("moyo", "status", "--server", address, "--json", quiet=True)
        return done.returncode == 0 and json.loads(done.stdout)["ledger"]["found"] >= games

    waiting.await_value("%d games catalogued" % games, complete, CATALOGUE_PATIENCE_SECONDS, 0.2)


def processor_seconds(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
