"""Where exact indexes are kept: one file for each module set and revision, below the user's cache folder.

    <cache>/nix-lsp/index-1/nixos/25.11@<revision>.sqlite

A name says all that is needed to find a file; nothing is opened to look for one. Files appear by renaming, so that a reader sees a
whole one or none. Builders take turns: one at a time on a machine, as each may need half a gigabyte of memory. What a builder that
was killed leaves behind is a file of another name, which the next builder removes.
"""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from option_index.store_file import SCHEMA_VERSION, DamagedError, IndexFile, UnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from option_index.records import Option, Package
    from option_index.store_file import Origin
    from option_index.timeline import Point

LIMIT = 512 * 2**20
"""Bytes that all indexes may take together; the ones that were used longest ago go first."""
HOSTS = "host"
"""What indexes of single hosts are filed under in place of a release's branch."""
_SUFFIX = ".sqlite"
_DAMAGED = ".damaged"
_STALE = 3600.0
"""Seconds after which a file that is still being written belongs to a builder that is no more."""
_KIND = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_REVISION = re.compile(r"[0-9a-f]{40}|nar-[0-9a-f]{64}")


class CacheError(Exception):
    """An index could not be kept; the message says what to do, for people."""


class Entry(NamedTuple):
    """One cached index, as its name tells it."""

    path: Path
    kind: str
    branch: str
    """The release whose branch it is of, or `unstable`."""
    revision: str
    size: int
    used: float
    """When it was opened last, in seconds since the epoch."""


class Checked(NamedTuple):
    """What `verify` found of one file; `problem` is None where all is well."""

    path: Path
    origin: Origin | None
    problem: str | None


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder for indexes: below `$XDG_CACHE_HOME`, `~/Library/Caches` or `%LOCALAPPDATA%`."""
    home = Path(environment.get("HOME") or Path.home())
    xdg = environment.get("XDG_CACHE_HOME", "")
    if xdg and Path(xdg).is_absolute():  # others are to be ignored (XDG Base Directory Specification)
        base = Path(xdg)
    elif platform == "darwin":
        base = home / "Library" / "Caches"
    elif platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = home / ".cache"
    return base / "nix-lsp"


def revision_keys(point: Point) -> list[str]:
    """Return what the index of a pin may be filed under, best first: its commit, its NAR hash."""
    from base64 import b64decode

    keys = [point.revision] if point.revision and _REVISION.fullmatch(point.revision) else []
    if point.nar_hash and point.nar_hash.startswith("sha256-"):
        try:
            keys.append(f"nar-{b64decode(point.nar_hash[7:], validate=True).hex()}")
        except ValueError:
            return keys
    return [key for key in keys if _REVISION.fullmatch(key)]


def branch_of(point: Point) -> str:
    """Return the branch that a pin's index is filed under."""
    return point.release or "unstable"


