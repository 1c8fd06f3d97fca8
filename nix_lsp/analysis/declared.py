"""The options that a workspace declares for one module set, with an index of their paths."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from option_index.records import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nix_lsp.analysis.definition import DeclaredOption
    from option_index.records import Move


class DeclaredOptions:
    """Declared options in the order of their files. The index is built when it is first asked: completion needs none."""

    def __init__(self, options: Iterable[DeclaredOption] = ()) -> None:
        self._options = tuple(options)

    def __len__(self) -> int:
        return len(self._options)

    def __iter__(self) -> Iterator[DeclaredOption]:
        return iter(self._options)

    def move(self, names: Sequence[str | None]) -> Move | None:
        """Return what became of an option, or of what it lies in, where the workspace's own modules say so: the longest old name counts."""
        for length in range(len(names), 0, -1):
            if move := self._moves.get(tuple(names[:length])):
                return move
        return None

    @property
    def has_moves(self) -> bool:
        """Whether the workspace's own modules have moved any option."""
        return bool(self._moves)

    def refuses(self, names: Sequence[str | None]) -> int | None:
        """Return the index of the segment at which a submodule that takes only what it declares refuses a path; None if nothing does."""
        level = [self._tree]
        closed = False
        for index, name in enumerate(names):
            if any(branch.is_open for branch in level) or (closed and name in _OF_MODULES):
                return None
            following = [below for branch in level for below in branch.matching(name)]
            if not following:
                return index if closed and name is not None else None
            # The names in a set of submodules, and the elements of a list, are no options themselves.
            closed = closed or any(branch.ends for branch in following)
            level = following
        return None

    def covers(self, names: Sequence[str | None]) -> bool:
        """Tell whether a path leads to, or below, a declared option; None in it stands for any name."""
        if self.refuses(names) is not None:
            return False
        level = [self._tree]
        for name in names:
            if any(branch.ends for branch in level):
                return True
            level = [below for branch in level for below in branch.matching(name)]
        return bool(level)

    def at(self, names: Sequence[str | None]) -> tuple[DeclaredOption, ...]:
        """Return the options that may be declared at exactly this path; None in it stands for any name."""
        level = [self._tree]
        for name in names:
            level = [below for branch in level for below in branch.matching(name)]
        return tuple(option for branch in level for option in branch.options)

    def shared(self, names: Sequence[str | None]) -> int:
        """Return how many leading segments a path shares with a declared option; None in it stands for any name."""
        level, count = [self._tree], 0
        for name in names:
            level = [below for branch in level for below in branch.matching(name)]
            if not level:
                break
            count += 1
        return count

    def may_be_computed(self, first: str) -> bool:
        """Tell whether an option with a name that only evaluation can tell may stand below a first segment."""
        return first in self._computed or None in self._computed

    @cached_property
    def _computed(self) -> frozenset[str | None]:
        """First segments of the paths with a name that is not static."""
        return frozenset(
            option.path[0].name for option in self._options if any(segment.name is None for segment in option.path)
        )

    @cached_property
    def _moves(self) -> dict[tuple[str | None, ...], Move]:
        return {option.move.source: option.move for option in self._options if option.move}

    @cached_property
    def _tree(self) -> _Branch:
        root = _Branch()
        for option in self._options:
            branch = root
            for segment in option.path:
                branch = branch.below.setdefault(_general(segment.name), _Branch())
            if option.path:
                branch.ends = True
                branch.options.append(option)
            branch.is_open = branch.is_open or not option.is_closed
        return root


def fits(declared: Sequence[str | None], names: Sequence[str | None]) -> bool:
    """Tell whether a path may be the declared one; None in either stands for any name."""
    return len(declared) == len(names) and all(
        one is None or other is None or one == other for one, other in zip(map(_general, declared), names, strict=True)
    )


_OF_MODULES = frozenset(
    {"imports", "config", "options", "require", "disabledModules", "freeformType", "key", "_module", "_class", "_file"}
)
"""What a submodule's value may have beside its options, as every module."""


class _Branch:
    """What declared paths have in common up to some segment."""

    __slots__ = ("below", "ends", "is_open", "options")

    def __init__(self) -> None:
        self.below: dict[str | None, _Branch] = {}
        """By the next name; None: any name fits."""
        self.ends = False
        """An option is declared right here."""
        self.is_open = False
        """One that may take other things than the options declared below it."""
        self.options: list[DeclaredOption] = []

    def matching(self, name: str | None) -> Iterator[_Branch]:
        if name is None:
            yield from self.below.values()
        else:
            for key in (name, None):
                if branch := self.below.get(key):
                    yield branch


def _general(name: str | None) -> str | None:
    """Return None for a segment that any name fits: `*`, `<name>`, and what is not static."""
    return None if name is None or is_placeholder(name) else name
