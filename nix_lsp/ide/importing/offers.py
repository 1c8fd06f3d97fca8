"""What lies beside a module and could be imported into it."""

from __future__ import annotations

import posixpath
from itertools import islice
from typing import TYPE_CHECKING

from nix_lsp.ide.difference import lines_changed
from nix_lsp.ide.importing.foreign import Foreign, user_of
from nix_lsp.ide.importing.kinds import kind_of
from nix_lsp.ide.importing.write import write
from nix_lsp.ide.model import FileEdit, Fix, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.importing.foreign import Kind
    from nix_lsp.syntax.document import Document

_MOST = 8
"""So many files are offered."""
_LARGEST = 128 * 1024
"""Bytes of a file that is looked at while somebody waits for a menu."""


def offers(project: Project, document: Document) -> Iterator[Fix]:
    """Yield an edit for each file in a module's folder from which something can be imported into the module."""
    lanes = project.lanes(document)
    if len({lane.set for lane in lanes}) != 1:
        return
    for file, kind in islice(_beside(project, document, lanes[0].set), _MOST):
        try:
            found = write(project, document, file, kind)
        except ValueError:
            return
        if found.declared:
            edits = lines_changed(document.source, found.document.source)
            yield Fix(f"Import options from {file.name} (review)", (FileEdit(document.path, edits),), Tier.REVIEW)


def _beside(project: Project, document: Document, module_set: str) -> Iterator[tuple[Foreign, Kind]]:
    folder = posixpath.dirname(document.path)
    for name, entry in sorted(project.files.names(folder).items()):
        path = posixpath.join(folder, name)
        kind = kind_of(path, "") if entry == "file" else None
        if kind is None or module_set not in kind.sets:
            continue
        text = project.files.document(path)
        if text and len(text.source) <= _LARGEST and b"\0" not in text.source:
            yield Foreign(path, text.source.decode("utf-8", "replace"), user_of(path)), kind
