"""The scripts that are written out in an option's value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.rewrites.imperative.places import Form
from nix_lsp.syntax.ast import STRINGS, application, select_path, static_string, unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

_SCRIPT_ARGUMENT = {
    "stringAfter": 1,
    "noDepEntry": 0,
    "fullDepEntry": 0,
    "entryAnywhere": 0,
    "entryAfter": 1,
    "entryBefore": 1,
    "entryBetween": 2,
    "mkBefore": 0,
    "mkAfter": 0,
    "mkOrder": 1,
}
"""Functions round a script that only order it, and which argument the script is (nixpkgs lib/strings-with-deps.nix, lib/modules.nix;
home-manager modules/lib/dag.nix)."""


_LISTS = frozenset({Form.EXEC, Form.LINES, Form.CRONTAB})


class Literal(NamedTuple):
    """A script written out."""

    string: Node
    element: Node | None
    """The list element that it is, where the option's value is a list of scripts."""
    after: tuple[str, ...]
    """The scripts that it names as those to run first, or afterwards."""


def scripts_of(value: Node, form: Form) -> list[Literal]:
    """Return the scripts that are written out in an option's value: one, or those of `mkMerge [ … ]` or of a list of command lines."""
    value = unparenthesized(value)
    elements = value if form in _LISTS and value.type == "list_expression" else _merged(value)
    if elements is None:
        found = _literal(value, None)
        return [found] if found else []
    return [
        found
        for element in elements.children_by_field_name("element")
        if (found := _literal(unparenthesized(element), element))
    ]


def _merged(value: Node) -> Node | None:
    """Return the list that `mkMerge` joins."""
    if value.type != "apply_expression":
        return None
    function, arguments = application(value)
    path = select_path(function)
    listed = unparenthesized(arguments[0]) if path and path[-1] == "mkMerge" and len(arguments) == 1 else None
    return listed if listed and listed.type == "list_expression" else None


def _literal(value: Node, element: Node | None) -> Literal | None:
    """Return the string behind functions that only say when it runs."""
    after: list[str] = []
    while value.type == "apply_expression":
        function, arguments = application(value)
        path = select_path(function)
        position = _SCRIPT_ARGUMENT.get(path[-1] or "") if path else None
        if position is None or position >= len(arguments):
            return None
        for argument in (*arguments[:position], *arguments[position + 1 :]):
            after += names_in(argument)
        value = unparenthesized(arguments[position])
    return Literal(value, element, tuple(after)) if value.type in STRINGS else None


def names_in(node: Node) -> list[str]:
    """Return the strings of a list; anything computed counts as a name that nobody knows."""
    node = unparenthesized(node)
    if node.type != "list_expression":
        return [] if node.type == "integer_expression" else ["?"]
    return [static_string(element) or "?" for element in node.children_by_field_name("element")]
