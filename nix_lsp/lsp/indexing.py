"""Bringing the exact indexes that the user has agreed to, or orders by a command: one child process at a time, in the background.

The child is `nix-lsp index … --attached`: it holds the bounds, the locks and the atomic writing, and it stops when its standard
input is closed, as happens however this server ends, and when the user cancels it. What was agreed to is tried once a session; what goes
wrong is shown once.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from nix_lsp.lsp import progress
from option_index.cache import Cache, cache_folder
from option_index.sources import ways

if TYPE_CHECKING:
    from pathlib import Path

    from nix_lsp.lsp.session import Session
    from option_index.sources import Way

_WARNING = 2
_COMPLAINT = "nix-lsp index: "
"""How the command's own last line begins where it fails."""
_LINE = 2**16
"""Bytes of one line of progress."""


class Indexing:
    """The indexes of one session's projects."""

    def __init__(self, session: Session, folder: Path | None = None) -> None:
        """`folder` is where indexes are kept; the user's cache folder by default."""
        self._session = session
        self._cache = Cache(folder or cache_folder())
        self._tried: set[Way] = set()
        self._turn = asyncio.Lock()

    async def bring(self, uri: str) -> None:
        """Do what is next for an open document's project, if anything is; then all is answered and diagnosed by what has come."""
        if (way := self._next(uri)) is None:
            return
        self._tried.add(way)
        await self.carry_out(way)

    async def carry_out(self, way: Way) -> None:
        """Do what was ordered, or agreed to, once nothing else is being done."""
        async with self._turn:
            shown = await progress.begin(self._session, f"nix-lsp: {way.summary}")
            try:
                complaint = await self._run(way, shown)
            finally:
                cancelled = shown in self._session.cancelled
                self._session.cancelled.discard(shown)
                self._session.running.pop(shown, None)
                progress.report(self._session, shown, {"kind": "end"})
        if cancelled:
            self._session.log(f"cancelled: {way.summary}")
        elif complaint:
            message = f"nix-lsp could not {way.summary}: {complaint}. What it brings along answers meanwhile."
            self._session.peer.notify("window/showMessage", {"type": _WARNING, "message": message})
        else:
            self._session.log(f"done: {way.summary}")
            self._session.projects.reindexed()
            self._session.publisher.refresh()

    def _next(self, uri: str) -> Way | None:
        consent = self._session.consents.given
        document = self._session.open_documents.get(uri)
        if self._turn.locked() or document is None:
            return None
        points = self._session.projects.nixpkgs_points(document)
        open_ways = (way for point in points for way in ways(self._cache, point, consent))
        return next((way for way in open_ways if way not in self._tried), None)

    async def _run(self, way: Way, shown: str | None) -> str:
        """Run the command; returns what it complained of, the empty text where all went well."""
        # `-P`: the folder that the server was started in is not looked into for modules.
        command = [sys.executable, "-P", "-m", "nix_lsp", "index", "--cache", str(self._cache.folder), "--attached"]
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command, *way.arguments, stdin=pipe, stdout=nowhere, stderr=pipe, limit=_LINE
        )
        if shown is not None and process.stdin is not None:
            self._session.running[shown] = process.stdin.close
        last = ""
        try:
            assert process.stderr is not None
            async for line in process.stderr:
                last = line.decode("utf-8", "replace").strip()
                progress.report(self._session, shown, {"kind": "report", "message": last})
            code = await process.wait()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
        if code == 0:
            return ""
        return last.removeprefix(_COMPLAINT) if last.startswith(_COMPLAINT) else f"it ended with code {code}"
