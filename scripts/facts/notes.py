"""What release notes settle: in which of several possible releases an option came, moved or went."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scripts.facts.sources import Path

_LEFT = frozenset(
    ("removed", "renamed", "replaced", "dropped", "no longer", "migrat", "instead", "deprecated", "moved")
)
_CAME = frozenset(("added", "introduced", "new option"))


class Notes:
    """The options that each release's notes speak of, with the verbs around them."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self._left: dict[str, set[Path]] = defaultdict(set)
        self._spoken: dict[str, set[Path]] = defaultdict(set)
        self._new: dict[str, set[Path]] = defaultdict(set)
        for release, entries in rows.items():
            for entry in entries:
                verbs = set(entry["verbs"])
                paths = {tuple(name.split(".")) for name in entry["options"]}
                if verbs & _LEFT:
                    self._left[release] |= paths
                else:
                    self._spoken[release] |= paths
                if verbs & _CAME or not verbs:
                    self._new[release] |= paths

    def left(self, path: Path, candidates: Iterable[str]) -> str | None:
        """Return the release that the notes say `path` moved or went in, if exactly one of the candidates' notes speaks so of it."""
        found = [release for release in candidates if path in self._left[release]]
        return found[0] if len(found) == 1 else None

    def came(self, path: Path, candidates: Sequence[str]) -> str | None:
        """Return the release that `path`, new in one of the candidates, came in.

        The first candidate's notes settle it by speaking of the option as present; a later one's by announcing it, or the module
        that `path` or `path.enable` is.
        """
        spoken = [release for release in candidates if path in self._spoken[release] or path in self._left[release]]
        if not spoken:
            return None
        if spoken[0] == candidates[0]:
            return spoken[0] if path in self._spoken[spoken[0]] else None
        return spoken[0] if len(spoken) == 1 and path in self._new[spoken[0]] else None
