"""Functions of attribute sets: `mapAttrs`, `genAttrs`, `listToAttrs`, merges."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.application import applied
from nix_lsp.analysis.partial.value import ANY, UNKNOWN, Attrset, Call, Listing, Symbol, Thunk, Value, choice, given

if TYPE_CHECKING:
    from nix_lsp.analysis.partial.evaluate import Evaluator


_LONGEST_PATH = 64
"""Names in a path."""
_MOST_COLLECTED = 10_000
"""Values that `collect` looks at."""


def map_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, attributes = args[0].force(), evaluator.as_set(args[1].force())
    return Attrset(
        {
            name: applied(evaluator, function, given(name) if name != ANY else given(UNKNOWN), value)
            for name, value in attributes.attrs.items()
        },
        attributes.exact,
    )


def map_attrs_to_list(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    mapped = evaluator.as_set(map_attrs(evaluator, args))
    return Listing(tuple(mapped.attrs.values()), mapped.exact)


def map_attrs_prime(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return list_to_attrs(evaluator, (given(map_attrs_to_list(evaluator, args)),))


def gen_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    names, function = evaluator.items(args[0].force()), args[1].force()
    made: dict[str, Thunk] = {}
    for item in names.items:
        name = item.force()
        made[name if isinstance(name, str) else ANY] = applied(evaluator, function, item)
    return Attrset(made, names.exact)


def list_to_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force())
    made: dict[str, Thunk] = {}
    for item in items.items:
        pair = evaluator.as_set(item.force())
        name = pair.attrs["name"].force() if "name" in pair.attrs else UNKNOWN
        if "value" in pair.attrs:
            made[name if isinstance(name, str) else ANY] = pair.attrs["value"]
    return Attrset(made, items.exact)


def name_value_pair(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Attrset({"name": args[0], "value": args[1]})


def attr_values(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    attributes = evaluator.as_set(args[0].force())
    return Listing(tuple(attributes.attrs.values()), attributes.exact)


def attr_names(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    attributes = evaluator.as_set(args[0].force())
    return Listing(
        tuple(given(name) for name in attributes.attrs if name != ANY), attributes.exact and ANY not in attributes.attrs
    )


def attrs_to_list(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    attributes = evaluator.as_set(args[0].force())
    pairs = (
        Attrset({"name": given(UNKNOWN if name == ANY else name), "value": value})
        for name, value in attributes.attrs.items()
    )
    return Listing(tuple(given(pair) for pair in pairs), attributes.exact)


def intersected(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`intersectAttrs names set`: the attributes of the second whose names the first has."""
    names, attributes = args[0].force(), args[1].force()
    if not isinstance(names, Attrset) or not isinstance(attributes, Attrset):
        return Call(Symbol(("builtins", "intersectAttrs")), args)
    if names.exact and ANY in attributes.attrs:
        return attributes._replace(exact=False)
    both = {name: value for name, value in attributes.attrs.items() if name in names.attrs}
    return attributes._replace(attrs=both, exact=attributes.exact and names.exact)


def folded_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`foldlAttrs f start set`."""
    attributes = evaluator.as_set(args[2].force())
    result: Thunk = args[1]
    for name, value in attributes.attrs.items():
        called = applied(evaluator, args[0].force(), result, given(UNKNOWN if name == ANY else name), value)
        result = given(called.force())
    return result.force()


def filter_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, attributes = args[0].force(), evaluator.as_set(args[1].force())
    kept = {
        name: value
        for name, value in attributes.attrs.items()
        if evaluator.apply(evaluator.apply(function, given(name)), value) is not False
    }
    return attributes._replace(attrs=kept)


def set_attr_by_path(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`setAttrByPath [ "a" "b" ] x`: `{ a.b = x; }`; a name that is not known is any."""
    path = evaluator.items(args[0].force())
    if not path.exact or len(path.items) > _LONGEST_PATH:
        return Attrset({}, exact=False)
    names = [item.force() for item in path.items]
    value = args[1]
    for name in reversed(names):
        value = given(Attrset({name if isinstance(name, str) else ANY: value}, exact=isinstance(name, str)))
    return value.force()


def remove_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    attributes = evaluator.as_set(args[0].force())
    removed = {item.force() for item in evaluator.items(args[1].force()).items if isinstance(item.force(), str)}
    return attributes._replace(attrs={name: value for name, value in attributes.attrs.items() if name not in removed})


def optional_attrs(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Attrset({}) if args[0].force() is False else args[1].force()


def merged(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    left, right = args[0].force(), args[1].force()
    if isinstance(left, Symbol | Call) or isinstance(right, Symbol | Call):
        return choice((args[1], args[0]))
    return evaluator.merge(evaluator.as_set(left), evaluator.as_set(right))


def merged_list(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force())
    merged = Attrset({}, items.exact)
    for item in items.items:
        merged = evaluator.merge(merged, evaluator.as_set(item.force()))
    return merged


def map_attrs_recursive(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _recursive(evaluator, args[0].force(), evaluator.as_set(args[1].force()), ())


def _recursive(evaluator: Evaluator, function: Value, attributes: Attrset, path: tuple[str, ...]) -> Value:
    if len(path) > 30:
        return UNKNOWN

    def mapped(name: str, thunk: Thunk) -> Value:
        value, here = thunk.force(), (*path, name)
        if isinstance(value, Attrset):
            return _recursive(evaluator, function, value, here)
        names = Listing(tuple(given(segment) for segment in here))
        return applied(evaluator, function, given(names), thunk).force()

    made = {name: Thunk(partial(mapped, name, thunk)) for name, thunk in attributes.attrs.items()}
    return Attrset(made, attributes.exact)


def collect(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    wanted, found, stack = args[0].force(), list[Thunk](), [args[1]]
    exact = True
    for _ in range(_MOST_COLLECTED):
        if not stack:
            return Listing(tuple(found), exact)
        thunk = stack.pop()
        value = thunk.force()
        if evaluator.apply(wanted, thunk) is True:
            found.append(thunk)
        elif isinstance(value, Attrset):
            stack += reversed(list(value.attrs.values()))
            exact = exact and value.exact
    return Listing(tuple(found), exact=False)
