"""From text to `Script`, by tree-sitter-bash."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.script import Command, Script
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node, Parser

    from nix_lsp.analysis.shell.word import Hole

_COMMANDS = frozenset(
    {"command", "declaration_command", "unset_command", "test_command", "variable_assignment", "variable_assignments"}
)
_ENDS = re.compile(rb"(?:exit|return|exec|break|continue|trap)(?![\w-])")
"""After one of these, whether the rest runs, or in which surroundings, is decided at run time."""
_PAIRS = (["command", "|", "command"], ["subshell", "|", "command"])
_EXCUSES = frozenset({b"true", b":"})
SIZE_LIMIT = 1 << 20
"""Bytes of a script, beyond which nothing is read."""


@cache
def _parser() -> Parser:
    from tree_sitter import Parser

    from nix_lsp.syntax.grammar import load

    return Parser(load("tree_sitter_bash"))


def parse_script(content: bytes, holes: Sequence[Hole] = ()) -> Script | None:
    """Parse a script; None if it is not wholly understood (a syntax error, an unterminated heredoc) or larger than 1 MB.

    Args:
        content: what the shell would read, UTF-8, with a placeholder that is made of word characters for each antiquotation.
        holes: the placeholders, in order, in bytes of `content`.
    """
    return None if len(content) > SIZE_LIMIT else _parsed(content, tuple(holes))


@lru_cache(maxsize=16)
def _parsed(content: bytes, holes: tuple[Hole, ...]) -> Script | None:
    """Parse a script that has changed; the last few are kept, since an edit elsewhere in a file leaves its scripts as they were."""
    root = parse_root(content)
    return read_root(root, content, holes) if root else None


def parse_root(content: bytes) -> Node | None:
    """Return the root of a script's tree; None where it has an error."""
    root = _parser().parse(content).root_node
    return None if root.has_error else root


def read_root(root: Node, content: bytes, holes: tuple[Hole, ...], definitions: frozenset[int] = frozenset()) -> Script:
    """Read a tree's top level.

    Args:
        root: the tree of `content`, or of a text of the same length.
        content: what the words and everything else are read from.
        holes: the placeholders of antiquotations.
        definitions: where subshells start that stand for what only defines something: each is a command without words.
    """
    return _Walk(content, holes, definitions).read(root)


class _Walk:
    """One pass over the top level; `ended` holds once a command may have left the script."""

    def __init__(self, content: bytes, holes: tuple[Hole, ...], definitions: frozenset[int]) -> None:
        self.content = content
        self.holes = holes
        self.definitions = definitions
        self.commands: list[Command] = []
        self.opaque: list[Span] = []
        self.ended = False

    def read(self, root: Node) -> Script:
        comments: list[Span] = []
        children = root.children
        for node, following in zip(children, (*children[1:], None), strict=False):
            if node.type == "comment":
                comments.append(Span(node.start_byte, node.end_byte))
            elif node.is_named and node.type != "heredoc_body":
                self._statement(node, background=following is not None and following.type == "&")
        return Script(self.content, tuple(self.commands), tuple(self.opaque), tuple(comments), self.holes)

    def _statement(self, node: Node, background: bool) -> None:
        """Read one top-level statement."""
        if _command_of(node) or (node.type == "subshell" and node.start_byte in self.definitions):
            self._command(node, not background, None, None)
        elif node.type == "list":
            self._chain(node, background)
        else:
            self.opaque.append(Span(node.start_byte, node.end_byte))
            self.ended = self.ended or any(
                not self.content[ends.start() - 1 : ends.start()].isalnum()
                for ends in _ENDS.finditer(self.content, node.start_byte, node.end_byte)
            )

    def _chain(self, node: Node, background: bool) -> None:
        """Take `a && b || true` apart; the grammar nests to the left."""
        parts: list[Node] = []
        operators: list[str] = []
        while node.type == "list":
            parts.append(node.children[-1])
            operators.append(node.children[1].type)
            node = node.children[0]
        parts.append(node)
        parts.reverse()
        operators.reverse()
        if (
            operators == ["||"]
            and self.content[parts[1].start_byte : parts[1].end_byte] in _EXCUSES
            and _command_of(parts[0])
        ):
            excused = Span(parts[0].start_byte, parts[1].end_byte)
            self._command(parts[0], not background, None, excused)
            return
        plain = not background and "||" not in operators
        previous: Command | None = None
        for part in parts:
            if _command_of(part):
                previous = self._command(part, plain, previous, None)
            else:
                plain = False
                self._statement(part, background=True)

    def _command(self, node: Node, is_plain: bool, requires: Command | None, excused: Span | None) -> Command:
        command = Command(
            self.content,
            self.holes,
            _command_of(node) or node,
            Span(node.start_byte, node.end_byte),
            is_plain and not self.ended,
            requires,
            excused,
        )
        self.commands.append(command)
        if _ENDS.match(self.content, node.start_byte):
            self.ended = True
        return command


def _command_of(node: Node) -> Node | None:
    """Return the simple command that a statement is, redirections or not, or the pipeline of two of them."""
    if node.type == "redirected_statement":
        body = node.child_by_field_name("body")
        return body if body and (body.type in _COMMANDS or _is_pair(body)) else None
    return node if node.type in _COMMANDS or _is_pair(node) else None


def _is_pair(node: Node) -> bool:
    """Tell whether a node is `a | b`, both of them simple commands, or the first one several in parentheses."""
    return node.type == "pipeline" and [child.type for child in node.children] in _PAIRS
