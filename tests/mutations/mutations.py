"""The mutations of this folder's .toml files: small defects, each with the test that notices it."""

import dataclasses
import pathlib
import re
import tomllib

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
MOYO_TEST = re.compile(r"moyo_test\(\s*([\w${}]+)")
FOREACH = re.compile(r"foreach\s*\(\s*(\w+)\s+([^)]*)\)(.*?)endforeach\s*\(", re.DOTALL)
GOOGLE_TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P)\((\w+),\s*(\w+)\)", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Mutation:
    part: str  # the .toml file it comes from, without the suffix
    name: str  # unique over all parts
    file: str  # below the root
    find: str  # text that the file holds once
    replace: str
    why: str  # the promise that it breaks
    test: str  # a GoogleTest program: its target's name, and ctest's
    case: str  # its Suite.Name

    def place(self, text):
        """Line number of the mutation in its file's text."""
        return text.count("\n", 0, text.index(self.find)) + 1

    def apply(self, text):
        if text.count(self.find) != 1:
            raise ValueError(f"{self.name}: {self.file} holds its text {text.count(self.find)} times, not once")
        return text.replace(self.find, self.replace)


def load():
    """All mutations, in the order of the files' names and of their lines."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]:
            found.append(Mutation(part=path.stem, **entry))
    return found


def cases(root=ROOT):
    """Suite.Name of every GoogleTest case below tests/."""
    found = set()
    for path in (root / "tests").rglob("*.cc"):
        found |= {".".join(pair) for pair in GOOGLE_TEST.findall(path.read_text(encoding="utf-8"))}
    return found


def programs(root=ROOT):
    """Names of the GoogleTest programs below tests/, which are their targets' and ctest's."""
    found = set()
    for path in (root / "tests").rglob("CMakeLists.txt"):
        text = path.read_text(encoding="utf-8")
        for name, items, body in FOREACH.findall(text):
            for test in MOYO_TEST.findall(body):
                found |= {test.replace("${" + name + "}", item) for item in items.split()}
        found |= set(MOYO_TEST.findall(text))
    return found
