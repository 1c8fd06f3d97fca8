"""Work that the server began itself, as the client shows it: work-done progress with a token of ours (LSP 3.17, "Work Done Progress")."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Session


async def begin(session: Session, title: str) -> str | None:
    """Ask for a place to show progress; returns its token, or None where the client has none."""
    session.log(title)
    if not session.client.shows_progress:
        return None
    session.shown += 1
    token = f"nix-lsp/{session.shown}"
    try:
        await session.peer.request("window/workDoneProgress/create", {"token": token})
    except Exception:  # noqa: BLE001 -- the client shows none: the work goes on
        return None
    report(session, token, {"kind": "begin", "title": title, "cancellable": True})
    return token


def report(session: Session, token: str | None, value: dict[str, object]) -> None:
    """Tell how work goes on; nothing where it is not shown (no token)."""
    if token is not None:
        session.peer.notify("$/progress", {"token": token, "value": value})
