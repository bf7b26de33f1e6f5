"""deploy/METRICS.md and the text of /metrics, in one form: name -> (type, {label: values or None})."""

import os
import re

import programs

PAGE = os.path.join(programs.SOURCE, "deploy", "METRICS.md")
ROW = re.compile(r"^\| `(?P<name>[a-z_]+)` \| (?P<type>\w+) \| (?P<labels>[^|]*) \| (?P<unit>[^|]*) \| (?P<meaning>[^|]+) \|$")
SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(\{(?P<labels>.*)\})? \S+( \d+)?$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def parse_labels(cell):
    """'`state`: done, split' or '`a`, `b`' or '-' as {label: set of values, or None for free ones}."""
    labels = {}
    if cell.strip() == "-":
        return labels
    for part in cell.split(";"):
        if ":" in part:
            label, values = part.split(":")
            labels[label.strip(" `")] = {value.strip() for value in values.split(",")}
        else:
            labels.update({label.strip(" `"): None for label in part.split(",")})
    return labels


def read_page():
    """{section: {name: (type, labels)}}; a row that is no proper row is an error."""
    sections, section = {}, None
    with open(PAGE, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            line = line.rstrip("\n")
            if line.startswith("## "):
                section = sections.setdefault(line[3:], {})
            if not line.startswith("| `"):
                continue
            row = ROW.match(line)
            if row is None or section is None:
                raise AssertionError("%s:%d: not a row of the table: %s" % (PAGE, number, line))
            if row["name"] in section:
                raise AssertionError("%s:%d: %s stands twice" % (PAGE, number, row["name"]))
            section[row["name"]] = (row["type"], parse_labels(row["labels"]))
    return sections


def parse_exposition(text):
    """The families of an answer to GET /metrics, with the label values that were seen."""
    families, kind, family = {}, None, None
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split()
            families[family] = (kind, {})
        elif line and not line.startswith("#"):
            sample = SAMPLE.match(line)
            if sample is None or family is None or not sample["name"].startswith(family):
                raise AssertionError("not a sample of %s: %s" % (family, line))
            for label, value in LABEL.findall(sample["labels"] or ""):
                families[family][1].setdefault(label, set()).add(value)
    return families


def differences(documented, served):
    """What the page and a program disagree on, as lines; empty: nothing."""
    problems = ["%s is served, but not on the page" % name for name in sorted(served.keys() - documented.keys())]
    problems += ["%s is on the page, but not served" % name for name in sorted(documented.keys() - served.keys())]
    for name in sorted(documented.keys() & served.keys()):
        (kind, labels), (served_kind, served_labels) = documented[name], served[name]
        if kind != served_kind:
            problems.append("%s is a %s on the page, a %s when served" % (name, kind, served_kind))
        if labels.keys() != served_labels.keys():
            problems.append("%s has the labels %s on the page, %s when served"
                            % (name, sorted(labels), sorted(served_labels)))
        for label, values in labels.items():
            seen = served_labels.get(label, set())
            if values is not None and seen != values:
                problems.append("%s{%s}: %s on the page, %s when served" % (name, label, sorted(values), sorted(seen)))
    return problems
