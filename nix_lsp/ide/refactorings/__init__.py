"""Refactorings: edits that are offered at a place and hang on no diagnostic.

Each family is a module with its rows; to add one, add its module to `_FAMILIES`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place, Refactoring
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_FAMILIES = (
    "formals",
    "inheriting",
    "nesting",
    "withs",
    "recursion",
    "inlining",
    "extracting",
    "importing",
    "moving",
    "conditions",
    "wrapping",
    "sorting",
    "options",
    "inputs",
    "data",
    "strings",
    "quoting",
)


def rows() -> Iterator[Refactoring]:
    """Yield every refactoring, in the order in which they are offered and documented."""
    for family in _FAMILIES:
        module = import_module(f"nix_lsp.ide.refactorings.{family}")
        yield from cast("tuple[Refactoring, ...]", module.ROWS)


def refactorings(
    project: Project,
    document: Document,
    selection: Span,
    only: Collection[str] | None = None,
    *,
    is_automatic: bool = False,
) -> Iterator[tuple[Refactoring, Fix]]:
    """Yield what can be done with the selected bytes of a document (an empty span is a cursor).

    `only` are the kinds that are asked for, each with all below it; None asks for all. In a text that is no Nix little is offered. With `is_automatic`, nobody
    has opened a menu: the editor asks on its own, for each move of the cursor perhaps.
    """
    from nix_lsp.ide.kinds import is_asked
    from nix_lsp.ide.refactorings.refactoring import Place

    place = Place(project, document, selection)
    is_broken = document.root.has_error and document.is_broken
    for row in rows():
        if is_automatic and row.is_dear:
            continue
        if is_asked(row.kind, only) and (row.in_broken or not is_broken):
            for fix in _guarded(row, place):
                yield row, fix


def _guarded(row: Refactoring, place: Place) -> list[Fix]:
    """Return what a refactoring offers, nothing where it failed: the others, and what is wrong there, are still offered."""
    try:
        return list(row.find(place))
    except Exception:  # whatever it is, it costs its own offers and a line in the log
        from logging import getLogger

        getLogger(__name__).exception("refactoring failed", extra={"refactoring": row.id})
        return []
