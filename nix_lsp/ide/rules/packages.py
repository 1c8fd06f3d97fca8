"""Packages that nixpkgs has renamed, removed, or never had, in every release that the pin may be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.markdown import pinned_nixpkgs
from nix_lsp.ide.model import Severity, Tag, Tier
from nix_lsp.ide.rules.package_fixes import replacing
from nix_lsp.ide.rules.rule import Rule
from option_index.records import MoveKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.package_source import PackageSource
    from nix_lsp.analysis.packages import Reference
    from nix_lsp.ide.model import Diagnostic, Fix
    from nix_lsp.ide.rules.rule import Subject
    from option_index.query import PackageSet
    from option_index.records import PackageMove


class MovedPackage(NamedTuple):
    """A reference to a package of which the pinned nixpkgs certainly says that it moved."""

    reference: Reference
    move: PackageMove
    packages: PackageSet
    target: str | None
    """What it is called now, if that is there."""
    pinned: str
    """Which nixpkgs it is judged by, for people."""


def _renamed(subject: Subject) -> Iterator[Diagnostic]:
    for finding in subject.moved_packages:
        if finding.move.kind is MoveKind.RENAMED and finding.move.stops:
            message = (
                f"{finding.pinned}, which this project pins, calls `{finding.move.attr}` `{finding.move.target}`: "
                "the old name stops the evaluation."
            )
            yield RENAMED.at(finding.reference.span, message, _fixes(subject, finding))


def _deprecated(subject: Subject) -> Iterator[Diagnostic]:
    for finding in subject.moved_packages:
        move = finding.move
        if move.kind is MoveKind.RENAMED and not move.stops:
            message = f"{finding.pinned}, which this project pins, warns of `{move.attr}`: it is `{move.target}` now."
            yield DEPRECATED.at(finding.reference.span, message, _fixes(subject, finding))


def _removed(subject: Subject) -> Iterator[Diagnostic]:
    for finding in subject.moved_packages:
        if finding.move.kind is MoveKind.REMOVED:
            there = [attr for attr in finding.move.instead if finding.packages.package(attr)]
            instead = f" Nixpkgs proposes {' or '.join(f'`{attr}`' for attr in there)}." if there else ""
            message = f"`{finding.move.attr}` was removed from nixpkgs: it stops the evaluation with {finding.pinned}, which this project pins.{instead}"
            fixes = [
                fix
                for attr in there
                for fix in replacing(
                    subject.document,
                    finding.reference,
                    attr,
                    "Use {} instead",
                    Tier.REVIEW,
                    preferred=len(there) == 1,
                )
            ]
            yield REMOVED.at(finding.reference.span, message, fixes)


def moved(subject: Subject) -> Iterator[MovedPackage]:
    """Yield references to packages of which every lane's nixpkgs says the same."""
    added = cache(subject.packages.additions)
    known: dict[tuple[PackageSource | None, tuple[str, ...]], tuple[PackageMove, str | None] | None] = {}

    @cache
    def pinned(source: PackageSource | None) -> str:
        return pinned_nixpkgs(subject.packages.of(source))

    found: list[MovedPackage] = []
    for reference in subject.package_references:
        sets = subject.packages.sets(reference.source)
        if not sets or reference.is_conditional or may_be_of_xorg(reference, sets):
            continue
        key = (reference.source, reference.path)
        if key not in known:
            brought = any(each.brings(name) for each in added(reference.source) for name in reference.path)
            known[key] = None if brought else _move(sets, ".".join(reference.path))
        if said := known[key]:
            found.append(MovedPackage(reference, said[0], sets[0], said[1], pinned(reference.source)))
    own = subject.project.own_names(frozenset(name for each in found for name in each.reference.path)) if found else ()
    yield from (each for each in found if own.isdisjoint(each.reference.path)) if own else found


