"""Finding options of the embedded facts by parts of their paths.

Nodes are numbered in preorder, so what lies below a path is a range of ids, and a part of a name is looked for by one scan in SQLite.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from option_index.facts_file import FactsFile, Node
    from option_index.records import Path

_RANGES = 200
"""So many places where the earlier parts of a text match are looked into."""
_CANDIDATES = 400
"""So many options are ranked."""
_SCANNED = 2_000
"""Nodes below a place from which on the text of all names is looked through; fewer are scanned in their table as fast."""
_AT_ONCE = 64
"""The places of so many options are read at once."""


def below(file: FactsFile, roots: Sequence[Node], text: str) -> Iterator[tuple[Node, Path]]:
    """Yield the options below any of `roots`, whatever snapshot they are in, that match `text`, best first.

    The dot-separated parts of `text` occur, regardless of case, inside successive or later segments: the options whose last segment
    has the last part come first, those that start with it before the others, and shallow ones before deep ones.
    """
    *earlier, last = [part for part in text.split(".") if part] or [""]
    ranges = _disjoint((node.id, node.tail) for node in roots)
    for part in earlier:
        ranges = _disjoint(
            (node.id, node.tail) for low, high in ranges for node in _named(file, part, low, high, _RANGES)
        )[:_RANGES]
    matches: list[Node] = []
    seen: set[int] = set()
    for some in _best_named(file, last, ranges):
        matches += some
        options = [node for node in some if node.own_first is not None]
        file.bring([node.parent for node in options])
        for node in options:
            if node.id not in seen:
                seen.add(node.id)
                yield node, path_of(file, node)
    for node in matches:
        inside = "id > ? AND id <= ? AND own_first IS NOT NULL ORDER BY depth, id LIMIT ?"
        if (
            not node.id < node.tail <= node.id + _SCANNED
        ):  # whoever names the half of all options means what they are below
            continue
        for option in file.nodes(inside, node.id, node.tail, _CANDIDATES):
            if option.id not in seen:
                seen.add(option.id)
                yield option, path_of(file, option)


def search(file: FactsFile, root: Node, text: str) -> Iterator[tuple[Node, Path]]:
    """Yield the options below `root`, whatever snapshot they are in, whose path holds every word of `text`, best first."""
    words = text.lower().split()
    if not words:
        return
    rarest = max((part for word in words for part in word.split(".")), key=len)
    candidates: dict[int, tuple[Node, Path]] = {}
    for node in _named(file, rarest, root.id, root.tail, _CANDIDATES):
        inside = "id >= ? AND id <= ? AND own_first IS NOT NULL ORDER BY depth, id LIMIT ?"
        for option in file.nodes(inside, node.id, node.tail, _CANDIDATES):
            path = path_of(file, option)
            dotted = ".".join(path).lower()
            if option.id not in candidates and all(word in dotted for word in words):
                candidates[option.id] = option, path
        if len(candidates) >= _CANDIDATES:
            break
    yield from sorted(candidates.values(), key=lambda found: _distance(found[1], words))


def _distance(path: Path, words: Sequence[str]) -> tuple[int, int, Path]:
    """Rank a match: each word counts least as a whole segment, more as a segment's start, most inside one; then short paths first."""
    segments = [segment.lower() for segment in path]
    cost = 0
    for word in words:
        parts = word.split(".")
        if any(part in segments for part in parts):
            continue
        cost += 1 if any(segment.startswith(parts[-1]) for segment in segments) else 2
    return cost, len(path), path


def path_of(file: FactsFile, node: Node) -> Path:
    """Return the path of a node."""
    segments: list[str] = []
    while node.depth:
        segments.append(node.name)
        node = file.node(node.parent)
    return tuple(reversed(segments))


def _best_named(file: FactsFile, part: str, ranges: Sequence[tuple[int, int]]) -> Iterator[list[Node]]:
    """Yield the nodes in any of some ranges whose name has `part` in it, some at a time: who asks may have enough of the first ones."""
    if len(ranges) == 1 and ranges[0][1] - ranges[0][0] > _SCANNED:
        found = islice(file.names.find(part, *ranges[0]), _CANDIDATES)
        while some := list(islice(found, _AT_ONCE)):
            yield file.nodes_of(some)
        return
    matches = [node for low, high in ranges for node in _named(file, part, low, high, _CANDIDATES)]
    matches.sort(key=lambda node: (not node.name.lower().startswith(part.lower()), node.depth, node.name))
    yield matches


def _named(file: FactsFile, part: str, low: int, high: int, limit: int) -> list[Node]:
    """Return the nodes after id `low` up to `high` whose name has `part` in it, those that start with it and shallow ones first."""
    if high - low > _SCANNED:
        return file.nodes_of(list(islice(file.names.find(part, low, high), limit)))
    pattern = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return file.nodes(
        "id > ? AND id <= ? AND name LIKE ? ESCAPE '\\' ORDER BY name LIKE ? ESCAPE '\\' DESC, depth, name LIMIT ?",
        low,
        high,
        f"%{pattern}%",
        f"{pattern}%",
        limit,
    )


def _disjoint(ranges: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drop the ranges that lie inside others; those left stand in their order."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if not found or low > found[-1][1]:
            found.append((low, high))
    return found
