"""Places, highlights and edits of names, as the protocol has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp.positions import range_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nix_lsp.ide.names.references import Highlight
    from nix_lsp.ide.names.target import Location
    from nix_lsp.lsp.client import Client
    from nix_lsp.lsp.convert import Lookup, UriOf
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_READ, _WRITE = 2, 3


def locations(found: Iterable[Location], client: Client, lookup: Lookup, uri_of: UriOf) -> list[Json]:
    """Return Locations; a place in a file that is gone is left out."""
    return [
        {"uri": uri_of(place.path), "range": range_of(document, place.span, client.position_encoding)}
        for place in found
        if (document := lookup(place.path))
    ]


def links(places: list[Json], origin: Span | None, document: Document, client: Client) -> list[Json]:
    """Return Locations as LocationLinks from the bytes that were asked about."""
    return [
        {
            **({"originSelectionRange": range_of(document, origin, client.position_encoding)} if origin else {}),
            "targetUri": place["uri"],
            "targetRange": place["range"],
            "targetSelectionRange": place["range"],
        }
        for place in places
    ]


def highlights(found: Iterable[Highlight], document: Document, client: Client) -> list[Json]:
    """Return DocumentHighlights."""
    return [
        {"range": range_of(document, each.span, client.position_encoding), "kind": _WRITE if each.is_write else _READ}
        for each in found
    ]
