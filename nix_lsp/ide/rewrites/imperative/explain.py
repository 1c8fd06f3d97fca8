"""Hover over a command: what it is, which option says the same, and where to read more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Hover
from nix_lsp.syntax.ast import STRINGS, descent
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_TEXTS = STRINGS | {"comment"}


def explain(project: Project, document: Document, offset: int) -> Hover | None:
    """Describe the command of a script or a comment at a byte offset by the row of the catalogue that knows it; None where none does."""
    if not any(node.type in _TEXTS for node in descent(document.root, offset)):
        return None
    from nix_lsp.ide.rewrites.imperative.comments import find_in_comment
    from nix_lsp.ide.rewrites.imperative.findings import find_imperative
    from nix_lsp.ide.rewrites.imperative.table import REWRITES
    from nix_lsp.ide.rules import documentation_url

    here = Span(offset, offset)
    found = [each for each in find_imperative(project, document, quiet=True, fixes_at=here) if each.span.touches(here)]
    found = found or list(find_in_comment(project, document, offset))
    if not found:
        return None
    diagnostic = min(found, key=lambda each: each.span.end - each.span.start)
    rewrite = next(row for row in REWRITES if row.id == diagnostic.rule)
    link = f"[Before, after, and when to keep it]({documentation_url(rewrite.id)})"
    return Hover(diagnostic.span, f"{diagnostic.message}\n\n{rewrite.why}\n\n{link}")
