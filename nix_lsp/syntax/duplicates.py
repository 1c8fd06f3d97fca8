"""Attributes that are defined twice, as Nix' own parser sees it: it refuses the whole file.

The rules are those of `ParserState::addAttr` (NixOS/nix, `src/libexpr/include/nix/expr/parser-state.hh`): `a.b = 1; a.c = 2;` make one
set, and so do `a = { b = 1; }; a.c = 2;` and two sets that are written out; everything else that names an attribute again is an error, in
`let` and after `inherit` too. Names that only evaluation knows are no matter of the parser.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import attr, attrs, span, unparenthesized
from nix_lsp.syntax.portions import portions
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node, Query

    from nix_lsp.syntax.ast import Attr
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.portions import Portion

_SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
_DEPTH = 64
"""Sets within sets that are written twice."""
_DEEPEST = 2_000
"""Levels of the tree that are searched: tree-sitter's queries take a time that grows with the square of the depth."""
_WIDEST = 5_000
"""Parts that a piece of no Nix has at most if it is searched: the time grows with the square of their number too."""


_PIECE = 4_096
"""Bytes of a node from which on its parts are looked at one by one."""
_SPARE = 4
"""Texts are forgotten when there are so many times more of them than the file has."""
_LEAST = 1_000
"""Fewer than these are never forgotten."""
_MANY = 1_000


class Definition(NamedTuple):
    """What gives an attribute its value."""

    binding: Node
    """A `binding`, or the name inside an `inherit`."""
    path: tuple[str, ...]
    """The attribute's names, from the set in which both definitions stand."""
    span: Span
    """The bytes of these names, as far as they stand in this binding."""


class Duplicate(NamedTuple):
    """An attribute that is defined a second time."""

    first: Definition
    second: Definition
    is_refused: bool = True
    """Nix refuses to read that; else it joins two sets of which one alone is a `rec`, and takes the first one's word for both."""


def duplicates(document: Document) -> Iterator[Duplicate]:
    """Yield the attributes of a document that are defined twice, those of outer sets first."""
    return (found for found in _all(document) if found.is_refused)


def mixed(document: Document) -> Iterator[Duplicate]:
    """Yield the sets of a document that are joined though one of them is a `rec` and the other one is not."""
    return (found for found in _all(document) if not found.is_refused)


def _all(document: Document) -> Iterator[Duplicate]:
    root = document.root
    if root.child_count > _WIDEST or any(child.is_error and child.child_count > _WIDEST for child in root.children):
        return
    if document.version is None:
        yield from _within(root)
    else:
        yield from document.lineage.of(_Sound).of(document)


def _within(node: Node) -> Iterator[Duplicate]:
    from tree_sitter import QueryCursor

    cursor = QueryCursor(_query())
    cursor.set_max_start_depth(_DEEPEST)
    for owner in cursor.captures(node).get("set", ()):
        yield from _of_set(owner)


def _of_set(owner: Node) -> Iterator[Duplicate]:
    if _may_repeat(owner):
        yield from _Merge().add_all(list(_parts(owner)))


class _Sound:
    """The bindings of one open file, over its versions, in which nothing is defined twice."""

    def __init__(self) -> None:
        self._known: dict[bytes, Sequence[bytes] | None] = {}
        """By the text of a binding: `_paths`."""
        self._source: bytes | None = None
        self._found: Sequence[Duplicate] = ()

    def of(self, document: Document) -> Sequence[Duplicate]:
        """Return what is defined twice in a version of the file: all of it, or the first thousand."""
        if self._source is not document.source:
            self._source, self._found = document.source, tuple(islice(self.rest(document), _MANY))
        return self._found

    def rest(self, document: Document) -> Iterator[Duplicate]:
        """Look at all that is not known to be sound."""
        asked = 0
        pending = [(document.root, 0)]
        while pending:
            node, depth = pending.pop()
            if node.end_byte - node.start_byte <= _PIECE:
                yield from _within(node)
            elif node.type == "binding_set":
                parts = portions(document, node)
                asked += len(parts)
                inner: list[Node] = []
                yield from self._of_large(node, parts, inner)
                pending += [(binding, depth + 1) for binding in reversed(inner) if depth < _DEEPEST]
            elif depth < _DEEPEST:
                pending += [(child, depth + 1) for child in reversed(node.named_children)]
        if len(self._known) > _SPARE * asked + _LEAST:
            self._known = {}

    def _of_large(self, owner: Node, parts: Sequence[Portion], inner: list[Node]) -> Iterator[Duplicate]:
        """Look at a large set, and into those of its bindings that are small and not known; the other ones go to `inner`."""
        known = self._known
        written: list[bytes] | None = []
        for binding, text, _ in parts:
            if text in known:
                paths = known[text]
            else:
                paths = _paths(binding)
                if len(text) > _PIECE:
                    inner.append(binding)
                else:
                    found = list(_within(binding))
                    yield from found
                    if not found and binding.type == "binding" and not binding.has_error:
                        known[text] = paths
            if paths is None or written is None:
                written = None
            else:
                written += paths
        if written is None or _repeats(written):
            yield from _Merge().add_all(list(_parts(owner)))


