"""Files that are named but do not exist, where nothing but a mistake explains it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.gitignore import FILE, Patterns

if TYPE_CHECKING:
    from nix_lsp.analysis.files import Files

_GENERATED = frozenset({"hardware-configuration.nix", "hardware-configuration", "hardware.nix", "result"})
"""Names of what is made on each machine, and often not kept with the rest."""


def is_missing(files: Files, root: str, path: str) -> bool:
    """Tell whether `import path` surely fails: there is no such file, or a folder without a `default.nix`.

    Args:
        files: the files with the open documents over them; a document that is not saved yet exists.
        root: the project's root. Of what lies elsewhere, behind a link that leads there, or in a folder that cannot be read, nothing is said.
        path: an absolute path.

    False also for what is not kept with the project: what `.gitignore` names, submodules, what each machine generates.
    """
    path = posixpath.normpath(path)
    if not _is_below(path, root) or not _is_below(files.real(posixpath.dirname(path)), root):
        return False
    # An open document may lie in a folder that is not there yet.
    if "file" in {files.kind(path), files.kind(posixpath.join(path, "default.nix"))}:
        return False
    if posixpath.basename(path) in _GENERATED:
        return False
    folder = path
    while files.kind(folder) != "folder" and _is_below(folder, root):
        folder = posixpath.dirname(folder)
    # An empty folder is a submodule that was not fetched, or a folder that cannot be read.
    return bool(files.names(folder)) and not _is_left_out(files, root, path)


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(posixpath.join(root, ""))


def _is_left_out(files: Files, root: str, path: str) -> bool:
    """Tell whether `.gitignore` or `.gitmodules` name a path or a folder above it."""
    relative = path[len(posixpath.join(root, "")) :]
    parts = relative.split("/")
    submodules = files.document(posixpath.join(root, ".gitmodules"))
    for line in submodules.source.decode("utf-8", "replace").splitlines() if submodules else ():
        name, equals, place = line.partition("=")
        if equals and name.strip() == "path" and f"{relative}/".startswith(f"{place.strip()}/"):
            return True
    for depth in range(len(parts)):
        document = files.document(posixpath.join(root, *parts[:depth], FILE))
        if document is None:
            continue
        ignored, below = Patterns(document.source.decode("utf-8", "replace").split("\n")), "/".join(parts[depth:])
        # What is not there may be a file or a folder, and what a nearer file takes back is left alone: in doubt it is left out.
        if ignored.cover(below) or ignored.verdict(below, is_folder=True):
            return True
    return False
