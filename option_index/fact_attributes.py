"""The names that nixpkgs has in `pkgs` and in its package sets, packages or not, over the interval that a pin can lie in."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from option_index.records import Attribute, AttributeKind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

_MOST = 3
"""So many names are proposed for one that is not there."""
_FAR = 7
"""From this length on, two edits may lie between a name and what was meant."""
_HOMES = (
    *(
        "kdePackages",
        "python3Packages",
        "xfce",
        "nerd-fonts",
        "linuxPackages",
        "vimPlugins",
        "fishPlugins",
        "tmuxPlugins",
    ),
    *(
        "libsForQt5",
        "qt6Packages",
        "xorg",
        "gnome",
        "pantheon",
        "jetbrains",
        "obs-studio-plugins",
        "perlPackages",
        "rubyPackages",
    ),
)
"""Sets in which a name that `pkgs` itself lacks may be, the likeliest first."""
_KEPT = 256
_ANSWERS = 8


class FactAttributes:
    """What stands at attributes of `pkgs`, as far as the embedded facts know."""

    def __init__(
        self, db: sqlite3.Connection, bits: int, *, closed: bool, find_set: Callable[[str], int | None]
    ) -> None:
        """`bits`: the snapshots between which the pin lies; `closed`: it surely does; `find_set`: the id of a set by its path."""
        self._db = db
        self._bits = bits
        self._closed = closed
        self._find_set = find_set
        self.near = lru_cache(_KEPT)(self._near)
        self.lacking = lru_cache(_KEPT)(self._lacking)
        self.unheard = lru_cache(_KEPT)(self._unheard)
        self.starting = lru_cache(_ANSWERS)(self._starting)

    def attribute(self, attr: str) -> Attribute | None:
        """Return what stands at a dotted path below `pkgs`; None where nothing is known to."""
        prefix, _, name = attr.rpartition(".")
        set_id = self._names_of(prefix)
        if set_id is not None:
            query = "SELECT kind FROM attribute WHERE set_id = ? AND name = ? AND present & ?"
            if row := self._db.execute(query, (set_id, name, self._bits)).fetchone():
                kind = AttributeKind(row[0])
                return self._set(attr) if kind is AttributeKind.SET else Attribute(attr, kind)
            query = "SELECT 1 FROM package WHERE set_id = ? AND name = ? AND present & ?"
            if self._db.execute(query, (set_id, name, self._bits)).fetchone():
                return Attribute(attr, AttributeKind.PACKAGE)
        if prefix and self._find_set(attr) is not None:
            return self._set(attr)
        return None

    def _set(self, attr: str) -> Attribute:
        """Describe a set: whose it is under another name, and how many names are known in it."""
        set_id = self._find_set(attr)
        row = self._db.execute("SELECT name FROM package_set WHERE id = ?", (set_id,)).fetchone()
        names = "SELECT name FROM package WHERE set_id = ? AND present & ? UNION SELECT name FROM attribute WHERE set_id = ? AND present & ?"
        values = (self._names_of(attr), self._bits)
        size = self._db.execute(f"SELECT count(*) FROM ({names})", (*values, *values)).fetchone()[0]  # noqa: S608 no text of anybody's
        known = row[0] if row and row[0] != attr.rpartition(".")[2] else None
        return Attribute(attr, AttributeKind.SET, known, size)

    def _starting(self, prefix: str, text: str, limit: int) -> list[Attribute]:
        """Return names in a set that no list of packages has and that hold `text`: not those that only stop the evaluation."""
        own, set_id = self._find_set(prefix), self._names_of(prefix)
        pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        tables = "SELECT name, kind, present FROM attribute WHERE set_id = :set"
        if own != set_id:
            tables += " UNION ALL SELECT name, 'member', present FROM package WHERE set_id = :set"
        rows = self._db.execute(
            f"SELECT name, kind FROM ({tables}) WHERE kind != 'gone' AND present & :bits"  # noqa: S608 no part of it is anybody's text
            " AND name LIKE :part ESCAPE '\\' ORDER BY name LIKE :start ESCAPE '\\' DESC, length(name), name LIMIT :limit",
            {"set": set_id, "bits": self._bits, "part": f"%{pattern}%", "start": f"{pattern}%", "limit": limit},
        )
        before = f"{prefix}." if prefix else ""
        return [Attribute(before + name, AttributeKind(kind)) for name, kind in rows]

    def was(self, attr: str) -> bool:
        """Tell whether nixpkgs has had a name at any time that is known."""
        prefix, _, name = attr.rpartition(".")
        query = (
            "SELECT 1 FROM package WHERE set_id = :set AND name = :name UNION ALL SELECT 1 FROM attribute WHERE set_id = :set AND name = :name"
            " UNION ALL SELECT 1 FROM package_move WHERE attr = :attr LIMIT 1"
        )
        values = {"set": self._names_of(prefix), "name": name, "attr": attr}
        return self._db.execute(query, values).fetchone() is not None

    def _lacking(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        set_id = self._names_of(prefix)
        if not self._closed or set_id is None:
            return frozenset()
        row = self._db.execute("SELECT whole FROM package_set WHERE id = ?", (set_id,)).fetchone()
        if row is None or row[0] & self._bits != self._bits:
            return frozenset()
        query = (
            "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT name FROM package WHERE set_id = ? AND name = value AND present & ?)"
            " AND value NOT IN (SELECT name FROM attribute WHERE set_id = ? AND name = value AND present & ?)"
        )
        values = (json.dumps(sorted(names)), set_id, self._bits, set_id, self._bits)
        return frozenset(name for (name,) in self._db.execute(query, values))

    def _unheard(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        set_id = self._names_of(prefix)
        row = self._db.execute("SELECT whole FROM package_set WHERE id = ?", (set_id,)).fetchone()
        if row is None or not row[0]:
            return frozenset()
        query = (
            "SELECT value FROM json_each(:names) WHERE value NOT IN (SELECT name FROM package WHERE set_id = :set AND name = value)"
            " AND value NOT IN (SELECT name FROM attribute WHERE set_id = :set AND name = value)"
            " AND NOT EXISTS (SELECT 1 FROM package_move WHERE attr = :before || value)"
        )
        values = {"names": json.dumps(sorted(names)), "set": set_id, "before": f"{prefix}." if prefix else ""}
        return frozenset(name for (name,) in self._db.execute(query, values))

    def _near(self, attr: str) -> tuple[str, ...]:
        from option_index.suggest import distance

        prefix, _, name = attr.rpartition(".")
        before, found = f"{prefix}." if prefix else "", dict[str, None]()
        names = self._names(prefix, len(name))
        plain = _plain(name)
        found.update((before + each, None) for each in names if _plain(each) == plain)
        if not prefix:
            found.update((f"{home}.{name}", None) for home in _HOMES if self.attribute(f"{home}.{name}"))
        slips = [each for each in names if _is_slip(name, each)]
        found.update((before + each, None) for each in sorted(slips, key=lambda each: each[:1] != name[:1]))
        if len(name) >= _FAR and not found:
            alike = (each for each in names if each[:2].lower() == name[:2].lower())
            far = sorted((cost, each) for each in alike if (cost := distance(name, each)) is not None)
            found.update((before + each, None) for cost, each in far if cost <= 2)
        return tuple(found)[:_MOST]

    def _names(self, prefix: str, length: int) -> list[str]:
        """Return the names in a set that are about as long as a name, separators aside."""
        query = (
            "SELECT name FROM package WHERE set_id = :set AND present & :bits AND length(name) BETWEEN :least AND :most UNION "
            "SELECT name FROM attribute WHERE set_id = :set AND present & :bits AND kind != 'gone' AND length(name) BETWEEN :least AND :most"
        )
        values = {"set": self._names_of(prefix), "bits": self._bits, "least": length - 2, "most": length + 2}
        return [name for (name,) in self._db.execute(query, values)]

    def _names_of(self, prefix: str) -> int | None:
        """Return the id of the set that has the names of a set."""
        set_id = self._find_set(prefix)
        if set_id is None:
            return None
        row = self._db.execute("SELECT names_of FROM package_set WHERE id = ?", (set_id,)).fetchone()
        return row[0] if row and row[0] else set_id


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _is_slip(name: str, other: str) -> bool:
    """Tell whether one letter put in, left out, changed or swapped with the next makes one name of the other."""
    if abs(len(name) - len(other)) > 1:
        return False
    start = _common(name, other)
    end = _common(name[start:][::-1], other[start:][::-1])
    left, right = name[start : len(name) - end], other[start : len(other) - end]
    return (len(left) <= 1 and len(right) <= 1) or (len(left) == 2 and left == right[::-1])


def _common(one: Sequence[str], other: Iterable[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