def _move(sets: Sequence[PackageSet], attr: str) -> tuple[PackageMove, str | None] | None:
    """Return what all of several nixpkgs say of an attribute, and what it is called now, if the first has that; nothing below a set that has moved."""
    set_ = attr.rpartition(".")[0]
    if set_ and (moved_set := sets[0].move(set_)) and moved_set.stops:
        return None
    move = sets[0].move(attr)
    if move is None or not all(_say_the_same(move, packages.move(attr)) for packages in sets[1:]):
        return None
    return move, move.target if move.target and sets[0].package(move.target) else None


def _say_the_same(move: PackageMove, other: PackageMove | None) -> bool:
    return other is not None and other[:3] == move[:3] and other.stops == move.stops


def may_be_of_xorg(reference: Reference, sets: Sequence[PackageSet]) -> bool:
    """Tell whether a formal may be given a member of `xorg`, which `callPackage` knew as well (nixpkgs, pkgs/top-level/splice.nix)."""
    attr = f"xorg.{reference.path[0]}"
    return reference.form == "formal" and any(packages.attribute(attr) for packages in sets)


def _fixes(subject: Subject, finding: MovedPackage) -> list[Fix]:
    if finding.target is None:
        return []
    return replacing(
        subject.document, finding.reference, finding.target, "Rename to {}", Tier.MECHANICAL, preferred=True
    )


_WHERE = (
    "\n\nReported for `pkgs.x`, `with pkgs; [ x ]` and `inherit (pkgs) x`, where `pkgs` is the file's own argument, or "
    "made of a locked nixpkgs (`import nixpkgs { … }`, `nixpkgs.legacyPackages.${system}`, the `pkgs` of flake-parts' `perSystem`), for `final.x` and "
    "`prev.x` in overlays, and for the arguments of files that the project calls with `callPackage` alone. An overlay is judged by every nixpkgs that "
    "is locked, a package by that of each call. Nothing is said where "
    "an overlay of another project may define the name (what those of well-known inputs define is known), where the project binds a name like it, behind `or` or a question about the release, "
    "and where the revision that is pinned may still have the package."
)

RENAMED = Rule(
    id="package-renamed",
    severity=Severity.ERROR,
    summary="The package has another name in the pinned release, and the old one stops the evaluation.",
    explanation="Nixpkgs keeps an old name for a while, and then lets it throw. The fix writes the new one." + _WHERE,
    bad="{ pkgs, ... }: { environment.systemPackages = [ pkgs.apacheAnt ]; }",
    good="{ pkgs, ... }: { environment.systemPackages = [ pkgs.ant ]; }",
    release="26.05",
    check=_renamed,
    tags=(Tag.DEPRECATED,),
)

REMOVED = Rule(
    id="package-removed",
    severity=Severity.ERROR,
    summary="Nixpkgs has removed the package: its name stops the evaluation.",
    explanation="Nixpkgs keeps the name of a removed package for a while, only to say why it went; the evaluation prints it. Where that names "
    "what to take instead, so does the fix, to be reviewed: it is another package." + _WHERE,
    bad="{ pkgs, ... }: { environment.systemPackages = [ pkgs.exa ]; }",
    good="{ pkgs, ... }: { environment.systemPackages = [ pkgs.eza ]; }",
    release="26.05",
    check=_removed,
    tags=(Tag.DEPRECATED,),
)

DEPRECATED = Rule(
    id="package-deprecated",
    severity=Severity.WARNING,
    summary="Nixpkgs warns of the package's name in the pinned release.",
    explanation="The name still works, with a warning at each evaluation. The fix writes the new one." + _WHERE,
    bad="{ pkgs, ... }: { environment.systemPackages = [ pkgs.brogue ]; }",
    good="{ pkgs, ... }: { environment.systemPackages = [ pkgs.brogue-ce ]; }",
    release="26.11pre",
    check=_deprecated,
    tags=(Tag.DEPRECATED,),
)

RULES = (RENAMED, REMOVED, DEPRECATED)
