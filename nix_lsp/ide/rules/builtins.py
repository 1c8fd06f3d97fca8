"""Builtins that the Nix of the pinned release does not have yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.packages import is_conditional
from nix_lsp.analysis.scope import Descent, resolve_name
from nix_lsp.ide.language import builtins
from nix_lsp.ide.markdown import pinned_nixpkgs
from nix_lsp.ide.model import Severity
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.ast import span, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.pin import Lane
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_DEFAULT = {"22.05": "2.8", "22.11": "2.11", "23.05": "2.13", "23.11": "2.18", "24.05": "2.18"}
"""The Nix that a NixOS release has by default (NixOS release notes; nixpkgs, pkgs/tools/package-management/nix). Of another revision, its package `nix` tells. No builtin that is known is younger than 2.23, and NixOS 24.11 has 2.24."""
_OTHER = re.compile(
    rb"\bnix\.package\b|\bnixVersions\b|\bnixUnstable\b|\bnix_2_|\blix\b|\bdeterminate|nix\s*=\s*\{[^}]{0,2000}\bpackage\s*=",
    re.IGNORECASE,
)
"""A Nix of the project's own choice."""
_VERSION = re.compile(r"\d+\.\d+(?=\.|$| )")
_SYSTEMS = frozenset({"nixos", "nix-darwin"})


def _not_yet(subject: Subject) -> Iterator[Diagnostic]:
    source = subject.document.source
    if b"builtins" not in source:
        return
    young = {name: found.since for name, found in builtins().items() if found.since and name.encode() in source}
    if not young:
        return
    lanes = subject.project.lanes(subject.document)
    versions = [_nix_of(subject, lane) for lane in lanes]
    known = [version for version in versions if version]
    if not known or len(known) < len(lanes):
        return
    newest = max(known, key=_order)
    for name, since in young.items():
        if _order(since) <= _order(newest):
            continue
        for where in _references(subject.document, name):
            if subject.project.matches(_OTHER):
                return
            message = f"`builtins.{name}` comes with Nix {since}; {pinned_nixpkgs(lanes)}, which this project pins, has Nix {newest} by default."
            yield NOT_YET.at(where, message)


def _nix_of(subject: Subject, lane: Lane) -> str | None:
    """Return the newest version of Nix that a system may have by its pin; None where that is not sure."""
    pin = lane.pins.get("nixpkgs")
    if pin is None or lane.set not in _SYSTEMS or not lane.is_sure:
        return None
    if pin.point.release in _DEFAULT:
        return _DEFAULT[pin.point.release]
    packages = subject.project.packages(lane)
    nix = packages.package("nix") if packages and packages.newest is None else None
    # Between two snapshots it is at most that of the later one.
    newest = _VERSION.findall(nix.version or "") if nix else []
    return newest[-1] if newest else None


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _references(document: Document, name: str) -> Iterator[Span]:
    """Yield where a file takes a builtin from `builtins`, without a default or a question whether it is there."""
    descent = Descent(document.root)
    for match in re.finditer(rb"(?<![\w'-])" + re.escape(name.encode()) + rb"(?![\w'-])", document.source):
        chain = descent.to(match.start())
        identifier = chain[-1]
        if identifier.type != "identifier" or len(chain) < 3:
            continue
        parent, above = chain[-2], chain[-3]
        form = "select" if parent.type == "attrpath" and above.type == "select_expression" else "inherit"
        if form == "inherit" and (parent.type != "inherited_attrs" or above.type != "inherit_from"):
            continue
        base = above.child_by_field_name("expression")
        if base is None or above.child_by_field_name("default") or base.type != "variable_expression":
            continue
        if (
            text(base) == "builtins"
            and resolve_name(document, base, descent) is None
            and not is_conditional(document, chain)
        ):
            yield span(identifier)


NOT_YET = Rule(
    id="builtin-not-yet",
    severity=Severity.WARNING,
    summary="The Nix of the pinned release does not have the builtin yet.",
    explanation=(
        "A system that is rebuilt from this configuration evaluates it with its own Nix. Reported for systems by the Nix that their NixOS "
        "release or revision has by default, at most; not where the project chooses another Nix (`nix.package`, Lix, Determinate Nix), and not "
        "behind `or` or a question whether the builtin is there. A newer Nix on the machine that evaluates is not seen."
    ),
    bad='{ networking.hostName = builtins.warn "old" "a"; }',
    good='{ networking.hostName = builtins.trace "old" "a"; }',
    release="24.05",
    check=_not_yet,
    lanes=("nixos", "nix-darwin"),
    has_fix=False,
)

RULES = (NOT_YET,)
