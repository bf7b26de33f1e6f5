#!/usr/bin/env python3
"""Fails when a translated document has other commands or another shape than the one it translates."""

import re

import tree

TRANSLATIONS = {"README.ko.md": "README.md"}
CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"(^|\s)#( .*|$)")


def code_blocks(text):
    """The blocks of code without their comments, which are translated too."""
    blocks = []
    for block in CODE.findall(text):
        lines = [COMMENT.sub("", line).rstrip() for line in block.splitlines()]
        blocks.append("\n".join(line for line in lines if line))
    return blocks


def shape(text):
    """What must be alike: commands, and headings by level. Prose and tables may follow a day later."""
    return {"code blocks": code_blocks(text), "headings": re.findall(r"^#+(?= )", CODE.sub("", text), re.MULTILINE)}


def self_check():
    one = "# A\n```sh\nmoyo run  # go\n# 1: x\n```\n"
    assert shape(one) == shape(one.replace("# go", "# 가자").replace("# 1: x", "# 1: 가"))
    assert shape(one)["code blocks"] != shape(one.replace("moyo run", "moyo ran"))["code blocks"]
    assert shape(one)["headings"] != shape(one + "## B\n")["headings"]


def first_difference(ours, theirs):
    for own, other in zip(ours, theirs):
        if own != other:
            return f"{own!r} and {other!r}"
    return f"{len(ours)} and {len(theirs)}"


def main():
    self_check()
    base = tree.root()
    problems = []
    for name, original in TRANSLATIONS.items():
        own, other = ((base / path).read_text(encoding="utf-8") for path in (name, original))
        for what, ours in shape(own).items():
            theirs = shape(other)[what]
            if ours != theirs:
                problems.append(f"{name}:1: its {what} are not those of {original}: {first_difference(ours, theirs)}")
        if name not in other:
            problems.append(f"{original}:1: does not link {name}")
    tree.finish("translation", len(TRANSLATIONS), problems)


main()
