"""Walking a large JSON object member by member, so that only one value at a time is in memory beside the text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from option_index.readers.text import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def members(text: str, name: str, start: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the members of the JSON object that begins at `start` (code points, white space skipped).

    Args:
        text: JSON text.
        name: what to call the text in an error message.
        start: where the object begins.

    Raises:
        FormatError: the text is no JSON object, or is truncated or damaged; members before that have been yielded.
    """
    position = _skip(text, start)
    _expect(text, name, position, "{")
    position = _skip(text, position + 1)
    if text.startswith("}", position):
        return
    while True:
        key, position = _decode(text, name, position)
        if not isinstance(key, str):
            raise FormatError(f"{name}: a key is expected at character {position}")
        position = _skip(text, position)
        _expect(text, name, position, ":")
        value, position = _decode(text, name, _skip(text, position + 1))
        yield key, value
        position = _skip(text, position)
        if text.startswith("}", position):
            return
        _expect(text, name, position, ",")
        position = _skip(text, position + 1)


def _decode(text: str, name: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FormatError(f"{name}: not JSON at character {position}") from error


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _expect(text: str, name: str, position: int, char: str) -> None:
    if not text.startswith(char, position):
        found = repr(text[position]) if position < len(text) else "the end"
        raise FormatError(f"{name}: {char!r} expected at character {position}, found {found}")
