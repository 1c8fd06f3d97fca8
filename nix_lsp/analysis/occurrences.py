"""Where a name of a file stands: what binds it, and every place that reads it or hands it on.

Places are found by their text and then looked up, so that the cost goes by how often a name is written, not by the size of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from nix_lsp.analysis.scope import Descent, Name, With, introduced, resolve_name
from nix_lsp.syntax.ast import attr, span
from nix_lsp.syntax.layout import is_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

Role = Literal["binding", "formal", "argument", "inherits", "selects", "variable", "taken"]
"""How a name is written where it stands.

`binding`, `formal`, `argument`: it is bound there. `inherits`: `inherit x;` in the `let` or `rec` that binds it, from outside; `selects`:
the same with a source, `inherit (s) x;`. `variable`: it is read. `taken`: `inherit x;` elsewhere reads it and binds or defines
another name of the same text."""
BINDING: frozenset[Role] = frozenset({"binding", "formal", "argument", "inherits", "selects"})
"""The roles of places that bind."""

SCOPED = frozenset({"let_expression", "let_attrset_expression", "rec_attrset_expression"})
"""Expressions whose bindings are names for one another."""


class Occurrence(NamedTuple):
    """One place where a name stands."""

    node: Node
    """The `identifier`, or the string or interpolation that spells the name."""
    role: Role

    @property
    def span(self) -> Span:
        """The bytes of the name, with its quotes."""
        return span(self.node)


class Variable(NamedTuple):
    """A name that an expression of a file binds."""

    name: str
    owner: Node
    """The expression that binds it."""


def name_node(document: Document, offset: int) -> Node | None:
    """Return the name that is written at a byte offset, or ends there: an `identifier`, or the string or interpolation that spells it."""
    for start in (offset, offset - 1):
        if not 0 <= start < len(document.source):
            continue
        node = document.root.descendant_for_byte_range(start, start + 1)
        for _ in range(4):
            if node is None:
                break
            above = node.parent
            if node.type == "identifier" or (above is not None and above.type in {"attrpath", "inherited_attrs"}):
                if node.type in {".", ";"} or attr(node).name is None:
                    break
                return node
            node = above if node.type in {"string_fragment", "string_expression", '"', "escape_sequence"} else None
    return None


def variable_of(document: Document, node: Node) -> Variable | With | None:
    """Say which name of the file a written one is: the one that it reads or, where it binds one, that.

    `node` is as `name_node` returns it. In `inherit x;` it is what the file calls x outside, if it does. A `With` is what a `with` has
    to have; None is anything else: an attribute, a global name.
    """
    above = node.parent
    if above is None:
        return None
    name = attr(node).name
    if name is None:
        return None
    if above.type == "variable_expression":
        return _resolved(document, node)
    if above.type == "inherited_attrs" and above.parent is not None:
        owner = _owner(above.parent)
        if above.parent.type == "inherit":
            outer = _resolved(document, node)
            if outer is not None:
                return outer
        return Variable(name, owner) if owner is not None and owner.type in SCOPED else None
    if above.type == "attrpath" and above.parent is not None and above.parent.type == "binding":
        owner = _owner(above.parent)
        is_first = node.start_byte == above.start_byte
        return Variable(name, owner) if is_first and owner is not None and owner.type in SCOPED else None
    if above.type == "formal" and node.start_byte == above.start_byte:
        function = above.parent.parent if above.parent is not None else None
        return Variable(name, function) if function is not None and function.type == "function_expression" else None
    if above.type == "function_expression":
        return Variable(name, above)
    return None


def occurrences(document: Document, variable: Variable) -> list[Occurrence]:
    """Return every place where a name of the file stands, in the order of the text."""
    owner = variable.owner
    hits = list(words(document, variable.name, owner.start_byte, owner.end_byte))
    found: list[Occurrence] = []
    shadowed = document.root.has_error
    unsure: list[tuple[int, Node]] = []
    for node in hits:
        role, container = role_of(node)
        if role == "variable":
            unsure.append((len(found), node))
            found.append(Occurrence(node, "variable"))
        elif role is None:
            continue
        elif container is not None and container.id == owner.id:
            found.append(Occurrence(node, role))
        else:
            # What binds the same name inside makes a place for looking every reader up.
            shadowed = shadowed or container is None or container.type in SCOPED or role in {"formal", "argument"}
            if role == "inherits":
                unsure.append((len(found), node))
                found.append(Occurrence(node, "taken"))
    if not shadowed:
        return found
    descent = Descent(document.root)
    others: set[int] = set()
    for place, node in unsure:
        descent.to(node.start_byte)
        name = resolve_name(document, node, descent) if node.type == "identifier" else _resolved_name(document, node)
        if not isinstance(name, Name) or name.owner.id != owner.id:
            others.add(place)
    return [each for place, each in enumerate(found) if place not in others]


def words(document: Document, name: str, start: int = 0, end: int | None = None) -> Iterator[Node]:
    """Yield the nodes that spell a name between two byte offsets: identifiers, and strings in attribute paths and `inherit`."""
    text = re.escape(name.encode())
    pattern = rb"(?<![\w'-])" + text + rb"(?![\w'-])" if is_identifier(name) else text
    root = document.root
    for hit in re.compile(pattern).finditer(document.source, start, len(document.source) if end is None else end):
        node = root.descendant_for_byte_range(hit.start(), hit.end())
        if node is None or node.start_byte != hit.start() or node.end_byte != hit.end():
            continue
        if node.type == "identifier":
            yield node
        elif node.type == "string_fragment" and (string := node.parent) is not None:
            above = string.parent
            if above is not None and above.type == "interpolation" and attr(above).name == name:
                string, above = above, above.parent
            if above is not None and above.type in {"attrpath", "inherited_attrs"} and attr(string).name == name:
                yield string


def role_of(node: Node) -> tuple[Role | None, Node | None]:
    """Return how a name is written, as a variable of the expression that is returned with it; `inherits` is so in any set.

    None for an attribute: behind a dot, in a set that is not recursive.
    """
    above = node.parent
    if above is None:
        return None, None
    kind = above.type
    if kind == "variable_expression":
        return "variable", None
    if kind == "inherited_attrs":
        owner = _owner(above.parent) if above.parent is not None else None
        if above.parent is not None and above.parent.type == "inherit":
            return "inherits", owner
        return ("selects", owner) if owner is not None and owner.type in SCOPED else (None, None)
    if kind == "attrpath":
        binding = above.parent
        if binding is None or binding.type != "binding" or node.start_byte != above.start_byte:
            return None, None
        owner = _owner(binding)
        return ("binding", owner) if owner is not None and owner.type in SCOPED else (None, None)
    if kind == "formal":
        if node.start_byte != above.start_byte:
            return None, None
        return "formal", above.parent.parent if above.parent is not None else None
    if kind == "function_expression":
        return "argument", above
    return None, None


def _owner(binding: Node) -> Node | None:
    """Return the set or `let` that a binding is in."""
    above = binding.parent
    return above.parent if above is not None and above.type == "binding_set" else above


def _resolved(document: Document, node: Node) -> Variable | With | None:
    found = _resolved_name(document, node)
    return Variable(found.name, found.owner) if isinstance(found, Name) else found


def _resolved_name(document: Document, node: Node) -> Name | With | None:
    if node.type == "identifier":
        return resolve_name(document, node)
    name = attr(node).name
    # `inherit "x";` is looked up by what is in the quotes.
    return resolve_name(document, node, named=name) if name is not None else None


def name_of(variable: Variable) -> Name | None:
    """Return how the owner of a name binds it."""
    return next((each for each in introduced(variable.owner) if each.name == variable.name), None)
