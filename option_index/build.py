"""Writing an exact index: one pass over the records of a source, in batches, into a file that is whole or not there at all."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, overload

from option_index.facts_file import PLACEHOLDERS
from option_index.records import is_placeholder
from option_index.store_file import INDEXES, PACKAGES, SCHEMA, Origin, UnwritableError, seal

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from option_index.records import Declaration, Option, Package
    from option_index.records import Path as OptionPath

_BATCH = 2000
TITLES = {"nixos": "NixOS", "home-manager": "home-manager", "nix-darwin": "nix-darwin"}
TEMPORARY = ".new"
"""How the names of files end that are being written."""
_DAY = "1970-01-01"
"""An exact index is asked by its label alone; its tables want a day."""


def build_options(
    options: Iterable[Option], target: Path, origin: Origin, progress: Callable[[int], None] | None = None
) -> int:
    """Write the index of one module set at one revision.

    Args:
        options: the records, in any order; of two with one path the first counts.
        target: the file to write or to replace; its folder exists.
        origin: what it is of; `rows` is counted here.
        progress: called with the number of options so far, every few thousand.

    Returns:
        How many options were written.

    Raises:
        UnwritableError: the folder cannot be written, or the disk is full.
        Exception: whatever the iterator raises. Then, as always when this raises, `target` is as it was.
    """
    with _written(target, origin) as db:
        return _Tree(db, origin).write(options, progress)


def build_packages(
    packages: Iterable[Package], target: Path, origin: Origin, progress: Callable[[int], None] | None = None
) -> int:
    """Write the index of nixpkgs' packages at one revision; see `build_options`."""
    with _written(target, origin._replace(kind=PACKAGES)) as db:
        return _write_packages(db, packages, origin, progress)


@contextmanager
def _written(target: Path, origin: Origin) -> Generator[sqlite3.Connection]:
    """Give a new database; at the end it is sealed and takes the place of `target`."""
    fresh: Path | None = None
    try:
        with _unwritable(OSError):
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.", suffix=TEMPORARY)
            fresh = Path(name)
            os.close(handle)
        with _unwritable(sqlite3.Error), closing(sqlite3.connect(fresh, isolation_level=None)) as db:
            db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;")
            db.executescript(SCHEMA)
            db.execute("BEGIN")
            meta = {"kind": origin.kind, "revision": origin.revision, "source": origin.source}
            db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
            yield db
            db.execute("COMMIT")
            db.executescript(INDEXES)
        with _unwritable(OSError):
            seal(fresh)
            fresh.chmod(0o644)
            fresh.replace(target)
    finally:
        if fresh is not None:
            fresh.unlink(missing_ok=True)


@contextmanager
def _unwritable(kind: type[Exception]) -> Generator[None]:
    try:
        yield
    except kind as error:
        raise UnwritableError(getattr(error, "strerror", None) or str(error)) from error


