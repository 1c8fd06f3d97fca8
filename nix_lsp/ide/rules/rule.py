"""What a rule is, and what it is asked about."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Diagnostic, Fix, Severity, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nix_lsp.analysis.overlays import Additions
    from nix_lsp.analysis.package_source import PackageSource
    from nix_lsp.analysis.packages import Reference
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.pins.sites import PinSite
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.rules.fitting import Wrong
    from nix_lsp.ide.rules.judgement import Judgement
    from nix_lsp.ide.rules.packages import MovedPackage
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span
    from option_index.query import PackageSet

PACKAGE_LANES = frozenset({"nixos", "home-manager", "nix-darwin"})
"""Module sets that give a module nixpkgs' packages as `pkgs`."""


@dataclass(frozen=True)
class Subject:
    """One file in its project, with the answers that several rules share."""

    project: Project
    document: Document

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """What the indexes say of each definition in the file."""
        from nix_lsp.ide.rules.judgement import judge

        return tuple(judge(self.project, self.document))

    @cached_property
    def package_sets(self) -> tuple[PackageSet, ...]:
        """The packages of each lane's nixpkgs; empty where `pkgs` is not surely that of a nixpkgs which is known."""
        lanes = self.project.lanes(self.document)
        sets = tuple(packages for lane in lanes if (packages := self.project.packages(lane)))
        return sets if len(sets) == len(lanes) and all(lane.set in PACKAGE_LANES for lane in lanes) else ()

    def lanes_of(self, source: PackageSource | None) -> Sequence[Lane]:
        """Return what says which nixpkgs `pkgs` is: the file's lanes, or the source that the file makes it of; empty where that is not known."""
        if source is None:
            return self.project.lanes(self.document) if self.package_sets else ()
        if source not in self._made:
            self._made[source] = tuple(self._lanes_made_of(source))
        return self._made[source]

    def _lanes_made_of(self, source: PackageSource) -> Iterator[Lane]:
        from nix_lsp.analysis.package_source import pin_of_source
        from nix_lsp.analysis.pin import Lane
        from nix_lsp.analysis.pins.choice import pins_at

        pin = pin_of_source(source, self.project.locked(posixpath.dirname(self.document.path)))
        ordered = pins_at(self.project.settings.pin) if self.project.settings.pin else None
        if ordered and (pin or source.name == "nixpkgs"):
            yield Lane("flake", ordered, is_sure=True)
        elif pin and not ordered:
            yield Lane("flake", {"nixpkgs": pin}, is_sure=True)

    @cached_property
    def _made(self) -> dict[PackageSource, tuple[Lane, ...]]:
        return {}

    def packages_of(self, source: PackageSource | None) -> tuple[PackageSet, ...]:
        """Return the packages of each nixpkgs that `pkgs` may be."""
        if source is None:
            return self.package_sets
        return tuple(packages for lane in self.lanes_of(source) if (packages := self.project.packages(lane)))

    def additions(self, source: PackageSource | None) -> tuple[Additions, ...]:
        """Return what may be in `pkgs` beside what nixpkgs has, for each nixpkgs that it may be."""
        lanes = self.lanes_of(source)
        return tuple(self.project.additions(lane if source is None else None) for lane in lanes)

    @cached_property
    def wrong_values(self) -> tuple[Wrong, ...]:
        """The values that no type takes which their option can have."""
        from nix_lsp.ide.rules.fitting import wrong_values

        return tuple(wrong_values(self.project, self.document))

    @cached_property
    def package_references(self) -> tuple[Reference, ...]:
        """Where the file names packages that have moved at some time."""
        return tuple(each for each in self._references if each.head == "pkgs")

    @cached_property
    def moved_packages(self) -> tuple[MovedPackage, ...]:
        """The packages that the file names and that the pinned nixpkgs has moved."""
        from nix_lsp.ide.rules.packages import moved

        return tuple(moved(self))

    @cached_property
    def library_references(self) -> tuple[Reference, ...]:
        """Where the file names what has left, or may leave, nixpkgs' `lib`."""
        return tuple(each for each in self._references if each.head == "lib")

    @cached_property
    def _references(self) -> tuple[Reference, ...]:
        from nix_lsp.analysis.package_source import makes_packages
        from nix_lsp.analysis.packages import names, references

        lanes = self.project.lanes(self.document)
        lane = lanes[0] if lanes else None
        if lane is None and not makes_packages(self.document):
            return ()
        packages, library = self.project.packages(lane), self.project.library(lane)
        if packages is None or library is None:
            return ()
        moved = packages.moving() | library.changing()
        return tuple(references(self.document, moved.__contains__, names(self.document)))

    @cached_property
    def pin_sites(self) -> tuple[PinSite, ...]:
        """The places in the file that decide which revisions are pinned."""
        from nix_lsp.analysis.pins.sites import pin_sites

        folder = posixpath.dirname(self.document.path)
        return tuple(pin_sites(self.document, lambda: self.project.locked(folder)))


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the diagnostic, the settings entry, the SARIF rule and the page in the documentation come from it."""

    id: str
    severity: Severity
    summary: str
    """One sentence: what is wrong."""
    explanation: str
    """What the page says beyond that, as Markdown."""
    bad: str
    good: str
    release: str | None
    """The release that the examples are judged by; None: any."""
    check: Callable[[Subject], Iterable[Diagnostic]]
    lanes: tuple[str, ...] = ("nixos", "home-manager", "nix-darwin")
    """The module sets it judges; empty: any Nix file."""
    tags: tuple[Tag, ...] = ()
    has_fix: bool = True
    file: str = "configuration.nix"
    """The name of the file that the examples are."""
    beside: tuple[tuple[str, str], ...] = ()
    """Names of other files, and what they hold for the examples to be reported."""

    def at(
        self, span: Span, message: str, fixes: Iterable[Fix] = (), *, severity: Severity | None = None
    ) -> Diagnostic:
        """Return a finding of this rule; `severity` where it is less than the rule's own."""
        return Diagnostic(self.id, span, severity or self.severity, message, self.tags, fixes=tuple(fixes))
