"""Sets and lists that functions make of others: `listToAttrs`, `genAttrs`, `mapAttrs`, `map` and their kin, over what is written out.

A table for each; the functions are those of nixpkgs' lib/attrsets.nix and lib/lists.nix, and Nix' own of the same names. An attribute
whose name is not seen is any name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import Attr, application, attr, attrs, bindings, span, static_string, unparenthesized
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.meaning import Part
    from nix_lsp.analysis.wrappers import Wrappers

_SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
_MOST = 1_000
"""Attributes of one set, elements of one list."""


class Member(NamedTuple):
    """An attribute of a set that a function makes."""

    attr: Attr
    """Its name, and where that stands; a name of None is any."""
    node: Node
    """What stands for its binding: the name, or the call that makes it."""
    value: Part | None
    """None where it is not seen."""
    conditional: bool = False


class SetMaker(NamedTuple):
    arity: int
    make: Callable[[Wrappers, Sequence[Part]], Iterator[Member]]


class ListMaker(NamedTuple):
    arity: int
    make: Callable[[Wrappers, Sequence[Part]], Iterator[Part]]


def members(wrappers: Wrappers, part: Part) -> Iterator[Member]:
    """Yield the attributes of a set that is written out or made."""
    for each in wrappers.parts(part):
        if each.node.type in _SETS:
            yield from _written(wrappers, each)
        elif (made := wrappers.made(each)) is not None:
            yield from made
        else:
            yield _any(each)


def _written(wrappers: Wrappers, part: Part) -> Iterator[Member]:
    for binding in bindings(part.node):
        value = binding.child_by_field_name("expression")
        if binding.type == "binding":
            path = binding.child_by_field_name("attrpath")
            segments = attrs(path) if path else ()
            if segments:
                # `a.b = 1;` is a piece of what `a` is.
                held = part._replace(node=value) if value is not None and len(segments) == 1 else None
                first = path.named_children[0] if path else binding
                yield Member(_named(wrappers, segments[0], first, part), first, held, part.conditional)
        elif names := binding.child_by_field_name("attrs"):
            for name in names.named_children:
                yield Member(attr(name), name, wrappers.meaning.inherited(binding, name, part), part.conditional)


def _named(wrappers: Wrappers, segment: Attr, node: Node, part: Part) -> Attr:
    return segment if segment.name is not None else Attr(wrappers.meaning.name(node, part.frame), segment.span)


def _any(part: Part) -> Member:
    return Member(Attr(None, Span(part.node.start_byte, part.node.start_byte)), part.node, None, conditional=True)


def _elements(wrappers: Wrappers, part: Part) -> Iterator[Part]:
    for count, element in enumerate(wrappers.elements(part.node, part.names, part.frame)):
        if count == _MOST:
            return
        yield element._replace(conditional=part.conditional or element.conditional)


def _pairs(wrappers: Wrappers, pairs: Iterable[Part | None], at: Part) -> Iterator[Member]:
    """Yield the attributes that `{ name = …; value = …; }` and `nameValuePair … …` stand for."""
    for pair in pairs:
        found = [_pair(wrappers, part) for part in wrappers.parts(pair)] if pair else [None]
        for member in found:
            yield member or _any(at)


def _pair(wrappers: Wrappers, part: Part) -> Member | None:
    name: Part | None = None
    value: Part | None = None
    if part.node.type in _SETS:
        for member in _written(wrappers, part):
            if member.attr.name == "name":
                name = member.value or (part._replace(node=member.node) if member.node.type == "identifier" else None)
            elif member.attr.name == "value":
                value = member.value
    elif part.node.type == "apply_expression":
        function, arguments = application(part.node)
        if len(arguments) == 2 and wrappers.meaning.library_name(function, ("nameValuePair",)):
            name, value = (part._replace(node=argument) for argument in arguments)
    if name is None:
        return None
    known = wrappers.meaning.name(name.node, name.frame)
    return Member(Attr(known, span(name.node)), name.node, value, part.conditional)


def _list_to_attrs(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Member]:
    return _pairs(wrappers, _elements(wrappers, args[0]), args[0])


def _gen_attrs(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Member]:
    names, function = args
    for element in _elements(wrappers, names):
        node = unparenthesized(element.node)
        name = Attr(wrappers.meaning.name(node, element.frame), span(node))
        value = wrappers.meaning.apply(function, (element,))
        yield Member(name, node, value, element.conditional)


def _map_attrs(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Member]:
    function, attributes = args
    for member in members(wrappers, attributes):
        yield member._replace(value=wrappers.meaning.apply(function, (member.attr, member.value)))


def _map_attrs_prime(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Member]:
    function, attributes = args
    made = [wrappers.meaning.apply(function, (member.attr, member.value)) for member in members(wrappers, attributes)]
    return _pairs(wrappers, made, attributes)


def _filter_attrs(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Member]:
    for member in members(wrappers, args[1]):
        yield member._replace(conditional=True)


def _remove_attrs(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Member]:
    removed = {static_string(element.node) for element in _elements(wrappers, args[1])}
    for member in members(wrappers, args[0]):
        if member.attr.name is None or member.attr.name not in removed:
            yield member._replace(conditional=None in removed or member.conditional)


SET_MAKERS: Mapping[str, SetMaker] = {
    "listToAttrs": SetMaker(1, _list_to_attrs),
    "genAttrs": SetMaker(2, _gen_attrs),
    "mapAttrs": SetMaker(2, _map_attrs),
    "mapAttrs'": SetMaker(2, _map_attrs_prime),
    "filterAttrs": SetMaker(2, _filter_attrs),
    "removeAttrs": SetMaker(2, _remove_attrs),
    "intersectAttrs": SetMaker(2, _filter_attrs),
}
"""Functions that make a set, with how many arguments they take."""


def _map(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    function, items = args
    for element in _elements(wrappers, items):
        made = wrappers.meaning.apply(function, (element,))
        if made is not None:
            yield made._replace(conditional=element.conditional or made.conditional)


def _for_each(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    return _map(wrappers, (args[1], args[0]))


def _numbered(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    function, items = args
    for element in _elements(wrappers, items):
        if made := wrappers.meaning.apply(function, (None, element)):
            yield made._replace(conditional=element.conditional or made.conditional)


def _concat_map(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    for made in _map(wrappers, args):
        yield from _elements(wrappers, made)


def _filter(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    for element in _elements(wrappers, args[1]):
        yield element._replace(conditional=True)


def _flat(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    for element in _elements(wrappers, args[0]):
        yield from _elements(wrappers, element)


def _to_list(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    function, attributes = args
    for member in members(wrappers, attributes):
        if made := wrappers.meaning.apply(function, (member.attr, member.value)):
            yield made._replace(conditional=member.conditional or made.conditional)


def _values(wrappers: Wrappers, args: Sequence[Part]) -> Iterator[Part]:
    for member in members(wrappers, args[0]):
        if member.value:
            yield member.value._replace(conditional=member.conditional or member.value.conditional)


LIST_MAKERS: Mapping[str, ListMaker] = {
    "map": ListMaker(2, _map),
    "forEach": ListMaker(2, _for_each),
    "imap0": ListMaker(2, _numbered),
    "imap1": ListMaker(2, _numbered),
    "concatMap": ListMaker(2, _concat_map),
    "concatLists": ListMaker(1, _flat),
    "filter": ListMaker(2, _filter),
    "mapAttrsToList": ListMaker(2, _to_list),
    "attrValues": ListMaker(1, _values),
}
"""Functions that make a list, with how many arguments they take."""
