"""What a refactoring is, and the place it is asked about."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.model import FileEdit, Fix, Tier
from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import NewFile, TextEdit
    from nix_lsp.syntax.document import Document

DEEPEST = 1_000
"""Where more expressions are nested, nothing is offered: tree-sitter finds each one's parent from the root."""
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'-\"")
_SPACE = b" \t\r\n"


class Place:
    """The cursor or the selection in a document, with the nodes round it."""

    def __init__(self, project: Project, document: Document, selection: Span) -> None:
        """Take the place of a selection (bytes; empty for a cursor), the white space at its ends left out."""
        start, end = selection
        part = document.source[start:end]
        if part.strip(_SPACE):
            start += len(part) - len(part.lstrip(_SPACE))
            end -= len(part) - len(part.rstrip(_SPACE))
        else:
            end = start
        self.project = project
        self.document = document
        self.span = Span(start, end)

    @property
    def is_cursor(self) -> bool:
        """Nothing is selected."""
        return self.span.start == self.span.end

    @cached_property
    def chain(self) -> tuple[Node, ...]:
        """The nodes that hold all of the selection, from the root to the innermost; none where they are nested too deep.

        A cursor at the end of a word belongs to the word.
        """
        source, (start, end) = self.document.source, self.span
        at_word = start < len(source) and source[start] in _WORD
        if self.is_cursor and start and not at_word and source[start - 1] in _WORD:
            start -= 1
            end = start
        nodes = descent(self.document.root, start)
        return tuple([node for node in nodes if node.end_byte >= end]) if len(nodes) <= DEEPEST else ()

    @cached_property
    def selected(self) -> Node | None:
        """The outermost node that is exactly what is selected; None for a cursor."""
        if self.is_cursor:
            return None
        return next((node for node in self.chain if (node.start_byte, node.end_byte) == self.span), None)

    def nearest(self, *types: str) -> Node | None:
        """Return the innermost node round the place that is of one of some types; keywords are none."""
        return next((node for node in reversed(self.chain) if node.type in types and node.is_named), None)

    def above(self, node: Node) -> Node | None:
        """Return the parent of a node of the chain."""
        for parent, child in zip(self.chain, self.chain[1:], strict=False):
            if child == node:
                return parent
        return None

    def fix(self, title: str, edits: Iterable[TextEdit], *, review: bool = False) -> Fix:
        """Return edits to this document as something to offer; with `review` they may change what it means."""
        return self.fix_files(title, (FileEdit(self.document.path, tuple(edits)),), review=review)

    def fix_files(
        self, title: str, edits: tuple[FileEdit, ...], creates: tuple[NewFile, ...] = (), *, review: bool = False
    ) -> Fix:
        """Return edits to several files, some of them new."""
        title, tier = (f"{title} (review)", Tier.REVIEW) if review else (title, Tier.MECHANICAL)
        return Fix(title, edits, tier, creates=creates)


class Refactoring(NamedTuple):
    """One row: the action, its line in the documentation, and an example that tests hold true."""

    id: str
    kind: str
    """A code action kind of the protocol."""
    summary: str
    """What it does and on what conditions, for the documentation."""
    before: str
    """An example, the cursor in it as `$0`, a selection between `«` and `»`."""
    after: str
    find: Callable[[Place], Iterable[Fix]]
    """Yields what can be done at a place, where anything can. Decides by the nodes there, so that most places cost next to nothing."""
    file: str = "/configuration.nix"
    """The path that the example is at."""
    in_broken: bool = False
    """It is asked in a text that is no Nix, too."""
    is_dear: bool = False
    """It looks into other files, and is asked only when a user opens the menu."""
    solves: str | None = None
    """The rule whose finding there it makes go away."""
    creates: str | None = None
    """What the file holds that the example makes."""
