"""Diagnostics: everything that the rules and rewrites find in a file, less what its author has waved through.

`# nix-lsp: ignore <id>` at the end of a line, or alone on the line before, silences a rule there; `# nix-lsp: ignore-file <id>` in
the whole file. Several ids are separated by commas or blanks; what follows them is for people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_MARK = b"nix-lsp:"
_IGNORE = re.compile(rb"#[^\r\n]*?nix-lsp:[ \t]*(ignore(?:-file)?)[ \t]+([^\r\n]*)")
_IDS = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_SEPARATOR = re.compile(r"[\s,]+")


def diagnostics(project: Project, document: Document) -> list[Diagnostic]:
    """Return all findings in a document, in the order of the text.

    A rule that fails costs its own findings and a line in the log.
    """
    ignored = project.settings.ignored_rules
    found: dict[tuple[str, Span], Diagnostic] = {}
    for name, check in _checks(project, document):
        if name in ignored:
            continue
        for diagnostic in _guarded(name, check):
            if diagnostic.rule not in ignored:
                found.setdefault((diagnostic.rule, diagnostic.span), diagnostic)
    silenced = _Silenced(document) if _MARK in document.source else None
    return sorted(
        (each for each in found.values() if silenced is None or not silenced.covers(each)),
        key=lambda each: (each.span, each.severity),
    )


def _checks(project: Project, document: Document) -> Iterator[tuple[str, Callable[[], Iterable[Diagnostic]]]]:
    from nix_lsp.ide.rewrites import find_rewrites
    from nix_lsp.ide.rules import rules
    from nix_lsp.ide.rules.rule import Subject

    subject = Subject(project, document)
    for rule in rules():
        yield rule.id, lambda rule=rule: rule.check(subject)
    yield "rewrites", lambda: find_rewrites(project, document)


def _guarded(name: str, check: Callable[[], Iterable[Diagnostic]]) -> list[Diagnostic]:
    try:
        return list(check())
    except Exception:  # whatever it is, the other rules still have their say
        from logging import getLogger

        getLogger(__name__).exception("rule failed", extra={"rule": name})
        return []


class _Silenced:
    """The comments of a file that switch rules off."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._in_file: set[str] = set()
        self._on_line: dict[int, set[str]] = {}
        for match in _IGNORE.finditer(document.source):
            node = document.root.descendant_for_byte_range(match.start(), match.start() + 1)
            if node is None or node.type != "comment":
                continue
            ids = set(_ids(match[2].decode("utf-8", "replace")))
            if match[1] == b"ignore-file":
                self._in_file |= ids
                continue
            line = document.line_of(match.start())
            alone = not document.source[document.line_starts[line] : match.start()].strip()
            self._on_line.setdefault(line + alone, set()).update(ids)

    def covers(self, diagnostic: Diagnostic) -> bool:
        line = self._document.line_of(diagnostic.span.start)
        return diagnostic.rule in self._in_file or diagnostic.rule in self._on_line.get(line, ())


def _ids(text: str) -> Iterator[str]:
    for word in _SEPARATOR.split(text):
        if not _IDS.fullmatch(word):
            return
        yield word
