"""What the variables of an expression are bound to, and whether they would be elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import GLOBALS, Descent, Name, With, names_at, resolve_name, withs_at
from nix_lsp.syntax.ast import descent, span, text
from nix_lsp.syntax.layout import is_identifier
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

MOST = 5_000
"""Variables of one expression; of larger ones nothing is said."""


class Variable(NamedTuple):
    """A place where a name is referred to."""

    node: Node
    """Its `identifier`."""
    name: str
    bound: Name | With | None
    """As `resolve_name` says."""
    inherit: Node | None
    """The `inherit` without a source that refers to it, if it is in one."""
    is_perhaps: bool = False
    """A `with` inside of the expression that is asked about may have it, before those outside."""

    @property
    def is_global(self) -> bool:
        """It is one of the names that Nix itself binds."""
        return self.bound is None and (self.name in GLOBALS or self.name.startswith("__"))


def variables(document: Document, node: Node) -> list[Variable] | None:
    """Return all variables in an expression, in the order of the text; None where it has too many, or some that cannot be told."""
    found: list[Variable] = []
    way = Descent(document.root)
    for identifier, inherit in _identifiers(node):
        if identifier.type != "identifier" or len(found) == MOST:
            return None
        way.to(identifier.start_byte)
        found.append(Variable(identifier, text(identifier), resolve_name(document, identifier, way), inherit))
    return found


def free_variables(document: Document, node: Node) -> list[Variable] | None:
    """Return those variables of an expression that something outside of it binds, or nothing does; None as above."""
    found = variables(document, node)
    if found is None:
        return None
    free: list[Variable] = []
    for each in found:
        if isinstance(each.bound, With):
            outer = tuple(environment for environment in each.bound.environments if not within(environment, node))
            if outer:
                is_perhaps = len(outer) < len(each.bound.environments)
                free.append(each._replace(bound=With(outer), is_perhaps=is_perhaps))
        elif each.bound is None or not within(each.bound.owner, node):
            free.append(each)
    return free


def from_inner_with(document: Document, node: Node) -> frozenset[str] | None:
    """Return the names of an expression that a `with` inside of it has: what binds them round it would come first. None as above."""
    found = variables(document, node)
    if found is None:
        return None
    return frozenset(
        each.name
        for each in found
        if isinstance(each.bound, With) and any(within(environment, node) for environment in each.bound.environments)
    )


def uses(document: Document, name: Name) -> list[Variable] | None:
    """Return where a name is referred to, in the order of the text; None where that cannot be told."""
    found: list[Variable] = []
    owner = name.owner
    pattern = _word(name.name)
    way = Descent(document.root)
    for match in pattern.finditer(document.source, owner.start_byte, owner.end_byte):
        if len(found) == MOST:
            return None
        chain = descent(document.root, match.start())
        identifier, parent = chain[-1], chain[-2]
        if identifier.type == "string_fragment" and any(each.type == "inherited_attrs" for each in chain[-4:]):
            return None
        if identifier.type != "identifier" or span(identifier) != match.span():
            continue
        inherit = chain[-3] if parent.type == "inherited_attrs" else None
        if parent.type != "variable_expression" and (inherit is None or inherit.type != "inherit"):
            continue
        way.to(identifier.start_byte)
        if is_same(resolve_name(document, identifier, way), name):
            found.append(Variable(identifier, name.name, name, inherit))
    return found


def is_same(one: Name | With | None, other: Name | With | None) -> bool:
    """Tell whether two variables of one name are bound by the same."""
    if isinstance(one, Name) and isinstance(other, Name):
        return one.span == other.span
    if isinstance(one, With) and isinstance(other, With):
        return places(one.environments) == places(other.environments)
    return one is other is None


def places(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """Return the bytes of each node."""
    return [(node.start_byte, node.end_byte) for node in nodes]


def bound_at(document: Document, name: str, offset: int) -> Name | With | None:
    """Say what a variable of some name would be bound to, if it stood in the place of the token at an offset."""
    for each in names_at(document, offset + 1):
        if each.name == name:
            return each
    environments = withs_at(document, offset + 1)
    return With(environments) if environments and name not in GLOBALS else None


def mean_the_same(document: Document, free: Sequence[Variable], offset: int) -> bool:
    """Tell whether an expression's free variables would mean the same in the place of the token at an offset."""
    return all(is_same(each.bound, bound_at(document, each.name, offset)) for each in free)


def within(node: Node, outer: Node) -> bool:
    """Tell whether a node is inside of another, or is it."""
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte


def is_written(document: Document, name: str, part: Span | None = None) -> bool:
    """Tell whether a name occurs anywhere in a document, or a part of it: as a variable, an attribute, or in a comment."""
    start, end = part or (0, len(document.source))
    return _word(name).search(document.source, start, end) is not None


def _word(name: str) -> re.Pattern[bytes]:
    """Return a pattern of a name; what stands before it may be a minus, or belong to a longer name."""
    return re.compile(rb"(?<!\w)%s(?![\w'-])" % re.escape(name.encode()))


def can_be_bound(document: Document, name: str, part: Span) -> bool:
    """Tell whether binding a name round a part of a document changes nothing there: it is no variable in it, and nothing else binds it."""
    if not is_identifier(name) or name in GLOBALS:
        return False
    for match in _word(name).finditer(document.source, part.start, part.end):
        chain = descent(document.root, match.start())[-4:]
        if chain[-1].type == "identifier" and chain[-1].start_byte != match.start():
            continue
        if chain[-1].type in {"comment", "string_fragment", "path_fragment", "uri_expression"}:
            continue
        if len(chain) < 4 or chain[-2].type != "attrpath":
            return False
        outer = chain[-3]
        if outer.type == "binding" and not _is_plain(outer):
            return False
    return True


def unused_name(document: Document, wanted: str, part: Span | None = None) -> str:
    """Return a name that can be bound round a part of a document, or all of it: the wanted one, or it with a number."""
    name, number = wanted, 1
    while not can_be_bound(document, name, part or Span(0, len(document.source))):
        number += 1
        name = f"{wanted}{number}"
    return name


def _is_plain(binding: Node) -> bool:
    """Tell whether a binding's set does not see its names."""
    owner = binding.parent.parent if binding.parent else None
    return owner is not None and owner.type == "attrset_expression"


def _identifiers(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """Yield the variables below a node, each with the `inherit` that names it, if one does."""
    pending = [node]
    while pending:
        node = pending.pop()
        if node.type == "variable_expression":
            if (name := node.child_by_field_name("name")) is not None:
                yield name, None
        elif node.type == "inherit":
            names = node.child_by_field_name("attrs")
            for name in names.named_children if names else ():
                if name.type != "comment" and not name.is_missing:
                    yield name, node
        else:
            pending.extend(reversed(node.named_children))
