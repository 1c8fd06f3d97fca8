"""One line of history an option: in which snapshots it stands, and what it was in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from scripts.facts.sources import Path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.facts.sources import Published

_Value = TypeVar("_Value")

_REWORDED = (
    (re.compile(r"(?<!absolute )\bpath\b(?! in )"), "absolute path"),
    (re.compile(r"\bYAML value"), "YAML 1.1 value"),
)
"""Phrases that nixpkgs' lib/types.nix came to print differently for the same type."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What an option is, from snapshot `since` on."""

    since: int
    type: str
    default: str | None
    files: tuple[str, ...]
    read_only: bool


@dataclass(frozen=True, slots=True)
class History:
    """An option over the snapshots of its set."""

    first: int
    last: int
    """Snapshots, both inclusive. One that is missing between two others counts as present: trees read with a module left out."""
    facts: tuple[Fact, ...]


def histories(snapshots: Sequence[dict[Path, Published]]) -> dict[Path, History]:
    """Join the option lists of all snapshots, oldest first, into one history an option, in path order."""
    paths = sorted(set[Path]().union(*snapshots))
    return {path: _history([snapshot.get(path) for snapshot in snapshots]) for path in paths}


def _history(line: Sequence[Published | None]) -> History:
    present = [index for index, published in enumerate(line) if published]
    first, last = present[0], present[-1]
    known = [(index, published) for index, published in enumerate(line) if published]
    types = _newest_wording([published.type for _, published in known])
    prose = any(published.default_is_prose for _, published in known)
    defaults = [None] * len(known) if prose else _between([published.default for _, published in known])
    files = _or_next([published.files for _, published in known])
    read_only = _or_next([published.read_only for _, published in known])
    facts: list[Fact] = []
    for (index, _), type_, default, declared, fixed in zip(known, types, defaults, files, read_only, strict=True):
        fact = Fact(index, type_, default, declared or (), bool(fixed))
        if not facts or _differ(facts[-1], fact):
            facts.append(fact)
    return History(first, last, tuple(facts))


def _differ(a: Fact, b: Fact) -> bool:
    return (a.type, a.default, a.files, a.read_only) != (b.type, b.default, b.files, b.read_only)


def _newest_wording(types: Sequence[str]) -> list[str]:
    """Give equal types equal sentences: a sentence that only was reworded takes the newer wording."""
    result = list(types)
    for index in range(len(result) - 2, -1, -1):
        if _reworded(result[index]) == _reworded(result[index + 1]):
            result[index] = result[index + 1]
    return result


def _reworded(sentence: str) -> str:
    for phrase, newer in _REWORDED:
        sentence = phrase.sub(newer, sentence)
    return sentence


def _between(values: Sequence[str | None]) -> list[str | None]:
    """Give a default that one list leaves out while the lists before and after it agree."""
    result = list(values)
    for index in range(1, len(values) - 1):
        if values[index] is None and values[index - 1] == values[index + 1]:
            result[index] = values[index - 1]
    return result


def _or_next(values: Sequence[_Value | None]) -> list[_Value | None]:
    """Fill what a list does not say from the next list that does, else from the one before."""
    result = list(values)
    for index in range(len(result) - 2, -1, -1):
        if result[index] is None:
            result[index] = result[index + 1]
    for index in range(1, len(result)):
        if result[index] is None:
            result[index] = result[index - 1]
    return result