@cache
def _query() -> Query:
    from tree_sitter import Query

    from nix_lsp.syntax.parse import language

    return Query(language(), "(binding_set) @set")


def _may_repeat(owner: Node) -> bool:
    """Tell whether a path that a `binding_set` binds may be another's, or lie below it: most need no closer look than at their text."""
    written: list[bytes] = []
    for binding in owner.named_children:
        paths = _paths(binding)
        if paths is None:
            return True
        written += paths
    return _repeats(written)


def _paths(binding: Node) -> Sequence[bytes] | None:
    """Return the paths that a part of a set binds, as they are written, without quotes; None for one that may be written otherwise too."""
    if binding.type == "binding":
        path = binding.child_by_field_name("attrpath")
        written = ((path.text or b"") if path is not None else b"").replace(b'"', b"")
        return None if _PECULIAR.search(written) else (written,)
    names = binding.child_by_field_name("attrs") if binding.type != "comment" else None
    return [(name.text or b"").replace(b'"', b"") for name in (names.named_children if names else ())]


def _repeats(written: Sequence[bytes]) -> bool:
    """Tell whether of some paths two are the same, or one lies below another."""
    paths = set(written)
    if len(paths) < len(written):
        return True
    for path in paths:
        end = path.rfind(b".")
        while end > 0:
            if path[:end] in paths:
                return True
            end = path.rfind(b".", 0, end)
    return False


_PECULIAR = re.compile(rb"[\s\\#]|\$\{|/\*")
"""What a path may hold beside names and dots: space, comments, escapes, interpolations."""


class _Part(NamedTuple):
    """One name with its path that a set binds."""

    binding: Node
    path: tuple[Attr, ...]
    value: Node | None
    """The set that is written out as its value; None for any other value."""


def _parts(owner: Node) -> Iterator[_Part]:
    """Yield what the bindings directly in a `binding_set` bind."""
    for binding in owner.named_children:
        if binding.type == "binding":
            path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
            if path is None or value is None or path.has_error:
                continue
            value = unparenthesized(value)
            yield _Part(binding, attrs(path), value if value.type in _SETS else None)
        elif binding.type in {"inherit", "inherit_from"}:
            names = binding.child_by_field_name("attrs")
            for name in names.named_children if names else ():
                if name.type != "comment":
                    yield _Part(name, (attr(name),), None)


class _Set:
    """An attribute set that may still grow."""

    def __init__(self, definition: Definition, written: Node | None) -> None:
        self.definition = definition
        self.attributes: dict[str, _Set | Definition] = {}
        self.is_recursive = written is not None and written.type == "rec_attrset_expression"
        self.unread = [written] if written is not None else []
        """Sets whose bindings have not been looked at: most are never defined again."""


class _Merge:
    """Puts the bindings of one set together, as the parser does."""

    def __init__(self) -> None:
        self._attributes: dict[str, _Set | Definition] = {}

    def add_all(self, parts: list[_Part]) -> Iterator[Duplicate]:
        for part in parts:
            yield from self._add(self._attributes, part, (), 0)

    def _add(
        self, attributes: dict[str, _Set | Definition], part: _Part, above: tuple[str, ...], depth: int
    ) -> Iterator[Duplicate]:
        names = above
        for index, (name, where) in enumerate(part.path):
            if name is None:
                return
            names = (*names, name)
            here = Definition(part.binding, names, Span(part.path[0].span.start, where.end))
            known, is_last = attributes.get(name), index == len(part.path) - 1
            if known is None:
                if is_last and part.value is None:
                    attributes[name] = here
                    return
                known = attributes[name] = _Set(here, part.value if is_last else None)
                if is_last:
                    return
            elif isinstance(known, Definition) or (is_last and part.value is None):
                first = known if isinstance(known, Definition) else known.definition
                yield Duplicate(first, here)
                return
            elif is_last and part.value is not None and depth < _DEPTH:
                if known.is_recursive != (part.value.type == "rec_attrset_expression"):
                    yield Duplicate(known.definition, here, is_refused=False)
                self._read(known, names, depth)
                for inner in _inside(part.value):
                    yield from self._add(known.attributes, inner, names, depth + 1)
                return
            if known.is_recursive:
                yield Duplicate(known.definition, here, is_refused=False)
            self._read(known, names, depth)
            attributes = known.attributes

    def _read(self, known: _Set, names: tuple[str, ...], depth: int) -> None:
        """Look at the bindings of a set. What is defined twice inside it is told where that set itself is looked at."""
        while known.unread:
            for part in _inside(known.unread.pop()):
                for _ in self._add(known.attributes, part, names, depth + 1):
                    pass


def _inside(owner: Node) -> Iterator[_Part]:
    for child in owner.named_children:
        if child.type == "binding_set":
            yield from _parts(child)


def value_of(definition: Definition) -> Node | None:
    """Return the value expression of a definition, if it is a binding of exactly that attribute; None for an `inherit`."""
    path = definition.binding.child_by_field_name("attrpath") if definition.binding.type == "binding" else None
    if path is None or span(path).end != definition.span.end:
        return None
    return definition.binding.child_by_field_name("expression")
