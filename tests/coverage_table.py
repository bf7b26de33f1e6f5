#!/usr/bin/env python3
"""Lines that ran, by folder, from gcovr's CSV; with --lines, those of single files that did not, from its JSON."""

import csv
import json
import pathlib
import sys


def folder_of(name):
    """The library's folder: two parts of the path, one where a file lies at the top of its part."""
    return "/".join(pathlib.PurePath(name).parent.parts[:2])


def print_table(path):
    folders = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            total, covered = folders.setdefault(folder_of(row["filename"]), (0, 0))
            folders[folder_of(row["filename"])] = (total + int(row["line_total"]), covered + int(row["line_covered"]))
    folders = dict(sorted(folders.items()))
    folders["all"] = tuple(map(sum, zip(*folders.values())))
    print("| folder | lines | ran | |\n|---|---|---|---|")
    for folder, (total, covered) in folders.items():
        print(f"| {folder} | {total:,} | {covered:,} | {100 * covered / max(total, 1):.1f}% |")


def print_lines(path, wanted):
    with open(path, encoding="utf-8") as file:
        files = json.load(file)["files"]
    for entry in files:
        if wanted and entry["file"] not in wanted:
            continue
        missed = [line["line_number"] for line in entry["lines"] if line["count"] == 0 and not line.get("gcovr/noncode")]
        if missed:
            print(f"{entry['file']}: {' '.join(map(str, missed))}")


if __name__ == "__main__":
    if sys.argv[1] == "--lines":
        print_lines(sys.argv[2], sys.argv[3:])
    else:
        print_table(sys.argv[1])
