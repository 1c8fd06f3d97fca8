"""What of a script can be declared at the pin: the options of a row that every lane of a file has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.places import ALL_SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.rewrites.imperative.fit import Resolves
    from nix_lsp.ide.rewrites.imperative.rewrite import Match, Rewrite
    from nix_lsp.ide.rewrites.imperative.value import Setting
    from nix_lsp.syntax.document import Document
    from option_index.query import PackageSet


class Declarable(NamedTuple):
    """Commands of a script, and the options that say the same at the pin."""

    rewrite: Rewrite
    match: Match
    choice: tuple[Setting, ...] | None
    """None where a secret is among the operands."""


def declarable(
    project: Project, document: Document, lanes: Sequence[Lane], matches: Iterable[tuple[Rewrite, Match]]
) -> list[Declarable]:
    """Return those matches of a script of which options that every lane has say the same."""
    standing = _standing([each for each in matches if each[1].tier is not Tier.EXPLAINED])
    own = [tuple(segment.name for segment in option.path) for option in project.module(document).declared]
    found = [
        Declarable(rewrite, replace(match, tier=_tier(project, match, lanes)), _choice(project, match, lanes))
        for rewrite, match in standing
        if not _is_implementation(match, own)
    ]
    known = [each for each in found if each.choice is not None or each.match.is_secret]
    # A part of a command that goes altogether is not worth a word.
    gone = {command.span for _, match, _ in known if not match.cuts and not match.keeps for command in match.commands}
    return [each for each in known if not each.match.cuts or gone.isdisjoint(c.span for c in each.match.commands)]


def _standing(matches: list[tuple[Rewrite, Match]]) -> list[tuple[Rewrite, Match]]:
    """Leave out what runs only if a command succeeds that no rewrite knows."""
    while True:
        known = {command.span for _, match in matches for command in match.commands}
        standing = [
            (rewrite, match)
            for rewrite, match in matches
            if all(command.requires is None or command.requires.span in known for command in match.commands)
        ]
        if len(standing) == len(matches):
            return matches
        matches = standing


def _is_implementation(match: Match, own: Sequence[tuple[str | None, ...]]) -> bool:
    """Tell whether the file declares (`own`) an option that would be set: then it is what that option does."""
    return any(
        setting.path[: len(path)] == path or path[: len(setting.path)] == setting.path
        for choice in match.choices
        for setting in choice
        for path in own
    )


def _choice(project: Project, match: Match, lanes: Sequence[Lane]) -> tuple[Setting, ...] | None:
    """Return the first alternative that every lane's options and packages have."""
    from nix_lsp.ide.rewrites.imperative.fit import fits

    for lane in lanes:
        packages = _packages(project, lane) if match.packages else None
        if match.packages and not (packages and all(_has(packages, name) for name in match.packages)):
            return None
    if match.needs_linux and any((lane.host or "").startswith("darwinConfigurations") for lane in lanes):
        return None
    sets = [_options(project, lane) for lane in lanes]
    for choice in match.choices:
        if all(options is not None and all(fits(options, setting) for setting in choice) for options in sets):
            return choice
    return None


def _tier(project: Project, match: Match, lanes: Sequence[Lane]) -> Tier:
    """Return how far the edit of a match can be trusted in these lanes."""
    from option_index.records import Standing

    if match.needs_linux and any(_may_be_darwin(lane) for lane in lanes):
        return Tier.REVIEW
    if not match.exact_with:
        return match.tier
    path = tuple(match.exact_with.split("."))
    sets = [project.options(lane) for lane in lanes]
    known = {Standing.OPTION, Standing.NAMESPACE, Standing.INSIDE}
    is_exact = all(options and options.resolve(path).standing in known for options in sets)
    return match.tier if is_exact else Tier.REVIEW


def _may_be_darwin(lane: Lane) -> bool:
    """Tell whether a module that no host is known to build may be one of a Mac: the project has some."""
    return "nix-darwin" in lane.pins and not (lane.host or "").startswith("nixosConfigurations")


def _options(project: Project, lane: Lane) -> Resolves | None:
    if lane.set in ALL_SHELLS:
        from nix_lsp.ide.rewrites.imperative.dev_shells import ShellOptions

        return ShellOptions(lane)
    return project.options(lane)


def _has(packages: PackageSet, name: str) -> bool:
    """Tell whether there is a package of a name, described or not (`curl`, `nodejs`: other attributes that are the same)."""
    from option_index.records import AttributeKind

    if packages.package(name):
        return True
    attribute = packages.attribute(name)
    return attribute is not None and attribute.kind is AttributeKind.PACKAGE and packages.move(name) is None


def _packages(project: Project, lane: Lane) -> PackageSet | None:
    """Return the packages of the nixpkgs that a lane's `pkgs` is; a development shell has that of the project."""
    return project.packages(None if lane.set in ALL_SHELLS else lane)


def advice(project: Project, match: Match, lanes: Sequence[Lane]) -> tuple[str, ...] | None:
    """Return the options to name that every lane has; None where there should be some and none is there."""
    from option_index.records import Standing

    known = {Standing.OPTION, Standing.NAMESPACE, Standing.INSIDE}
    sets = [_options(project, lane) for lane in lanes]
    named = tuple(
        path
        for path in match.advised
        if all(options and options.resolve(tuple(path.split("."))).standing in known for options in sets)
    )
    return None if match.advised and not named else named
