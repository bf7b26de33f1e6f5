#!/usr/bin/env python3
"""Writes the table of mutations into README.md, between its two marks; --check only compares."""

import sys

import mutations

README = mutations.FOLDER / "README.md"
BEGIN, END = "<!-- table.py writes from here -->\n", "<!-- to here -->\n"


def table(found):
    parts = {}
    for mutation in found:
        parts.setdefault(mutation.part, []).append(mutation)
    lines = [f"{len(found)} mutations.\n\n"]
    for part, of_part in parts.items():
        lines.append(f"**{part}** ({len(of_part)})\n\n| mutation | file | breaks | killed by |\n|---|---|---|---|\n")
        for m in of_part:
            lines.append(f"| {m.name} | {m.file} | {m.why.replace('|', chr(92) + '|')} | `{m.test}` {m.case} |\n")
        lines.append("\n")
    return "".join(lines)


def written(text, found):
    """The README's text with the table of these mutations in it."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table(found) + END + rest.split(END)[1]


def main():
    text = README.read_text(encoding="utf-8")
    fresh = written(text, mutations.load())
    if "--check" in sys.argv[1:]:
        sys.exit(0 if fresh == text else "README.md's table is old: run tests/mutations/table.py")
    README.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
