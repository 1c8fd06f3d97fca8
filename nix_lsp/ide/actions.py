"""Code actions: refactorings, the fixes of the diagnostics at a place, and all that can be fixed in a file without a second look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.difference import lines_changed
from nix_lsp.ide.edits import apply
from nix_lsp.ide.kinds import FIX_ALL, IMPORT, QUICK_FIX, is_asked
from nix_lsp.ide.model import FileEdit, Fix, Tier
from nix_lsp.ide.together import together
from nix_lsp.syntax.document import Document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import Diagnostic, TextEdit
    from nix_lsp.syntax.span import Span

_AWAITED = frozenset({"unused-binding", "unused-argument", "unused-with", "unused-rec"})
"""What nobody uses may be about to be used: nothing that takes it away while somebody writes, unless asked to by name."""
_TURNS = 16
"""So often the rest of a file's diagnostics is looked at again."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something the editor offers to do."""

    title: str
    kind: str
    """A code action kind of the protocol: `quickfix`, `source.fixAll.nix-lsp`."""
    fix: Fix
    diagnostic: Diagnostic | None
    """What it solves; None where it is about the whole file."""


def code_actions(
    project: Project,
    document: Document,
    span: Span,
    only: Collection[str] | None = None,
    *,
    is_automatic: bool = False,
) -> Sequence[Action]:
    """Return the actions for the selected bytes of a document (an empty span is a cursor).

    `only` are the kinds that are asked for, each with all below it (`source` asks for `source.fixAll.nix-lsp`); None asks for all.
    With `is_automatic`, the editor asks on its own, and what costs more is left out.
    """
    actions: list[Action] = []
    if only is not None and is_asked(IMPORT, only):
        from nix_lsp.ide.importing.offers import offers

        actions += [Action(fix.title, IMPORT, fix, None) for fix in offers(project, document)]
    quick, whole = is_asked(QUICK_FIX, only), only is not None and is_asked(FIX_ALL, only)
    found = diagnostics(project, document, fixes_at=None if whole else span) if quick or whole else ()
    if quick:
        actions += [
            Action(fix.title, QUICK_FIX, fix, diagnostic)
            for diagnostic in found
            if diagnostic.span.touches(span)
            for fix in (*diagnostic.fixes, *_further(project, document, diagnostic))
        ]
    if whole and (fix := fix_all(project, document, found)):
        actions.append(Action(fix.title, FIX_ALL, fix, None))
    from nix_lsp.ide.refactorings import refactorings

    offered = {action.fix.edits for action in actions}
    for row, fix in refactorings(project, document, span, only, is_automatic=is_automatic):
        if fix.edits in offered and not fix.creates:
            continue
        solved = (each for each in found if each.rule == row.solves and each.span.touches(span))
        actions.append(Action(fix.title, row.kind, fix, next(solved, None)))
    return actions


def _further(project: Project, document: Document, diagnostic: Diagnostic) -> Sequence[Fix]:
    """Return fixes that are looked for only when somebody asks what can be done here."""
    if not diagnostic.rule.startswith("imp-") or not diagnostic.fixes:
        return ()
    from nix_lsp.ide.rewrites.imperative.elsewhere import elsewhere

    return elsewhere(project, document, diagnostic)


def fix_all(
    project: Project, document: Document, found: Sequence[Diagnostic] | None = None, rule: str | None = None
) -> Fix | None:
    """Return one fix that applies all preferred mechanical ones of a file; with `rule`, those of that rule only.

    Fixes that reach into each other are applied one after another, each to what the one before left. `found` are the document's
    diagnostics, if they are known already. Imperative rewrites take part only if the settings say so.
    """
    fixed = document
    edits: tuple[TextEdit, ...] = ()
    for turn in range(_TURNS):
        current = diagnostics(project, fixed) if found is None else found
        chosen = _compatible(project, fixed, [each for each in current if rule in (None, each.rule)], rule)
        if not chosen:
            break
        fixed, found = Document(document.path, apply(fixed.source, chosen)), None
        edits = chosen if turn == 0 else lines_changed(document.source, fixed.source)
    return Fix("Fix all that is certain", (FileEdit(document.path, edits),)) if edits else None


def _compatible(
    project: Project, document: Document, found: Iterable[Diagnostic], rule: str | None
) -> tuple[TextEdit, ...]:
    """Return the edits of the first fix of each diagnostic that can be applied without a second look."""
    wanted: list[Fix] = []
    for diagnostic in found:
        if diagnostic.rule.startswith("imp-") and diagnostic.rule != rule and not project.settings.fix_all_imperative:
            continue
        if diagnostic.rule in _AWAITED and diagnostic.rule != rule:
            continue
        sure = (
            fix for fix in diagnostic.fixes if fix.preferred and fix.tier is Tier.MECHANICAL and len(fix.edits) == 1
        )
        wanted += [fix for fix in sure if fix.edits[0].path == document.path][:1]
    return together(wanted, document.path)
