"""Pins that are past their support, and pins that do not go together."""

from __future__ import annotations

import posixpath
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from nix_lsp.analysis.pins.reference import HOME_MANAGER, NIX_DARWIN, NIXPKGS
from nix_lsp.ide.model import FileEdit, Fix, Severity, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.span import Span
from option_index.timeline import RELEASES, branch_window, end_of_support, release_after, release_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from nix_lsp.analysis.pin import Pin
    from nix_lsp.analysis.pins.sites import PinSite
    from nix_lsp.analysis.pins.table import FolderPins
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject

_OLD = timedelta(days=214)
"""Seven months: a release is supported for as long. What has not been updated since has no fix that came in the meantime."""
_LATE = timedelta(days=60)
"""So long after nixpkgs' branch-off home-manager and nix-darwin may still carry the older number."""
_ROLLING = re.compile(r"master|main|(?:nixos|nixpkgs)-unstable(?:-small)?")
_UPSTREAM = {
    NIXPKGS: frozenset({"nixos"}),
    HOME_MANAGER: frozenset({"nix-community", "rycee"}),
    NIX_DARWIN: frozenset({"nix-darwin", "lnl7"}),
}
_BRANCHES = {HOME_MANAGER: "release-", NIX_DARWIN: "nix-darwin-"}
_FIRST_BRANCH = {HOME_MANAGER: "20.03", NIX_DARWIN: "24.11"}
_COMPLAINS = {
    HOME_MANAGER: "home-manager warns of it at each evaluation",
    NIX_DARWIN: "nix-darwin refuses to evaluate with it",
}
_SWITCH = b"enableNixpkgsReleaseCheck"
"""home-manager's option and nix-darwin's argument that silence their own check: who names it has decided."""
_PLAIN = re.compile(r"github:[^/?#]+/[^/?#]+")


# End of support


def _eol(subject: Subject) -> Iterator[Diagnostic]:
    today = subject.project.today
    if today is None:
        return
    for site in subject.pin_sites:
        pin = site.pin
        if pin.source != NIXPKGS:
            continue
        if pin.point.release:
            end = end_of_support(pin.point.release)
            if end < today:
                severity = None if _counts(subject, site) else Severity.INFORMATION
                yield EOL.at(site.span, _ended(pin, end, today), severity=severity)
        elif pin.point.date and _is_rolling(pin) and not site.revision and today - pin.point.date > _OLD:
            yield EOL.at(site.span, _aged(pin, pin.point.date, today), severity=Severity.INFORMATION)


def _counts(subject: Subject, site: PinSite) -> bool:
    """Tell whether a host is built from a pin; where the project builds none, whether it is the pin of the project itself."""
    hosts = subject.project.hosts()
    if not hosts:
        main = subject.project.locked(posixpath.dirname(subject.document.path)).main()
        return site.name == NIXPKGS and main.get(NIXPKGS) == site.pin
    return any(host.pins.get(NIXPKGS) == site.pin for host in hosts)


def _ended(pin: Pin, end: date, today: date) -> str:
    supported = [
        release.name for release in RELEASES if release.published <= today and end_of_support(release.name) >= today
    ]
    instead = f" Supported now: {' and '.join(supported)}." if supported else ""
    name = pin.branch or pin.point.release
    return f"`{name}` has had no security fixes since {end}, the end of its support; {pin.evidence}.{instead}"


def _aged(pin: Pin, day: date, today: date) -> str:
    months = (today - day).days // 30
    return f"The nixpkgs that is locked here is of {day}, {months} months old, and has none of the security fixes since; {pin.evidence}."


# What does not go together


def _mismatch(subject: Subject) -> Iterator[Diagnostic]:
    for site in subject.pin_sites:
        if site.pin.source not in _BRANCHES or site.revision or not _is_upstream(site.pin):
            continue
        nixpkgs = _beside(subject, site)
        if not nixpkgs or any(not _disagree(site.pin, other) for other in nixpkgs):
            continue
        if not subject.project.mentions(_SWITCH):
            yield _report(subject, site, nixpkgs[0])


def _beside(subject: Subject, site: PinSite) -> list[Pin]:
    """Return every nixpkgs that a source may be evaluated with: those of the hosts, of the project, and the one that it is locked to use."""
    locked = subject.project.locked(posixpath.dirname(subject.document.path))
    hosts = [host.pins for host in subject.project.hosts()]
    found = [pins[NIXPKGS] for pins in hosts if pins.get(site.pin.source) == site.pin and NIXPKGS in pins]
    own = locked.nixpkgs_of(site.name)
    main = locked.main().get(NIXPKGS)
    if not found:
        # Nobody is seen to use it: then any nixpkgs of the project may be what it goes with.
        found = _all_nixpkgs(locked)
    return list(dict.fromkeys([*found, *(pin for pin in (main, own) if pin)]))


def _all_nixpkgs(locked: FolderPins) -> list[Pin]:
    return [pin for pins in locked.order for pin in pins.by_name.values() if pin.source == NIXPKGS]


