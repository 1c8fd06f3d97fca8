"""One message, one handler: what it answers, and what its failure costs."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from nix_lsp.lsp.handlers import NOTIFICATIONS, REQUESTS
from nix_lsp.lsp.wire import INTERNAL_ERROR, INVALID_REQUEST, NOT_INITIALIZED, RequestError

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json, Pending

ERROR = 1
"""The protocol's message type."""


def respond(session: Session, method: str, request: Request) -> Json:
    """Answer a request: `{"result": …}` or `{"error": …}`, whatever happens inside."""
    if not session.is_initialized and method != "initialize":
        return {"error": {"code": NOT_INITIALIZED, "message": "initialize first"}}
    if session.is_shut_down:
        return {"error": {"code": INVALID_REQUEST, "message": "the server is shut down"}}
    try:
        return {"result": REQUESTS[method].load()(session, request)}
    except Exception as error:  # noqa: BLE001 -- one answer is lost, never the session
        return _refusal(session, method, error)


async def finish(session: Session, method: str, pending: Pending) -> Json:
    """Wait for an answer: `{"result": …}` or `{"error": …}`, whatever happens meanwhile."""
    try:
        return {"result": await pending.finish()}
    except Exception as error:  # noqa: BLE001 -- as above
        return _refusal(session, method, error)


def _refusal(session: Session, method: str, error: Exception) -> Json:
    if isinstance(error, RequestError):
        return {"error": {"code": error.code, "message": error.message}}
    _log(session, method, error)
    return {"error": {"code": INTERNAL_ERROR, "message": f"{method} failed; the log says where"}}


def follow(session: Session, method: str, request: Request) -> None:
    """Follow a notification, whatever happens inside."""
    if not session.is_initialized:
        return
    try:
        NOTIFICATIONS[method].load()(session, request)
    except Exception as error:  # noqa: BLE001 -- one message is lost, never the session
        _log(session, method, error)


def learn(session: Session, uri: str, seconds: float) -> bool:
    """Learn for some time about a document's project, whatever happens inside; tell whether there is more to learn before answers are whole."""
    try:
        return session.learn(uri, seconds)
    except Exception as error:  # noqa: BLE001 -- who asks is answered from what is known
        _log(session, "looking at the project", error)
        return False


def publish(session: Session, uri: str) -> None:
    """Publish a document's diagnostics, whatever happens inside."""
    try:
        session.publisher.publish(uri)
    except Exception as error:  # noqa: BLE001 -- other documents still get theirs
        _log(session, "textDocument/publishDiagnostics", error)


def rest(session: Session) -> None:
    """Do what whoever types should not wait for, in a pause of theirs."""
    gc.collect()
    try:
        session.prepare()
    except Exception as error:  # noqa: BLE001 -- then it is done when it is asked for
        _log(session, "preparing completion", error)


def _log(session: Session, method: str, error: Exception) -> None:
    from nix_lsp.lsp.failures import describe

    session.log_once(describe(method, error), ERROR)
