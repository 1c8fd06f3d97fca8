"""One exact index as a file: the tables of the facts with one single snapshot, and beside them the prose that facts leave out.

Because the tables are those of `option_index.facts_file`, the tree is walked by the same code. A file is written once, sealed, and
never changed: what was cut short, or is otherwise not what was written, is noticed when it is opened.
"""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING, NamedTuple

from option_index.facts_file import FactsFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from option_index.facts_file import Fact

SCHEMA_VERSION = 1
"""Files of other versions are not read; the cache keeps each version in a folder of its own."""

PACKAGES = "packages"
"""What the index of nixpkgs' packages is called where others have the name of a module set."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE module_set (id INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, root INTEGER NOT NULL);
CREATE TABLE snapshot (set_id INTEGER, position INTEGER, label TEXT NOT NULL, day TEXT NOT NULL, release TEXT);
CREATE TABLE node (
  id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, tail INTEGER NOT NULL, depth INTEGER NOT NULL,
  flags INTEGER NOT NULL, first INTEGER, last_seen INTEGER, own_first INTEGER, own_last INTEGER, came TEXT, went TEXT
);
-- `files`: a text of one line a file, each with a tab and a link where the source has one. `prose`: a row below.
CREATE TABLE fact (
  node INTEGER PRIMARY KEY, since INTEGER, type INTEGER NOT NULL, default_ INTEGER, files INTEGER,
  read_only INTEGER NOT NULL, prose INTEGER NOT NULL
);
CREATE TABLE prose (id INTEGER PRIMARY KEY, example TEXT, description TEXT, internal INTEGER NOT NULL);
CREATE TABLE package_snapshot (position INTEGER PRIMARY KEY, label TEXT NOT NULL, day TEXT NOT NULL);
CREATE TABLE package_set (id INTEGER PRIMARY KEY, parent INTEGER, name TEXT NOT NULL);
CREATE TABLE package (
  set_id INTEGER, name TEXT, present INTEGER NOT NULL, version TEXT, unfree INTEGER NOT NULL, program TEXT, description TEXT,
  PRIMARY KEY (set_id, name)
) WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX node_child ON node (parent, name);
CREATE INDEX package_set_child ON package_set (parent, name);
"""

_SEAL = 60
"""Where SQLite keeps `user_version`, four bytes that belong to the application (SQLite, "Database File Format", 1.3)."""
_CHUNK = 2**20
_VARIABLES = 500
"""So many values are asked for at once: SQLite before 3.32 takes 999."""
_KEPT = 4096
"""The prose of so many options is kept at hand."""


class DamagedError(Exception):
    """A file is not the index that was written; the message says why, for people."""


class UnwritableError(Exception):
    """An index could not be written; the message is the system's."""


class Origin(NamedTuple):
    """What an index is of, and where its content came from."""

    kind: str
    """The module set's name, or `PACKAGES`."""
    revision: str
    """The full commit hash; the NAR hash where there is none."""
    source: str
    """For people: `channel nixos-25.11`, `evaluated from …`, a file's name."""
    rows: int = 0
    """Options or packages."""


class Prose(NamedTuple):
    """What an option's author wrote of it, and whether it is for the module set's own use."""

    example: str | None
    description: str | None
    internal: bool


_NO_PROSE = Prose(None, None, False)


class IndexFile(FactsFile):
    """A sealed index, opened for reading. Use it from one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open an index.

        Raises:
            DamagedError: it is no index of this schema, or not as it was written.
            OSError: it cannot be read.
        """
        _verify(path)
        super().__init__(str(path))
        self._prose: dict[int, Prose] = {}
        fields: dict[str, str] = dict(self.db.execute("SELECT key, value FROM meta"))
        self.origin = Origin(fields["kind"], fields["revision"], fields["source"], int(fields["rows"]))

    def facts_of(self, nodes: Sequence[int]) -> Mapping[int, Sequence[Fact]]:
        """Return what several options are, by id; their prose is read along with it."""
        for start in range(0, len(nodes), _VARIABLES):
            some = nodes[start : start + _VARIABLES]
            self._read_prose(f"IN ({','.join('?' * len(some))})", some)
        return super().facts_of(nodes)

    def facts_below(self, node: int) -> Sequence[tuple[int, Fact]]:
        """Return the facts of all options directly below a node, with the option's id; their prose is read along with them."""
        self._read_prose("IN (SELECT id FROM node WHERE parent = ? AND own_first IS NOT NULL)", (node,))
        return super().facts_below(node)

    def prose(self, node: int) -> Prose:
        """Return what an option's author wrote of it; nothing where the node is no option."""
        if node not in self._prose:
            self._read_prose("= ?", (node,))
        return self._prose.get(node, _NO_PROSE)

    def _read_prose(self, which: str, values: Sequence[int]) -> None:
        if len(self._prose) > _KEPT:
            self._prose.clear()
        query = "SELECT node, example, description, internal FROM fact JOIN prose ON prose.id = fact.prose WHERE node "
        for node, example, description, internal in self.db.execute(query + which, values):
            self._prose[node] = Prose(example, description, bool(internal))

    def faults(self) -> str | None:
        """Let SQLite examine the whole structure; returns what is wrong, or None. Takes a second for the largest."""
        import sqlite3

        try:
            said = self.db.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            return str(error)
        return None if said == "ok" else str(said)


def seal(path: Path) -> None:
    """Write a finished file's checksum into it and bring all to disk.

    Raises:
        OSError: the disk is full, or fails.
    """
    with path.open("r+b", buffering=0) as file:
        checksum = _checksum(file.fileno())
        os.pwrite(file.fileno(), checksum, _SEAL) if hasattr(os, "pwrite") else _write_at(file.fileno(), checksum)
        os.fsync(file.fileno())


def _write_at(handle: int, data: bytes) -> None:
    os.lseek(handle, _SEAL, os.SEEK_SET)
    os.write(handle, data)


def _verify(path: Path) -> None:
    with path.open("rb", buffering=0) as file:
        head = file.read(_SEAL + 4)
        if not head.startswith(b"SQLite format 3\0") or len(head) < _SEAL + 4:
            raise DamagedError(f"{path}: no index")
        file.seek(0)
        if _checksum(file.fileno()) != head[_SEAL:]:
            raise DamagedError(f"{path}: not as it was written")


def _checksum(handle: int) -> bytes:
    """Return the CRC-32 of a file from its start, the seal's own place counted as zeros."""
    sum_ = 0
    first = True
    while chunk := os.read(handle, _CHUNK):
        if first:
            chunk = chunk[:_SEAL] + b"\0\0\0\0" + chunk[_SEAL + 4 :]
            first = False
        sum_ = zlib.crc32(chunk, sum_)
    return sum_.to_bytes(4, "big")
