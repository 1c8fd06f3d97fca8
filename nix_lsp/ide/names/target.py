"""What is named at a place: a variable, an attribute of a set that is written out, an argument; and all that goes by that name with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.flow import Attribute, Escape, Flow, calls
from nix_lsp.analysis.occurrences import SCOPED, Variable, name_node, occurrences, variable_of
from nix_lsp.analysis.reach import MANY_STEPS, Reach
from nix_lsp.analysis.scope import With
from nix_lsp.syntax.ast import attr, bindings, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node, Tree

    from nix_lsp.analysis.reach import Files, Place
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_JOINED = 64
"""Attributes that go by one name together."""


class Location(NamedTuple):
    """A place in a file."""

    path: str
    span: Span


class Target(NamedTuple):
    """What the name at a place means."""

    node: Node
    """The name as it is written there."""
    name: str
    attributes: tuple[Attribute, ...]
    """What holds it: one, or as many as the name may lead to."""
    environments: tuple[Node, ...] = ()
    """A variable that one of these `with` environments has."""


class Site(NamedTuple):
    """A place where a name stands."""

    document: Document
    node: Node
    binds: bool
    """It is bound there."""
    reads: bool
    """It is read, or taken from somewhere else under the same name: with `binds`, `inherit a;`."""

    @property
    def location(self) -> Location:
        """Where it is."""
        return Location(self.document.path, span(self.node))


class Group(NamedTuple):
    """Everything that goes by one name: where one of its attributes gets another, all have to."""

    sites: tuple[Site, ...]
    """By file and place."""
    attributes: tuple[Attribute, ...]
    escapes: tuple[Escape, ...]
    """Places where somebody may read it that is not seen."""


def target_at(project: Files, document: Document, offset: int) -> Target | None:
    """Return what the name at a byte offset means; None where there is no name, or nothing of the project's that it could be."""
    node = name_node(document, offset)
    name = attr(node).name if node is not None else None
    if node is None or name is None:
        return None
    found = variable_of(document, node)
    if isinstance(found, Variable):
        return Target(node, name, (Attribute(document, found.owner, (name,)),))
    if isinstance(found, With):
        places = list(_bound_by_with(project, document, found, name))
        return Target(node, name, tuple(_attributes(places)), found.environments)
    attributes = tuple(_attributes(_selected(project, document, node))) or tuple(_own(document, node))
    return Target(node, name, attributes) if attributes else None


def _bound_by_with(project: Files, document: Document, found: With, name: str) -> Iterable[Place]:
    for environment in found.environments:
        if places := list(Reach(project).of(document, environment, (name,))):
            return places
    return ()


def _selected(project: Files, document: Document, node: Node) -> Iterator[Place]:
    """Yield what a selected attribute is, or one that an `inherit` takes from a set."""
    above = node.parent
    outer = above.parent if above is not None else None
    if above is None or outer is None:
        return
    base = outer.child_by_field_name("expression")
    if above.type == "inherited_attrs" and outer.type == "inherit_from" and base is not None:
        yield from Reach(project).of(document, base, (attr(node).name,))
    elif above.type == "attrpath" and outer.type in {"select_expression", "has_attr_expression"} and base is not None:
        names = [attr(each).name for each in above.children_by_field_name("attr") if each.start_byte <= node.start_byte]
        yield from Reach(project).of(document, base, tuple(names))


def _own(document: Document, node: Node) -> Iterator[Attribute]:
    """Yield the attribute that is bound at its own name."""
    if (found := attribute_of(document, node)) is not None:
        yield found


def _attributes(places: Iterable[Place]) -> Iterator[Attribute]:
    found: dict[tuple[str, int, int, tuple[str, ...]], Attribute] = {}
    for place in places:
        if (attribute := attribute_of(place.document, place.node)) is not None:
            found.setdefault(attribute.key, attribute)
    yield from found.values()


def attribute_of(document: Document, node: Node) -> Attribute | None:
    """Return the attribute that is bound at a name: a segment of a binding's path, a name in an `inherit`, a formal."""
    above, name = node.parent, attr(node).name
    if above is None or name is None:
        return None
    if above.type in {"formal", "function_expression"}:
        variable = variable_of(document, node)
        return Attribute(document, variable.owner, (name,)) if isinstance(variable, Variable) else None
    binding = above.parent if above.type in {"attrpath", "inherited_attrs"} else None
    around = binding.parent if binding is not None else None
    owner = around.parent if around is not None and around.type == "binding_set" else around
    if binding is None or owner is None or binding.type not in {"binding", "inherit", "inherit_from"}:
        return None
    if binding.type != "binding":
        return Attribute(document, owner, (name,))
    names = [attr(each).name for each in above.children_by_field_name("attr") if each.start_byte <= node.start_byte]
    static = tuple(each for each in names if each is not None)
    return Attribute(document, owner, static) if len(static) == len(names) else None


