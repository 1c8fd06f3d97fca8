"""What large inputs declare, kept in the user's cache: their sources do not change, and reading thousands of modules takes seconds.

    <cache>/nix-lsp/declared-2/<hash of what was read>.json.z

A file that is damaged, of another version or too large is none. Files appear by renaming; of many, the ones used longest ago go.
"""

from __future__ import annotations

import json
import os
import zlib
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from option_index.layered import Declared
from option_index.records import Declaration, Move, MoveKind, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from option_index.records import Source

_VERSION = 2
"""Of the records below."""
_LIMIT = 40
"""Files."""
_LARGEST = 64 * 2**20
"""Bytes that a file may unpack to; nixvim's has 4 MB."""


class Kept(NamedTuple):
    """What the module of an input was found to declare."""

    sets: Mapping[str, Declared]
    gaps: tuple[str, ...]
    disabled: frozenset[str]
    inner: Mapping[tuple[str, ...], str | None]
    """Where the sources of the input's own inputs were, by their names from the input on; None: not on this machine."""


class KeptDeclarations:
    """The files below one cache folder. One that cannot be read or written keeps nothing."""

    def __init__(self, cache: Path) -> None:
        """`cache` is the user's cache folder; it need not exist."""
        self._folder = cache / f"declared-{_VERSION}"

    def load(self, key: str, source: Source) -> Kept | None:
        """Return what was kept under a key, as declared by `source`; None where there is nothing that can be read."""
        path = self._folder / f"{key}.json.z"
        try:
            data = json.loads(zlib.decompressobj().decompress(path.read_bytes(), _LARGEST))
            kept = _unpacked(data, source)
            os.utime(path)
        except (OSError, ValueError, zlib.error, LookupError, TypeError, AttributeError):
            return None
        return kept

    def save(self, key: str, kept: Kept) -> None:
        """Keep what was found; where that cannot be written it is found again next time."""
        from tempfile import NamedTemporaryFile

        data = zlib.compress(json.dumps(_packed(kept), separators=(",", ":")).encode(), 1)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, suffix=".new", delete=False) as file:
                file.write(data)
            Path(file.name).replace(self._folder / f"{key}.json.z")
            self._make_room()
        except OSError:
            return

    def _make_room(self) -> None:
        files = sorted(self._folder.iterdir(), key=lambda path: -path.stat().st_mtime)
        for path in files[_LIMIT:]:
            path.unlink(missing_ok=True)


def _packed(kept: Kept) -> dict[str, Any]:
    return {
        "sets": {
            name: {
                "options": [_packed_option(option) for option in declared.options],
                "moves": [
                    [move.kind.value, move.source, move.target, move.reason, _packed_place(move.declared_in)]
                    for move in declared.moves
                ],
                "open": sorted(declared.open),
            }
            for name, declared in kept.sets.items()
        },
        "gaps": kept.gaps,
        "disabled": sorted(kept.disabled),
        "inner": [[names, folder] for names, folder in kept.inner.items()],
    }


def _packed_option(option: Option) -> list[Any]:
    path, *texts = option[:5]
    places = [_packed_place(declaration) for declaration in option.declarations]
    return [path, texts, places, option.read_only, option.internal, bool(option.types)]


def _packed_place(declaration: Declaration | None) -> list[str | None] | None:
    return [declaration.file, declaration.url] if declaration else None


def _unpacked(data: Any, source: Source) -> Kept:
    def declaration(file: str, url: str | None) -> Declaration:
        return Declaration(file, url, source)

    def option(
        path: list[str], texts: list[Any], places: list[Any], read_only: bool, internal: bool, has_sole_type: bool
    ) -> Option:
        kind, default, example, description = texts
        declarations = tuple(starmap(declaration, places))
        types = (kind,) if has_sole_type else ()
        return Option(tuple(path), kind, default, example, description, declarations, read_only, internal, types)

    def move(kind: str, origin: list[str], target: list[str] | None, reason: str | None, place: Any) -> Move:
        to = tuple(target) if target is not None else None
        return Move(MoveKind(kind), tuple(origin), to, None, reason, declaration(*place) if place else None)

    def declared(of_set: Any) -> Declared:
        return Declared(
            source,
            tuple(starmap(option, of_set["options"])),
            tuple(starmap(move, of_set["moves"])),
            frozenset(tuple[str, ...](path) for path in of_set["open"]),
        )

    return Kept(
        {name: declared(of_set) for name, of_set in data["sets"].items()},
        tuple(data["gaps"]),
        frozenset(data["disabled"]),
        {tuple(names): folder for names, folder in data["inner"]},
    )
