"""The embedded facts as a package set, over the interval that a pin can lie in."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from option_index.interval import Snapshot, place
from option_index.names import Lines, likeliest
from option_index.records import MoveKind, Package, PackageMove, Releases
from option_index.timeline import branch_window, first_release_of, release_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.fact_attributes import FactAttributes
    from option_index.facts_file import FactsFile
    from option_index.records import Attribute
    from option_index.timeline import Point

_Values = tuple[str | None, int, str | None]
"""Version, unfree, main program."""
_COLUMNS = "name, present, version, unfree, program"


_WARNS = "deprecated"
"""The kind of a row for a name that works with a warning."""
_STOPPING = frozenset({"renamed", "removed"})

ENOUGH = 24
"""Where so many packages begin with a text, those that have it inside are not looked for."""
_ANSWERS = 8
"""Of so many questions of a kind the answers are kept: the same list is asked for again and again while nothing is typed of a name."""
_REVIEW = timedelta(days=60)
"""So long after somebody has dated a line, it is surely on master."""

_STANDARD = {
    "python3Packages": {
        "24.11pre": "python312Packages",
        "26.05pre": "python313Packages",
        "26.11pre": "python313Packages",
    },
    "perlPackages": {"24.11pre": "perl538Packages", "26.05pre": "perl5Packages", "26.11pre": "perl5Packages"},
    "phpPackages": {"24.11pre": "php82Packages", "26.05pre": "php84Packages", "26.11pre": "php84Packages"},
    "luaPackages": {"24.11pre": "lua52Packages", "26.05pre": "lua52Packages", "26.11pre": "lua52Packages"},
}
"""Sets that the published lists name only by the version that is the standard one (nixpkgs, pkgs/top-level/all-packages.nix)."""


_PYTHON = re.compile(r"python3\d*Packages")


class FactPackages:
    """The package attributes of nixpkgs at one pin, as far as the embedded facts know them."""

    def __init__(self, file: FactsFile, point: Point) -> None:
        self._file = file
        self._point = point
        rows = file.db.execute("SELECT label, day FROM package_snapshot ORDER BY position").fetchall()
        self._snapshots = [Snapshot(label, date.fromisoformat(day), None) for label, day in rows]
        nixos = file.module_set("nixos")
        self._interval = place(point, self._snapshots, nixos.snapshots if nixos else ())
        self._bits = sum(1 << index for index in range(self._interval.first, self._interval.last + 1))
        self._sets: dict[str, int | None] = {"": 1}
        self._starting = lru_cache(_ANSWERS)(self._starting_uncached)
        self._names = lru_cache(_ANSWERS)(self._names_uncached)
        self._sets_in = lru_cache(_ANSWERS)(self._sets_uncached)

    @cached_property
    def _attributes(self) -> FactAttributes:
        from option_index.fact_attributes import FactAttributes

        where = self._interval
        closed = not where.open_left and not where.open_right
        return FactAttributes(self._file.db, self._bits, closed=closed, find_set=self._set)

    @property
    def label(self) -> str:
        """What answers, for people: `nixpkgs 25.11 (known from 24.11pre and 26.05pre)`."""
        where = self._interval
        first, last = self._snapshots[where.first].label, self._snapshots[where.last].label
        if where.exact:
            return f"nixpkgs {self._point}"
        if where.open_left or where.open_right:
            return f"nixpkgs {self._point} (as of {last})"
        return f"nixpkgs {self._point} (known from {first} and {last})"

    def package(self, attr: str) -> Package | None:
        """Return the package at a dotted attribute path; its version only where both ends of the interval agree."""
        prefix, _, name = attr.rpartition(".")
        found = self._packages(prefix, "name = ?", name)
        return found[0] if found else None

    def children(self, prefix: str) -> Sequence[Package]:
        """Return all packages directly in a set, in name order; also those that only one end of the interval has."""
        return self._packages(prefix, "1 ORDER BY name")

    def sets(self, prefix: str) -> Sequence[str]:
        """Return the names of the package sets directly in a set."""
        return self._sets_in(prefix)

    def _sets_uncached(self, prefix: str) -> Sequence[str]:
        rows = self._file.db.execute(
            "SELECT name FROM package_set WHERE parent = ? ORDER BY name", (self._set(prefix),)
        ).fetchall()
        return [name for (name,) in rows]

    def starting(self, prefix: str, text: str, limit: int) -> Sequence[Package]:
        """Return packages directly in a set that start with `text`; where they are few, those that contain it, regardless of case, too."""
        return self._starting(prefix, text, limit)

    def _starting_uncached(self, prefix: str, text: str, limit: int) -> Sequence[Package]:
        if text:
            names = likeliest(self._names(prefix), text, min(ENOUGH, limit))[:limit]
            found = {
                package.attr: package
                for package in self._packages(prefix, "name IN (SELECT value FROM json_each(?))", json.dumps(names))
            }
            before = f"{prefix}." if prefix else ""
            return [found[before + name] for name in names]
        # In the order of the table, nothing has to be sorted.
        first = self._packages(prefix, "name >= 'a' ORDER BY name LIMIT ?", limit)
        if len(first) < limit:
            first += self._packages(prefix, "name < 'a' ORDER BY name LIMIT ?", limit - len(first))
        return first

    def _names_uncached(self, prefix: str) -> Lines:
        """Read the names of the packages in a set: 10 ms for those of nixpkgs itself."""
        query = "SELECT group_concat(name, char(10)) FROM package WHERE set_id = ? AND present & ?"
        return Lines(self._file.db.execute(query, (self._set(prefix), self._bits)).fetchone()[0] or "")

    def attribute(self, attr: str) -> Attribute | None:
        """Return what stands at a dotted path below `pkgs`; see `PackageSet.attribute`."""
        return self._attributes.attribute(attr)

    def others(self, prefix: str, text: str, limit: int) -> Sequence[Attribute]:
        """Return names in a set beside its packages; see `PackageSet.others`."""
        return self._attributes.starting(prefix, text, limit)

    def lacking(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that the set surely lacks; see `PackageSet.lacking`."""
        return self._attributes.lacking(prefix, names)

    def unheard(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that are nowhere known in the set; see `PackageSet.unheard`."""
        return self._attributes.unheard(prefix, names)

    @property
    def newest(self) -> str | None:
        """The newest snapshot, where the pin may be newer."""
        return self._snapshots[self._interval.last].label if self._interval.open_right else None

    def was(self, attr: str) -> bool:
        """Tell whether nixpkgs has had an attribute at any time that is known."""
        return self._attributes.was(attr)

    def near(self, attr: str) -> Sequence[str]:
        """Return up to three attributes that one which is not there may have been meant to be, the likeliest first."""
        return self._attributes.near(attr)

    def move(self, attr: str) -> PackageMove | None:
        """Return what nixpkgs' aliases surely say of an attribute at this pin."""
        if self._has_last(attr):
            return None
        set_, _, name = attr.rpartition(".")
        # All versions share one file of aliases (nixpkgs, pkgs/top-level/python-aliases.nix).
        said_of = f"python3Packages.{name}" if _PYTHON.fullmatch(set_) else attr
        rows = self._file.db.execute(
            "SELECT first, kind, target, day, instead FROM package_move WHERE attr = ? ORDER BY first DESC", (said_of,)
        )
        said: PackageMove | None = None
        for first, kind, target, day, instead in rows:
            in_force = self._in_force(first, day)
            if in_force is False:
                continue
            stops = kind in _STOPPING
            meant = MoveKind.RENAMED if kind == _WARNS else MoveKind(kind)
            named = (instead or "").split()
            here = partial(_in_set, set_) if said_of != attr else str
            move = PackageMove(attr, meant, target and here(target), _releases(day), stops, tuple(map(here, named)))
            if in_force is None:
                said = said or move
                continue
            return move if said is None or said.target == move.target else None
        return None

    def _has_last(self, attr: str) -> bool:
        """Tell whether the interval's last snapshot has a package: what only earlier ones have may have gone by the pin."""
        prefix, _, name = attr.rpartition(".")
        row = self._file.db.execute(
            "SELECT present FROM package WHERE set_id = ? AND name = ?", (self._set(prefix), name)
        ).fetchone()
        return row is not None and bool(row[0] & 1 << self._interval.last)

    def moving(self) -> frozenset[str]:
        """Return the names, without those of their sets, that nixpkgs' aliases ever speak of; see `PackageSet.moving`."""
        return self._moving

    @cached_property
    def _moving(self) -> frozenset[str]:
        rows = self._file.db.execute("SELECT DISTINCT attr FROM package_move WHERE kind != 'alias'")
        return frozenset(attr.rpartition(".")[2] for (attr,) in rows)

    def _in_force(self, first: int, day: str | None) -> bool | None:
        """Tell whether an alias of snapshot `first` holds at the pin: its line's day may prove it between two snapshots."""
        known = self._interval.after(first, None)
        if known is not None or day is None:
            return known
        written = date.fromisoformat(day)
        pinned = branch_window(self._interval.release)[0] if self._interval.release else self._interval.day
        if pinned and written + _REVIEW <= pinned:
            return True
        return known

    def _set(self, path: str) -> int | None:
        if path not in self._sets:
            prefix, _, name = path.rpartition(".")
            if not prefix and path in _STANDARD:
                name = _STANDARD[path][self._snapshots[self._interval.last].label]
            parent = self._set(prefix)
            query = "SELECT id FROM package_set WHERE parent = ? AND name = ?"
            row = self._file.db.execute(query, (parent, name)).fetchone() if parent is not None else None
            self._sets[path] = row[0] if row else None
        return self._sets[path]

    def _packages(self, prefix: str, condition: str, *values: object) -> list[Package]:
        set_id = self._set(prefix)
        if set_id is None:
            return []
        query = f"SELECT {_COLUMNS} FROM package WHERE set_id = ? AND present & ? AND {condition}"  # noqa: S608 conditions are ours
        rows = self._file.db.execute(query, (set_id, self._bits, *values)).fetchall()
        if not rows:
            return []
        older = self._older(set_id, [name for name, *_ in rows])
        return [
            self._agreed(
                f"{prefix}.{name}" if prefix else name, present, (version, unfree, program), older.get(name, ())
            )
            for name, present, version, unfree, program in rows
        ]

    def _older(self, set_id: int, names: Sequence[str]) -> dict[str, list[tuple[int, _Values]]]:
        """Return what packages of a set were up to which snapshot, oldest first, as far as the interval can meet it."""
        if self._interval.first + 1 == len(self._snapshots):
            return {}
        rows = self._file.db.execute(
            "SELECT name, until, version, unfree, program FROM package_was"
            " WHERE set_id = ? AND name IN (SELECT value FROM json_each(?)) AND until >= ? ORDER BY name, until",
            (set_id, json.dumps(names), self._interval.first),
        )
        found: dict[str, list[tuple[int, _Values]]] = {}
        for was, until, version, unfree, program in rows:
            found.setdefault(was, []).append((until, (version, unfree, program)))
        return found

    def _agreed(self, attr: str, present: int, newest: _Values, older: Sequence[tuple[int, _Values]]) -> Package:
        """Return what all snapshots of the interval that have the package agree on; of versions, the first and the last."""
        if not older:
            version, unfree, program = newest
            return Package(
                attr, version, unfree=bool(unfree), main_program=attr.rpartition(".")[2] if program == "" else program
            )
        held = [
            next((values for until, values in older if position <= until), newest)
            for position in range(self._interval.first, self._interval.last + 1)
            if present >> position & 1
        ]
        versions, *others = zip(*held, strict=True)
        unfree, program = map(set, others)
        shown = dict.fromkeys(version for version in (versions[0], versions[-1]) if version)
        main = program.pop() if len(program) == 1 else None
        return Package(
            attr,
            version=" – ".join(shown) or None,
            unfree=unfree == {1},
            main_program=attr.rpartition(".")[2] if main == "" else main,
        )


def _in_set(set_: str, attr: str) -> str:
    return f"{set_}.{attr.rpartition('.')[2]}"


def _releases(day: str | None) -> Releases | None:
    """Return the releases that a change of master on a day can first be in."""
    if day is None:
        return None
    latest = first_release_of(date.fromisoformat(day))
    earliest = release_before(latest)
    return Releases(earliest if branch_window(earliest)[1] > date.fromisoformat(day) else latest, latest)
