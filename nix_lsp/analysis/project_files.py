"""Which files a project consists of: those that Git would track, as far as `.gitignore` files tell."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.files import WALK_LIMIT
from nix_lsp.analysis.gitignore import FILE, Patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.files import Files

_SKIPPED = frozenset({"node_modules", "result", "__pycache__", "target"})
"""Folders of build results, where no `.gitignore` names them."""

Rules = tuple[tuple[int, Patterns], ...]
"""The `.gitignore` files that count in a folder, the nearest first, each with the length of its own folder's path and slash."""


def project_files(files: Files, folder: str, limit: int | None = WALK_LIMIT) -> Iterator[str]:
    """Yield the paths of the files below a folder, in name order.

    Hidden folders, build results, links to folders, and what `.gitignore` files of the repository name are left out. `limit` is a
    number of entries to be looked at; None for any.
    """
    stack: list[tuple[str, Rules]] = [(folder, _above(files, folder))]
    visited = 0
    while stack:
        here, rules = stack.pop()
        names = files.names(here)
        rules = _with(files, here, rules) if FILE in names else rules
        folders: list[tuple[str, Rules]] = []
        for name, kind in sorted(names.items()):
            visited += 1
            if limit is not None and visited > limit:
                return
            path = posixpath.join(here, name)
            if kind == "file":
                if not _is_ignored(path, rules, is_folder=False):
                    yield path
            elif kind == "folder" and _is_walked(name, path, rules):
                folders.append((path, rules))
        stack.extend(reversed(folders))


def _is_walked(name: str, path: str, rules: Rules) -> bool:
    if name.startswith("."):
        return False
    spoken = _verdict(path, rules, is_folder=True)
    return name not in _SKIPPED if spoken is None else not spoken


def _is_ignored(path: str, rules: Rules, *, is_folder: bool) -> bool:
    return bool(rules) and bool(_verdict(path, rules, is_folder=is_folder))


def _verdict(path: str, rules: Rules, *, is_folder: bool) -> bool | None:
    for start, patterns in rules:
        if (verdict := patterns.verdict(path[start:], is_folder=is_folder)) is not None:
            return verdict
    return None


def _above(files: Files, folder: str) -> Rules:
    """Return what the folders from the repository's top down to one above `folder` say; nothing outside a repository."""
    above: list[str] = []
    here = folder
    while not files.kind(posixpath.join(here, ".git")):
        if here == posixpath.dirname(here):
            return ()
        here = posixpath.dirname(here)
        above.append(here)
    rules: Rules = ()
    for place in reversed(above):
        rules = _with(files, place, rules)
    return rules


def _with(files: Files, folder: str, rules: Rules) -> Rules:
    document = files.document(posixpath.join(folder, FILE))
    patterns = Patterns(document.source.decode("utf-8", "replace").split("\n")) if document else None
    return ((len(posixpath.join(folder, "")), patterns), *rules) if patterns else rules
