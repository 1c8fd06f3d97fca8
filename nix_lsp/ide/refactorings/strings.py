"""The forms of a string: `"…"`, `''…''`, a path, a URI without quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.kinds import QUICK_FIX, REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import span
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.layout import indent_unit, quoted
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.syntax.strings import StringContent

_LARGEST = 256 * 1024
"""Bytes of a string that is rewritten."""
_LONG = 5
"""Lines from which on a text is more than a few words."""
_BEFORE_HOLE = re.compile(r"\$$")
_PATH = re.compile(r"(?:\.{0,2}/|~/)[A-Za-z0-9._+-]+(?:/[A-Za-z0-9._+-]+)*")
"""What is a path without its quotes (lexer.l, PATH and HPATH)."""
_SPACE = "''\\ "
"""A space that counts as text."""
_ESCAPES = {"\r": "''\\r", "\t": "''\\t"}


def parts(content: StringContent) -> list[tuple[str, str | None]]:
    """Return the texts of a string, each with the source of the interpolation behind it (`${…}`; None behind the last)."""
    raw = content.text.encode()
    found: list[tuple[str, str | None]] = []
    start = 0
    for hole in content.holes:
        found.append((raw[start : hole.span.start].decode(), f"${{{hole.expression}}}"))
        start = hole.span.end
    return [*found, (raw[start:].decode(), None)]


def as_quoted(content: StringContent) -> str:
    """Return a string's source as a `"…"` literal on one line."""
    written: list[str] = []
    for text, hole in parts(content):
        new = quoted(text)[1:-1]
        # `$${` would be a dollar and a brace.
        written += _BEFORE_HOLE.sub(lambda _: "\\$", new) if hole else new, hole or ""
    return '"' + "".join(written) + '"'


def as_indented(content: StringContent, indent: str, unit: str) -> str:
    """Return a string's source as a `''…''` literal, its lines indented by one more than `indent` where it has several.

    Nix strips tabs of no line: where the file is indented by them, the lines begin at its margin.
    """
    written = _escaped(parts(content))
    lines = written.split("\n")
    if len(lines) == 1:
        return "''" + (f"{_SPACE}{written[1:]}" if written.startswith(" ") else written) + "''"
    inner = "" if "\t" in indent + unit else indent + unit
    *whole, last = lines
    with_text = [line for line in (*whole, last) if line.strip(" ")]
    if with_text and all(line.startswith(" ") for line in with_text):
        # What all lines begin with would be stripped, but for a space that is escaped.
        first = next(number for number, line in enumerate(lines) if line.strip(" "))
        lines[first] = _SPACE + lines[first][1:]
        *whole, last = lines
    if last and not last.strip(" "):
        last = last[:-1] + _SPACE
    closing = (inner + last if last else "" if "\t" in indent else indent) + "''"
    return "''\n" + "".join(f"{inner}{line}\n" if line else "\n" for line in whole) + closing


def _escaped(texts: Sequence[tuple[str, str | None]]) -> str:
    """Escape what a `''…''` literal would read otherwise: `''`, `${`, a `$` before an interpolation, a `'` before the end."""
    written: list[str] = []
    for text, hole in texts:
        new = text.replace("''", "'''").replace("${", "''${")
        if len(text) - len(text.rstrip("'")) & 1 and hole is None:
            new = new[:-1] + "''\\'"
        if hole and new.endswith("$"):
            new = new[:-1] + "''$"
        for character, escape in _ESCAPES.items():
            new = new.replace(character, escape)
        written += new, hole or ""
    return "".join(written)


def _says_the_same(new: str, content: StringContent) -> bool:
    """Tell whether a literal reads as a string does: what is offered has been looked at."""
    root = Document("", new.encode()).root
    node = root.child_by_field_name("expression")
    again = read_string(node) if node is not None and not root.has_error else None
    return (
        again is not None
        and again.text == content.text
        and [hole.expression for hole in again.holes] == [hole.expression for hole in content.holes]
    )


