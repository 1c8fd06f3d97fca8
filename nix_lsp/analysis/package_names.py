"""Where a file spells out attributes of `pkgs`, found by its text first: what surely is one, `reference_at` tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import descent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.syntax.document import Document

_SELECTED = re.compile(rb"(?<![\w.'-])pkgs((?:\s*\.\s*[A-Za-z_][\w'-]*)+)")
_WITH = re.compile(rb"(?<![\w'-])with\s+pkgs((?:\.[A-Za-z_][\w'-]*)?)\s*;")
_INHERIT = re.compile(rb"(?<![\w'-])inherit\s*\(\s*pkgs((?:\.[A-Za-z_][\w'-]*)?)\s*\)([^;=]*)")
_SEGMENT = re.compile(rb"[A-Za-z_][\w'-]*")
_VARIABLE = re.compile(rb"(?<![\w.'$/<-])[A-Za-z_][\w'-]*(?!\s*=[^=]|[\w':/-]|\s*\.\s*[\w\"$].*?=[^=])")
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
        set_ = ""
        for segment in list(_SEGMENT.finditer(source, *match.span(1)))[:2]:
            yield Mention(set_, segment[0].decode(), segment.start())
            set_ = segment[0].decode()
    for match in _WITH.finditer(source):
        around = [node for node in descent(document.root, match.start()) if node.type == "with_expression"]
        body = around[-1].child_by_field_name("body") if around else None
        if body is not None:
            set_ = match[1].decode().removeprefix(".")
            for word in _VARIABLE.finditer(source, body.start_byte, body.end_byte):
                yield Mention(set_, word[0].decode(), word.start())
    for match in _INHERIT.finditer(source):
        set_ = match[1].decode().removeprefix(".")
        for word in _SEGMENT.finditer(source, *match.span(2)):
            yield Mention(set_, word[0].decode(), word.start())
