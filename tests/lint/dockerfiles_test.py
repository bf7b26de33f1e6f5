#!/usr/bin/env python3
"""What hadolint asks of a Dockerfile, as far as this project needs it: https://github.com/hadolint/hadolint#rules.

The rules' numbers are hadolint's, so that its documentation explains each.
"""

import re

import tree

KNOWN = {"ARG", "FROM", "RUN", "COPY", "WORKDIR", "USER", "VOLUME", "EXPOSE", "ENV", "HEALTHCHECK", "ENTRYPOINT", "CMD",
         "LABEL", "STOPSIGNAL"}


def instructions(text):
    """(line number, keyword, the rest in one line) of each instruction; comments left out."""
    found, start, parts = [], 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#") or (not line.strip() and not parts):
            continue
        start = start if parts else number
        parts.append(line.rstrip("\\").strip() if line.endswith("\\") else line.strip())
        if not line.endswith("\\"):
            keyword, _, rest = " ".join(parts).partition(" ")
            found.append((start, keyword, rest.strip()))
            parts = []
    return found


def problem_of(keyword, rest, stages):
    """Why one instruction is refused, or None."""
    if keyword not in KNOWN:
        return "%s: %s" % ("DL3020: use COPY" if keyword == "ADD" else "DL1001: unknown instruction", keyword)
    if keyword == "FROM":
        image = rest.split()[0]
        if image not in stages and image != "scratch" and not image.startswith("$") and (
                ":" not in image or image.endswith(":latest")):
            return "DL3006, DL3007: name a version of " + image
    if keyword == "WORKDIR" and not rest.startswith("/"):
        return "DL3000: WORKDIR is absolute"
    if keyword in ("ENTRYPOINT", "CMD") and not re.fullmatch(r'\[("[^"]*"(, *)?)+\s*\]', rest):
        return "DL3025: %s as a JSON list, so that signals arrive" % keyword
    if keyword == "COPY":
        source = re.match(r"--from=(\w+)", rest)
        if source and source.group(1) not in stages:
            return "DL3022: COPY --from a stage that is not there: " + source.group(1)
    return problem_of_run(rest) if keyword == "RUN" else None


def problem_of_run(command):
    if re.search(r"\bsudo\b", command):
        return "DL3004: no sudo"
    if re.search(r"(^|&& |; )cd ", command):
        return "DL3003: WORKDIR instead of cd"
    if re.search(r"\bapt(-get)? (-\S+ )*(upgrade|dist-upgrade)\b", command):
        return "DL3005: no upgrade: name another base"
    if "install-packages.sh" in command or "apt-get install" in command:
        if "rm -rf /var/lib/apt/lists/*" not in command:
            return "DL3009: remove the package lists in the same layer"
        if "apt-get install" in command and "--no-install-recommends" not in command:
            return "DL3015: --no-install-recommends"
    if re.search(r"\b(curl|wget)\b", command):
        return "nothing is fetched but packages"
    return "DL4006: a pipe hides a failure" if re.search(r"[^|]\|[^|]", command) else None


def problems_of(path, text):
    problems, stages, last = [], set(), {}
    for number, keyword, rest in instructions(text):
        why = problem_of(keyword, rest, stages)
        if why:
            problems.append("%s:%d: %s" % (path, number, why))
        if keyword == "FROM":
            name = re.search(r" AS (\w+)$", rest)
            stages |= {name.group(1)} if name else set()
            last = {}
        elif keyword in last and keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            problems.append("%s:%d: DL4003, DL4004, DL3012: a second %s" % (path, number, keyword))
        last[keyword] = rest
    for keyword in ("USER", "ENTRYPOINT", "HEALTHCHECK"):
        if keyword not in last:
            problems.append("%s: the image has no %s" % (path, keyword))
    if last.get("USER", "").split(":")[0] in ("root", "0"):
        problems.append("%s: DL3002: the last USER is root" % path)
    return problems


def self_check():
    good = 'ARG BASE=debian:12\nFROM ${BASE} AS build\nRUN make \\\n && strip x\nFROM scratch\n' \
           'COPY --from=build /x /x\nUSER 1:1\nHEALTHCHECK NONE\nENTRYPOINT ["/x", "-a"]\n'
    assert not problems_of("good", good), problems_of("good", good)
    for old, new in (("scratch", "debian"), ("scratch", "debian:latest"), ("make", "sudo make"), ("make", "cd /x && make"),
                     ("make", "apt-get install -y x"), ("make", "apt-get -y upgrade"), ("make", "cat x | make"),
                     ("make", "curl x"), ("--from=build", "--from=other"), ("COPY", "ADD"), ("USER 1:1\n", ""),
                     ("USER 1:1", "USER root"), ('["/x", "-a"]', "/x -a"), ("HEALTHCHECK NONE\n", ""),
                     ("USER 1:1", "WORKDIR x\nUSER 1"), ("HEALTHCHECK NONE", "HEALTHCHECK NONE\nHEALTHCHECK NONE")):
        assert old in good and len(problems_of("bad", good.replace(old, new))) == 1, (old, new)
    assert instructions("RUN a \\\n  # why\n && b\n") == [(1, "RUN", "a && b")]


def main():
    self_check()
    base = tree.root()
    paths = sorted((base / "deploy").glob("Dockerfile.*"))
    problems = []
    for path in paths:
        problems += problems_of(path.relative_to(base), path.read_text(encoding="utf-8"))
    tree.finish("dockerfiles", len(paths), problems)


main()
