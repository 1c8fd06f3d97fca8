"""A diagnostic with the file it was found in, as the command line reports it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span


class Place(NamedTuple):
    """A position for people: line and column from 1, the column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic of one document."""

    document: Document
    diagnostic: Diagnostic

    @property
    def path(self) -> str:
        """The file, relative to the working directory where it lies below it."""
        relative = os.path.relpath(self.document.path)
        return self.document.path if relative.startswith("..") else relative

    @property
    def places(self) -> tuple[Place, Place]:
        """Where the finding starts and ends (exclusive)."""
        return places(self.document, self.diagnostic.span)


def places(document: Document, span: Span) -> tuple[Place, Place]:
    """Return a span's start and end for people."""
    return _place(document, span.start), _place(document, span.end)


def _place(document: Document, offset: int) -> Place:
    line = document.line_of(offset)
    start = document.line_starts[line]
    return Place(line + 1, len(document.source[start:offset].decode("utf-8", "replace")) + 1)
