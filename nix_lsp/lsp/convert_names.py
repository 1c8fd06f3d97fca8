"""Places, highlights and edits of names, as the protocol has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp.positions import range_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nix_lsp.ide.names.calls import CallSites, Routine
    from nix_lsp.ide.names.references import Highlight
    from nix_lsp.ide.names.symbols import ProjectSymbol
    from nix_lsp.ide.names.target import Location
    from nix_lsp.lsp.client import Client
    from nix_lsp.lsp.convert import Lookup, UriOf
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_READ, _WRITE = 2, 3
_FILE, _FUNCTION = 1, 12
_KINDS = {"declared": 8, "option": 7, "package": 4, "function": _FUNCTION}
"""The protocol's symbol kinds: field, property, package, function."""


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


def symbols(found: Iterable[ProjectSymbol], root: str, client: Client, lookup: Lookup, uri_of: UriOf) -> list[Json]:
    """Return SymbolInformation; the container is the file, as seen from the project's root."""
    return [
        {
            "name": symbol.name,
            "kind": _KINDS[symbol.kind.value],
            "location": place,
            "containerName": symbol.location.path.removeprefix(root.rstrip("/") + "/"),
        }
        for symbol in found
        for place in locations([symbol.location], client, lookup, uri_of)
    ]


def routine(item: Routine, client: Client, lookup: Lookup, uri_of: UriOf) -> Json:
    """Return a CallHierarchyItem."""
    document = lookup(item.path)
    zero: Json = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    encoding = client.position_encoding
    return {
        "name": item.name or "…",
        "kind": _FILE if item.is_file else _FUNCTION,
        "uri": uri_of(item.path),
        "range": range_of(document, item.span, encoding) if document else zero,
        "selectionRange": range_of(document, item.name_span, encoding) if document else zero,
    }


def call(side: str, found: CallSites, path: str, client: Client, lookup: Lookup, uri_of: UriOf) -> Json:
    """Return a CallHierarchyIncomingCall (`side` is `from`) or -OutgoingCall (`to`); `path` is the file of its places."""
    document = lookup(path)
    return {
        side: routine(found.item, client, lookup, uri_of),
        "fromRanges": [range_of(document, place, client.position_encoding) for place in found.places]
        if document
        else [],
    }
