"""All paths of one module set as a tree, numbered so that what lies below a path is a range of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from option_index.timeline import first_release_of, release_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scripts.facts import history, moves
    from scripts.facts.notes import Notes
    from scripts.facts.sources import Path, Source


OLDER = ("20.09", "21.05", "21.11", "22.05", "22.11", "23.05", "23.11", "24.05", "24.11")
"""The releases whose notes may speak of what is older than the first snapshot."""


@dataclass(slots=True)
class Node:
    """A path: an option, a namespace of options, the source of a move, or several of these."""

    path: Path
    children: dict[str, Node] = field(default_factory=dict[str, "Node"])
    option: history.History | None = None
    move: moves.History | None = None
    hidden: str | None = None
    """The type of an option that no list publishes."""
    id: int = 0
    last: int = 0
    """The greatest number at or below this node."""
    span: tuple[int, int] | None = None
    """The snapshots, both inclusive, that have an option here or below."""
    came: str | None = None
    went: str | None = None


def build(options: Mapping[Path, history.History], drift: Iterable[moves.History], hidden: Mapping[Path, str]) -> Node:
    """Return the root of the tree of all options, moves and unpublished options, unnumbered."""
    root = Node(())
    for path, option in options.items():
        _node(root, path).option = option
    for move in drift:
        _node(root, move.source).move = move
    for path, type_ in hidden.items():
        node = _node(root, path)
        # What is hidden because it moved is told as a move.
        if node.move is None:
            node.hidden = type_
    return root


def _node(root: Node, path: Path) -> Node:
    node = root
    for depth, segment in enumerate(path, 1):
        child = node.children.get(segment)
        if child is None:
            child = node.children[segment] = Node(path[:depth])
        node = child
    return node


def number(root: Node, start: int) -> list[Node]:
    """Number a tree in preorder, siblings by name, from `start`; return its nodes in that order with spans filled in."""
    order: list[Node] = []
    pending = [root]
    while pending:
        node = pending.pop()
        node.id = start + len(order)
        order.append(node)
        pending += (node.children[name] for name in sorted(node.children, reverse=True))
    for node in reversed(order):
        below = node.children.values()
        node.last = max((child.last for child in below), default=node.id)
        spans = [child.span for child in below if child.span]
        if node.option:
            spans.append((node.option.first, node.option.last))
        if spans:
            node.span = min(first for first, _ in spans), max(last for _, last in spans)
    return order


def candidates(sources: Sequence[Source], possible: int, first: int) -> list[str]:
    """Return the releases in which a change can have come that snapshot `possible` may be, and `first` surely is, the first to show.

    Empty where the change may be older than the first snapshot.
    """
    if possible == 0:
        return []
    before, after = sources[possible - 1], sources[first]
    earliest = release_after(before.release) if before.release else first_release_of(before.day)
    latest = after.release or first_release_of(after.day)
    found = [earliest]
    while found[-1] < latest:
        found.append(release_after(found[-1]))
    return found


class Dates(NamedTuple):
    """Where the release of a change is to be had, beside `sinceRelease`."""

    notes: Notes | None
    came: Mapping[str, str]
    """Paths that came with all below them."""
    left: Mapping[str, str]
    """Paths that moved, or below which something moved."""


def date_changes(order: Sequence[Node], sources: Sequence[Source], dates: Dates) -> None:
    """Settle the release in which each node came, moved or went, where a source tells it."""
    for node in order:
        if node.move:
            node.move.since = node.move.since or _moved(node.path, node.move, sources, dates)
        if node.span:
            _date_coming(node, node.span[0], sources, dates)
            if dates.notes and node.span[1] + 1 < len(sources):
                node.went = dates.notes.left(node.path, candidates(sources, node.span[1] + 1, node.span[1] + 1))
    for node in order:
        if node.move and node.move.since and node.span and node.span[1] + 1 == node.move.first:
            _went_below(node, node.span[1], node.move.since)


def _date_coming(node: Node, first: int, sources: Sequence[Source], dates: Dates) -> None:
    possible = candidates(sources, first, first)
    if told := dates.came.get(".".join(node.path)):
        node.came = told
        _came_below(node, first)
    elif dates.notes and len(possible) > 1 and not node.came:
        node.came = dates.notes.came(node.path, possible) or dates.notes.came((*node.path, "enable"), possible)
        if node.came and node.came != possible[0]:
            _came_below(node, first)


def _moved(path: Path, move: moves.History, sources: Sequence[Source], dates: Dates) -> str | None:
    possible = candidates(sources, move.possible, move.first)
    if len(possible) == 1:
        return possible[0]
    possible = possible or [name for name in OLDER if name <= first_release_of(sources[0].day)]
    prefixes = (".".join(path[:end]) for end in range(len(path), 0, -1))
    told = next((dates.left[prefix] for prefix in prefixes if prefix in dates.left), None)
    if told in possible:
        return told
    return dates.notes.left(path, possible) if dates.notes else None


def _came_below(node: Node, first: int) -> None:
    """A module that came in a release brought everything below it that is as old as itself."""
    for below in _subtree(node):
        if below.span and below.span[0] == first:
            below.came = node.came


def _went_below(node: Node, last: int, release: str) -> None:
    for below in _subtree(node):
        if below.span and below.span[1] == last:
            below.went = release


def _subtree(node: Node) -> Iterable[Node]:
    pending = [node]
    while pending:
        below = pending.pop()
        yield below
        pending += below.children.values()
