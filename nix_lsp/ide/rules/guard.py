"""Conditions that may keep a definition away from the very lane that would refuse it.

`optionalAttrs c { … }` and `if c then { … } else { … }` leave no trace of what they leave out, and shared modules use them to define
options of one module set or release only. `mkIf c` hides nothing from the module system, which still refuses unknown names (lib/modules.nix,
`pushDownProperties`), but an option that was moved or removed is only complained about where the condition holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import application, select_path, text
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root

_EXCLUDES = frozenset({"optionalAttrs", "optional", "optionals", "filterAttrs"})
_DEPENDS = re.compile(r"isLinux|isDarwin|[Pp]latform|[Ss]ystem\b|version(?:AtLeast|Older)|\brelease\b|\boptions\b")
"""Conditions that speak of the platform, the release or the options there are."""
_JOINS = frozenset(
    {
        "if_expression",
        "parenthesized_expression",
        "apply_expression",
        "list_expression",
        "let_expression",
        "with_expression",
    }
)
"""Expressions round the branches of an `if`."""


def is_value_guarded(definition: Definition, root: Root) -> bool:
    """Tell whether a condition may leave a definition out in a lane in which its value would be refused.

    The value's own conditions count where they speak of the platform, the release or the options there are.
    """
    value = definition.value
    if value is not None and any(_DEPENDS.search(text(condition)) for condition in _conditions(value)):
        return True
    if definition.conditional and definition.indirect:
        return True
    node: Node | None = definition.binding
    while node and node != root.body.parent:
        if node.type == "if_expression":
            return True
        if node.type == "apply_expression":
            function, arguments = application(node)
            name = (select_path(function) or (None,))[-1]
            if name in _EXCLUDES or (name == "mkIf" and arguments and _DEPENDS.search(text(arguments[0]))):
                return True
        node = node.parent
    return _DEPENDS.search(text(definition.binding)) is not None and "mkIf" in definition.wrappers


def _conditions(value: Node) -> Iterator[Node]:
    """Yield the conditions of the `if`s that a value consists of."""
    pending = [value]
    while pending:
        node = pending.pop()
        if node.type == "if_expression" and (condition := node.child_by_field_name("condition")):
            yield condition
        if node.type in _JOINS:
            pending += node.named_children


def is_guarded(definition: Definition, root: Root, standing: Standing) -> bool:
    """Tell whether a condition may leave a definition out where a claim of this standing would hold."""
    if not definition.conditional:
        return False
    seen = False
    binding, value = definition.binding, definition.value
    inside = value and binding.start_byte <= value.start_byte and value.end_byte <= binding.end_byte
    node: Node | None = value if inside else binding
    while node and node != root.body.parent:
        if node.type == "if_expression":
            return True
        if node.type == "apply_expression":
            function, arguments = application(node)
            name = (select_path(function) or (None,))[-1]
            if name in _EXCLUDES:
                return True
            if name == "mkIf" and arguments:
                seen = True
                if standing not in {Standing.UNKNOWN, Standing.UNLISTED} and _DEPENDS.search(text(arguments[0])):
                    return True
        node = node.parent
    # A set that is bound elsewhere and used under a condition: which one, is not seen from here.
    return not seen
