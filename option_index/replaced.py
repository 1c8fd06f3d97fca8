"""A module set some of whose modules are left out: others may declare what they declared, and more."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from option_index.records import Resolution, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from option_index.query import OptionSet
    from option_index.records import Child, Declaration, Option

    Asked = tuple[str | None, ...]

_CERTAIN = frozenset({Standing.OPTION, Standing.INSIDE})
_SILENT = frozenset({Standing.NAMESPACE, Standing.UNSURE})
_MOST = 500
"""Names below a path that are looked at."""


class ReplacedOptions:
    """The options of a module set of which nothing is certain where modules that are left out declare them.

    What they declare still stands in lists and can be described: mostly it is a newer version of the same module that takes its place.
    """

    def __init__(self, base: OptionSet, disabled: frozenset[str]) -> None:
        """`disabled` names files or folders by the ends of their paths, as `disabledModules` does: `services/web-servers/nginx`."""
        self.base = base
        self.disabled = disabled
        self._ends = tuple(f"/{name}" for name in disabled)
        self._folders = tuple(f"/{name.removesuffix('/default.nix')}/" for name in disabled)
        self._resolve = lru_cache(maxsize=4096)(self._resolve_uncached)
        self._holds_disabled = lru_cache(maxsize=1024)(self._holds_disabled_uncached)

    @property
    def set(self) -> str:
        return self.base.set

    @property
    def label(self) -> str:
        return self.base.label

    @property
    def gap(self) -> str | None:
        return self.base.gap

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a path; see `OptionSet.resolve`. An option of a module that is left out is `UNSURE`, and told all the same."""
        return self._resolve(tuple(path))

    def option(self, path: Sequence[str]) -> Option | None:
        """Return the option that defines `path` if its module is there."""
        return self.base.option(path)

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        """Return all names below `path`; see `OptionSet.children`."""
        return self.base.children(path)

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        """Return options below `path` that match `text`; see `OptionSet.below`."""
        return self.base.below(path, text, limit)

    def search(self, text: str, limit: int) -> Sequence[Option]:
        """Return options whose path holds every word of `text`; see `OptionSet.search`."""
        return self.base.search(text, limit)

    def suggest(self, path: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Return paths that an unknown `path` may have been meant to be; see `OptionSet.suggest`."""
        return self.base.suggest(path)

    def _resolve_uncached(self, path: Asked) -> Resolution:
        found = self.base.resolve(path)
        if found.standing in _SILENT:
            return found
        if found.option and self._is_disabled(found.option):
            return Resolution(Standing.UNSURE, found.matched, found.option)
        if found.standing in _CERTAIN:
            return found
        depth = len(found.move.source) - 1 if found.move else found.matched
        declared_in = found.move.declared_in if found.move else None
        if (declared_in and self._names(declared_in)) or self._holds_disabled(path[:depth]):
            return Resolution(Standing.UNSURE, found.matched)
        return found

    def _is_disabled(self, option: Option) -> bool:
        return any(map(self._names, option.declarations))

    def _names(self, declaration: Declaration) -> bool:
        path = f"/{declaration.file}"
        return path.endswith(self._ends) or any(folder in path for folder in self._folders)

    def _holds_disabled_uncached(self, path: Asked) -> bool:
        """Tell whether a module that is left out has options in a namespace: what takes its place may have others there."""
        return bool(path) and any(map(self._is_disabled, self._options(path)))

    def _options(self, path: Asked) -> Iterator[Option]:
        """Yield options below a path: of a first segment, which many modules share, only those that stand right there."""
        stack: list[Asked] = [path]
        seen = 0
        while stack and seen < _MOST:
            here = stack.pop()
            for child in self.base.children(here):
                seen += 1
                if child.option:
                    yield child.option
                if child.has_children and len(path) > 1:
                    stack.append((*here, child.name))
