"""The source tree as the lint checks see it."""

import pathlib
import sys

# Folders that hold the programs. Anything else at the top (build trees, data) is not looked at.
PRODUCT_FOLDERS = ("common", "server", "worker", "trainer", "play", "cli")


def root():
    """The tree given on the command line, or the one this file stands in."""
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1]).resolve()
    return pathlib.Path(__file__).resolve().parents[2]


def files(base, folders, suffixes):
    """Files below some folders, in order, as paths relative to the base."""
    found = []
    for folder in folders:
        for path in sorted((base / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                found.append(path.relative_to(base))
    return found


def lines(path):
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def finish(name, checked, problems):
    """Prints the problems and ends the program: 1 when there are any, or when nothing was checked."""
    for problem in problems:
        print(problem)
    if checked == 0:
        print(f"{name}: found nothing to check; is this the source tree?")
        sys.exit(1)
    print(f"{name}: {checked} checked, {len(problems)} problems")
    sys.exit(1 if problems else 0)
