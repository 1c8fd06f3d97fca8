"""An immutable text with its syntax tree.

Lines end at `\\r\\n`, `\\n` and `\\r` and at nothing else (LSP 3.17, "Text Documents").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node, Tree

_LARGE = 128 * 1024
"""Bytes; to parse as many takes 10 ms."""

_LINE_END = re.compile(rb"\r\n|\n|\r")


class Change(NamedTuple):
    """Replace the bytes of `span` by `text`."""

    span: Span
    text: bytes


class Document:
    """One version of one file. `source` is its UTF-8 text; every offset in the program is a byte offset into it."""

    __slots__ = ("__dict__", "_tree", "path", "source", "version")

    def __init__(self, path: str, source: bytes, version: int | None = None, tree: Tree | None = None) -> None:
        self.path = path
        """Absolute file path, or a URI for what is no file."""
        self.source = source
        self.version = version
        """The editor's version number; None for a file read from disk."""
        self._tree = tree

    @property
    def tree(self) -> Tree:
        """The syntax tree, parsed on first use."""
        if self._tree is None:
            from nix_lsp.syntax.parse import parse

            self._tree = parse(self.source)
        return self._tree

    @property
    def root(self) -> Node:
        return self.tree.root_node

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Byte offset of each line's first byte."""
        if b"\r" in self.source:
            return (0, *(match.end() for match in _LINE_END.finditer(self.source)))
        # Three times as fast, and asked for after every keystroke.
        return (0, *accumulate(len(line) + 1 for line in self.source.split(b"\n")[:-1]))

    def line_of(self, offset: int) -> int:
        """Return the zero-based line that holds a byte offset."""
        return bisect_right(self.line_starts, offset) - 1

    def text(self, part: Span | Node) -> str:
        """Return the text of a span or node."""
        if isinstance(part, Span):
            return self.source[part.start : part.end].decode("utf-8", "replace")
        return self.source[part.start_byte : part.end_byte].decode("utf-8", "replace")

    def edited(self, changes: Iterable[Change], version: int | None, *, tentative: bool = False) -> Document:
        """Return the next version: changes apply one after another, each to the result of the one before.

        How tree-sitter recovers from an error depends on the tree it had before. So that an answer depends on the text alone, a broken
        text is parsed afresh, unless it is too large for that on every keystroke, or only tried out (`tentative`).
        """
        from nix_lsp.syntax.parse import reparse

        source, tree = self.source, self._tree
        for change in changes:
            source, tree = reparse(source, tree, change)
        if tree is not None and tree.root_node.has_error and len(source) <= _LARGE and not tentative:
            tree = None
        return Document(self.path, source, version, tree)
