"""The projects that open documents belong to: one workspace per root folder, kept in step with the editor and the disk."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.lsp.session import Session
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document
    from option_index.catalog import Catalog


class Projects:
    """Workspaces by root folder."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._workspaces: dict[str, Workspace] = {}

    @cached_property
    def _catalog(self) -> Catalog:
        from option_index.catalog import Catalog

        return Catalog()

    # The editor's side

    def edited(self, document: Document) -> None:
        """Lay an open document over what is on disk."""

    def closed(self, document: Document) -> None:
        """Go back to what is on disk."""

    def document(self, path: str) -> Document | None:
        return None

    def of(self, document: Document):
        raise NotImplementedError

    def problems(self) -> Mapping[str, Sequence[Json]]:
        return {}

    def knows_pin(self, pin: str) -> bool:
        return True

    def configured(self) -> None: ...

    def look_at_disk(self) -> bool:
        return True
