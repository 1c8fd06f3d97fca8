"""The row of a rule about single expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, Tier
from nix_lsp.ide.rules.expressions import findings
from nix_lsp.ide.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic, Severity, Tag, TextEdit
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document


def row(
    name: str,
    severity: Severity,
    summary: str,
    explanation: str,
    *,
    bad: str,
    good: str,
    tags: tuple[Tag, ...] = (),
    has_fix: bool = True,
    is_asked_for: bool = False,
    file: str = "configuration.nix",
    check: Callable[[Subject], Iterable[Diagnostic]] | None = None,
) -> Rule:
    """Return the rule: it holds for any file and release, and what it finds is found in one walk with all others.

    `check` is asked instead where what the walk finds has to be looked at once more.
    """
    return Rule(
        id=name,
        severity=severity,
        summary=summary,
        explanation=explanation,
        bad=bad,
        good=good,
        release=None,
        check=check or (lambda subject: findings(subject.document, name)),
        lanes=(),
        tags=tags,
        has_fix=has_fix,
        is_asked_for=is_asked_for,
        file=file,
    )


def fix(document: Document, title: str, *edits: TextEdit, tier: Tier = Tier.MECHANICAL) -> Fix:
    """Return a fix of one file: what is to be done first about a finding."""
    return Fix(title, (FileEdit(document.path, edits),), tier, preferred=True)


def has_comment(node: Node) -> bool:
    """Tell whether a comment stands directly in a node."""
    return any(child.type == "comment" for child in node.children)
