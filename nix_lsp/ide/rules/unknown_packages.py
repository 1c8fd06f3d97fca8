"""Packages that the pinned nixpkgs surely does not have."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from nix_lsp.analysis.package_names import mentions
from nix_lsp.analysis.packages import references_at
from nix_lsp.ide.markdown import pinned_nixpkgs
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rules.package_fixes import replacing
from nix_lsp.ide.rules.packages import may_be_of_xorg
from nix_lsp.ide.rules.rule import Rule
from option_index.suggest import distance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nix_lsp.analysis.overlays import Additions
    from nix_lsp.analysis.package_names import Mention
    from nix_lsp.analysis.package_source import PackageSource
    from nix_lsp.analysis.packages import Reference
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from option_index.query import PackageSet

_NAMESPACE = re.compile(rb"\s*\.\s*(?!override|out\b|dev\b|lib\b|pkgs\b)")
"""What follows a name that stands for packages of somebody's own: `pkgs.unstable.hello`."""
_SUGGESTED = 50
"""So many names of a file are compared with all others; each takes milliseconds."""
_MOST = 1_000
"""So many places of a file are looked at: one that names more that nixpkgs lacks is not about nixpkgs."""
_SHORT = 5
"""Names shorter than this are near many others."""


def _unknown(subject: Subject) -> Iterator[Diagnostic]:
    sources = subject.likely_sources
    if not sources:
        return
    is_package = bool(subject.packages.called)
    named = tuple(mentions(subject.document, is_package=is_package))
    absent = {source: _absent(subject.packages.sets(source), named) for source in sources}
    offsets = {offset for places in absent.values() for offset, _, _ in places}
    found: list[Reference] = []
    added = cache(subject.packages.additions)
    for reference in references_at(subject.document, offsets, is_package=is_package):
        set_, name = _split(reference)
        source = reference.source
        if source not in absent:
            absent[source] = _absent(subject.packages.sets(source), named)
        if (
            reference.head != "pkgs"
            or reference.is_conditional
            or not reference.is_sole
            or (reference.span.start, set_, name) not in absent[source]
        ):
            continue
        if may_be_of_xorg(reference, subject.packages.sets(source)):
            continue
        if not any(_may_be(each, set_, name) for each in added(source)):
            found.append(reference)
    if not found:
        return
    own = subject.project.own_names(frozenset(reference.path[-1] for reference in found), quoted=True)
    suggested: dict[tuple[PackageSource | None, str], Sequence[str]] = {}
    for reference in found:
        if (name := reference.path[-1]) in own:
            continue
        set_, _ = _split(reference)
        attr = ".".join(reference.path)
        sets, lanes = subject.packages.sets(reference.source), subject.packages.of(reference.source)
        packages = sets[0]
        if (asked := (reference.source, attr)) not in suggested and len(suggested) < _SUGGESTED:
            suggested[asked] = packages.near(attr)
        near, had = suggested.get(asked, ()), packages.was(attr)
        lacks = all(packages.lacking(set_, frozenset((name,))) for packages in sets)
        newest = next((packages.newest for packages in sets if packages.newest), None)
        unsure = (
            not lacks
            or any(each.by_modules for each in added(reference.source))
            or not all(lane.is_sure for lane in lanes)
        )
        if not had and (unsure or _NAMESPACE.match(subject.document.source, reference.span.end)):
            near = [each for each in near if _is_slip(name, each.removeprefix(f"{set_}."))]
            if not near or (newest and any(_plain(each) == _plain(attr) for each in near)):
                continue
        where = pinned_nixpkgs(lanes)
        if lacks:
            there = f"There is no `{name}`{' any more' if had else ''} in {f'`{set_}` of ' if set_ else ''}{where}, which this project pins."
        else:
            known = f" up to {newest}, the newest that is known," if newest else " that is known"
            there = f"No nixpkgs{known} has `{attr}`; this project pins {where}."
        severity = None if lacks else Severity.INFORMATION if newest else Severity.WARNING
        yield _finding(subject, reference, near, there, severity)


