"""Names of nixpkgs' `lib` that the pinned release lacks, or warns of."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import pinned_nixpkgs
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.span import Span
from option_index.records import LibraryStanding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.packages import Reference
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from option_index.records import LibraryName


def _removed(subject: Subject) -> Iterator[Diagnostic]:
    for reference, name, pinned in _judged(subject, LibraryStanding.REMOVED):
        instead = f"; nixpkgs recommends `lib.{'.'.join(name.target)}`" if name.target else ""
        message = f"`lib.{'.'.join(name.path)}` is no longer in {pinned}, which this project pins{instead}."
        yield REMOVED.at(reference.span, message, _fixes(subject, reference, name))


def _deprecated(subject: Subject) -> Iterator[Diagnostic]:
    for reference, name, pinned in _judged(subject, LibraryStanding.DEPRECATED):
        instead = f", and recommends `lib.{'.'.join(name.target)}`" if name.target else ""
        message = f"{pinned}, which this project pins, warns of `lib.{'.'.join(name.path)}`{instead}."
        yield DEPRECATED.at(reference.span, message, _fixes(subject, reference, name))


def _judged(subject: Subject, standing: LibraryStanding) -> Iterator[tuple[Reference, LibraryName, str]]:
    """Yield references to names that have one standing in every lane."""
    lanes = subject.project.lanes(subject.document)
    libraries = [library for lane in lanes if (library := subject.project.library(lane))]
    if not lanes or len(libraries) < len(lanes):
        return
    own = cache(partial(_is_own, subject))
    for reference in subject.library_references:
        found = [library.name(reference.path) for library in libraries]
        first = found[0]
        if first is None or any(name is None or name.standing is not standing for name in found):
            continue
        if reference.is_sole and not reference.is_conditional and not own(reference.path[-1]):
            yield reference, first, pinned_nixpkgs(lanes)


def _is_own(subject: Subject, name: str) -> bool:
    """Tell whether the project may define the name itself, and put it into its `lib`."""
    return subject.project.matches(re.compile(rb"(?<![\w'-])" + re.escape(name.encode()) + rb"\s*="))


def _fixes(subject: Subject, reference: Reference, name: LibraryName) -> list[Fix]:
    target = name.target
    if target is None or reference.form != "select" or reference.spelt != len(reference.path):
        return []
    edit = TextEdit(Span(reference.start, reference.span.end), ".".join(target))
    tier = Tier.MECHANICAL if name.is_alias else Tier.REVIEW
    title = f"Use `lib.{'.'.join(target)}`"
    return [Fix(title, (FileEdit(subject.document.path, (edit,)),), tier, preferred=name.is_alias)]


REMOVED = Rule(
    id="lib-removed",
    severity=Severity.ERROR,
    summary="Nixpkgs' `lib` has no such function any more in the pinned release.",
    explanation=(
        "Evaluation stops where the name is used. Reported where `lib` is the file's own argument, and where every revision that the pin "
        "may be lacks the name; not where the project binds a name like it, which it may have put into its `lib`, and not behind a "
        "question about the release.\n\nThe fix takes what nixpkgs recommended while it still warned."
    ),
    bad='{ lib, ... }: { options.a = lib.mkOption { example = lib.literalExample "1"; }; }',
    good='{ lib, ... }: { options.a = lib.mkOption { example = lib.literalExpression "1"; }; }',
    release="25.11",
    check=_removed,
    lanes=(),
    tags=(Tag.DEPRECATED,),
)

DEPRECATED = Rule(
    id="lib-deprecated",
    severity=Severity.INFORMATION,
    summary="Nixpkgs' `lib` warns of the function in the pinned release.",
    explanation="It still works, with a warning at each evaluation, and leaves in a later release.",
    bad='{ lib, ... }: { networking.hostName = lib.fold (a: b: a + b) "" [ "a" ]; }',
    good='{ lib, ... }: { networking.hostName = lib.foldr (a: b: a + b) "" [ "a" ]; }',
    release="26.05",
    check=_deprecated,
    lanes=(),
    tags=(Tag.DEPRECATED,),
)

RULES = (REMOVED, DEPRECATED)
