"""Completion: what can stand at the cursor, in the release this project pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Completion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import CompletionItem
    from nix_lsp.syntax.document import Document


def complete(project: Project, document: Document, offset: int) -> Completion | None:
    """Return all proposals at `offset` (a byte offset into `document.source`), or None where there is nothing to propose.

    Never raises for malformed Nix. What is typed so far has narrowed the items only where `is_incomplete` says so.
    """
    from nix_lsp.ide.completion.sources import propose
    from nix_lsp.syntax.cursor import context_at
    from nix_lsp.syntax.span import Span

    cursor = context_at(document, offset)
    proposals = propose(project, document, cursor)
    if not proposals.items:
        return None
    start = cursor.span.start if proposals.start is None else proposals.start
    return Completion(
        tuple(_distinct(proposals.items)),
        replace=Span(start, cursor.span.end),
        insert=Span(start, offset),
        is_incomplete=proposals.is_incomplete,
    )


def _distinct(items: Iterable[CompletionItem]) -> Iterable[CompletionItem]:
    """Keep the first of several items with one label: sources come in the order of their worth."""
    seen: set[str] = set()
    for item in items:
        if item.label not in seen:
            seen.add(item.label)
            yield item


def prepare(project: Project, document: Document) -> None:
    """Read what the first letters that are typed in a document will be looked for in: 30 ms, once an index."""
    for lane in project.lanes(document):
        if options := project.options(lane):
            options.below((), _ANYTHING, 1)
        if packages := project.packages(lane):
            packages.starting("", _ANYTHING, 1)


_ANYTHING = "en"


def resolve(project: Project, document: Document, key: tuple[str, ...]) -> str | None:
    """Return the documentation of an item that was proposed in a document, as CommonMark, or None if there is none (any more)."""
    from nix_lsp.ide.completion.documentation import document_item

    return document_item(project, document, key)
