"""Selections of attributes that a set does not have, and calls of functions that refuse their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.claims import Lacking, Refused
from nix_lsp.ide.model import FileEdit, Fix, Related, Severity, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.layout import quote_attr
from option_index.suggest import distance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.span import Span

_SHOWN = 6
"""So many names are listed in a message."""
_LONG_OWNER = 60


def _missing(subject: Subject) -> Iterator[Diagnostic]:
    for claim in subject.claims:
        if isinstance(claim, Lacking):
            near = _near(claim.name, claim.has)
            owner = f"`{claim.owner}`" if len(claim.owner) <= _LONG_OWNER and "\n" not in claim.owner else "This set"
            instead = _instead(near, claim.has, "has")
            message = f"{owner} has no attribute `{claim.name}`{instead}."
            found = MISSING.at(claim.span, message, _renames(subject, claim.span, near))
            yield found._replace(related=_related(claim.place, "the set"))


def _refused(subject: Subject) -> Iterator[Diagnostic]:
    for claim in subject.claims:
        if isinstance(claim, Refused):
            function = f"`{claim.function}`" if len(claim.function) <= _LONG_OWNER else "The function"
            if claim.unexpected is not None:
                near = _near(claim.unexpected, claim.takes)
                instead = _instead(near, claim.takes, "takes")
                message = f"{function} takes no argument `{claim.unexpected}`{instead}."
                fixes = _renames(subject, claim.span, near)
            else:
                missing = ", ".join(f"`{name}`" for name in claim.missing[:_SHOWN])
                more = ", …" if len(claim.missing) > _SHOWN else ""
                message = f"{function} is called without {missing}{more}, which it requires."
                fixes = ()
            yield REFUSED.at(claim.span, message, fixes)._replace(related=_related(claim.place, "what it takes"))


def _near(name: str, others: Iterable[str]) -> str | None:
    """Return the one name of some that may have been meant."""
    close = sorted((far, other) for other in others if (far := distance(name, other)) is not None)
    return close[0][1] if close and (len(close) == 1 or close[1][0] > close[0][0]) else None


def _instead(near: str | None, others: tuple[str, ...], verb: str) -> str:
    if near:
        return f"; `{near}` is spelt nearly so"
    if not others:
        return f": it {verb} none"
    return f": it {verb} {', '.join(others[:_SHOWN])}{', …' if len(others) > _SHOWN else ''}"


def _renames(subject: Subject, where: Span, near: str | None) -> tuple[Fix, ...]:
    if near is None:
        return ()
    edit = FileEdit(subject.document.path, (TextEdit(where, quote_attr(near)),))
    return (Fix(f"Use `{near}`", (edit,), Tier.REVIEW, preferred=True),)


def _related(place: tuple[str, Span] | None, message: str) -> tuple[Related, ...]:
    return (Related(place[0], place[1], message),) if place else ()


MISSING = Rule(
    id="attribute-missing",
    severity=Severity.ERROR,
    summary="The set surely has no such attribute.",
    explanation=(
        "Evaluation stops where the attribute is selected. Reported for sets that are known in full: written out, or made of such by `//`, "
        "`if`, `inherit`, functions that the project defines, `import` of its files, and the functions of `lib` and `builtins` that make "
        "sets. A set that anything unknown takes part in is never reported, nor is a selection with `or`, below `tryEval`, or of a name "
        'that the file asks about elsewhere (`x ? name`, `hasAttr "name" x`).\n\nThe fix takes the name that is spelt nearly so.'
    ),
    bad="let ports = { http = 80; https = 443; }; in { networking.firewall.allowedTCPPorts = [ ports.htpps ]; }",
    good="let ports = { http = 80; https = 443; }; in { networking.firewall.allowedTCPPorts = [ ports.https ]; }",
    release=None,
    check=_missing,
    lanes=(),
)

REFUSED = Rule(
    id="argument-mismatch",
    severity=Severity.ERROR,
    summary="The function takes no such argument, or is called without one that it requires.",
    explanation=(
        "A function with named arguments (`{ a, b ? 1 }:`) is called with a set: without `...` it takes no other names, and those without "
        "a default it requires. Reported where the function is seen as it is written, in this file or behind `import`, and where the set "
        "is known in full."
    ),
    bad='let greet = { name, greeting ? "Hello" }: "${greeting} ${name}"; in { networking.hostName = greet { nmae = "desk"; }; }',
    good='let greet = { name, greeting ? "Hello" }: "${greeting} ${name}"; in { networking.hostName = greet { name = "desk"; }; }',
    release=None,
    check=_refused,
    lanes=(),
)

RULES = (MISSING, REFUSED)
