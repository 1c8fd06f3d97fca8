"""Text that is not Nix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, Severity, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.frames import SyntaxFix

_LARGE = 128 * 1024
"""Bytes of a text up to which it is tried what inserting something would make of it."""


def _check(subject: Subject) -> Iterator[Diagnostic]:
    from nix_lsp.syntax.errors import errors

    for problem in errors(subject.document):
        fixes: list[Fix] = []
        if problem.fix and (problem.fix.is_certain or _mends(subject.document, problem.fix)):
            edit = TextEdit(problem.fix.span, problem.fix.text)
            tier = Tier.MECHANICAL if problem.fix.is_certain else Tier.REVIEW
            fixes.append(Fix(problem.fix.title, (FileEdit(subject.document.path, (edit,)),), tier, preferred=True))
        yield SYNTAX_ERROR.at(problem.span, problem.message, fixes)
    from nix_lsp.ide.rules.expressions import findings

    yield from findings(subject.document, SYNTAX_ERROR.id)


def _mends(document: Document, fix: SyntaxFix) -> bool:
    """Tell whether a text is Nix with a fix."""
    start, end = fix.span
    if end > start or len(document.source) > _LARGE:
        return False
    return not document.tried(start, fix.text.encode()).faults


SYNTAX_ERROR = Rule(
    id="syntax-error",
    severity=Severity.ERROR,
    summary="The text is not Nix.",
    explanation=(
        "What is missing or too much, and where. The fix inserts or removes it; where something else may have been meant, it is to be "
        "looked at. What the parser takes and Nix refuses is told as well: comparisons in a row, numbers of more than 64 bits, paths that "
        "end with `/`, names in `let` and `inherit` that only evaluation knows, an argument that has its name twice."
    ),
    bad="{ a = 1 }",
    good="{ a = 1; }",
    release=None,
    check=_check,
    lanes=(),
)

RULES = (SYNTAX_ERROR,)
