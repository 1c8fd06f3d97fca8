"""Linked editing: a name that is bound and used inside one expression, all of it edited at once as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.names import Bound, names
from nix_lsp.syntax.ast import descent

if TYPE_CHECKING:
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

WORD = "[A-Za-z_][A-Za-z0-9_'-]*"
"""What may be typed without ending it."""
_KINDS = frozenset({"let", "argument"})
"""Names that nobody outside of their expression can see."""
_MOST = 500
"""Places that are edited at once."""


def linked_spans(document: Document, offset: int) -> tuple[Span, ...]:
    """Return the places of the name at a byte offset, in order, that can be edited as one.

    Nothing for a name that means something elsewhere (an attribute, a formal), that an `inherit` makes an attribute, or that is written in
    quotes somewhere; `textDocument/rename` knows what to do there.
    """
    known = names(document)
    found = known.at(offset)
    bound = found if isinstance(found, Bound) or found is None else found.bound
    if bound is None or bound.kind not in _KINDS:
        return ()
    spans = tuple(sorted({*bound.spans, *known.uses(bound)}))
    written = bound.name.encode()
    if len(spans) > _MOST or any(document.source[span.start : span.end] != written for span in spans):
        return ()
    return () if any(_is_inherited(document, span.start) for span in spans) else spans


def _is_inherited(document: Document, offset: int) -> bool:
    return any(node.type == "inherited_attrs" for node in descent(document.root, offset)[-3:])
