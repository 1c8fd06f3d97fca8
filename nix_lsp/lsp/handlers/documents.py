"""Documents come, change and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from nix_lsp.lsp.wire import INVALID_PARAMS, RequestError

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json


def did_open(session: Session, request: Request) -> None:
    """Take over a document."""
    item = request.params["textDocument"]
    if not isinstance(item.get("text"), str):
        raise RequestError(INVALID_PARAMS, "an opened document has a text")
    session.open(request.uri, item["text"], _version(item))


def did_change(session: Session, request: Request) -> None:
    """Apply edits to a document."""
    changes = request.params.get("contentChanges")
    if not isinstance(changes, list):
        raise RequestError(INVALID_PARAMS, "changes are a list")
    session.change(request.uri, cast("list[Json]", changes), _version(request.params["textDocument"]))


def did_save(session: Session, _request: Request) -> None:
    """Look at the disk again: a client without file watching tells no other way that something was written."""
    if session.projects.look_at_disk():
        session.publisher.refresh()


def did_close(session: Session, request: Request) -> None:
    """Give a document back."""
    session.close(request.uri)


def did_change_watched_files(session: Session, _request: Request) -> None:
    """Look at the disk again."""
    if session.projects.look_at_disk():
        session.publisher.refresh()


def _version(item: Any) -> int | None:
    version = item.get("version")
    return version if isinstance(version, int) else None
