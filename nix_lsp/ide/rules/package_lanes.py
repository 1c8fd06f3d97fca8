"""Which nixpkgs the packages that a file names are of."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.package_source import CALLS, OVERLAYS, PackageSource, pin_of_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.overlays import Additions
    from nix_lsp.analysis.package_calls import PackageCall
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document
    from option_index.query import PackageSet

PACKAGE_LANES = frozenset({"nixos", "home-manager", "nix-darwin"})
"""Module sets that give a module nixpkgs' packages as `pkgs`."""
_DEEPEST = 8
"""Packages that call packages that call packages."""


class Called(NamedTuple):
    """A call of the file as a package, and what its `callPackage` is of."""

    call: PackageCall
    lanes: tuple[Lane, ...]
    additions: tuple[Additions, ...]


class PackageLanes:
    """What one file's packages are judged by, for each thing that they may be made of."""

    def __init__(self, project: Project, document: Document, callers: frozenset[str] = frozenset()) -> None:
        """`callers`: the files that have led here by calling each other, this one among them."""
        self._project = project
        self._document = document
        self._callers = callers | {document.path}
        self._lanes: dict[PackageSource | None, tuple[Lane, ...]] = {}

    @cached_property
    def own(self) -> tuple[Lane, ...]:
        """The lanes of the file itself; empty where `pkgs` is not surely that of a nixpkgs which is known."""
        lanes = self._project.lanes(self._document)
        known = all(lane.set in PACKAGE_LANES and self._project.packages(lane) for lane in lanes)
        return tuple(lanes) if known else ()

    @cached_property
    def called(self) -> tuple[Called, ...]:
        """The calls of the file; empty where it is taken for anything else as well, or by what is not plain."""
        from nix_lsp.analysis.package_calls import formals, package_call

        if len(self._callers) > _DEEPEST or self._project.lanes(self._document) or not formals(self._document):
            return ()
        found: list[Called] = []
        for document, offset in self._project.named_at(self._document.path):
            call = None if document.path in self._callers else package_call(document, offset)
            called = self._called(call) if call else None
            if called is None:
                return ()
            found.append(called)
        return tuple(found)

    def _called(self, call: PackageCall) -> Called | None:
        from nix_lsp.analysis.package_roots import Roots

        caller = PackageLanes(self._project, call.document, self._callers)
        below = Roots(call.document, is_package=bool(caller.called)).below(call.callee, None)
        if below is None or (below.head, below.path) != ("pkgs", ("callPackage",)):
            return None
        lanes = caller.of(below.source)
        return Called(call, lanes, caller.additions(below.source)) if lanes else None

    def of(self, source: PackageSource | None) -> tuple[Lane, ...]:
        """Return what says which nixpkgs `pkgs` is, by what the file makes it of; empty where that is not known."""
        if source not in self._lanes:
            self._lanes[source] = self._find(source)
        return self._lanes[source]

    def _find(self, source: PackageSource | None) -> tuple[Lane, ...]:
        if source is None:
            return self.own or self.of(PackageSource(CALLS, "pkgs"))
        if source.head == CALLS:
            if any(source.name in each.call.given for each in self.called):
                return ()
            return tuple(lane for each in self.called for lane in each.lanes)
        if source.head == OVERLAYS:
            if source.name == "module" and self.own:
                return self.own
            return tuple(self._laid_over()) if source.name != "file" or self._is_overlay else ()
        return tuple(self._made_of(source))

    @cached_property
    def _is_overlay(self) -> bool:
        """Tell whether the file, which is an overlay by its place, is taken for one wherever it is named."""
        from nix_lsp.analysis.overlay_places import names_overlay

        return all(names_overlay(*named) for named in self._project.named_at(self._document.path))

    def _laid_over(self) -> Iterator[Lane]:
        """Yield every nixpkgs that the project locks: it may lay its overlays over any of them."""
        from nix_lsp.analysis.pin import Lane

        if self._project.settings.pin:
            yield from self._ordered()
            return
        for found in self._project.locked(self._folder).reached.values():
            for pin in found.by_name.values():
                if pin.source == "nixpkgs":
                    yield Lane("flake", {"nixpkgs": pin}, is_sure=True)

    def _ordered(self) -> Iterator[Lane]:
        """Yield the nixpkgs that a setting names."""
        from nix_lsp.analysis.pin import Lane
        from nix_lsp.analysis.pins.choice import pins_at

        setting = self._project.settings.pin
        if setting and (pins := pins_at(setting)):
            yield Lane("flake", pins, is_sure=True)

    def _made_of(self, source: PackageSource) -> Iterator[Lane]:
        from nix_lsp.analysis.pin import Lane

        pin = pin_of_source(source, self._project.locked(self._folder))
        if self._project.settings.pin:
            if pin or source.name == "nixpkgs":
                yield from self._ordered()
        elif pin:
            yield Lane("flake", {"nixpkgs": pin}, is_sure=True)

    @property
    def _folder(self) -> str:
        return posixpath.dirname(self._document.path)

    def sets(self, source: PackageSource | None) -> tuple[PackageSet, ...]:
        """Return the packages of each nixpkgs that `pkgs` may be."""
        return tuple(packages for lane in self.of(source) if (packages := self._project.packages(lane)))

    def additions(self, source: PackageSource | None) -> tuple[Additions, ...]:
        """Return what may be in `pkgs` beside what nixpkgs has, for each nixpkgs that it may be."""
        if source is None and not self.own:
            source = PackageSource(CALLS, "pkgs")
        if source and source.head == CALLS:
            return tuple(each for called in self.called for each in called.additions)
        # Modules lay overlays over the packages of hosts alone.
        is_hosts = source is None or source.head == OVERLAYS
        return tuple(self._project.additions(lane if is_hosts else None) for lane in self.of(source))


def likely(lanes: PackageLanes, project: Project, document: Document) -> Sequence[PackageSource | None]:
    """Return what the packages of a file are likely made of: enough to know which names are worth a look."""
    from nix_lsp.analysis.overlay_places import may_have_overlays
    from nix_lsp.analysis.package_source import makes_packages

    found: list[PackageSource | None] = [None] if lanes.of(None) else []
    if lanes.called:
        found += (PackageSource(CALLS, ""),)
    if may_have_overlays(document):
        found += (PackageSource(OVERLAYS, "place"),)
    if makes_packages(document):
        if project.settings.pin:
            found.append(PackageSource("sources", "nixpkgs"))
        for head, pins in project.locked(posixpath.dirname(document.path)).reached.items():
            for name, pin in pins.by_name.items():
                if head != "literals" and pin.source == "nixpkgs":
                    found.append(PackageSource(head, name))
    return [source for source in found if lanes.of(source)]