class _Tree:
    """The options as they arrive; the tree is numbered when all are there, for their order is the source's."""

    def __init__(self, db: sqlite3.Connection, origin: Origin) -> None:
        self._db = db
        self._origin = origin
        self._texts: dict[str, int] = {}
        self._facts: dict[OptionPath, tuple[int, int | None, int | None, bool, int]] = {}
        self._prose: list[tuple[int, str | None, str | None, bool]] = []

    def write(self, options: Iterable[Option], progress: Callable[[int], None] | None) -> int:
        for option in options:
            # Modular services are published below a segment `<imports = [ … ]>`: options of services, not of the set.
            if option.path not in self._facts and not any(name.startswith("<imports") for name in option.path):
                self._add(option)
            if len(self._prose) == _BATCH:
                self._flush()
                if progress:
                    progress(len(self._facts))
        self._flush()
        self._number()
        self._db.execute("INSERT INTO meta VALUES ('rows', ?)", (str(len(self._facts)),))
        return len(self._facts)

    def _add(self, option: Option) -> None:
        number = len(self._facts) + 1
        files = "\n".join(map(_line, option.declarations))
        texts = (
            self._text(option.type or "unspecified value"),
            self._text(option.default or None),
            self._text(files or None),
        )
        self._facts[option.path] = (*texts, option.read_only, number)
        self._prose.append((number, option.example, option.description, option.internal))

    @overload
    def _text(self, text: str) -> int: ...
    @overload
    def _text(self, text: str | None) -> int | None: ...
    def _text(self, text: str | None) -> int | None:
        """Return the number of a text; equal ones are kept once."""
        if text is None:
            return None
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = len(self._texts) + 1
            self._db.execute("INSERT INTO text VALUES (?, ?)", (known, text))
        return known

    def _flush(self) -> None:
        self._db.executemany("INSERT INTO prose VALUES (?, ?, ?, ?)", self._prose)
        self._prose.clear()

    def _number(self) -> None:
        """Write the nodes in preorder, siblings by name: what lies below a path is a range of ids."""
        kind, revision = self._origin.kind, self._origin.revision
        self._db.execute("INSERT INTO module_set VALUES (1, ?, ?, 1)", (kind, TITLES.get(kind, kind)))
        self._db.execute("INSERT INTO snapshot VALUES (1, 0, ?, ?, NULL)", (revision, _DAY))
        nodes: list[_Node] = []
        facts: list[tuple[int, int, int, int | None, int | None, bool, int]] = []
        above = [_Node(1, 0, "", 0)]
        shown: OptionPath = ()
        count = 1
        for path in sorted(self._facts):
            common = _common(shown, path)
            while len(above) > common + 1:
                nodes.append(above.pop().closed(count))
            for depth in range(common, len(path)):
                count += 1
                above[-1].holds_placeholder |= is_placeholder(path[depth])
                above.append(_Node(count, above[-1].id, path[depth], depth + 1))
            above[-1].is_option = True
            facts.append((count, 0, *self._facts[path]))
            shown = path
        while above:
            nodes.append(above.pop().closed(count))
        rows = (node.row() for node in nodes)
        self._db.executemany("INSERT INTO node VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?, NULL, NULL)", rows)
        self._db.executemany("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?)", facts)


class _Node:
    """One path, as it is met."""

    __slots__ = ("depth", "holds_placeholder", "id", "is_option", "name", "parent", "tail")

    def __init__(self, id_: int, parent: int, name: str, depth: int) -> None:
        self.id, self.parent, self.name, self.depth = id_, parent, name, depth
        self.tail = id_
        self.holds_placeholder = self.is_option = False

    def closed(self, tail: int) -> _Node:
        """Take note of the last node below; returns the node itself."""
        self.tail = tail
        return self

    def row(self) -> tuple[object, ...]:
        own = 0 if self.is_option else None
        flags = PLACEHOLDERS * self.holds_placeholder
        return (self.id, self.parent, self.name, self.tail, self.depth, flags, own, own)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many leading segments two paths share."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _line(declaration: Declaration) -> str:
    """Return a declaring file as its line in a text: home-manager and nix-darwin publish `<home-manager/modules/…>`."""
    file = declaration.file
    if file.startswith("<") and file.endswith(">"):
        file = file[1:-1].partition("/")[2] or file
    return f"{file}\t{declaration.url}" if declaration.url else file


def _write_packages(
    db: sqlite3.Connection, packages: Iterable[Package], origin: Origin, progress: Callable[[int], None] | None
) -> int:
    db.execute("INSERT INTO package_snapshot VALUES (0, ?, ?)", (origin.revision, _DAY))
    sets: dict[str, int] = {}
    batch: list[tuple[object, ...]] = []
    count = 0

    def flush() -> None:
        db.executemany("INSERT OR IGNORE INTO package VALUES (?, ?, 1, ?, ?, ?, ?)", batch)
        batch.clear()

    for package in packages:
        prefix, _, name = package.attr.rpartition(".")
        program = "" if package.main_program == name else package.main_program
        set_id = _package_set(db, sets, prefix)
        batch.append((set_id, name, package.version, package.unfree, program, package.description))
        count += 1
        if len(batch) == _BATCH:
            flush()
            if progress:
                progress(count)
    flush()
    db.execute("INSERT INTO meta VALUES ('rows', ?)", (str(count),))
    return count


def _package_set(db: sqlite3.Connection, sets: dict[str, int], path: str) -> int:
    """Return the number of a package set, which is written with those round it when it is first met; 1 is `pkgs` itself."""
    if path not in sets:
        outer, _, name = path.rpartition(".")
        parent = _package_set(db, sets, outer) if path else None
        sets[path] = len(sets) + 1
        db.execute("INSERT INTO package_set VALUES (?, ?, ?)", (sets[path], parent, name))
    return sets[path]
