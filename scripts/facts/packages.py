"""Packages and the aliases that replace them, over the snapshots that have package lists."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.facts.sources import read_brotli

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as FilePath

SNAPSHOTS = ("24.11pre", "26.05pre", "26.11pre")
_BACK = frozenset({"yi"})
"""Removed once, and there again where no list shows it: it is made of haskellPackages, which the lists have in part."""
_NOT_PACKAGES = frozenset(("tests", "home-assistant-component-tests", "minimal-bootstrap", "nixosTests"))


class Package(NamedTuple):
    """What one snapshot has at an attribute."""

    version: str | None
    unfree: bool
    program: str | None
    """`meta.mainProgram`; `""` where it is the attribute's own name."""


def read(folder: FilePath, label: str) -> dict[str, Package]:
    """Read one package list; attributes of sets that hold no packages are left out."""
    rows: dict[str, dict[str, Any]] = read_brotli(folder, f"channels/nixos-{label}/packages.json.br")["packages"]
    found: dict[str, Package] = {}
    for attr, row in rows.items():
        parts = attr.split(".")
        if _NOT_PACKAGES.intersection(parts):
            continue
        program = row["meta"].get("mainProgram")
        found[attr] = Package(
            row.get("version") or None, bool(row["meta"].get("unfree")), "" if program == parts[-1] else program
        )
    return found


class Alias(NamedTuple):
    """What nixpkgs' alias files say of an attribute, from snapshot `first` on."""

    attr: str
    first: int
    kind: str
    """`renamed` and `removed` stop the evaluation, `deprecated` warns, `alias` says nothing."""
    target: str | None
    day: date | None
    """The day its line was written, or turned into an error: it says the same since then at the latest."""


_KINDS = frozenset({"removed", "renamed", "deprecated", "alias"})


def aliases(folder: FilePath, labels: Sequence[str], present: Sequence[dict[str, Package]]) -> list[Alias]:
    """Join the alias files of all snapshots, a row for each thing that is newly said; none for what is a package in the newest."""
    said: dict[str, Alias] = {}
    found: list[Alias] = []
    for index, label in enumerate(labels):
        rows: list[dict[str, Any]] = json.loads((folder / f"drift/packages-nixos-{label}.json").read_text())
        for row in rows:
            kind, target = row["kind"], row.get("to")
            if kind not in _KINDS or (kind != "removed" and not target):
                continue
            day = _day(row["date"])
            known = said.get(row["name"])
            if known is None or (known.kind, known.target) != (kind, target):
                said[row["name"]] = alias = Alias(row["name"], index, kind, target, day)
                found.append(alias)
    return sorted(
        (alias for alias in found if alias.attr not in present[-1] and alias.attr not in _BACK),
        key=lambda alias: (alias.attr, alias.first),
    )


def _day(text: str | None) -> date | None:
    """Read a day that somebody typed into a comment; one of them is in the thirteenth month."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
