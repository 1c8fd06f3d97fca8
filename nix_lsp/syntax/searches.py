"""Searches for a regular expression in a text, repeated from version to version: only round what has changed is looked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from nix_lsp.syntax.document import Document

_REACH = 4_096
"""Bytes that a match, with what it looks at before and behind it, has at most."""
_STEP = 4_096


class Hit(NamedTuple):
    """One match."""

    start: int
    end: int
    groups: tuple[bytes | None, ...]


def hits(document: Document, pattern: re.Pattern[bytes]) -> Sequence[Hit]:
    """Return all matches of a pattern in a document, in order, as `pattern.finditer` finds them.

    In an open file, a match that reaches over more than 4 KB may be missed.
    """
    if document.version is None:
        return _search(pattern, document.source, 0, len(document.source))
    return document.lineage.of(_Searches).of(document.source, pattern)


def _search(pattern: re.Pattern[bytes], source: bytes, start: int, until: int) -> list[Hit]:
    """Return the matches that begin between two offsets."""
    found: list[Hit] = []
    for match in pattern.finditer(source, start):
        if match.start() >= until:
            break
        found.append(Hit(match.start(), match.end(), match.groups()))
    return found


class _Searches:
    """What was found in an open file, by pattern."""

    def __init__(self) -> None:
        self._found: dict[re.Pattern[bytes], tuple[bytes, list[Hit]]] = {}
        self._change: tuple[bytes, bytes, Span, int] | None = None
        """Of two texts: the bytes of the first that differ, and by how many the second is longer."""

    def of(self, source: bytes, pattern: re.Pattern[bytes]) -> Sequence[Hit]:
        known = self._found.get(pattern)
        if known is None:
            found = _search(pattern, source, 0, len(source))
        elif known[0] is source:
            return known[1]
        else:
            found = self._anew(pattern, *known, source)
        self._found[pattern] = (source, found)
        return found

    def _anew(self, pattern: re.Pattern[bytes], old: bytes, known: list[Hit], source: bytes) -> list[Hit]:
        (start, end), by = self._changed(old, source)
        kept = [hit for hit in known if hit.end + _REACH <= start]
        begin = max(kept[-1].end if kept else 0, start - _REACH)
        if len(kept) < len(known):
            begin = min(begin, max(known[len(kept)].start, kept[-1].end if kept else 0))
        found = _search(pattern, source, begin, end + by + _REACH)
        reached = max(found[-1].end if found else 0, end + by + _REACH)
        rest = [
            Hit(hit.start + by, hit.end + by, hit.groups)
            for hit in known[len(kept) :]
            if hit.start + by >= reached and hit.start >= end
        ]
        return kept + found + rest

    def _changed(self, old: bytes, new: bytes) -> tuple[Span, int]:
        change = self._change
        if change is None or change[0] is not old or change[1] is not new:
            start = _common(old, new)
            most = min(len(old), len(new)) - start
            end = len(old) - _common_end(old, new, most)
            change = self._change = (old, new, Span(start, end), len(new) - len(old))
        return change[2], change[3]


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes two texts have in common at their beginnings, or a little less."""
    most = min(len(one), len(other))
    at = 0
    while at < most and one[at : at + _STEP] == other[at : at + _STEP]:
        at += _STEP
    return min(at, most)


def _common_end(one: bytes, other: bytes, most: int) -> int:
    """Return how many bytes, of `most`, two texts have in common at their ends, or a little less."""
    at = 0
    while at + _STEP <= most:
        first, second = len(one) - at, len(other) - at
        if one[first - _STEP : first] != other[second - _STEP : second]:
            break
        at += _STEP
    return at
