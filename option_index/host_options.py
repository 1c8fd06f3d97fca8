"""The options of one host, exactly as its evaluation had them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from option_index.records import Standing
from option_index.store import StoredOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.records import Child, Option, Resolution

_MOVED = (Standing.RENAMED, Standing.REMOVED, Standing.CHANGED)
_MORE = 4
"""Options that are not shown are passed over: so many times as many are looked at."""


class HostOptions(StoredOptions):
    """An index that has the options that are not shown, too: old names of options among them."""

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        """Return all names below `path` in name order."""
        shown: list[Child] = []
        for child in super().children(path):
            if child.option is None or not child.option.internal:
                shown.append(child)
            elif child.has_children:
                shown.append(child._replace(option=None))
        return shown

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        """Return options below `path` that match `text`; see `OptionSet.below`."""
        return [option for option in super().below(path, text, limit * _MORE) if not option.internal][:limit]

    def search(self, text: str, limit: int) -> Sequence[Option]:
        """Return up to `limit` options whose path holds every word of `text`, best first."""
        return [option for option in super().search(text, limit * _MORE) if not option.internal][:limit]

    def _resolve_uncached(self, path: tuple[str | None, ...]) -> Resolution:
        found = super()._resolve_uncached(path)
        if found.standing is Standing.OPTION and found.option and found.option.internal and self._sides:
            # What is declared without being shown may be an old name: the facts know those of the module set itself.
            after = self._sides.after.resolve(path)
            return self._moved(after, path) if after.standing in _MOVED else found
        return found
