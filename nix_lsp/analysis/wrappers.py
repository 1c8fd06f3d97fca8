"""Taking values apart: what stands inside `mkIf c`, `mkMerge [ … ]`, `//`, `if`, parentheses, `let` and names.

The functions are those of nixpkgs' lib/modules.nix and lib/attrsets.nix.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Name, resolve_name
from nix_lsp.syntax.ast import application, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_CONDITIONAL = frozenset({"mkIf", "optionalAttrs", "optional", "optionals", "mkAssert"})
_LAST_OF = {
    "mkIf": 2,
    "mkAssert": 3,
    "mkDefault": 1,
    "mkForce": 1,
    "mkVMOverride": 1,
    "mkImageMediaOverride": 1,
    "mkOptionDefault": 1,
    "mkOverride": 2,
    "mkOrder": 2,
    "mkBefore": 1,
    "mkAfter": 1,
    "optionalAttrs": 2,
    "mkFixStrictness": 1,
}
"""Functions that give their last argument's content, and how many arguments they take."""
_JOINING = {"mkMerge": 1, "recursiveUpdate": 2}
_LISTS = {
    "optionals": 2,
    "optional": 2,
    "flatten": 1,
    "mkIf": 2,
    "mkBefore": 1,
    "mkAfter": 1,
    "mkDefault": 1,
    "mkForce": 1,
}
"""Functions of lists; `optional` gives its argument as the one element."""
_FUNCTIONS = frozenset({*_LAST_OF, *_JOINING, *_LISTS})
_LIBRARIES = frozenset({"lib", "modules", "attrsets", "lists", "l", "nixpkgs", "pkgs", "inputs", "self", "flake"})

_BOUND = re.compile(rb"([A-Za-z_][A-Za-z0-9_'-]*)\s*=(?!=)")

_ASKED = 12
"""So many names are looked for one by one; from then on it is faster to find all that are bound."""
_STEPS = 2_000
"""Expressions looked at for one value."""


class Part(NamedTuple):
    """One of the expressions that a value consists of."""

    node: Node
    conditional: bool
    """Under `mkIf`, `optionalAttrs`, `if`."""
    names: tuple[int, ...]
    """Ids of the bound expressions that were reached by name on the way."""


class Value(NamedTuple):
    """A value taken apart."""

    core: Node
    """The expression inside the wrappers; where several parts are joined, the joining expression."""
    wrappers: tuple[str, ...]
    """Outermost first."""
    parts: tuple[Part, ...]
    """What the core consists of: itself, or what it joins."""


