"""What a rule is, and what it is asked about."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Diagnostic, Fix, Severity, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nix_lsp.analysis.names import Names
    from nix_lsp.analysis.package_source import PackageSource
    from nix_lsp.analysis.packages import Reference
    from nix_lsp.analysis.pins.sites import PinSite
    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.shapes.claims import Lacking, Refused
    from nix_lsp.ide.rules.fitting import Wrong
    from nix_lsp.ide.rules.judgement import Judgement
    from nix_lsp.ide.rules.package_lanes import PackageLanes
    from nix_lsp.ide.rules.packages import MovedPackage
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span


@dataclass(frozen=True)
class Subject:
    """One file in its project, with the answers that several rules share."""

    project: Project
    document: Document

    @cached_property
    def names(self) -> Names:
        """All names of the file."""
        from nix_lsp.analysis.names import names

        return names(self.document)

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """What the indexes say of each definition in the file."""
        from nix_lsp.ide.rules.judgement import judge

        return tuple(judge(self.project, self.document))

    @cached_property
    def packages(self) -> PackageLanes:
        """Which nixpkgs the packages that the file names are of."""
        from nix_lsp.ide.rules.package_lanes import PackageLanes

        return PackageLanes(self.project, self.document)

    @cached_property
    def likely_sources(self) -> Sequence[PackageSource | None]:
        """What the packages of the file are likely made of."""
        from nix_lsp.ide.rules.package_lanes import likely

        return likely(self.packages, self.project, self.document)

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
        from nix_lsp.analysis.packages import names, references

        lanes = self.project.lanes(self.document)
        lane = lanes[0] if lanes else None
        if lane is None and not self.likely_sources:
            return ()
        packages, library = self.project.packages(lane), self.project.library(lane)
        if packages is None or library is None:
            return ()
        moved = packages.moving() | library.changing()
        is_package = bool(self.packages.called)
        return tuple(references(self.document, moved.__contains__, names(self.document), is_package=is_package))

    @cached_property
    def claims(self) -> tuple[Lacking | Refused, ...]:
        """What surely fails: selections and calls; nothing in a text with faults."""
        from nix_lsp.analysis.shapes.claims import claims

        return tuple(claims(self.project, self.document)) if self.document.is_sound else ()

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
    is_asked_for: bool = False
    """It says something about good code too: it is reported only where the settings name it."""
    file: str = "configuration.nix"
    """The name of the file that the examples are."""
    beside: tuple[tuple[str, str], ...] = ()
    """Names of other files, and what they hold for the examples to be reported."""

    def at(
        self, span: Span, message: str, fixes: Iterable[Fix] = (), *, severity: Severity | None = None
    ) -> Diagnostic:
        """Return a finding of this rule; `severity` where it is less than the rule's own."""
        return Diagnostic(self.id, span, severity or self.severity, message, self.tags, fixes=tuple(fixes))
