"""A project of one file, judged by an index of a few lines: what the rules do is tested apart from what nixpkgs has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nix_lsp.analysis.declared import DeclaredOptions
from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.module import read_module
from nix_lsp.analysis.overlays import Additions
from nix_lsp.analysis.pin import Lane, Pin
from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.analysis.pins.table import FolderPins
from nix_lsp.analysis.project import Settings
from option_index.records import Move, MoveKind, Option, Releases, Resolution, Standing
from option_index.timeline import Point
from tests.fixture import language_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from re import Pattern

    from nix_lsp.analysis.definition import DeclaredOption, ModuleView
    from nix_lsp.analysis.partial.value import Thunk
    from nix_lsp.analysis.taken import Use
    from nix_lsp.syntax.document import Document
    from option_index.query import LibrarySet, PackageSet
    from option_index.records import Child

    Names = tuple[str, ...]

NIXPKGS = {"nixpkgs": Pin("nixpkgs", Point("25.11"), "nixos-25.11", "flake.lock, input nixpkgs")}


def segments(dotted: str) -> Names:
    return tuple(dotted.split("."))


@dataclass
class SmallIndex:
    """Options by dotted path, and what became of others: `moves` name a new path, or None for removed."""

    known: Sequence[str] = ()
    moves: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    later: Mapping[str, str] = field(default_factory=dict[str, str])
    suggestions: Mapping[str, str] = field(default_factory=dict[str, str])
    reason: str | None = None
    set: str = "nixos"
    label: str = "NixOS 25.11"
    gap: str | None = None

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        whole = ".".join(name or "*" for name in path)
        if whole in self.known:
            return Resolution(Standing.OPTION, len(path), Option(tuple(whole.split(".")), "boolean"))
        for length in range(len(path), 0, -1):
            dotted = ".".join(name or "*" for name in path[:length])
            if dotted in self.moves:
                new = self.moves[dotted]
                target = (*segments(new), *(name or "*" for name in path[length:])) if new else None
                kind = MoveKind.RENAMED if new else MoveKind.REMOVED
                move = Move(kind, segments(dotted), target, Releases("24.11", "24.11"), self.reason)
                return Resolution(Standing.RENAMED if new else Standing.REMOVED, length, None, move)
            if dotted in self.later and length == len(path):
                since = self.later[dotted]
                return Resolution(Standing.NOT_YET, length, since=Releases(since, since))
        matched = 0
        for length in range(1, len(path) + 1):
            dotted = ".".join(name or "*" for name in path[:length])
            if dotted in self.known:
                option = Option(segments(dotted), "boolean")
                standing = Standing.OPTION if length == len(path) else Standing.INSIDE
                return Resolution(standing, length, option)
            if any(f"{name}.".startswith(f"{dotted}.") for name in (*self.known, *self.moves)):
                matched = length
        return Resolution(Standing.NAMESPACE if matched == len(path) else Standing.UNKNOWN, matched)

    def option(self, path: Sequence[str]) -> Option | None:
        return self.resolve(path).option

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        return ()

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        return ()

    def search(self, text: str, limit: int) -> Sequence[Option]:
        return ()

    def suggest(self, path: Sequence[str]) -> Sequence[Names]:
        meant = self.suggestions.get(".".join(path))
        return (segments(meant),) if meant else ()


@dataclass
class OneFile:
    """A project whose documents all stand in the same lanes."""

    indexes: Mapping[str, SmallIndex]
    """By host, or by module set for what stands in another one."""
    settings: Settings = field(default_factory=lambda: Settings(ignored_rules=language_rules()))
    """By default without the rules about the language itself: most texts are fragments."""
    foreign_names: frozenset[str] = frozenset()
    declared_options: Sequence[DeclaredOption] = ()
    pins: Mapping[str, Mapping[str, Pin]] = field(default_factory=lambda: {"laptop": NIXPKGS})

    today: date | None = None

    root = "/"

    @property
    def environment(self) -> Environment:
        return Environment()

    def nix_files(self) -> Iterator[Document]:
        return iter(())

    def is_missing(self, path: str) -> bool:
        return False

    def is_folder(self, path: str) -> bool:
        return False

    @property
    def files(self) -> MemoryFiles:
        return MemoryFiles({})

    def document(self, path: str) -> Document | None:
        return None

    def evaluations(self, path: str) -> frozenset[tuple[int, int]]:
        del path
        return frozenset()

    def importers(self, path: str) -> Sequence[str]:
        return ()

    def arguments(self, document: Document) -> Mapping[str, Sequence[Thunk]]:
        del document
        return {}

    def outputs(self, flake: str) -> Thunk | None:
        del flake
        return None

    def taken_from(self, document: Document) -> Sequence[Use]:
        del document
        return ()

    def module(self, document: Document) -> ModuleView:
        return read_module(document)

    def lanes(self, document: Document) -> Sequence[Lane]:
        return [Lane("nixos", pins, host, is_sure=True) for host, pins in self.pins.items()]

    def hosts(self) -> Sequence[Lane]:
        return ()

    def options(self, lane: Lane) -> SmallIndex | None:
        return self.indexes.get(lane.set) if lane.set != "nixos" else self.indexes.get(lane.host or "")

    def packages(self, lane: Lane | None) -> PackageSet | None:
        return None

    def additions(self, lane: Lane | None) -> Additions:
        return Additions()

    def library(self, lane: Lane | None) -> LibrarySet | None:
        return None

    def declared(self, lane: Lane) -> DeclaredOptions:
        return DeclaredOptions(self.declared_options)

    def foreign(self, lane: Lane, namespace: str) -> bool:
        return namespace in self.foreign_names

    def locked(self, folder: str) -> FolderPins:
        return FolderPins({}, (), ())

    def matches(self, pattern: Pattern[bytes]) -> bool:
        return False

    def named_at(self, path: str) -> tuple[tuple[Document, int], ...]:
        return ()

    def own_names(self, wanted: frozenset[str], *, quoted: bool = False) -> frozenset[str]:
        return frozenset()

    def mentions(self, word: bytes) -> bool:
        return False
