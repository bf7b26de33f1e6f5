#!/usr/bin/env python3
"""Fails unless the languages of each page have the same words, and the page has uses for all of them.

A table is words/LANGUAGE.json, or words/LANGUAGE.js: `export default`, a JSON object, `;`.
"""

import json
import re

import tree

# What surely asks for a key: word("key") in scripts, data-word="key" in HTML.
ASKED = re.compile(r"""\bword\("(\w+)"|\bdata-(?:word|label|name)="(\w+)\"""")
# A key that is put together from parts: `phase_${phase}`.
PREFIX = re.compile(r"`(\w+_)\$\{")
PLACE = re.compile(r"\{(\w+)\}")


def table_of(text):
    """The pairs of a table, in order, with a key that stands twice."""
    body = text.strip().removeprefix("export default").removesuffix(";")
    return json.loads(body, object_pairs_hook=list)


def problems_of(path, tables, sources):
    """What is wrong with the tables of one folder, {language: pairs}, given the text of the page."""
    problems = []
    for language, pairs in tables.items():
        keys = [key for key, _ in pairs]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            problems.append(f"{path}/{language}.js:1: {key} stands twice")
        problems += [f"{path}/{language}.js:1: {key} is empty" for key, text in pairs if not text.strip()]
    words = {language: dict(pairs) for language, pairs in tables.items()}
    every = set().union(*words.values())
    for language, own in words.items():
        problems += [f"{path}/{language}.js:1: {key} is missing" for key in sorted(every - set(own))]
    for key in sorted(every):
        places = {language: set(PLACE.findall(own.get(key, ""))) for language, own in words.items()}
        if len({frozenset(names) for names in places.values()}) > 1:
            problems.append(f"{path}: {key} has other {{places}} in each language: {places}")
    asked = {name for groups in ASKED.findall(sources) for name in groups if name}
    problems += [f"{path}: the page asks for {key}, which no table has" for key in sorted(asked - every)]
    put_together = tuple(PREFIX.findall(sources))
    for key in sorted(every - set(re.findall(r"\w+", sources))):
        if not key.startswith(put_together):
            problems.append(f"{path}: nothing on the page uses {key}")
    return problems


def self_check():
    good = {"en": [("a", "x {n}")], "ko": [("a", "{n} y")]}
    assert not problems_of("p", good, 'word("a")')
    assert problems_of("p", {"en": [("a", "x")], "ko": [("b", "y")]}, 'word("a") word("b")')
    assert problems_of("p", {"en": [("a", "{n}")], "ko": [("a", "{m}")]}, 'word("a")')
    assert problems_of("p", good, "")
    assert problems_of("p", good, 'word("a") word("c")')
    assert table_of('export default {\n  "a": "b"\n};\n') == [("a", "b")]


def main():
    self_check()
    base = tree.root()
    tables = tree.files(base, tree.PRODUCT_FOLDERS, {".js", ".json"})
    folders = sorted({path.parent for path in tables if path.parent.name == "words"})
    problems = []
    for folder in folders:
        languages = {path.stem: table_of((base / path).read_text(encoding="utf-8"))
                     for path in tables if path.parent == folder}
        if len(languages) < 2:
            problems.append(f"{folder}: one language only")
        page = [path for path in tree.files(base, [str(folder.parent)], {".js", ".html"}) if path.parent != folder]
        sources = "\n".join((base / path).read_text(encoding="utf-8") for path in page)
        problems += problems_of(folder, languages, sources)
    tree.finish("page_words", len(folders), problems)


main()
