"""Commands that the client runs by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from nix_lsp.lsp import convert
from nix_lsp.lsp.capabilities import CONSENT, FIX_RULE, PREVIEW
from nix_lsp.lsp.wire import INVALID_PARAMS, RequestError

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Request, Session


def execute_command(session: Session, request: Request) -> Any:
    """Answer `workspace/executeCommand`."""
    given = request.params.get("arguments")
    arguments = cast("list[Any]", given) if isinstance(given, list) else []
    match request.params.get("command"):
        case command if command == PREVIEW:
            return _preview(session, arguments)
        case command if command == FIX_RULE:
            return _fix_rule(session, arguments)
        case command if command == CONSENT:
            return _consent(session, arguments)
        case command:
            raise RequestError(INVALID_PARAMS, f"no such command: {command}")


def _preview(session: Session, arguments: list[Any]) -> str | None:
    """Show what an upgrade to a release would bring beside the diagnostics of today; without a release, or with the same, no more."""
    release = arguments[0] if arguments else None
    if isinstance(release, float):  # Helix reads what is typed as JSON
        release = f"{release:.2f}"
    if release is not None and (not isinstance(release, str) or not session.projects.knows_pin(release)):
        raise RequestError(INVALID_PARAMS, f"`{release}` is no release: give 26.05, `unstable`, a date or a revision")
    session.projects.preview(None if release == session.projects.target else release)
    session.publisher.refresh()
    return session.projects.target


def _consent(session: Session, arguments: list[Any]) -> None:
    """Keep what the user allows: arguments are `fetch` or `evaluate`, and `yes`, `no` or `ask`."""
    from option_index.consent import ANSWERS, QUESTIONS

    if len(arguments) != 2 or arguments[0] not in QUESTIONS or arguments[1] not in ANSWERS:
        raise RequestError(INVALID_PARAMS, f"`{CONSENT}` takes one of {QUESTIONS}, and one of {tuple(ANSWERS)}")
    session.consents.keep(arguments[0], ANSWERS[arguments[1]])
    session.publisher.refresh()


def _fix_rule(session: Session, arguments: list[Any]) -> None:
    """Fix all findings of a rule in the project of a document: arguments are the rule's id and the document's URI."""
    from nix_lsp.ide.project_fixes import fix_in_project

    if len(arguments) != 2 or not all(isinstance(each, str) for each in arguments):
        raise RequestError(INVALID_PARAMS, f"`{FIX_RULE}` takes a rule's id and a document's URI")
    rule, uri = arguments
    if (document := session.document(uri)) is None:
        raise RequestError(INVALID_PARAMS, "no such document")
    if (fix := fix_in_project(session.projects.of(document), rule)) is None:
        return
    edit = convert.workspace_edit(fix, session.client, session.document_at, session.uri_of)
    if edit is not None:
        session.ask("workspace/applyEdit", {"label": fix.title, "edit": edit})
