"""What stands at an offset, in code that is being typed.

Half-typed code is the normal case. Where the tree is broken round the cursor, the text is parsed again with what is probably still
to come (a name, ` = x;`, `;`, …) put in, and the attempt with the fewest faults is read. What was put in follows the cursor, so that
offsets before it hold in the document that was typed too.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from nix_lsp.syntax.ast import Attr, application, attr, descent, text
from nix_lsp.syntax.attempts import AHEAD, Attempt, attempts, is_quote_open, line_start, string_round
from nix_lsp.syntax.broken import bindings_round, changed_bindings
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.faults import faults
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node


Kind = Literal["attrpath", "select", "value", "list", "name", "string", "inherit", "formals", "path", "comment", "none"]
"""What the cursor is in.

attrpath: the path on the left of a binding's `=`, or where a new binding can start.
select: a name after a dot in an expression: `pkgs.`, `config.services.ng`, `x ? a`.
value: an expression that is a binding's whole value (inside `mkIf c`, `if`, parentheses too).
list: an element of a list.
name: any other place where an expression stands.
string: the text of a string literal, interpolations aside.
inherit: a name in the list of an `inherit`.
formals: an argument name in `{ a, b }:`.
path: a path literal (`typed` is all of it before the cursor).
comment; none: nothing is named here (a number, a place where no expression can stand).
"""


class CursorContext(NamedTuple):
    """The place of a cursor."""

    kind: Kind
    typed: str
    """What is typed of the name (or, in a string, of the content) before the cursor."""
    span: Span
    """The whole name under the cursor (in a string the content; of a quoted attribute the quotes too): what a proposal may replace."""
    segments: tuple[Attr, ...] = ()
    """attrpath, select: the segments before the one under the cursor in the same path."""
    base: Node | None = None
    """select: the expression before the path's first dot. inherit: the expression in parentheses."""
    enclosing: tuple[str | None, ...] | None = None
    """Names of the bindings round the place, outermost first, `*` for a list's element: the place's path in the file's outermost set.
    None below a `let`, a call or a function, where the module has to be read to say."""
    binding: Node | None = None
    """attrpath: the binding itself. Elsewhere: the binding whose value (or part of it, under the same name) the place is."""
    in_list: bool = False
    """The place is an element of a list that is the binding's value, whatever its kind."""
    is_new: bool = False
    """attrpath: only the path is typed so far."""
    document: Document | None = None
    """The document that `base` and `binding` belong to: the one that was asked about, or an attempt with something put in."""
    offset: int = 0
    """Where the cursor is, in either document."""


_NUMBER = re.compile(rb"(?<![A-Za-z0-9_'.-])[0-9][0-9.e]*\Z")
_PATH = re.compile(rb"[A-Za-z0-9._+~-]*(?<!/)/(?![/*])[A-Za-z0-9._+/-]*\Z")
_BEHIND_PATH = re.compile(rb"[ \t]*[A-Za-z_][A-Za-z0-9_'-]*(?:\.[A-Za-z_\"][A-Za-z0-9_'@\"-]*)+[ \t]+")
_ENDED_BY_WITH = re.compile(rb"\b(?:with|assert)\b")
_PATH_REST = re.compile(rb"[A-Za-z0-9._+/-]*")

_SCOPES = frozenset({"attrset_expression", "rec_attrset_expression", "let_expression", "source_code"})
_OTHER_MEANING = frozenset({"let_attrset_expression", "select_expression", "interpolation", "formals"})
_PASSING = re.compile(r"(?:\A|\.)(?:mk[A-Z]\w*|optionals?|optionalAttrs|optionalString)\b[^.]*\Z")
"""Functions whose last argument stands for the value: `mkIf c`, `mkForce`, `lib.optional c`."""


def context_at(document: Document, offset: int) -> CursorContext:
    """Say what a byte offset is in. Never raises for malformed Nix."""
    offset = min(max(offset, 0), len(document.source))
    if _is_behind_path(document.source, offset):
        return _nowhere(document, offset)
    if plain := _plain(document, offset):
        return plain
    lexical = _lexical(document, offset)
    if lexical is not None:
        return lexical
    tries = list(islice(attempts(document, offset), _FEW if _is_extreme(document, offset) else None))
    if likeliest := _likeliest(document, offset, tries):
        attempt, was_sound = likeliest
        context, is_sound = _read(attempt.into(document), attempt, offset)
        if is_sound or not was_sound:
            return context
    _, context, _ = _best(document, offset, tries)
    return context


