"""What the grammar takes and Nix refuses: its parser does, or what checks the parsed text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, Related, TextEdit, Tier
from nix_lsp.ide.rules.syntax import SYNTAX_ERROR
from nix_lsp.syntax.ast import attr, span, text
from nix_lsp.syntax.layout import KEYWORDS
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.expressions import Check
    from nix_lsp.syntax.document import Document

_LARGEST = 2**63 - 1
_SINGLE = (frozenset({"==", "!="}), frozenset({"<", ">", "<=", ">="}))
"""Operators that Nix does not chain (manual, "Operators")."""
_QUOTED = KEYWORDS - {"or"}
_DOUBLE = re.compile(rb"/{2,}")
_NO_FUNCTIONS = frozenset(
    {
        "integer_expression",
        "float_expression",
        "string_expression",
        "indented_string_expression",
        "list_expression",
        "path_expression",
    }
)
_CONSTANTS = frozenset({b"true", b"false", b"null"})


def _integer(_document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    if node.end_byte - node.start_byte > 18 and (digits := text(node)).isdigit() and int(digits[:40]) > _LARGEST:
        yield SYNTAX_ERROR.at(span(node), f"Nix' integers have 64 bits: the largest is {_LARGEST}.")


def _chained(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    operator, left = node.child_by_field_name("operator"), node.child_by_field_name("left")
    if operator is None or left is None or left.type != "binary_expression":
        return
    inner = left.child_by_field_name("operator")
    for group in _SINGLE:
        if operator.type in group and inner is not None and inner.type in group:
            # `a |> b` is read as `>` by a grammar that does not know it.
            if b"|" in document.source[operator.start_byte - 1 : operator.end_byte + 1] or node.has_error:
                return
            message = f"`{inner.type}` and `{operator.type}` cannot follow one another: put one of the comparisons in parentheses."
            yield SYNTAX_ERROR.at(span(operator), message)


def _path(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    last = node.named_children[-1] if node.named_children else node
    if last.type == "interpolation":
        return
    written = last.text or b""
    if written.endswith(b"/"):
        edit = TextEdit(Span(node.end_byte - 1, node.end_byte), "")
        fix = Fix("Remove the `/`", (FileEdit(document.path, (edit,)),), preferred=True)
        yield SYNTAX_ERROR.at(span(node), "a path does not end with `/`", [fix])
    elif last == node or last == node.named_children[0]:
        for found in _DOUBLE.finditer(written):
            slashes = Span(last.start_byte + found.start(), last.start_byte + found.end())
            fix = Fix("Write one `/`", (FileEdit(document.path, (TextEdit(slashes, "/"),)),), preferred=True)
            yield SYNTAX_ERROR.at(slashes, "a path has one `/` between its names; `//` takes a blank before it", [fix])


def _dynamic(_document: Document, node: Node, around: str) -> Iterator[Diagnostic]:
    """`let ${a} = …` and `inherit ${a};`: names that are only known at evaluation."""
    where = "let" if node.type == "binding" else "inherit"
    if where == "let" and around not in {"let_expression", "let_attrset_expression"}:
        return
    names = node.child_by_field_name("attrpath" if where == "let" else "attrs")
    if names is None:
        return
    for name in names.named_children[:1] if where == "let" else names.named_children:
        if name.type in {"interpolation", "string_expression"} and attr(name).name is None:
            yield SYNTAX_ERROR.at(span(name), f"a name in `{where}` cannot be computed: Nix has to know it beforehand")


def _keyword(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    for name in node.named_children:
        if name.type == "identifier" and text(name) in _QUOTED:
            fix = Fix(
                "Quote the name", (FileEdit(document.path, (TextEdit(span(name), f'"{text(name)}"'),)),), preferred=True
            )
            yield SYNTAX_ERROR.at(span(name), f"`{text(name)}` is a keyword: as a name it needs quotes", [fix])


def _arguments(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    formals = node.child_by_field_name("formals")
    if formals is None:
        return
    first: dict[bytes, Node] = {}
    whole = node.child_by_field_name("universal")
    names = [name for formal in formals.named_children if (name := formal.child_by_field_name("name")) is not None]
    for name in (*names, *((whole,) if whole is not None else ())):
        known = first.setdefault(name.text or b"", name)
        if known != name and name.text:
            related = Related(document.path, span(known), f"`{text(name)}` stands here first")
            message = f"the argument `{text(name)}` has its name twice: Nix refuses to read the file"
            yield SYNTAX_ERROR.at(span(name), message)._replace(related=(related,))


def run_together(default: Node) -> list[Node]:
    """Return the names behind a named argument's default that lack their commas: `{ a ? 1 b }:` reads as a call of 1 with b.

    `default` is the expression behind the `?`. Where its function may be one, nothing comes back.
    """
    names: list[Node] = []
    function: Node | None = default
    while function is not None and function.type == "apply_expression":
        name = function.child_by_field_name("argument")
        if name is None or name.type != "variable_expression" or name.text == b"or":
            return []
        names.append(name)
        function = function.child_by_field_name("function")
    if function is None:
        return []
    is_set = function.type == "attrset_expression" and not function.named_children
    is_constant = function.type == "variable_expression" and function.text in _CONSTANTS
    return names[::-1] if function.type in _NO_FUNCTIONS or is_set or is_constant else []


def _commas(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    default = node.child_by_field_name("default")
    names = run_together(default) if default is not None else []
    edits: list[TextEdit] = []
    for name in names:
        before = name.prev_sibling
        while before is not None and before.type == "comment":
            before = before.prev_sibling
        if before is None:
            return
        edits.append(TextEdit(Span(before.end_byte, before.end_byte), ","))
    if edits:
        fix = Fix("Insert `,`", (FileEdit(document.path, tuple(edits)),), Tier.REVIEW, preferred=True)
        at = edits[0].span.start
        yield SYNTAX_ERROR.at(Span(at - 1, at), "`,` is missing between arguments", [fix])


CHECKS: Mapping[Check, tuple[str, ...]] = {
    _integer: ("integer_expression",),
    _chained: ("binary_expression",),
    _path: ("path_expression", "hpath_expression"),
    _dynamic: ("binding", "inherit", "inherit_from"),
    _keyword: ("attrpath",),
    _arguments: ("function_expression",),
    _commas: ("formal",),
}
