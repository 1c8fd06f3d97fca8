"""Building edits: bindings go in and out of attribute sets, elements into lists, and nothing else moves.

Every function answers with edits against the document as it is. A binding owns the comments directly above it and the one behind
it on its line. Texts that go in are written with `\\n` and without indentation; they leave here with the file's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.indentation import indentation_at, newline, reindent, reindent_fragment
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.set_names import literal_set, names_in
from nix_lsp.syntax.ast import ATTRSETS, bindings, span, text
from nix_lsp.syntax.layout import attrpath_text, indent_unit
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

WIDTH = 100
"""nixfmt's line width."""

_LOOKED_INTO = 200
"""So many sets of one path are looked into; where there are more, nothing is added to them."""
_BREAK = re.compile(r"\s*\n\s*")
_BLANK = b" \t"
_SPACE = b" \t\r\n"


class Place(NamedTuple):
    """Where a definition goes: into the attribute set `owner`, under the rest of its path."""

    owner: Node
    path: tuple[str, ...]
    after: Node | None
    """The binding to stand behind; None: at the end."""


def apply(source: bytes, edits: Iterable[TextEdit]) -> bytes:
    """Return the text after edits that do not overlap."""
    parts: list[bytes] = []
    position = 0
    for (start, end), new in sorted(edits):
        parts += source[position:start], new.encode()
        position = end
    return b"".join((*parts, source[position:]))


def combine(edits: Iterable[TextEdit]) -> tuple[TextEdit, ...] | None:
    """Join edits that were built one by one: deletions unite, insertions at one place follow one another.

    Returns None where one edit would undo another.
    """
    joined: list[TextEdit] = []
    for edit in sorted(edits, key=lambda each: each.span):
        last = joined[-1] if joined else None
        if last is None or edit.span.start > last.span.end:
            joined.append(edit)
        elif edit == last and edit.span.start < edit.span.end:
            continue
        elif not edit.text and not last.text:
            joined[-1] = TextEdit(last.span.cover(edit.span), "")
        elif edit.span.start == last.span.end:
            if last.span.start == last.span.end == edit.span.end:
                joined[-1] = TextEdit(last.span, last.text + edit.text)
            else:
                joined.append(edit)
        else:
            return None
    return tuple(joined)


def owned(document: Document, binding: Node) -> Span:
    """Return the bytes of a binding with the comments that belong to it."""
    source = document.source
    start, end = binding.start_byte, binding.end_byte
    comment = _neighbour(binding, forward=False)
    while comment and comment.type == "comment":
        gap = source[comment.end_byte : start]
        line = document.line_of(start) - document.line_of(comment.end_byte)
        alone = not _before_on_line(document, comment.start_byte).strip()
        if gap.strip() or line > 1 or (line == 1 and not (alone and not _before_on_line(document, start).strip())):
            break
        start = comment.start_byte
        comment = _neighbour(comment, forward=False)
    comment = _neighbour(binding, forward=True)
    if (
        comment
        and comment.type == "comment"
        and document.line_of(comment.start_byte) == document.line_of(end)
        and not _behind_on_line(document, comment.end_byte).strip()
    ):
        # To the grammar, the first half of `\r\n` is part of the comment.
        end = comment.end_byte - source.endswith(b"\r", 0, comment.end_byte)
    return Span(start, end)


def remove(document: Document, binding: Node) -> TextEdit:
    """Take a binding out, with its comments, its lines, and a blank line that would be left over."""
    source = document.source
    taken = owned(document, binding)
    owner = set_of(binding)
    if owner and _is_all(document, owner, taken):
        return TextEdit(Span(owner.start_byte + _opening(owner), owner.end_byte - 1), " ")
    before, behind = _before_on_line(document, taken.start), _behind_on_line(document, taken.end)
    if before.strip():
        return TextEdit(Span(taken.start - (len(before) - len(before.rstrip(_BLANK))), taken.end), "")
    if behind.strip():
        return TextEdit(Span(taken.start, taken.end + (len(behind) - len(behind.lstrip(_BLANK)))), "")
    start, end = taken.start - len(before), _next_line(document, taken.end)
    above, below = _line(document, start - 1) if start else None, _line(document, end)
    opens = above is None or above[1].endswith((b"{", b"let"))
    if below[1] == b"" and end < len(source) and (opens or (above and above[1] == b"")):
        end = _next_line(document, end)
    elif below[1].startswith((b"}", b"in")) and above and above[1] == b"":
        start = above[0]
    return TextEdit(Span(start, end), "")


