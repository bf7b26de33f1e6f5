#!/usr/bin/env python3
"""Fails on a test that a document names as its proof and that is not there."""

import re

import tree

DOCUMENTS = ("server/SECURITY.md",)
# `Suite.Name` of GoogleTest, `file_test.test_name` of Python.
NAMED = re.compile(r"`(\w+)\.(\w+)`")
GOOGLE = re.compile(r"^TEST(?:_[FP])?\((\w+), *(\w+)\)", re.MULTILINE)
PYTHON = re.compile(r"^ +def (test_\w+)\(", re.MULTILINE)


def tests_there(base):
    """Pairs of suite and name; a Python file is a suite."""
    there = set()
    for path in tree.files(base, ["tests"], {".cc", ".py"}):
        text = (base / path).read_text(encoding="utf-8")
        if path.suffix == ".cc":
            there |= set(GOOGLE.findall(text))
        else:
            there |= {(path.stem, name) for name in PYTHON.findall(text)}
    return there


def main():
    base = tree.root()
    there = tests_there(base)
    problems, checked = [], 0
    for document in DOCUMENTS:
        for number, line in enumerate(tree.lines(base / document), 1):
            for named in NAMED.findall(line) if line.startswith("|") else []:
                checked += 1
                if named not in there:
                    problems.append(f"{document}:{number}: there is no test {'.'.join(named)}")
    tree.finish("named_tests", checked, problems)


main()
