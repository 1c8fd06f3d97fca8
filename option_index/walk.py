"""Going along a path through the tree of the embedded facts, placeholders and unknown segments included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from option_index.records import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.facts_file import FactsFile, Node
    from option_index.records import Path

    Asked = tuple[str | None, ...]
    """A concrete path; None for a segment that is not known."""
    Chain = tuple[Node, ...]
    """Nodes from the root, each below the one before it."""

_MOST = 400
"""A path with unknown segments is matched against at most so many paths of the index."""


def match(file: FactsFile, root: Node, path: Asked) -> list[Chain] | None:
    """Return the chains that go along with a path as far as any does, those with the fewest placeholders first.

    None where there are too many.
    """
    chains: list[Chain] = [(root,)]
    ended: list[Chain] = []
    for segment in path:
        longer: list[Chain] = []
        for chain in chains:
            nodes = _matching(file, chain[-1], segment)
            longer += ((*chain, node) for node in nodes)
            if not nodes:
                ended.append(chain)
        chains = longer
        if len(chains) + len(ended) > _MOST:
            return None
    return sorted(chains + ended, key=lambda chain: sum(is_placeholder(node.name) for node in chain))


def _matching(file: FactsFile, node: Node, segment: str | None) -> Sequence[Node]:
    if segment is None:
        return file.nodes("parent = ?", node.id)
    return file.step(node, segment)


def ambiguous(chains: Sequence[Chain]) -> bool:
    """Tell whether an unknown segment may be one of several names that the index knows."""
    return len({tuple(node.name for node in chain if not is_placeholder(node.name)) for chain in chains}) > 1


def path_of(chain: Sequence[Node]) -> Path:
    """Return the index path of a chain."""
    return tuple(node.name for node in chain[1:])


def named(chain: Chain, path: Asked) -> Path:
    """Return a path with the index's placeholder, or `*`, for each segment that is not known."""
    names = path_of(chain)
    return tuple(
        segment if segment is not None else (names[index] if index < len(names) else "*")
        for index, segment in enumerate(path)
    )
