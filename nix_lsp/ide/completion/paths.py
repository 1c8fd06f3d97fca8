"""Files and folders behind a path literal, as far as the project reaches."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from nix_lsp.ide.model import CompletionItem, CompletionKind

if TYPE_CHECKING:
    from nix_lsp.analysis.project import Project

_WRITABLE = re.compile(r"[A-Za-z0-9._+-]+")
"""Names that a path literal can hold (Nix' lexer.l, `PATH_CHAR`)."""
_MOST = 1_000
"""Entries of a folder."""


def path_items(project: Project, file: str, typed: str, *, is_searched: bool = False) -> list[CompletionItem]:
    """Return what lies in the folder that a path leads to, modules and folders first.

    Args:
        project: the project; what lies outside of what it may read is not listed.
        file: the absolute path of the file that the literal stands in.
        typed: the literal up to the cursor: `../modules/ng`.
        is_searched: it is a search path, `typed` what stands behind its `<`.
    """
    folder = _folder(project, file, typed.rpartition("/")[0], is_searched=is_searched)
    if folder is None:
        return []
    items: list[CompletionItem] = []
    for name, kind in list(project.files.names(folder).items())[:_MOST]:
        if not _WRITABLE.fullmatch(name) or posixpath.join(folder, name) == file:
            continue
        is_folder = kind != "file"
        rank = 2 if name.startswith(".") else 0 if is_folder or name.endswith(".nix") else 1
        shown = CompletionKind.FOLDER if is_folder else CompletionKind.PATH
        items.append(CompletionItem(name, shown, name, sort=f"{rank}{name}"))
    return items


def _folder(project: Project, file: str, written: str, *, is_searched: bool) -> str | None:
    """Return the folder that a path without its last name stands for."""
    if is_searched:
        from nix_lsp.analysis.search_path import find_searched

        return find_searched(project.files, project.environment, written)
    if not posixpath.isabs(file) or written.startswith("~"):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), written or "/"))
