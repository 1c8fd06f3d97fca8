"""Parsing with tree-sitter: whole texts, and a text after an edit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Language, Parser, Point

if TYPE_CHECKING:
    from tree_sitter import Tree

    from nix_lsp.syntax.document import Change
    from nix_lsp.syntax.span import Span


@cache
def language() -> Language:
    """Return the Nix grammar.

    The extension module is asked directly: the package's `__init__` imports `importlib.resources` (15 ms) for query files that we
    do not use.
    """
    from nix_lsp.syntax.grammar import load

    return load("tree_sitter_nix")


@cache
def _parser() -> Parser:
    return Parser(language())


def parse(source: bytes) -> Tree:
    """Parse a whole text. Broken Nix gives a tree with ERROR and MISSING nodes, never an exception."""
    return _parser().parse(source)


def reparse(source: bytes, tree: Tree | None, change: Change) -> tuple[bytes, Tree | None]:
    """Apply one change to a text and, if it has been parsed, to its tree."""
    start, end = change.span
    edited = source[:start] + change.text + source[end:]
    if tree is None:
        return edited, None
    return edited, parse_after(source, tree, change.span, edited, start + len(change.text))


def parse_after(source: bytes, tree: Tree, changed: Span, edited: bytes, new_end: int) -> Tree:
    """Parse `edited`, which is `source` but for the bytes of `changed`, in whose place stands what ends at `new_end` now."""
    start, end = changed
    old = tree.copy()
    old.edit(start, end, new_end, _point(source, start), _point(source, end), _point(edited, new_end))
    return _parser().parse(edited, old)


def _point(source: bytes, offset: int) -> Point:
    """Return tree-sitter's row and byte column: its rows end at `\\n` only."""
    return Point(source.count(b"\n", 0, offset), offset - (source.rfind(b"\n", 0, offset) + 1))
