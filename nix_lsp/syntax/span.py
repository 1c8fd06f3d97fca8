"""A range of text, in bytes of its UTF-8 form."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Bytes `start` (inclusive) to `end` (exclusive) of a document's UTF-8 text."""

    start: int
    end: int

    def contains(self, offset: int) -> bool:
        """Tell whether the offset lies in the span or at its end, as a cursor does."""
        return self.start <= offset <= self.end

    def touches(self, other: Span) -> bool:
        """Tell whether the two have a byte in common, or one ends where the other begins."""
        return self.start <= other.end and other.start <= self.end

    def cover(self, other: Span) -> Span:
        """Return the smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))
