"""The inputs of the flake that a file belongs to."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.ide.model import CompletionItem, CompletionKind
from nix_lsp.syntax.layout import quote_attr

if TYPE_CHECKING:
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document


def input_items(project: Project, document: Document, *, with_self: bool) -> list[CompletionItem]:
    """Return the names of the inputs that the nearest flake.nix at or above a file asks for, with their URLs.

    Args:
        project: the project.
        document: the file; if it is the flake itself, as it was completed for the parser.
        with_self: the flake itself is one of them, as in what the function `outputs` is given.
    """
    from nix_lsp.analysis.files import OpenFiles
    from nix_lsp.analysis.flake import flake_inputs

    path = flake_of(project, document.path)
    if path is None:
        return []
    items: list[CompletionItem] = []
    for found in flake_inputs(OpenFiles(project.files, {document.path: document}), path):
        label = quote_attr(found.name)
        items.append(CompletionItem(label, CompletionKind.VARIABLE, label, detail=found.url, sort=f"0{label}"))
    if with_self:
        items.append(CompletionItem("self", CompletionKind.VARIABLE, "self", detail="the flake itself", sort="1self"))
    return items


def flake_of(project: Project, file: str) -> str | None:
    """Return the nearest flake.nix at or above a file."""
    folder: str = posixpath.dirname(file)
    while True:
        path = posixpath.join(folder, "flake.nix")
        if project.files.kind(path) == "file":
            return path
        if folder in {"", posixpath.dirname(folder)}:
            return None
        folder = posixpath.dirname(folder)
