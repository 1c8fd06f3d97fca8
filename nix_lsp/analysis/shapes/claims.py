"""What surely fails: selections of attributes that a set does not have, calls that a function refuses.

Only sets that are known in full and functions that are seen as they are written tell. Where the code asks itself whether there is such
an attribute (`x ? a`, `x.a or b`, `hasAttr`, `tryEval`), it is left alone.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.names import names
from nix_lsp.analysis.shapes.inference import Inference
from nix_lsp.analysis.shapes.shape import Attrs, Function
from nix_lsp.syntax.ast import attr, descent, span, text, unparenthesized
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.shapes.shape import Place
    from nix_lsp.syntax.document import Document

_STEPS = 1_500
"""Expressions that are looked at for one place."""
_ALL_STEPS = 30_000
"""And for all places of a file: some 200 ms at worst."""
_BEFORE = re.compile(rb"inherit\s*\(\s*\Z")
_NAMES = 800
"""So many names of a file are looked at; one that binds more is generated."""
_BLANK = 80
"""Bytes before a name in `inherit (name)`."""
_CALL = re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:\{|rec\b)")
_SELECT = re.compile(rb"\s*\.\s*[A-Za-z_\"$]")
_IMPORTED = re.compile(rb"\bimport\s+[^\s;(){}\[\]]*/[^\s;(){}\[\]]*\s*(?:\)\s*\.|\{|rec\b)")
_AROUND = 40
"""Nodes round a place that are looked at."""
_TRYING = frozenset({"tryEval", "builtins.tryEval"})
_LONGEST_TRYING = max(map(len, _TRYING))


class Lacking(NamedTuple):
    """A selection of what a set does not have."""

    span: Span
    """Of the attribute's name."""
    name: str
    owner: str
    """The set, as it is written."""
    has: tuple[str, ...]
    """The names that it has."""
    place: tuple[str, Span] | None
    """The file and the bytes of the set, where it is one expression."""


class Refused(NamedTuple):
    """A call of a function with arguments that it does not take, or without some that it needs."""

    span: Span
    """Of the argument that is one too many, else of the function."""
    function: str
    """As it is written."""
    unexpected: str | None
    missing: tuple[str, ...]
    takes: tuple[str, ...]
    """The names that it takes."""
    place: tuple[str, Span]
    """The file and the bytes of its formals."""


def claims(project: Project, document: Document) -> Iterator[Lacking | Refused]:
    """Yield what surely fails in a document whose text is without faults."""
    # What functions are called with is never certain.
    inference = Inference(project, _STEPS, is_outward=False)
    left = _ALL_STEPS
    seen: set[int] = set()
    for offset in sorted(_offsets(inference, document)):
        inference.steps = before = min(_STEPS, left)
        if left <= 0:
            return
        for node in _round(document, offset):
            if node.id not in seen:
                seen.add(node.id)
                yield from _judged(inference, document, node)
        left -= before - inference.steps


def _offsets(inference: Inference, document: Document) -> Iterator[int]:
    """Yield where something is selected from, or called, that the file imports, or binds to a set or a function that is known."""
    source = document.source
    yield from (found.start() for found in _IMPORTED.finditer(source))
    known = names(document)
    for bound in islice(known.values(), _NAMES):
        starts = [use.start for use in known.uses(bound) if _is_telling(source, use)]
        if starts and _is_known(inference, document, bound.name, starts[0]):
            yield from starts


def _is_telling(source: bytes, use: Span) -> bool:
    """Tell whether something is selected from a use of a name, or it is called with a set."""
    if _SELECT.match(source, use.end) or _CALL.match(source, use.end):
        return True
    return _BEFORE.search(source, max(use.start - _BLANK, 0), use.start) is not None


def _is_known(inference: Inference, document: Document, name: str, offset: int) -> bool:
    """Tell whether a name that the file binds is a set or a function of which something is known: the same at each of its uses."""
    node = document.root.descendant_for_byte_range(offset, offset + 1)
    inference.steps = _STEPS
    found = inference.look_up(name, inference.frame_at(document, node)).shape if node else None
    return isinstance(found, Attrs | Function)


def _round(document: Document, offset: int) -> Iterator[Node]:
    """Yield the nodes at an offset that select from what begins there, or call it."""
    outwards = list(reversed(descent(document.root, offset)[-_AROUND:]))
    if any(_is_tried(node) for node in outwards):
        return
    inside: Node | None = None
    for node in outwards:
        if node.type == "select_expression" and inside is not None:
            if node.child_by_field_name("expression") == inside:
                yield node
        elif node.type == "apply_expression" and inside is not None:
            if node.child_by_field_name("function") != inside:
                return
            yield node
        elif node.type == "inherit_from":
            if inside is not None and node.child_by_field_name("expression") == inside:
                yield node
            return
        elif node.type not in {"identifier", "variable_expression", "parenthesized_expression"}:
            return
        inside = node


