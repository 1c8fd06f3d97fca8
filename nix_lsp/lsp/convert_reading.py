"""What the features for reading answer, as the protocol has it: folds, selections, links, hints, lenses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp.positions import position_at, range_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nix_lsp.ide.folding import Fold
    from nix_lsp.ide.hints import Hint
    from nix_lsp.ide.lenses import Lens
    from nix_lsp.ide.links import Link
    from nix_lsp.lsp.client import Client
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

    UriOf = Callable[[str], str]

SHOW_REFERENCES = "nix-lsp.showReferences"
"""A command of our own extension: a URI, a position in it, and the locations to be shown there."""
_PARAMETER = 2
"""The kind of an inlay hint that names a parameter."""


def folding_ranges(folds: Sequence[Fold], document: Document, client: Client) -> list[Json]:
    """Return FoldingRanges: as many as the client takes, the outermost ones."""
    if client.fold_limit is not None and len(folds) > client.fold_limit:
        folds = sorted(sorted(folds, key=lambda fold: fold.depth)[: client.fold_limit])
    return [_fold(fold, document, client) for fold in folds]


def _fold(fold: Fold, document: Document, client: Client) -> Json:
    start, end = fold.span
    first, last = document.line_of(start), document.line_of(end)
    result: Json
    if client.folds_lines_only:
        # What closes the range keeps its line where it has one.
        if not document.source[document.line_starts[last] : end].strip():
            last -= 1
        result = {"startLine": first, "endLine": last}
    else:
        one, other = (position_at(document, offset, client.position_encoding) for offset in (start, end))
        result = {
            "startLine": first,
            "startCharacter": one["character"],
            "endLine": last,
            "endCharacter": other["character"],
        }
    return {**result, "kind": fold.kind} if fold.kind else result


def selection_range(spans: Sequence[Span], document: Document, client: Client) -> Json:
    """Return a SelectionRange: the innermost span, with the others round it."""
    result: Json = {}
    for span in reversed(spans):
        result = {
            "range": range_of(document, span, client.position_encoding),
            **({"parent": result} if result else {}),
        }
    return result


def document_links(links: Sequence[Link], document: Document, client: Client, uri_of: UriOf) -> list[Json]:
    """Return DocumentLinks."""
    return [
        {
            "range": range_of(document, link.span, client.position_encoding),
            "target": uri_of(link.file) if link.file else link.url,
        }
        for link in links
    ]


def inlay_hints(hints: Sequence[Hint], document: Document, client: Client) -> list[Json]:
    """Return InlayHints."""
    return [
        {
            "position": position_at(document, hint.offset, client.position_encoding),
            "label": hint.label,
            **({"kind": _PARAMETER, "paddingRight": True} if hint.is_before else {"paddingLeft": True}),
        }
        for hint in hints
    ]


def code_lenses(lenses: Sequence[Lens], document: Document, client: Client, uri: str) -> list[Json]:
    """Return CodeLenses that say nothing yet: in `data` is what `codeLens/resolve` needs."""
    return [
        {
            "range": range_of(document, lens.span, client.position_encoding),
            "data": {"uri": uri, "kind": lens.kind},
        }
        for lens in lenses
    ]


def lens_command(title: str, uri: str, place: Json, places: Sequence[Json], client: Client) -> Json:
    """Return what a lens says; it can be clicked where the client has a command for that."""
    if not client.shows_references or not places:
        return {"title": title, "command": ""}
    return {"title": title, "command": SHOW_REFERENCES, "arguments": [uri, place, list(places)]}