def insert(document: Document, owner: Node, binding: str, after: Node | None = None, freed: int = 0) -> TextEdit:
    """Put a binding (`path = value;`, with comment lines above it if it has any) into an attribute set.

    It stands behind `after`, or at the end. A set on one line stays on one line as long as that is readable; `freed` bytes leave it
    by another edit.
    """
    anchor = after or next(reversed([*bindings(owner)]), None)
    outer = indentation_at(document, owner.start_byte)
    eol = newline(document)
    if document.line_of(owner.start_byte) == document.line_of(owner.end_byte):
        if anchor and "\n" not in binding and not binding.startswith("#"):
            width = owner.end_byte - document.line_starts[document.line_of(owner.start_byte)]
            if width + len(binding) - freed < WIDTH or width > WIDTH:
                return TextEdit(Span(anchor.end_byte, anchor.end_byte), " " + binding)
        return _spread(document, owner, anchor, binding)
    if anchor is None:
        close = owner.end_byte - 1
        before = _before_on_line(document, close)
        new = _indented(document, binding, outer + indent_unit(document))
        if before.strip():
            return TextEdit(Span(close - len(before) + len(before.rstrip(_BLANK)), close), f"{eol}{new}{eol}{outer}")
        return TextEdit(Span(close - len(before), close - len(before)), new + eol)
    first_on_line = not _before_on_line(document, owned(document, anchor).start).strip()
    indent = indentation_at(document, anchor.start_byte) if first_on_line else outer + indent_unit(document)
    new = _indented(document, binding, indent)
    end = owned(document, anchor).end
    behind = _behind_on_line(document, end)
    if not behind.strip():
        line = _next_line(document, end)
        return TextEdit(Span(line, line), new + eol)
    gap = len(behind) - len(behind.lstrip(_BLANK))
    closes = end + gap == owner.end_byte - 1
    return TextEdit(Span(end, end + gap), f"{eol}{new}{eol}{outer if closes else indent}")


def replace(document: Document, binding: Node, new: str) -> TextEdit:
    """Put a binding in the place of another, whose comments go with it."""
    taken = owned(document, binding)
    return TextEdit(taken, _indented(document, new, indentation_at(document, taken.start)).lstrip())


def place(document: Document, owner: Node, path: Sequence[str], after: Node | None = None) -> Place | None:
    """Say where a definition of `path` belongs in `owner`: inside the sets that stand already, near its siblings.

    Returns None where `path` is defined, or cannot be without one attribute being defined twice.
    """
    if find(document, owner, path):
        return None
    rest = tuple(path)
    while True:
        known = names_in(document, owner)
        if rest[0] in known.inherited or known.at_or_below(rest):
            return None
        prefixes = [rest[:length] for length in range(len(rest) - 1, 0, -1)]
        if any(known.values(prefix) or len(known.sets(prefix)) > _LOOKED_INTO for prefix in prefixes):
            return None
        inner = next((prefix for prefix in prefixes if known.sets(prefix)), None)
        value = literal_set(known.sets(inner)[0]) if inner else None
        if inner is None or value is None:
            siblings = next((found for prefix in prefixes if (found := known.at_or_below(prefix))), ())
            return Place(owner, rest, siblings[-1] if siblings else after)
        rest, owner, after = rest[len(inner) :], value, None


def define(
    document: Document, owner: Node, path: Sequence[str], value: str, after: Node | None = None
) -> TextEdit | None:
    """Define `path` as `value` (Nix source) below an attribute set, merged into what stands there.

    `after` is the binding to stand behind where nothing of the path exists yet. Returns None where `place` does.
    """
    if (found := place(document, owner, path, after)) is None:
        return None
    return insert(document, found.owner, f"{attrpath_text(found.path)} = {value};", found.after)


def find(document: Document, owner: Node, path: Sequence[str]) -> Node | None:
    """Return the binding that defines exactly `path` below an attribute set, through nested literal sets."""
    pending = [(owner, tuple(path))]
    for _ in range(_LOOKED_INTO):
        if not pending:
            break
        owner, rest = pending.pop()
        known = names_in(document, owner)
        if exact := (*known.values(rest), *known.sets(rest)):
            return exact[0]
        for length in range(1, len(rest)):
            sets = known.sets(rest[:length])[:_LOOKED_INTO]
            pending += [(value, rest[length:]) for binding in sets if (value := literal_set(binding))]
    return None


