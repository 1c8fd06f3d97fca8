"""What an unknown option path may have been meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from option_index.query import OptionSet
    from option_index.records import Path

_MOST = 3
_SLIP = 1
"""Edits of a slip of the finger: where one explains a path, more far-fetched readings are left out."""
_ELSEWHERE = 9
"""Stands for a distance where the name is not the only difference."""
_DEEPER = 300
"""So many options below the part that is known are compared by their last segment."""


def suggest(options: OptionSet, path: Sequence[str]) -> Sequence[Path]:
    """Return up to three existing paths near `path`, nearest first: a misspelt segment, a segment left out, or a moved one."""
    found: dict[Path, None] = {}
    asked = tuple(path)
    understood = min(options.resolve(asked).matched, len(asked) - 1)
    is_slip = False
    for cost, candidate in (*_misspelt(options, asked, understood), *_elsewhere(options, asked, understood)):
        if is_slip and cost > _SLIP:
            break
        resolution = options.resolve(candidate)
        if resolution.move and resolution.standing is Standing.RENAMED and resolution.move.target:
            found[resolution.move.target] = None
        elif resolution.standing in (Standing.OPTION, Standing.NAMESPACE):
            found[candidate] = None
        is_slip = is_slip or (bool(found) and cost <= _SLIP)
        if len(found) == _MOST:
            break
    return list(found)


def _misspelt(options: OptionSet, path: Path, at: int) -> Iterator[tuple[int, Path]]:
    """Yield the path with its segment `at` replaced by near names of the same place, and how far they are."""
    before, segment, after = path[:at], path[at], path[at + 1 :]
    near = ((distance(segment, child.name), child.name) for child in options.children(before))
    for cost, name in sorted((cost, name) for cost, name in near if cost is not None)[: 2 * _MOST]:
        yield cost, (*before, name, *after)


def _elsewhere(options: OptionSet, path: Path, at: int) -> Iterator[tuple[int, Path]]:
    """Yield the options below the part that is known, all but the last segment, whose last segment is near that of `path`."""
    if at == 0 or at != len(path) - 1:
        return
    near = ((distance(path[-1], option.path[-1]), option.path) for option in options.below(path[:at], "", _DEEPER))
    for _, found in sorted((cost, found) for cost, found in near if cost is not None):
        yield _ELSEWHERE, (*path[:at], *found[at:])


def distance(a: str, b: str) -> int | None:
    """Return the Damerau–Levenshtein distance (optimal string alignment) of two names, regardless of case, or None where they are not near.

    Near is at most one edit for each three characters of the shorter name, and never more than three.
    """
    a, b = a.lower(), b.lower()
    most = min(3, max(1, min(len(a), len(b)) // 3))
    if abs(len(a) - len(b)) > most:
        return None
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        above, before = before, row
        row = [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
