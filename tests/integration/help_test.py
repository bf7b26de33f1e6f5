#!/usr/bin/env python3
"""--help of all programs reads as one family, and documents and examples name only what it lists."""

import os
import re
import unittest

import programs

PROGRAMS = ("moyo", "moyo-server", "moyo-worker", "moyo-trainer", "moyo-play")
DOCUMENTS = ("README.md", "README.ko.md", "cli/README.md", "common/sgf/GRAMMAR.md", "deploy/README.md",
             "deploy/kubernetes/README.md", "deploy/swarm/README.md", "deploy/systemd/README.md", "play/README.md",
             "play/analysis/README.md", "play/web/README.md", "server/DESIGN.md", "server/SECURITY.md", "tests/README.md",
             "tests/benchmarks/README.md", "trainer/README.md", "deploy/colab/moyo_trainer.ipynb",
             "deploy/colab/moyo_worker.ipynb", "deploy/portable/README.txt", "CHANGELOG.md")
WIDTH = 100
ENTRY = re.compile(r"^  (\S.*?)(?:  +(\S.*))?$")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9]")
CALL = re.compile(r"(?:^|(?<=[\s(\"])|(?<=bin/)|(?<=moyo-worker/))(%s)(?=\s)" % "|".join(sorted(PROGRAMS, key=len, reverse=True)))


def sections(text):
    """{"Commands": [(name, description)...], ...} of a help page."""
    found, title = {}, None
    for line in text.splitlines():
        if re.match(r"^[A-Z][\w ,]*:$", line):
            title = line[:-1]
            found[title] = []
        elif title and title != "Examples" and ENTRY.match(line) and not line.startswith("   "):
            found[title].append(list(ENTRY.match(line).groups(default="")))
        elif title and title != "Examples" and line.strip() and found[title]:
            found[title][-1][1] = (found[title][-1][1] + " " + line.strip()).strip()
        elif title == "Examples" and line.strip():
            found[title].append(line.strip())
    return found


def calls(text):
    """(program, words behind it) of each call in a line."""
    text = re.sub(r"\\?\"[^\"]*\"", "TEXT", re.sub(r"(^|\s)#.*", "", text))
    if text.startswith("kubectl"):  # its own flags, and names of pods
        text = text.partition(" -- ")[2]
    found = list(CALL.finditer(text))
    for one, following in zip(found, found[1:] + [None]):
        yield one.group(1), text[one.end():following.start() if following else None].split()


class HelpTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.pages = {}
        for program in PROGRAMS:
            if programs.have(program):
                cls.read((program,))

    @classmethod
    def read(cls, command):
        done = programs.run(*command, "--help", timeout=60)
        assert done.returncode == 0 and not done.stderr, (command, done.stderr)
        cls.pages[command] = done.stdout
        for name, _ in sections(done.stdout).get("Commands", []):
            cls.read(command + (name,))

    def command_of(self, program, words):
        """The longest command that the words begin with."""
        command = (program,)
        for word in words:
            if command + (word.strip(",.`"),) not in self.pages:
                break
            command += (word.strip(",.`"),)
        return command

    def check_call(self, where, program, words):
        command = self.command_of(program, words)
        if command not in self.pages:
            return 0  # not built
        for flag in FLAG.findall(" ".join(words)):
            self.assertRegex(self.pages[command], r"(?<![\w-])%s(?![\w-])" % flag,
                             "%s: '%s' has no %s" % (where, " ".join(command), flag))
        return 1

    def test_pages_have_one_shape(self):
        for command, text in self.pages.items():
            lines = text.splitlines()
            self.assertRegex(lines[0], r"^[A-Z].*[^.]$")
            self.assertEqual(lines[1], "")
            self.assertTrue(lines[2].startswith("Usage: " + " ".join(command)), lines[2])
            titles = list(sections(text))
            self.assertEqual(titles[-2:], ["Help", "Examples"])
            self.assertLessEqual(max(map(len, lines[3:])), WIDTH)
            if len(command) == 1:
                self.assertIn("--version", text)

    def test_entries_read_alike(self):
        for command, text in self.pages.items():
            for title, entries in sections(text).items():
                if title == "Examples":
                    continue
                for name, about in entries:
                    self.assertTrue(about, (command, name))
                    self.assertNotRegex(about, r"(?<!\.)\.$")  # no sentence; "..." may end a list
                    first = about.split()[0]
                    if title == "Commands":
                        self.assertTrue(first[0].isupper(), about)
                    else:  # an abbreviation may stand first
                        self.assertTrue(first[0].islower() or first.isupper(), about)
                    self.assertNotRegex(name, r"\b(TEXT|UINT|INT|FLOAT|REQUIRED)\b")

    def test_examples_are_calls_of_their_command(self):
        for command, text in self.pages.items():
            examples = sections(text)["Examples"]
            self.assertTrue(examples)
            for example in examples:
                for program, words in calls(example):
                    self.assertEqual(program, command[0])
                    self.check_call("--help", program, words)
                if not example.endswith("--help") and len(command) > 1:
                    self.assertTrue(example.startswith(" ".join(command)), example)

    def test_version_is_the_release(self):
        with open(os.path.join(programs.SOURCE, "CMakeLists.txt"), encoding="utf-8") as file:
            version = re.search(r"project\(moyo VERSION (\S+)", file.read()).group(1)
        for command in self.pages:
            if len(command) == 1:
                done = programs.run(command[0], "--version", timeout=60)
                self.assertEqual((done.returncode, done.stdout), (0, "%s %s\n" % (command[0], version)))

    def test_documents_name_commands_and_flags_that_are_there(self):
        checked = 0
        for document in DOCUMENTS:
            with open(os.path.join(programs.SOURCE, document), encoding="utf-8") as file:
                text = file.read()
            in_block = False
            for number, line in enumerate(text.splitlines(), 1):
                if line.startswith("```"):
                    in_block = not in_block
                is_code = in_block or line.startswith("    ")
                for code in [line] if is_code else re.findall(r"`([^`]*)`", line):
                    for program, words in calls(code + " "):
                        where = "%s:%d" % (document, number)
                        with self.subTest(where=where):
                            checked += self.check_call(where, program, words)
        self.assertGreater(checked, 50)


if __name__ == "__main__":
    programs.require("moyo", "moyo-server", "moyo-worker")
    unittest.main(verbosity=2)
