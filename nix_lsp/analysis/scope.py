"""Lexical names: what an identifier is bound to, and what is visible at a place.

Nix looks a variable up in the enclosing `let`, `rec` and function scopes, then among the global names, and only then in the
environments of `with` (manual, "With-expressions"): a `with` never shadows anything.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Literal, NamedTuple

from nix_lsp.syntax.ast import attr, bindings, descent, select_path, span, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

Kind = Literal["let", "rec", "formal", "argument", "inherit"]
"""`formal` is a name in `{ a, b ? 1 }:`; `argument` a whole argument: `x:` or the `args` of `args@{ … }:`."""

GLOBALS = frozenset({
    "abort", "baseNameOf", "break", "builtins", "derivation", "derivationStrict", "dirOf", "false", "fetchGit", "fetchMercurial",
    "fetchTarball", "fetchTree", "fromTOML", "import", "isNull", "map", "null", "placeholder", "removeAttrs", "scopedImport",
    "throw", "toString", "true", "__curPos", "__currentSystem", "__currentTime", "__langVersion", "__nixPath", "__nixVersion",
    "__storeDir",
})  # fmt: skip
"""Names that need no `builtins.` (manual, "Built-ins"); each other builtin is global too, with `__` in front."""

_SCOPES = frozenset(
    {
        "let_expression",
        "let_attrset_expression",
        "rec_attrset_expression",
        "function_expression",
        "with_expression",
        "ERROR",
    }
)
"""Nodes that bind names, or may."""
_INNERMOST = 64
"""So many of the innermost nodes are told, whatever they are."""
_CLOSING = frozenset({"}", "in"})


class Name(NamedTuple):
    """A name that an expression binds."""

    name: str
    kind: Kind
    span: Span
    """Where it is bound."""
    value: Node | None
    """`let`, `rec`: the bound expression, None where the name is bound piecewise (`a.b = 1;`). `formal`: the default. `inherit`:
    the source in parentheses."""
    owner: Node
    """The expression that binds it."""


class With(NamedTuple):
    """An identifier that no scope binds: one of the `with` environments must have it."""

    environments: tuple[Node, ...]
    """Innermost first."""


def introduced(node: Node) -> Iterator[Name]:
    """Yield the names that a `let`, a `rec { … }` or a function binds; of any other node none."""
    if node.type in {"let_expression", "let_attrset_expression"}:
        yield from _bound(node, "let")
    elif node.type == "rec_attrset_expression":
        yield from _bound(node, "rec")
    elif node.type == "function_expression":
        yield from _arguments(node, node)
    elif node.type == "ERROR":
        yield from _half_typed(node)


def names_at(document: Document, offset: int) -> list[Name]:
    """Return the names that are visible at a byte offset, nearest first; a shadowed name does not appear."""
    found: dict[str, Name] = {}
    for node in reversed(_chain(document, offset)):
        if _opens(node, offset):
            for name in introduced(node):
                found.setdefault(name.name, name)
    return list(found.values())


def withs_at(document: Document, offset: int) -> tuple[Node, ...]:
    """Return the environments of the `with` expressions whose bodies hold a byte offset, innermost first."""
    return tuple(
        environment
        for node in reversed(_chain(document, offset))
        if (environment := _environment(node, offset)) is not None
    )


def with_paths(document: Document, offset: int) -> list[tuple[str, ...]]:
    """Return the environments at a byte offset that are plain paths: `("pkgs",)`, `("lib", "types")`; innermost first."""
    found: list[tuple[str, ...]] = []
    for environment in withs_at(document, offset):
        path = select_path(environment)
        if path and all(path):
            found.append(tuple(name for name in path if name))
    return found


class Descent:
    """Goes down a tree to one byte offset after another, in rising order: what is nested deep is gone through once, not for each."""

    def __init__(self, root: Node) -> None:
        self._cursor = root.walk()
        self._chain = [root]
        self._scopes: list[Node] = []
        """Those that bind names."""
        self._places: list[int] = []
        """Where in the chain each of them is."""
        self._introduced: dict[int, Mapping[str, Name]] = {}
        self.around: list[Node] = [root]
        """The nodes that cover the byte it has come to, innermost last: all that bind names, and the few that are innermost."""

    def to(self, offset: int) -> list[Node]:
        """Go to a byte, and return what is `around` it."""
        chain = self._chain
        while len(chain) > 1 and chain[-1].end_byte <= offset:
            self._cursor.goto_parent()
            chain.pop()
        while self._places and self._places[-1] >= len(chain):
            self._scopes.pop()
            self._places.pop()
        while self._cursor.goto_first_child_for_byte(offset) is not None:
            node = self._cursor.node
            if node is None or node.start_byte > offset:
                self._cursor.goto_parent()
                break
            if node.type in _SCOPES:
                self._scopes.append(node)
                self._places.append(len(chain))
            chain.append(node)
        innermost = max(len(chain) - _INNERMOST, 0)
        self.around = self._scopes[: bisect_left(self._places, innermost)] + chain[innermost:]
        return self.around

    def introduced(self, node: Node) -> Mapping[str, Name]:
        """Return the names that a node binds (`introduced`), read once for all that are looked up in the tree."""
        if (names := self._introduced.get(node.id)) is None:
            names = self._introduced[node.id] = _by_name(node)
        return names


def resolve_name(
    document: Document, identifier: Node, descent_: Descent | None = None, *, named: str | None = None
) -> Name | With | None:
    """Say what a variable refers to.

    Args:
        document: the document.
        identifier: a `variable_expression`, its `identifier`, or the name in an `inherit` without a source.
        descent_: one that has come to it, or to something behind it in the same scopes.
        named: the name, where it is spelt by a string.

    Returns:
        The nearest binding; the `with` environments that it may come from; None for a global name or one that nothing binds.
    """
    wanted, offset = named if named is not None else text(identifier), identifier.start_byte
    if descent_ is None:
        chain = descent(document.root, offset)
    else:
        chain = [node for node in descent_.around if node.start_byte <= offset < node.end_byte]
    if _inherits(chain):
        # `inherit x;` in a `let` or `rec` takes x from outside of it.
        while chain and chain[-1].type not in {"let_expression", "let_attrset_expression", "rec_attrset_expression"}:
            if chain.pop().type == "attrset_expression":
                break
        else:
            chain = chain[:-1]
    environments: list[Node] = []
    for node in reversed(chain):
        if node.type not in _SCOPES:
            continue
        if (environment := _environment(node, offset)) is not None:
            environments.append(environment)
        if _opens(node, offset):
            names = descent_.introduced(node) if descent_ else _by_name(node)
            if name := names.get(wanted):
                return name
    if wanted in GLOBALS or not environments:
        return None
    return With(tuple(environments))


def _by_name(node: Node) -> Mapping[str, Name]:
    names: dict[str, Name] = {}
    for name in introduced(node):
        names.setdefault(name.name, name)
    return names


def _chain(document: Document, offset: int) -> list[Node]:
    """Return the nodes round a cursor, which belongs to what stands before it."""
    before = max(offset - 1, 0)
    if document.root.has_error:
        # A broken tree ends with its last token, not with the space that one types on after.
        before = max(len(document.source[:offset].rstrip()) - 1, 0)
    return descent(document.root, before)


def _bound(owner: Node, kind: Kind) -> Iterator[Name]:
    piecewise: set[str] = set()
    for binding in bindings(owner):
        if binding.type == "binding":
            path = binding.child_by_field_name("attrpath")
            first = path.named_child(0) if path else None
            if path is None or first is None:
                continue
            name = attr(first)
            if name.name is None:
                continue
            if path.named_child_count > 1:
                if name.name not in piecewise:
                    piecewise.add(name.name)
                    yield Name(name.name, kind, name.span, None, owner)
                continue
            yield Name(name.name, kind, name.span, binding.child_by_field_name("expression"), owner)
        else:
            source = binding.child_by_field_name("expression")
            for inherited in _inherited(binding):
                if (name := attr(inherited)).name is not None:
                    yield Name(name.name, "inherit", name.span, source, owner)


def _inherited(binding: Node) -> list[Node]:
    names = binding.child_by_field_name("attrs")
    return names.named_children if names else []


def _arguments(function: Node, owner: Node) -> Iterator[Name]:
    for child in function.named_children:
        if child.type == "identifier":
            yield Name(text(child), "argument", span(child), None, owner)
        elif child.type == "formals":
            for formal in child.named_children:
                name = formal.child_by_field_name("name") if formal.type == "formal" else None
                if name is not None and not name.is_missing:
                    yield Name(text(name), "formal", span(name), formal.child_by_field_name("default"), owner)


def _half_typed(error: Node) -> Iterator[Name]:
    """Read what a broken tree still shows: `let` and `rec {` with bindings after them, `x:`, `{ a, b }:`."""
    kind: Kind | None = None
    previous: Node | None = None
    for child in error.children:
        if child.type in {"let", "rec"}:
            kind = "let" if child.type == "let" else "rec"
        elif child.type == "binding_set" and kind is not None:
            yield from _bound_in(child, kind, error)
        elif child.type == ":" and previous is not None:
            if previous.type == "identifier":
                yield Name(text(previous), "argument", span(previous), None, error)
            elif previous.type == "formals":
                for formal in previous.named_children:
                    name = formal.child_by_field_name("name") if formal.type == "formal" else None
                    if name is not None and not name.is_missing:
                        yield Name(text(name), "formal", span(name), formal.child_by_field_name("default"), error)
        elif child.type in _CLOSING and kind == "rec":
            kind = None
        previous = child


def _bound_in(binding_set: Node, kind: Kind, owner: Node) -> Iterator[Name]:
    for binding in binding_set.named_children:
        path = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
        if path is not None and path.named_child_count == 1 and (first := path.named_child(0)):
            name = attr(first)
            if name.name is not None:
                yield Name(name.name, kind, name.span, binding.child_by_field_name("expression"), owner)


def _opens(node: Node, offset: int) -> bool:
    """Tell whether the names that a node binds are visible at an offset inside it."""
    if node.type == "function_expression":
        body = node.child_by_field_name("body")
        formals = node.child_by_field_name("formals")
        in_default = formals is not None and formals.start_byte < offset < formals.end_byte
        return in_default or body is None or offset >= _colon(node)
    if node.type in {"rec_attrset_expression", "let_attrset_expression"}:
        last = node.children[-1]
        return last.is_missing or offset <= last.start_byte
    return True


def _colon(function: Node) -> int:
    for child in function.children:
        if child.type == ":":
            return child.end_byte
    return function.end_byte


def _environment(node: Node, offset: int) -> Node | None:
    """Return the environment of a `with` whose body holds the offset."""
    if node.type == "with_expression":
        environment = node.child_by_field_name("environment")
        return environment if environment and offset > environment.end_byte else None
    return None


def _inherits(chain: list[Node]) -> bool:
    """Tell whether a chain of nodes ends in the names of an `inherit` without a source."""
    return any(node.type == "inherit" for node in chain[-4:])
