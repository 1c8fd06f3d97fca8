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
    from pathlib import Path

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


class IndexFile(FactsFile):
    """A sealed index, opened for reading. Use it from one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open an index.

        Raises:
            DamagedError: it is no index of this schema, or not as it was written.
            OSError: it cannot be read.
        """
        _verify(path)
        super().__init__(path)
        fields: dict[str, str] = dict(self.db.execute("SELECT key, value FROM meta"))
        self.origin = Origin(fields["kind"], fields["revision"], fields["source"], int(fields["rows"]))

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
