"""Files as the analysis sees them: on disk, in memory, and open in an editor.

Paths are absolute, with `/`. A file that cannot be read, is larger than `LARGEST`, or is no text does not exist here.
"""

# Paths are plain strings: there are thousands of cheap operations on them, and pathlib costs 6 ms at start-up.
# ruff: noqa: PTH100, PTH112, PTH113, PTH116, PTH118, PTH123

from __future__ import annotations

import os
import posixpath
import stat
from typing import TYPE_CHECKING, Literal, Protocol

from nix_lsp.syntax.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["file", "folder", "link"]
"""`link` only where a folder is listed: a symbolic link to a folder, which a walk does not follow."""

LARGEST = 8 * 1024 * 1024
"""Bytes. nixpkgs' largest hand-written file has 0.4 MB, its largest generated one 6 MB."""
WALK_LIMIT = 20_000
"""Entries visited by one walk."""
OUTSIDE = ("/nix/store/", "/nix/var/nix/profiles/", "/etc/nixos/")
"""Where reading is allowed besides the workspace itself."""
_SHALLOWEST = 2
"""Slashes in the path of a folder that may be a source: `/home/me`, not `/etc`."""
_SKIPPED = frozenset({"node_modules", "result", "__pycache__", "target"})


class Files(Protocol):
    """Read access to a tree of files. Answers do not change until the owner asks for `changed`."""

    def document(self, path: str) -> Document | None:
        """Return the text at a path: the same object as long as the file stays the same."""
        ...

    def kind(self, path: str) -> Kind | None:
        """Return what stands at a path, links followed; None for nothing."""
        ...

    def names(self, folder: str) -> Mapping[str, Kind]:
        """Return the entries of a folder by name; empty for what is no folder."""
        ...

    def real(self, path: str) -> str:
        """Return the path with symbolic links resolved."""
        ...

    def changed(self) -> frozenset[str]:
        """Look at the disk again; return the paths whose text or entries differ from what was answered before."""
        ...

    def admit(self, folder: str) -> bool:
        """Let files below a folder be read, wherever it is: the project names it as a source. False where there is no such folder."""
        ...


def walk(files: Files, folder: str) -> Iterator[str]:
    """Yield the paths of all files below a folder, in name order; hidden folders, build results and links to folders are left out."""
    stack, visited = [folder], 0
    while stack:
        here = stack.pop()
        folders: list[str] = []
        for name, kind in sorted(files.names(here).items()):
            visited += 1
            if visited > WALK_LIMIT:
                return
            if kind == "file":
                yield posixpath.join(here, name)
            elif kind == "folder" and not name.startswith(".") and name not in _SKIPPED:
                folders.append(posixpath.join(here, name))
        stack.extend(reversed(folders))


def find_root(files: Files, path: str) -> str:
    """Return the folder of the project that a file or folder belongs to: the nearest above with a flake, pins, a repository, or settings; else its own."""
    start = path if files.kind(path) == "folder" else posixpath.dirname(path)
    for marks in (("flake.nix", "npins"), (".git",), (".nix-lsp.toml",)):
        folder = start
        while True:
            if any(files.kind(posixpath.join(folder, mark)) for mark in marks):
                return folder
            if folder == posixpath.dirname(folder):
                break
            folder = posixpath.dirname(folder)
    return start


class MemoryFiles:
    """Files given as text, for tests and for what exists in no folder."""

    def __init__(self, texts: Mapping[str, str | bytes]) -> None:
        self._documents: dict[str, Document] = {
            path: Document(path, text.encode() if isinstance(text, str) else text) for path, text in texts.items()
        }
        self._folders: dict[str, dict[str, Kind]] = {}
        for path in self._documents:
            kind: Kind = "file"
            here = path
            while here:
                here, _, name = here.rpartition("/")
                self._folders.setdefault(here or "/", {})[name] = kind
                kind = "folder"

    def document(self, path: str) -> Document | None:
        return self._documents.get(path)

    def kind(self, path: str) -> Kind | None:
        if path in self._documents:
            return "file"
        return "folder" if path in self._folders else None

    def names(self, folder: str) -> Mapping[str, Kind]:
        return self._folders.get(folder, {})

    def real(self, path: str) -> str:
        return path

    def changed(self) -> frozenset[str]:
        return frozenset()

    def admit(self, folder: str) -> bool:
        return self.kind(folder) == "folder"


