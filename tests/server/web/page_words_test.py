#!/usr/bin/env python3
"""The training page's words: the same keys and places in each language, each key used, none missing."""

import json
import os
import re
import unittest

SOURCE = os.environ.get("MOYO_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
PAGE = os.path.join(SOURCE, "server", "web", "page")
LANGUAGES = ("en", "ko")
# The page's words stand in quotes; a key may be made of a stem and what the server said.
QUOTED = re.compile(r"[\"'`]([a-z][a-z0-9_]*)[\"'`$]")
MADE = {"refused_": ("invalid", "role", "unknown")}


def read(name):
    with open(os.path.join(PAGE, name), encoding="utf-8") as file:
        return file.read()


def table(language):
    """{key: text}; a key that stands twice is an error."""
    def once(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), "a key of %s stands twice" % language
        return dict(pairs)
    return json.loads(read("words/%s.json" % language), object_pairs_hook=once)


def used_keys():
    html = read("index.html")
    keys = set(re.findall(r'data-word="(\w+)"', html))
    scripts = "".join(read(name) for name in os.listdir(PAGE) if name.endswith(".js"))
    keys |= set(QUOTED.findall(scripts))
    for stem, endings in MADE.items():
        assert "word(`%s$" % stem in scripts, stem
        keys |= {stem + ending for ending in endings}
    direct = set(re.findall(r'word\("(\w+)"', scripts)) | set(re.findall(r'data-word="(\w+)"', html))
    return keys, direct


class PageWordsTest(unittest.TestCase):

    def test_same_keys_in_each_language(self):
        self.assertEqual(set(table("en")), set(table("ko")))

    def test_same_places_in_each_language(self):
        places = {language: {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in table(language).items()}
                  for language in LANGUAGES}
        self.assertEqual(places["en"], places["ko"])

    def test_no_word_is_empty_and_korean_is_korean(self):
        for key, text in table("ko").items():
            self.assertTrue(text.strip(), key)
            self.assertRegex(text, r"[가-힣]|^\{", key)

    def test_each_key_is_used_and_none_is_missing(self):
        used, direct = used_keys()
        self.assertEqual(set(table("en")) - used, set(), "words that nobody says")
        self.assertEqual(direct - set(table("en")), set(), "words that are missing")

    def test_page_asks_no_one_else(self):
        for folder, _, names in os.walk(PAGE):
            for name in names:
                text = read(os.path.join(folder, name))
                outside = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[\w/.-]*", text)) - {"http://www.w3.org/2000/svg"}
                self.assertEqual(outside, set(), name)
                self.assertNotRegex(text, r"<script>|style=|\son\w+=|innerHTML|eval\(", name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
