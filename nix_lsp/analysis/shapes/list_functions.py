"""Functions of lists: `map`, `filter`, `concatMap`, folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.shape import (
    ANY,
    Lazy,
    Listing,
    Probe,
    Shape,
    joined,
    known,
    opened,
)

if TYPE_CHECKING:
    from nix_lsp.analysis.shapes.inference import Inference

    Arguments = tuple[Lazy, ...]

_LONGEST_FOLD = 12
"""Elements of a list that is gone through."""


def items_of(list_: Shape) -> Listing:
    return list_ if isinstance(list_, Listing) else Listing((known(ANY),), is_exact=False)


def mapped(inference: Inference, args: Arguments) -> Shape:
    function, items = args[0].force(), items_of(args[1].force())
    return Listing(tuple(inference.apply_all(function, item) for item in items.items), is_exact=items.is_exact)


def for_each(inference: Inference, args: Arguments) -> Shape:
    return mapped(inference, (args[1], args[0]))


def concatenated(_: Inference, args: Arguments) -> Shape:
    found: list[Lazy] = []
    items = items_of(args[0].force())
    is_exact = items.is_exact
    for item in items.items[:100]:
        inner = item.force()
        if isinstance(inner, Listing):
            found += inner.items
            is_exact = is_exact and inner.is_exact
        else:
            is_exact = False
    return Listing(tuple(found), is_exact=is_exact and len(items.items) <= 100)


def concat_map(inference: Inference, args: Arguments) -> Shape:
    return concatenated(inference, (known(mapped(inference, args)),))


def filtered(_: Inference, args: Arguments) -> Shape:
    items = items_of(args[1].force())
    if isinstance(function := args[0].force(), Probe):
        for item in items.items:
            function.take(item)
    return Listing(items.items, is_exact=False)


def an_element(_: Inference, args: Arguments) -> Shape:
    """One of a list's elements; which one is not known."""
    return items_of(args[0].force()).element


def first_found(inference: Inference, args: Arguments) -> Shape:
    filtered(inference, (args[0], args[2]))
    return joined((items_of(args[2].force()).element, args[1].force()))


def head(_: Inference, args: Arguments) -> Shape:
    items = args[0].force()
    if isinstance(items, Listing) and items.is_exact and items.items:
        return items.items[0].force()
    return items_of(items).element


def optional(_: Inference, args: Arguments) -> Shape:
    return Listing((args[1],), is_exact=False)


def optionals(_: Inference, args: Arguments) -> Shape:
    return Listing(items_of(args[1].force()).items, is_exact=False)


def singleton(_: Inference, args: Arguments) -> Shape:
    return Listing(args)


def folded(inference: Inference, args: Arguments) -> Shape:
    """What a fold over a short list gives; over another, something like what it starts with."""
    function, items = args[0].force(), args[2].force()
    if not isinstance(items, Listing) or not items.is_exact or len(items.items) > _LONGEST_FOLD:
        inference.apply_all(function, args[1], Lazy(lambda: items_of(items).element)).force()
        return opened(args[1].force())
    result = args[1]
    for item in items.items:
        result = inference.apply_all(function, result, item)
    return result.force()
