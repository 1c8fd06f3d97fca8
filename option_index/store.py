"""Exact indexes as answers: what one revision has, and what the embedded facts know of what it does not have.

A list of options shows what is there. What was renamed, removed, is to come or is declared without being published, it does not show:
that stands in the embedded facts, for the snapshots on both sides of the revision. Since the list settles on which side of a change
the revision lies, both together tell more than either does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from option_index.fact_packages import FactPackages
from option_index.facts import FactOptions
from option_index.interval import place
from option_index.records import (
    Attribute,
    AttributeKind,
    Declaration,
    Former,
    Move,
    MoveKind,
    Package,
    Resolution,
    Standing,
)
from option_index.timeline import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.facts_file import Fact, FactsFile, Node
    from option_index.query import PackageSet
    from option_index.records import Child, Option, PackageMove, Path
    from option_index.store_file import IndexFile

_REMEMBERED = 4096
_PRESENT = (Standing.OPTION, Standing.NAMESPACE, Standing.INSIDE)
_MOVED = (Standing.RENAMED, Standing.REMOVED, Standing.CHANGED)
_SHORT = 9
"""So many characters of a revision are shown to people."""


class ExactOptions(FactOptions):
    """The options that one list has, and nothing else."""

    def __init__(self, file: IndexFile, point: Point) -> None:
        """Answer from an opened index for a pin.

        Raises:
            LookupError: the file is no index of options.
        """
        module_set = file.module_set(file.origin.kind)
        if module_set is None:
            raise LookupError(f"{file.origin.kind}: no index of options")
        super().__init__(file, module_set, Point(snapshot=file.origin.revision, revision=point.revision))
        self.title = module_set.title
        self._index = file
        self._prose = lru_cache(maxsize=_REMEMBERED)(self._prose_uncached)

    def _option(self, node: Node, path: Path, facts: Sequence[Fact]) -> Option:
        option = super()._option(node, path, facts)
        return option._replace(**self._index.prose(node.id)._asdict())

    def _declaration(self, file: str) -> Declaration:
        name, _, url = file.partition("\t")
        if url or self.set not in _PUBLISHED_RELATIVE:
            return Declaration(name, url or None)
        return super()._declaration(name)

    def prose(self, path: Path) -> tuple[str | None, str | None]:
        """Return the example and the description of an option, given by its path in the index, or twice None."""
        return self._prose(path)

    def _prose_uncached(self, path: Path) -> tuple[str | None, str | None]:
        node = self._set.root
        for name in path:
            found = self._file.nodes("parent = ? AND name = ?", node.id, name)
            if not found:
                return None, None
            node = found[0]
        return self._index.prose(node.id)[:2]


_PUBLISHED_RELATIVE = frozenset({"nixos"})
"""Module sets whose lists name declaring files relative to their repository, without links."""


class Neighbours(NamedTuple):
    """The embedded facts of a module set at the snapshots on both sides of a revision."""

    before: FactOptions
    after: FactOptions


def neighbours(facts: FactsFile, module_set: str, point: Point) -> Neighbours | None:
    """Return the embedded facts on both sides of a pin; None where they have nothing of the module set."""
    known = facts.module_set(module_set)
    if known is None:
        return None
    nixos = facts.module_set("nixos")
    where = place(point, known.snapshots, nixos.snapshots if nixos else ())
    before, after = (
        FactOptions(facts, known, Point(snapshot=known.snapshots[position].label, revision=point.revision))
        for position in (where.first, where.last)
    )
    return Neighbours(before, after)


class StoredOptions:
    """The options of one module set at exactly one revision."""

    def __init__(self, file: IndexFile, facts: FactsFile, point: Point) -> None:
        """Answer from an opened index; `facts` are the embedded ones.

        Raises:
            LookupError: the file is no index of options.
        """
        self._point = point
        self._exact = ExactOptions(file, point)
        self._sides = neighbours(facts, self._exact.set, point)
        self._resolve = lru_cache(maxsize=_REMEMBERED)(self._resolve_uncached)
        self.origin = file.origin

    @property
    def set(self) -> str:
        return self._exact.set

    @property
    def gap(self) -> str | None:
        """Nothing is missing: this is the revision itself."""
        return None

    @property
    def label(self) -> str:
        """What answers, for people: the set, the pin, and the revision."""
        return f"{self._exact.title} {self._point} (revision {self.origin.revision[:_SHORT]})"

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a path; see `OptionSet.resolve`."""
        return self._resolve(tuple(path))

    def option(self, path: Sequence[str]) -> Option | None:
        """Return the option that defines `path`, placeholders matched, or None."""
        found = self.resolve(path)
        return found.option if found.standing is Standing.OPTION else None

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        """Return all names below `path` in name order."""
        found = self._exact.children(path)
        if not found and (alias := self.resolve(path).move) and alias.kind is MoveKind.ALIAS and alias.target:
            return self._exact.children(alias.target)
        return found

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        """Return options below `path` that match `text`; see `OptionSet.below`."""
        return self._exact.below(path, text, limit)

    def search(self, text: str, limit: int) -> Sequence[Option]:
        """Return up to `limit` options whose path holds every word of `text`, best first."""
        return self._exact.search(text, limit)

    def suggest(self, path: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Return up to three existing paths that an unknown `path` may have been meant to be, nearest first."""
        from option_index.suggest import suggest

        return suggest(self, path)

    def _resolve_uncached(self, path: tuple[str | None, ...]) -> Resolution:
        own = self._exact.resolve(path)
        if self._sides is None:
            return own
        before, after = (side.resolve(path) for side in self._sides)
        if own.standing is Standing.NAMESPACE:
            # An option that no list publishes, with published ones below it.
            return after if after.option and after.option.internal else own
        if own.standing is Standing.OPTION:
            if own.option and (former := _former(own.option, (after.option, before.option))):
                own = own._replace(option=own.option._replace(former=former))
            return own._replace(since=after.since, move=after.move) if after.standing is Standing.OPTION else own
        if own.standing is Standing.INSIDE:
            # Whether the name is gone, the list cannot tell here: any name may stand inside.
            return self._moved(after, path) if before.standing in _MOVED and after.standing in _MOVED else own
        return self._absent(own, before, after, path)

    def _absent(self, own: Resolution, before: Resolution, after: Resolution, path: Sequence[str | None]) -> Resolution:
        """Judge a path that the list does not have, by what it is at the snapshots on both sides."""
        silent = Resolution(Standing.UNSURE, own.matched)
        if after.standing in _MOVED:
            return self._moved(after, path)
        if after.option and after.option.internal and after.standing in (Standing.OPTION, Standing.INSIDE):
            return after
        if after.standing is Standing.NOT_YET:
            return after
        if before.standing is Standing.NOT_YET and after.standing in (Standing.OPTION, Standing.NAMESPACE):
            return before
        if own.standing is before.standing is after.standing is Standing.UNKNOWN:
            return own
        if after.move and after.move.target and after.standing in _PRESENT and self._has(after.move):
            return self._exact.resolve(after.move.target)._replace(matched=after.matched, move=after.move)
        return silent

    def _moved(self, found: Resolution, path: Sequence[str | None]) -> Resolution:
        """Return a move as it holds here: a target that this revision does not have is none."""
        move = found.move
        if move is None or move.target is None or self._has(move):
            return found
        if found.standing is Standing.RENAMED:
            return Resolution(Standing.UNSURE, len(path))
        return found._replace(move=move._replace(target=None))

    def _has(self, move: Move) -> bool:
        """Tell whether the target of a move is there: in the list, or known to be declared without being published."""
        if move.target is None:
            return False
        if self._exact.resolve(move.target).standing in _PRESENT:
            return True
        known = self._sides.after.resolve(move.target).option if self._sides else None
        return known is not None and known.internal


def _former(option: Option, known: Sequence[Option | None]) -> tuple[Former, ...]:
    """Return the types that an option had before, by what is known of it on both sides: on that which has its type, at the very same path."""
    for side in known:
        if side and (side.path, side.type) == (option.path, option.type):
            return side.former
    return ()


class StoredPackages(FactPackages):
    """The packages of nixpkgs at exactly one revision."""

    def __init__(self, file: IndexFile, known: PackageSet, point: Point) -> None:
        """Answer from an opened index; `known` are the embedded facts, which know the aliases."""
        super().__init__(file, Point(snapshot=file.origin.revision))
        self._known = known
        self._pin = point
        self.origin = file.origin

    @property
    def label(self) -> str:
        """What answers, for people: the pin and the revision."""
        return f"nixpkgs {self._pin} (revision {self.origin.revision[:_SHORT]})"

    def attribute(self, attr: str) -> Attribute | None:
        """Return what stands at a dotted path below `pkgs`."""
        return Attribute(attr, AttributeKind.PACKAGE) if self.package(attr) else self._known.attribute(attr)

    def others(self, prefix: str, text: str, limit: int) -> Sequence[Attribute]:
        """Return names in a set beside its packages, which the revision's own list does not have."""
        return [each for each in self._known.others(prefix, text, limit) if self.package(each.attr) is None]

    def lacking(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that the set surely lacks."""
        before = f"{prefix}." if prefix else ""
        lacking = self._known.lacking(prefix, names)
        return frozenset(name for name in lacking if self.package(before + name) is None)

    def unheard(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that are nowhere known, in the revision's own list neither."""
        before = f"{prefix}." if prefix else ""
        unheard = self._known.unheard(prefix, names)
        return frozenset(name for name in unheard if self.package(before + name) is None)

    @property
    def newest(self) -> str | None:
        """The newest revision that is known in full, where the pin may be newer."""
        return self._known.newest

    def was(self, attr: str) -> bool:
        """Tell whether nixpkgs has had an attribute at any time that is known."""
        return self._known.was(attr)

    def near(self, attr: str) -> Sequence[str]:
        """Return attributes that one which is not there may have been meant to be."""
        return self._known.near(attr)

    def move(self, attr: str) -> PackageMove | None:
        """Return what nixpkgs' aliases surely say of an attribute at this pin."""
        return None if self.package(attr) else self._known.move(attr)

    def moving(self) -> frozenset[str]:
        """Return the names that nixpkgs' aliases ever speak of."""
        return self._known.moving()

    def _packages(self, prefix: str, condition: str, *values: object) -> list[Package]:
        set_id = self._set(prefix)
        if set_id is None:
            return []
        query = f"SELECT name, version, unfree, program, description FROM package WHERE set_id = ? AND {condition}"  # noqa: S608 conditions are ours
        dotted = f"{prefix}." if prefix else ""
        return [
            Package(dotted + name, version, description, bool(unfree), name if program == "" else program)
            for name, version, unfree, program, description in self._file.db.execute(query, (set_id, *values))
        ]

    def describe(self, attr: str) -> str | None:
        """Return the description of a package, or None."""
        prefix, _, name = attr.rpartition(".")
        set_id = self._set(prefix)
        query = "SELECT description FROM package WHERE set_id = ? AND name = ?"
        row = self._file.db.execute(query, (set_id, name)).fetchone()
        return row[0] if row else None
