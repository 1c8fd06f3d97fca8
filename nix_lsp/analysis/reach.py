"""What an expression leads to, across the files of a project: the place where an attribute is bound, or the value as it is written.

Nothing is computed; functions are seen through where their calls are. What is not seen is left out, and noted (`Reach.is_whole`).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from nix_lsp.analysis.meaning import LAST_OF, inside
from nix_lsp.analysis.scope import Name, With, resolve_name
from nix_lsp.syntax.ast import application, attr, bindings, select_path, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from re import Pattern

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

Names = tuple[str | None, ...]
"""Attributes to be selected one after another; None: any."""

PATHS = frozenset({"path_expression", "hpath_expression"})
CALLERS = frozenset({"callPackage", "callPackages", "callPackageWith", "importApply"})
"""Functions that import a file and call what it gives."""
SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
STEPS = 4_000
"""Expressions that are looked at, for one question at a cursor."""
MANY_STEPS = 60_000
"""The same for one about a whole project: some of a second."""
DEPTH = 50
"""Expressions that lead to one another."""


class Place(NamedTuple):
    """A name with what is bound to it, or a value that has no name."""

    document: Document
    node: Node
    """The segment, the name in an `inherit`, the formal; the value itself where it has no name."""
    value: Node | None
    """The expression, as far as it is written there: not for `inherit`, nor for `a` in `a.b = 1;`."""


class Files(Protocol):
    """What is asked of a project (`nix_lsp.analysis.project.Project`)."""

    @property
    def root(self) -> str:
        """The absolute path of the project's folder."""
        ...

    def document(self, path: str) -> Document | None:
        """Return the document at an absolute path."""
        ...

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder stands at an absolute path."""
        ...

    def named_at(self, path: str) -> Sequence[tuple[Document, int]]:
        """Return where files name the file at an absolute path."""
        ...

    def matches(self, pattern: Pattern[bytes]) -> bool:
        """Tell whether a pattern occurs in any Nix file."""
        ...


class Alone:
    """A file without the project round it: what leads out of it is not followed."""

    root = ""

    def document(self, path: str) -> Document | None:  # noqa: ARG002
        """Return nothing."""
        return None

    def is_folder(self, path: str) -> bool:  # noqa: ARG002
        """Return nothing."""
        return False

    def named_at(self, path: str) -> Sequence[tuple[Document, int]]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def matches(self, pattern: Pattern[bytes]) -> bool:  # noqa: ARG002
        """Return nothing."""
        return False


class Reach:
    """One question, with a limit to what it costs."""

    def __init__(self, project: Files, steps: int = STEPS) -> None:
        """Ask about a project; `steps` bounds how many expressions are looked at."""
        self.project = project
        self.is_whole = True
        """Nothing was met that could not be seen through."""
        self._steps = steps
        self.calling: set[tuple[str, int, int]] = set()
        """Functions whose calls are being looked for."""

    def spend(self, depth: int) -> bool:
        """Take a step; False where there have been enough, or they have led too far."""
        self._steps -= 1
        return depth <= DEPTH and self._steps >= 0

    def of(self, document: Document, node: Node, names: Names = (), depth: int = 0) -> Iterator[Place]:
        """Yield the places where the attribute that is selected by `names` is bound, or the values of the expression where there are none."""
        node = unparenthesized(node)
        if not self.spend(depth):
            self.is_whole = False
            return
        if (inner := inside(node)) is not None:
            yield from self.of(document, inner, names, depth + 1)
        elif node.type == "if_expression":
            for field in ("consequence", "alternative"):
                if (branch := node.child_by_field_name(field)) is not None:
                    yield from self.of(document, branch, names, depth + 1)
        elif node.type == "variable_expression":
            if (name := node.child_by_field_name("name")) is not None:
                yield from self.variable(document, name, names, depth)
        elif node.type == "select_expression":
            yield from self._selection(document, node, names, depth)
        elif node.type == "apply_expression":
            yield from self._call(document, node, names, depth)
        elif node.type == "binary_expression" and _operator(node) == "//":
            yield from self._updated(document, node, names, depth)
        elif names and node.type in SETS:
            yield from self.bound(document, node, names, depth)
        elif names:
            self.is_whole = False
        else:
            yield Place(document, node, node)

    def bound(self, document: Document, owner: Node, names: Names, depth: int = 0) -> Iterator[Place]:
        """Yield the places where a set or a `let` binds an attribute path."""
        for binding in bindings(owner):
            if binding.type == "binding":
                yield from self._bound(document, binding, names, depth)
                continue
            listed = binding.child_by_field_name("attrs")
            for name in listed.named_children if listed else ():
                if attr(name).name != names[0] or names[0] is None:
                    continue
                if len(names) == 1:
                    yield Place(document, name, None)
                else:
                    yield from self.inherited(document, binding, name, names[1:], depth)

    def inherited(self, document: Document, binding: Node, name: Node, names: Names, depth: int = 0) -> Iterator[Place]:
        """Yield what a name in an `inherit` leads to outside of it."""
        if binding.type == "inherit":
            yield from self.variable(document, name, names, depth + 1)
        elif source := binding.child_by_field_name("expression"):
            yield from self.of(document, source, (attr(name).name, *names), depth + 1)

    def _bound(self, document: Document, binding: Node, names: Names, depth: int) -> Iterator[Place]:
        path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        if path is None or not path.named_children:
            return
        first = attr(path.named_children[0]).name
        if None not in {first, names[0]} and first != names[0]:
            return
        segments = [each for each in path.named_children if each.type != "comment"]
        own = [attr(each).name for each in segments]
        if any(None not in {one, other} and one != other for one, other in zip(own, names, strict=False)):
            return
        if None in own[: len(names)] and None not in names:
            self.is_whole = False
        if len(own) >= len(names):
            yield Place(document, segments[len(names) - 1], value if len(own) == len(names) else None)
        elif value is not None:
            yield from self.of(document, value, names[len(own) :], depth + 1)

    def variable(self, document: Document, name: Node, names: Names, depth: int = 0) -> Iterator[Place]:
        """Yield what a variable leads to; without `names`, its values."""
        found = resolve_name(document, name, named=attr(name).name)
        if isinstance(found, Name):
            yield from self.named(document, found, names, depth + 1)
        elif isinstance(found, With):
            wanted = attr(name).name
            for environment in found.environments:
                places = list(self.of(document, environment, (wanted, *names), depth + 1))
                for place in places:
                    yield from (place,) if names else self._value(place, depth)
                if places:
                    return
        else:
            self.is_whole = False
            yield from self._unbound(attr(name).name, names, depth)

    def _value(self, place: Place, depth: int) -> Iterator[Place]:
        """Yield the values of what a name is bound to; the place itself where that is not written there."""
        binding = place.node.parent.parent if place.node.parent is not None else None
        if place.value is not None and place.value != place.node:
            yield from self.of(place.document, place.value, (), depth + 1)
        elif place.value is None and binding is not None and binding.type in {"inherit", "inherit_from"}:
            for each in self.inherited(place.document, binding, place.node, (), depth):
                yield from self._value(each, depth + 1) if self.spend(depth) else ()
        else:
            yield place

    def named(self, document: Document, name: Name, names: Names, depth: int = 0) -> Iterator[Place]:
        """Yield what a name that the file binds leads to."""
        if name.kind in {"let", "rec"}:
            if name.value is not None:
                yield from self.of(document, name.value, names, depth + 1)
            elif names:
                yield from self.bound(document, name.owner, (name.name, *names), depth + 1)
            return
        if name.kind == "inherit":
            token = _token(document, name)
            binding = token.parent.parent if token is not None and token.parent is not None else None
            if token is None or binding is None:
                return
            if names:
                yield from self.inherited(document, binding, token, names, depth)
                return
            for place in self.inherited(document, binding, token, (), depth):
                yield from self._value(place, depth)
            return
        yield from self._argument(document, name, names, depth)

    def _argument(self, document: Document, name: Name, names: Names, depth: int) -> Iterator[Place]:
        """Yield what a function is given, where its calls are seen, and its default."""
        if name.value is not None:
            yield from self.of(document, name.value, names, depth + 1)
        wanted: Names = (name.name, *names) if name.kind == "formal" else names
        found = False
        for place, argument in self._arguments(document, name.owner, depth):
            for each in self.of(place, argument, wanted, depth + 1):
                found = True
                yield from (each,) if names or name.kind != "formal" else self._value(each, depth)
        if not found and name.kind == "formal":
            yield from self._unbound(name.name, names, depth)

    def _arguments(self, document: Document, function: Node, depth: int) -> Sequence[tuple[Document, Node]]:
        from nix_lsp.analysis.flow import calls

        found = calls(self.project, document, function, self, depth + 1)
        self.is_whole = self.is_whole and not found.escapes
        return [(call.document, call.argument) for call in found.calls if call.argument is not None]

    def _unbound(self, name: str | None, names: Names, depth: int) -> Iterator[Place]:
        """Yield what the names lead to that modules and flakes are handed: `self`, `inputs.self`."""
        self.is_whole = False
        if name == "inputs" and names and names[0] == "self":
            name, names = "self", names[1:]
        while name == "self" and names and names[0] in {"self", "outputs"}:
            names = names[1:]
        flake = self.project.document(posixpath.join(self.project.root, "flake.nix"))
        outputs = flake_outputs(flake) if flake is not None and name in {"self", "outputs", "flake"} and names else None
        if flake is not None and outputs is not None:
            yield from self.of(flake, outputs, names, depth + 1)

    def _selection(self, document: Document, node: Node, names: Names, depth: int) -> Iterator[Place]:
        base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
        if base is None or path is None:
            return
        own = tuple(attr(each).name for each in path.children_by_field_name("attr"))
        for place in self.of(document, base, (*own, *names), depth + 1):
            yield from (place,) if names else self._value(place, depth)
        if default := node.child_by_field_name("default"):
            yield from self.of(document, default, names, depth + 1)

    def _updated(self, document: Document, node: Node, names: Names, depth: int) -> Iterator[Place]:
        found = False
        for field in ("right", "left"):
            if (side := node.child_by_field_name(field)) is not None and not found:
                for place in self.of(document, side, names, depth + 1):
                    found = found or bool(names)
                    yield place

    def _call(self, document: Document, node: Node, names: Names, depth: int) -> Iterator[Place]:
        function, arguments = application(node)
        called = self.file_called(document, function, arguments)
        if called is not None:
            target, expression, left = called
            yield from self._applied([Place(target, expression, expression)], left, names, depth)
            return
        path = select_path(function)
        last = path[-1] if path else None
        if last in LAST_OF and LAST_OF[last] == len(arguments):
            yield from self.of(document, arguments[-1], names, depth + 1)
            return
        functions = list(self.of(document, function, (), depth + 1))
        functions = [place for place in functions if place.node.type == "function_expression"]
        if functions:
            yield from self._applied(functions, len(arguments), names, depth)
            return
        self.is_whole = False
        made = unparenthesized(arguments[-1])
        body = made.child_by_field_name("body") if made.type == "function_expression" else None
        if body is not None and len(names) > 1:
            # `genAttrs systems (system: { … })` and its kin: a set of what the function gives.
            yield from self.of(document, body, names[1:], depth + 1)

    def _applied(self, functions: Sequence[Place], count: int, names: Names, depth: int) -> Iterator[Place]:
        """Yield what functions lead to that are given some number of arguments."""
        for place in functions:
            node: Node | None = place.node
            for _ in range(count):
                inner = node and unparenthesized(node)
                for _ in range(DEPTH):
                    through = inside(inner) if inner is not None else None
                    if through is None:
                        break
                    inner = unparenthesized(through)
                node = inner.child_by_field_name("body") if inner and inner.type == "function_expression" else None
            if node is None:
                self.is_whole = False
            else:
                yield from self.of(place.document, node, names, depth + 1)

    def file_called(
        self, document: Document, function: Node, arguments: Sequence[Node]
    ) -> tuple[Document, Node, int] | None:
        """Return the file that a call imports, its expression, and how many arguments that is given."""
        path = select_path(function)
        name = path[-1] if path else None
        if name is None or not arguments or (name != "import" and name not in CALLERS):
            return None
        source = unparenthesized(arguments[0])
        file = file_at(self.project, document, source)
        target = self.project.document(file) if file else None
        expression = target.root.child_by_field_name("expression") if target else None
        if target is None or expression is None:
            return None
        left = len(arguments) - 1
        return target, expression, min(left, 1) if name != "import" else left


def file_at(project: Files, document: Document, node: Node) -> str | None:
    """Return the file that a path expression names, a folder's `default.nix`; None where it is computed, or there is none."""
    if node.type not in PATHS or any(child.type == "interpolation" for child in node.named_children):
        return None
    written = text(node)
    if written.startswith("~"):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), written))
    if project.is_folder(path):
        path = posixpath.join(path, "default.nix")
    return path if project.document(path) is not None else None


def flake_outputs(flake: Document) -> Node | None:
    """Return what the `outputs` of a flake.nix give: the body of the function."""
    root = flake.root.child_by_field_name("expression")
    for binding in bindings(root) if root is not None else ():
        path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        if path is not None and text(path) == "outputs" and value is not None:
            value = unparenthesized(value)
            return value.child_by_field_name("body") if value.type == "function_expression" else value
    return None


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _token(document: Document, name: Name) -> Node | None:
    """Return the node of a name that an `inherit` binds."""
    node = document.root.named_descendant_for_byte_range(*name.span)
    if node is not None and node.type == "string_fragment":
        return node.parent
    return node