def literal(place: Place, kind: str) -> tuple[Node, StringContent] | None:
    """Return the string literal of a node type that the place is in, and what it says; None for one in another's interpolation."""
    node = place.nearest("string_expression", "indented_string_expression", "interpolation")
    if node is None or node.type != kind or node.end_byte - node.start_byte > _LARGEST:
        return None
    above = place.above(node)
    content = read_string(node)
    is_name = above is None or above.type in {"attrpath", "inherited_attrs"}
    return None if is_name or content is None else (node, content)


def _to_indented(place: Place) -> Iterator[Fix]:
    if (found := literal(place, "string_expression")) is None:
        return
    node, content = found
    document = place.document
    new = as_indented(content, indentation_at(document, node.start_byte), indent_unit(document))
    if "\n" in new and newline(document) != "\n":
        return  # `\r` would be part of the value
    if _says_the_same(new, content):
        yield place.fix("Convert to an indented string", [TextEdit(span(node), new)])


def _to_quoted(place: Place) -> Iterator[Fix]:
    if (found := literal(place, "indented_string_expression")) is None:
        return
    node, content = found
    if _is_amid(place, node):
        return
    new = as_quoted(content)
    if _says_the_same(new, content):
        yield place.fix('Convert to a "…" string', [TextEdit(span(node), new)])


def _is_amid(place: Place, node: Node) -> bool:
    """Tell whether a cursor is amid a long text, away from its quotes: what is written there is a script, and has nothing to do with them."""
    first, last = node.start_point.row, node.end_point.row
    return place.is_cursor and last - first > _LONG and place.document.line_of(place.span.start) not in {first, last}


def _quote_uri(place: Place) -> Iterator[Fix]:
    node = place.nearest("uri_expression")
    if node is not None:
        yield place.fix("Write the URI as a string", [TextEdit(span(node), quoted(place.document.text(node)))])


def _to_path(place: Place) -> Iterator[Fix]:
    found = literal(place, "string_expression")
    written = found[1].static if found else None
    if found and written and _PATH.fullmatch(written):
        yield place.fix("Convert to a path", [TextEdit(span(found[0]), written)], review=True)


def _from_path(place: Place) -> Iterator[Fix]:
    node = place.nearest("path_expression", "hpath_expression")
    if node is None or any(child.type == "interpolation" for child in node.named_children):
        return
    yield place.fix("Convert to a string", [TextEdit(span(node), quoted(place.document.text(node)))], review=True)


ROWS = (
    Refactoring(
        "string-to-indented",
        REWRITE,
        "Writes a string between `''`, its lines one below the other. Its value stays the same to the byte: what Nix would strip is escaped.",
        '{\n  script = "set -e\\ne$0cho ${x}\\n";\n}',
        "{\n  script = ''\n    set -e\n    echo ${x}\n  '';\n}",
        _to_indented,
    ),
    Refactoring(
        "string-to-quoted",
        REWRITE,
        'Writes an indented string between `"` on one line, its line ends as `\\n`. Its value stays the same to the byte.',
        "{\n  script = ''\n    set -e\n      e$0cho ${x}\n  '';\n}",
        '{\n  script = "set -e\\n  echo ${x}\\n";\n}',
        _to_quoted,
    ),
    Refactoring(
        "uri-to-string",
        QUICK_FIX,
        "Puts a URI in quotes: without them it is deprecated (RFC 45).",
        "{ url = https://exa$0mple.org/a?b=c; }",
        '{ url = "https://example.org/a?b=c"; }',
        _quote_uri,
        solves="uri-literal",
    ),
    Refactoring(
        "string-to-path",
        REWRITE,
        "Takes the quotes off what would be a path without them. A path is relative to the file, and copied to the store where it is used in a string.",
        '{ imports = [ "./har$0dware.nix" ]; }',
        "{ imports = [ ./hardware.nix ]; }",
        _to_path,
    ),
    Refactoring(
        "path-to-string",
        REWRITE,
        "Puts a path in quotes, so that it is used as it is written and not copied to the store.",
        "{ services.nginx.root = /var/w$0ww; }",
        '{ services.nginx.root = "/var/www"; }',
        _from_path,
    ),
)
