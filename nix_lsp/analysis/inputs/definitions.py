"""What the modules of an input define themselves and use elsewhere: `config.lib.stylix.mkEnableTarget`, read-only options."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.partial.value import Attrset, Call, Choice, Symbol, Thunk, Unknown, Value, choice, given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.partial.evaluate import Evaluator
    from option_index.records import Path

_CONFIG = "config"
LIBRARY = "lib"
"""`config.lib` holds what modules lend each other (nixpkgs, nixos/modules/misc/lib.nix). Functions in it are not defined twice."""
_BRANCHES = 50
"""Values that one definition may come to."""


class _Config(NamedTuple):
    set: str
    evaluator: Evaluator
    value: Thunk


class Definitions:
    """The `config` of the modules that have been read."""

    def __init__(self) -> None:
        self._configs: list[_Config] = []

    def add(self, module_set: str, evaluator: Evaluator, value: Thunk) -> None:
        """Note what a module of a set defines."""
        self._configs.append(_Config(module_set, evaluator, value))

    def at(self, module_set: str, path: Path) -> Value | None:
        """Return what modules of a set define an option to be: a choice where several do; None where none is seen to."""
        found = [each for known in self._configs if known.set == module_set for each in _defined(known, path)]
        return choice(tuple(given(value) for value in found)) if found else None

    def called(self, module_set: str, call: Call) -> Value | None:
        """Return what a call of a function in `config.lib` gives; None where it is not seen to be defined."""
        path = option_of(call.function)
        function = self.at(module_set, path) if path[:1] == (LIBRARY,) else None
        if function is None or isinstance(function, Choice):
            return None
        evaluator = next(known.evaluator for known in self._configs if known.set == module_set)
        for argument in call.args:
            function = evaluator.apply(function, argument)
        return function


def option_of(symbol: Symbol) -> Path:
    """Return the option that a symbol reads: `a.b` of `config.a.b`; empty for any other."""
    return symbol.path[1:] if symbol.path[0] == _CONFIG else ()


def _defined(known: _Config, path: Path) -> Iterator[Value]:
    values = [known.value.force()]
    for name in path:
        sets = [value for value in _branches(values) if isinstance(value, Attrset)]
        values = [value.attrs[name].force() for value in sets if name in value.attrs]
    yield from (value for value in _branches(values) if not isinstance(value, Unknown))


def _branches(values: list[Value]) -> Iterator[Value]:
    """Return values, choices taken apart."""
    stack = values[::-1]
    for _ in range(_BRANCHES):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, Choice):
            stack += [each.force() for each in reversed(value.values)]
        else:
            yield value
