"""Functions that wrap or choose values: `mkIf` and its kin, `extend`, `fix`, and what asks for a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.application import applied
from nix_lsp.analysis.partial.value import (
    UNKNOWN,
    Arguments,
    Attrset,
    Call,
    Choice,
    Lambda,
    Listing,
    NixPath,
    Symbol,
    Thunk,
    Unknown,
    Value,
    choice,
    given,
)
from nix_lsp.syntax.ast import text

if TYPE_CHECKING:
    from nix_lsp.analysis.partial.evaluate import Evaluator


def second(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return args[1].force()


def first(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return args[0].force()


def third(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return args[2].force()


def flipped(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`flip f a b`: `f b a`."""
    return evaluator.apply(evaluator.apply(args[0].force(), args[2]), args[1])


def any_of(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return choice(evaluator.items(args[0].force()).items)


def is_string(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _is(args[0].force(), str)


def is_set(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _is(args[0].force(), Attrset)


def is_list(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _is(args[0].force(), Listing)


def is_path(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _is(args[0].force(), NixPath)


def is_function(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _is(args[0].force(), Lambda)


def function_args(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """The names that a function takes out of its argument, each with whether it has a default."""
    function = args[0].force()
    if not isinstance(function, Lambda):
        return UNKNOWN
    formals = function.node.child_by_field_name("formals")
    named = formals.children_by_field_name("formal") if formals else []
    return Attrset(
        {
            text(name): given(formal.child_by_field_name("default") is not None)
            for formal in named
            # After a trailing comma the grammar sees a name that is missing.
            if (name := formal.child_by_field_name("name")) and text(name)
        }
    )


def _is(value: Value, kind: type) -> Value:
    undecided = isinstance(value, Unknown | Symbol | Call | Choice | Arguments)
    return UNKNOWN if undecided else isinstance(value, kind)


def called(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return evaluator.apply(args[0].force(), args[1])


def fixed(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`fix f` and `makeExtensible f`: what `f` gives when it is handed its own result."""
    result = Thunk(lambda: evaluator.apply(args[0].force(), result))
    return result.force()


def with_system(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """flake-parts' `withSystem system ({ pkgs, … }: host)`."""
    return evaluator.apply(args[1].force(), given(Symbol(("perSystem",))))


def pass_through(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """flake-utils' `eachDefaultSystemPassThrough (system: outputs)`."""
    return evaluator.apply(args[0].force(), given(UNKNOWN))


def extended(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`lib.extend (final: prev: { … })`: what is added, then what was there; `final` is taken for what is added."""
    added = Thunk(lambda: applied(evaluator, args[0].force(), final, given(Symbol(("lib",)))).force())
    final = Thunk(lambda: choice((added, given(Symbol(("lib",))))))
    return choice((added, given(Symbol(("lib",)))))