def _is_tried(node: Node) -> bool:
    """Tell whether a node is `tryEval …`."""
    function = node.child_by_field_name("function") if node.type == "apply_expression" else None
    if function is None or function.end_byte - function.start_byte > _LONGEST_TRYING:
        return False
    return text(function) in _TRYING


def _judged(inference: Inference, document: Document, node: Node) -> Iterator[Lacking | Refused]:
    match node.type:
        case "select_expression":
            yield from _selection(inference, document, node)
        case "inherit_from":
            yield from _inherited(inference, document, node)
        case _:
            yield from _called(inference, document, node)


def _selection(inference: Inference, document: Document, node: Node) -> Iterator[Lacking]:
    base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
    if base is None or path is None or node.child_by_field_name("default") is not None:
        return
    shape = inference.shape_at(document, base)
    for segment in path.children_by_field_name("attr"):
        name = attr(segment).name
        if name is None or not isinstance(shape, Attrs):
            return
        found = shape.attribute(name)
        if found is None:
            if shape.is_exact and name != text(base) and not _is_asked(document, name):
                owner = document.source[node.start_byte : segment.start_byte].decode("utf-8", "replace")
                yield _lacking(shape, span(segment), name, owner.rstrip().removesuffix(".").rstrip())
            return
        shape = found.shape


def _inherited(inference: Inference, document: Document, node: Node) -> Iterator[Lacking]:
    source, inherited = node.child_by_field_name("expression"), node.child_by_field_name("attrs")
    if source is None or inherited is None:
        return
    shape = inference.shape_at(document, source)
    if not isinstance(shape, Attrs) or not shape.is_exact:
        return
    for child in inherited.named_children:
        name = attr(child).name if child.type != "comment" else None
        if name is not None and shape.attribute(name) is None and not _is_asked(document, name):
            yield _lacking(shape, span(child), name, text(unparenthesized(source)))


def _lacking(shape: Attrs, where: Span, name: str, owner: str) -> Lacking:
    place = (shape.path, span(shape.node)) if shape.node is not None else None
    return Lacking(where, name, owner, tuple(shape.own), place)


def _is_asked(document: Document, name: str) -> bool:
    """Tell whether the file asks anywhere whether there is an attribute of this name."""
    source, word = document.source, re.escape(name.encode())
    if name.encode() not in source:
        return True
    return bool(
        re.search(rb"\?\s*(?:[\w'\"${}-]+\s*\.\s*)*\"?" + word + rb"(?![\w'-])", source)
        or re.search(rb"\"" + word + rb"\"", source)
    )


def _called(inference: Inference, document: Document, node: Node) -> Iterator[Refused]:
    callee, argument = node.child_by_field_name("function"), node.child_by_field_name("argument")
    if callee is None or argument is None:
        return
    written = unparenthesized(argument)
    if written.type not in {"attrset_expression", "rec_attrset_expression"}:
        return
    function = inference.shape_at(document, callee)
    formals = function.node.child_by_field_name("formals") if isinstance(function, Function) else None
    if formals is None or not isinstance(function, Function) or formals.has_error:
        return
    given = inference.shape_at(document, argument)
    if isinstance(given, Attrs):
        yield from _refused(document, function, formals, given, callee, written)


def _refused(
    document: Document, function: Function, formals: Node, given: Attrs, callee: Node, written: Node
) -> Iterator[Refused]:
    takes: dict[str, bool] = {}
    for formal in formals.children_by_field_name("formal"):
        if name := formal.child_by_field_name("name"):
            takes[text(name)] = formal.child_by_field_name("default") is not None
    place = (function.frame.document.path, span(formals))
    shown = " ".join(text(callee).split())
    is_open = any(child.type == "ellipses" for child in formals.named_children)
    for name, found in given.own.items():
        if not is_open and found.is_certain and name not in takes:
            where = _within(found.places, document, written)
            yield Refused(where or span(callee), shown, name, (), tuple(takes), place)
    missing = tuple(
        name for name, has_default in takes.items() if not has_default and given.is_exact and not given.attribute(name)
    )
    if missing:
        yield Refused(span(callee), shown, None, missing, tuple(takes), place)


def _within(places: Sequence[Place], document: Document, written: Node) -> Span | None:
    """Return where in an expression of a document one of some places is."""
    whole = span(written)
    return next((place.span for place in places if place.path == document.path and _holds(whole, place.span)), None)


def _holds(whole: Span, part: Span) -> bool:
    return whole.start <= part.start and part.end <= whole.end
