"""The projects that open documents belong to: one workspace per root folder, kept in step with the editor and the disk."""

from __future__ import annotations

import os
import posixpath
import time
from typing import TYPE_CHECKING

from nix_lsp.lsp.positions import range_of
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from nix_lsp.analysis.pins.record import PinProblem
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.lsp.session import Session
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document
    from option_index.catalog import Catalog
    from option_index.timeline import Point

_GLANCE = 1.0
"""Seconds after which a client that watches no files has the disk looked at again, when something is asked."""
_PATIENCE = 0.04
"""Seconds that an answer to typing may spend on learning about its project."""
_WARNING = 2


class Projects:
    """Workspaces by root folder. A workspace is a snapshot: each edit puts the next one in its place."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._workspaces: dict[str, Workspace] = {}
        self.target: str | None = None
        """The release whose upgrade is previewed; None: none is."""
        self._previews: dict[str, Workspace] = {}
        """The same projects as if they pinned that release."""
        self._roots: dict[str, str] = {}
        self._catalog: Catalog | None = None
        self._looked_at = 0.0

    def of(self, document: Document) -> Workspace:
        """Return the workspace of a document as it is now."""
        self._glance()
        root = self._root(document.path)
        if root not in self._workspaces:
            self._workspaces[root] = self._opened(root)
        workspace = self._workspaces[root]
        is_open = self._session.open_documents.get(self._session.uri_of(document.path)) is document
        if is_open and workspace.document(document.path) is not document:  # no file below the root: `untitled:`
            workspace = self._workspaces[root] = workspace.with_document(document)
        return workspace

    def preview(self, target: str | None) -> None:
        """Look at all projects as if they pinned another release, beside what they pin; None: no more."""
        self.target = target
        self._previews.clear()

    def previewed(self, document: Document) -> Workspace | None:
        """Return the workspace of a document as if it pinned the previewed release; None where none is previewed."""
        if self.target is None:
            return None
        workspace = self.of(document)
        root = self._root(document.path)
        if root not in self._previews:
            self._previews[root] = self._at_target(workspace)
        preview = self._previews[root]
        if preview.document(document.path) is not document:
            preview = self._previews[root] = preview.with_document(document)
        return preview

    def _at_target(self, workspace: Workspace) -> Workspace:
        from datetime import date

        from nix_lsp.ide.drift import at_release

        today = date.fromtimestamp(time.time())  # noqa: DTZ012 -- the user's own day
        return at_release(workspace, self.target or "", today)

    def at_once(self, document: Document, seconds: float | None = None) -> Workspace:
        """Return the workspace of a document for an answer that cannot wait longer: `is_partial` where a project is not known by then."""
        self.advance(document, _PATIENCE if seconds is None else seconds)
        return self.of(document).at_once()

    def placed(self, document: Document, seconds: float) -> Workspace:
        """Return the same, after learning until it is known which module set the document is of, or for some time at most."""
        until = time.monotonic() + seconds
        path = self.of(document).files.real(document.path)
        while (survey := self.of(document).survey()) is not None and not survey.has_placed(path):
            if time.monotonic() > until or not survey.advance():
                break
        return self.of(document).at_once()

    def advance(self, document: Document, seconds: float) -> bool:
        """Learn for some time about the project of a document; tell whether there is more to learn before answers about it are whole."""
        until = time.monotonic() + seconds
        preview = self.previewed(document)
        for workspace in (self.of(document), preview) if preview else (self.of(document),):
            while (survey := workspace.survey()) is not None:
                while survey.advance():
                    if time.monotonic() > until:
                        return True
                if not survey.is_done:  # it has failed: who asks for an answer is told why
                    return False
        return False

    def document(self, path: str) -> Document | None:
        """Return a document that is not open, from disk."""
        return self.at(path).document(path)

    def at(self, path: str) -> Workspace:
        """Return the workspace of a path, be it of a file or of a folder."""
        root = self._root(path)
        if root not in self._workspaces:
            self._workspaces[root] = self._opened(root)
        return self._workspaces[root]

    def edited(self, document: Document) -> None:
        """Lay an open document's text over what is on disk."""
        for workspaces in (self._workspaces, self._previews):
            for root, workspace in workspaces.items():
                if _is_below(document.path, root):
                    workspaces[root] = workspace.with_document(document)

    def closed(self, document: Document) -> None:
        """Let what is on disk count again."""
        for workspaces in (self._workspaces, self._previews):
            for root, workspace in workspaces.items():
                workspaces[root] = workspace.without_document(document.path)

    def configured(self) -> None:
        """Take over the session's settings."""
        for root, workspace in self._workspaces.items():
            self._workspaces[root] = workspace.with_settings(self._session.settings)
        self._previews.clear()

    def reindexed(self) -> None:
        """Let the indexes answer that have come since."""
        if self._catalog is not None:
            self._catalog.refresh()
        self.configured()

    def nixpkgs_points(self, document: Document) -> Sequence[Point]:
        """Return the nixpkgs that a document's project is built with, those of its lanes before the main one."""
        workspace = self.of(document)
        pins = [*(lane.pins for lane in workspace.lanes(document)), workspace.main_pins()]
        return list(dict.fromkeys(each["nixpkgs"].point for each in pins if "nixpkgs" in each))

    def look_at_disk(self) -> bool:
        """Look at the disk again; tell whether anything that was read has changed."""
        self._looked_at = time.monotonic()
        self._roots.clear()
        before = dict(self._workspaces)
        for root, workspace in before.items():
            self._workspaces[root] = workspace.refreshed()
        for root, workspace in list(self._previews.items()):
            self._previews[root] = workspace.refreshed()
        return self._workspaces != before

    def knows_pin(self, pin: str) -> bool:
        """Tell whether a setting names a nixpkgs that can be answered for."""
        from option_index.timeline import parse_point

        try:
            parse_point(pin)
        except ValueError:
            return False
        return True

    def problems(self) -> Mapping[str, Sequence[Json]]:
        """Return what is wrong with the files that lock sources, as diagnostics by URI."""
        found: dict[str, list[Json]] = {}
        for workspace in self._workspaces.values():
            # Which files lock sources is known only after a look at the whole project.
            locks = () if workspace.survey() is not None else (*workspace.problems(), *workspace.stray_settings())
            for problem in (*workspace.settings_problems(), *locks):
                found.setdefault(self._session.uri_of(problem.file), []).append(self._shown(problem, workspace))
        return found

    def _shown(self, problem: PinProblem, workspace: Workspace) -> Json:
        place: Json = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
        document = workspace.document(problem.file)
        if document and problem.line < len(document.line_starts):
            start = document.line_starts[problem.line]
            end = start + len(document.source[start:].split(b"\n", 1)[0].rstrip(b"\r"))
            place = {**range_of(document, Span(start, end), self._session.client.position_encoding)}
        return {"range": place, "severity": _WARNING, "source": "nix-lsp", "message": problem.message}

    def _opened(self, root: str) -> Workspace:
        from datetime import date

        from nix_lsp.analysis.files import DiskFiles, MemoryFiles
        from nix_lsp.analysis.pins.channels import Environment
        from nix_lsp.analysis.workspace import Workspace
        from option_index.catalog import Catalog

        if self._catalog is None:
            self._catalog = Catalog(_cache_folder)
        home = os.path.expanduser("~")  # noqa: PTH111 -- start-up: no pathlib
        files = DiskFiles(root, (posixpath.join(home, ".nix-defexpr"),)) if root else MemoryFiles({})
        environment = Environment(dict(os.environ), home, date.fromtimestamp(time.time()))  # noqa: DTZ012 -- the user's own day
        workspace = Workspace(root, files, self._catalog, self._session.settings, environment)
        for document in self._session.open_documents.values():
            if _is_below(document.path, root):
                workspace = workspace.with_document(document)
        return workspace

    def _root(self, path: str) -> str:
        """Return the root folder of a path's project; the empty text for what is no file."""
        if not os.path.isabs(path):  # noqa: PTH117 -- start-up: no pathlib
            return ""
        folder = posixpath.dirname(path)
        if folder not in self._roots:
            from nix_lsp.analysis.files import DiskFiles, find_root

            self._roots[folder] = find_root(DiskFiles("/"), path)
        return self._roots[folder]

    def _glance(self) -> None:
        """Look at the disk before answering, where nobody else tells of its changes."""
        if self._session.client.registers_watchers or time.monotonic() - self._looked_at < _GLANCE:
            return
        if self.look_at_disk():
            self._session.publisher.refresh()


def _is_below(path: str, root: str) -> bool:
    return bool(root) and path.startswith(posixpath.join(root, ""))


def _cache_folder() -> Path:
    """Find the cache when the first question about options is asked: names in scope need none."""
    from option_index.cache import cache_folder

    return cache_folder()
