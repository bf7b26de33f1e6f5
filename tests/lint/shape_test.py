#!/usr/bin/env python3
"""Fails on files and functions that have outgrown the project's shape."""

import re

import tree

MAX_FILE_LINES = 500
MAX_MAIN_LINES = 89  # main.cc: flags, options, Run(), exit code
MAX_FUNCTION_LINES = 70

# What is measured starts in column 0, where clang-format puts functions outside classes.
NOT_A_FUNCTION = re.compile(r"\s*(namespace|class|struct|enum|union|extern|constexpr|static const)\b|.*=\s*\{?$")


def long_functions(path, source):
    """Functions in column 0 that are too long, as problems."""
    problems = []
    start = None
    signature = None
    for number, line in enumerate(source, start=1):
        if line and not line[0].isspace() and line[0] not in "#/}":
            signature = number
        if signature and line.endswith("{") and start is None and line.count("{") > line.count("}"):
            head = " ".join(source[signature - 1 : number])
            # The body's own lines never open here: they are indented and have no fresh signature.
            start = None if NOT_A_FUNCTION.match(head) or "(" not in head else signature
            signature = None
        if line.startswith("}") and start is not None:
            length = number - start + 1
            if length > MAX_FUNCTION_LINES:
                problems.append(
                    f"{path}:{start}: a function of {length} lines; at most {MAX_FUNCTION_LINES}"
                )
            start = None
    return problems


def problems_of(path, source):
    problems = []
    limit = MAX_MAIN_LINES if path.name == "main.cc" else MAX_FILE_LINES
    if len(source) > limit:
        problems.append(f"{path}:{limit + 1}: {len(source)} lines; at most {limit}")
    if path.suffix == ".cc":
        problems += long_functions(path, source)
    return problems


def self_check():
    import pathlib

    path = pathlib.PurePath("x.cc")
    long = ["int F(int a,", "      int b) {"] + ["  ++a;"] * 70 + ["}"]
    assert len(problems_of(path, long)) == 1
    assert not problems_of(path, ["namespace a {"] + ["int x;"] * 100 + ["}"])
    assert problems_of(pathlib.PurePath("main.cc"), [""] * 90)
    assert not problems_of(pathlib.PurePath("main.cc"), [""] * 89)


def main():
    self_check()
    base = tree.root()
    folders = tree.PRODUCT_FOLDERS + ("proto", "cmake", "tests", "deploy")
    checked = tree.files(base, folders, {".h", ".cc", ".proto", ".cmake", ".py", ".sh", ".sql"})
    problems = []
    for path in checked:
        problems += problems_of(path, tree.lines(base / path))
    tree.finish("shape", len(checked), problems)


main()
