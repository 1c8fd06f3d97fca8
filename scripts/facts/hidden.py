"""Options that exist and that no list publishes: internal ones, invisible ones, and those of modules outside the module list."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.facts.sources import Path


def read(module_set: str) -> dict[Path, str]:
    """Return the unpublished options of a module set with their types, from the table beside this module.

    A line is a path, one tab, and a type sentence; segments are parted by spaces.
    """
    file = FilePath(__file__).with_name(f"hidden-{module_set}.tsv")
    lines = (line.partition("\t") for line in file.read_text().splitlines() if line)
    return {tuple(path.split(" ")): type_ for path, _, type_ in lines}
