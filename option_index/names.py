"""All names of an index as texts: to look for a part of a name in them takes as long as reading them.

Nodes are numbered in preorder without gaps, so the nodes of a subtree are a stretch of each level. A scan of the table in SQLite takes
ten times as long, which whoever types would feel.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from itertools import count, groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from option_index.facts_file import FactsFile


class Lines:
    """Names, one a line, that are found by a part of them regardless of case."""

    def __init__(self, text: str) -> None:
        """`text`: the names with line breaks in between; at least one."""
        lower = text.lower()
        self._own = text
        self._text = f"\n{lower if len(lower) == len(text) else text}\n"
        self._starts = array("L", (match.end() for match in re.finditer("\n", self._text)))
        """Where in the text each name begins; one more at the end."""

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, line: int) -> str:
        return self._own[self._starts[line] - 1 : self._starts[line + 1] - 2]

    def beginning(self, wanted: str, first: int, last: int) -> Iterator[int]:
        """Yield the lines from `first` to before `last` that begin with a text in lower case."""
        starts = self._starts
        found = re.compile(re.escape(f"\n{wanted}")).finditer(self._text, starts[first] - 1, starts[last] - 1)
        return (bisect_right(starts, match.end() - len(wanted)) - 1 for match in found)

    def holding(self, wanted: str, first: int, last: int) -> Iterator[int]:
        """Yield the lines from `first` to before `last` that have a text in lower case in them."""
        starts = self._starts
        found = re.compile(re.escape(wanted)).finditer(self._text, starts[first], starts[last])
        return (line for line, _ in groupby(bisect_right(starts, match.start()) - 1 for match in found))


def likeliest(lines: Lines, text: str, enough: int) -> list[str]:
    """Return the names that begin with a text, short ones first; where they are fewer than `enough`, those that have it inside, too."""
    wanted = text.lower()
    found = sorted(
        (lines[line] for line in lines.beginning(wanted, 0, len(lines))),
        key=lambda name: (name.lower() != wanted, not name.startswith(text), len(name), name),
    )
    if len(found) < enough:
        known = set(found)
        inside = dict.fromkeys(lines[line] for line in lines.holding(wanted, 0, len(lines)))
        found += sorted((name for name in inside if name not in known), key=lambda name: (len(name), name))
    return found


class Names:
    """The names of all nodes of one file, level by level."""

    def __init__(self, file: FactsFile) -> None:
        """Read the names: once a file, 20 ms for all of the embedded facts."""
        first, names, depths = file.db.execute(
            "SELECT min(id), group_concat(name, char(10)), group_concat(char(48 + min(depth, 70)), '')"
            " FROM (SELECT id, name, depth FROM node ORDER BY id)"
        ).fetchone()
        levels: dict[str, tuple[array[int], list[str]]] = {}
        for id_, name, depth in zip(count(first or 0), (names or "").split("\n"), depths or "", strict=False):
            if (level := levels.get(depth)) is None:
                level = levels[depth] = array("L"), []
            level[0].append(id_)
            level[1].append(name)
        self._levels = [(levels[depth][0], Lines("\n".join(levels[depth][1]))) for depth in sorted(levels)]

    def find(self, part: str, low: int, high: int) -> Iterator[int]:
        """Yield the ids of the nodes after id `low` up to `high` whose name has `part` in it, regardless of case.

        Those that start with it come first, then shallow ones. A single letter is looked for at the start of names only: a third of
        all names have it somewhere.
        """
        wanted = part.lower()
        seen: set[int] = set()
        for way in (Lines.beginning, Lines.holding)[: len(wanted)]:
            for ids, lines in self._levels:
                first, last = bisect_right(ids, low), bisect_right(ids, high)
                for line in way(lines, wanted, first, last) if first < last else ():
                    if (id_ := ids[line]) not in seen:
                        seen.add(id_)
                        yield id_
