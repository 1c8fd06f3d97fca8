"""Nixpkgs' `lib` at a pin, as the embedded facts know it: between which days each name came, was warned of, and left.

The `lib` folder of each commit is public, so changes are known to the month; a pin that lies between the two days is unsure of it.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from option_index.records import LibraryName, LibraryStanding
from option_index.timeline import branch_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.facts_file import FactsFile
    from option_index.timeline import Point

_COLUMNS = "name, kind, args, signature, came_after, came_by, warned_after, warned_by, left_after, left_by, target"
_ABSENT = frozenset({LibraryStanding.REMOVED, LibraryStanding.NOT_YET})


class FactLibrary:
    """The names below `lib` at one pin."""

    def __init__(self, file: FactsFile, point: Point) -> None:
        self._file = file
        self._point = point
        self._days = _days(file, point)
        self._children = lru_cache(maxsize=32)(self._read)

    @property
    def label(self) -> str:
        return f"nixpkgs {self._point}"

    def name(self, path: Sequence[str]) -> LibraryName | None:
        """Return what is known of `lib.<path>`; see `LibrarySet.name`."""
        return self._children(tuple(path[:-1])).get(path[-1]) if path else None

    def changing(self) -> frozenset[str]:
        """Return the last segments of all names that ever came to be deprecated or left; see `LibrarySet.changing`."""
        return self._changing

    @cached_property
    def _changing(self) -> frozenset[str]:
        query = "SELECT DISTINCT name FROM library WHERE warned_by IS NOT NULL OR left_by IS NOT NULL"
        return frozenset(name for (name,) in self._file.db.execute(query))

    def children(self, path: Sequence[str]) -> Sequence[LibraryName]:
        """Return the names directly below `lib.<path>` that the pin has or may have; see `LibrarySet.children`."""
        return [name for name in self._children(tuple(path)).values() if name.standing not in _ABSENT]

    def _read(self, parent: tuple[str, ...]) -> dict[str, LibraryName]:
        query = f"SELECT {_COLUMNS} FROM library WHERE parent = ? ORDER BY name"  # noqa: S608 columns are ours
        return {row[0]: self._named(parent, *row) for row in self._file.db.execute(query, (".".join(parent),))}

    def _named(
        self,
        parent: tuple[str, ...],
        name: str,
        kind: str,
        args: str,
        signature: str | None,
        *changes: str | None,
    ) -> LibraryName:
        *days, target = changes
        return LibraryName(
            (*parent, name),
            kind,
            tuple(args.split()),
            signature,
            self._standing(days),
            tuple(target.removeprefix("?").split(".")) if target else None,
            is_alias=bool(target) and not target.startswith("?"),
        )

    def _standing(self, days: Sequence[str | None]) -> LibraryStanding:
        came, warned, left = (self._after(*days[index : index + 2]) for index in (0, 2, 4))
        if left or came is False:
            return LibraryStanding.REMOVED if left else LibraryStanding.NOT_YET
        if left is None or came is None:
            return LibraryStanding.UNSURE
        # Where some of the revisions do not warn yet, nothing is said.
        return LibraryStanding.DEPRECATED if warned else LibraryStanding.PRESENT

    def _after(self, after: str | None, by: str | None) -> bool | None:
        """Tell whether the pin is surely after a change that came after one day and by another; None where it may be on either side."""
        if by is None:
            return False
        earliest, latest = self._days
        if earliest is not None and date.fromisoformat(by) <= earliest:
            return True
        if latest is not None and after is not None and latest <= date.fromisoformat(after):
            return False
        # Nobody pins what is older than all that is known.
        return True if after is None else None


def _days(file: FactsFile, point: Point) -> tuple[date | None, date | None]:
    """Return the first and the last day on which a pin can have been nixpkgs' master."""
    if point.snapshot:
        nixos = file.module_set("nixos")
        for snapshot in nixos.snapshots if nixos else ():
            if snapshot.label == point.snapshot:
                return snapshot.day, snapshot.day
    if point.release:
        return branch_window(point.release)
    return point.date, point.date
