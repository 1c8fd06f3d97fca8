"""What differs between two pins of one module set: only what is certain at both."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from option_index.query import OptionSet
    from option_index.records import Option, Path

_DEEPEST = 32


class DifferenceKind(Enum):
    CAME = "came"
    WENT = "went"
    MOVED = "moved"
    TYPE = "type"
    """It has another type."""


class Difference(NamedTuple):
    """One option that is not the same at both pins."""

    kind: DifferenceKind
    path: Path
    before: str | None = None
    """The type before, for another type."""
    after: str | None = None
    """The type afterwards, or where the option went."""


def differences(before: OptionSet, after: OptionSet) -> list[Difference]:
    """Return what came, went, moved, or has another type, in path order.

    Where a pin lies between two snapshots of the facts, an option that only one of them has is unknown there, and is left out: what is
    listed is true, and there may be more.
    """
    old, new = dict(_all(before)), dict(_all(after))
    return sorted((*_gone(old, new, after), *_come(old, new, before), *_retyped(old, new)), key=lambda each: each.path)


def _gone(old: dict[Path, Option], new: dict[Path, Option], after: OptionSet) -> Iterator[Difference]:
    for path in old.keys() - new.keys():
        found = after.resolve(path)
        if found.move and found.move.target:
            yield Difference(DifferenceKind.MOVED, path, after=".".join(found.move.target))
        elif found.standing in {Standing.REMOVED, Standing.CHANGED, Standing.UNKNOWN, Standing.UNLISTED}:
            yield Difference(DifferenceKind.WENT, path)


def _come(old: dict[Path, Option], new: dict[Path, Option], before: OptionSet) -> Iterator[Difference]:
    for path in new.keys() - old.keys():
        if before.resolve(path).standing in {Standing.NOT_YET, Standing.UNKNOWN}:
            yield Difference(DifferenceKind.CAME, path, after=new[path].type)


def _retyped(old: dict[Path, Option], new: dict[Path, Option]) -> Iterator[Difference]:
    for path in old.keys() & new.keys():
        one, other = old[path].type, new[path].type
        # `(a) or (b)` is how the facts say that a type is one of those of two snapshots.
        if one != other and not one.startswith("(") and not other.startswith("("):
            yield Difference(DifferenceKind.TYPE, path, one, other)


def _all(options: OptionSet) -> Iterator[tuple[Path, Option]]:
    """Yield every option that certainly is there, with its path."""
    open_paths: list[Path] = [()]
    while open_paths:
        path = open_paths.pop()
        for child in options.children(path):
            here = (*path, child.name)
            if child.option and child.certain:
                yield here, child.option
            if child.has_children and len(here) < _DEEPEST:
                open_paths.append(here)
