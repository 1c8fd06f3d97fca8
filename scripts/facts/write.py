"""Writing the facts as one SQLite file: deterministic, compact, to be read in place."""

from __future__ import annotations

import itertools
import sqlite3
from typing import TYPE_CHECKING

from option_index.facts_file import HIDDEN, MOVED, PLACEHOLDERS
from option_index.records import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path as FilePath

    from option_index.records import Builtin
    from scripts.facts.attributes import AttributeRow, SetRow
    from scripts.facts.library import LibraryRow
    from scripts.facts.packages import Alias, Package
    from scripts.facts.sources import Source
    from scripts.facts.tree import Node

SCHEMA = """
CREATE TABLE module_set (id INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, root INTEGER NOT NULL);
CREATE TABLE snapshot (
  set_id INTEGER, position INTEGER, label TEXT NOT NULL, day TEXT NOT NULL, release TEXT,
  PRIMARY KEY (set_id, position)
) WITHOUT ROWID;
CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
-- A path. `first`..`last_seen`: the snapshots with an option here or below; `own_first`..`own_last`: with an option exactly here.
-- `tail`: the greatest id at or below. `flags`: see
-- option_index/facts_file.py.
CREATE TABLE node (
  id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, tail INTEGER NOT NULL, depth INTEGER NOT NULL,
  flags INTEGER NOT NULL, first INTEGER, last_seen INTEGER, own_first INTEGER, own_last INTEGER, came TEXT, went TEXT
);
CREATE INDEX node_child ON node (parent, name);
-- What an option is from snapshot `since` on; `type`, `default_`, `files` are texts.
CREATE TABLE fact (
  node INTEGER, since INTEGER, type INTEGER NOT NULL, default_ INTEGER, files INTEGER, read_only INTEGER NOT NULL,
  PRIMARY KEY (node, since)
) WITHOUT ROWID;
-- A move of a path and of what lies below it, surely in force from snapshot `first` on, maybe from
-- `possible` on. It may come to say something else: the rows of one node are what it said in turn. `target` joins segments by newlines.
CREATE TABLE move (
  node INTEGER, first INTEGER, possible INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT, since TEXT, file TEXT, reason TEXT,
  PRIMARY KEY (node, first)
) WITHOUT ROWID;
CREATE TABLE package_snapshot (position INTEGER PRIMARY KEY, label TEXT NOT NULL, day TEXT NOT NULL);
-- `whole`: one bit for each snapshot of which every name in the set is known. `names_of`: a set that has the same names.
CREATE TABLE package_set (
  id INTEGER PRIMARY KEY, parent INTEGER, name TEXT NOT NULL, whole INTEGER NOT NULL DEFAULT 0, names_of INTEGER
);
CREATE INDEX package_set_child ON package_set (parent, name);
-- `present`: one bit a snapshot. `program`: '' where it is the attribute's own name. The newest snapshot's values;
-- `package_was` has those that held up to snapshot `until`.
CREATE TABLE package (
  set_id INTEGER, name TEXT, present INTEGER NOT NULL, version TEXT, unfree INTEGER NOT NULL, program TEXT,
  PRIMARY KEY (set_id, name)
) WITHOUT ROWID;
CREATE TABLE package_was (
  set_id INTEGER, name TEXT, until INTEGER, version TEXT, unfree INTEGER NOT NULL, program TEXT,
  PRIMARY KEY (set_id, name, until)
) WITHOUT ROWID;
-- Names beside those of `package`, with the snapshots that have them, as bits.
CREATE TABLE attribute (
  set_id INTEGER, name TEXT, kind TEXT NOT NULL, present INTEGER NOT NULL,
  PRIMARY KEY (set_id, name)
) WITHOUT ROWID;
-- `instead`: what the message of a removal proposes, parted by spaces.
CREATE TABLE package_move (
  attr TEXT, first INTEGER, kind TEXT NOT NULL, target TEXT, day TEXT, instead TEXT,
  PRIMARY KEY (attr, first)
) WITHOUT ROWID;
-- A name below `lib`. It came after one day and by another; so with what warns of it, and when it left. `kind`, `args`, `signature`:
-- as it last was. `target`: what replaces it; after a `?` where a call has to be written anew.
CREATE TABLE library (
  parent TEXT, name TEXT, kind TEXT NOT NULL, args TEXT NOT NULL, signature TEXT,
  came_after TEXT, came_by TEXT NOT NULL, warned_after TEXT, warned_by TEXT, left_after TEXT, left_by TEXT, target TEXT,
  PRIMARY KEY (parent, name)
) WITHOUT ROWID;
-- `since`: the release of Nix that has brought it; NULL for what is older than all in use.
CREATE TABLE builtin (
  name TEXT PRIMARY KEY, args TEXT NOT NULL, type TEXT, summary TEXT, global_scope INTEGER NOT NULL, since TEXT
) WITHOUT ROWID;
"""


