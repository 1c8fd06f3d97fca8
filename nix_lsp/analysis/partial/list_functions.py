"""Functions of lists: `map`, `filter`, `flatten`, folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.application import applied
from nix_lsp.analysis.partial.value import (
    UNKNOWN,
    Call,
    Choice,
    Listing,
    Symbol,
    Thunk,
    Unknown,
    Value,
    choice,
    given,
)

if TYPE_CHECKING:
    from nix_lsp.analysis.partial.evaluate import Evaluator


def mapped(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, items = args[0].force(), evaluator.items(args[1].force())
    return Listing(tuple(applied(evaluator, function, item) for item in items.items), items.exact)


def for_each(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return mapped(evaluator, (args[1], args[0]))


def concat_map(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return flatten(evaluator, (given(mapped(evaluator, args)),))


def flatten(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    result: list[Thunk] = []
    exact, stack = True, [args[0]]
    while stack:
        thunk = stack.pop()
        value = thunk.force()
        if isinstance(value, Listing | Choice) and len(result) + len(stack) < 100_000:
            items = evaluator.items(value)
            exact = exact and items.exact
            stack.extend(reversed(items.items))
        else:
            result.append(thunk)
    return Listing(tuple(result), exact)


def filtered(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, items = args[0].force(), evaluator.items(args[1].force())
    return Listing(tuple(item for item in items.items if evaluator.apply(function, item) is not False), items.exact)


def optional(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Listing(() if args[0].force() is False else (args[1],))


def optionals(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Listing(()) if args[0].force() is False else args[1].force()


def folded(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    result: Thunk = args[1]
    for item in evaluator.items(args[2].force()).items:
        result = given(evaluator.apply(evaluator.apply(args[0].force(), result), item))
    return result.force()


def fold_right(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    result: Thunk = args[1]
    for item in reversed(evaluator.items(args[2].force()).items):
        result = given(evaluator.apply(evaluator.apply(args[0].force(), item), result))
    return result.force()


def element_at(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force())
    return choice(items.items)


def last(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force()).items
    return items[-1].force() if items else UNKNOWN


def head(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force()).items
    return items[0].force() if items else UNKNOWN


def is_element(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    wanted, items = args[0].force(), evaluator.items(args[1].force())
    values = [item.force() for item in items.items]
    if not isinstance(wanted, str):
        return UNKNOWN
    if wanted in [value for value in values if isinstance(value, str)]:
        return True
    return False if items.exact and all(isinstance(value, str) for value in values) else UNKNOWN


def singleton(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Listing(args)


def to_list(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    value = args[0].force()
    if isinstance(value, Listing):
        return value
    undecided = isinstance(value, Unknown | Symbol | Call | Choice)
    return Listing(args, exact=not undecided)


def removed(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`remove x list`."""
    unwanted, items = args[0].force(), evaluator.items(args[1].force())
    if not isinstance(unwanted, str):
        return items._replace(exact=False)
    return items._replace(items=tuple(item for item in items.items if item.force() != unwanted))


def pipe(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    value = args[0]
    for function in evaluator.items(args[1].force()).items:
        value = given(evaluator.apply(function.force(), value))
    return value.force()