def append(document: Document, sequence: Node, elements: Sequence[str]) -> TextEdit | None:
    """Add elements (Nix source) at the end of a list; those that it has already are left out, and None is said if it has all."""
    present = sequence.children_by_field_name("element")
    known = {_on_one_line(text(element)) for element in present}
    new = [element for element in dict.fromkeys(elements) if _on_one_line(element) not in known]
    if not new:
        return None
    eol, outer = newline(document), indentation_at(document, sequence.start_byte)
    line = document.line_starts[document.line_of(sequence.start_byte)]
    one_line = document.line_of(sequence.start_byte) == document.line_of(sequence.end_byte)
    if one_line:
        joined = " ".join((*map(text, present), *new))
        if "\n" not in joined and sequence.start_byte - line + len(joined) + 5 <= WIDTH:
            if present:
                return TextEdit(Span(present[-1].end_byte, present[-1].end_byte), " " + " ".join(new))
            return TextEdit(span(sequence), f"[ {joined} ]")
        inner = outer + indent_unit(document)
        lines = [_indented_value(document, element, inner) for element in (*map(text, present), *new)]
        return TextEdit(span(sequence), f"[{eol}{eol.join(lines)}{eol}{outer}]")
    close = sequence.end_byte - 1
    last = sequence.children[-2]
    first_on_line = bool(present) and not _before_on_line(document, present[-1].start_byte).strip()
    indent = indentation_at(document, present[-1].start_byte) if first_on_line else outer + indent_unit(document)
    added = eol.join(_indented_value(document, element, indent) for element in new)
    if document.line_of(last.end_byte) == document.line_of(close):
        return TextEdit(Span(last.end_byte, close), f"{eol}{added}{eol}{outer}")
    line = _next_line(document, last.end_byte)
    return TextEdit(Span(line, line), added + eol)


def _on_one_line(element: str) -> str:
    return _BREAK.sub(" ", element)


def carried(document: Document, binding: Node, path: Sequence[str], inner: Iterable[TextEdit] = ()) -> str:
    """Return a binding under another path, with its comments, ready for `insert`.

    `inner` are edits to apply inside its value on the way.
    """
    whole = owned(document, binding)
    head = binding.child_by_field_name("attrpath") or binding
    edited = [TextEdit(span(head), attrpath_text(path)), *inner]
    moved = reindent(document, whole, indentation_at(document, binding.start_byte), "", edited)
    return moved.replace("\r\n", "\n")


def set_of(binding: Node) -> Node | None:
    """Return the attribute set that a binding stands in; None in a `let`."""
    owner = binding.parent and binding.parent.parent
    return owner if owner and owner.type in ATTRSETS else None


def _spread(document: Document, owner: Node, anchor: Node | None, binding: str) -> TextEdit:
    """Write a set of one line over several, with the new binding in it."""
    eol, outer = newline(document), indentation_at(document, owner.start_byte)
    inner = outer + indent_unit(document)
    lines: list[str] = []
    if any(child.type == "comment" for part in (owner, *owner.named_children) for child in part.children):
        end = anchor.end_byte if anchor else owner.children[-2].end_byte
        return TextEdit(Span(end, end), f"{eol}{_indented(document, binding, inner)}{eol}{outer}")
    for child in bindings(owner):
        lines.append(_indented(document, text(child), inner))
        if child == anchor:
            lines.append(_indented(document, binding, inner))
    if anchor is None:
        lines.append(_indented(document, binding, inner))
    start = Span(owner.start_byte + _opening(owner), owner.end_byte - 1)
    return TextEdit(start, f"{eol}{eol.join(lines)}{eol}{outer}")


def _indented(document: Document, binding: str, indent: str) -> str:
    return indent + reindent_fragment(binding, indent, inside_set=True).replace("\n", newline(document))


def _indented_value(document: Document, value: str, indent: str) -> str:
    return indent + reindent_fragment(value, indent, inside_set=False).replace("\n", newline(document))


def _opening(owner: Node) -> int:
    """Return the length of `{`, `rec {`, `let {`."""
    return next((child.end_byte for child in owner.children if child.type == "{"), owner.start_byte) - owner.start_byte


def _is_all(document: Document, owner: Node, taken: Span) -> bool:
    """Tell whether nothing but `taken` stands between the braces of a set."""
    start, end = owner.start_byte + _opening(owner), owner.end_byte - 1
    rest = document.source[start : taken.start] + document.source[taken.end : end]
    return not rest.strip(_SPACE)


def _neighbour(node: Node, *, forward: bool) -> Node | None:
    """Return the sibling before or behind a binding or comment, also across the edge of its `binding_set`."""
    sibling = node.next_sibling if forward else node.prev_sibling
    if sibling is None and (parent := node.parent) and parent.type == "binding_set":
        sibling = parent.next_sibling if forward else parent.prev_sibling
    elif sibling and sibling.type == "binding_set":
        sibling = sibling.children[0 if forward else -1]
    return sibling


def _before_on_line(document: Document, offset: int) -> bytes:
    return document.source[document.line_starts[document.line_of(offset)] : offset]


def _behind_on_line(document: Document, offset: int) -> bytes:
    return document.source[offset : _next_line(document, offset)]


def _next_line(document: Document, offset: int) -> int:
    line = document.line_of(offset) + 1
    return document.line_starts[line] if line < len(document.line_starts) else len(document.source)


def _line(document: Document, offset: int) -> tuple[int, bytes]:
    """Return the start and the stripped text of the line that holds an offset."""
    start = document.line_starts[document.line_of(offset)]
    return start, document.source[start : _next_line(document, offset)].strip(_SPACE)
