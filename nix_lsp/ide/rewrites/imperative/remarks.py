"""Comments of a script that goes: what they say holds for the options that come in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide import edits
from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.syntax.document import Change
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.ide.rewrites.imperative.sites import Site
    from nix_lsp.syntax.document import Document

_FOR_PROGRAMS = re.compile(r"#!|#\s*(?:shellcheck|nix-lsp:|vim:)")
"""Comments that are for the shell or a program that looks at it."""


def remarks(document: Document, site: Site) -> list[str]:
    """Return the lines of the comments that stand above the entity of a script, and of those in the script."""
    found: list[str] = []
    binding = edits.find(document, site.owner, (*site.lead, *site.entity)) or edits.find(
        document, site.owner, (*site.lead, *site.names)
    )
    if binding:
        found += document.text(Span(edits.owned(document, binding).start, binding.start_byte)).splitlines()
    script = site.reading.script
    found += [
        script.content[span.start : span.end].decode("utf-8", "replace")
        for span in script.comments
        if not any(span.start <= hole.span.start < span.end for hole in script.holes)
    ]
    lines = [line.strip() for line in found]
    return [line for line in lines if line.startswith("#") and not _FOR_PROGRAMS.match(line)]


def with_remarks(document: Document, binding: Node, lines: Sequence[str]) -> Document:
    """Put comments above a binding, unless that stands on a line with others."""
    start = document.line_starts[document.line_of(binding.start_byte)]
    if document.source[start : binding.start_byte].strip():
        return document
    indent, eol = indentation_at(document, binding.start_byte), newline(document)
    text = "".join(f"{indent}{line}{eol}" for line in lines)
    return document.edited([Change(Span(start, start), text.encode())], document.version)
