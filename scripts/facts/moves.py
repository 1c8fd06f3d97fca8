"""Moves as module sources declare them: `mkRenamedOptionModule` and its family (nixpkgs lib/modules.nix)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from option_index import types
from option_index.records import MoveKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from scripts.facts import history
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
    file: str | None
    """None where an evaluation shows it."""


@dataclass(slots=True)
class History:
    """A move over the snapshots of its set."""

    source: Path
    versions: list[tuple[int, MoveKind, Path | None]]
    """From which snapshot on it says what; the first is the one in which it surely is in force."""
    possible: int
    """The first snapshot in which it may be in force."""
    file: str | None = None
    since: str | None = None
    """The release, where a source names it."""
    reason: str | None = None

    @property
    def first(self) -> int:
        """The first snapshot in which it surely is in force."""
        return self.versions[0][0]

    @property
    def kind(self) -> MoveKind:
        """What it is now."""
        return self.versions[-1][1]


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


@dataclass(frozen=True, slots=True)
class Tree:
    """What one snapshot says of moves."""

    scanned: tuple[Declared, ...] | None
    """What a scan of the sources found; None: not scanned."""
    evaluated: tuple[Declared, ...] | None
    """All moves of an evaluation; None: not evaluated."""
    options: Collection[Path]
    """The published options."""

    def moves(self) -> Iterator[Declared]:
        """Yield the moves in force, an evaluation's targets winning over a scan's."""
        targets = {move.source: move.target for move in self.evaluated or ()}
        for move in self.scanned or ():
            target = targets.pop(move.source, None)
            yield move._replace(target=target or move.target)
        yield from (move for move in self.evaluated or () if move.source in targets)

    def lacks(self, source: Path, scans_find: bool) -> bool:
        """Tell whether a move is surely not in force: the option is there, or all such moves were read and this is none of them."""
        return source in self.options or self.evaluated is not None or (scans_find and self.scanned is not None)


def histories(trees: Sequence[Tree]) -> list[History]:
    """Join the moves of all snapshots, oldest first.

    Moves that a later tree drops stay in force. A move that only a later tree than `i` declares is in force at `i` where the tree of
    `i` was not read, the option stood in an earlier one, and is not in `i`.
    """
    found: dict[Path, History] = {}
    for index, tree in enumerate(trees):
        for move in tree.moves():
            known = found.get(move.source)
            if known is None:
                known = found[move.source] = History(move.source, [(index, move.kind, move.target)], index)
            elif known.versions[-1][1:] != (move.kind, move.target):
                known.versions.append((index, move.kind, move.target))
            known.file = move.file or known.file
            known.since = move.since or known.since
    scanned = {move.source for tree in trees for move in tree.scanned or ()}
    for move in found.values():
        _reach_back(move, trees, move.source in scanned)
    return sorted(found.values(), key=lambda move: move.source)


def _reach_back(move: History, trees: Sequence[Tree], scans_find: bool) -> None:
    """Find out how much earlier than its first declaration a move is, or may be, in force."""
    while move.possible and not trees[move.possible - 1].lacks(move.source, scans_find):
        move.possible -= 1
    stood = move.possible and move.source in trees[move.possible - 1].options
    if stood:
        move.versions[0] = (move.possible, *move.versions[0][1:])


class Row(NamedTuple):
    """A move that no scan and no evaluation finds, with the first snapshot that has it."""

    kind: MoveKind
    source: str
    target: str | None
    first: str
    reason: str | None = None


def with_table(drift: list[History], rows: Sequence[Row], labels: Sequence[str]) -> list[History]:
    """Add the rows of a hand-written table."""
    found = {move.source: move for move in drift}
    for row in rows:
        source, first = tuple(row.source.split(".")), labels.index(row.first)
        target = tuple(row.target.split(".")) if row.target else None
        found[source] = History(source, [(first, row.kind, target)], first, reason=row.reason)
    return sorted(found.values(), key=lambda move: move.source)


def vanished(
    drift: list[History], options: Mapping[Path, history.History], hidden: Collection[Path], trees: Sequence[Tree]
) -> list[History]:
    """Add, as removed, the options that went without a word: those that a later evaluated tree neither publishes nor hides.

    What lies below a moved path, or inside a value that admits any attribute, did not go.
    """
    moved = {move.source for move in drift}
    evaluated = [index for index, tree in enumerate(trees) if tree.evaluated is not None]
    found = list(drift)
    for path, option in options.items():
        sure = next((index for index in evaluated if index > option.last), None)
        above = [path[:end] for end in range(1, len(path) + 1)]
        if sure is None or path in hidden or any(prefix in moved for prefix in above):
            continue
        if not any(_admits_any(options.get(prefix)) for prefix in above[:-1]):
            found.append(History(path, [(sure, MoveKind.REMOVED, None)], option.last + 1))
    return sorted(found, key=lambda move: move.source)


def _admits_any(option: history.History | None) -> bool:
    return option is not None and types.below(types.parse(option.facts[-1].type)) is types.Below.ANYTHING
