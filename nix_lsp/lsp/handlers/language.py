"""What is asked of a document: convert in, call the feature, convert out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from nix_lsp.ide.model import CompletionKind
from nix_lsp.lsp import convert

if TYPE_CHECKING:
    from nix_lsp.ide.actions import Action
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document

_OF_OPTIONS = frozenset({CompletionKind.OPTION, CompletionKind.NAMESPACE, CompletionKind.VALUE})
"""Kinds of proposals that rest on the module set of the file."""
_AUTOMATIC = 2
"""The editor asks for code actions without being told to (LSP 3.17, `CodeActionTriggerKind`)."""
_LATER = 0.3
"""Seconds that a completion with nothing to propose, or of a file of which nobody knows yet who imports it, waits for more of the project
to be known."""


def completion(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/completion`."""
    from nix_lsp.ide.completion import complete

    if (document := request.document) is None:
        return None
    session.completed = document
    project = session.projects.at_once(document)
    found = complete(project, document, request.offset)
    until = time.monotonic() + _LATER
    if not project.is_placed(document) and (found is None or any(item.kind in _OF_OPTIONS for item in found.items)):
        # By its name alone the file may be placed in the wrong module set: what is wrong is worse than what comes a little later.
        project = session.projects.placed(document, _LATER)
        found = complete(project, document, request.offset)
    if project.is_partial and (found is None or not project.is_placed(document)):
        # Nothing is worse, too; and a file that no host imports is placed when all of the project is known.
        project = session.projects.at_once(document, max(0.0, until - time.monotonic()))
        found = complete(project, document, request.offset)
    if found and project.is_partial:
        sure = project.is_placed(document)
        items = tuple(item for item in found.items if sure or item.kind not in _OF_OPTIONS)
        found = found._replace(items=items, is_incomplete=True)
    return convert.completion_list(found, document, session.client) if found else None


def resolve_completion(session: Session, request: Request) -> Json:
    """Answer `completionItem/resolve`: the item with its documentation."""
    from nix_lsp.ide.completion import resolve

    item = request.params
    key: Any = item.get("data")
    if session.completed is None or not isinstance(key, list):
        return item
    parts = tuple(str(part) for part in cast("list[object]", key))
    if markdown := resolve(session.projects.at_once(session.completed), session.completed, parts):
        markup = session.client.documentation_markup
        item = {**item, "documentation": {"kind": markup, "value": markdown} if markup else markdown}
    return item


def hover(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/hover`."""
    from nix_lsp.ide.hover import hover

    if (document := request.document) is None:
        return None
    found = hover(session.project(document), document, request.offset)
    if found and found.is_bare:
        session.wishes.add(request.uri)
        found = found._replace(markdown=found.markdown + session.consents.hint(request.uri))
    return convert.hover(found, document, session.client) if found else None


def code_actions(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/codeAction`."""
    from nix_lsp.ide.actions import code_actions

    if (document := request.document) is None or not session.client.takes_code_action_literals:
        return []
    context: Json = request.params.get("context") or {}
    only = context.get("only")
    is_automatic = context.get("triggerKind") == _AUTOMATIC
    found = [
        *code_actions(session.project(document), document, request.span, only, is_automatic=is_automatic),
        *_preview_actions(session, request, document, only),
    ]
    found.sort(key=lambda action: action.diagnostic is None)  # what is wrong comes before what could be otherwise
    answers: list[Json] = []
    for action in found:
        edit = convert.workspace_edit(action.fix, session.client, session.document_at, session.uri_of)
        if edit is not None:
            solved = convert.solved(action, context.get("diagnostics"), document, session.client)
            answers.append(convert.code_action(action, solved, edit))
    return answers + _project_actions(session, request, document, only)


def _preview_actions(session: Session, request: Request, document: Document, only: list[str] | None) -> list[Action]:
    """Return the fixes of what the previewed upgrade brings to the selected place."""
    from nix_lsp.ide.actions import QUICK_FIX, is_asked

    target = session.projects.target
    then = session.projects.previewed(document) if target and is_asked(QUICK_FIX, only) else None
    if target is None or then is None:
        return []
    from nix_lsp.ide.drift import preview_actions

    return preview_actions(session.projects.of(document), then, target, document, request.span)


def _project_actions(session: Session, request: Request, document: Document, only: object) -> list[Json]:
    """Offer to fix one rule in the whole project, where such actions are asked for by name (a client's menu of source actions)."""
    from nix_lsp.lsp.capabilities import FIX_RULE, PROJECT

    kinds = cast("list[object]", only) if isinstance(only, list) else []
    if not any(isinstance(kind, str) and f"{PROJECT}.".startswith(f"{kind}.") for kind in kinds):
        return []
    from nix_lsp.ide.project_fixes import rules_to_fix

    return [
        {
            "title": (title := f"Fix all `{rule}` in this project"),
            "kind": PROJECT,
            "command": {"title": title, "command": FIX_RULE, "arguments": [rule, request.uri]},
        }
        for rule in rules_to_fix(session.projects.of(document), document)
    ]


def document_symbols(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/documentSymbol`."""
    from nix_lsp.ide.symbols import document_symbols

    if (document := request.document) is None:
        return []
    symbols = document_symbols(document)
    if session.client.shows_symbol_tree:
        return convert.symbol_tree(symbols, document, session.client)
    return convert.symbol_list(symbols, document, session.client, request.uri)


def document_diagnostics(session: Session, request: Request) -> Json:
    """Answer `textDocument/diagnostic`."""
    if (document := request.document) is None:
        return {"kind": "full", "items": []}
    return session.publisher.pulled(request.uri, document, request.params.get("previousResultId"))