def _split(reference: Reference) -> tuple[str, str]:
    """Return the set that a name is looked up in, `""` for `pkgs` itself, and the name."""
    return ".".join(reference.path[:-1]), reference.path[-1]


def _absent(sets: Sequence[PackageSet], named: Sequence[Mention]) -> set[tuple[int, str, str]]:
    """Return the places, sets and names of what `lacking` yields."""
    return {(each.offset, each.set, each.name) for each in islice(lacking(sets, named), _MOST)} if sets else set()


def lacking(sets: Sequence[PackageSet], named: Iterable[Mention]) -> Iterator[Mention]:
    """Yield the mentions that each of several nixpkgs surely lacks, or that no nixpkgs is known to have."""
    by_set: defaultdict[str, dict[str, list[Mention]]] = defaultdict(dict)
    for mention in named:
        by_set[mention.set].setdefault(mention.name, []).append(mention)
    for set_, by_name in by_set.items():
        names = frozenset(by_name)
        for packages in sets:
            names = names and packages.lacking(set_, names) | packages.unheard(set_, names)
        before = f"{set_}." if set_ else ""
        for name in sorted(names):
            if all(packages.move(before + name) is None for packages in sets):
                yield from by_name[name]


def _may_be(added: Additions, set_: str, name: str) -> bool:
    """Tell whether a name, or what its set is made of, may be from elsewhere."""
    return added.may_be(name) or (bool(set_) and added.may_be(set_))


def _is_slip(name: str, other: str) -> bool:
    """Tell whether one letter tells the names apart, and no digit does."""
    letters = {*name, *other} - ({*name} & {*other})
    return len(name) >= _SHORT and distance(name, other) == 1 and not any(letter.isdigit() for letter in letters)


def _plain(name: str) -> str:
    """Return a name without what nixpkgs changes when it tidies up names."""
    return name.replace("-", "").replace("_", "").lower()


def _finding(
    subject: Subject, reference: Reference, near: Sequence[str], there: str, severity: Severity | None
) -> Diagnostic:
    meant = " or ".join(f"`{each}`" for each in near)
    message = f"{there}{f' Did you mean {meant}?' if meant else ''}"
    sole = len(near) == 1
    fixes = [
        fix
        for each in near
        for fix in replacing(subject.document, reference, each, "Change to {}", Tier.REVIEW, preferred=sole)
    ]
    return UNKNOWN.at(reference.span, message, fixes, severity=severity)


UNKNOWN = Rule(
    id="package-unknown",
    severity=Severity.ERROR,
    summary="The pinned nixpkgs has no such package.",
    explanation=(
        "The evaluation stops at an attribute that is not there. Reported for `pkgs.x`, `with pkgs; [ x ]`, `inherit (pkgs) x`, and the same "
        "of package sets whose names are all known (`pkgs.python3Packages.x`), where every revision that the pin may be lacks the name.\n\n"
        "Of nixpkgs before 26.05, and of revisions newer than the index, not all names are known. There, only a slip of one letter is reported, of a name that "
        "no nixpkgs which is known has or had: as a warning, or as information where the pin is newer.\n\n"
        "Nothing is said of names that an overlay may define: what overlays of well-known inputs bring is known, the project's own are "
        "read, and one that cannot be read silences the rule. Names that the project binds, inherits, quotes or calls a file by are left alone. "
        "Where a host takes modules from elsewhere, which may bring overlays, only a slip of one letter is reported, and what nixpkgs once had.\n\n"
        "The fix takes the package that the name resembles."
    ),
    bad="{ pkgs, ... }: { environment.systemPackages = [ pkgs.fireofx ]; }",
    good="{ pkgs, ... }: { environment.systemPackages = [ pkgs.firefox ]; }",
    release="26.05",
    check=_unknown,
)

RULES = (UNKNOWN,)
