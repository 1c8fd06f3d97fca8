"""Taking values apart: what stands inside `mkIf c`, `mkMerge [ … ]`, `//`, `if`, parentheses, `let` and names.

The functions are those of nixpkgs' lib/modules.nix and lib/attrsets.nix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.meaning import CONDITIONAL, LAST_OF, Meaning, Part, inside
from nix_lsp.syntax.ast import application, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.generated import Member
    from nix_lsp.analysis.meaning import Frame
    from nix_lsp.syntax.document import Document

_MERGING = frozenset({"mkMerge", "mergeAttrsList"})
"""Functions that join the elements of a list."""
_JOINING = {**dict.fromkeys(_MERGING, 1), "recursiveUpdate": 2, "unionOfDisjoint": 2}
"""Functions that join several values, and how many arguments they take."""
_LISTS = {
    "optionals": 2,
    "optional": 2,
    "flatten": 1,
    "mkIf": 2,
    "mkBefore": 1,
    "mkAfter": 1,
    "mkDefault": 1,
    "mkForce": 1,
    "mkOrder": 2,
    "mkOverride": 2,
}
"""Functions of lists; `optional` gives its argument as the one element."""
_FUNCTIONS = frozenset({*LAST_OF, *_JOINING, *_LISTS})
_SET_MAKERS = frozenset(
    {"listToAttrs", "genAttrs", "mapAttrs", "mapAttrs'", "filterAttrs", "removeAttrs", "intersectAttrs"}
)
_LIST_MAKERS = frozenset(
    {
        "map",
        "forEach",
        "imap0",
        "imap1",
        "concatMap",
        "concatLists",
        "filter",
        "mapAttrsToList",
        "attrValues",
    }
)
"""What the tables of `nix_lsp.analysis.generated` know, so that it is imported only where one of them is used."""

_STEPS = 2_000
"""Expressions looked at for one value."""
_DEEP = 60
"""Names and calls on the way to a value: what is made of what is made of …"""


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
        self.meaning = Meaning(document)

    def call(self, node: Node) -> tuple[str, list[Node]] | None:
        """Return the name of the wrapper that an application applies, and its arguments."""
        if node.type != "apply_expression":
            return None
        function, arguments = application(node)
        name = self.meaning.library_name(function, _FUNCTIONS)
        return (name, arguments) if name else None

    def value(self, node: Node, seen: tuple[int, ...] = (), frame: Frame | None = None) -> Value:
        """Take a value apart.

        Args:
            node: the expression.
            seen: ids of bound expressions that are being read, and are not followed again.
            frame: what the functions round the expression were given.
        """
        start = Part(node, False, seen, frame)
        if node.type not in _COMPOUND or (node.type in _NAMED and self.meaning.of(start) is None):
            return Value(node, (), (start,))
        wrappers: list[str] = []
        joined: Node | None = None
        core = node
        parts: list[Part] = []
        pending = [start]
        steps = 0
        while pending and steps < _STEPS:
            steps += 1
            part = pending.pop()
            node, conditional, names, frame = part
            inner = inside(node)
            if inner is not None:
                pending.append(part._replace(node=inner))
            elif call := self.call(node):
                name, arguments = call
                if LAST_OF.get(name) == len(arguments):
                    pending.append(part._replace(node=arguments[-1], conditional=conditional or name in CONDITIONAL))
                elif _JOINING.get(name) == len(arguments):
                    joined = joined or node
                    held = (
                        self._held(part, self.elements(arguments[0], names, frame))
                        if name in _MERGING
                        else [part._replace(node=argument) for argument in arguments]
                    )
                    pending.extend(reversed(held))
                else:
                    parts.append(part)
                    core = node if joined is None else core
                    continue
                if joined is None or joined is node:
                    wrappers.append(name)
            elif node.type == "if_expression":
                joined = joined or node
                pending.extend(_branches(part))
            elif node.type == "binary_expression" and (sides := _sides(node, "//")):
                joined = joined or node
                pending.extend(part._replace(node=side) for side in reversed(sides))
            elif meant := self.meaning.of(part):
                core = node if joined is None and not parts else core
                pending.append(meant)
            else:
                parts.append(part)
                if joined is None and len(names) == len(seen):
                    core = node
        return Value(joined or core, tuple(wrappers), tuple(parts))

    def parts(self, part: Part) -> tuple[Part, ...]:
        """Return what a part consists of when it is taken apart in turn."""
        return tuple(self._held(part, self.value(part.node, part.names, part.frame).parts))

    def elements(self, node: Node, seen: tuple[int, ...] = (), frame: Frame | None = None) -> Iterator[Part]:
        """Yield the elements of a list expression: `[ … ]`, `++`, `optional(s) c`, `if`, names, `map` and its kin.

        What is no list is yielded itself.
        """
        pending = [Part(node, False, seen, frame)]
        steps = 0
        while pending and steps < _STEPS:
            steps += 1
            part = pending.pop()
            node, conditional, *_ = part
            inner = inside(node)
            call = self.call(node) if inner is None else None
            if inner is not None:
                pending.append(part._replace(node=inner))
            elif node.type == "list_expression":
                for element in node.children_by_field_name("element"):
                    yield part._replace(node=unparenthesized(element))
            elif call and _LISTS.get(call[0]) == len(call[1]):
                name, arguments = call
                held = part._replace(node=arguments[-1], conditional=conditional or name in CONDITIONAL)
                if name == "optional":
                    yield held
                else:
                    pending.append(held)
            elif node.type == "if_expression":
                pending.extend(_branches(part))
            elif node.type == "binary_expression" and (sides := _sides(node, "++")):
                pending.extend(part._replace(node=side) for side in reversed(sides))
            elif meant := self.meaning.of(part):
                pending.append(meant)
            elif (made := self._made_list(part)) is not None:
                yield from made
            else:
                yield part

    def made(self, part: Part) -> Iterator[Member] | None:
        """Return the attributes of a set that `listToAttrs`, `genAttrs`, `mapAttrs` or their like make; None for another expression."""
        name, arguments = self._maker(part, _SET_MAKERS)
        if not name:
            return None
        from nix_lsp.analysis.generated import SET_MAKERS

        row = SET_MAKERS[name]
        return row.make(self, arguments) if row.arity == len(arguments) else None

    def _made_list(self, part: Part) -> Iterator[Part] | None:
        name, arguments = self._maker(part, _LIST_MAKERS)
        if not name:
            return None
        from nix_lsp.analysis.generated import LIST_MAKERS

        row = LIST_MAKERS[name]
        return row.make(self, arguments) if row.arity == len(arguments) else None

    def _maker(self, part: Part, known: frozenset[str]) -> tuple[str | None, list[Part]]:
        """Return the name of the function that a call calls, if it is one of some, and the arguments."""
        node = part.node
        if node.type != "apply_expression" or node.id in part.names or len(part.names) > _DEEP:
            return None, []
        function, arguments = application(node)
        name = self.meaning.library_name(function, known)
        names = (*part.names, node.id)
        return name, [part._replace(node=argument, names=names) for argument in arguments]

    @staticmethod
    def _held(part: Part, held: Iterable[Part]) -> list[Part]:
        """Return what stands in a part, under its condition."""
        return [each._replace(conditional=True) for each in held] if part.conditional else list(held)


_COMPOUND = frozenset(
    {
        "parenthesized_expression",
        "let_expression",
        "with_expression",
        "assert_expression",
        "apply_expression",
        "if_expression",
        "binary_expression",
        "variable_expression",
        "select_expression",
    }
)
"""Expressions that something can be taken off, that join others, or that stand for others."""
_NAMED = frozenset({"variable_expression", "select_expression"})


def _branches(part: Part) -> list[Part]:
    """Return what an `if` may come to, the last branch first."""
    branches = (part.node.child_by_field_name("alternative"), part.node.child_by_field_name("consequence"))
    return [part._replace(node=branch, conditional=True) for branch in branches if branch]


def _sides(node: Node, operator: str) -> tuple[Node, Node] | None:
    found = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return (left, right) if left and right and found and found.type == operator else None
