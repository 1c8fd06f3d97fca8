"""Which fixes that an upgrade asks for are right today already: all that they write stands at the pin of today as well, as the same.

Many fixes of a file are tried in one go, and what the changed file is found to have is traced back to the fix that brought it: the
work grows with the file, not with its fixes times its length.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.rules.judgement import benches_of
from nix_lsp.ide.together import compatible
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nix_lsp.analysis.definition import Definition
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.ide.model import Diagnostic, Fix
    from nix_lsp.ide.rules.judgement import Bench

_APART = ("imp-", "release-")
"""Findings that no upgrade brings: habits, and what is said of the pins themselves."""
_THERE = frozenset({Standing.OPTION, Standing.INSIDE, Standing.NAMESPACE})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*(?:\.[A-Za-z_][A-Za-z0-9_'-]*)*")
_NESTED = 64
"""So many bindings before a place are looked at for the one that holds it."""
_TRIALS = 48
"""So often a file is judged with some of its fixes; of those that are not tried by then, nobody knows whether they are right today."""


def findings(workspace: Workspace, document: Document) -> list[Diagnostic]:
    """Return what is found in a document, without what no upgrade brings."""
    return [each for each in diagnostics(workspace, document) if not each.rule.startswith(_APART)]


def judged(workspace: Workspace, document: Document) -> list[tuple[Definition, Bench]]:
    """Return the definitions of a document, each with every index that judges it."""
    return [
        (definition, bench)
        for root in workspace.module(document).roots
        for bench in benches_of(workspace, document, root)
        for definition in root.definitions
    ]


def right_today(now: Workspace, then: Workspace, document: Document, fixes: Sequence[Fix]) -> list[bool]:
    """Tell of each fix whether it can be applied before the upgrade.

    `now` is the project as it is, `then` the same at the target, whose fixes these are, each of the document or of no use here.
    """
    return _Trial(now, then, document).of(fixes) if fixes else []


class _Trial:
    """The fixes of one document, tried at the pin of today."""

    def __init__(self, now: Workspace, then: Workspace, document: Document) -> None:
        self._now = now
        self._document = document
        today = judged(now, document)
        self._known = {(bench.options.set, definition.names) for definition, bench in today}
        self._named = {names for _, names in self._known}
        self._today = {bench.options.set: bench for _, bench in today}
        self._target = {bench.options.set: bench for _, bench in judged(then, document)}
        self._before = findings(now, document)

    def of(self, fixes: Sequence[Fix]) -> list[bool]:
        untried = list(dict.fromkeys(fix for fix in fixes if self._is_possible(fix)))
        groups: list[list[Fix]] = []
        right: dict[Fix, bool] = {}
        for _ in range(_TRIALS):
            if not groups:
                group = compatible(untried, self._document.path)
                if not group:
                    break
                groups.append(group)
                tried = set(group)
                untried = [fix for fix in untried if fix not in tried]
            group = groups.pop()
            verdicts = self._try(group)
            if verdicts is None and len(group) > 1:
                half = len(group) // 2
                groups += [group[half:], group[:half]]
            else:
                right |= verdicts or {}
        return [right.get(fix, False) for fix in fixes]

    def _is_possible(self, fix: Fix) -> bool:
        """Tell whether a fix is one of this document whose option is there today, in some module set that judges the document."""
        if len(fix.edits) != 1 or fix.edits[0].path != self._document.path:
            return False
        if not fix.defines or fix.defines in self._named:
            return True
        return any(self._is_same(fix.defines, bench) for bench in self._today.values())

    def _is_same(self, names: tuple[str | None, ...], now: Bench) -> bool:
        """Tell whether a path is the same option at both: a name can have been given to another one in between."""
        then = self._target.get(now.options.set)
        here = now.options.resolve(names)
        there = then.options.resolve(names) if then else None
        if here.standing not in _THERE or there is None or there.standing is not here.standing:
            return False
        return (here.option and here.option.type) == (there.option and there.option.type)

    def _try(self, group: Sequence[Fix]) -> dict[Fix, bool] | None:
        """Apply fixes that do not touch each other, and say which of them are right; None where nobody can tell which are not."""
        document = self._document
        changed = Document(
            document.path, apply(document.source, [edit for fix in group for edit in fix.edits[0].edits])
        )
        after = self._now.with_document(changed)
        regions = _Regions(group)
        wrong: set[Fix] = set()
        writing: set[Fix] = set()
        bound: dict[Fix, list[Span]] = {}
        for definition, bench in judged(after, changed):
            if (bench.options.set, definition.names) in self._known:
                continue
            writers = regions.at(segment.span for segment in definition.path)
            is_same = self._is_same(definition.names, bench)
            if not writers and not is_same:
                return None
            writing |= writers
            wrong |= set() if is_same else writers
            for fix in writers:
                bound.setdefault(fix, []).append(Span(definition.binding.start_byte, definition.binding.end_byte))
        bindings = _Spans((each, fix) for fix, spans in bound.items() for each in spans)
        stood = Counter((each.rule, regions.moved(each.span)) for each in self._before)
        lost = {(each.rule, fix) for each in self._before for fix in regions.before([each.span])}
        for finding in findings(after, changed):
            if stood[finding.rule, finding.span]:
                stood[finding.rule, finding.span] -= 1
                continue
            bringers = regions.at([finding.span]) or bindings.over(finding.span)
            if not bringers:
                return None
            wrong |= {fix for fix in bringers if (finding.rule, fix) not in lost}
        return {
            fix: fix not in wrong and (fix in writing or _packages_there(self._now, document, fix)) for fix in group
        }


class _Regions:
    """Where the edits of some fixes are, in the text before and after all of them; none touches another's."""

    def __init__(self, group: Sequence[Fix]) -> None:
        edits = sorted((edit.span, edit.text, index) for index, fix in enumerate(group) for edit in fix.edits[0].edits)
        self._ends: list[tuple[int, int]] = []
        """Ends of edits in the text before, and how far what follows has moved."""
        old: list[tuple[Span, Fix]] = []
        new: list[tuple[Span, Fix]] = []
        shift = 0
        for span, text, index in edits:
            length = len(text.encode())
            old.append((span, group[index]))
            new.append((Span(span.start + shift, span.start + shift + length), group[index]))
            shift += length - (span.end - span.start)
            self._ends.append((span.end, shift))
        self._old, self._new = _Spans(old), _Spans(new)

    def at(self, spans: Iterable[Span]) -> set[Fix]:
        """Return the fixes that wrote a part of some spans of the text after."""
        return self._new.touching(spans)

    def before(self, spans: Iterable[Span]) -> set[Fix]:
        """Return the fixes that change a part of some spans of the text before."""
        return self._old.touching(spans)

    def moved(self, span: Span) -> Span:
        """Return where a span of the text before stands in the one after."""
        start, end = (self._shift(offset) for offset in span)
        return Span(span.start + start, span.end + end)

    def _shift(self, offset: int) -> int:
        index = bisect_left(self._ends, (offset + 1, 0))
        return self._ends[index - 1][1] if index else 0


