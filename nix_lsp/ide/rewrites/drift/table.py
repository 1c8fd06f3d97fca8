"""All rows, found by module set and path."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nix_lsp.ide.rewrites.drift.conversion import Conversion


@cache
def rows() -> tuple[Conversion, ...]:
    """Return all rows."""
    from nix_lsp.ide.rewrites.drift.rows import home_manager, nix_darwin, nixos, systemd

    return (*systemd.ROWS, *nixos.ROWS, *home_manager.ROWS, *nix_darwin.ROWS)


@cache
def _by_end() -> Mapping[tuple[str, str, int], tuple[Conversion, ...]]:
    found: dict[tuple[str, str, int], tuple[Conversion, ...]] = {}
    for each in rows():
        key = (each.set, each.source[-1], len(each.source))
        found[key] = (*found.get(key, ()), each)
    return found


def row_of(module_set: str, names: Sequence[str]) -> Conversion | None:
    """Return the row of an option."""
    for end in (names[-1], "*") if names else ():
        for each in _by_end().get((module_set, end, len(names)), ()):
            if all(segment in ("*", name) for segment, name in zip(each.source, names, strict=True)):
                return each
    return None
