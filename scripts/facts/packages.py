"""Packages and the aliases that replace them, over the snapshots that have package lists."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.facts.sources import read_brotli

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

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
    instead: tuple[str, ...] = ()
    """What the message of a removal proposes: attributes that the same snapshot has."""


_KINDS = frozenset({"removed", "renamed", "deprecated", "alias"})


_PROPOSED = re.compile(
    r"\b(?:use|using|consider|try|favou?r of|replaced (?:by|with)|superseded by|succeeded by|switch to|migrat\w+ to|move to|upgrade to|fork)\b",
    re.IGNORECASE,
)
"""After these words of a message stand the names of what to take instead."""
_QUOTED = re.compile(r"[`'\"]([A-Za-z_][\w.-]*)(?:[`'\"]|$)")
_PLAIN = re.compile(r"\s+([A-Za-z_][\w-]*)(?:\s+or\s+([A-Za-z_][\w-]*))?(?=\s+instead|[.,;]?\s*$)")
"""The same without quotes, right after these words."""
_MOST = 3


def proposed(name: str, message: str, there: AbstractSet[str]) -> tuple[str, ...]:
    """Return the attributes that the message about a removed one proposes, of those that are there; none where it names too many."""
    phrases = list(_PROPOSED.finditer(message))
    text = message[phrases[0].end() :] if phrases else ""
    plain = [names for phrase in phrases if (names := _PLAIN.match(message, phrase.end()))]
    words = (*_QUOTED.findall(text), *(word for names in plain for word in names.groups() if word))
    named = dict.fromkeys(word.removeprefix("pkgs.") for word in words)
    found = tuple(each for each in named if each != name and each in there)
    return found if len(found) <= _MOST else ()


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
            instead = proposed(row["name"], row.get("message", ""), present[index].keys()) if kind == "removed" else ()
            if known is None or (known.kind, known.target) != (kind, target):
                said[row["name"]] = alias = Alias(row["name"], index, kind, target, day, instead)
                found.append(alias)
            elif instead and not known.instead:
                said[row["name"]] = alias = known._replace(instead=instead)
                found[found.index(known)] = alias
    return sorted(
        (alias for alias in found if alias.attr not in present[-1] and alias.attr not in _BACK),
        key=lambda alias: (alias.attr, alias.first),
    )


def set_aliases(labels: Sequence[str]) -> Iterator[Alias]:
    """Yield what `scripts.facts.tabulate_set_aliases` has found of names in package sets, a row for each thing that is newly said."""
    table = FilePath(__file__).with_name("set_aliases.tsv")
    for line in table.read_text().splitlines():
        set_, name, kind, target, day, where = line.split("\t")
        first = min(labels.index(label) for label in where.split(","))
        named = tuple(f"{set_}.{each}" for each in target.split())
        instead, to = (named, None) if kind == "removed" else ((), named[0])
        yield Alias(f"{set_}.{name}", first, kind, to, _day(day), instead)


def _day(text: str | None) -> date | None:
    """Read a day that somebody typed into a comment; one of them is in the thirteenth month."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
