#!/usr/bin/env python3
"""Applies mutations to a copy of the tree, one at a time, and demands that each one's test fails.

    tests/mutations/run.py                  all
    tests/mutations/run.py NAME|PART...     some, by name or by part

The copy and its build stay in build/mutations, so that the second run builds only what changed. A mutation that does
not build, or whose test fails without it, is an error of the list. Exit code: 0 when every mutation was killed."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

import mutations

KILLED, LIVES, BROKEN = "killed", "LIVES", "BROKEN"
SHOWN_LINES = 15


class Scratch:
    """A copy of the tree and a build of it. No one else may use the folder meanwhile."""

    def __init__(self, folder, jobs, cmake):
        self.tree, self.build = folder / "tree", folder / "build"
        self.jobs = jobs
        self.configure = ["cmake", "-G", "Ninja", "-S", str(self.tree), "-B", str(self.build), "-DMOYO_BENCHMARKS=OFF",
                          "-DMOYO_TORCH=OFF", "-DCMAKE_BUILD_TYPE=Debug",
                          "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0", *cmake]

    def refresh(self):
        """Makes the copy what the working tree is; a file that did not change keeps its time, and is not rebuilt."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                cwd=mutations.ROOT, stdout=subprocess.PIPE, check=True).stdout
        wanted = {name for name in listed.decode().split("\0") if name and (mutations.ROOT / name).is_file()}
        for name in wanted:
            source, target = mutations.ROOT / name, self.tree / name
            if target.is_file() and target.read_bytes() == source.read_bytes():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        for path in self.tree.rglob("*"):
            if path.is_file() and str(path.relative_to(self.tree)) not in wanted:
                path.unlink()
        subprocess.run(self.configure, stdout=subprocess.DEVNULL, check=True)

    def make(self, targets):
        """Builds targets; returns what the build said, or None when it went well."""
        done = subprocess.run(["cmake", "--build", str(self.build), "-j", str(self.jobs), "--target", *targets],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return None if done.returncode == 0 else done.stdout

    def test(self, mutation, limit_s):
        """Whether the mutation's test passes, and what it printed. One that takes too long does not pass."""
        command = [str(self.build / "bin" / mutation.test), f"--gtest_filter={mutation.case}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   errors="replace", start_new_session=True)
        try:
            output, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            output, _ = process.communicate()
            return False, output + f"\ntook more than {limit_s} s"
        ran = process.returncode == 0 and "[  PASSED  ] 0 tests" not in output and "Skipped" not in output
        return ran, output


def check_sound(scratch, mutation, limit_s):
    """Why the mutation's test proves nothing: it does not pass on the code as it is. None when it does."""
    said = scratch.make([mutation.test])
    if said is not None:
        return said
    passes, output = scratch.test(mutation, limit_s)
    return None if passes else output


def attempt(scratch, mutation, limit_s):
    """(result, what was printed) of one mutation; the copy is as before afterwards."""
    path = scratch.tree / mutation.file
    text = path.read_text(encoding="utf-8")
    path.write_text(mutation.apply(text), encoding="utf-8")
    try:
        said = scratch.make([mutation.test])
        if said is not None:
            return BROKEN, said
        passes, output = scratch.test(mutation, limit_s)
        return (LIVES if passes else KILLED), output
    finally:
        path.write_text(text, encoding="utf-8")


def chosen(arguments):
    found = mutations.load()
    if not arguments.names:
        return found
    unknown = set(arguments.names) - {m.name for m in found} - {m.part for m in found}
    if unknown:
        sys.exit(f"no such mutation or part: {', '.join(sorted(unknown))}")
    return [m for m in found if m.name in arguments.names or m.part in arguments.names]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mutations or parts; none: all")
    parser.add_argument("--scratch", type=pathlib.Path, default=mutations.ROOT / "build" / "mutations",
                        help="folder of copy and build")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="compilers at once")
    parser.add_argument("--limit", type=int, default=120, metavar="SECONDS", help="of one test")
    parser.add_argument("--verbose", action="store_true", help="also show what killed a mutation")
    parser.add_argument("--cmake", action="append", default=[], metavar="-DX=Y", help="further options of the build")
    arguments = parser.parse_args()
    arguments.scratch = arguments.scratch.resolve()
    return arguments


def main():
    arguments = parse_arguments()
    wanted = chosen(arguments)
    scratch = Scratch(arguments.scratch, arguments.jobs, arguments.cmake)
    scratch.refresh()
    unsound = {}
    for mutation in wanted:
        key = (mutation.test, mutation.case)
        if key not in unsound:
            unsound[key] = check_sound(scratch, mutation, arguments.limit)
    counts = {KILLED: 0, LIVES: 0, BROKEN: 0}
    for mutation in wanted:
        begin = time.monotonic()
        fault = unsound[(mutation.test, mutation.case)]
        result, output = (BROKEN, fault) if fault is not None else attempt(scratch, mutation, arguments.limit)
        counts[result] += 1
        killer = f"{mutation.test} {mutation.case}"
        print(f"{result:7} {mutation.name:44} {killer}  ({time.monotonic() - begin:.0f} s)", flush=True)
        if result == BROKEN or (arguments.verbose and result == KILLED):
            print("\n".join("        " + line for line in output.splitlines()[-SHOWN_LINES:]), flush=True)
    print(f"{counts[KILLED]} of {len(wanted)} killed, {counts[LIVES]} live, {counts[BROKEN]} broken")
    sys.exit(0 if counts[KILLED] == len(wanted) else 1)


if __name__ == "__main__":
    main()
