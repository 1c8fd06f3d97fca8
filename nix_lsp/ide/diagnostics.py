"""Diagnostics: everything that the rules and rewrites find in a file, less what its author or the settings have waved through."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING
from weakref import ref

from nix_lsp.ide.choice import choice
from nix_lsp.ide.model import Severity, Tag
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.choice import Choice
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.syntax.document import Document

NOWHERE = Span(-2, -2)
"""No bytes of a document, nor next to any."""
_REWRITES = "rewrites"
"""Stands for all rewrites, which look at a file together."""
_NO_NIX = "syntax-error"
_MISFITS = frozenset({"option-type", "option-changed"})


def diagnostics(
    project: Project, document: Document, *, even_excluded: bool = False, fixes_at: Span | None = None
) -> list[Diagnostic]:
    """Return all findings in a document, in the order of the text.

    Nothing is found in files that the settings exclude, unless they were asked about by name (`even_excluded`). A rule that fails
    costs its own findings and a line in the log. Fixes that take long are there only for what touches the bytes `fixes_at` (None: for
    everything; `NOWHERE`: for nothing).
    """
    chosen = choice(project, document)
    if chosen.is_excluded and not even_excluded:
        return []
    found: dict[tuple[str, Span], Diagnostic] = {}
    asked: set[str] = set()
    for name, check in _checks(project, document, chosen, fixes_at):
        if not chosen.asks(name) and name != _REWRITES:
            continue
        if (all_found := _guarded(name, check)) is None:
            continue
        asked.add(name)
        for diagnostic in all_found:
            if chosen.asks(diagnostic.rule):
                found.setdefault((diagnostic.rule, diagnostic.span), _weighed(diagnostic, chosen))
    told = list(_unsilenced(project, document, found.values(), asked))
    result = sorted(_without_moot(told), key=lambda each: (each.span, each.severity))
    if document.version is not None:
        document.lineage.of(_Last).keep(project, document, result)
    return result


class _Last:
    """What was found last in an open file: who asks about the same version need not look again."""

    def __init__(self) -> None:
        self._document: Document | None = None
        self._project: Callable[[], Project | None] = lambda: None
        self._found: Sequence[Diagnostic] = ()

    def keep(self, project: Project, document: Document, found: Sequence[Diagnostic]) -> None:
        self._document, self._project, self._found = document, ref(project), found

    def of(self, project: Project, document: Document) -> Sequence[Diagnostic] | None:
        return self._found if self._document is document and self._project() is project else None


def tagged(project: Project, document: Document, tag: Tag) -> list[Span]:
    """Return the places of those findings that have a tag by their rule: where nothing has been found yet, no other rules are asked."""
    if (found := document.lineage.of(_Last).of(project, document)) is not None:
        return [each.span for each in found if tag in each.tags]
    from nix_lsp.ide.rules import rules
    from nix_lsp.ide.rules.rule import Subject

    chosen = choice(project, document)
    if chosen.is_excluded:
        return []
    subject = Subject(project, document)
    asked = [rule for rule in rules() if tag in rule.tags and chosen.asks(rule.id)]
    return [found.span for rule in asked for found in _guarded(rule.id, lambda rule=rule: rule.check(subject)) or ()]


def without_faded(project: Project, document: Document, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Leave out hints that an editor shows by fading the text and no other way, unless the settings ask for their rule by its id."""
    chosen = choice(project, document)
    return [
        each
        for each in found
        if each.severity is not Severity.HINT or Tag.UNNECESSARY not in each.tags or chosen.names(each.rule)
    ]


def _without_moot(found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out that there is no such option where the set that defines it is no value of the option it is given to."""
    wrong = sorted(each.span for each in found if each.rule in _MISFITS)
    starts, ends = [span.start for span in wrong], [*accumulate((span.end for span in wrong), max)]
    for each in found:
        before = bisect_right(starts, each.span.start) if each.rule == "option-unknown" else 0
        if not before or ends[before - 1] < each.span.end:
            yield each


def _checks(
    project: Project, document: Document, chosen: Choice, fixes_at: Span | None
) -> Iterator[tuple[str, Callable[[], Iterable[Diagnostic]]]]:
    from nix_lsp.ide.rewrites import find_rewrites
    from nix_lsp.ide.rules import rules
    from nix_lsp.ide.rules.rule import Subject

    subject = Subject(project, document)
    for rule in rules():
        if not rule.is_asked_for or chosen.names(rule.id):
            yield rule.id, lambda rule=rule: rule.check(subject)
    yield _REWRITES, lambda: find_rewrites(project, document, fixes_at)


def _guarded(name: str, check: Callable[[], Iterable[Diagnostic]]) -> list[Diagnostic] | None:
    """Return what a check finds, None where it failed."""
    try:
        return list(check())
    except Exception:  # whatever it is, the other rules still have their say
        from logging import getLogger

        getLogger(__name__).exception("rule failed", extra={"rule": name})
        return None


def _weighed(diagnostic: Diagnostic, chosen: Choice) -> Diagnostic:
    severity = chosen.severity(diagnostic.rule)
    return diagnostic._replace(severity=severity) if severity else diagnostic


def _unsilenced(
    project: Project, document: Document, found: Iterable[Diagnostic], asked: set[str]
) -> Iterable[Diagnostic]:
    """Take out what comments of the file silence, and report the comments that silence nothing."""
    from nix_lsp.ide.ignores import ignores, silence

    comments = ignores(document)
    if not comments:
        return found
    from nix_lsp.ide.rules.unused_ignores import UNUSED_IGNORE, unused

    shown, used = silence(document, comments, found)
    broken = any(diagnostic.rule == _NO_NIX for diagnostic in found)
    if UNUSED_IGNORE.id not in asked or broken or project.settings.pin_is_ordered:
        return shown
    from nix_lsp.ide.rules import rule_summaries

    chosen = choice(project, document)
    idle = (
        diagnostic if (severity := chosen.severity(diagnostic.rule)) is None else diagnostic._replace(severity=severity)
        for diagnostic in unused(document, comments, used, _judging(project, document, asked, chosen), rule_summaries())
    )
    return [*shown, *silence(document, comments, idle).shown]


def _judging(project: Project, document: Document, asked: set[str], chosen: Choice) -> set[str]:
    """Return the ids that could have been found: those of rules that looked, where the file's options are known."""
    from nix_lsp.ide.rewrites import rewrite_summaries
    from nix_lsp.ide.rules import rules

    knows_options = any(project.options(lane) for lane in project.lanes(document))
    judging = {rule.id for rule in rules() if rule.id in asked and (knows_options or not rule.lanes)}
    if _REWRITES in asked and knows_options:
        judging |= {name for name, _ in rewrite_summaries() if chosen.asks(name)}
    return judging - {"unused-ignore"}