class Cache:
    """The indexes below one folder. A folder that cannot be read holds none."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        """`folder` need not exist; `limit` is in bytes."""
        self.folder = folder
        self._limit = limit
        self._has_turn = False

    @property
    def indexes(self) -> Path:
        """The folder of this version's files."""
        return self.folder / f"index-{SCHEMA_VERSION}"

    @property
    def downloads(self) -> Path:
        """Where channels' files are kept, one folder a channel, so that they are not sent again unchanged."""
        return self.folder / "channels"

    def find(self, kind: str, point: Point) -> Path | None:
        """Return the index of exactly a pin's revision, or None."""
        files = {entry.revision: entry.path for entry in self._entries_of(kind)}
        return next((files[key] for key in revision_keys(point) if key in files), None)

    def nearest(self, kind: str, point: Point) -> Path | None:
        """Return the index last built or used of the branch that a pin is on, or None: it has other facts, but much the same prose."""
        branch = branch_of(point)
        near = [entry for entry in self._entries_of(kind) if entry.branch == branch]
        return max(near, key=lambda entry: entry.used).path if near else None

    def hosts(self, kind: str) -> list[Entry]:
        """Return the indexes of single hosts."""
        return [entry for entry in self._entries_of(kind) if entry.branch == HOSTS]

    def open(self, path: Path) -> IndexFile | None:
        """Open an index; None for one that is damaged, which is set aside, or that cannot be read."""
        try:
            file = IndexFile(path)
        except DamagedError:
            self._set_aside(path)
            return None
        except OSError:
            return None
        _touch(path)
        return file

    def entries(self) -> list[Entry]:
        """Return all indexes, by kind and branch."""
        try:
            kinds = sorted(entry.name for entry in os.scandir(self.indexes) if entry.is_dir())
        except OSError:
            return []
        return [entry for kind in kinds for entry in self._entries_of(kind)]

    def verify(self) -> list[Checked]:
        """Read every index to its end; those that are damaged are set aside, to be built again."""
        found: list[Checked] = []
        for entry in self.entries():
            try:
                file = IndexFile(entry.path)
            except (DamagedError, OSError) as error:
                if isinstance(error, DamagedError):
                    self._set_aside(entry.path)
                found.append(Checked(entry.path, None, str(error)))
                continue
            faults = file.faults()
            if faults:
                self._set_aside(entry.path)
            found.append(Checked(entry.path, file.origin, faults))
            file.close()
        return found

    def build_options(
        self, origin: Origin, branch: str, options: Iterable[Option], progress: Callable[[int], None] | None = None
    ) -> Path:
        """Build the index of one module set at one revision, and make room for it.

        Args:
            origin: what it is of and where it comes from.
            branch: the release whose branch the revision is on, or `unstable`.
            options: the records; what their iterator raises passes through.
            progress: called with the number of records so far.

        Raises:
            CacheError: the folder cannot be written, or the disk is full.
        """
        from option_index.build import build_options

        return self._build(origin, branch, lambda target: build_options(options, target, origin, progress))

    def build_packages(
        self, origin: Origin, branch: str, packages: Iterable[Package], progress: Callable[[int], None] | None = None
    ) -> Path:
        """Build the index of nixpkgs' packages at one revision; see `build_options`."""
        from option_index.build import build_packages

        return self._build(origin, branch, lambda target: build_packages(packages, target, origin, progress))

    def _build(self, origin: Origin, branch: str, write: Callable[[Path], int]) -> Path:
        if not _KIND.fullmatch(origin.kind):
            raise CacheError(f"`{origin.kind}` names no module set: small letters, digits and dashes do")
        if not _REVISION.fullmatch(origin.revision):
            raise CacheError(f"`{origin.revision}` is no full commit hash")
        folder = self.indexes / origin.kind
        target = folder / f"{branch}@{origin.revision}{_SUFFIX}"
        with self.turn():
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._clear_remains(folder)
            except OSError as error:
                raise CacheError(self.advice(error)) from error
            try:
                write(target)
            except UnwritableError as error:
                raise CacheError(self.advice(error)) from error
            for other in self._entries_of(origin.kind):
                if other.revision == origin.revision and other.path != target:
                    other.path.unlink(missing_ok=True)
            self._make_room(target)
        return target

    @contextmanager
    def turn(self, waiting: Callable[[], None] | None = None) -> Generator[None]:
        """Wait until no other process builds an index here; `waiting` is called if one does.

        The lock ends with the process that holds it, however that ends. Where the system has no such locks nobody waits: then two
        builders write files of their own, and the later one stays.

        Raises:
            CacheError: the folder cannot be written.
        """
        if self._has_turn:
            yield
            return
        try:
            self.indexes.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.indexes / "building.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise CacheError(self.advice(error)) from error
        try:
            _lock(handle, waiting)
            self._has_turn = True
            yield
        finally:
            self._has_turn = False
            os.close(handle)

    def advice(self, error: OSError | UnwritableError) -> str:
        """Return what to tell people when the folder cannot be written, or the disk is full."""
        why = getattr(error, "strerror", None) or error
        return f"no index can be kept in {self.folder} ({why}): make room there, or set XDG_CACHE_HOME to a folder that can be written"

    def _entries_of(self, kind: str) -> list[Entry]:
        found: list[Entry] = []
        try:
            with os.scandir(self.indexes / kind) as files:
                for file in files:
                    branch, _, revision = file.name.removesuffix(_SUFFIX).partition("@")
                    if file.name.endswith(_SUFFIX) and _REVISION.fullmatch(revision):
                        status = file.stat()
                        path = Path(file.path)
                        found.append(Entry(path, kind, branch, revision, status.st_size, status.st_mtime))
        except OSError:
            return []
        return sorted(found)

    def _set_aside(self, path: Path) -> None:
        try:
            path.replace(path.with_name(path.name + _DAMAGED))
        except OSError:  # read-only, or another process was faster: it is not used either way
            return

    def _clear_remains(self, folder: Path) -> None:
        from option_index.build import TEMPORARY

        for path in folder.glob(f"*{TEMPORARY}"):
            if time.time() - path.stat().st_mtime > _STALE:
                path.unlink(missing_ok=True)

    def _make_room(self, kept: Path) -> None:
        """Remove what was damaged before, then what was used longest ago, until all fits; the index just built stays."""
        for path in self.indexes.glob(f"*/*{_DAMAGED}"):
            path.unlink(missing_ok=True)
        entries = sorted(self.entries(), key=lambda entry: entry.used)
        excess = sum(entry.size for entry in entries) - self._limit
        for entry in entries:
            if excess <= 0:
                return
            if entry.path != kept:
                entry.path.unlink(missing_ok=True)
                excess -= entry.size


def _touch(path: Path) -> None:
    """Note that an index is in use; where that cannot be written it does not matter."""
    try:
        os.utime(path)
    except OSError:
        return


def _lock(handle: int, waiting: Callable[[], None] | None) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if waiting:
            waiting()
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:  # a file system without locks
        return