class _Spans:
    """Spans with the fixes that they are of, to be found by place."""

    def __init__(self, spans: Iterable[tuple[Span, Fix]]) -> None:
        self._spans = sorted(spans, key=lambda each: each[0])
        self._starts = [span.start for span, _ in self._spans]

    def touching(self, spans: Iterable[Span]) -> set[Fix]:
        """Return the fixes of those, none of which overlaps another, that touch any of some spans."""
        return {fix for span in spans for fix in self._touching(span)}

    def _touching(self, span: Span) -> Iterator[Fix]:
        index = bisect_left(self._starts, span.end + 1)
        while index and self._spans[index - 1][0].end >= span.start:
            index -= 1
            yield self._spans[index][1]

    def over(self, span: Span) -> set[Fix]:
        """Return the fix of the last that begins before a span and holds it."""
        index = bisect_left(self._starts, span.start + 1)
        for outer, fix in reversed(self._spans[max(0, index - _NESTED) : index]):
            if outer.end >= span.end:
                return {fix}
        return set()


def _packages_there(now: Workspace, document: Document, fix: Fix) -> bool:
    """Tell whether the names that a fix of an expression writes are packages today; a deletion writes none."""
    lanes = now.lanes(document)
    packages = now.packages(lanes[0] if lanes else None)
    names = [name for edit in fix.edits[0].edits for name in _NAME.findall(edit.text)]
    return all(packages is not None and packages.package(name.removeprefix("pkgs.")) for name in names)