_USUAL = 8
"""So many of the likeliest attempts are made before a broken text is looked at."""


def _plain(document: Document, offset: int) -> CursorContext | None:
    """Read the place of a cursor from an attempt that makes all of the text sound: None where none does, or where it is none for a name.

    What has not changed since the text was last sound need not be parsed again for that, but a broken text has to be.
    """
    if document.sound is None or _is_long(document.source, offset):
        return None
    before = document.source[max(0, offset - AHEAD) : offset]
    line = before[line_start(before, len(before)) :]
    if is_quote_open(line) or _PATH.search(before) or _NUMBER.search(before):
        return None
    part = changed_bindings(document, offset)
    for attempt in islice(attempts(document, offset, in_string=False), None if part else _USUAL):
        if not _mends(attempt, document, part):
            continue
        attempted = attempt.into(document)
        if part is None and next(faults(attempted.root), None) is not None:
            continue
        chain = descent(attempted.root, attempt.place)
        if chain[-1].type != "identifier" or len(chain) > _DEEP:
            return None
        context, is_sound = _read(attempted, attempt, offset)
        return context if is_sound and context.kind != "none" else None
    return None


def _mends(attempt: Attempt, document: Document, part: Span | None) -> bool:
    """Tell whether an attempt makes a part of the text sound bindings; where there is no such part, it may."""
    if part is None:
        return bool(attempt.text) or not document.is_broken
    source = document.source
    if not part.start <= attempt.at <= part.end:
        return False
    mended = source[part.start : attempt.at] + attempt.text + source[attempt.at : part.end]
    return next(faults(Document(document.path, b"{" + mended + b"\n}").root), None) is None


def _best(document: Document, offset: int, tries: Sequence[Attempt]) -> tuple[Attempt, CursorContext, bool]:
    """Return the attempt that gives the soundest tree, how it reads, and whether it is sound round the cursor."""
    found: list[tuple[tuple[int, int], Attempt, CursorContext]] = []
    for attempt in tries:
        attempted = attempt.into(document)
        context, is_sound = _read(attempted, attempt, offset)
        if is_sound and context.kind != "none":
            return attempt, context, True
        count, covered = _score(attempted)
        found.append(((count + _UNLIKELY.get(context.kind, 0), covered), attempt, context))
    _, attempt, context = min(found, key=lambda each: each[0])
    return attempt, context, False


_LARGE = 2 * 1024
"""Bytes from which on it pays to try on an excerpt first."""


def _likeliest(document: Document, offset: int, tries: Sequence[Attempt]) -> tuple[Attempt, bool] | None:
    """Return the attempt that is best for the bindings round the cursor, and whether it makes them sound.

    A broken file takes as long to parse as a new one, and there may be twenty attempts. None where the file is small, or the bindings
    cannot be told.
    """
    part = None
    if len(document.source) > _LARGE:
        part = changed_bindings(document, offset) or bindings_round(document, offset)
    if part is None or any(attempt.at > part.end for attempt in tries):
        return None
    excerpt = Document(document.path, b"{" + document.source[part.start : part.end] + b"}")
    moved = part.start - 1
    here = [attempt.moved(-moved) for attempt in tries]
    attempt, _, is_sound = _best(excerpt, offset - moved, here)
    return attempt.moved(moved), is_sound


_UNLIKELY = {"none": 1, "formals": 4}
"""Faults that a reading has to save to be believed: an unclosed `{` is far more often a set than arguments."""


_FAULTS = 50
"""More faults than these are not told apart."""


def _score(document: Document) -> tuple[int, int]:
    """Return how broken a tree is: the number of its faults, and the bytes they cover."""
    count = covered = 0
    for fault in faults(document.root):
        count += 1
        covered += fault.end_byte - fault.start_byte
        if count == _FAULTS:
            break
    return count, covered


_FEW, _DEEP, _LONG = 2, 500, 4_000


def _is_extreme(document: Document, offset: int) -> bool:
    """Tell whether code is nested or broken beyond what people write: each attempt would cost as much as all of it."""
    if _is_long(document.source, offset):
        return True
    chain = descent(document.root, max(offset - 1, 0))
    return len(chain) > _DEEP or any(node.is_error and node.child_count > _LONG for node in chain)


def _is_long(source: bytes, offset: int) -> bool:
    start = line_start(source, offset)
    return source.find(b"\n", start, start + _LONG) < 0 and len(source) - start > _LONG


