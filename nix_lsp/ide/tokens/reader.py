"""Reading the tokens of a file, or of the part of it that is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import GLOBALS, Descent, Name, With, resolve_name
from nix_lsp.ide.tokens.legend import Token, TokenModifier, TokenType
from nix_lsp.ide.tokens.meanings import Meanings
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_DECLARATION = TokenModifier.DECLARATION
_CONSTANTS = frozenset({"true", "false", "null"})
_PLAIN = {
    "comment": TokenType.COMMENT,
    "dollar_escape": TokenType.REGEXP,
    "ellipses": TokenType.OPERATOR,
    "escape_sequence": TokenType.REGEXP,
    "float_expression": TokenType.NUMBER,
    "integer_expression": TokenType.NUMBER,
    "path_fragment": TokenType.STRING,
    "spath_expression": TokenType.STRING,
    "string_fragment": TokenType.STRING,
    "uri_expression": TokenType.STRING,
    '"': TokenType.STRING,
    "''": TokenType.STRING,
    **dict.fromkeys(("assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"), TokenType.KEYWORD),
    **dict.fromkeys(
        ("!", "!=", "&&", "*", "+", "++", "-", "->", "/", "//", "<", "<=", "==", ">", ">=", "?", "@", "||"),
        TokenType.OPERATOR,
    ),
}
"""What a grammar of colours knows as well."""
_LONGEST = 8
"""Segments of a path in `lib` or `builtins`."""
_LETS = frozenset({"let_expression", "let_attrset_expression"})


def semantic_tokens(
    project: Project, document: Document, part: Span | None = None, *, with_plain: bool = False, is_hasty: bool = False
) -> list[Token]:
    """Return the tokens of a file in order, none overlapping another.

    Args:
        project: the project.
        document: the file.
        part: the bytes that are asked about; what reaches into them is told. None: all.
        with_plain: also what the text itself shows: comments, strings, numbers, keywords, operators.
        is_hasty: somebody waits for it, and will ask about all of the file: which names are options or deprecated is told only if it is known already.
    """
    part = part or Span(0, len(document.source))
    reader = _Reader(document, part, Meanings(project, document, is_hasty=is_hasty), with_plain=with_plain)
    return sorted(reader.read())


class _Reader:
    def __init__(self, document: Document, part: Span, meanings: Meanings, *, with_plain: bool) -> None:
        self._document = document
        self._part = part
        self._with_plain = with_plain
        self._descent = Descent(document.root)
        self._meanings = meanings
        self._found: list[Token] = []

    def read(self) -> list[Token]:
        start, end = self._part
        cursor = self._document.tree.walk()
        above: list[Node] = []
        going_down = True
        while True:
            if going_down and (node := cursor.node) is not None:
                if node.start_byte >= end:
                    going_down = False
                elif node.end_byte > start and self._visit(node, above) and cursor.goto_first_child():
                    above.append(node)
                    continue
            going_down = going_down and cursor.goto_next_sibling()
            while not going_down and cursor.goto_parent():
                above.pop()
                going_down = cursor.goto_next_sibling()
            if not going_down:
                return self._found

    def _add(self, node: Node, type_: TokenType, modifiers: TokenModifier = TokenModifier.NONE) -> None:
        if self._meanings.is_deprecated(node):
            modifiers |= TokenModifier.DEPRECATED
        if node.end_byte > node.start_byte:
            self._found.append(Token(node.start_byte, node.end_byte, type_, modifiers))

    def _visit(self, node: Node, above: list[Node]) -> bool:
        """Take in a node; tell whether there may be tokens below it."""
        kind = node.type
        if kind == "variable_expression":
            self._variable(node, above[-1] if above else None)
        elif kind == "identifier":
            self._bound(node, above)
        elif kind == "attrpath" and len(above) > 1:
            return self._path(node, above)
        elif kind == "inherited_attrs" and len(above) > 1:
            return self._inherited(node, above)
        elif self._with_plain and (plain := _PLAIN.get(kind)) is not None and not node.is_missing:
            self._found.append(Token(node.start_byte, node.end_byte, plain))
        else:
            return True
        return False

    # Names

    def _variable(self, node: Node, parent: Node | None) -> None:
        wanted = (node.text or b"").decode("utf-8", "replace")
        name = self._resolved(node)
        if wanted in _CONSTANTS and name is None:
            if self._with_plain:
                self._add(node, TokenType.KEYWORD, TokenModifier.READONLY | TokenModifier.DEFAULT_LIBRARY)
        elif isinstance(name, Name):
            self._add(node, *self._of(name, is_called=_is_called(node, parent)))
        elif name is not None:
            path = self._meanings.of_with(name, wanted)
            self._add(node, *self._attribute(path, is_called=_is_called(node, parent)))
        elif wanted == "builtins":
            self._add(node, TokenType.NAMESPACE, TokenModifier.DEFAULT_LIBRARY)
        elif wanted in GLOBALS or wanted.startswith("__"):
            self._add(node, TokenType.FUNCTION, TokenModifier.DEFAULT_LIBRARY)
        else:
            self._add(node, TokenType.FUNCTION if _is_called(node, parent) else TokenType.VARIABLE)

    def _resolved(self, node: Node) -> Name | With | None:
        self._descent.to(node.start_byte)
        return resolve_name(self._document, node, self._descent)

    def _of(self, name: Name, *, is_called: bool) -> tuple[TokenType, TokenModifier]:
        """Return what a name of the file is."""
        if name.kind in {"formal", "argument"}:
            return TokenType.PARAMETER, TokenModifier.NONE
        if name.kind == "inherit":
            return self._attribute(self._meanings.of_inherited(name), is_called=is_called, otherwise=TokenType.VARIABLE)
        if is_called or (name.value is not None and name.value.type == "function_expression"):
            return TokenType.FUNCTION, TokenModifier.NONE
        return TokenType.VARIABLE, TokenModifier.NONE

    def _attribute(
        self, path: tuple[str, ...] | None, *, is_called: bool, otherwise: TokenType = TokenType.PROPERTY
    ) -> tuple[TokenType, TokenModifier]:
        """Return what an attribute is, by its path from `lib`, `builtins` or `pkgs`."""
        known = self._meanings.known(path) if path else None
        if known is not None:
            return known, TokenModifier.DEFAULT_LIBRARY
        return TokenType.FUNCTION if is_called else otherwise, TokenModifier.NONE

    # Places that bind

    def _bound(self, node: Node, above: list[Node]) -> None:
        """Take in an identifier that is no expression: an argument, or what is left of a broken text."""
        if above and above[-1].type in {"formal", "function_expression"}:
            self._add(node, TokenType.PARAMETER, _DECLARATION)

    def _path(self, path: Node, above: list[Node]) -> bool:
        owner = above[-1]
        if owner.type == "binding":
            self._binding(path, owner, above)
        else:
            self._selected(path, owner, above[-2])
        return any(child.type not in {"identifier", "."} for child in path.children)

    def _binding(self, path: Node, binding: Node, above: list[Node]) -> None:
        value = binding.child_by_field_name("expression")
        is_function = value is not None and value.type == "function_expression"
        in_let = len(above) > 2 and above[-3].type in _LETS
        segments = path.named_children
        for number, segment in enumerate(segments):
            if segment.type != "identifier":
                continue
            is_last = number == len(segments) - 1
            if in_let and number == 0:
                is_name = is_function and is_last
                self._add(segment, TokenType.FUNCTION if is_name else TokenType.VARIABLE, _DECLARATION)
            elif is_function and is_last:
                self._add(segment, TokenType.FUNCTION, _DECLARATION)
            else:
                self._add(segment, TokenType.PROPERTY, self._meanings.role(segment.start_byte))

    def _selected(self, path: Node, selection: Node, parent: Node) -> None:
        base = selection.child_by_field_name("expression")
        names: tuple[str, ...] | None = None
        if selection.type == "select_expression" and base is not None and base.type == "variable_expression":
            name = self._resolved(base)
            if isinstance(name, Name) or name is None:
                names = self._meanings.of_name(base, name)
            else:
                names = self._meanings.of_with(name, (base.text or b"").decode("utf-8", "replace"))
        segments = path.named_children
        called = _is_called(selection, parent)
        for number, segment in enumerate(segments):
            is_last = number == len(segments) - 1
            if segment.type != "identifier":
                names = None
                continue
            text = (segment.text or b"").decode("utf-8", "replace")
            names = (*names, text) if names and len(names) < _LONGEST else None
            self._add(segment, *self._attribute(names, is_called=called and is_last))

    def _inherited(self, names: Node, above: list[Node]) -> bool:
        owner = above[-1]
        in_let = len(above) > 2 and above[-3].type in _LETS
        source = owner.child_by_field_name("expression")
        head = self._meanings.of_expression(source) if source is not None else None
        modifiers = _DECLARATION if in_let else TokenModifier.NONE
        for name in names.named_children:
            if name.type != "identifier":
                continue
            if source is None:
                bound = self._resolved(name)
                kind = self._of(bound, is_called=False)[0] if isinstance(bound, Name) else TokenType.VARIABLE
                self._add(name, kind, modifiers)
                continue
            path = (*head, (name.text or b"").decode("utf-8", "replace")) if head else None
            kind, more = self._attribute(
                path, is_called=False, otherwise=TokenType.VARIABLE if in_let else TokenType.PROPERTY
            )
            self._add(name, kind, modifiers | more)
        return any(name.type != "identifier" for name in names.children)


def _is_called(node: Node, parent: Node | None) -> bool:
    """Tell whether an expression stands where a function is applied."""
    return parent is not None and parent.type == "apply_expression" and parent.start_byte == node.start_byte
