"""Fixing one rule in a whole project: file by file between messages, shown as progress, stopped by the user's word."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nix_lsp.ide.project_fixes import ProjectFixes
from nix_lsp.lsp import convert, dispatch, progress
from nix_lsp.lsp.handlers import Urgency

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Session
    from nix_lsp.lsp.turns import Turns

_SLICE = 0.01
"""Seconds that are spent at a time: whoever types goes in between. One file is never divided."""
_NEWS = 0.5
"""Seconds between two reports."""


class Fixing:
    """One rule in the project of one document."""

    def __init__(self, session: Session, turns: Turns, rule: str, uri: str) -> None:
        self._session = session
        self._turns = turns
        self._rule = rule
        self._uri = uri
        self._stopped = False
        self._fixes: ProjectFixes | None = None

    async def run(self) -> None:
        """Look at all files, then ask the client to apply what was found."""
        session = self._session
        shown = await progress.begin(session, f"nix-lsp: fix all `{self._rule}`")
        if shown is not None:
            session.running[shown] = self._stop
        try:
            await self._look(shown)
        finally:
            session.cancelled.discard(shown)
            session.running.pop(shown, None)
            progress.report(session, shown, {"kind": "end"})
        if self._stopped:
            session.log(f"cancelled: fix all `{self._rule}`")

    def _stop(self) -> None:
        self._stopped = True

    async def _look(self, shown: str | None) -> None:
        news = time.monotonic() + _NEWS
        while not self._stopped:
            async with self._turns.take(Urgency.BACKGROUND):
                if self._stopped:
                    return
                if not dispatch.learn(self._session, self._uri, _SLICE) and not self._advance():
                    # Within the turn: no edit can come between what was found and what is sent.
                    self._send()
                    return
            if self._fixes and time.monotonic() > news:
                news = time.monotonic() + _NEWS
                progress.report(self._session, shown, {"kind": "report", "message": f"{self._fixes.seen} files"})

    def _advance(self) -> bool:
        """Look at files for a slice of time; False where none is left."""
        document = self._session.document(self._uri)
        if document is None:
            return False
        project = self._session.projects.of(document)
        self._fixes = self._fixes or ProjectFixes(project, self._rule)
        until = time.monotonic() + _SLICE
        while self._fixes.advance(project):
            if time.monotonic() > until:
                return True
        return False

    def _send(self) -> None:
        session = self._session
        fix = self._fixes.fix if self._fixes else None
        edit = convert.workspace_edit(fix, session.client, session.document_at, session.uri_of) if fix else None
        if fix is not None and edit is not None:
            session.ask("workspace/applyEdit", {"label": fix.title, "edit": edit})
