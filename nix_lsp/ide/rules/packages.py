"""Packages that nixpkgs has renamed, removed, or never had, in every release that the pin may be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.markdown import pinned_nixpkgs
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule
from option_index.records import MoveKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.packages import Reference
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from option_index.query import PackageSet
    from option_index.records import PackageMove


class MovedPackage(NamedTuple):
    """A reference to a package of which the pinned nixpkgs certainly says that it moved."""

    reference: Reference
    move: PackageMove
    packages: PackageSet
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
                for fix in _replacing(subject, finding.reference, attr, Tier.REVIEW, preferred=len(there) == 1)
            ]
            yield REMOVED.at(finding.reference.span, message, fixes)


def moved(subject: Subject) -> Iterator[MovedPackage]:
    """Yield references to packages of which every lane's nixpkgs says the same."""
    added = cache(subject.additions)
    found: list[MovedPackage] = []
    for reference in subject.package_references:
        sets = subject.packages_of(reference.source)
        if not sets or len(reference.path) != 1 or reference.is_conditional:
            continue
        name = reference.path[0]
        moves = [packages.move(name) for packages in sets]
        if moves[0] is None or any(
            move is None or move[:3] != moves[0][:3] or move.stops != moves[0].stops for move in moves
        ):
            continue
        if not any(each.brings(name) for each in added(reference.source)):
            found.append(MovedPackage(reference, moves[0], sets[0], pinned_nixpkgs(subject.lanes_of(reference.source))))
    own = subject.project.own_names(frozenset(each.move.attr for each in found)) if found else ()
    yield from (each for each in found if each.move.attr not in own)


def _fixes(subject: Subject, finding: MovedPackage) -> list[Fix]:
    target = finding.move.target
    if target is None or finding.packages.package(target) is None:
        return []
    return _replacing(subject, finding.reference, target, Tier.MECHANICAL, preferred=True)


def _replacing(subject: Subject, reference: Reference, target: str, tier: Tier, *, preferred: bool) -> list[Fix]:
    """Offer to write another package where a reference stands, if it means that there."""
    if reference.form == "inherit" or (reference.form == "with" and _is_taken(subject, reference, target)):
        return []
    edits = (FileEdit(subject.document.path, (TextEdit(reference.span, target),)),)
    title = f"Rename to `{target}`" if tier is Tier.MECHANICAL else f"Use `{target}` instead"
    return [Fix(title, edits, tier, preferred=preferred)]


def _is_taken(subject: Subject, reference: Reference, target: str) -> bool:
    """Tell whether the new name means something else where it would stand."""
    from nix_lsp.analysis.scope import names_at

    first = target.partition(".")[0]
    return any(name.name == first for name in names_at(subject.document, reference.span.start))


_WHERE = (
    "\n\nReported for `pkgs.x`, `with pkgs; [ x ]` and `inherit (pkgs) x`, where `pkgs` is the file's own argument, or "
    "made of a locked nixpkgs (`import nixpkgs { … }`, `nixpkgs.legacyPackages.${system}`, the `pkgs` of flake-parts' `perSystem`). Nothing is said where "
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