class _Heads:
    """The bindings of the sets of one version of a file by the first names of their paths; read once for all that is asked of a set."""

    def __init__(self) -> None:
        self._tree: Tree | None = None
        self._by_owner: dict[int, dict[str, list[tuple[Node, Node]]]] = {}

    def bindings(self, document: Document, owner: Node, name: str) -> Sequence[tuple[Node, Node]]:
        """Return the bindings that may bind a name, each with its path or its list of names."""
        if self._tree is not document.tree:
            self._tree, self._by_owner = document.tree, {}
        if (heads := self._by_owner.get(owner.id)) is None:
            heads = self._by_owner[owner.id] = self._read(owner)
        return heads.get(name, ())

    def _read(self, owner: Node) -> dict[str, list[tuple[Node, Node]]]:
        heads: dict[str, list[tuple[Node, Node]]] = {}
        for binding in bindings(owner):
            is_binding = binding.type == "binding"
            listed = binding.child_by_field_name("attrpath" if is_binding else "attrs")
            if listed is None:
                continue
            names = listed.named_children
            for first in names[:1] if is_binding else names:
                if (name := attr(first).name) is None:
                    continue
                found = heads.setdefault(name, [])
                if not found or found[-1][0] != binding:
                    found.append((binding, listed))
        return heads


def bound_at(attribute: Attribute) -> Iterator[Node]:
    """Yield the names that bind an attribute: one, unless a set is put together from pieces."""
    document, owner, path = attribute
    if owner.type == "function_expression":
        for each in occurrences(document, Variable(path[0], owner)):
            if each.role in {"formal", "argument"}:
                yield each.node
        return
    for binding, listed in document.lineage.of(_Heads).bindings(document, owner, path[0]):
        if binding.type != "binding":
            if len(path) == 1:
                yield from (each for each in listed.named_children if attr(each).name == path[0])
            continue
        segments = listed.children_by_field_name("attr")
        if len(segments) >= len(path) and all(
            attr(each).name == name for each, name in zip(segments, path, strict=False)
        ):
            yield segments[len(path) - 1]


def group(project: Files, attributes: Iterable[Attribute]) -> Group:
    """Return everything that goes by one name with some attributes: what binds it, what reads it, the arguments that it becomes."""
    waiting = list(attributes)
    joined: dict[tuple[str, int, int, tuple[str, ...]], Attribute] = {}
    binding: dict[tuple[str, int], tuple[Document, Node]] = {}
    reading: dict[tuple[str, int], tuple[Document, Node]] = {}
    escapes: list[Escape] = []
    while waiting:
        attribute = waiting.pop()
        if attribute.key in joined:
            continue
        if len(joined) == _JOINED:
            escapes.append(Escape(attribute.document, attribute.owner, "more go by this name than can be followed"))
            break
        joined[attribute.key] = attribute
        for node in bound_at(attribute):
            binding[attribute.document.path, node.start_byte] = (attribute.document, node)
        flow = Flow(project, reach=Reach(project, MANY_STEPS))
        flow.attribute(attribute.document, attribute.owner, attribute.path)
        waiting += flow.formals
        escapes += flow.escapes
        if is_formal(attribute):
            given = given_to(project, attribute, escapes)
            waiting += given.attributes
            for use in given.sites:
                reading[use.document.path, use.node.start_byte] = (use.document, use.node)
        for use in flow.uses:
            reading[use.document.path, use.node.start_byte] = (use.document, use.node)
    keys = sorted({**binding, **reading})
    sites = tuple(Site(*(binding.get(key) or reading[key]), key in binding, key in reading) for key in keys)
    return Group(sites, tuple(joined.values()), tuple(escapes))


def is_formal(attribute: Attribute) -> bool:
    """Tell whether an attribute is a named argument."""
    if attribute.owner.type != "function_expression" or len(attribute.path) != 1:
        return False
    return any(node.parent is not None and node.parent.type == "formal" for node in bound_at(attribute))


def given_to(project: Files, formal: Attribute, escapes: list[Escape]) -> Group:
    """Return the attributes that calls of a function pass as one of its named arguments, and what reads it off the whole argument."""
    document, function, path = formal
    found = calls(project, document, function, Reach(project, MANY_STEPS))
    escapes += found.escapes
    if not found.calls and not found.escapes:
        escapes.append(Escape(document, function, "the function is not seen to be called"))
    given: list[Attribute] = []
    for call in found.calls:
        if call.argument is None:
            continue
        reach = Reach(project)
        given += _attributes(reach.of(call.document, call.argument, path))
        if not reach.is_whole:
            escapes.append(Escape(call.document, call.argument, "what it is called with is not all written out"))
    universal = function.child_by_field_name("universal")
    flow = Flow(project)
    for node, role in occurrences(document, Variable(attr(universal).name or "", function)) if universal else ():
        if role == "variable" and node.parent is not None:
            flow.value(document, node.parent, path)
        elif role == "taken":
            escapes.append(Escape(document, node, "the whole argument is handed on"))
    escapes += flow.escapes
    return Group(tuple(Site(use.document, use.node, False, True) for use in flow.uses), tuple(given + flow.formals), ())


def is_scoped(attribute: Attribute) -> bool:
    """Tell whether an attribute is a name that can be read as a variable, and nothing else."""
    return len(attribute.path) == 1 and (
        attribute.owner.type == "function_expression" or attribute.owner.type in SCOPED - {"rec_attrset_expression"}
    )
