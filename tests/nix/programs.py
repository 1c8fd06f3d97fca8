"""Random small programs with an integer for a value, whose few names shadow each other wherever they can."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

_NAMES = "abcd"
_WHOLE, _FUNCTION = "whole", "function"

Scope = dict[str, "str | tuple[str, ...]"]
"""What the names stand for: an integer, a function of one, or a set with these attributes."""


class Programs:
    """Writes programs; two with the same chance write the same."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._forms: Mapping[str, Callable[[Scope, int], str]] = {
            "sum": lambda scope, depth: (
                f"({self.whole(scope, depth)} {self._chance.choice('+-*')} {self.whole(scope, depth)})"
            ),
            "if": lambda scope, depth: (
                f"(if {self.whole(scope, depth)} < 5 then {self.whole(scope, depth)} else {self.whole(scope, depth)})"
            ),
            "string": lambda scope, depth: f'(builtins.stringLength "x${{toString ({self.whole(scope, depth)})}}y")',
            "minus": lambda scope, depth: f"(-{self.whole(scope, 0)} - {self.whole(scope, depth)})",
            "applied": self._applied,
            "function": self._function,
            "let": self._let,
            "set": self._set,
            "rec": self._rec,
            "with": self._with,
            "inherit": self._inherit,
            "nested": self._nested,
            "formals": self._formals,
        }

    def whole(self, scope: Scope, depth: int) -> str:
        """Return an expression whose value is an integer, in parentheses where it needs them."""
        wholes = [name for name, kind in scope.items() if kind == _WHOLE]
        functions = [name for name, kind in scope.items() if kind == _FUNCTION]
        selections = [f"{name}.{each}" for name, kind in scope.items() if isinstance(kind, tuple) for each in kind]
        if depth > 0 and functions and self._chance.random() < 0.15:
            return f"({self._chance.choice(functions)} {self.whole(scope, depth - 1)})"
        if depth > 0 and self._chance.random() < 0.7:
            return self._forms[self._chance.choice(list(self._forms))](scope, depth - 1)
        return self._chance.choice([*wholes, *wholes, *selections, str(self._chance.randint(0, 9))])

    def _some(self, count: int) -> list[str]:
        return self._chance.sample(_NAMES, count)

    def _applied(self, scope: Scope, depth: int) -> str:
        (name,) = self._some(1)
        return f"(({name}: {self.whole({**scope, name: _WHOLE}, depth)}) {self.whole(scope, depth)})"

    def _function(self, scope: Scope, depth: int) -> str:
        (function,), (name,) = self._some(1), self._some(1)
        body = self.whole({**_without(scope, function), name: _WHOLE}, depth)
        return f"(let {function} = {name}: {body}; in {self.whole({**scope, function: _FUNCTION}, depth)})"

    def _let(self, scope: Scope, depth: int) -> str:
        names = self._some(3)
        known, written = _without(scope, *names), list[str]()
        for name in names:
            written.append(f"{name} = {self.whole(known, depth)};")
            known[name] = _WHOLE
        self._chance.shuffle(written)
        return f"(let {' '.join(written)} in {self.whole(known, depth)})"

    def _set(self, scope: Scope, depth: int) -> str:
        (name,), (one, other) = self._some(1), self._some(2)
        inner = _without(scope, name)
        value = f"{{ {one} = {self.whole(inner, depth)}; {other} = {self.whole(inner, depth)}; }}"
        return f"(let {name} = {value}; in {self.whole({**scope, name: (one, other)}, depth)})"

    def _rec(self, scope: Scope, depth: int) -> str:
        one, other = self._some(2)
        inner = _without(scope, one, other)
        first, second = self.whole(inner, depth), self.whole({**inner, one: _WHOLE}, depth)
        return f"(rec {{ {one} = {first}; {other} = {second}; }}.{self._chance.choice((one, other))})"

    def _with(self, scope: Scope, depth: int) -> str:
        one, other = self._some(2)
        value = f"{{ {one} = {self.whole(scope, depth)}; {other} = {self.whole(scope, depth)}; }}"
        inner = {one: _WHOLE, other: _WHOLE, **scope}
        if self._chance.random() < 0.5:
            return f"(with {value}; {self.whole(inner, depth)})"
        return f"(let s = {value}; in with s; {self.whole(_without(inner, 's'), depth)})"

    def _inherit(self, scope: Scope, depth: int) -> str:
        (name,) = self._some(1)
        if scope.get(name) == _WHOLE:
            return f"({{ inherit {name}; z.e = {name}; z.{name} = {self.whole(scope, depth)}; }}.{name})"
        value = f"{{ {name} = {self.whole(_without(scope, name), depth)}; }}"
        return f"(let inherit ({value}) {name}; in {self.whole({**scope, name: _WHOLE}, depth)})"

    def _nested(self, scope: Scope, depth: int) -> str:
        one, other = self._some(2)
        return (
            f"({{ {one}.{other} = {self.whole(scope, depth)}; {one}.q = {self.whole(scope, 0)}; }}.{one}.{other} or 1)"
        )

    def _formals(self, scope: Scope, depth: int) -> str:
        one, other = self._some(2)
        inner = {**_without(scope, one, other), one: _WHOLE}
        default, body = self.whole(inner, 0), self.whole({**inner, other: _WHOLE}, depth)
        return f"(({{ {one}, {other} ? {default}, ... }}: {body}) {{ {one} = {self.whole(scope, depth)}; }})"


def _without(scope: Scope, *names: str) -> Scope:
    return {name: kind for name, kind in scope.items() if name not in names}
