#!/usr/bin/env python3
"""Reads what the thread sanitizer wrote and prints the reports that are about our own code. tests/tsan.sh calls it.

    tests/tsan_reports.py FOLDER

A report has a stack for each of its two accesses. The access is ours when its innermost frame, leaving out the
sanitizer's own and the standard library's and Abseil's headers, lies in this source tree. Exit code: 1 when there is a
report of two accesses of ours, or of anything but a race (a deadlock, a thread that leaks)."""

import collections
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RACE = "data race"
FRAME = re.compile(r"^ +#\d+ (?P<what>.*)$")
# What only hands on: a std::function, a container, a string, memory.
CARRIER = re.compile(r"(/usr/include/c\+\+/|/usr/include/absl/|libsanitizer|libtsan|libstdc\+\+)")
# A template of the standard library that the linker kept in our program without its source's name; in a library it
# belongs to that.
UNNAMED_CARRIER = re.compile(r"^(void )?(std|__gnu_cxx|absl)::.*\((?!lib)[^()]*\)$")
ACCESS = re.compile(r"^ +(Previous )?(atomic )?(read|write|Read|Write|Atomic|heap).* by (main )?thread")


def reports_of(text):
    """The reports as lists of lines, without the lines of stars around them."""
    return [part.strip("\n").split("\n") for part in re.split(r"^={18}$", text, flags=re.M)
            if "WARNING: ThreadSanitizer" in part]


def innermost(frames):
    """The first frame that does more than hand on; empty when there is none."""
    for frame in frames:
        if not CARRIER.search(frame) and not UNNAMED_CARRIER.search(frame):
            return frame
    return ""


def accesses(report):
    """The innermost frames of the two accesses."""
    found = []
    frames = None
    for line in report:
        frame = FRAME.match(line)
        if frame and frames is not None:
            frames.append(frame["what"])
        elif ACCESS.match(line):
            frames = []
            found.append(frames)
        elif not frame:
            frames = None
    return [innermost(frames) for frames in found]


def is_ours(report):
    if RACE not in report[0]:
        return True
    return all(ROOT + "/" in frame and "/build/" not in frame.split(ROOT, 1)[1] for frame in accesses(report))


def main():
    folder = sys.argv[1]
    count, ours = 0, collections.OrderedDict()
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            for report in reports_of(file.read()):
                count += 1
                if is_ours(report):
                    ours.setdefault(tuple(accesses(report)), report)
    for report in ours.values():
        print("\n".join(report) + "\n")
    print("%d reports, %d of which are about two accesses of our own code" % (count, len(ours)))
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
