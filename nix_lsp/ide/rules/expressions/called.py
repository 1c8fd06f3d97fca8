"""Calls of what is no function: a number, a string, a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Severity
from nix_lsp.ide.rules.expressions.refused import run_together
from nix_lsp.ide.rules.expressions.rows import row
from nix_lsp.syntax.ast import span, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.expressions import Check
    from nix_lsp.syntax.document import Document

_KINDS = {
    "integer_expression": "a number",
    "float_expression": "a number",
    "string_expression": "a string",
    "indented_string_expression": "a string",
    "list_expression": "a list",
}


def _called(_document: Document, node: Node, around: str) -> Iterator[Diagnostic]:
    function, argument = node.child_by_field_name("function"), node.child_by_field_name("argument")
    if function is None or argument is None or (kind := _KINDS.get(function.type)) is None or _is_torn(node):
        return
    if around in {"formal", "apply_expression"} and _lacks_commas(node):
        return  # a syntax error
    if kind == "a number" and function.end_byte == argument.start_byte:
        written = text(function) + text(argument)
        message = f"`{written}` is no number of Nix, but two expressions: `{text(function)}` is called with `{text(argument)}`."
    else:
        message = f"This is {kind}, and called like a function: is an operator or a `;` missing behind it?"
    yield NOT_A_FUNCTION.at(span(function), message)


def _is_torn(node: Node) -> bool:
    """Tell whether something of the binding round a node is missing: what looks like a call there may be none."""
    around = node
    while around.parent is not None and around.type not in {"binding", "inherit_from"}:
        around = around.parent
    return around.has_error


def _lacks_commas(node: Node) -> bool:
    """Tell whether what looks like a call is a named argument's default and the next argument."""
    while (around := node.parent) is not None and around.type == "apply_expression":
        node = around
    return around is not None and around.type == "formal" and bool(run_together(node))


NOT_A_FUNCTION = row(
    "not-a-function",
    Severity.ERROR,
    "A number, a string or a list is called like a function.",
    "What stands before another expression is called with it. Nix says so when it comes to evaluate the call.",
    bad='{ boot.kernelParams = [ "quiet" ] [ "splash" ]; }',
    good='{ boot.kernelParams = [ "quiet" ] ++ [ "splash" ]; }',
    has_fix=False,
)

RULES = (NOT_A_FUNCTION,)
CHECKS: Mapping[Check, tuple[str, ...]] = {_called: ("apply_expression",)}
