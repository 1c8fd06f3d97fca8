"""What is asked of names: convert in, call the feature, convert out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp import convert_names
from nix_lsp.lsp.wire import REQUEST_FAILED, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.ide.names.target import Location
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document


def definition(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/definition`."""
    from nix_lsp.ide.names.definition import definition

    if (document := request.document) is None:
        return []
    return _places(
        session, request, document, "definition", definition(session.project(document), document, request.offset)
    )


def declaration(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/declaration`."""
    from nix_lsp.ide.names.definition import declaration

    if (document := request.document) is None:
        return []
    found = declaration(session.project(document), document, request.offset)
    return _places(session, request, document, "declaration", found)


def implementation(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/implementation`: the definitions of an option."""
    from nix_lsp.ide.names.options import definitions

    if (document := request.document) is None:
        return []
    found = definitions(session.project(document), document, request.offset)
    return _places(session, request, document, "implementation", found)


def type_definition(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/typeDefinition`: the submodules of an option."""
    from nix_lsp.ide.names.options import submodules

    if (document := request.document) is None:
        return []
    found = submodules(session.project(document), document, request.offset)
    return _places(session, request, document, "typeDefinition", found)


def references(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/references`."""
    from nix_lsp.ide.names.references import references

    if (document := request.document) is None:
        return []
    context: Json = request.params.get("context") or {}
    declarations = context.get("includeDeclaration") is True
    found = references(session.project(document), document, request.offset, declarations=declarations)
    return convert_names.locations(found, session.client, _lookup(session, document), session.uri_of)


def highlights(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/documentHighlight`."""
    from nix_lsp.ide.names.references import highlights

    if (document := request.document) is None:
        return []
    return convert_names.highlights(highlights(document, request.offset), document, session.client)


def prepare_rename(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/prepareRename`; what cannot be renamed is an error that says why.

    Raises:
        RequestError: it cannot.
    """
    from nix_lsp.ide.names.rename import Refusal, prepare
    from nix_lsp.lsp.positions import range_of

    if (document := request.document) is None:
        return None
    found = prepare(session.project(document), document, request.offset)
    if isinstance(found, Refusal):
        raise RequestError(REQUEST_FAILED, found.reason)
    return {"range": range_of(document, found.span, session.client.position_encoding), "placeholder": found.name}


def rename(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/rename`.

    Raises:
        RequestError: it cannot be renamed, or not to that.
    """
    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.names.rename import Refusal, rename
    from nix_lsp.lsp.convert import workspace_edit

    if (document := request.document) is None:
        return None
    found = rename(session.project(document), document, request.offset, str(request.params.get("newName") or ""))
    if isinstance(found, Refusal):
        raise RequestError(REQUEST_FAILED, found.reason)
    return workspace_edit(Fix("Rename", found), session.client, _lookup(session, document), session.uri_of)


def _places(session: Session, request: Request, document: Document, feature: str, found: list[Location]) -> list[Json]:
    """Return places as the client takes them for one feature."""
    from nix_lsp.ide.names.definition import named_span

    places = convert_names.locations(found, session.client, _lookup(session, document), session.uri_of)
    if not session.client.takes_links(feature):
        return places
    return convert_names.links(places, named_span(document, request.offset), document, session.client)


def _lookup(session: Session, document: Document) -> Callable[[str], Document | None]:
    """Return what finds the document at a path: one of the same project, or another."""
    project = session.project(document)
    return lambda path: document if path == document.path else project.document(path) or session.document_at(path)
