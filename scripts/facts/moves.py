"""Moves as module sources declare them: `mkRenamedOptionModule` and its family (nixpkgs lib/modules.nix)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from option_index.records import MoveKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from scripts.facts.sources import Path

_KINDS = {
    "mkRenamedOptionModule": MoveKind.RENAMED,
    "mkRenamedOptionModuleWith": MoveKind.RENAMED,
    "mkRemovedOptionModule": MoveKind.REMOVED,
    "mkChangedOptionModule": MoveKind.CHANGED,
    "mkMergedOptionModule": MoveKind.CHANGED,
    "mkAliasOptionModule": MoveKind.ALIAS,
    "mkAliasOptionModuleMD": MoveKind.ALIAS,
}

_ABSOLUTE_ROOTS = {
    *("docker-containers", "dysnomia", "jobs", "nesting", "qt5", "snapraid", "sound"),
    *("hyperv", "isoImage", "oci", "proxmox", "sdImage", "virtualbox", "vmware"),
}
"""First segments that only moved options, or modules outside the module list, have."""

_EXPORTERS = "services/monitoring/prometheus/exporters"
_SUBMODULES: dict[str, Path] = {
    "programs/tsm-client.nix": ("programs", "tsmClient", "servers", "<name>"),
    "security/acme/default.nix": ("security", "acme", "certs", "<name>"),
    "security/pam.nix": ("security", "pam", "services", "<name>"),
    "services/networking/anubis.nix": ("services", "anubis", "instances", "<name>"),
    "system/activation/top-level.nix": ("system", "replaceDependencies", "replacements", "*"),
    "tasks/network-interfaces.nix": ("networking", "interfaces", "<name>"),
    f"{_EXPORTERS}.nix": ("services", "prometheus", "exporters"),
    "programs/khard.nix": ("accounts", "contact", "accounts", "<name>"),
    "programs/lieer.nix": ("accounts", "email", "accounts", "<name>"),
    "programs/zsh/plugins/default.nix": ("programs", "zsh", "plugins", "*"),
    "misc/xdg-desktop-entries.nix": ("xdg", "desktopEntries", "<name>"),
    "misc/xdg/desktop-entries.nix": ("xdg", "desktopEntries", "<name>"),
}
"""Files whose moves of paths that start at no root stand inside a submodule: where that submodule is."""


class Declared(NamedTuple):
    """One move that one tree declares."""

    kind: MoveKind
    source: Path
    target: Path | None
    since: str | None
    """`sinceRelease`, as `25.05`."""
    file: str


@dataclass(slots=True)
class History:
    """A move over the snapshots of its set."""

    kind: MoveKind
    source: Path
    target: Path | None
    file: str | None
    first: int
    """The first snapshot in which it surely is in force."""
    since: str | None = None
    """The release, where a source names it."""
    reason: str | None = None
    declared: set[int] = field(default_factory=set[int])


def declared(
    rows: Sequence[dict[str, Any]], roots: Collection[str], options: Collection[Path], folder: str
) -> Iterator[Declared]:
    """Yield what a syntax scan of one tree found, as far as it can be placed truthfully: no generated or unplaced paths.

    `options` are the options of the same tree: a removal's text that names exactly one of them names its replacement. `folder` is
    what the rows' files are relative to.
    """
    for row in rows:
        kind = _KINDS[row["kind"].removesuffix(":bare")]
        for source, target, since in _paths(row):
            if not source or any(part.startswith("<") or not part for part in (*source, *(target or ()))):
                continue
            place = _place(row["file"], source, roots)
            if place is None:
                continue
            full = (*place, *source)
            if kind is MoveKind.REMOVED:
                yield Declared(kind, full, _named(row["text"], full, options), since, folder + row["file"])
            elif target:
                yield Declared(kind, full, (*place, *target), since, folder + row["file"])


def _paths(row: dict[str, Any]) -> Iterator[tuple[Path, Path | None, str | None]]:
    text = row["text"] or ""
    target = tuple(row["to"]) if row["to"] else None
    if row["kind"] == "mkMergedOptionModule":
        for part in re.findall(r"\[([^\[\]]*)\]", text):
            yield _strings(part), target, None
    elif row["from"]:
        yield tuple(row["from"]), target, None
    else:
        source, to = (re.search(rf"\b{name} = \[([^\]]*)\]", text) for name in ("from", "to"))
        since = re.search(r"\bsinceRelease = (\d\d)(\d\d);", text)
        if source and to and all(re.fullmatch(r'(\s*"[^"$]*")+\s*', part[1]) for part in (source, to)):
            yield _strings(source[1]), _strings(to[1]), f"{since[1]}.{since[2]}" if since else None


def _strings(text: str) -> Path:
    return tuple(re.findall(r'"([^"]*)"', text))


def _place(file: str, source: Path, roots: Collection[str]) -> Path | None:
    """Return what a declared path lies below: nothing for a path from the root, a submodule, or None where that is not known."""
    if source[0] in roots or source[0] in _ABSOLUTE_ROOTS:
        return ()
    if exporter := re.fullmatch(rf"{_EXPORTERS}/([\w-]+)\.nix", file):
        return ("services", "prometheus", "exporters", exporter[1])
    return _SUBMODULES.get(file)


def _named(text: str | None, source: Path, options: Collection[Path]) -> Path | None:
    """Return the one option that a removal's text names, if it names one."""
    names = re.findall(r"(?<![\w./-])[\w-]+(?:\.[\w-]+){1,}(?![\w/-])", text or "")
    found = {path for name in names if (path := tuple(name.split("."))) in options and path != source}
    return found.pop() if len(found) == 1 else None


def histories(
    trees: Sequence[Sequence[Declared] | None],
    options: Sequence[Collection[Path]],
    published: dict[Path, tuple[int, int]],
) -> list[History]:
    """Join the declarations of all snapshots (None: not read), oldest first.

    Declarations that a later tree drops stay in force while no option has come back to the path. A move that only a later tree than
    `i` declares is in force at `i` where the tree of `i` was not read, the option stood in an earlier one, and is not in `i`.
    """
    found: dict[Path, History] = {}
    for index, tree in enumerate(trees):
        for move in tree or ():
            known = found.get(move.source)
            if known is None:
                known = History(move.kind, move.source, move.target, move.file, index, move.since)
                found[move.source] = known
            known.kind, known.file = move.kind, move.file
            known.target = move.target or (known.target if move.kind is MoveKind.REMOVED else None)
            known.since = move.since or known.since
            known.declared.add(index)
    for history in found.values():
        before = history.first - 1
        span = published.get(history.source)
        while before >= 0 and trees[before] is None and history.source not in options[before]:
            if not (span and span[0] < before) or span[1] > before:
                break
            history.first, before = before, before - 1
    return sorted(found.values(), key=lambda history: history.source)


def with_table(drift: list[History], table: Sequence[Row], labels: Sequence[str]) -> list[History]:
    """Add the rows of a hand-written table, which win over scanned ones."""
    found = {history.source: history for history in drift}
    for row in table:
        source = tuple(row.source.split("."))
        target = tuple(row.target.split(".")) if row.target else None
        found[source] = History(row.kind, source, target, row.file, labels.index(row.first), row.since, row.reason)
    return sorted(found.values(), key=lambda history: history.source)


class Row(NamedTuple):
    """A move that no scan finds, with the first snapshot that has it."""

    kind: MoveKind
    source: str
    target: str | None
    first: str
    since: str | None = None
    reason: str | None = None
    file: str | None = None
