"""What evaluated module sets have beside the options that they publish: unpublished options, and moves that no scan finds.

The tables beside this module come from `scripts.facts.tabulate`. A line has, parted by tabs: `option`, `renamed` or `removed`; the snapshots
that were evaluated so (`outside`: a module on no module list); the path, its segments parted by slashes; and the option's type, or the
target of the rename.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NamedTuple

from option_index.records import MoveKind

if TYPE_CHECKING:
    from scripts.facts.sources import Path


class Unpublished(NamedTuple):
    """The table of one module set."""

    options: dict[Path, str]
    """Options that no list has, with their types."""
    moves: dict[str, list[tuple[MoveKind, Path, Path | None]]]
    """What each snapshot's evaluation shows to have moved."""


def read(module_set: str) -> Unpublished:
    """Read the table of a module set."""
    options: dict[Path, str] = {}
    moves: dict[str, list[tuple[MoveKind, Path, Path | None]]] = {}
    for line in FilePath(__file__).with_name(f"unpublished-{module_set}.tsv").read_text().splitlines():
        kind, labels, joined, text = line.split("\t")
        path = tuple(joined.split("/"))
        if kind == "option":
            options[path] = text
            continue
        for label in labels.split(","):
            moves.setdefault(label, []).append((MoveKind(kind), path, tuple(text.split("/")) if text else None))
    return Unpublished(options, moves)
