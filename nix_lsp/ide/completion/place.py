"""A cursor with what is known of its file, and what can stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import CompletionItem
    from nix_lsp.syntax.cursor import CursorContext
    from nix_lsp.syntax.document import Document


class Proposals(NamedTuple):
    """Items in the order of their worth."""

    items: Sequence[CompletionItem] = ()
    is_incomplete: bool = False
    start: int | None = None
    """Where the text to replace begins, if not with the word at the cursor."""


class Here(NamedTuple):
    """A cursor with what is known of its file."""

    project: Project
    real: Document
    """The document as it is."""
    document: Document
    """The document as it was completed for the parser; offsets before the cursor are those of the real one."""
    cursor: CursorContext
    lanes: Sequence[Lane]


def lanes_of(here: Here, root: Root) -> Sequence[Lane]:
    """Return the lanes of a part of the file."""
    return here.lanes if root.set is None else [lane.within(root.set) for lane in here.lanes]
