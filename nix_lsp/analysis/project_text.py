"""What occurs anywhere in the texts of a project: looked for once in each version of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Pattern

    from nix_lsp.syntax.document import Document

_PATTERNS = 128
"""So many patterns are remembered; the oldest goes first."""


class ProjectText:
    """Which patterns which files have."""

    def __init__(self) -> None:
        self._known: dict[Pattern[bytes], dict[str, tuple[Document, bool]]] = {}

    def has(self, pattern: Pattern[bytes], documents: Iterable[Document]) -> bool:
        """Tell whether a pattern occurs in any of some documents."""
        known = self._known.setdefault(pattern, {})
        if len(self._known) > _PATTERNS:
            del self._known[next(iter(self._known))]
        for document in documents:
            found = known.get(document.path)
            if found is None or found[0] is not document:
                found = known[document.path] = (document, pattern.search(document.source) is not None)
            if found[1]:
                return True
        return False
