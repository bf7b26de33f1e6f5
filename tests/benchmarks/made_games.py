"""Many different games from few: the same records with two of Black's moves exchanged.

The exchanged moves keep their colours and points, so nearly all stay legal, and no copy is a duplicate.
"""

import io
import os
import re
import zipfile

BUNDLED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data",
                       "games-2015.zip")
BLACK_MOVE = re.compile(rb";(B\[[a-s]{2}\])")
MOST_COPIES = 64


def records(path=BUNDLED):
    """The bytes of each SGF file of a folder or zip, in the order of the names."""
    if os.path.isdir(path):
        names = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path)
                       for name in names if name.lower().endswith(".sgf"))
        for name in names:
            with open(name, "rb") as file:
                yield file.read()
        return
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.lower().endswith(".sgf"):
                yield archive.read(name)


def changed(record, copy):
    """The record with one of Black's moves 3 to 10 and one from 23 on exchanged; None when it is too short."""
    moves = list(BLACK_MOVE.finditer(record))
    early, late = 2 + copy % 8, 22 + copy // 8 * 8 + copy % 8
    if late >= len(moves):
        return None
    a, b = moves[early], moves[late]
    return b"".join((record[:a.start(1)], b.group(1), record[a.end(1):b.start(1)], a.group(1),
                     record[b.end(1):], b"\n"))


def write_copies(folder, copies, path=BUNDLED):
    """Writes `copies` collections of all records, each changed in its own way; gives how many games."""
    assert copies <= MOST_COPIES
    games = 0
    texts = [io.BytesIO() for _ in range(copies)]
    for record in records(path):
        for copy, text in enumerate(texts):
            made = changed(record, copy)
            if made is not None:
                text.write(made)
                games += 1
    os.makedirs(folder, exist_ok=True)
    for copy, text in enumerate(texts):
        with open(os.path.join(folder, "copy%02d.sgf" % copy), "wb") as file:
            file.write(text.getvalue())
    return games
