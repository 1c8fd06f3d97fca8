"""The table of rewrites: families of habits, each found as diagnostics whose fixes are the rewrite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span


def find_rewrites(project: Project, document: Document, fixes_at: Span | None = None) -> Iterable[Diagnostic]:
    """Return what a file says imperatively and could declare, commands with edits as far as they touch `fixes_at` (None: all)."""
    from nix_lsp.ide.rewrites.imperative.expressions import find_expressions
    from nix_lsp.ide.rewrites.imperative.findings import find_imperative

    yield from find_imperative(project, document, fixes_at=fixes_at)
    yield from find_expressions(project, document)


def rewrite_summaries() -> Iterator[tuple[str, str]]:
    """Yield the id of each rewrite and one sentence about it."""
    from nix_lsp.ide.rewrites.imperative.table import HABITS

    for habit in HABITS:
        yield habit.id, habit.summary
