"""Comments that document a binding or a function: RFC 145's `/** … */`, and before that `/* … */` or `#` right above.

RFC 145: a doc comment is CommonMark and stands before the binding, or before the function itself. Of older comments only those are taken that
stand right above the binding, have their lines for themselves, and are neither code that is commented out nor orders to a program.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_DOC = b"/**"
_CODE = re.compile(r"[;{}\[\]=]\s*$|^\s*[\w.\"'-]+\s*=[^=]|^\s*(?:inherit|with|let|in)\b")
"""What a line of code ends or begins with."""
_ORDER = re.compile(
    r"^\s*(?:!|-\*-|vim?:|nix-lsp:|deadnix:|statix:|nixfmt:|keep-sorted|TODO|FIXME|XXX|HACK|region\b|endregion\b|@)|^[\W_]+$",
    re.IGNORECASE,
)
"""How a line begins that is for a program, or for the author alone; a line of nothing but marks is an ornament."""


class DocComment(NamedTuple):
    """What a comment says."""

    text: str
    """Without its marks and its indentation."""
    is_markdown: bool
    """It is CommonMark, as RFC 145 has it."""


def doc_comment(document: Document, binding: Node, value: Node | None = None) -> DocComment | None:
    """Return what documents a binding, a formal or a function; None where nothing does.

    Args:
        document: the document.
        binding: the `binding`, `formal` or other node that the comment would stand above.
        value: what it is bound to: a comment right before a function counts where the binding has none.
    """
    for node in (binding, unparenthesized(value) if value is not None else None):
        if node is not None and (found := _block(document, node.start_byte, only_doc=node is not binding)):
            return found
    return _lines(document, binding.start_byte)


def _block(document: Document, offset: int, *, only_doc: bool) -> DocComment | None:
    """Read the `/* … */` that ends before an offset."""
    before = document.source[:offset].rstrip()
    if not before.endswith(b"*/"):
        return None
    start = _start_of_block(document, len(before))
    if start is None:
        return None
    raw = before[start:]
    is_doc = raw.startswith(_DOC) and len(raw) > len("/**/")
    if not is_doc and (only_doc or b"\n" in document.source[len(before) : offset].replace(b"\n", b"", 1)):
        return None
    line = document.line_starts[document.line_of(start)]
    if not is_doc and document.source[line:start].strip():
        return None
    text = raw[3 if is_doc else 2 : -2].decode("utf-8", "replace")
    return _said(text, is_markdown=is_doc)


def _start_of_block(document: Document, end: int) -> int | None:
    node = document.root.descendant_for_byte_range(end - 1, end)
    return node.start_byte if node is not None and node.type == "comment" and node.end_byte == end else None


def _lines(document: Document, offset: int) -> DocComment | None:
    """Read the `#` lines right above an offset."""
    starts, source = document.line_starts, document.source
    first = line = document.line_of(offset)
    if source[starts[line] : offset].strip():
        return None
    while first > 0 and source[starts[first - 1] : starts[first]].lstrip().startswith(b"#"):
        first -= 1
    if first == line:
        return None
    node = document.root.descendant_for_byte_range(starts[line] - 1, starts[line] - 1)
    if node is not None and node.type in {"string_fragment", "indented_string_expression"}:
        return None
    shown = [
        each.strip().lstrip("#").removeprefix(" ")
        for each in source[starts[first] : starts[line]].decode("utf-8", "replace").split("\n")
    ]
    if any(_CODE.search(each) or _ORDER.search(each) for each in shown if each.strip()):
        return None
    return _said("\n".join(shown), is_markdown=False)


def _said(text: str, *, is_markdown: bool) -> DocComment | None:
    # The first line begins behind the mark, so that its indentation says nothing of the others'.
    first, _, rest = text.replace("\r\n", "\n").partition("\n")
    said = "\n".join((first.strip(), textwrap.dedent(rest))).strip()
    return DocComment(said, is_markdown) if said else None
