"""From two texts to the edits between them."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from nix_lsp.ide.model import TextEdit
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INK = bytes(byte for byte in range(256) if byte not in b" \t\r\n")


def lines_changed(before: bytes, after: bytes) -> tuple[TextEdit, ...]:
    """Return edits by whole lines that make one text of another."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return _edits(old, new, 0)


def _edits(old: Sequence[bytes], new: Sequence[bytes], at: int) -> tuple[TextEdit, ...]:
    """Return edits that make lines that start at an offset the others."""
    starts = list(accumulate(map(len, old), initial=at))
    return tuple(
        TextEdit(Span(starts[first], starts[last]), b"".join(new[start:end]).decode("utf-8", "replace"))
        for first, last, start, end in _differing(old, new)
    )


def _differing(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the lines that differ: from where to where in the one text, and in the other.

    They are looked for between neighbours of the lines that both texts have once; difflib's time goes with the square of how often a
    line is repeated.
    """
    from difflib import SequenceMatcher

    counts, other_counts = Counter(old), Counter(new)
    places = {line: index for index, line in enumerate(new) if other_counts[line] == 1}
    anchors = [(index, places[line]) for index, line in enumerate(old) if counts[line] == 1 and line in places]
    if any(one[1] > other[1] for one, other in pairwise(anchors)):
        anchors = []
    first, start = 0, 0
    for last, end in (*anchors, (len(old), len(new))):
        if (first < last or start < end) and old[first:last] != new[start:end]:
            matcher = SequenceMatcher(None, old[first:last], new[start:end], autojunk=False)
            for operation, one, two, three, four in matcher.get_opcodes():
                if operation != "equal":
                    yield first + one, first + two, start + three, start + four
        first, start = last, end


def words_changed(old: bytes, new: bytes) -> tuple[TextEdit, ...]:
    """Return the edits that lead from one text to the other, in the lines that differ and there in the words that do."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    head = common_length(before, after)
    tail = common_length(before[head:][::-1], after[head:][::-1])
    start = sum(map(len, before[:head]))
    different = before[head : len(before) - tail], after[head : len(after) - tail]
    return tuple(_trimmed(old, edit.span, edit.text.encode()) for edit in _edits(*different, start))


def _trimmed(old: bytes, part: Span, new: bytes) -> TextEdit:
    """Leave out of an edit the words that are the same at both ends."""
    present = old[part.start : part.end]
    head = _blank_before(present, common_length(present, new))
    tail = common_length(present[head:][::-1], new[head:][::-1])
    tail = _blank_before(present[::-1], tail)
    return TextEdit(Span(part.start + head, part.end - tail), new[head : len(new) - tail].decode("utf-8", "replace"))


def _blank_before(data: bytes, end: int) -> int:
    """Return the end of the last white space before an offset, or 0."""
    return len(data[:end].rstrip(_INK)) if end else 0


def common_length(one: Sequence[object], other: Sequence[object]) -> int:
    """Return how many leading items two sequences share."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
