"""Comments that silence nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from nix_lsp.ide.ignores import Ignore, Named
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document


def unused(
    document: Document,
    comments: Sequence[Ignore],
    used: Collection[tuple[Ignore, str]],
    asked: Collection[str],
    known: Mapping[str, str],
) -> Iterator[Diagnostic]:
    """Yield a finding for each id in a comment that no rule has, and for each that silences nothing.

    Args:
        document: where the comments stand.
        comments: all of them.
        used: those that have silenced something, with the id.
        asked: the rules that have looked at the document and could judge it; of others nothing is said.
        known: all ids.
    """
    for comment in comments:
        idle = [rule for rule in comment.rules if rule.id in asked and (comment, rule.id) not in used]
        for rule in idle:
            where = "in this file" if comment.line is None else "here"
            fix = Fix("Remove it", (FileEdit(document.path, (_without(document, comment, rule),)),), Tier.REVIEW, True)
            yield UNUSED_IGNORE.at(rule.span, f"`{rule.id}` finds nothing {where}: nothing to ignore", [fix])
        for rule in comment.rules:
            if rule.id not in known:
                yield from _unknown(document, rule, known)


def _unknown(document: Document, rule: Named, known: Mapping[str, str]) -> Iterator[Diagnostic]:
    from difflib import get_close_matches

    near = next(iter(get_close_matches(rule.id, known, 1, 0.6 if rule.is_certain else 0.85)), None)
    if near:
        edit = TextEdit(rule.span, near)
        fix = Fix(f"Write `{near}`", (FileEdit(document.path, (edit,)),), Tier.REVIEW, True)
        yield UNUSED_IGNORE.at(rule.span, f"no rule is called `{rule.id}`; did you mean `{near}`?", [fix])
    elif rule.is_certain:
        yield UNUSED_IGNORE.at(rule.span, f"no rule is called `{rule.id}`")


def _without(document: Document, comment: Ignore, rule: Named) -> TextEdit:
    """Take an id out of its comment; with the last one goes the comment, and a line that holds nothing else."""
    source = document.source
    place = comment.rules.index(rule)
    if place + 1 < len(comment.rules):
        return TextEdit(Span(rule.span.start, comment.rules[place + 1].span.start), "")
    if place:
        return TextEdit(Span(comment.rules[place - 1].span.end, rule.span.end), "")
    start, end = comment.comment
    if source[start : comment.mark.start].strip(b"# \t"):
        return TextEdit(Span(len(source[: comment.mark.start].rstrip(b" \t")), end), "")
    line = document.line_of(start)
    first = document.line_starts[line]
    if source[first:start].strip():
        return TextEdit(Span(len(source[:start].rstrip(b" \t")), end), "")
    following = document.line_starts[line + 1] if line + 1 < len(document.line_starts) else len(source)
    return TextEdit(Span(first, following), "")


def _after_all_others(_: Subject) -> Iterator[Diagnostic]:
    """Find nothing: what is unused shows when all others have looked (`nix_lsp.ide.diagnostics`)."""
    return iter(())


UNUSED_IGNORE = Rule(
    id="unused-ignore",
    severity=Severity.HINT,
    summary="A comment tells nix-lsp to ignore what is not there.",
    explanation=(
        "The finding that it silenced is gone, or the id is misspelt. Nothing is said of rules that are switched off, of those that "
        "could not judge the file because its module set or pin is not known, and of files that are no Nix yet."
    ),
    bad="{\n  hardware.graphics.enable = true; # nix-lsp: ignore option-renamed\n}",
    good="{\n  hardware.graphics.enable = true;\n}",
    release="25.11",
    check=_after_all_others,
    lanes=(),
    tags=(Tag.UNNECESSARY,),
)

RULES = (UNUSED_IGNORE,)
