"""The comments by which the author of a file waves findings through.

`# nix-lsp: ignore <id>` at the end of a line, or alone on the line before, silences a rule there; `# nix-lsp: ignore-file <id>` in
the whole file. Several ids are separated by commas or blanks; what follows them is for people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.syntax.document import Document

_MARK = b"nix-lsp:"
_IGNORE = re.compile(rb"#[^\r\n]*?(nix-lsp:[ \t]*(ignore(?:-file)?)[ \t]+([^\r\n]*))")
_ID = re.compile(rb"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_SEPARATOR = re.compile(rb"[\s,]+|$")


class Named(NamedTuple):
    """One rule that a comment names."""

    id: str
    span: Span
    is_certain: bool
    """It stands where an id must: first, or behind a comma. Elsewhere it may be a word of what people are told."""


class Ignore(NamedTuple):
    """One comment."""

    comment: Span
    mark: Span
    """From `nix-lsp:` to the end of the comment."""
    rules: tuple[Named, ...]
    line: int | None
    """The zero-based line whose findings it silences; None for those of the whole file."""

    def covers(self, diagnostic: Diagnostic, line: int) -> bool:
        """Tell whether it silences a finding that starts on a line."""
        return (self.line is None or self.line == line) and any(rule.id == diagnostic.rule for rule in self.rules)


class Sorted(NamedTuple):
    """Findings, less those that are silenced, and what silenced something."""

    shown: Sequence[Diagnostic]
    used: frozenset[tuple[Ignore, str]]
    """Comments and the ids in them."""


def ignores(document: Document) -> tuple[Ignore, ...]:
    """Return the comments of a document that silence rules."""
    return tuple(_ignores(document)) if _MARK in document.source else ()


def silence(document: Document, comments: Sequence[Ignore], found: Iterable[Diagnostic]) -> Sorted:
    """Take out the findings that comments silence."""
    shown: list[Diagnostic] = []
    used: set[tuple[Ignore, str]] = set()
    for diagnostic in found:
        line = document.line_of(diagnostic.span.start)
        covering = [comment for comment in comments if comment.covers(diagnostic, line)]
        used.update((comment, diagnostic.rule) for comment in covering)
        if not covering:
            shown.append(diagnostic)
    return Sorted(shown, frozenset(used))


def _ignores(document: Document) -> Iterator[Ignore]:
    for match in _IGNORE.finditer(document.source):
        node = document.root.descendant_for_byte_range(match.start(), match.start() + 1)
        if node is None or node.type != "comment":
            continue
        line = document.line_of(match.start())
        alone = not document.source[document.line_starts[line] : match.start()].strip()
        yield Ignore(
            Span(match.start(), match.end()),
            Span(match.start(1), match.end()),
            tuple(_named(document.source, match.start(3), match.end())),
            None if match[2] == b"ignore-file" else line + alone,
        )


def _named(source: bytes, start: int, end: int) -> Iterator[Named]:
    first, place = start, start
    while place < end:
        separator = _SEPARATOR.search(source, place, end)
        stop = separator.start() if separator else end
        word = source[place:stop]
        if not _ID.fullmatch(word):
            return
        certain = place == first or b"," in source[max(first, place - 2) : place]
        yield Named(word.decode(), Span(place, stop), certain)
        place = separator.end() if separator else end
