"""Names of attributes with and without quotes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import attr, span
from nix_lsp.syntax.layout import is_identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place

_SEGMENTS = frozenset({"attrpath", "inherited_attrs"})


def _segment(place: Place) -> Node | None:
    """Return the name of an attribute at a place: a segment of a path, or one that is inherited."""
    chain = place.chain[-3:]
    return next((node for outer, node in pairwise(chain) if outer.type in _SEGMENTS), None)


def _quote(place: Place) -> Iterator[Fix]:
    segment = _segment(place)
    path = place.above(segment) if segment is not None else None
    owner = place.above(path) if path is not None else None
    if owner is None or owner.type != "binding":
        return  # in selections it would be offered all over a file
    if segment is not None and segment.type == "identifier" and not segment.is_missing:
        yield place.fix("Quote the attribute name", [TextEdit(span(segment), quoted(place.document.text(segment)))])


def _unquote(place: Place) -> Iterator[Fix]:
    segment = _segment(place)
    name = attr(segment).name if segment is not None and segment.type == "string_expression" else None
    if segment is not None and name is not None and is_identifier(name):
        yield place.fix("Unquote the attribute name", [TextEdit(span(segment), name)])


ROWS = (
    Refactoring(
        "quote-attribute",
        REWRITE,
        "Writes an attribute's name in quotes, where it is bound.",
        "{ fo$0o = 1; }",
        '{ "foo" = 1; }',
        _quote,
    ),
    Refactoring(
        "unquote-attribute",
        REWRITE,
        "Takes the quotes off an attribute's name that is an identifier without them; keywords keep them.",
        '{ "fo$0o" = 1; }',
        "{ foo = 1; }",
        _unquote,
    ),
)
