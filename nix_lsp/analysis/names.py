"""The names of a whole file: what each use of a name is bound by, which names nobody uses, and which come from outside.

    known = names(document)
    found = known.at(offset)          # the binding (`Bound`) or the use (`Use`) whose name stands at a byte offset
    known.uses(found)                 # where a binding is used; `found.bound` is the binding of a use
    known.unused(), known.unbound()   # what nobody uses; what nothing binds
    free_names(node)                  # the names that an expression takes from outside of it

`nix_lsp.analysis.scope` answers for one name without looking at the rest of the file; both say the same. A name is looked up in the
scopes round it (`let`, `rec`, functions), then among the global names, and only then in the environments of `with`, which shadow nothing
(manual, "With-expressions"). `inherit x;` takes x from outside of the `let` or `rec` that it stands in, the `e` of `inherit (e) x;` is
inside of it. Which names a `rec` or a `let` has is known even if some are dynamic: those are in no scope.

How a text is read, and what is kept of it from keystroke to keystroke: `nix_lsp.analysis.name_scopes`.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.name_scopes import Kind, Portions, Scope, TooManyNamesError, read
from nix_lsp.analysis.scope import GLOBALS
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_WORD = re.compile(rb"[A-Za-z_][\w'-]*")
_IN_WORD = re.compile(rb"[\w'-]")


class Placed(NamedTuple):
    """A scope at its place in the file."""

    scope: Scope
    shift: int
    """Where its portion begins: what its offsets count from."""
    above: Placed | None

    @property
    def span(self) -> Span:
        """The bytes of the expression; for a `with` of its body."""
        return Span(self.shift + self.scope.start, self.shift + self.scope.end)


class Bound(NamedTuple):
    """A name that the file binds."""

    name: str
    kind: Kind
    spans: tuple[Span, ...]
    """Where it is bound, in order; several in `let a.b = 1; a.c = 2; in …`."""
    place: Placed
    """The expression that binds it."""


class Use(NamedTuple):
    """A name that is used."""

    name: str
    span: Span
    """Where; with quotes, where an `inherit` has them."""
    bound: Bound | None
    """What binds it; None: it is global, comes from a `with`, or nothing binds it."""
    withs: tuple[Span, ...] = ()
    """Where nothing binds it: the bodies of the `with` expressions round it, innermost first."""


class Names:
    """The names of one version of a file."""

    def __init__(self, source: bytes, top: Scope, *, is_complete: bool) -> None:
        self._source = source
        self.top = Placed(top, 0, None)
        self.is_complete = is_complete
        """False for a text that nests so many names that they were not read: nothing is said of it."""

    @cached_property
    def _notable(self) -> Sequence[Placed]:
        """The scopes with something notable in them."""
        return tuple(_places(self.top, notable=True))

    def at(self, offset: int) -> Bound | Use | None:
        """Return the binding whose name stands at a byte offset, or the use; None where no such name is.

        A name is also at the offset that it ends at. The attributes of sets that bind nothing, and of selections, are no such names.
        """
        for start in self._starts(offset):
            if (name := self._written(start)) is None:
                continue
            for place in self._chain(start):
                relative = start - place.shift
                # `inherit x;` in a `let` binds x and uses the x outside: it is told as the binding.
                if any(relative == at for _, at in place.scope.bound.get(name, ())):
                    return _bound(self._source, place, name)
                if relative in place.scope.uses.get(name, ()):
                    return self._use(name, start, place)
        return None

    def uses(self, bound: Bound) -> tuple[Span, ...]:
        """Return where a name is used that the file binds, in order; what it is inherited as counts as used there."""
        name, found = bound.name, list[Span]()
        pending = [bound.place]
        while pending:
            place = pending.pop()
            scope, shift = place.scope, place.shift
            is_owner = place is bound.place
            if not is_owner:
                found += [_extent(self._source, shift + at, name) for at in scope.outer.get(name, ())]
                if name in scope.bound:
                    continue
            found += [_extent(self._source, shift + at, name) for at in scope.uses.get(name, ())]
            pending += [Placed(inner, shift + by, place) for by, inner in scope.inner if name in inner.free]
        return tuple(sorted(found))

    def inherited_from(self, bound: Bound) -> Use | None:
        """Return the use of the outer name where a `let` or `rec` has `inherit x;`; None for any other binding."""
        above = bound.place.above
        offsets = bound.place.scope.outer.get(bound.name)
        if above is None or not offsets:
            return None
        return self._use(bound.name, bound.place.shift + offsets[0], above)

    def bindings(self) -> Iterator[Bound]:
        """Yield all names that the file binds: those of outer expressions first."""
        for place in _places(self.top):
            for name in place.scope.bound:
                yield _bound(self._source, place, name)

    def values(self) -> Iterator[Bound]:
        """Yield the names that a `let` or `rec` of the file binds: those of outer expressions first."""
        pending = [self.top]
        while pending:
            place = pending.pop()
            if place.scope.kind in {"let", "rec"}:
                for name in place.scope.bound:
                    yield _bound(self._source, place, name)
            inner = reversed(place.scope.inner)
            pending += [Placed(scope, place.shift + by, place) for by, scope in inner if scope.has_values]

    def unused(self) -> Iterator[Bound]:
        """Yield the names of `let` and of functions that nobody uses, or only what nobody uses; none that begin with `_`.

        Those of outer expressions come first.
        """
        for place in self._notable:
            for name in place.scope.bound if place.scope.dead else ():
                if name in place.scope.dead:
                    yield _bound(self._source, place, name)

    def unbound(self) -> Iterator[Use]:
        """Yield the uses of names that nothing binds: that are not global, and in no `with`."""
        wanted = {name for name in self.top.scope.bare if not is_global(name)}
        if not wanted:
            return
        pending = [self.top]
        found: list[Use] = []
        while pending:
            place = pending.pop()
            scope, shift = place.scope, place.shift
            if scope.kind == "with":
                continue
            for uses in (scope.uses, scope.outer):
                for name in wanted & uses.keys():
                    looked = place.above if uses is scope.outer and place.above else place
                    if _owner(looked, name) is None:
                        found += [Use(name, _extent(self._source, shift + at, name), None) for at in uses[name]]
            pending += [
                Placed(inner, shift + by, place) for by, inner in scope.inner if not wanted.isdisjoint(inner.bare)
            ]
        yield from sorted(found, key=lambda use: use.span)

    def idle_withs(self) -> Iterator[Placed]:
        """Yield the `with` expressions that no name comes from, whatever they have: each name in them is bound or global."""
        for place in self._notable:
            if place.scope.kind == "with" and not any(
                not is_global(name) and _owner(place, name) is None for name in place.scope.free
            ):
                yield place

    def idle_recs(self) -> Iterator[Placed]:
        """Yield the `rec` sets that use none of their own names."""
        for place in self._notable:
            if place.scope.kind == "rec" and place.scope.is_notable and not _uses_own(place.scope):
                yield place

    def _use(self, name: str, start: int, place: Placed) -> Use:
        span = _extent(self._source, start, name)
        if owner := _owner(place, name):
            return Use(name, span, _bound(self._source, owner, name))
        withs: list[Span] = []
        above: Placed | None = None if is_global(name) else place
        while above is not None:
            if above.scope.kind == "with":
                withs.append(above.span)
            above = above.above
        return Use(name, span, None, tuple(withs))

    def _chain(self, offset: int) -> list[Placed]:
        """Return the scopes that hold a byte, innermost first."""
        chain = [self.top]
        while True:
            place = chain[-1]
            for by, scope in place.scope.inner:
                shift = place.shift + by
                if shift + scope.start <= offset < shift + scope.end:
                    chain.append(Placed(scope, shift, place))
                    break
            else:
                chain.reverse()
                return chain

    def _starts(self, offset: int) -> Iterator[int]:
        """Yield where a name may begin that a byte offset lies in: with and without what may quote it."""
        start = offset
        while start > 0 and _IN_WORD.match(self._source, start - 1):
            start -= 1
        while start < offset and not _WORD.match(self._source, start):
            start += 1  # `-a`: no name begins with what one may hold further on
        for quote in (b"", b'"', b'${"'):
            if self._source.startswith(quote, start - len(quote)):
                yield start - len(quote)

    def _written(self, start: int) -> str | None:
        """Return the name that is written from a byte offset on."""
        while start < len(self._source) and self._source[start] in b'${"':
            start += 1
        found = _WORD.match(self._source, start)
        return found[0].decode() if found else None


def names(document: Document) -> Names:
    """Return the names of a document. The answer for its version is kept: to ask again costs nothing. Never raises for malformed Nix."""
    return document.lineage.of(_Kept).of(document)


def free_names(node: Node) -> Mapping[str, tuple[Span, ...]]:
    """Return the names that an expression takes from outside of it and where it uses them, in the order of the text.

    Global names (`is_global`) and those that may come from a `with` inside of it or round it are among them.
    """
    top = read(node, None, node.start_byte)
    found: dict[str, list[Span]] = {}
    pending = [Placed(top, node.start_byte, None)]
    source = node.text or b""
    while pending:
        place = pending.pop()
        scope, shift = place.scope, place.shift
        for uses, above in ((scope.uses, place), (scope.outer, place.above)):
            for name in uses.keys() & top.free:
                if above is None or _owner(above, name) is None:
                    for at in uses[name]:
                        start, end = _extent(source, at, name)
                        found.setdefault(name, []).append(Span(start + shift, end + shift))
        pending += [
            Placed(inner, shift + by, place) for by, inner in scope.inner if not top.free.isdisjoint(inner.free)
        ]
    ordered = sorted((sorted(spans), name) for name, spans in found.items())
    return {name: tuple(spans) for spans, name in ordered}


def is_global(name: str) -> bool:
    """Tell whether a name is bound where nothing in a file binds it. All builtins are, with `__` in front: such a name may be one."""
    return name in GLOBALS or name.startswith("__")


class _Kept:
    """What is known of the names of one open file, over its versions."""

    def __init__(self) -> None:
        self._source: bytes | None = None
        self._names: Names | None = None
        self._portions = Portions()

    def of(self, document: Document) -> Names:
        if self._names is None or self._source is not document.source:
            portions = None if document.version is None else self._portions
            self._portions.turn_to(document)
            try:
                top, is_complete = read(document.root, portions, 0), True
            except TooManyNamesError:
                top, is_complete = Scope("file", 0, len(document.source)), False
            self._portions.forget()
            self._source, self._names = document.source, Names(document.source, top, is_complete=is_complete)
        return self._names


def _places(top: Placed, *, notable: bool = False) -> Iterator[Placed]:
    """Yield the scopes below one, outer ones first, in the order of the text; only those with something notable in them, if asked."""
    pending = [top]
    while pending:
        place = pending.pop()
        yield place
        pending += [
            Placed(scope, place.shift + by, place)
            for by, scope in reversed(place.scope.inner)
            if scope.is_notable or not notable
        ]


def _owner(place: Placed | None, name: str) -> Placed | None:
    """Return the innermost scope, from one outward, that binds a name."""
    while place is not None and name not in place.scope.bound:
        place = place.above
    return place


def _uses_own(scope: Scope) -> bool:
    bound = scope.bound.keys()
    return not bound.isdisjoint(scope.uses) or any(not bound.isdisjoint(inner.free) for _, inner in scope.inner)


def _bound(source: bytes, place: Placed, name: str) -> Bound:
    sites = place.scope.bound[name]
    spans = tuple(sorted(_extent(source, place.shift + at, name) for _, at in sites))
    return Bound(name, sites[0][0], spans, place)


def _extent(source: bytes, start: int, name: str) -> Span:
    """Return the bytes of a name that begins at an offset, with what quotes it; nothing where it is only implied."""
    written = name.encode()
    for before, after in ((b"", b""), (b'"', b'"'), (b'${"', b'"}')):
        if source.startswith(before + written + after, start):
            return Span(start, start + len(before) + len(written) + len(after))
    return Span(start, start)