class DiskFiles:
    """Files below a root on disk, and below the few places in `OUTSIDE` and `also`; links that leave them lead nowhere."""

    def __init__(self, root: str, also: tuple[str, ...] = ()) -> None:
        """Start at a folder; `also` names further readable folders (`~/.nix-defexpr`)."""
        self._allowed = tuple(
            os.path.join(folder, "")
            for place in (root, *also, *OUTSIDE)
            for folder in {os.path.abspath(place), os.path.realpath(place)}
        )
        self._documents: dict[str, tuple[tuple[int, int] | None, Document | None]] = {}
        self._listings: dict[str, tuple[int | None, dict[str, Kind]]] = {}
        self._real: dict[str, str] = {}

    def document(self, path: str) -> Document | None:
        if (known := self._documents.get(path)) is not None:
            return known[1]
        stamp, document = self._stamp(path), None
        if stamp is not None and stamp[1] <= LARGEST and self._permitted(path):
            document = _read(path)
        self._documents[path] = (stamp, document)
        return document

    def kind(self, path: str) -> Kind | None:
        folder, name = posixpath.split(path)
        if (listed := self._listings.get(folder)) is not None and name not in {"", ".", ".."}:
            kind = listed[1].get(name)
            if kind != "link":
                return kind
        if not self._permitted(path):
            return None
        if os.path.isfile(path):
            return "file"
        return "folder" if os.path.isdir(path) else None

    def names(self, folder: str) -> Mapping[str, Kind]:
        if (known := self._listings.get(folder)) is not None:
            return known[1]
        stamp = self._folder_stamp(folder)
        entries = _entries(folder) if stamp is not None and self._permitted(folder) else {}
        self._listings[folder] = (stamp, entries)
        return entries

    def real(self, path: str) -> str:
        if (known := self._real.get(path)) is None:
            known = self._real[path] = self._resolved(path)
        return known

    def _resolved(self, path: str) -> str:
        """Resolve links: those of a folder once for all that is in it, as `realpath` looks at every folder from the root on."""
        folder, name = posixpath.split(path)
        if name in {"", ".", ".."} or not folder.startswith("/"):
            return os.path.realpath(path)
        whole = posixpath.join(self.real(folder), name)
        try:
            is_link = stat.S_ISLNK(os.lstat(whole).st_mode)
        except (OSError, ValueError):
            return whole
        return os.path.realpath(whole) if is_link else whole

    def changed(self) -> frozenset[str]:
        self._real.clear()
        documents = [path for path, (stamp, _) in self._documents.items() if self._stamp(path) != stamp]
        for path in documents:
            del self._documents[path]
        return frozenset((*documents, *self._changed_folders()))

    def admit(self, folder: str) -> bool:
        # A lock may name any folder: the whole disk and what holds no Nix at all are no sources.
        if folder.count("/") < _SHALLOWEST or not os.path.isdir(folder):
            return False
        allowed = {os.path.join(place, "") for place in (os.path.abspath(folder), os.path.realpath(folder))}
        if not allowed <= set(self._allowed):
            self._allowed += tuple(allowed)
            for path in [path for path, (_, document) in self._documents.items() if document is None]:
                del self._documents[path]
            self._listings = {path: entry for path, entry in self._listings.items() if entry[1]}
        return True

    def _changed_folders(self) -> list[str]:
        """Return the folders that have other entries than before: an editor that writes a file anew leaves them as they are."""
        changed: list[str] = []
        for path, (stamp, entries) in list(self._listings.items()):
            if self._folder_stamp(path) != stamp:
                del self._listings[path]
                if _lasting(self.names(path)) != _lasting(entries):
                    changed.append(path)
        return changed

    def _permitted(self, path: str) -> bool:
        return os.path.join(self.real(path), "").startswith(self._allowed)

    @staticmethod
    def _stamp(path: str) -> tuple[int, int] | None:
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return None
        return (found.st_mtime_ns, found.st_size)

    @staticmethod
    def _folder_stamp(path: str) -> int | None:
        try:
            return os.stat(path).st_mtime_ns
        except (OSError, ValueError):
            return None


class OpenFiles:
    """Files with the editor's open documents laid over them."""

    def __init__(self, files: Files, documents: Mapping[str, Document]) -> None:
        self._files = files
        self._documents = documents

    def document(self, path: str) -> Document | None:
        return self._documents.get(path) or self._files.document(path)

    def kind(self, path: str) -> Kind | None:
        return "file" if path in self._documents else self._files.kind(path)

    def names(self, folder: str) -> Mapping[str, Kind]:
        return self._files.names(folder)

    def real(self, path: str) -> str:
        return path if path in self._documents else self._files.real(path)

    def changed(self) -> frozenset[str]:
        return self._files.changed()

    def admit(self, folder: str) -> bool:
        return self._files.admit(folder)


def _lasting(entries: Mapping[str, Kind]) -> dict[str, Kind]:
    """Return entries without hidden ones and backups: editors make and remove such with every save."""
    return {name: kind for name, kind in entries.items() if not name.startswith(".") and not name.endswith("~")}


def _read(path: str) -> Document | None:
    """Read a regular text file; None for binary data, devices and what may not be read."""
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            source = file.read(LARGEST + 1)
    except (OSError, ValueError):
        return None
    return None if len(source) > LARGEST or b"\0" in source[:4096] else Document(path, source)


def _entries(folder: str) -> dict[str, Kind]:
    try:
        with os.scandir(folder) as listing:
            return {entry.name: kind for entry in listing if (kind := _entry_kind(entry))}
    except OSError:
        return {}


def _entry_kind(entry: os.DirEntry[str]) -> Kind | None:
    try:
        if entry.is_dir():
            return "link" if entry.is_symlink() else "folder"
        return "file" if entry.is_file() else None
    except OSError:
        return None