class Writer:
    """One new facts file; `close` finishes it."""

    def __init__(self, file: FilePath) -> None:
        file.unlink(missing_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.executescript("PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._db.executescript(SCHEMA)
        self._db.execute("BEGIN")
        self._texts: dict[str, int] = {}
        self._package_sets: dict[tuple[str, ...], int] = {}

    def close(self) -> None:
        self._db.executemany("INSERT INTO text VALUES (?, ?)", ((id_, text) for text, id_ in self._texts.items()))
        self._db.execute("COMMIT")
        self._db.execute("VACUUM")
        self._db.close()

    def _text(self, text: str | None) -> int | None:
        if not text:
            return None
        return self._texts.setdefault(text, len(self._texts) + 1)

    def module_set(self, id_: int, title: str, sources: Sequence[Source], order: Sequence[Node]) -> None:
        """Write a set's snapshots and its numbered tree, the root first."""
        self._db.execute("INSERT INTO module_set VALUES (?, ?, ?, ?)", (id_, sources[0].set, title, order[0].id))
        for position, source in enumerate(sources):
            row = (id_, position, source.label, source.day.isoformat(), source.release)
            self._db.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?)", row)
        ids = {node.path: node.id for node in order}
        for node in order:
            self._node(node, ids[node.path[:-1]] if node.path else 0)

    def _node(self, node: Node, parent: int) -> None:
        flags = PLACEHOLDERS * any(map(is_placeholder, node.children))
        flags |= HIDDEN * (node.hidden is not None) | MOVED * (node.move is not None)
        option = node.option
        own = (option.first, option.last) if option else (None, None)
        name = node.path[-1] if node.path else ""
        span = node.span or (None, None)
        row = (node.id, parent, name, node.last, len(node.path), flags, *span, *own, node.came, node.went)
        self._db.execute("INSERT INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        for fact in option.facts if option else ():
            texts = (self._text(fact.type), self._text(fact.default), self._text("\n".join(fact.files)))
            self._db.execute(
                "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?)", (node.id, fact.since, *texts, fact.read_only)
            )
        if node.hidden and not option:
            row = (node.id, 0, self._text(node.hidden), None, None, False)
            self._db.execute("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?)", row)
        if move := node.move:
            for first, kind, to in move.versions:
                target = "\n".join(to) if to else None
                row = (node.id, first, move.possible, kind.value, target, move.since, move.file, move.reason)
                self._db.execute("INSERT INTO move VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def packages(self, snapshots: Sequence[tuple[str, str]], lists: Sequence[dict[str, Package]]) -> None:
        """Write all packages; `snapshots` are labels and days."""
        for position, (label, day) in enumerate(snapshots):
            self._db.execute("INSERT INTO package_snapshot VALUES (?, ?, ?)", (position, label, day))
        sets = self._package_sets
        for attr in sorted(set[str]().union(*lists), key=lambda attr: attr.split(".")):
            *prefix, name = attr.split(".")
            set_id = self._package_set(tuple(prefix), sets)
            line = [packages.get(attr) for packages in lists]
            self._package(set_id, name, line)

    def _package_set(self, path: tuple[str, ...], sets: dict[tuple[str, ...], int]) -> int:
        if path not in sets:
            parent = self._package_set(path[:-1], sets) if path else None
            sets[path] = len(sets) + 1
            row = (sets[path], parent, path[-1] if path else "")
            self._db.execute("INSERT INTO package_set (id, parent, name) VALUES (?, ?, ?)", row)
        return sets[path]

    def attributes(self, sets: Iterable[SetRow], attributes: Iterable[AttributeRow]) -> None:
        """Write what there is beside packages; after `packages`."""
        for set_ in sets:
            own, other = (
                self._package_set((name,) if name else (), self._package_sets) if name is not None else None
                for name in (set_.name, set_.like)
            )
            if other is None:
                self._db.execute("UPDATE package_set SET whole = ? WHERE id = ?", (set_.whole, own))
            else:
                self._db.execute("UPDATE package_set SET names_of = ? WHERE id = ?", (other, own))
        for row in attributes:
            set_id = self._package_set((row.set,) if row.set else (), self._package_sets)
            self._db.execute("INSERT INTO attribute VALUES (?, ?, ?, ?)", (set_id, row.name, row.kind, row.present))

    def _package(self, set_id: int, name: str, line: Sequence[Package | None]) -> None:
        present = sum(1 << index for index, package in enumerate(line) if package)
        known = [(index, package) for index, package in enumerate(line) if package]
        newest = known[-1][1]
        row = (set_id, name, present, newest.version, newest.unfree, newest.program)
        self._db.execute("INSERT INTO package VALUES (?, ?, ?, ?, ?, ?)", row)
        for (index, package), (_, later) in itertools.pairwise(known):
            if package != later:
                row = (set_id, name, index, package.version, package.unfree, package.program)
                self._db.execute("INSERT INTO package_was VALUES (?, ?, ?, ?, ?, ?)", row)

    def package_moves(self, aliases: Iterable[Alias]) -> None:
        for alias in aliases:
            day = alias.day.isoformat() if alias.day else None
            row = (alias.attr, alias.first, alias.kind, alias.target, day, " ".join(alias.instead) or None)
            self._db.execute("INSERT INTO package_move VALUES (?, ?, ?, ?, ?, ?)", row)

    def library(self, rows: Iterable[LibraryRow]) -> None:
        for row in rows:
            days = (*row.came, *(row.warned or (None, None)), *(row.left or (None, None)))
            values = (row.parent, row.name, row.kind, row.args, row.signature, *days, row.target)
            self._db.execute(f"INSERT INTO library VALUES ({', '.join('?' * len(values))})", values)

    def builtins(self, builtins: Iterable[Builtin]) -> None:
        for builtin in builtins:
            args = " ".join(builtin.args)
            row = (builtin.name, args, builtin.type, builtin.summary, builtin.global_scope, builtin.since)
            self._db.execute("INSERT INTO builtin VALUES (?, ?, ?, ?, ?, ?)", row)