class Wrappers:
    """The wrapper functions as one document uses them."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._asked: dict[bytes, bool] = {}

    @cached_property
    def _bound_names(self) -> frozenset[bytes]:
        return frozenset(_BOUND.findall(self._document.source))

    def _may_be_bound(self, name: bytes) -> bool:
        """Tell whether a name stands before a `=` anywhere: to look a name up costs a walk from the root, and most are bound nowhere."""
        known = self._asked.get(name)
        if known is None:
            if len(self._asked) < _ASKED:
                known = (
                    re.search(rb"(?<![A-Za-z0-9_'-])" + re.escape(name) + rb"\s*=(?!=)", self._document.source)
                    is not None
                )
            else:
                known = name in self._bound_names
            self._asked[name] = known
        return known

    def call(self, node: Node) -> tuple[str, list[Node]] | None:
        """Return the name of the wrapper that an application applies, and its arguments."""
        if node.type != "apply_expression":
            return None
        function, arguments = application(node)
        if function.type == "variable_expression":
            name = text(function)
            if name in _FUNCTIONS and not self._is_bound_here(function):
                return name, arguments
        elif function.type == "select_expression":
            path = function.child_by_field_name("attrpath")
            base = function.child_by_field_name("expression")
            if path is None or base is None or base.type != "variable_expression" or text(base) not in _LIBRARIES:
                return None
            name = text(path).rpartition(".")[2]
            if name in _FUNCTIONS:
                return name, arguments
        return None

    def value(self, node: Node, seen: tuple[int, ...] = ()) -> Value:
        """Take a value apart. `seen` are ids of bound expressions that are being read, and are not followed again."""
        if node.type not in _COMPOUND or (node.type == "variable_expression" and self._bound(node) is None):
            return Value(node, (), (Part(node, False, seen),))
        wrappers: list[str] = []
        joined: Node | None = None
        core = node
        parts: list[Part] = []
        pending = [Part(node, False, seen)]
        steps = 0
        while pending and steps < _STEPS:
            steps += 1
            part = pending.pop()
            node, conditional, names = part
            inner = self._inner(node)
            if inner is not None:
                pending.append(Part(inner, conditional, names))
            elif call := self.call(node):
                name, arguments = call
                if _LAST_OF.get(name) == len(arguments):
                    pending.append(Part(arguments[-1], conditional or name in _CONDITIONAL, names))
                elif name == "mkMerge" and len(arguments) == 1:
                    joined = joined or node
                    elements = [
                        Part(element.node, conditional or element.conditional, element.names)
                        for element in self.elements(arguments[0], names)
                    ]
                    pending.extend(reversed(elements))
                elif name == "recursiveUpdate" and len(arguments) == 2:
                    joined = joined or node
                    pending.extend(Part(argument, conditional, names) for argument in reversed(arguments))
                else:
                    parts.append(part)
                    core = node if joined is None else core
                    continue
                if joined is None or joined is node:
                    wrappers.append(name)
            elif node.type == "if_expression":
                joined = joined or node
                branches = (node.child_by_field_name("alternative"), node.child_by_field_name("consequence"))
                pending.extend(Part(branch, True, names) for branch in branches if branch)
            elif node.type == "binary_expression" and (sides := _sides(node, "//")):
                joined = joined or node
                pending.extend(Part(side, conditional, names) for side in reversed(sides))
            elif (bound := self._bound(node)) and bound.id not in names:
                core = node if joined is None and not parts else core
                pending.append(Part(bound, conditional, (*names, bound.id)))
            else:
                parts.append(part)
                if joined is None and len(names) == len(seen):
                    core = node
        return Value(joined or core, tuple(wrappers), tuple(parts))

    def elements(self, node: Node, seen: tuple[int, ...] = ()) -> Iterator[Part]:
        """Yield the elements of a list expression: `[ … ]`, `++`, `optional(s) c`, `if`, names. What is no list is yielded itself."""
        pending = [Part(node, False, seen)]
        steps = 0
        while pending and steps < _STEPS:
            steps += 1
            part = pending.pop()
            node, conditional, names = part
            inner = self._inner(node)
            call = self.call(node) if inner is None else None
            if inner is not None:
                pending.append(Part(inner, conditional, names))
            elif node.type == "list_expression":
                for element in node.children_by_field_name("element"):
                    yield Part(unparenthesized(element), conditional, names)
            elif call and _LISTS.get(call[0]) == len(call[1]):
                name, arguments = call
                held = Part(arguments[-1], conditional or name in _CONDITIONAL, names)
                if name == "optional":
                    yield held
                else:
                    pending.append(held)
            elif node.type == "if_expression":
                branches = (node.child_by_field_name("alternative"), node.child_by_field_name("consequence"))
                pending.extend(Part(branch, True, names) for branch in branches if branch)
            elif node.type == "binary_expression" and (sides := _sides(node, "++")):
                pending.extend(Part(side, conditional, names) for side in reversed(sides))
            elif (bound := self._bound(node)) and bound.id not in names:
                pending.append(Part(bound, conditional, (*names, bound.id)))
            else:
                yield part

    @staticmethod
    def _inner(node: Node) -> Node | None:
        """Return what parentheses, `let … in`, `with …;` and `assert …;` stand round."""
        field = _ROUND.get(node.type)
        return node.child_by_field_name(field) if field else None

    def _is_bound_here(self, function: Node) -> bool:
        """Tell whether a function is the file's own, whatever its name."""
        if not self._may_be_bound(function.text or b""):
            return False
        name = resolve_name(self._document, function)
        return isinstance(name, Name) and name.kind != "inherit"

    def _bound(self, node: Node) -> Node | None:
        """Return the expression that this file binds a variable to."""
        if node.type != "variable_expression" or not self._may_be_bound(node.text or b""):
            return None
        name = resolve_name(self._document, node)
        return name.value if isinstance(name, Name) and name.kind in {"let", "rec"} else None


_ROUND = {
    "parenthesized_expression": "expression",
    "let_expression": "body",
    "with_expression": "body",
    "assert_expression": "body",
}


_COMPOUND = frozenset({*_ROUND, "apply_expression", "if_expression", "binary_expression", "variable_expression"})
"""Expressions that something can be taken off, or that join others."""


def _sides(node: Node, operator: str) -> tuple[Node, Node] | None:
    found = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return (left, right) if left and right and found and found.type == operator else None
