"""Modules in pieces, so that what an edit has left alone is neither read nor judged again.

A piece is a binding with all definitions that come of it. What is known of it whatever stands round it in the file (`Known`) is shared
by all versions of an open file in which the binding has the same text at the same path. Where it says enough, the definitions
themselves, with their places in the tree, are never read.
"""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nix_lsp.analysis.definition import Definition

    Key = tuple[bytes, tuple[str | None, ...], bool]
    """A binding's text, the path that it stands under, and whether it does so conditionally."""

_SPARE = 4
"""Pieces are forgotten when there are so many times more of them than the file has: those of former texts."""
_LEAST = 1_000
"""Fewer pieces than these are never forgotten."""


class Outline(NamedTuple):
    """A definition as it is seen from afar."""

    names: tuple[str | None, ...]
    is_set: bool


class Known:
    """What is known of a piece by its text alone."""

    __slots__ = ("_found", "asked", "outlines")

    def __init__(self, definitions: Iterable[Definition], asked: frozenset[bytes] = frozenset()) -> None:
        self.outlines = tuple([Outline(definition.names, definition.is_set) for definition in definitions])
        self.asked = asked
        """Names that the file was asked for and does not bind: all this holds as long as that is so."""
        self._found: dict[str, tuple[tuple[object, ...], object]] = {}

    def found(self, question: str, given: tuple[object, ...]) -> object | None:
        """Return the answer that was kept for a question, None if it was another time given other objects, or never."""
        kept = self._found.get(question)
        if kept is None or len(kept[0]) != len(given):
            return None
        return kept[1] if all(map(is_, kept[0], given)) else None

    def keep(self, question: str, given: tuple[object, ...], answer: object) -> None:
        """Keep an answer that rests on the piece's text and some objects, which never change, and on nothing else."""
        self._found[question] = (given, answer)


class Piece:
    """One binding; or several that can only be read with what stands round them."""

    __slots__ = ("_definitions", "_read", "known")

    def __init__(self, known: Known, read: Callable[[], tuple[Definition, ...]]) -> None:
        self.known = known
        self._read = read
        self._definitions: tuple[Definition, ...] | None = None

    @classmethod
    def of(cls, definitions: tuple[Definition, ...]) -> Piece:
        """Return a piece that has been read already, and is not known from another version."""
        piece = cls(Known(definitions), lambda: definitions)
        piece._definitions = definitions
        return piece

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """The definitions in the file as it is now, read when they are first asked for."""
        if self._definitions is None:
            self._definitions = self._read()
        return self._definitions

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The definitions as they are seen from afar, in the same order."""
        return self.known.outlines


class KnownPieces:
    """What is known of the pieces of one open file, over its versions."""

    def __init__(self) -> None:
        self._by_key: dict[Key, Known] = {}

    def get(self, key: Key) -> Known | None:
        return self._by_key.get(key)

    def put(self, key: Key, known: Known) -> None:
        self._by_key[key] = known

    def forget(self, current: Iterable[Key]) -> None:
        """Forget the pieces of former texts when they have become many; `current` are those of the text as it is now."""
        kept = set(current)
        if len(self._by_key) > _LEAST + _SPARE * len(kept):
            self._by_key = {key: known for key, known in self._by_key.items() if key in kept}
