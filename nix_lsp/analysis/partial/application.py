"""A function of values, applied when the result is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.value import Thunk, Value

if TYPE_CHECKING:
    from nix_lsp.analysis.partial.evaluate import Evaluator


def applied(evaluator: Evaluator, function: Value, *args: Thunk) -> Thunk:
    def run() -> Value:
        result = function
        for arg in args:
            result = evaluator.apply(result, arg)
        return result

    return Thunk(run)
