"""Folding ranges: what of a file can be shown in one line."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple

from nix_lsp.syntax.ast import attrs
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

Kind = Literal["comment", "imports", "region"]
"""The protocol's names of what clients fold by command."""

_BRACKETED = frozenset({
    "attrset_expression", "formals", "indented_string_expression", "list_expression", "let_attrset_expression",
    "parenthesized_expression", "rec_attrset_expression", "string_expression",
})  # fmt: skip
_BINDINGS = frozenset({"binding", "inherit", "inherit_from"})
_TOKENS = frozenset({"comment", "path_expression", "attrpath", "inherited_attrs"})
"""Nodes in which nothing is folded."""
_CLOSERS = re.compile(rb"(?:''|[\])}\";,])+")
_REGION = re.compile(rb"#\s*#?(end)?region\b")


class Fold(NamedTuple):
    """What is hidden when a range is folded: an opening bracket stays, and a closing one that stands first in its line."""

    span: Span
    kind: Kind | None = None
    depth: int = 0
    """How deep in the tree; of too many, a client gets the outermost."""


def folding_ranges(document: Document) -> list[Fold]:
    """Return what can be folded, in order, at most one range for each line. Broken Nix gives what can be read of it."""
    reading = _Reading(document)
    cursor = document.tree.walk()
    going_down = True
    while True:
        if going_down:
            node = cursor.node
            if node is not None and reading.visit(node, cursor.depth) and cursor.goto_first_child():
                continue
        going_down = cursor.goto_next_sibling()
        if not going_down and not cursor.goto_parent():
            break
    return sorted(reading.folds())


class _Reading:
    """What has been found on the way through a tree."""

    def __init__(self, document: Document) -> None:
        self._source = document.source
        self._starts = document.line_starts
        self._found: dict[int, Fold] = {}
        """By line."""
        self._comments: list[Span] = []
        """The last lines that are nothing but comments."""
        self._regions: list[Span] = []
        """Markers of regions that are open."""
        self._depth = 0

    def visit(self, node: Node, depth: int) -> bool:
        """Take in a node; tell whether there may be more below it."""
        kind = node.type
        if kind == "comment":
            self._comment(Span(node.start_byte, node.end_byte), depth)
            return False
        if self._line(node.start_byte) == self._line(node.end_byte):
            return False
        self._depth = depth
        if kind in _BRACKETED:
            # `rec {` and `let {` begin with a word.
            self._between(node.child(1 if kind.startswith(("rec_", "let_")) else 0), node.child(node.child_count - 1))
        elif kind in _BINDINGS:
            self._binding(node, kind)
        elif kind == "let_expression":
            ends = [child for child in node.children if child.type in {"let", "in"}]
            self._between(ends[0], ends[-1])
        elif kind == "if_expression":
            self._branches(node)
        elif kind == "binding_set":
            self._sources(node)
        return kind not in _TOKENS

    def folds(self) -> list[Fold]:
        """Return what has been found."""
        self._end_comments()
        return list(self._found.values())

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _add(self, span: Span, kind: Kind | None = None) -> None:
        """Keep a range, if it hides anything; of two that begin in one line the longer one, or else the inner one."""
        line, last = self._line(span.start), self._line(span.end)
        if not self._source[self._starts[last] : span.end].strip():
            last -= 1
        if last <= line:
            return
        other = self._found.get(line)
        if other is None or span.end >= other.span.end:
            self._found[line] = Fold(span, kind or (other.kind if other else None), self._depth)

    def _between(self, opener: Node | None, closer: Node | None) -> None:
        if opener is not None and closer is not None and opener.end_byte < closer.start_byte:
            self._add(Span(opener.end_byte, closer.start_byte))

    def _binding(self, node: Node, kind: str) -> None:
        """Fold all of a binding behind its name, but for closing brackets that have a line of their own."""
        path = node.child_by_field_name("attrpath")
        end = node.end_byte
        last = self._starts[self._line(end)]
        if _CLOSERS.fullmatch(self._source[last:end].strip()):
            end = last + len(self._source[last:end]) - len(self._source[last:end].lstrip())
        is_imports = path is not None and kind == "binding" and attrs(path)[-1:] and attrs(path)[-1].name == "imports"
        start = path.end_byte if path is not None else node.start_byte + len(b"inherit")
        self._add(Span(start, end), "imports" if is_imports else None)

    def _branches(self, node: Node) -> None:
        words = [child for child in node.children if child.type in {"then", "else"} and not child.is_missing]
        for word, end in zip(words, [*(word.start_byte for word in words[1:]), node.end_byte], strict=True):
            self._add(Span(word.end_byte, end))

    def _sources(self, bindings: Node) -> None:
        """Fold bindings that do nothing but `inherit (source) names;` and follow each other."""
        run: list[Node] = []
        for child in bindings.children:
            if child.type == "inherit_from" and (
                not run or self._line(child.start_byte) == self._line(run[-1].end_byte) + 1
            ):
                run.append(child)
                continue
            self._end_run(run)
            run = [child] if child.type == "inherit_from" else []
        self._end_run(run)

    def _end_run(self, run: list[Node]) -> None:
        if len(run) > 1:
            self._add(Span(run[0].start_byte + len(b"inherit"), run[-1].end_byte), "imports")

    # Comments

    def _comment(self, span: Span, depth: int) -> None:
        start = self._starts[self._line(span.start)]
        if self._source[start : span.start].strip():
            return
        source = self._source[span.start : span.end]
        if source.startswith(b"/*"):
            self._end_comments()
            self._depth = depth
            self._add(Span(span.start + 2, span.end), "comment")
            return
        if marker := _REGION.match(source):
            self._end_comments()
            self._region(span, is_end=marker[1] is not None, depth=depth)
            return
        if self._comments and self._line(self._comments[-1].start) + 1 != self._line(span.start):
            self._end_comments()
        self._comments.append(span)
        self._depth = depth

    def _end_comments(self) -> None:
        if len(self._comments) > 1:
            self._add(Span(self._comments[0].end, self._comments[-1].end), "comment")
        self._comments.clear()

    def _region(self, span: Span, *, is_end: bool, depth: int) -> None:
        if not is_end:
            self._regions.append(span)
        elif self._regions:
            self._depth = depth
            self._add(Span(self._regions.pop().end, span.end), "region")
