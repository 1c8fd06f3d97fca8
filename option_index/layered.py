"""A module set with what other sources declare for it: the options of a flake's inputs beside those of NixOS.

What the sources declare is held in memory: a few thousand options at most.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from option_index import types
from option_index.records import Child, Move, MoveKind, Option, Resolution, Standing, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from option_index.query import OptionSet
    from option_index.records import Path, Source

    Asked = tuple[str | None, ...]

_PRESENT = frozenset({Standing.OPTION, Standing.NAMESPACE, Standing.INSIDE})
_ABSENT = frozenset({Standing.UNKNOWN, Standing.UNLISTED, Standing.UNSURE, Standing.NOT_YET})
_WAYS = 200
"""A path with unknown segments is matched against at most so many paths."""


class Declared(NamedTuple):
    """What one source declares for a module set."""

    source: Source
    options: tuple[Option, ...] = ()
    moves: tuple[Move, ...] = ()
    open: frozenset[Path] = frozenset()
    """Paths below which it may declare more than is known; the empty path: anywhere."""


class LayeredOptions:
    """The options of a module set, and those that further sources declare."""

    def __init__(self, base: OptionSet, layers: Sequence[Declared]) -> None:
        """`base` answers where no layer does; of layers that declare one option, the first counts."""
        self.base = base
        self.layers = tuple(layers)
        self._root = _tree(layers)
        self._unbounded = frozenset(layer.source for layer in layers if () in layer.open)
        self._resolve = lru_cache(maxsize=4096)(self._resolve_uncached)
        self._suggest = lru_cache(maxsize=1024)(self._suggest_uncached)

    @property
    def set(self) -> str:
        return self.base.set

    @property
    def gap(self) -> str | None:
        """Why less is claimed of the set itself than at other pins."""
        return self.base.gap

    @property
    def label(self) -> str:
        """What answers for the module set itself, for people."""
        return self.base.label

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a path; see `OptionSet.resolve`. `source` tells where it is a layer that says so."""
        return self._resolve(tuple(path))

    def option(self, path: Sequence[str]) -> Option | None:
        """Return the option that defines `path`, placeholders matched, or None."""
        found = self.resolve(path)
        return found.option if found.standing is Standing.OPTION else None

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        """Return all names below `path` in name order."""
        found = {child.name: child for child in self.base.children(path)}
        for chain in _chains(self._root, tuple(path)):
            if len(chain) <= len(path):
                continue
            for name, node in chain[-1].below.items():
                if not node.holds_options:
                    continue
                known = found.get(name)
                if known is None:
                    found[name] = Child(name, node.option, bool(node.below))
                elif node.below or known.option is None:
                    found[name] = known._replace(
                        option=known.option or node.option, has_children=known.has_children or bool(node.below)
                    )
        return tuple(found[name] for name in sorted(found))

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        """Return options below `path` that match `text`; see `OptionSet.below`."""
        parts = [part.lower() for part in text.split(".") if part]
        own = [
            option
            for chain in _chains(self._root, tuple(path))
            if len(chain) > len(path)
            for option in _options(chain[-1])
            if _holds(option.path[len(path) :], parts)
        ]
        last = parts[-1] if parts else ""
        own.sort(key=lambda option: (not option.path[-1].lower().startswith(last), len(option.path), option.path))
        return _first_of(own, self.base.below(path, text, limit), limit)

    def search(self, text: str, limit: int) -> Sequence[Option]:
        """Return up to `limit` options whose path holds every word of `text`, best first."""
        words = text.lower().split()
        own = [option for option in _options(self._root) if words and all(word in _dotted(option) for word in words)]
        own.sort(key=lambda option: (len(option.path), option.path))
        return _first_of(own, self.base.search(text, limit), limit)

    def suggest(self, path: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Return up to three existing paths that an unknown `path` may have been meant to be, nearest first."""
        return self._suggest(tuple(path))

    def _suggest_uncached(self, path: tuple[str, ...]) -> Sequence[tuple[str, ...]]:
        from option_index.suggest import suggest

        return suggest(self, path)

    def _resolve_uncached(self, path: Asked) -> Resolution:
        base = self.base.resolve(path)
        own = self._own(path)
        hidden = base.option is not None and base.option.internal
        if own is None or (base.standing is Standing.OPTION and not (hidden and own.move)):
            return base
        if hidden and own.move:
            # The index of a host has the old names of options as options that are not shown.
            return own
        if own.standing is Standing.OPTION or base.standing in _ABSENT:
            if own.standing not in _ABSENT or own.matched > base.matched:
                return own
            # Where neither knows better, what may be declared here is not said to be unknown.
            return own if own.standing is Standing.UNSURE and own.matched == base.matched else base
        return base

    def _own(self, path: Asked) -> Resolution | None:
        """Judge a path by the layers alone; None where they have nothing of its first segment."""
        verdicts = [self._verdict(chain, path) for chain in _chains(self._root, path)]
        known = [verdict for verdict in verdicts if verdict.matched]
        if not known:
            return None
        best = min(known, key=lambda verdict: (_RANK[verdict.standing], -verdict.matched))
        if None in path and best.standing not in _PRESENT:
            return Resolution(Standing.UNSURE, best.matched)
        return best

    def _verdict(self, chain: Sequence[_Node], path: Asked) -> Resolution:
        """Judge a path by one way through the tree: the root and a node for each segment that is understood."""
        matched = len(chain) - 1
        node = chain[-1]
        source = next((each.source for each in reversed(chain) if each.source), None)
        if matched == len(path) and node.option:
            return Resolution(Standing.OPTION, matched, node.option, source=source)
        for depth in range(matched, 0, -1):
            if move := chain[depth].move:
                return self._moved(move, chain, depth, path, source)
        if matched == len(path) and node.below:
            return Resolution(Standing.NAMESPACE, matched, source=source)
        for depth in range(matched, 0, -1):
            above = chain[depth]
            if above.is_open:
                return Resolution(Standing.INSIDE if above.option else Standing.UNSURE, matched, above.option)
            if above.option:
                kind = types.below(types.parse(above.option.type))
                if kind is types.Below.ANYTHING or (kind is types.Below.OPTIONS and not above.below):
                    return Resolution(Standing.INSIDE, matched, above.option, source=source)
                break
        standing = Standing.UNSURE if source in self._unbounded else Standing.UNKNOWN
        return Resolution(standing, matched, source=source)

    def _moved(self, move: Move, chain: Sequence[_Node], depth: int, path: Asked, source: Source | None) -> Resolution:
        named = tuple(
            segment or (chain[at + 1].name if at + 1 < len(chain) else "*") for at, segment in enumerate(path)
        )
        target = move.target
        if target:
            names = iter(name for name, segment in zip(named, move.source, strict=False) if is_placeholder(segment))
            target = tuple(next(names, segment) if is_placeholder(segment) else segment for segment in target)
            target += named[len(move.source) :]
            if target[: len(named)] == named or self.resolve(target).standing not in _PRESENT:
                return Resolution(Standing.UNSURE, len(path))
        shown = move._replace(source=tuple(node.name for node in chain[1 : depth + 1]), target=target)
        if move.kind is MoveKind.ALIAS:
            there = self.resolve(target or ())
            return there._replace(matched=len(path), move=shown, source=source)
        return Resolution(Standing(move.kind.value), len(path), move=shown, source=source)


class _Node:
    """What the layers declare at one path."""

    __slots__ = ("below", "is_open", "move", "name", "option", "source")

    def __init__(self, name: str) -> None:
        self.name = name
        self.below: dict[str, _Node] = {}
        self.option: Option | None = None
        self.move: Move | None = None
        self.source: Source | None = None
        self.is_open = False

    @property
    def holds_options(self) -> bool:
        """Whether it is an option, or some are below: what is only the old name of one does not count."""
        return self.option is not None or next(_options(self), None) is not None


_RANK = {
    Standing.OPTION: 0,
    Standing.NAMESPACE: 1,
    Standing.INSIDE: 2,
    Standing.RENAMED: 3,
    Standing.CHANGED: 3,
    Standing.REMOVED: 3,
    Standing.UNSURE: 4,
    Standing.UNKNOWN: 5,
}


def _tree(layers: Iterable[Declared]) -> _Node:
    root = _Node("")
    for layer in layers:
        for option in layer.options:
            node = _at(root, option.path, layer.source)
            node.option = node.option or option
        for move in layer.moves:
            node = _at(root, move.source, layer.source)
            node.move = node.move or move
        for path in layer.open:
            if path:
                _at(root, path, layer.source).is_open = True
    return root


def _at(root: _Node, path: Path, source: Source) -> _Node:
    node = root
    for name in path:
        node = node.below.setdefault(name, _Node(name))
        node.source = node.source or source
    return node


def _chains(root: _Node, path: Asked) -> list[tuple[_Node, ...]]:
    """Return the ways that go along with a path as far as any does, exact names before placeholders."""
    chains: list[tuple[_Node, ...]] = [(root,)]
    ended: list[tuple[_Node, ...]] = []
    for segment in path:
        longer: list[tuple[_Node, ...]] = []
        for chain in chains:
            below = chain[-1].below
            found = (
                list(below.values())
                if segment is None
                else [node for name, node in below.items() if name == segment or is_placeholder(name)]
            )
            found.sort(key=lambda node: is_placeholder(node.name))
            longer += ((*chain, node) for node in found)
            if not found:
                ended.append(chain)
        chains = longer[:_WAYS]
    return chains + ended


def _options(node: _Node) -> Iterator[Option]:
    stack = [node]
    while stack:
        here = stack.pop()
        if here.option and here is not node and not here.option.internal:
            yield here.option
        stack += here.below.values()


def _holds(path: Path, parts: Sequence[str]) -> bool:
    """Tell whether parts of a text occur in this order inside successive or later segments."""
    segments = iter(path)
    return all(any(part in segment.lower() for segment in segments) for part in parts)


def _dotted(option: Option) -> str:
    return ".".join(option.path).lower()


def _first_of(own: Sequence[Option], others: Sequence[Option], limit: int) -> list[Option]:
    """Return what layers declare before the rest, each path once."""
    return list({option.path: option for option in reversed((*own, *others))}.values())[::-1][:limit]
