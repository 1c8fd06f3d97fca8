"""The embedded facts as an option set, over the interval that a pin can lie in.

A claim (renamed, removed, not yet, unknown) is made only where it holds for the whole interval; see `option_index.interval`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from option_index import types
from option_index.facts_file import HIDDEN, MOVED
from option_index.interval import place, releases
from option_index.records import (
    Child,
    Declaration,
    Former,
    Move,
    MoveKind,
    Option,
    Resolution,
    Standing,
    is_placeholder,
)
from option_index.walk import ambiguous, match, named, path_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from option_index.facts_file import Fact, FactsFile, ModuleSet, Node
    from option_index.records import Path
    from option_index.timeline import Point
    from option_index.walk import Asked, Chain

_REPOSITORIES = {
    "nixos": ("https://github.com/NixOS/nixpkgs", "nixos-{}"),
    "home-manager": ("https://github.com/nix-community/home-manager", "release-{}"),
    "nix-darwin": ("https://github.com/nix-darwin/nix-darwin", "nix-darwin-{}"),
}
_HOPS = 8
"""Renames of renames are followed this far."""
_NOWHERE = Resolution(Standing.UNSURE, 0)
_RANK = {
    Standing.OPTION: 0,
    Standing.RENAMED: 0,
    Standing.REMOVED: 0,
    Standing.CHANGED: 0,
    Standing.NAMESPACE: 1,
    Standing.INSIDE: 2,
    Standing.UNSURE: 3,
    Standing.NOT_YET: 4,
    Standing.UNLISTED: 5,
    Standing.UNKNOWN: 5,
}
"""Where several paths of the index match: what is declared (under the exact name first), then what stays silent, then complaints."""
_MODULE_OPTIONS = ("args", "check", "freeformType", "specialArgs")
"""What every module and submodule has below `_module` (nixpkgs lib/modules.nix), published only at the root."""
_MODULE_KEYS = frozenset(
    ("_class", "_file", "config", "disabledModules", "freeformType", "imports", "key", "options", "require")
)
"""What may stand at the top of a module beside options (nixpkgs lib/modules.nix, unifyModuleSyntax)."""


class _Presence(NamedTuple):
    """Whether something stands at the pin: True, False, or None for unknown; `certain` is False for a good guess."""

    there: bool | None
    certain: bool


_NEVER = _Presence(False, True)
_CERTAIN = _Presence(True, True)


class FactOptions:
    """The options of one module set at one pin, as far as the embedded facts know them."""

    def __init__(self, file: FactsFile, module_set: ModuleSet, point: Point) -> None:
        self._file = file
        self._set = module_set
        self._point = point
        nixos = file.module_set("nixos")
        self._interval = place(point, module_set.snapshots, nixos.snapshots if nixos else ())
        self._resolve = lru_cache(maxsize=4096)(self._resolve_uncached)
        self._children = lru_cache(maxsize=64)(self._children_uncached)
        self._below = lru_cache(maxsize=4)(self._below_uncached)
        self._suggest = lru_cache(maxsize=1024)(self._suggest_uncached)

    @property
    def set(self) -> str:
        return self._set.name

    @property
    def label(self) -> str:
        """What answers, for people: the set, the pin, and the snapshots beside it where none is the pin itself."""
        where, snapshots = self._interval, self._set.snapshots
        first, last = snapshots[where.first].label, snapshots[where.last].label
        name = f"{self._set.title} {self._point}"
        if where.exact:
            return name
        if where.open_left and where.open_right:
            return f"{name} (as of {last})"
        if where.open_left:
            return f"{name} (known from {last} on)"
        return f"{name} (known up to {first})" if where.open_right else f"{name} (as {first} and {last} agree)"

    @property
    def gap(self) -> str | None:
        """Why less is claimed than of other pins, for people; see `OptionSet.gap`."""
        where, snapshots = self._interval, self._set.snapshots
        if where.open_left and where.open_right:
            return "the date of this revision is unknown, so that no name is called unknown, renamed or removed unless every release known agrees"
        if where.open_left:
            first = snapshots[where.first]
            return (
                f"this is older than all that is known ({first.label} of {first.day} on), so that no name is called unknown, "
                "and only what has come or gone for certain is told"
            )
        if where.open_right:
            last = snapshots[where.last]
            return (
                f"this is newer than all that is known (up to {last.label} of {last.day}), so that names may have come or gone since, "
                "and only a slip of one letter is called unknown"
            )
        return None

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a path; see `OptionSet.resolve`."""
        return self._resolve(tuple(path), _HOPS)

    def option(self, path: Sequence[str]) -> Option | None:
        """Return the option that defines `path`, placeholders matched, or None."""
        found = self.resolve(path)
        return found.option if found.standing is Standing.OPTION else None

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        """Return all names below `path` in name order; `certain` is False for a name that only one end of the interval has."""
        return self._children(tuple(path))

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        """Return options below `path` that match `text`; see `OptionSet.below`."""
        return self._below(tuple(path), text, limit)

    def search(self, text: str, limit: int) -> Sequence[Option]:
        """Return up to `limit` options whose path holds every word of `text`, best first."""
        from option_index.search import search

        return self._present(search(self._file, self._set.root, text), limit)

    def suggest(self, path: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Return up to three existing paths that an unknown `path` may have been meant to be, nearest first."""
        return self._suggest(tuple(path))

    def _suggest_uncached(self, path: tuple[str, ...]) -> Sequence[tuple[str, ...]]:
        from option_index.suggest import suggest

        return suggest(self, path)

    def _below_uncached(self, path: Asked, text: str, limit: int) -> Sequence[Option]:
        from option_index.search import below

        return self._present(below(self._file, [chain[-1] for chain in self._full(path)], text), limit)

    def _present(self, candidates: Iterable[tuple[Node, Path]], limit: int) -> list[Option]:
        there = ((node, path) for node, path in candidates if self._own_presence(node).there)
        found = list(islice(there, limit))
        facts = self._file.facts_of([node.id for node, _ in found])
        return [self._option(node, path, facts.get(node.id, ())) for node, path in found]

    def _resolve_uncached(self, path: Asked, hops: int) -> Resolution:
        if "_module" in path[1:]:
            return self._in_module(path, path.index("_module", 1), hops)
        if path and path[0] in _MODULE_KEYS:
            return _NOWHERE
        chains = match(self._file, self._set.root, path)
        if chains is None:
            return _NOWHERE
        verdicts = [self._verdict(chain, path, hops) for chain in chains]
        best = min(verdicts, key=lambda verdict: _RANK[verdict.standing])
        if None in path and ambiguous(chains) and not _all_inside(verdicts):
            return _NOWHERE
        return best

    def _in_module(self, path: Asked, at: int, hops: int) -> Resolution:
        """Judge a path through a submodule's own `_module`, which stands at position `at`."""
        above = self._resolve(path[:at], hops)
        if above.standing not in (Standing.OPTION, Standing.NAMESPACE):
            return above
        if len(path) == at + 1:
            return Resolution(Standing.NAMESPACE, len(path))
        if path[at + 1] not in _MODULE_OPTIONS:
            return Resolution(Standing.UNSURE, at + 1)
        option = Option(tuple(name or "*" for name in path[: at + 2]), "unspecified value", internal=True)
        inside = len(path) > at + 2
        return Resolution(Standing.INSIDE if inside else Standing.OPTION, min(len(path), at + 2), option)

    def _full(self, path: Asked) -> list[Chain]:
        return [chain for chain in match(self._file, self._set.root, path) or () if len(chain) == len(path) + 1]

    def _verdict(self, chain: Chain, path: Asked, hops: int) -> Resolution:
        matched = len(chain) - 1
        full = matched == len(path)
        node = chain[-1]
        if full and (option := self._there(node, chain)):
            return self._as_option(node, option, matched)
        for depth in range(matched, 0, -1):
            if chain[depth].flags & MOVED and (moved := self._moved(chain, depth, path, hops)):
                return moved
            if depth < matched and self._own_presence(chain[depth]).there:
                break
        if full and (self._presence(node).there or (node.first is None and node.tail > node.id)):
            return Resolution(Standing.NAMESPACE, matched)
        if above := self._above(chain, matched - 1 if full else matched, matched):
            return above
        return self._absent(node, matched, full)

    def _there(self, node: Node, chain: Chain) -> Option | None:
        """Return the option exactly at a node, if it is one at the pin: published, or known to be declared without."""
        if node.own_first is not None and self._own_presence(node).there:
            return self._option(node, path_of(chain), self._file.facts(node.id))
        if node.flags & HIDDEN:
            return self._hidden(node, chain)
        return None

    def _hidden(self, node: Node, chain: Chain) -> Option:
        facts = self._file.facts(node.id)
        return Option(path_of(chain), self._file.text(facts[-1].type) if facts else "unspecified value", internal=True)

    def _as_option(self, node: Node, option: Option, matched: int) -> Resolution:
        since = None
        if node.own_first:
            since = releases(self._set.snapshots, node.own_first, node.came)
        alias = self._move(node, option.path, None) if node.flags & MOVED else None
        if alias and alias.kind is not MoveKind.ALIAS:
            alias = None
        return Resolution(Standing.OPTION, matched, option, alias, since)

    def _moved(self, chain: Chain, depth: int, path: Asked, hops: int) -> Resolution | None:
        """Judge a path at or below the source of a move: None where the move is still to come."""
        node, where = chain[depth], self._interval
        rows = self._file.moves(node.id)
        in_force = where.after(rows[0].first, rows[0].since, rows[0].possible)
        if in_force is False:
            return None
        if in_force is None or any(where.first < row.first <= where.last for row in rows[1:]):
            return Resolution(Standing.UNSURE, len(path))
        move = self._move(node, path_of(chain[: depth + 1]), named(chain, path))
        target = self._resolve(move.target, hops - 1) if move.target and hops else _NOWHERE
        return self._as_moved(move, target, len(path))

    def _as_moved(self, move: Move, target: Resolution, matched: int) -> Resolution:
        standing = Standing(move.kind.value) if move.kind is not MoveKind.ALIAS else target.standing
        exists = target.standing in (Standing.OPTION, Standing.INSIDE, Standing.NAMESPACE)
        match move.kind:
            case MoveKind.ALIAS:
                return Resolution(standing, matched, target.option, move if exists else target.move, target.since)
            case MoveKind.RENAMED if target.move and target.standing in (
                Standing.RENAMED,
                Standing.REMOVED,
                Standing.CHANGED,
            ):
                # What ended it is the last step; a path that is only renamed stopped at the first.
                last = target.move if target.standing is not Standing.RENAMED else move
                further = Move(
                    target.move.kind, move.source, target.move.target, last.since, target.move.reason, last.declared_in
                )
                return Resolution(target.standing, matched, move=further)
            case MoveKind.RENAMED if not exists:
                return Resolution(Standing.UNSURE, matched)
            case MoveKind.RENAMED:
                return Resolution(standing, matched, move=move)
            case _:
                return Resolution(standing, matched, move=move if exists else _with(move, None))

    def _move(self, node: Node, source: Path, asked: Path | None) -> Move:
        """Return the move of a node; its target is that of the path `asked`, at or below the node."""
        rows = self._file.moves(node.id)
        said = [row for row in rows if row.first <= self._interval.first] or rows
        row = said[-1] if said is not rows else rows[0]
        kind = MoveKind(row.kind)
        to: Path | None = tuple(row.target.split("\n")) if row.target else None
        if to and asked:
            names = iter(name for name, segment in zip(asked, source, strict=False) if is_placeholder(segment))
            to = tuple(next(names, segment) if is_placeholder(segment) else segment for segment in to)
            if kind is not MoveKind.REMOVED:
                to += asked[len(source) :]
        when = releases(self._set.snapshots, rows[0].first, row.since, row.possible)
        return Move(kind, source, to, when, row.reason, self._declaration(row.file) if row.file else None)

    def _above(self, chain: Chain, depth: int, matched: int) -> Resolution | None:
        """Judge a path below the nearest option at or above `depth`: None where that does not settle it."""
        for level in range(depth, 0, -1):
            node = chain[level]
            option = self._there(node, chain[: level + 1])
            if option is None:
                if node.own_first is not None and self._own_presence(node).there is None:
                    return Resolution(Standing.UNSURE, matched)
                continue
            kind = types.below(types.parse(option.type))
            if kind is types.Below.ANYTHING:
                return Resolution(Standing.INSIDE, matched, option)
            if kind is types.Below.OPTIONS and not self._children(option.path):
                return Resolution(Standing.UNSURE, matched)
            return None
        return None

    def _absent(self, node: Node, matched: int, full: bool) -> Resolution:
        there = self._presence(node).there
        if full:
            if there is False and node.first is not None and self._interval.after(node.first, node.came) is False:
                since = releases(self._set.snapshots, node.first, node.came)
                return Resolution(Standing.NOT_YET, matched, since=since)
            return Resolution(Standing.UNSURE, matched)
        if not there or self._interval.open_left:
            return Resolution(Standing.UNSURE, matched)
        if not self._interval.open_right:
            return Resolution(Standing.UNKNOWN, matched)
        newest = self._set.snapshots[-1]
        return Resolution(Standing.UNLISTED, matched, newest=f"{newest.label} of {newest.day}")

    def _own_presence(self, node: Node) -> _Presence:
        return self._span(node.own_first, node.own_last, node)

    def _presence(self, node: Node) -> _Presence:
        return self._span(node.first, node.last, node)

    def _span(self, first: int | None, last: int | None, node: Node) -> _Presence:
        if first is None or last is None:
            return _NEVER
        where = self._interval
        if first <= where.first and last >= where.last and not where.open_left:
            return _CERTAIN
        came = where.after(first, node.came if first == node.first else None)
        guess = came is None and where.open_left and first <= where.first
        newest = last + 1 == len(self._set.snapshots)
        went = False if newest else where.after(last + 1, node.went if last == node.last else None)
        if came is False or went is True:
            return _NEVER
        if went is None or (came is None and not guess):
            return _Presence(None, False)
        return _Presence(True, not guess)

    def _option(self, node: Node, path: Path, facts: Sequence[Fact]) -> Option:
        """Return what all of the interval agrees on; a type that differs at its ends admits either."""
        where = self._interval
        low = max(where.first, node.own_first or 0)
        high = max(low, min(where.last, node.own_last if node.own_last is not None else low))
        start = max((index for index, fact in enumerate(facts) if fact.since <= low), default=0)
        held = [fact for index, fact in enumerate(facts) if index == start or low < fact.since <= high]
        kinds = dict.fromkeys(self._file.text(fact.type) for fact in held)
        default = held[0].default if len({fact.default for fact in held}) == 1 else None
        files = held[-1].files
        return Option(
            path=path,
            type=next(iter(kinds)) if len(kinds) == 1 else " or ".join(f"({kind})" for kind in kinds),
            default=self._file.text(default) if default else None,
            declarations=tuple(map(self._declaration, self._file.text(files).split("\n"))) if files else (),
            read_only=all(fact.read_only for fact in held),
            types=() if where.open_left or where.open_right else tuple(kinds),
            former=self._former(facts[: start + 1], kinds) if start else (),
        )

    def _former(self, facts: Sequence[Fact], kinds: Collection[str]) -> tuple[Former, ...]:
        """Return the types before the last of some facts, newest first, that are none of those at the pin."""
        changes = ((self._file.text(before.type), after.since) for before, after in pairwise(facts))
        return tuple(
            Former(kind, releases(self._set.snapshots, since, None))
            for kind, since in reversed([*changes])
            if kind not in kinds
        )

    def _declaration(self, file: str) -> Declaration:
        repository, branch = _REPOSITORIES[self._set.name]
        point = self._point
        revision = point.revision or (branch.format(point.release) if self._interval.release else "master")
        return Declaration(file, f"{repository}/blob/{revision}/{file}")

    def _children_uncached(self, path: Asked) -> tuple[Child, ...]:
        found: dict[str, Child] = {}
        for chain in self._full(path):
            for child in self._children_of(chain):
                found.setdefault(child.name, child)
        if not found and (alias := self._resolve(path, _HOPS).move) and alias.kind is MoveKind.ALIAS and alias.target:
            return self._children(alias.target)
        return tuple(found[name] for name in sorted(found))

    def _children_of(self, chain: Chain) -> Iterable[Child]:
        node, prefix = chain[-1], path_of(chain)
        facts: dict[int, list[Fact]] = {}
        for id_, fact in self._file.facts_below(node.id):
            facts.setdefault(id_, []).append(fact)
        for child in self._file.nodes("parent = ? AND first IS NOT NULL", node.id):
            presence = self._presence(child)
            if presence.there is False:
                continue
            own = self._own_presence(child)
            option = None
            if own.there is not False and child.own_first is not None:
                option = self._option(child, (*prefix, child.name), facts[child.id])
            certain = presence.certain and (option is None or own.certain)
            yield Child(child.name, option, child.own_first is None or self._has_children(child), certain)

    def _has_children(self, node: Node) -> bool:
        if node.tail == node.id:
            return False
        below = self._file.nodes("parent = ? AND first IS NOT NULL", node.id)
        return any(self._presence(child).there is not False for child in below)


def _all_inside(verdicts: Sequence[Resolution]) -> bool:
    return all(verdict.standing in (Standing.INSIDE, Standing.OPTION) for verdict in verdicts)


def _with(move: Move, target: Path | None) -> Move:
    return Move(move.kind, move.source, target, move.since, move.reason, move.declared_in)
