"""What nixpkgs has in `pkgs` beside its published packages: `attributes.tsv`, which `scripts.facts.tabulate_attributes` writes.

A line has, parted by tabs: the set, empty for `pkgs` itself; what the names are, or `whole` for a set all of whose names are known, or `like`
for a set that has the names of another one; the snapshots in which this holds, parted by commas; the names, parted by spaces.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SETS = frozenset({"whole", "like"})


class SetRow(NamedTuple):
    """What is known of a package set: snapshots as bits."""

    name: str
    whole: int
    """The snapshots of which every name in it is known."""
    like: str | None
    """The set that has the same names, in all snapshots that have this one."""


class AttributeRow(NamedTuple):
    """A name that no list publishes; `present` has one bit a snapshot."""

    set: str
    name: str
    kind: str
    present: int


def sets(labels: Sequence[str]) -> Iterator[SetRow]:
    """Yield what is known of package sets, `""` among them, by name."""
    for name, kind, where, names in _lines():
        if kind in _SETS:
            yield SetRow(name, _bits(where, labels), names if kind == "like" else None)


def attributes(labels: Sequence[str]) -> list[AttributeRow]:
    """Return the names that no list publishes, by set and name."""
    found: dict[tuple[str, str], AttributeRow] = {}
    for set_, kind, where, names in _lines():
        if kind in _SETS:
            continue
        for name in names.split():
            known = found.get((set_, name))
            bits = _bits(where, labels) | (known.present if known else 0)
            found[set_, name] = AttributeRow(set_, name, kind, bits)
    return sorted(found.values())


def _lines() -> Iterator[tuple[str, str, str, str]]:
    for line in Path(__file__).with_name("attributes.tsv").read_text().splitlines():
        name, kind, where, names = line.split("\t")
        yield name, kind, where, names


def _bits(where: str, labels: Sequence[str]) -> int:
    return sum(1 << labels.index(label) for label in where.split(","))
