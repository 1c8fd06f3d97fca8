"""Commands that the client runs by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from nix_lsp.lsp.capabilities import CONSENT, FIX_RULE, HOSTS, INDEX_HOST, PREVIEW
from nix_lsp.lsp.wire import INVALID_PARAMS, RequestError

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Request, Session

_OUTPUTS = ("nixosConfigurations.", "darwinConfigurations.", "homeConfigurations.")
"""Outputs of flakes whose options `nix-lsp index build --flake` evaluates."""


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
        case command if command == HOSTS:
            return _hosts(session, arguments)
        case command if command == INDEX_HOST:
            return _index_host(session, arguments)
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


def cancel_progress(session: Session, request: Request) -> None:
    """Stop work that the server began itself (`window/workDoneProgress/cancel`)."""
    token = request.params.get("token")
    if isinstance(token, str) and (stop := session.running.pop(token, None)):
        session.cancelled.add(token)
        stop()


def _hosts(session: Session, arguments: list[Any]) -> list[str]:
    """Return the outputs of the flake that a document is part of and whose options can be evaluated: the argument is its URI."""
    document = session.document(arguments[0]) if len(arguments) >= 1 and isinstance(arguments[0], str) else None
    if document is None:
        raise RequestError(INVALID_PARAMS, f"`{HOSTS}` takes a document's URI")
    lanes = session.projects.of(document).lanes(document)
    return list(dict.fromkeys(lane.host for lane in lanes if lane.host and lane.host.startswith(_OUTPUTS)))


def _index_host(session: Session, arguments: list[Any]) -> str:
    """Order the index of a host: arguments are a document's URI, and the host where several have the document. Returns the host.

    The command is the user's consent to evaluate that flake, which may fetch inputs that are not in the store yet.
    """
    from option_index.sources import Way

    hosts = _hosts(session, arguments)
    named = arguments[1] if len(arguments) > 1 else None
    if not hosts:
        raise RequestError(INVALID_PARAMS, "no host of a flake is seen to be built from this file")
    if named is None and len(hosts) > 1:
        raise RequestError(INVALID_PARAMS, f"several hosts are built from this file; name one: {', '.join(hosts)}")
    if named is not None and named not in hosts:
        raise RequestError(INVALID_PARAMS, f"`{named}` is not built from this file; there are {', '.join(hosts)}")
    host = hosts[0] if named is None else str(named)
    document = session.document(arguments[0])
    assert document is not None
    root = session.projects.of(document).root
    session.orders.append(Way(("build", "--flake", f"{root}#{host}"), f"evaluate the options of {host}"))
    return host


def _consent(session: Session, arguments: list[Any]) -> None:
    """Keep what the user allows: arguments are `fetch` or `evaluate`, and `yes`, `no` or `ask`."""
    from option_index.consent import ANSWERS, QUESTIONS

    if len(arguments) != 2 or arguments[0] not in QUESTIONS or arguments[1] not in ANSWERS:
        raise RequestError(INVALID_PARAMS, f"`{CONSENT}` takes one of {QUESTIONS}, and one of {tuple(ANSWERS)}")
    session.consents.keep(arguments[0], ANSWERS[arguments[1]])
    session.publisher.refresh()


def _fix_rule(session: Session, arguments: list[Any]) -> None:
    """Order that all findings of a rule in the project of a document be fixed: arguments are the rule's id and the document's URI."""
    if len(arguments) != 2 or not all(isinstance(each, str) for each in arguments):
        raise RequestError(INVALID_PARAMS, f"`{FIX_RULE}` takes a rule's id and a document's URI")
    rule, uri = arguments
    if session.document(uri) is None:
        raise RequestError(INVALID_PARAMS, "no such document")
    session.to_fix.append((rule, uri))
