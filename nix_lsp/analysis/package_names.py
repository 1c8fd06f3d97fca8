"""Where a file spells out attributes of `pkgs`, found by its text first: what surely is one, `references_at` tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.overlay_places import ARGUMENTS, may_have_overlays
from nix_lsp.analysis.package_calls import formals
from nix_lsp.analysis.package_source import made_names
from nix_lsp.analysis.scope import Descent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.syntax.document import Document

_SELECTED = re.compile(rb"(?<![\w.'-])([A-Za-z_][\w'-]*+)\s*\.\s*([A-Za-z_][\w'-]*+)(?:\s*\.\s*([A-Za-z_][\w'-]*+))?")
_INHERIT = re.compile(rb"(?<![\w'-])inherit\s*\(\s*([A-Za-z_][\w'-]*+)(?:\.([A-Za-z_][\w'-]*+))?\s*\)([^;=]*)")
_WITH = re.compile(rb"(?<![\w'-])with(?![\w'-])(?:\s+([A-Za-z_][\w'-]*+)(?:\.([A-Za-z_][\w'-]*+))?\s*;)?")
_SEGMENT = re.compile(rb"[A-Za-z_][\w'-]*")
_VARIABLE = re.compile(rb"(?<![\w.'$/<-])([A-Za-z_][\w'-]*+)(?!\s*+=[^=]|[:/])(?:\s*\.\s*([A-Za-z_][\w'-]*+))?")
"""A word that is not bound right there, nor part of a path or a URL, and what is selected from it."""


_WITH_PACKAGES = re.compile(rb"(?<![\w'-])(python3\d*)\.withPackages\s*\(\s*([A-Za-z_][\w'-]*+)\s*:")


class Mention(NamedTuple):
    """A name that may be one of `pkgs` or of a set below it."""

    set: str
    """`""` for `pkgs` itself."""
    name: str
    offset: int


def mentions(document: Document, *, is_package: bool = False) -> Iterator[Mention]:
    """Yield what may be names of `pkgs`, each with the byte offset where it stands; the first two segments of what is longer.

    `is_package`: the project calls the file with `callPackage`, so that its formals are such names.
    """
    source = document.source
    heads = {b"pkgs", *made_names(document)}
    if may_have_overlays(document):
        heads |= ARGUMENTS
    sets: set[bytes] = set()
    if is_package:
        for name, formal in formals(document).items():
            yield Mention("", name, formal.start_byte)
            sets.add(name.encode())
    inherited = tuple(_INHERIT.finditer(source))
    for match in inherited:
        if match[1] in heads:
            names = tuple(_SEGMENT.finditer(source, *match.span(3)))
            yield from (Mention((match[2] or b"").decode(), word[0].decode(), word.start()) for word in names)
            sets.update(word[0] for word in names if not match[2])
    sets -= heads
    of_python = {match[2]: f"{match[1].decode()}Packages" for match in _WITH_PACKAGES.finditer(source)}
    for match in inherited:
        if match[1] in sets and not match[2]:
            for word in _SEGMENT.finditer(source, *match.span(3)):
                yield Mention(match[1].decode(), word[0].decode(), word.start())
    for match in _SELECTED.finditer(source):
        first, second = match[2].decode(), match[3]
        if match[1] in sets:
            yield Mention(match[1].decode(), first, match.start(2))
        elif match[1] in of_python:
            yield Mention(of_python[match[1]], first, match.start(2))
        elif match[1] in heads:
            yield Mention("", first, match.start(2))
            if second:
                yield Mention(first, second.decode(), match.start(3))
    for set_, start, end in _below_with(document, heads, sets):
        for word in _VARIABLE.finditer(source, start, end):
            yield Mention(set_, word[1].decode(), word.start())
            if word[2] and not set_:
                yield Mention(word[1].decode(), word[2].decode(), word.start(2))


def _below_with(document: Document, heads: set[bytes], sets: set[bytes]) -> Iterator[tuple[str, int, int]]:
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
            set_ = None
            if match[1] in heads:
                set_ = (match[2] or b"").decode()
            elif match[1] in sets and not match[2]:
                set_ = match[1].decode()
            start, end = body.start_byte, body.end_byte
    if set_ is not None:
        yield set_, start, end
