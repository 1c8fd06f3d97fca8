"""Text that is not Nix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, Severity, TextEdit
from nix_lsp.ide.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject


def _check(subject: Subject) -> Iterator[Diagnostic]:
    from nix_lsp.syntax.errors import errors

    for problem in errors(subject.document):
        fixes: list[Fix] = []
        if problem.fix:
            edit = TextEdit(problem.fix.span, problem.fix.text)
            fixes.append(Fix(problem.fix.title, (FileEdit(subject.document.path, (edit,)),), preferred=True))
        yield SYNTAX_ERROR.at(problem.span, problem.message, fixes)
    from nix_lsp.ide.rules.expressions import findings

    yield from findings(subject.document, SYNTAX_ERROR.id)


SYNTAX_ERROR = Rule(
    id="syntax-error",
    severity=Severity.ERROR,
    summary="The text is not Nix.",
    explanation="Where one character is certainly missing, the fix inserts it.",
    bad="{ a = 1 }",
    good="{ a = 1; }",
    release=None,
    check=_check,
    lanes=(),
)

RULES = (SYNTAX_ERROR,)
