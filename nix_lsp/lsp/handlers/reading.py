"""What helps to read a document: folds, growing selections, links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp import convert_reading as convert

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
