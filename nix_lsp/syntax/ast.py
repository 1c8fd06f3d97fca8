"""Reading the tree: small questions about nodes, answered without raising on broken input.

Nodes are tree-sitter's own; this module is the only place that needs to know how the grammar names things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

ATTRSETS = frozenset({"attrset_expression", "rec_attrset_expression", "let_attrset_expression"})
BINDINGS = frozenset({"binding", "inherit", "inherit_from"})
STRINGS = frozenset({"string_expression", "indented_string_expression"})

_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t"}


class Attr(NamedTuple):
    """One segment of an attribute path. `name` is None for a segment that is only known at evaluation (`${x}`)."""

    name: str | None
    span: Span


def span(node: Node) -> Span:
    """Return the bytes that a node covers."""
    return Span(node.start_byte, node.end_byte)


def text(node: Node) -> str:
    """Return a node's source text."""
    return (node.text or b"").decode("utf-8", "replace")


def unparenthesized(node: Node) -> Node:
    """Return the expression inside any number of parentheses."""
    while node.type == "parenthesized_expression" and (inner := node.child_by_field_name("expression")):
        node = inner
    return node


def static_string(node: Node) -> str | None:
    """Return the value of a `"…"` string without interpolation, else None. Indented strings: `nix_lsp.syntax.strings`."""
    if node.type != "string_expression":
        return None
    parts: list[str] = []
    for child in node.named_children:
        if child.type == "string_fragment":
            parts.append(text(child))
        elif child.type == "escape_sequence":
            escape = text(child)
            parts.append(_ESCAPES.get(escape, escape[1:]))
        elif child.type == "dollar_escape":
            # 0.1.0 leaves the `$` of `\\$` to the next fragment.
            parts.append(text(child)[1:])
        else:
            return None
    return "".join(parts)


def attr(node: Node) -> Attr:
    """Read one segment: an identifier, a string, or an interpolation (of a constant string: its value)."""
    kind = node.type
    if kind == "identifier":
        return Attr((node.text or b"").decode("utf-8", "replace"), Span(node.start_byte, node.end_byte))
    if kind == "string_expression":
        return Attr(static_string(node), span(node))
    if kind == "interpolation" and (inner := node.child_by_field_name("expression")):
        return Attr(static_string(inner), span(node))
    return Attr(None, span(node))


def attrs(attrpath: Node) -> tuple[Attr, ...]:
    """Read the segments of an `attrpath` (or the names of an `inherited_attrs`) node."""
    return tuple([attr(child) for child in attrpath.named_children if child.type != "comment"])


def bindings(owner: Node) -> Iterator[Node]:
    """Yield the `binding`, `inherit` and `inherit_from` nodes of an attribute set or let expression, in order."""
    for child in owner.named_children:
        if child.type == "binding_set":
            for binding in child.named_children:
                if binding.type in BINDINGS:
                    yield binding


def bindings_at(owner: Node, offset: int) -> list[Node]:
    """Return those of a set's bindings that hold a byte offset or end at it: at most two."""
    found: list[Node] = []
    cursor = owner.walk()
    # The binding that ends at the offset is the one that holds the byte before it.
    for byte in dict.fromkeys((max(offset - 1, 0), offset)):
        cursor.reset(owner)
        while cursor.goto_first_child_for_byte(byte) is not None:
            node = cursor.node
            if node is None or node.start_byte > byte:
                break
            if node.type in BINDINGS:
                if node not in found and node.end_byte >= offset:
                    found.append(node)
                break
            if node.type != "binding_set":
                break
    return found


def application(node: Node) -> tuple[Node, list[Node]]:
    """Split `f a b` into its function and its arguments; a node that is no application has none. Parentheses round `f` are seen through."""
    arguments: list[Node] = []
    while True:
        node = unparenthesized(node)
        function = node.child_by_field_name("function") if node.type == "apply_expression" else None
        argument = node.child_by_field_name("argument") if function else None
        if function is None or argument is None:
            arguments.reverse()
            return node, arguments
        arguments.append(argument)
        node = function


def select_path(node: Node) -> tuple[str | None, ...] | None:
    """Return `("lib", "mkIf")` for `lib.mkIf`, `("x",)` for the variable `x`; None for anything else."""
    node = unparenthesized(node)
    if node.type == "variable_expression":
        return (text(node),)
    if node.type == "select_expression":
        base = node.child_by_field_name("expression")
        path = node.child_by_field_name("attrpath")
        head = select_path(base) if base and base.type == "variable_expression" else None
        if head and path:
            return (*head, *(segment.name for segment in attrs(path)))
    return None


def descent(root: Node, offset: int) -> list[Node]:
    """Return the nodes that cover the byte at `offset`, from the root to the innermost.

    It walks down: tree-sitter's `parent` starts at the root each time, so that a walk up costs the square of the depth.
    """
    chain = [root]
    cursor = root.walk()
    while cursor.goto_first_child_for_byte(offset) is not None:
        node = cursor.node
        if node is None or node.start_byte > offset:
            break
        chain.append(node)
    return chain
