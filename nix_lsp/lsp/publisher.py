"""When diagnostics are computed and where they go.

An edit makes its document due shortly after, and the project's other open documents a while later, since a lock file, an import or
a declared option in one file changes what holds in another. Every further edit puts that off. To a client that pulls, only the
news that something has changed is sent.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nix_lsp.lsp import convert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.lsp.session import Session
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document

EDITED = 0.008
"""Seconds from an edit to its diagnostics: enough for the completion request that comes with a keystroke to go first."""
COSTLY = 0.05
"""Seconds of computing from which on a document's diagnostics wait for a pause as long as they take: until then, typing goes first."""
LONGEST = 0.5
"""Seconds that such a pause lasts at most."""
ELSEWHERE = 0.5
"""Seconds from an edit to the diagnostics of other documents."""


class Publisher:
    """Decides which document's diagnostics are due, and sends them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._due: dict[str, float] = {}
        self._published: dict[str, tuple[int | None, Sequence[Json]]] = {}
        """What the client has, with the document's version; for a client that pulls, with the report's number."""
        self._reports = 0
        self._refresh_at: float | None = None
        self._costs: dict[str, tuple[float, float]] = {}
        """Seconds that a document's last diagnostics and those before took."""
        self._problems: dict[str, Sequence[Json]] = {}

    def edited(self, uri: str) -> None:
        """Note that a document was opened or edited."""
        now = time.monotonic()
        if self._session.client.pulls_diagnostics:
            return
        for other in self._session.open_documents:
            if other != uri:
                self._due[other] = now + ELSEWHERE
        # A text that is all new takes longer than the keystrokes after it.
        cost = min(self._costs.get(uri, (0.0, 0.0)))
        self._due[uri] = now + (EDITED if cost < COSTLY else min(cost, LONGEST))

    def refresh(self) -> None:
        """Note that what is known of all documents may have changed: a file on disk, a setting."""
        now = time.monotonic()
        if self._session.client.pulls_diagnostics:
            self._refresh_at = now + EDITED
        else:
            for uri in self._session.open_documents:
                self._due[uri] = now + EDITED

    def closed(self, uri: str) -> None:
        """Take a closed document's diagnostics away."""
        self._due.pop(uri, None)
        self._costs.pop(uri, None)
        if self._published.pop(uri, (None, ()))[1] and not self._session.client.pulls_diagnostics:
            self._send(uri, None, ())

    @property
    def next_due(self) -> float | None:
        """The moment (of `time.monotonic`) at which there is something to do; None: nothing."""
        moments = list(self._due.values())
        if self._refresh_at is not None:
            moments.append(self._refresh_at)
        return min(moments, default=None)

    def take_refresh(self) -> bool:
        """Tell whether the client is to be told to pull again, once."""
        if self._refresh_at is None or self._refresh_at > time.monotonic():
            return False
        self._refresh_at = None
        return True

    def take_due(self) -> str | None:
        """Return a document that is due, the most urgent first, and forget that it was."""
        uri = min(self._due, key=lambda uri: self._due[uri], default=None)
        if uri is None or self._due[uri] > time.monotonic():
            return None
        del self._due[uri]
        return uri

    def put_off(self, uri: str) -> None:
        """Make a document due again: it was too soon."""
        self._due.setdefault(uri, time.monotonic())

    def publish(self, uri: str) -> None:
        """Compute and send one document's diagnostics."""
        document = self._session.open_documents.get(uri)
        if document is None:
            return
        start = time.process_time()  # not the clock on the wall: other programs are no reason to wait longer still
        found = self.diagnostics(uri, document)
        took = time.process_time() - start
        self._costs[uri] = (took, self._costs.get(uri, (took, took))[0])
        last = self._published.get(uri)
        if last != (document.version, found):
            self._published[uri] = (document.version, found)
            self._send(uri, document.version, found)

    def pulled(self, uri: str, document: Document, known: object) -> Json:
        """Return a document diagnostic report; `known` is the id of the report that the client has."""
        found = self.diagnostics(uri, document)
        last = self._published.get(uri)
        if last is None or last[1] != found:
            self._reports += 1
            last = self._published[uri] = (self._reports, found)
        if known == str(last[0]):
            return {"kind": "unchanged", "resultId": known}
        return {"kind": "full", "resultId": str(last[0]), "items": list(found)}

    def diagnostics(self, uri: str, document: Document) -> Sequence[Json]:
        """Return one document's diagnostics as the protocol has them."""
        from nix_lsp.ide.diagnostics import NOWHERE, diagnostics

        session = self._session
        project = session.project(document)
        found = [
            convert.diagnostic(one, document, session.client, session.document_at, session.uri_of)
            for one in diagnostics(project, document, fixes_at=NOWHERE)
        ]
        if preview := session.projects.previewed(document):
            found += self._preview(document, preview)
        self._tell_problems()
        return [*found, *self._problems.get(uri, ())]

    def _preview(self, document: Document, then: Workspace) -> list[Json]:
        """Return what an upgrade would bring, under a source of its own."""
        from nix_lsp.ide.drift import preview

        session = self._session
        return [
            {
                **convert.diagnostic(one, document, session.client, session.document_at, session.uri_of),
                "source": f"{convert.SOURCE} → {session.projects.target}",
            }
            for one in preview(session.projects.of(document), then, document)
        ]

    def _send(self, uri: str, version: int | None, diagnostics: Sequence[Json]) -> None:
        self._session.peer.notify("textDocument/publishDiagnostics", convert.published(uri, version, diagnostics))

    def _tell_problems(self) -> None:
        """Show what is wrong with lock files at the lock files: once, and as a line in the log."""
        session = self._session
        current = session.projects.problems()
        for uri in {*self._problems, *current}:
            found = current.get(uri, ())
            if found == self._problems.get(uri, ()):
                continue
            for problem in found:
                session.log(f"{uri}: {problem['message']}")
            if uri not in session.open_documents:
                self._send(uri, None, found)
        self._problems = dict(current)
