"""Where the text of a file decides a pin: the inputs of a flake.nix, URLs that code fetches, the import of a file of sources."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.pins.declared_inputs import declared_inputs
from nix_lsp.analysis.pins.literals import literal_pins, parse_literal
from nix_lsp.analysis.pins.reference import Reference
from nix_lsp.syntax.ast import select_path, span
from nix_lsp.syntax.searches import hits
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.pin import Pin
    from nix_lsp.analysis.pins.table import FolderPins
    from nix_lsp.syntax.document import Document

_FETCHERS = frozenset({"fetchTarball", "fetchGit", "fetchTree", "getFlake", "fetchzip", "fetchFromGitHub"})
_NEAR = 6
"""Expressions between a URL and the call that fetches it."""
_SOURCES = re.compile(rb"\bimport\s+(\.{1,2}/[\w./-]*(?:npins|sources\.nix|lon\.nix|sources))")


class PinSite(NamedTuple):
    """A place that decides a pin."""

    pin: Pin
    name: str
    """The input's name, or the source's."""
    span: Span
    """What to point at."""
    reference: Span | None = None
    """The text that names the repository and branch; None where it stands in a lock."""
    revision: bool = False
    """A single revision is asked for, not a branch."""


def pin_sites(document: Document, locked: Callable[[], FolderPins]) -> Iterator[PinSite]:
    """Yield the places of a file that decide pins; `locked` tells what its folder locks."""
    if posixpath.basename(document.path) == "flake.nix":
        yield from _inputs(document, locked())
    yield from _literals(document)
    yield from _imports(document, locked)


def _inputs(document: Document, locked: FolderPins) -> Iterator[PinSite]:
    for declared in declared_inputs(document):
        pinned = locked.named("inputs", declared.name)
        if pinned is None or ("follows",) in declared.attributes or not declared.is_whole:
            continue
        node = declared.attributes.get(("ref",)) or declared.attributes.get(("url",))
        url = declared.text("url")
        reference = (parse_literal(url) if url else None) or Reference(revision=declared.text("rev"))
        where = span(node) if node else declared.span
        inside = _inside(node) if node else None
        yield PinSite(pinned, declared.name, where, inside, reference.revision is not None)


def _literals(document: Document) -> Iterator[PinSite]:
    if not any(name.encode() in document.source for name in _FETCHERS):
        return
    for literal in literal_pins(document):
        if _is_fetched(document, literal.url):
            yield PinSite(
                literal.pin, literal.pin.source, literal.url, literal.url, literal.pin.point.revision is not None
            )


def _imports(document: Document, locked: Callable[[], FolderPins]) -> Iterator[PinSite]:
    for _, end, groups in hits(document, _SOURCES):
        written = groups[0] or b""
        start = end - len(written)
        node = document.root.descendant_for_byte_range(start, end)
        if node is None or node.type not in {"path_expression", "path_fragment"}:
            continue
        place = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), written.decode()))
        for source, pinned in locked().main().items():
            if pinned.file and posixpath.dirname(pinned.file) in {place, posixpath.dirname(place)}:
                yield PinSite(pinned, source, Span(start, end))


def _inside(node: Node) -> Span:
    quotes = node.type == "string_expression"
    return Span(node.start_byte + quotes, node.end_byte - quotes)


def _is_fetched(document: Document, url: Span) -> bool:
    node = document.root.descendant_for_byte_range(url.start, url.end)
    for _ in range(_NEAR):
        node = node.parent if node else None
        function = node.child_by_field_name("function") if node and node.type == "apply_expression" else None
        if function is not None and function.end_byte < url.start:
            return (select_path(function) or (None,))[-1] in _FETCHERS
    return False