def _nowhere(document: Document, offset: int, kind: Kind = "none") -> CursorContext:
    return CursorContext(kind, "", Span(offset, offset), document=document, offset=offset)


def _lexical(document: Document, offset: int) -> CursorContext | None:
    """Recognise comments, paths and numbers, in which no name can begin."""
    node = descent(document.root, max(offset - 1, 0))[-1]
    if node.type == "comment" and node.start_byte < offset:
        block = (node.text or b"").startswith(b"/*")
        if offset < node.end_byte or (offset == node.end_byte and not block):
            return _nowhere(document, offset, "comment")
    if string_round(document, offset) is not None:
        return None
    before = document.source[max(0, offset - AHEAD) : offset]
    if is_quote_open(before[line_start(before, len(before)) :]):
        return None
    if path := _PATH.search(before):
        after = _PATH_REST.match(document.source, offset)
        whole = Span(offset - len(path[0]), after.end() if after else offset)
        return CursorContext("path", path[0].decode(), whole, document=document, offset=offset)
    return _nowhere(document, offset) if _NUMBER.search(before) else None


def _is_behind_path(source: bytes, offset: int) -> bool:
    """Tell whether a line begins a binding, and all that can follow is its `=`."""
    start = line_start(source, offset)
    if offset - start > AHEAD or not _BEHIND_PATH.fullmatch(source, start, offset):
        return False
    before = source[max(0, start - AHEAD) : start].rstrip()
    if before.endswith(b"{"):  # no argument's name has a dot in it
        return not before.endswith(b"${")
    ended = max(before.rfind(mark, 0, -1) for mark in (b";", b"{", b"}", b"\n"))
    return before.endswith(b";") and _ENDED_BY_WITH.search(before, ended + 1) is None


def _read(document: Document, attempt: Attempt, offset: int) -> tuple[CursorContext, bool]:
    """Read the place of a cursor from the document of an attempt, and tell whether its tree is sound round it."""
    string = string_round(document, offset)
    chain = descent(document.root, attempt.place if string is None else string.start_byte)
    if string is not None:
        chain = chain[: chain.index(string) + 1]
        context = _in_string(document, chain, offset)
    elif chain[-1].type == "identifier" and len(chain) > 1:
        context = _in_name(document, chain, offset)
    else:
        context = _nowhere(document, offset)
    if context.span.end > attempt.at:
        context = context._replace(span=Span(context.span.start, attempt.at))
    if context.kind == "attrpath":
        context = context._replace(is_new=attempt.put.lstrip(b'"').startswith(b" = x;"))
    scope = next((node for node in reversed(chain) if node.type in _SCOPES), document.root)
    is_sound = next(faults(scope), None) is None and not any(node.type == "ERROR" for node in chain)
    return context, is_sound


def _in_name(document: Document, chain: list[Node], offset: int) -> CursorContext:
    name, parent = chain[-1], chain[-2]
    typed = document.source[name.start_byte : offset].decode("utf-8", "replace")
    whole = Span(name.start_byte, name.end_byte)
    context = CursorContext("none", typed, whole, document=document, offset=offset)
    if parent.type == "attrpath":
        return _in_path(context, chain[:-1], name)
    if parent.type in {"inherited_attrs", "inherit"}:
        return _inherited(context, chain)
    if parent.type in {"formal", "formals"}:
        return context._replace(kind="formals")
    if parent.type == "variable_expression":
        return _expression(context, chain[:-1])
    if parent.type == "ERROR" and (before := name.prev_sibling) and before.type == "inherit":
        return context._replace(kind="inherit")
    return context


def _in_path(context: CursorContext, chain: list[Node], segment: Node) -> CursorContext:
    """Read a segment of an attribute path; `chain` ends in the path."""
    path, owner = chain[-1], chain[-2]
    segments = tuple(
        attr(child) for child in path.named_children if child.end_byte <= segment.start_byte and child.type != "comment"
    )
    if owner.type == "binding":
        return context._replace(kind="attrpath", segments=segments, enclosing=_around(chain[:-2]), binding=owner)
    if owner.type in {"select_expression", "has_attr_expression"}:
        base = owner.child_by_field_name("expression")
        return _valued(context._replace(kind="select", segments=segments, base=base), chain[:-1])
    return context


def _inherited(context: CursorContext, chain: list[Node]) -> CursorContext:
    inherit = next((node for node in reversed(chain) if node.type in {"inherit", "inherit_from"}), None)
    base = inherit.child_by_field_name("expression") if inherit else None
    return context._replace(kind="inherit", base=base, enclosing=_around(chain))


