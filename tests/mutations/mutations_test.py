#!/usr/bin/env python3
"""Every mutation still fits the code and names a test that is there; the README lists them all."""

import unittest

import mutations
import table

FEWEST = 40


class MutationsTest(unittest.TestCase):
    def setUp(self):
        self.mutations = mutations.load()

    def test_each_text_is_in_its_file_once_and_changes_it(self):
        for mutation in self.mutations:
            with self.subTest(mutation.name):
                text = (mutations.ROOT / mutation.file).read_text(encoding="utf-8")
                self.assertEqual(text.count(mutation.find), 1, mutation.file)
                self.assertNotEqual(mutation.apply(text), text)

    def test_each_killing_test_is_there(self):
        names, cases = mutations.programs(), mutations.cases()
        for mutation in self.mutations:
            with self.subTest(mutation.name):
                self.assertTrue(mutation.test in names, mutation.test)
                self.assertTrue(mutation.case in cases, mutation.case)

    def test_names_are_unique_and_there_are_enough(self):
        names = [mutation.name for mutation in self.mutations]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(names), FEWEST)

    def test_the_readme_lists_them(self):
        text = table.README.read_text(encoding="utf-8")
        self.assertTrue(text == table.written(text, self.mutations), "run tests/mutations/table.py")


if __name__ == "__main__":
    unittest.main()
