"""Rules about single expressions, whatever stands round them: each looks at the nodes of one kind.

The tree is walked once for all of them, and what is found in a binding is kept by its text over the versions of an open file.
A check gets a node whose own parts are all there; what it finds rests on that node and the kind of node round it alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.name_scopes import PORTION
from nix_lsp.ide.model import FileEdit
from nix_lsp.syntax.ast import BINDINGS
from nix_lsp.syntax.portions import portions
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic, Fix, TextEdit
    from nix_lsp.ide.rules.rule import Rule
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.portions import Portion

    Check = Callable[[Document, Node, str], Iterator[Diagnostic]]
    """Gets a node and the kind of what stands round it: of a binding, the set or `let` that it is in."""

_SPARE = 4
"""Bindings are forgotten when there are so many times more of them than the file has: those of former texts."""
_LEAST = 1_000
_MOST = 2_000
"""So much is found in one file at most."""
_SETS = frozenset({"attrset_expression", "rec_attrset_expression", "let_attrset_expression", "let_expression"})


def rules() -> tuple[Rule, ...]:
    """Return the rules of this kind, in the order in which they are documented."""
    from nix_lsp.ide.rules.expressions import called, needless, outdated, predefined, simpler

    return (*called.RULES, *outdated.RULES, *predefined.RULES, *needless.RULES, *simpler.RULES)


def findings(document: Document, rule: str) -> tuple[Diagnostic, ...]:
    """Return what one rule finds in a document; all rules look at it when the first one asks."""
    return document.lineage.of(_Found).of(document).get(rule, ())


def _checks() -> Mapping[str, tuple[Check, ...]]:
    from nix_lsp.ide.rules.expressions import called, needless, outdated, predefined, refused, simpler

    table: dict[str, list[Check]] = {}
    for module in (refused, called, outdated, predefined, needless, simpler):
        for check, kinds in module.CHECKS.items():
            for kind in kinds:
                table.setdefault(kind, []).append(check)
    return {kind: tuple(checks) for kind, checks in table.items()}


class _Found:
    """What was found in an open file, over its versions."""

    def __init__(self) -> None:
        self._source: bytes | None = None
        self._found: dict[str, tuple[Diagnostic, ...]] = {}
        self._known: dict[str, dict[bytes, tuple[Diagnostic, ...]]] = {kind: {} for kind in _SETS}
        """By the kind of a set and the text of a binding in it; spans count from the binding."""
        self._asked = 0
        self._checks = _checks()

    def of(self, document: Document) -> dict[str, tuple[Diagnostic, ...]]:
        if self._source is not document.source:
            found: dict[str, list[Diagnostic]] = {}
            self._asked = 0
            for count, diagnostic in enumerate(self._walk(document)):
                if count == _MOST:
                    break
                found.setdefault(diagnostic.rule, []).append(diagnostic)
            if sum(map(len, self._known.values())) > _LEAST + _SPARE * self._asked:
                self._known = {kind: {} for kind in _SETS}
            self._source, self._found = document.source, {rule: tuple(each) for rule, each in found.items()}
        return self._found

    def _walk(self, document: Document) -> Iterator[Diagnostic]:
        """Look at all of a document, at known bindings by their text."""
        checks, keeps = self._checks, document.version is not None
        pending: list[tuple[Node, str]] = [(document.root, "")]
        while pending:
            node, around = pending.pop()
            kind = node.type
            if kind == "ERROR":
                continue
            for check in checks.get(kind, ()):
                yield from check(document, node, around)
            if kind == "binding_set" and keeps and around in _SETS:
                yield from self._portions(document, portions(document, node), around, pending)
            else:
                inner = around if kind == "binding_set" else kind
                pending += [(child, inner) for child in reversed(node.named_children)]

    def _portions(
        self, document: Document, bindings: Sequence[Portion], around: str, pending: list[tuple[Node, str]]
    ) -> Iterator[Diagnostic]:
        known = self._known[around]
        self._asked += len(bindings)
        for binding, text, start in bindings:
            if (kept := known.get(text)) is None:
                if len(text) > PORTION or binding.type not in BINDINGS or binding.has_error:
                    pending.append((binding, around))
                    continue
                kept = known[text] = tuple([_moved(each, -start) for each in self._inside(document, binding, around)])
            if kept:
                yield from [_moved(each, start) for each in kept]

    def _inside(self, document: Document, binding: Node, around: str) -> Iterator[Diagnostic]:
        checks = self._checks
        pending = [(binding, around)]
        while pending:
            node, around = pending.pop()
            kind = node.type
            for check in checks.get(kind, ()):
                yield from check(document, node, around)
            inner = around if kind == "binding_set" else kind
            pending += [(child, inner) for child in reversed(node.named_children)]


def _moved(diagnostic: Diagnostic, by: int) -> Diagnostic:
    return diagnostic._replace(
        span=_span(diagnostic.span, by),
        related=tuple([each._replace(span=_span(each.span, by)) for each in diagnostic.related]),
        fixes=tuple([_moved_fix(fix, by) for fix in diagnostic.fixes]),
    )


def _moved_fix(fix: Fix, by: int) -> Fix:
    return fix._replace(
        edits=tuple([FileEdit(path, tuple([_moved_edit(edit, by) for edit in edits])) for path, edits in fix.edits])
    )


def _moved_edit(edit: TextEdit, by: int) -> TextEdit:
    return edit._replace(span=_span(edit.span, by))


def _span(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