def _disagree(one: Pin, nixpkgs: Pin) -> bool:
    """Tell whether two pins are surely of different releases, as both sources count them."""
    ours, theirs = _numbers(one), _numbers(nixpkgs)
    return bool(ours and theirs) and not ours & theirs


def _numbers(pin: Pin) -> frozenset[str]:
    """Return the releases that a revision may call itself (`lib/.version`, `release.json`, `version.json`); empty where that is unknown."""
    if pin.point.release:
        return frozenset({pin.point.release})
    day = pin.point.date
    if day is None or not _is_rolling(pin) or not _is_upstream(pin):
        return frozenset()
    if pin.source == NIX_DARWIN and day < branch_window("25.05")[0]:
        return frozenset()
    # After a release has branched off, master counts as the next one.
    name = RELEASES[0].name
    found: set[str] = set()
    while branch_window(release_before(name))[0] <= day:
        if day <= branch_window(name)[1] + _LATE:
            found.add(name)
        name = release_after(name)
    return frozenset(found)


def _is_rolling(pin: Pin) -> bool:
    return not pin.point.release and (pin.branch is None or bool(_ROLLING.fullmatch(pin.branch)))


def _is_upstream(pin: Pin) -> bool:
    return (pin.owner or "").lower() in _UPSTREAM[pin.source]


def _report(subject: Subject, site: PinSite, nixpkgs: Pin) -> Diagnostic:
    pin = site.pin
    ours = f"{pin.source} {pin.branch or pin.point.release or 'master'}"
    theirs = f"nixpkgs {nixpkgs.branch or nixpkgs.point}"
    wanted = _wanted(pin, nixpkgs)
    advice = f" `{wanted}` goes with it." if wanted else ""
    message = f"`{ours}` is used with `{theirs}`, another release: {_COMPLAINS[pin.source]}.{advice}"
    return MISMATCH.at(site.span, message, _fixes(subject, site, wanted))


def _wanted(pin: Pin, nixpkgs: Pin) -> str | None:
    release = nixpkgs.point.release
    if release is None:
        return "master"
    if _FIRST_BRANCH[pin.source] <= release <= RELEASES[-1].name:
        return f"{_BRANCHES[pin.source]}{release}"
    return None


def _fixes(subject: Subject, site: PinSite, wanted: str | None) -> list[Fix]:
    if site.reference is None or wanted is None:
        return []
    start, end = site.reference
    said = subject.document.source[start:end].decode("utf-8", "replace")
    branch = site.pin.branch
    if branch and said.count(branch) == 1:
        at = start + len(said.partition(branch)[0].encode())
        edit = TextEdit(Span(at, at + len(branch.encode())), wanted)
    elif branch is None and _PLAIN.fullmatch(said):
        edit = TextEdit(Span(end, end), f"/{wanted}")
    else:
        return []
    is_flake = posixpath.basename(subject.document.path) == "flake.nix"
    title = f"Follow `{wanted}`" + (f", to be locked by `nix flake update {site.name}`" if is_flake else "")
    return [Fix(title, (FileEdit(subject.document.path, (edit,)),), Tier.REVIEW, preferred=True)]


EOL = Rule(
    id="release-eol",
    severity=Severity.WARNING,
    summary="The pinned release gets no updates any more.",
    explanation=(
        "A NixOS release is supported until the end of the seventh month after its own. What is pinned to an older one gets no fixes, "
        "those of security holes among them. `nix-lsp doctor` shows all pins.\n\n"
        "A nixpkgs that builds nothing here, kept for a single old package, is reported as information; so is a commit of unstable that "
        "is more than seven months old."
    ),
    bad='{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.05";\n  outputs = { ... }: { };\n}\n',
    good='{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";\n  outputs = { ... }: { };\n}\n',
    release=None,
    check=_eol,
    lanes=(),
    has_fix=False,
    file="flake.nix",
)

MISMATCH = Rule(
    id="release-mismatch",
    severity=Severity.WARNING,
    summary="home-manager or nix-darwin is of another release than the nixpkgs that it is used with.",
    explanation=(
        "home-manager and nix-darwin have a branch for each release of nixpkgs, and `master` for unstable. home-manager warns of another "
        "one at each evaluation, nix-darwin refuses it. The branch that counts is that of the nixpkgs which the hosts are built from, "
        "whatever the input follows.\n\n"
        "Nothing is said in a project that switches their own check off (`enableNixpkgsReleaseCheck`), of forks, and where the commits "
        "lie so near to a release that both may carry the same number.\n\n"
        "The fix writes the branch that goes with nixpkgs; the lock has to be updated then."
    ),
    bad=(
        '{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";\n'
        '  inputs.home-manager.url = "github:nix-community/home-manager/release-25.11";\n  outputs = { ... }: { };\n}\n'
    ),
    good=(
        '{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";\n'
        '  inputs.home-manager.url = "github:nix-community/home-manager/release-26.05";\n  outputs = { ... }: { };\n}\n'
    ),
    release=None,
    check=_mismatch,
    lanes=(),
    file="flake.nix",
)

RULES = (EOL, MISMATCH)
