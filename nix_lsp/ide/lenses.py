"""Code lenses: above what is declared, how often the project uses it. Nothing is counted before a lens is on the screen."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from nix_lsp.syntax.ast import span
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Query

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.names.target import Location
    from nix_lsp.syntax.document import Document

Kind = Literal["references", "definitions"]
"""`references`: of a name that a `let` binds, or of a function in a set; `definitions`: of an option that the file declares."""


class Lens(NamedTuple):
    """What will be counted, and above what it is shown."""

    span: Span
    """The name."""
    kind: Kind


def code_lenses(project: Project, document: Document) -> list[Lens]:
    """Return the lenses of a file that the settings ask for, in order: above names that begin their line."""
    found: list[Lens] = []
    if project.settings.definition_lenses:
        spans = (option.path[-1].span for option in project.module(document).declared if option.path)
        found += (Lens(span, "definitions") for span in spans)
    if project.settings.reference_lenses:
        found += (Lens(span, "references") for span in _names(document))
    return sorted(found)


def counted(project: Project, document: Document, offset: int, kind: str) -> list[Location]:
    """Return what a lens counts.

    Args:
        project: the project.
        document: the document of the lens.
        offset: where its name begins.
        kind: that of the lens.
    """
    from nix_lsp.ide.names.options import definitions
    from nix_lsp.ide.names.references import references

    if kind == "definitions":
        return definitions(project, document, offset)
    return references(project, document, offset, declarations=False)


def title(count: int, kind: str) -> str:
    """Return what a lens says."""
    return f"{count} {kind if count != 1 else kind.removesuffix('s')}"


def _names(document: Document) -> Iterator[Span]:
    from tree_sitter import QueryCursor

    starts, source = document.line_starts, document.source
    found = QueryCursor(_query()).captures(document.root).get("name", ())
    for each in sorted({span(node) for node in found}):
        if not source[starts[document.line_of(each.start)] : each.start].strip():
            yield each


@cache
def _query() -> Query:
    from tree_sitter import Query

    from nix_lsp.syntax.parse import language

    return Query(
        language(),
        """
        (let_expression (binding_set (binding attrpath: (attrpath . (identifier) @name .))))
        (binding attrpath: (attrpath . (identifier) @name .) expression: (function_expression))
        """,
    )
