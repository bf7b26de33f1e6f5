"""What the integration tests share: where the programs are, and how to run one."""

import json
import os
import subprocess
import sys

BIN = os.environ.get("MOYO_BIN", "")
SOURCE = os.environ.get("MOYO_SOURCE") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = 77


def program(name):
    """Its path: in the first of the folders of BIN that has it."""
    paths = [os.path.join(folder, name) for folder in BIN.split(os.pathsep)]
    return next((path for path in paths if os.access(path, os.X_OK)), paths[0])


def have(*names):
    return all(os.access(program(name), os.X_OK) for name in names)


def require(*names):
    """Ends the test as skipped when a program was not built (a build without Torch has no trainer)."""
    missing = [name for name in names if not have(name)]
    if missing:
        print("skipped: not built in '%s': %s" % (BIN, ", ".join(missing)))
        sys.exit(SKIPPED)


def run(*arguments, timeout=300, cwd=None, quiet=False):
    """Runs program and arguments; gives the ended process with .returncode, .stdout, .stderr."""
    command = [program(arguments[0])] + [str(argument) for argument in arguments[1:]]
    if not quiet:
        print("$", " ".join(command), flush=True)
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=timeout, cwd=cwd, check=False)


def start(name, *arguments, log):
    """Starts a program that goes on; what it writes goes to the file `log`."""
    command = [program(name)] + [str(argument) for argument in arguments]
    print("$", " ".join(command), flush=True)
    with open(log, "wb") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)


def address_of(run_dir, server):
    """Where a started server listens; None while it does not yet."""
    if server.poll() is not None:
        raise AssertionError("moyo-server ended with exit code %d" % server.returncode)
    try:
        with open(os.path.join(run_dir, "server", "address"), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def succeed(*arguments, **options):
    """Runs and demands exit code 0; gives what it wrote to stdout."""
    done = run(*arguments, **options)
    if done.returncode != 0:
        raise AssertionError("exit code %d: %s\n%s" % (done.returncode, done.stderr, done.stdout))
    return done.stdout


def succeed_json(*arguments, **options):
    return json.loads(succeed(*arguments, **options))
