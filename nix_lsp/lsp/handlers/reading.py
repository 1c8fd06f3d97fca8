"""What helps to read a document: folds, growing selections, links, colours, hints, lenses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp import convert_reading as convert
from nix_lsp.lsp.wire import SERVER_CANCELLED, RequestError

_LARGE = 128 * 1024
"""Bytes; of larger texts only what is on the screen is coloured, where the client asks for that."""

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json


def folding_ranges(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/foldingRange`."""
    from nix_lsp.ide.folding import folding_ranges

    if (document := request.document) is None:
        return []
    return convert.folding_ranges(folding_ranges(document), document, session.client)


def selection_ranges(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/selectionRange`: one for each position."""
    from nix_lsp.ide.selection import selection_ranges

    if (document := request.document) is None:
        return []
    return [
        convert.selection_range(selection_ranges(document, offset), document, session.client)
        for offset in request.offsets
    ]


def document_links(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/documentLink`."""
    from nix_lsp.ide.links import document_links

    if (document := request.document) is None:
        return []
    links = document_links(session.projects.of(document), document)
    return convert.document_links(links, document, session.client, session.uri_of)


def semantic_tokens(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/semanticTokens/full`.

    Raises:
        RequestError: the text is too large for that.
    """
    if (data := _tokens(session, request)) is None:
        return None
    return {"resultId": session.keep_tokens(request.uri, data), "data": data}


def semantic_tokens_delta(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/semanticTokens/full/delta`: what is different, or all where the client has something else.

    Raises:
        RequestError: the text is too large for that.
    """
    from nix_lsp.lsp.convert_tokens import delta

    known = session.tokens.get(request.uri)
    if (data := _tokens(session, request)) is None:
        return None
    result: Json = {"resultId": session.keep_tokens(request.uri, data)}
    if known is None or known[0] != request.params.get("previousResultId"):
        return {**result, "data": data}
    return {**result, "edits": delta(known[1], data)}


def visible_tokens(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/semanticTokens/range`: at once, from what is known of the project."""
    from nix_lsp.ide.tokens.reader import semantic_tokens
    from nix_lsp.lsp.convert_tokens import encoded

    if (document := request.document) is None:
        return None
    project, client = session.projects.at_once(document), session.client
    is_hasty = len(document.source) <= _LARGE  # the rest comes with all of the file
    tokens = semantic_tokens(project, document, request.span, with_plain=not client.colours_syntax, is_hasty=is_hasty)
    return {"data": encoded(tokens, document, client)}


def inlay_hints(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/inlayHint`."""
    from nix_lsp.ide.hints import inlay_hints

    if (document := request.document) is None:
        return []
    return convert.inlay_hints(inlay_hints(session.project(document), document, request.span), document, session.client)


def code_lenses(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/codeLens`."""
    from nix_lsp.ide.lenses import code_lenses

    if (document := request.document) is None:
        return []
    return convert.code_lenses(code_lenses(session.project(document), document), document, session.client, request.uri)


def resolve_code_lens(session: Session, request: Request) -> Json:
    """Answer `codeLens/resolve`: the lens with what it says."""
    from nix_lsp.ide.lenses import counted, title
    from nix_lsp.lsp.convert_names import locations
    from nix_lsp.lsp.positions import offset_at

    lens, client = request.params, session.client
    data: Json = lens.get("data") or {}
    uri, kind, start = str(data.get("uri")), str(data.get("kind")), lens["range"]["start"]
    if (document := session.document(uri)) is None:
        return lens
    offset = offset_at(document, start, client.position_encoding)
    found = counted(session.project(document), document, offset, kind)
    places = locations(found, client, session.document_at, session.uri_of)
    return {**lens, "command": convert.lens_command(title(len(found), kind), uri, start, places, client)}


def _tokens(session: Session, request: Request) -> list[int] | None:
    from nix_lsp.ide.tokens.reader import semantic_tokens
    from nix_lsp.lsp.convert_tokens import encoded

    document, client = request.document, session.client
    if document is None:
        return None
    if client.asks_for_visible_tokens and len(document.source) > _LARGE:
        if client.keeps_visible_tokens:
            raise RequestError(SERVER_CANCELLED, "the text is too large: only what is on the screen is coloured")
        return None
    tokens = semantic_tokens(session.project(document), document, with_plain=not client.colours_syntax)
    return encoded(tokens, document, client)
