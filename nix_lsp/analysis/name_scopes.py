"""The scopes of a text: what each of them binds and uses, and what it takes from outside.

What is found inside a binding rests on its text alone. It is kept by that text over the versions of an open file (`Portions`), with offsets
that count from the binding, so that a keystroke costs what its own binding costs and a pass over those of the file.
`nix_lsp.analysis.names` is what is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from nix_lsp.analysis.scope import introduced
from nix_lsp.syntax.ast import attr
from nix_lsp.syntax.portions import portions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.portions import Portion

Kind = Literal["let", "rec", "formal", "argument", "alias", "inherit"]
"""`argument` is the `x` of `x:`, `alias` the `args` of `args@{ … }:`, `inherit` a name that a `let` or `rec` inherits."""
ScopeKind = Literal["file", "value", "let", "rec", "function", "with", "broken"]
"""`value`: the value of a binding, which binds nothing itself; `broken`: what is no Nix, with the names that it seems to bind."""

PORTION: Final = 4_096
"""Bytes of a binding up to which all that is found in it is kept together."""
_MOST = 3_000_000
"""So many names are carried from scope to scope: ten times those of nixpkgs' largest files. Text that needs more is nobody's."""
_SPARE = 4
"""Bindings are forgotten when there are so many times more of them than the file has: those of former texts."""
_LEAST = 1_000
"""Fewer than these are never forgotten."""
_RUN = 64
"""So many bindings of a large set are taken together."""
_NONE: frozenset[str] = frozenset()


class Scope:
    """An expression that binds names, or a part of a text that is looked at by itself. Offsets count from where its portion begins."""

    __slots__ = (
        "bare",
        "bound",
        "dead",
        "end",
        "free",
        "has_values",
        "inner",
        "is_notable",
        "kind",
        "live",
        "of",
        "outer",
        "start",
        "uses",
    )

    def __init__(self, kind: ScopeKind, start: int, end: int, of: tuple[str, ...] = ()) -> None:
        self.kind: ScopeKind = kind
        self.start = start
        self.end = end
        """For `with`: those of its body, for all others of the whole expression."""
        self.of = of
        """`value`: the names that it is the value of."""
        self.bound: dict[str, list[tuple[Kind, int]]] = {}
        """The names that it binds, and where: several times in `a.b = 1; a.c = 2;`."""
        self.uses: dict[str, list[int]] = {}
        """Names that are used directly in it, and where."""
        self.outer: dict[str, list[int]] = {}
        """`let`, `rec`: names that it inherits from outside."""
        self.inner: list[tuple[int, Scope]] = []
        """The scopes directly in it, in order, each with how far its portion begins behind this one."""
        self.free = _NONE
        """Names that are used in it and not bound by it."""
        self.live = _NONE
        """Those of them that are not only used for bindings which nobody uses."""
        self.bare = _NONE
        """Those of them that are used outside of any `with` in it."""
        self.dead = _NONE
        """Names that it binds and nobody uses; never those of a `rec`, and none that begin with `_`."""
        self.has_values = False
        """It, or a scope in it, is a `let` or a `rec` that binds names."""
        self.is_notable = False
        """It, or a scope in it, has dead names, is a `with`, or a `rec` that uses none of its names."""

    def bind(self, name: str, kind: Kind, offset: int) -> None:
        self.bound.setdefault(name, []).append((kind, offset))

    def settle(self, unions: _Unions) -> int:
        """Work out what is used, when all scopes in it have; return how many names were looked at."""
        inner = unions.of([scope for _, scope in self.inner])
        free = inner.free.union(self.uses)
        bare = inner.bare.union(self.uses)
        live = self._of_let() if self.kind == "let" else inner.live.union(self.uses)
        work = len(free)
        if self.bound:
            if self.kind in {"let", "function"}:
                self.dead = frozenset([name for name in self.bound if name not in live and not name.startswith("_")])
            elif self.kind == "rec":
                self.is_notable = self.bound.keys().isdisjoint(free)
            free, live, bare = (names.difference(self.bound) for names in (free, live, bare))
        elif self.kind == "rec":
            self.is_notable = True
        if self.outer:
            free, bare = free.union(self.outer), bare.union(self.outer)
            live = live.union([name for name in self.outer if name not in self.dead])
        self.free = free
        self.live = free if len(live) == len(free) else live
        self.bare = _NONE if self.kind == "with" else free if len(bare) == len(free) else bare
        self.has_values = inner.has_values or (bool(self.bound) and self.kind in {"let", "rec"})
        self.is_notable |= bool(self.dead) or self.kind == "with" or inner.is_notable
        return work + len(self.inner)

    def _of_let(self) -> frozenset[str]:
        """Return the names that the body uses, and those that the bindings do which it uses, and so on."""
        live = set(self.uses)
        values: dict[str, list[Scope]] = {}
        for _, scope in self.inner:
            if scope.kind != "value" or not scope.of or any(name.startswith("_") for name in scope.of):
                live |= scope.live
            for name in scope.of:
                values.setdefault(name, []).append(scope)
        pending = list(live)
        while pending:
            for scope in values.pop(pending.pop(), ()):
                pending += scope.live - live
                live |= scope.live
        return frozenset(live)


class _Union(NamedTuple):
    """What several scopes use together."""

    free: frozenset[str]
    live: frozenset[str]
    bare: frozenset[str]
    is_notable: bool
    has_values: bool


_NOTHING = _Union(_NONE, _NONE, _NONE, is_notable=False, has_values=False)


class _Unions:
    """What many scopes of one set use together: of those that an edit has left alone it is known."""

    def __init__(self) -> None:
        self._known: dict[tuple[Scope, ...], _Union] = {}
        self._seen: dict[tuple[Scope, ...], _Union] = {}

    def of(self, scopes: list[Scope]) -> _Union:
        if not scopes:
            return _NOTHING
        if len(scopes) <= _RUN:
            return self._united(scopes)
        runs = [self._of_run(tuple(scopes[start : start + _RUN])) for start in range(0, len(scopes), _RUN)]
        return self._united(runs)

    def forget(self) -> None:
        """Forget what was not asked for since the last time."""
        self._known, self._seen = self._seen, {}

    def _of_run(self, run: tuple[Scope, ...]) -> _Union:
        if (found := self._known.get(run)) is None:
            found = self._known[run] = self._united(run)
        self._seen[run] = found
        return found

    @staticmethod
    def _united(parts: Sequence[_Union | Scope]) -> _Union:
        if len(parts) == 1:
            (part,) = parts
            return _Union(part.free, part.live, part.bare, part.is_notable, part.has_values)
        free = _NONE.union(*[part.free for part in parts])
        bare = _NONE.union(*[part.bare for part in parts])
        is_alive = all(part.live is part.free for part in parts)
        live = free if is_alive else _NONE.union(*[part.live for part in parts])
        is_notable, has_values = (any(part.is_notable for part in parts), any(part.has_values for part in parts))
        return _Union(free, live, bare, is_notable, has_values)


class Portions:
    """The bindings whose names are known by their text."""

    def __init__(self) -> None:
        self.unions = _Unions()
        self._document: Document | None = None
        self.known: dict[bytes, Scope] = {}
        """By the text of a binding in a set that binds no names."""
        self._values: dict[tuple[bytes, str], Scope] = {}
        """By the text and name of a binding in a `let` or `rec`."""
        self._asked = 0

    def turn_to(self, document: Document) -> None:
        """Begin with another version of the file."""
        self._document = document

    def parts(self, binding_set: Node) -> Sequence[Portion]:
        """Return what stands in a set."""
        found = portions(self._document, binding_set) if self._document else ()
        self._asked += len(found)
        return found

    def read(self, binding: Node, text: bytes) -> Scope | None:
        """Return the names in a binding of a set that are not known; None if it is too large to be looked at by itself, or broken."""
        if len(text) > PORTION or binding.has_error:
            return None
        scope = self.known[text] = read(binding, None, binding.start_byte)
        return scope

    def value(self, binding: Node, name: str) -> Scope | None:
        """Return the names in a binding that binds a name; None as in `read`."""
        self._asked += 1
        text = binding.text or b""
        if (scope := self._values.get((text, name))) is None:
            if len(text) > PORTION or binding.has_error:
                return None
            scope = self._values[text, name] = read(binding, None, binding.start_byte, (name,))
        return scope

    def forget(self) -> None:
        """Forget the bindings of former texts when they have become many."""
        self.unions.forget()
        if len(self.known) + len(self._values) > _SPARE * self._asked + _LEAST:
            self.known, self._values = {}, {}
        self._asked = 0


class TooManyNamesError(Exception):
    """A text carries more names from scope to scope than anybody writes."""


def read(root: Node, portions: Portions | None, base: int, of: tuple[str, ...] = ()) -> Scope:
    """Read the names of a node; `base` is the byte offset that theirs count from, `of` what it is the value of."""
    top = Scope("value" if root.type == "binding" else "file", root.start_byte - base, root.end_byte - base, of)
    reading = _Reading(portions, base)
    if root.type == "binding":
        reading.enter(root.named_children, top)
    else:
        reading.pending.append((root, top))
    reading.run()
    unions = portions.unions if portions else _Unions()
    work = 0
    for scope in reversed(reading.scopes):  # what is in a scope has been begun after it
        work += scope.settle(unions)
        if work > _MOST:
            raise TooManyNamesError
    top.settle(unions)
    return top


class _Reading:
    """One walk over a tree, without recursion: text may nest deeper than Python's stack."""

    def __init__(self, portions: Portions | None, base: int) -> None:
        self._portions = portions
        self._base = base
        self.pending: list[tuple[Node, Scope]] = []
        self.scopes: list[Scope] = []
        self._readers = {
            "variable_expression": self._variable,
            "spath_expression": self._search_path,
            "binding_set": self._binding_set,
            "inherit": self._inherit,
            "let_expression": self._let,
            "let_attrset_expression": self._let,
            "rec_attrset_expression": self._rec,
            "function_expression": self._function,
            "with_expression": self._with,
            "ERROR": self._broken,
        }

    def run(self) -> None:
        pending, readers = self.pending, self._readers
        while pending:
            node, scope = pending.pop()
            if reader := readers.get(node.type):
                reader(node, scope)
            elif children := node.named_children:
                pending += [(child, scope) for child in reversed(children)]

    def enter(self, nodes: list[Node], scope: Scope) -> None:
        """Go on with some nodes, all in one scope."""
        self.pending += [(node, scope) for node in reversed(nodes)]

    def _open(self, kind: ScopeKind, node: Node, above: Scope, of: tuple[str, ...] = ()) -> Scope:
        scope = Scope(kind, node.start_byte - self._base, node.end_byte - self._base, of)
        above.inner.append((0, scope))
        self.scopes.append(scope)
        return scope

    def _variable(self, node: Node, scope: Scope) -> None:
        if written := node.text:
            scope.uses.setdefault(written.decode("utf-8", "replace"), []).append(node.start_byte - self._base)

    def _search_path(self, node: Node, scope: Scope) -> None:
        # `<nixpkgs>` is `__findFile __nixPath "nixpkgs"`, by whatever these names are bound to.
        for name in ("__findFile", "__nixPath"):
            scope.uses.setdefault(name, []).append(node.start_byte - self._base)

    def _binding_set(self, node: Node, scope: Scope) -> None:
        if not (kept := self._portions):
            self.enter(node.named_children, scope)
            return
        inner, base = scope.inner, self._base
        unknown: list[Node] = []
        known = kept.known.get
        for binding, text, start in kept.parts(node):
            if (portion := known(text)) or (binding.type == "binding" and (portion := kept.read(binding, text))):
                inner.append((start - base, portion))
            else:
                unknown.append(binding)
        self.enter(unknown, scope)

    def _inherit(self, node: Node, scope: Scope) -> None:
        for name, offset in self._inherited(node):
            scope.uses.setdefault(name, []).append(offset)

    def _inherited(self, node: Node) -> list[tuple[str, int]]:
        names = node.child_by_field_name("attrs")
        found = [(attr(name).name, name.start_byte - self._base) for name in (names.named_children if names else ())]
        return [(name, offset) for name, offset in found if name]

    def _let(self, node: Node, above: Scope) -> None:
        scope = self._open("let", node, above)
        self._bindings(node, scope, "let")
        if node.type == "let_attrset_expression":
            scope.uses.setdefault("body", [])  # `let { body = …; }` is `rec { … }.body`

    def _rec(self, node: Node, above: Scope) -> None:
        self._bindings(node, self._open("rec", node, above), "rec")

    def _bindings(self, node: Node, scope: Scope, kind: Kind) -> None:
        for child in node.named_children:
            if child.type != "binding_set":
                self.pending.append((child, scope))
                continue
            for binding in child.named_children:
                if binding.type == "binding":
                    self._bind(binding, scope, kind)
                elif binding.type == "inherit":
                    for name, offset in self._inherited(binding):
                        scope.bind(name, "inherit", offset)
                        scope.outer.setdefault(name, []).append(offset)
                elif binding.type == "inherit_from":
                    inherited = self._inherited(binding)
                    for name, offset in inherited:
                        scope.bind(name, "inherit", offset)
                    value = self._open("value", binding, scope, tuple([name for name, _ in inherited]))
                    self.enter(binding.named_children, value)
                else:
                    self.pending.append((binding, scope))

    def _bind(self, binding: Node, scope: Scope, kind: Kind) -> None:
        path = binding.child_by_field_name("attrpath")
        first = path.named_child(0) if path else None
        name = attr(first).name if first else None
        if first is None or name is None:
            self.enter([binding], scope)
            return
        scope.bind(name, kind, first.start_byte - self._base)
        if self._portions and (portion := self._portions.value(binding, name)):
            scope.inner.append((binding.start_byte - self._base, portion))
        else:
            self.enter(binding.named_children, self._open("value", binding, scope, (name,)))

    def _function(self, node: Node, above: Scope) -> None:
        scope = self._open("function", node, above)
        children = node.named_children
        whole: Kind = "alias" if any(child.type == "formals" for child in children) else "argument"
        for child in children:
            if child.type == "identifier":
                if written := child.text:
                    scope.bind(written.decode("utf-8", "replace"), whole, child.start_byte - self._base)
            elif child.type == "formals":
                self._formals(child, scope)
        self.enter([child for child in children if child.type not in {"identifier", "formals"}], scope)

    def _formals(self, formals: Node, scope: Scope) -> None:
        for formal in formals.named_children:
            if formal.type != "formal":
                self.pending.append((formal, scope))
                continue
            name = formal.child_by_field_name("name")
            if name is not None and (written := name.text):
                scope.bind(written.decode("utf-8", "replace"), "formal", name.start_byte - self._base)
            self.enter([part for part in formal.named_children if part != name], scope)

    def _with(self, node: Node, above: Scope) -> None:
        body = node.child_by_field_name("body")
        for child in reversed(node.named_children):
            self.pending.append((child, self._open("with", child, above) if child == body else above))

    def _broken(self, node: Node, above: Scope) -> None:
        children = node.named_children
        if not children:
            return  # what the grammar does not know, and that is no name: a comma, a `|`
        scope = self._open("broken", node, above)
        places: set[int] = set()
        for name in introduced(node):
            places.add(name.span.start)
            kind: Kind = "inherit" if name.kind == "inherit" else name.kind
            scope.bind(name.name, kind, name.span.start - self._base)
        known = self._portions.known if self._portions else {}
        for child in reversed(children):
            if child.type == "identifier":
                if child.start_byte not in places:
                    self._variable(child, scope)
            elif child.type == "binding" and (portion := known.get(child.text or b"")):
                scope.inner.append((child.start_byte - self._base, portion))
            else:
                self.pending.append((child, scope))
