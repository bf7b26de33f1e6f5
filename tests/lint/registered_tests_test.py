#!/usr/bin/env python3
"""Fails on a test that no CMakeLists.txt names: such a test is never run."""

import fnmatch
import re

import tree

FOREACH = re.compile(r"foreach\s*\(\s*(\w+)\s+([^)]*)\)(.*?)endforeach\s*\(", re.DOTALL | re.IGNORECASE)
GLOB = re.compile(r"file\s*\(\s*GLOB\s+\w+\s+([^)]*)\)")
COMMENT = re.compile(r"#[^\n]*")


def expand(text):
    """The text of a CMakeLists.txt with its comments gone and its foreach loops written out."""
    text = COMMENT.sub("", text)
    while True:
        loop = FOREACH.search(text)
        if loop is None:
            return text
        name, items, body = loop.groups()
        values = [word for word in items.split() if word not in ("IN", "ITEMS", "LISTS")]
        written = " ".join(body.replace("${" + name + "}", value) for value in values)
        text = text[: loop.start()] + written + " (" + text[loop.end() :]


def names(text, test):
    """Whether a listing names a test file, given relative to its folder, itself or by a GLOB."""
    for glob in GLOB.findall(text):
        # A * of CMake's does not cross folders; fnmatch's does.
        if "/" not in test and any(fnmatch.fnmatch(test, pattern) for pattern in glob.split()):
            return True
    return re.search(r"(?<![\w./-])" + re.escape(test) + r"(?![\w.-])", text) is not None


def self_check():
    listing = expand("foreach(a x y)\n moyo_test(${a}_test SOURCES ${a}_test.cc)\nendforeach()\n# z_test.cc")
    assert names(listing, "x_test.cc") and names(listing, "y_test.cc")
    assert names("file(GLOB s *_test.py)", "a_test.py") and not names("file(GLOB s a*_test.py)", "b_test.py")
    assert not names(listing, "z_test.cc") and not names(listing, "test.cc")


def main():
    self_check()
    base = tree.root()
    tests = [
        path
        for path in tree.files(base, ["tests"], {".cc", ".py", ".mjs"})
        if path.stem.endswith("_test") or path.stem.startswith("test_")
    ]
    problems = []
    for test in tests:
        # A test may be listed by its own folder or by one above it, with the way down to it. The checks
        # of tests/lint are listed by path below the source folder.
        for folder in list(test.parents)[:-1]:
            listing = base / folder / "CMakeLists.txt"
            if not listing.is_file():
                continue
            text = expand(listing.read_text(encoding="utf-8"))
            text = text.replace("${CMAKE_CURRENT_SOURCE_DIR}/", " ").replace("${CMAKE_SOURCE_DIR}/", " ")
            if names(text, str(test.relative_to(folder))) or names(text, str(test)):
                break
        else:
            problems.append(f"{test}:1: no CMakeLists.txt names this test, so it never runs")
    tree.finish("registered_tests", len(tests), problems)


main()
