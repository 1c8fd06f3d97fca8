"""Where an expression needs parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import ATTRSETS, STRINGS

if TYPE_CHECKING:
    from tree_sitter import Node

_CLOSED = (
    STRINGS
    | ATTRSETS
    | {
        "variable_expression",
        "integer_expression",
        "float_expression",
        "path_expression",
        "hpath_expression",
        "spath_expression",
        "uri_expression",
        "list_expression",
        "parenthesized_expression",
    }
)
"""Expressions that stand anywhere as they are."""
_OPERANDS = frozenset({"unary_expression", "binary_expression", "has_attr_expression"})


def standing_in(source: str, value: Node, place: Node) -> str:
    """Return the source of an expression, in parentheses if it needs them to stand in the place of another.

    Args:
        source: what is written.
        value: the expression that it is, or one of the same form.
        place: the node that it takes the place of.
    """
    parent = place.parent
    if value.type == "select_expression" and parent is not None and parent.type == "select_expression":
        return f"({source})" if value.child_by_field_name("default") else source
    return f"({source})" if needs_parentheses(value.type, place) else source


def needs_parentheses(kind: str, place: Node) -> bool:
    """Tell whether an expression of a node type has to be parenthesised in the place of a node."""
    parent = place.parent
    if kind in _CLOSED or parent is None:
        return False
    outer = parent.type
    if outer == "apply_expression":
        is_function = parent.child_by_field_name("function") == place
        return kind != "select_expression" and not (is_function and kind == "apply_expression")
    if outer == "list_expression":
        return kind != "select_expression"
    if outer == "select_expression":
        return True
    if outer in _OPERANDS:
        return kind not in {"select_expression", "apply_expression"}
    return False


def as_argument(source: str, value: Node) -> str:
    """Return the source of an expression as an argument of a function, or an element of a list."""
    is_one = value.type in _CLOSED or value.type == "select_expression"
    return source if is_one else f"({source})"