def _expression(context: CursorContext, chain: list[Node]) -> CursorContext:
    """Read a variable; `chain` ends in it."""
    valued = _valued(context, chain)
    is_element = valued.in_list or chain[-2].type == "list_expression"
    kind: Kind = "list" if is_element else "value" if valued.binding else "name"
    return valued._replace(kind=kind)


def _in_string(document: Document, chain: list[Node], offset: int) -> CursorContext:
    string = chain[-1]
    inner = Span(string.children[0].end_byte, string.children[-1].start_byte)
    content = read_string(string)
    end = content.to_content(offset) if content else None
    typed = content.text.encode()[:end] if content and end is not None else document.source[inner.start : offset]
    context = CursorContext("string", typed.decode("utf-8", "replace"), inner, document=document, offset=offset)
    parent = chain[-2] if len(chain) > 1 else None
    whole = Span(string.start_byte, string.end_byte)
    if parent is not None and parent.type == "attrpath":
        return _in_path(context._replace(span=whole), chain[:-1], string)
    if parent is not None and parent.type == "inherited_attrs":
        return _inherited(context._replace(span=whole), chain)
    return _valued(context, chain)


def _valued(context: CursorContext, chain: list[Node]) -> CursorContext:
    """Find the binding whose value the last node of a chain is, or is a part of under the same name."""
    in_list = False
    for index in range(len(chain) - 1, 0, -1):
        node, parent = chain[index], chain[index - 1]
        if parent.type == "binding":
            path, outer = parent.child_by_field_name("attrpath"), _around(chain[: index - 1])
            if path is None or path == node:
                break
            own = (attr(child).name for child in path.named_children if child.type != "comment")
            enclosing = None if outer is None else (*outer, *own)
            return context._replace(enclosing=enclosing, binding=parent, in_list=in_list)
        if parent.type == "list_expression":
            if in_list:
                break
            in_list = True
        elif not _passes(parent, node):
            break
    return context._replace(enclosing=_around(chain))


_BODIES = frozenset({"let_expression", "with_expression", "assert_expression"})


def _passes(parent: Node, node: Node) -> bool:
    """Tell whether a part of an expression stands for the whole of it."""
    if parent.type == "parenthesized_expression":
        return True
    if parent.type in _BODIES:
        return parent.child_by_field_name("body") == node
    if parent.type == "if_expression":
        return parent.child_by_field_name("condition") != node
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type in {"//", "++"}
    if parent.type == "apply_expression" and parent.child_by_field_name("argument") == node:
        function, _ = application(parent)
        return _PASSING.search(text(function)) is not None
    return False


def _around(chain: list[Node]) -> tuple[str | None, ...] | None:
    """Return the names of the bindings in a chain of nodes; None where something between them gives them another meaning."""
    names: list[str | None] = []
    is_merged = False
    for node, inner in zip(chain, (*chain[1:], None), strict=True):
        if node.type == "binding":
            path = node.child_by_field_name("attrpath")
            if path is not None and path != inner:
                names.extend(attr(child).name for child in path.named_children if child.type != "comment")
        elif node.type == "list_expression":
            if not is_merged:
                names.append("*")
        elif node.type == "ERROR":
            names.extend(_opened(node, inner))
        elif (
            (node.type == "function_expression" and names)
            or (node.type == "let_expression" and inner is not None and inner.type == "binding_set")
            or (node.type == "apply_expression" and inner is not None and not _passes(node, inner))
            or node.type in _OTHER_MEANING
        ):
            return None
        function = node.child_by_field_name("function") if node.type == "apply_expression" else None
        is_merged = function is not None and text(function).endswith("mkMerge")
    return tuple(names)


def _opened(error: Node, inner: Node | None) -> Iterator[str | None]:
    """Yield the names of the sets that are opened in a broken stretch of code and not closed before its part `inner`."""
    opened: list[tuple[str | None, ...]] = []
    path: tuple[str | None, ...] = ()
    for child in error.children:
        if child == inner:
            break
        if child.type == "attrpath":
            path = tuple(attr(segment).name for segment in child.named_children if segment.type != "comment")
        elif child.type == "{":
            opened.append(path)
            path = ()
        elif child.type == "}" and opened:
            opened.pop()
        elif child.type == ";":
            path = ()
    for names in opened:
        yield from names
    if inner is not None and inner.type in _SCOPES:
        yield from path
