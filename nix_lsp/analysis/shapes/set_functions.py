"""Functions of attribute sets: `mapAttrs`, `genAttrs`, `listToAttrs`, merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.expressions import any_attribute
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attribute,
    Attrs,
    Elements,
    Function,
    Lazy,
    Listing,
    Plain,
    Probe,
    Shape,
    joined,
    known,
    opened,
    updated,
)

if TYPE_CHECKING:
    from nix_lsp.analysis.shapes.inference import Inference

    Arguments = tuple[Lazy, ...]

_STRING = Plain("string")
_LONGEST_FOLD = 12


def map_attrs(inference: Inference, args: Arguments) -> Shape:
    function, over = args[0].force(), args[1].force()
    if not isinstance(over, Attrs):
        value = Lazy(lambda: any_attribute(over))
        return Attrs({}, Elements(inference.apply_all(function, known(_STRING), value)))
    attributes = {
        name: Attribute(
            inference.apply_all(function, known(Plain("string", name)), found.value), found.places, found.is_certain
        )
        for name, found in over.own.items()
    }
    if over.rest is None:
        return Attrs(attributes, None, over.node, over.path)
    value = Lazy(lambda: any_attribute(over))
    return Attrs(attributes, Elements(inference.apply_all(function, known(_STRING), value)), over.node, over.path)


def map_attrs_prime(inference: Inference, args: Arguments) -> Shape:
    over = map_attrs(inference, args)
    found = [each.shape.attribute("value") for each in over.attributes().values()]
    return Attrs({}, Elements(Lazy(lambda: joined((*(each.shape for each in found if each), ANY)))))


def map_attrs_to_list(inference: Inference, args: Arguments) -> Shape:
    return attr_values(inference, (known(map_attrs(inference, args)),))


def gen_attrs(inference: Inference, args: Arguments) -> Shape:
    names, function = args[0].force(), args[1].force()
    if not isinstance(names, Listing):
        return Attrs({}, Elements(inference.apply_all(function, known(_STRING))))
    attributes: dict[str, Attribute] = {}
    is_exact = names.is_exact
    for item in names.items:
        name = item.force()
        if isinstance(name, Plain) and name.value is not None:
            attributes[name.value] = Attribute(inference.apply_all(function, item))
        else:
            is_exact = False
    return Attrs(attributes, None if is_exact else Elements(inference.apply_all(function, known(_STRING))))


def list_to_attrs(_: Inference, args: Arguments) -> Shape:
    pairs = args[0].force()
    if not isinstance(pairs, Listing):
        return Attrs({}, ANY)
    attributes: dict[str, Attribute] = {}
    is_exact = pairs.is_exact
    for item in pairs.items:
        pair = item.force()
        name, value = pair.attribute("name"), pair.attribute("value")
        named = name.shape if name else None
        if isinstance(named, Plain) and named.value is not None and value:
            attributes.setdefault(named.value, Attribute(value.value, value.places))
        else:
            is_exact = False
    return Attrs(attributes, None if is_exact else ANY)


def name_value_pair(_: Inference, args: Arguments) -> Shape:
    return Attrs({"name": Attribute(args[0]), "value": Attribute(args[1])})


def attr_values(_: Inference, args: Arguments) -> Shape:
    found = args[0].force()
    if not isinstance(found, Attrs):
        return Listing((Lazy(lambda: any_attribute(found)),), is_exact=False)
    return Listing(tuple(each.value for each in found.own.values()), is_exact=found.is_exact and _is_certain(found))


def _is_certain(found: Attrs) -> bool:
    return all(each.is_certain for each in found.own.values())


def attr_names(_: Inference, args: Arguments) -> Shape:
    found = args[0].force()
    if not isinstance(found, Attrs):
        return Listing((known(_STRING),), is_exact=False)
    items = tuple(known(Plain("string", name)) for name in sorted(found.own))
    return Listing(items, is_exact=found.is_exact and _is_certain(found))


def filter_attrs(inference: Inference, args: Arguments) -> Shape:
    function, found = args[0].force(), args[1].force()
    if isinstance(function, Probe):
        map_attrs(inference, args)
        inference.apply_all(function, known(_STRING), Lazy(lambda: any_attribute(found))).force()
    return _perhaps(found)


def _perhaps(found: Shape) -> Shape:
    """Return a set of which some attributes may have been taken away."""
    if not isinstance(found, Attrs):
        return found
    own = {name: each._replace(is_certain=False) for name, each in found.own.items()}
    return Attrs(own, found.rest, found.node, found.path)


def remove_attrs(_: Inference, args: Arguments) -> Shape:
    found, names = args[0].force(), args[1].force()
    if not isinstance(found, Attrs):
        return found
    if not isinstance(names, Listing) or not names.is_exact:
        return _perhaps(found)
    removed = [item.force() for item in names.items]
    gone = {each.value for each in removed if isinstance(each, Plain)}
    left = Attrs(
        {name: each for name, each in found.own.items() if name not in gone}, found.rest, found.node, found.path
    )
    return left if all(isinstance(each, Plain) and each.value for each in removed) else _perhaps(left)


def optional_attrs(_: Inference, args: Arguments) -> Shape:
    return _perhaps(args[1].force())


def recursive_update(_: Inference, args: Arguments) -> Shape:
    return _updated_deeply(args[0].force(), args[1].force(), 0)


def _updated_deeply(left: Shape, right: Shape, depth: int) -> Shape:
    if not isinstance(right, Attrs):
        return updated(left, right)
    if depth > _LONGEST_FOLD:
        return opened(right)
    deep = dict(right.own)
    for name, found in right.own.items():
        # What is on the left may have more below the same name, also where it is not known.
        if before := left.attribute(name):
            deep[name] = Attribute(
                _deeply(before.value, found.value, depth + 1), (*before.places, *found.places), found.is_certain
            )
    return updated(left, Attrs(deep, right.rest, right.node, right.path))


def _deeply(left: Lazy, right: Lazy, depth: int) -> Lazy:
    def run() -> Shape:
        first, second = left.force(), right.force()
        if isinstance(second, Attrs) and not isinstance(first, Plain | Listing | Function):
            return _updated_deeply(first, second, depth)
        return second if isinstance(second, Plain | Listing | Function) else joined((first, second, ANY))

    return Lazy(run)


def merged(_: Inference, args: Arguments) -> Shape:
    return updated(args[0].force(), args[1].force())


def merged_list(_: Inference, args: Arguments) -> Shape:
    sets = args[0].force()
    if not isinstance(sets, Listing) or len(sets.items) > _LONGEST_FOLD:
        return Attrs({}, ANY)
    union: Shape = Attrs({})
    for item in sets.items:
        union = updated(union, item.force())
    return union if sets.is_exact else opened(union)


def each_system(inference: Inference, args: Arguments) -> Shape:
    """flake-utils' `eachDefaultSystem (system: outputs)`: every output by system."""
    outputs = inference.apply_all(args[-1].force(), known(_STRING)).force()
    by_system = {name: Attribute(_by_system(found.value), found.places) for name, found in outputs.attributes().items()}
    return Attrs(by_system, ANY)


def _by_system(value: Lazy) -> Lazy:
    return known(Attrs({}, Elements(value)))
