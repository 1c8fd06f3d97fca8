"""Functions that wrap or choose values: `mkIf` and its kin, `fix`, `pipe`, `extend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.list_functions import items_of
from nix_lsp.analysis.shapes.shape import (
    ANY,
    NEVER,
    Known,
    Lazy,
    Listing,
    Plain,
    Shape,
    known,
    opened,
    updated,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.analysis.shapes.inference import Inference

    Arguments = tuple[Lazy, ...]


def argument(number: int) -> Callable[[Inference, Arguments], Shape]:
    return lambda _, args: args[number].force()


def content(number: int) -> Callable[[Inference, Arguments], Shape]:
    """What `mkIf` and its kin hand on: the value is a set that wraps it, which nobody but the module system looks into."""
    return lambda _, args: opened(args[number].force())


def contents(_: Inference, args: Arguments) -> Shape:
    return opened(items_of(args[0].force()).element)


def pipe(inference: Inference, args: Arguments) -> Shape:
    functions = args[1].force()
    if not isinstance(functions, Listing) or not functions.is_exact:
        return ANY
    return _through(inference, args[0], functions)


def _through(inference: Inference, value: Lazy, functions: Listing) -> Shape:
    for function in functions.items:
        value = inference.apply_all(function.force(), value)
    return value.force()


def fixed(inference: Inference, args: Arguments) -> Shape:
    result = Lazy(lambda: inference.apply(args[0].force(), result))
    return result.force()


def fixed_open(inference: Inference, args: Arguments) -> Shape:
    """`makeExtensible f`, `makeScope newScope f`: what f gives, with functions of their own, and perhaps extended."""
    result = Lazy(lambda: opened(inference.apply(args[-1].force(), result)))
    return result.force()


def overridable(inference: Inference, args: Arguments) -> Shape:
    return opened(inference.apply(args[0].force(), args[1]))


def never(_: Inference, __: Arguments) -> Shape:
    return NEVER


def extended_library(inference: Inference, args: Arguments) -> Shape:
    """`lib.extend (final: prev: { … })`."""
    library = known(Known(("lib",)))
    added = inference.apply_all(args[0].force(), library, library).force()
    return updated(Known(("lib",)), added)


def option(_: Inference, __: Arguments) -> Shape:
    return Plain("option")
