"""What is asked of names: convert in, call the feature, convert out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp import convert_names
from nix_lsp.lsp.wire import REQUEST_FAILED, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.ide.model import FileEdit
    from nix_lsp.ide.names.calls import Routine
    from nix_lsp.ide.names.target import Location
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document

_PATIENCE = 0.3
"""Seconds that symbols of a project wait for it to be known."""


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


def workspace_symbols(session: Session, request: Request) -> list[Json]:
    """Answer `workspace/symbol`: of every project that has an open document."""
    from nix_lsp.ide.names.symbols import project_symbols

    projects = {session.project(document).root: document for document in session.open_documents.values()}
    found: list[Json] = []
    for document in projects.values():
        project = session.projects.at_once(document, _PATIENCE)
        symbols = project_symbols(project, str(request.params.get("query") or ""))
        found += convert_names.symbols(
            symbols, project.root, session.client, _lookup(session, document), session.uri_of
        )
    return found


def prepare_call_hierarchy(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/prepareCallHierarchy`."""
    from nix_lsp.ide.names.calls import routine_at

    if (document := request.document) is None:
        return []
    found = routine_at(session.project(document), document, request.offset)
    lookup = _lookup(session, document)
    return [convert_names.routine(found, session.client, lookup, session.uri_of)] if found is not None else []


def incoming_calls(session: Session, request: Request) -> list[Json]:
    """Answer `callHierarchy/incomingCalls`."""
    from nix_lsp.ide.names.calls import incoming

    if (asked := _routine(session, request)) is None:
        return []
    document, item = asked
    lookup = _lookup(session, document)
    found = incoming(session.project(document), item)
    return [convert_names.call("from", each, each.item.path, session.client, lookup, session.uri_of) for each in found]


def outgoing_calls(session: Session, request: Request) -> list[Json]:
    """Answer `callHierarchy/outgoingCalls`."""
    from nix_lsp.ide.names.calls import outgoing

    if (asked := _routine(session, request)) is None:
        return []
    document, item = asked
    lookup = _lookup(session, document)
    found = outgoing(session.project(document), item)
    return [convert_names.call("to", each, item.path, session.client, lookup, session.uri_of) for each in found]


def will_rename_files(session: Session, request: Request) -> Json | None:
    """Answer `workspace/willRenameFiles`: paths go on leading to the files that move, and from them."""
    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.names.moves import moved
    from nix_lsp.lsp.convert import workspace_edit
    from nix_lsp.lsp.uris import to_path

    files: list[Json] = request.params.get("files") or []
    named = [(to_path(str(each.get("oldUri"))), to_path(str(each.get("newUri")))) for each in files]
    moves = {old.rstrip("/"): new.rstrip("/") for old, new in named if old and new}
    found: dict[str, FileEdit] = {}
    for old in moves:
        project = session.projects.at(old)
        found |= {edit.path: edit for edit in moved(project, moves)}
    if not found:
        return None
    return workspace_edit(Fix("Rename", tuple(found.values())), session.client, session.document_at, session.uri_of)


def _routine(session: Session, request: Request) -> tuple[Document, Routine] | None:
    """Return the function that a call hierarchy's item stands for, with its file."""
    from nix_lsp.ide.names.calls import routine_at
    from nix_lsp.lsp.positions import offset_at

    item: Json = request.params.get("item") or {}
    document = session.document(str(item.get("uri") or ""))
    place: Json | None = item.get("selectionRange")
    if document is None or place is None:
        return None
    project = session.project(document)
    document = project.document(document.path) or document
    found = routine_at(project, document, offset_at(document, place["start"], session.client.position_encoding))
    return (document, found) if found is not None else None
