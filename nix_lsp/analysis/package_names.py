"""Where a file spells out attributes of `pkgs`, found by its text first: what surely is one, `references_at` tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Descent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.syntax.document import Document

_SELECTED = re.compile(rb"(?<![\w.'-])pkgs\s*\.\s*([A-Za-z_][\w'-]*+)(?:\s*\.\s*([A-Za-z_][\w'-]*+))?")
_WITH = re.compile(rb"(?<![\w'-])with(?![\w'-])(?:\s+pkgs(?:\.([A-Za-z_][\w'-]*+))?\s*;)?")
_INHERIT = re.compile(rb"(?<![\w'-])inherit\s*\(\s*pkgs((?:\.[A-Za-z_][\w'-]*+)?)\s*\)([^;=]*)")
_SEGMENT = re.compile(rb"[A-Za-z_][\w'-]*")
_VARIABLE = re.compile(rb"(?<![\w.'$/<-])[A-Za-z_][\w'-]*+(?!\s*+=[^=]|[:/])")
"""A word that is not bound right there, nor part of a path or a URL."""


class Mention(NamedTuple):
    """A name that may be one of `pkgs` or of a set below it."""

    set: str
    """`""` for `pkgs` itself."""
    name: str
    offset: int


def mentions(document: Document) -> Iterator[Mention]:
    """Yield what may be names of `pkgs`, each with the byte offset where it stands; the first two segments of what is longer."""
    source = document.source
    for match in _SELECTED.finditer(source):
        first = match[1].decode()
        yield Mention("", first, match.start(1))
        if match[2]:
            yield Mention(first, match[2].decode(), match.start(2))
    for set_, start, end in _below_with(document):
        for word in _VARIABLE.finditer(source, start, end):
            yield Mention(set_, word[0].decode(), word.start())
    for match in _INHERIT.finditer(source):
        set_ = match[1].decode().removeprefix(".")
        for word in _SEGMENT.finditer(source, *match.span(2)):
            yield Mention(set_, word[0].decode(), word.start())


def _below_with(document: Document) -> Iterator[tuple[str, int, int]]:
    """Yield the sets of `with pkgs; …` and the bytes below them that no other `with` is round: there, either may have a name."""
    descent = Descent(document.root)
    set_: str | None = None
    start = end = 0
    for match in _WITH.finditer(document.source):
        if match.start() < start:
            continue
        around = descent.to(match.start())
        node = around[-2] if len(around) > 1 else around[0]
        body = node.child_by_field_name("body") if node.type == "with_expression" else None
        if body is None:
            continue
        if set_ is not None:
            yield set_, start, min(match.start(), end)
        if match.start() < end:
            start = node.end_byte
        else:
            named = match[0].endswith(b";")
            set_ = (match[1] or b"").decode() if named else None
            start, end = body.start_byte, body.end_byte
    if set_ is not None:
        yield set_, start, end
