"""Walking a large JSON object member by member, so that only one value at a time is in memory, and a little of the text round it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from option_index.readers.text import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_LONGEST = 16 * 2**20
"""Code points of one member; the longest known has some ten thousand."""
_HEAD = 4096
"""Code points at the beginning of a text in which a key is looked for."""


def members(parts: Iterable[str], name: str, below: str | None = None) -> Iterator[tuple[str, Any]]:
    """Yield the members of a JSON object, or of the one that its member `below` is.

    Args:
        parts: JSON text, in pieces that may end anywhere.
        name: what to call the text in an error message.
        below: a key that stands near the beginning of the text.

    Raises:
        FormatError: the text is no JSON object, or is truncated or damaged; members before that have been yielded.
    """
    window = _Window(parts, name)
    if below is not None:
        window.enter(below)
    window.expect("{")
    if window.at("}"):
        return
    while True:
        key = window.value()
        if not isinstance(key, str):
            raise FormatError(f"{name}: a key is expected at character {window.place}")
        window.expect(":")
        yield key, window.value()
        if window.at("}"):
            return
        window.expect(",")


class _Window:
    """The part of a text that is looked at."""

    def __init__(self, parts: Iterable[str], name: str) -> None:
        self._parts = iter(parts)
        self._name = name
        self._text = ""
        self._position = 0
        self._before = 0
        """Code points that have been passed over and forgotten."""

    @property
    def place(self) -> int:
        """Where the text has been read to, in code points from its beginning."""
        return self._before + self._position

    def enter(self, key: str) -> None:
        """Go on at the value of the first member of this name near the beginning."""
        while len(self._text) < _HEAD and self._more():
            continue
        start = self._text.find(f'"{key}"', 0, _HEAD)
        if start < 0:
            raise FormatError(f"{self._name}: holds no member `{key}`")
        self._position = start + len(key) + 2
        self.expect(":")
        if not self.at("{"):
            raise FormatError(f"{self._name}: `{key}` is no object")

    def at(self, char: str) -> bool:
        """Tell whether a character comes next, white space passed over."""
        self._skip()
        return self._text.startswith(char, self._position)

    def expect(self, char: str) -> None:
        """Pass over a character that has to come next."""
        if not self.at(char):
            rest = self._text[self._position : self._position + 1]
            found = repr(rest) if rest else "the end"
            raise FormatError(f"{self._name}: {char!r} expected at character {self.place}, found {found}")
        self._position += 1

    def value(self) -> Any:
        """Read the value that comes next."""
        self._skip()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._position)
            except (json.JSONDecodeError, RecursionError) as error:
                # It may go on in the next piece.
                if isinstance(error, RecursionError) or not self._more():
                    raise FormatError(f"{self._name}: not JSON at character {self.place}") from error
                continue
            if end < len(self._text) or not self._more():
                self._position = end
                return value
            # A number at the very end of a piece may go on, too; what is read again starts where it did.

    def _skip(self) -> None:
        while True:
            match = _SPACE.match(self._text, self._position)
            self._position = match.end() if match else self._position
            if self._position < len(self._text) or not self._more():
                return

    def _more(self) -> bool:
        """Take in the next piece, and forget what has been read."""
        part = next(self._parts, "")
        if not part or len(self._text) - self._position > _LONGEST:
            return False
        self._before += self._position
        self._text = self._text[self._position :] + part
        self._position = 0
        return True
