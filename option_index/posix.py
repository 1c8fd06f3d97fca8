"""POSIX extended regular expressions, as `builtins.match` takes them: whether one matches a whole string.

An expression becomes a nondeterministic automaton, and matching follows all of its paths at once: time goes by the length of the
string, whatever the expression. What engines may read differently (back references, collating elements, bytes beyond ASCII) is not
judged.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_STATES = 4_000
"""An automaton of more states is not built: `{1,64}` of something long, in one another."""
_LENGTH = 1_000
"""Strings beyond this are not looked at."""
_CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "alnum": str.isalnum,
    "upper": str.isupper,
    "lower": str.islower,
    "space": lambda char: char in " \t\n\r\f\v",
    "blank": lambda char: char in " \t",
    "punct": lambda char: char.isprintable() and not char.isalnum() and char != " ",
    "print": str.isprintable,
    "graph": lambda char: char.isprintable() and char != " ",
    "cntrl": lambda char: not char.isprintable(),
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
}
_ASCII = [chr(code) for code in range(1, 128)]
_ANY = frozenset(_ASCII)
_SPECIAL = frozenset(".[]\\*+?(){}|^$/-#:\"'")
"""What a backslash makes plain."""


class _Unclear(Exception):  # noqa: N818 -- no error: the expression is not judged
    """The expression may mean different things, or nothing, to different engines."""


@lru_cache(maxsize=1024)
def matches(pattern: str, text: str) -> bool | None:
    """Tell whether an expression matches a string as a whole; None where that is not sure. The last answers are kept: edits change few values."""
    if not text.isascii() or "\0" in text or len(text) > _LENGTH:
        return None
    automaton = _automaton(pattern)
    return automaton.accepts(text) if automaton else None


class _State:
    """`chars` lead on to `then`; without chars, both `then` and `other` are reached at once. `at` is `^` or `$`, which hold at one end."""

    __slots__ = ("at", "chars", "other", "then")

    def __init__(
        self,
        chars: frozenset[str] | None = None,
        then: _State | None = None,
        other: _State | None = None,
        at: str = "",
    ) -> None:
        self.chars = chars
        self.then = then
        self.other = other
        self.at = at


class _Automaton(NamedTuple):
    start: _State
    end: _State

    def accepts(self, text: str) -> bool:
        states = _reached({self.start}, at_start=True, at_end=not text)
        for position, char in enumerate(text, 1):
            states = _reached(
                {state.then for state in states if state.chars and char in state.chars and state.then},
                at_start=False,
                at_end=position == len(text),
            )
            if not states:
                return False
        return self.end in states


def _reached(states: set[_State], *, at_start: bool, at_end: bool) -> set[_State]:
    pending = list(states)
    found = set(states)
    while pending:
        state = pending.pop()
        if state.chars is not None or (state.at == "^" and not at_start) or (state.at == "$" and not at_end):
            continue
        for following in (state.then, state.other):
            if following is not None and following not in found:
                found.add(following)
                pending.append(following)
    return found


@lru_cache(maxsize=256)
def _automaton(pattern: str) -> _Automaton | None:
    try:
        return _Reader(pattern).read() if pattern.isascii() else None
    except _Unclear:
        return None


class _Reader:
    """A recursive descent over the expression; states are made from its end to its start, so that each knows what follows it."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._states = 0

    def read(self) -> _Automaton:
        make = self._alternatives(0)
        if self._position < len(self._pattern):
            raise _Unclear
        end = _State()
        return _Automaton(make(end), end)

    def _alternatives(self, depth: int) -> Callable[[_State], _State]:
        if depth > 32:
            raise _Unclear
        makers = [self._sequence(depth)]
        while self._peek() == "|":
            self._position += 1
            makers.append(self._sequence(depth))

        def make(then: _State) -> _State:
            first, *others = (maker(then) for maker in makers)
            for other in others:
                first = self._state(_State(then=first, other=other))
            return first

        return make

    def _sequence(self, depth: int) -> Callable[[_State], _State]:
        makers: list[Callable[[_State], _State]] = []
        while self._peek() not in ("", "|", ")"):
            makers.append(self._repeated(depth))
        if not makers:
            raise _Unclear

        def make(then: _State) -> _State:
            for maker in reversed(makers):
                then = maker(then)
            return then

        return make

    def _repeated(self, depth: int) -> Callable[[_State], _State]:
        maker = self._atom(depth)
        sign = self._peek()
        if sign not in ("*", "+", "?", "{"):
            return maker
        least, most = self._bounds(sign)
        if self._peek() in ("*", "+", "?", "{"):
            raise _Unclear

        def make(then: _State) -> _State:
            if most is None:
                loop = self._state(_State(other=then))
                loop.then = maker(loop)
                then = loop
            else:
                after = then
                for _ in range(most - least):
                    then = self._state(_State(then=maker(then), other=after))
            for _ in range(least):
                then = maker(then)
            return then

        return make

    def _bounds(self, sign: str) -> tuple[int, int | None]:
        self._position += 1
        if sign != "{":
            return (1 if sign == "+" else 0), (1 if sign == "?" else None)
        end = self._pattern.find("}", self._position)
        least, comma, most = self._pattern[self._position : end].partition(",")
        self._position = end + 1
        if end < 0 or not least.isdigit() or (most and not most.isdigit()):
            raise _Unclear
        bounds = int(least), int(most) if most else (None if comma else int(least))
        if bounds[0] > _STATES or (bounds[1] is not None and not bounds[0] <= bounds[1] <= _STATES):
            raise _Unclear
        return bounds

    def _atom(self, depth: int) -> Callable[[_State], _State]:
        char = self._peek()
        self._position += 1
        if char == "(":
            inner = self._alternatives(depth + 1)
            if self._peek() != ")":
                raise _Unclear
            self._position += 1
            return inner
        if char in ("^", "$"):
            return lambda then: self._state(_State(then=then, at=char))
        if char in ("*", "+", "?", "{", "}", "]"):
            raise _Unclear
        chars = frozenset(char)
        if char == ".":
            chars = _ANY
        elif char == "[":
            chars = self._bracket()
        elif char == "\\":
            escaped = self._peek()
            self._position += 1
            if escaped not in _SPECIAL:
                raise _Unclear
            chars = frozenset(escaped)
        return lambda then: self._state(_State(chars, then))

    def _bracket(self) -> frozenset[str]:
        """Read a bracket expression, where a backslash is a character like any other."""
        negated = self._peek() == "^"
        self._position += negated
        found: set[str] = set()
        first = True
        while (char := self._peek()) != "]" or first:
            first = False
            following = self._pattern[self._position + 1 : self._position + 2]
            if not char or (char == "[" and following in (".", "=")):
                raise _Unclear
            if char == "[" and following == ":":
                found |= self._class()
                continue
            self._position += 1
            last = self._pattern[self._position + 1 : self._position + 2]
            if following == "-" and last not in ("]", ""):
                if last == "[" or last < char:
                    raise _Unclear
                self._position += 2
                found.update(map(chr, range(ord(char), ord(last) + 1)))
            else:
                found.add(char)
        self._position += 1
        return _ANY - found if negated else frozenset(found)

    def _class(self) -> set[str]:
        end = self._pattern.find(":]", self._position)
        contains = _CLASSES.get(self._pattern[self._position + 2 : end])
        if end < 0 or contains is None:
            raise _Unclear
        self._position = end + 2
        return {char for char in _ASCII if contains(char)}

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _state(self, state: _State) -> _State:
        self._states += 1
        if self._states > _STATES:
            raise _Unclear
        return state
