"""All names of an index as one text: to look for a part of a name in it takes as long as reading it.

Nodes are numbered in preorder without gaps, so the lines of a stretch of the text are the nodes of a subtree. A scan of the table in
SQLite takes ten times as long, which whoever types would feel.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from option_index.facts_file import FactsFile


class Names:
    """The names of all nodes of one file, in lower case."""

    def __init__(self, file: FactsFile) -> None:
        """Read the names: once a file, 10 ms for all of the embedded facts."""
        row = file.db.execute(
            "SELECT min(id), group_concat(name, char(10)), group_concat(char(48 + min(depth, 70)), '')"
            " FROM (SELECT id, name, depth FROM node ORDER BY id)"
        ).fetchone()
        self._first: int = row[0] or 0
        self._text = f"\n{(row[1] or '').lower()}\n"
        self._depths: str = row[2] or ""
        self._starts = array("L", (match.end() for match in re.finditer("\n", self._text)))
        """Where in the text each name begins."""
        del self._starts[-1:]

    def find(self, part: str, low: int, high: int, limit: int) -> list[int]:
        """Return the ids of up to `limit` nodes after id `low` up to `high` whose name has `part` in it, regardless of case.

        Those that start with it come first, then shallow ones. A single letter is looked for at the start of names only: a third of
        all names have it somewhere.
        """
        first, last = low + 1 - self._first, high - self._first
        if first > last or last >= len(self._starts):
            return []
        start = self._starts[first]
        end = self._starts[last + 1] if last + 1 < len(self._starts) else len(self._text)
        wanted = part.lower()
        found = self._shallow_first(self._lines(f"\n{wanted}", start - 1, end, 1))[:limit]
        if len(found) < limit and len(wanted) > 1:
            known = frozenset(found)
            inside = dict.fromkeys(line for line in self._lines(wanted, start, end, 0) if line not in known)
            found += self._shallow_first(list(inside))[: limit - len(found)]
        return [line + self._first for line in found]

    def _lines(self, wanted: str, start: int, end: int, skip: int) -> list[int]:
        """Return the line of each place where a text is found; `skip` characters of it stand before the line."""
        found = re.compile(re.escape(wanted)).finditer(self._text, start, end)
        return [bisect_right(self._starts, match.start() + skip) - 1 for match in found]

    def _shallow_first(self, lines: list[int]) -> list[int]:
        return sorted(lines, key=self._depths.__getitem__)
