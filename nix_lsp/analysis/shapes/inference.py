"""The state of one look at what expressions come to, and what can be done with shapes."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import GLOBALS
from nix_lsp.analysis.shapes.expressions import EXPRESSIONS
from nix_lsp.analysis.shapes.frames import Frame
from nix_lsp.analysis.shapes.members import members
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attribute,
    Attrs,
    Elements,
    Function,
    Known,
    Lazy,
    OneOf,
    Place,
    Plain,
    Probe,
    Shape,
    attribute,
    joined,
    known,
    opened,
)
from nix_lsp.syntax.ast import attr, descent, span, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.shapes.members import Bound
    from nix_lsp.syntax.document import Document

STEPS = 6_000
"""Expressions that are looked at for one question: some 60 ms at worst; most take less than 100."""
DEPTH = 50
"""Nested expressions that are looked at; each takes a few frames of Python's thousand."""
_AGAIN = 3
"""So often is a function entered within itself."""
_ROUND = 24
"""Nodes round a function that may tell what it is given."""
_SCOPES = frozenset(
    {
        "let_expression",
        "let_attrset_expression",
        "rec_attrset_expression",
        "function_expression",
        "with_expression",
    }
)
_HEADS = frozenset({"builtins", "config", "lib", "options", "osConfig", "pkgs"})
"""Names that mean the same to everybody where nothing binds them, or a function gets them as arguments."""
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in _HEADS},
    "stdenv": ("pkgs", "stdenv"),
    "stdenvNoCC": ("pkgs", "stdenvNoCC"),
    "callPackage": ("pkgs", "callPackage"),
}
"""What arguments with these names are to everybody."""
_CONSTANTS: Mapping[str, Shape] = {
    "true": Plain("boolean", "true"),
    "false": Plain("boolean", "false"),
    "null": Plain("null"),
    "builtins": Known(("builtins",)),
    "__currentSystem": Plain("string"),
    "__curPos": ANY,
}


class ByName(Shape):
    """An argument of which nothing is known but what its attributes are called."""

    __slots__ = ()

    def attribute(self, name: str) -> Attribute | None:
        known_as = _ARGUMENTS.get(name)
        return attribute(Known(known_as) if known_as else ANY)._replace(is_certain=False)


class Inference:
    """One look at a project. What is found once is kept as long as it lives: a request, or the rules over one file."""

    def __init__(self, project: Project, steps: int = STEPS, *, is_outward: bool = True) -> None:
        """Begin with so many steps; `is_outward`: look for what functions are called with, where one asks inside of them."""
        self.project = project
        self._is_outward = is_outward
        self.steps = steps
        """So many are left; whoever asks the next question may set it anew."""
        self._depth = 0
        self._files: dict[str, Lazy] = {}
        self._frames: dict[tuple[Document, int], Frame] = {}
        self._once: dict[tuple[str, ...], Lazy] = {}
        self._calls: dict[int, int] = {}

    # Entry points

    def shape_at(self, document: Document, node: Node) -> Shape:
        """Return what an expression of a document comes to where it stands."""
        return self.shape(node, self.frame_at(document, node))

    def file(self, path: str) -> Shape:
        """Return what a file comes to, or a folder's `default.nix`."""
        found = self.file_of(path)
        if found is None:
            return ANY
        if found not in self._files:
            document = self.project.document(found)
            if document is None:
                return ANY
            frame = Frame(document)
            self._files[found] = Lazy(lambda: self.shape(document.root, frame))
        return self._files[found].force()

    def once(self, key: tuple[str, ...], find: Callable[[], Shape]) -> Shape:
        """Return what is found under a key, found out once."""
        if key not in self._once:
            self._once[key] = Lazy(find)
        return self._once[key].force()

    def file_of(self, path: str) -> str | None:
        """Return the real path of the file that `import path` reads."""
        files = self.project.files
        kind = files.kind(path)
        if kind == "folder":
            path = posixpath.join(path, "default.nix")
            kind = files.kind(path)
        return files.real(path) if kind == "file" else None

    def shape(self, node: Node | None, frame: Frame) -> Shape:
        """Return what an expression comes to in a scope; what is broken, too deep, or too long to say is open."""
        if node is None or self.steps <= 0 or self._depth >= DEPTH:
            return ANY
        step = EXPRESSIONS.get(node.type)
        if step is None:
            return ANY
        self.steps -= 1
        self._depth += 1
        try:
            return step(self, node, frame)
        finally:
            self._depth -= 1

    def lazily(self, node: Node | None, frame: Frame) -> Lazy:
        """Return what an expression comes to, not found out yet."""
        return Lazy(lambda: self.shape(node, frame))

    # Scopes

    def frame_at(self, document: Document, node: Node) -> Frame:
        """Return the scope that an expression of a document stands in."""
        frame = self._frames.get((document, 0))
        if frame is None:
            frame = self._frames[document, 0] = Frame(document)
        chain = descent(document.root, node.start_byte)
        for number, each in enumerate(chain):
            if each == node:
                break
            if each.type not in _SCOPES or (each.type == "with_expression" and not _is_in_body(each, node)):
                continue
            key = (document, each.id)
            if (inner := self._frames.get(key)) is None:
                inner = self._frames[key] = self._entered(each, chain[max(number - _ROUND, 0) : number], frame)
            frame = inner
        return frame

    def _entered(self, node: Node, around: Sequence[Node], frame: Frame) -> Frame:
        """Return the scope inside an expression that binds names; `around` are the nodes round it, innermost last."""
        if node.type == "with_expression":
            return Frame(frame.document, frame, environment=self.lazily(node.child_by_field_name("environment"), frame))
        if node.type == "function_expression" and not self._is_outward:
            return self.called(Function(node, frame), known(_by_name(node)))
        if node.type == "function_expression":
            from nix_lsp.analysis.shapes.arguments import argument_of

            function = Function(node, frame)
            return self.called(function, Lazy(lambda: argument_of(self, function, around)))
        return self.inner(node, frame)

    def inner(self, node: Node, frame: Frame) -> Frame:
        """Return the scope inside a `let` or a recursive set."""
        inner = Frame(frame.document, frame, lambda: self.bindings(node, inner, frame).own)
        return inner

    def look_up(self, name: str, frame: Frame) -> Attribute:
        """Return what a name means in a scope: a lexical name before a global one before those of `with`."""
        found, environments = frame.bound(name)
        if found:
            return found
        if name in _CONSTANTS:
            return attribute(_CONSTANTS[name])
        if name in GLOBALS:
            return attribute(Known(("builtins", name)))
        if not environments:
            return attribute(Known((name,)) if name in _HEADS else ANY)._replace(is_certain=False)
        possible: list[Attribute] = []
        for environment in environments:
            if each := environment.force().attribute(name):
                possible.append(each)
                if each.is_certain:
                    break
        if len(possible) == 1:
            return possible[0]
        places = tuple(place for each in possible for place in each.places)
        return Attribute(Lazy(lambda: joined(each.shape for each in possible)), places, is_certain=False)

    # Sets

    def bindings(self, node: Node, scope: Frame, outer: Frame) -> Attrs:
        """Return the set that bindings make; their values are read in `scope`, names to `inherit` in `outer`."""
        found = members(scope.document, node)
        attributes = {name: self._bound(name, each, scope, outer) for name, each in found.named.items()}
        rest: Shape | None = None if found.is_whole else ANY
        if found.dynamic and node.type != "let_expression":
            attributes, rest = self._dynamic(found.dynamic, attributes, scope, rest)
        return Attrs(attributes, rest, node, scope.document.path)

    def _bound(self, name: str, bound: Sequence[Bound], scope: Frame, outer: Frame) -> Attribute:
        path = scope.document.path
        places = tuple(Place(path, each.span, None if each.rest else each.node, each.is_inherited) for each in bound)
        first = bound[0]
        if len(bound) > 1:
            return Attribute(Lazy(lambda: _merged([self._value(name, each, scope, outer) for each in bound])), places)
        return Attribute(Lazy(lambda: self._value(name, first, scope, outer)), places)

    def _value(self, name: str, bound: Bound, scope: Frame, outer: Frame) -> Shape:
        if not bound.is_inherited:
            return self._below(bound.rest, bound.node, scope)
        if bound.node is None:
            return self.look_up(name, outer).shape
        found = self.shape(bound.node, scope).attribute(name)
        return found.shape if found else ANY

    def _below(self, segments: Sequence[Node], node: Node | None, scope: Frame) -> Shape:
        """Return `{ b.c = value; }` for the segments `b.c`."""
        if not segments:
            return self.shape(node, scope)
        first, rest = segments[0], segments[1:]
        name = self.name(first, scope)
        value = Lazy(lambda: self._below(rest, node, scope))
        if name is None:
            return Attrs({}, Elements(value))
        place = Place(scope.document.path, span(first), None if rest else node)
        return Attrs({name: Attribute(value, (place,))})

    def _dynamic(
        self, dynamic: Sequence[Bound], attributes: dict[str, Attribute], scope: Frame, rest: Shape | None
    ) -> tuple[dict[str, Attribute], Shape | None]:
        """Add `${name} = value;`, whose name may be known or not."""
        unknown: list[Shape] = [rest] if rest is not None else []
        for each in dynamic:
            name = self.name(each.rest[0], scope)
            value = Lazy(lambda each=each: self._below(each.rest[1:], each.node, scope))
            if name is None:
                unknown.append(Elements(value))
            elif name not in attributes:
                place = Place(scope.document.path, each.span, each.node if len(each.rest) == 1 else None)
                attributes[name] = Attribute(value, (place,))
            else:
                before = attributes[name]
                attributes[name] = before._replace(
                    value=Lazy(lambda before=before, value=value: _merged([before.shape, value.force()]))
                )
        return attributes, joined(unknown) if unknown else None

    def name(self, segment: Node, frame: Frame) -> str | None:
        """Return the name that a segment of a path comes to; None where it is not known."""
        if (name := attr(segment).name) is not None:
            return name
        inner = segment.child_by_field_name("expression") if segment.type == "interpolation" else segment
        found = self.shape(inner, frame)
        return found.value if isinstance(found, Plain) and found.kind == "string" else None

    # Functions

    def apply(self, function: Shape, argument: Lazy) -> Shape:
        """Return what a function gives for one argument."""
        if self.steps <= 0:
            return ANY
        if isinstance(function, Function):
            return self.call(function, argument)
        if isinstance(function, Probe):
            return function.take(argument)
        if isinstance(function, Known):
            from nix_lsp.analysis.shapes.library import call

            self.steps -= 1
            return call(self, Known(function.name, (*function.args, argument), function.code))
        if isinstance(function, OneOf):
            return joined(self.apply(each, argument) for each in function.shapes)
        if isinstance(function, Attrs) and (functor := function.attribute("__functor")):
            return self.apply(self.apply(functor.shape, known(function)), argument)
        return ANY

    def apply_all(self, function: Shape, *arguments: Lazy) -> Lazy:
        """Return what a function gives for some arguments, not found out yet."""

        def run() -> Shape:
            result = function
            for argument in arguments:
                result = self.apply(result, argument)
            return result

        return Lazy(run)

    def call(self, function: Function, argument: Lazy) -> Shape:
        """Return what a function that is written in Nix gives for an argument."""
        node = function.node
        depth = self._calls.get(node.id, 0)
        if depth >= _AGAIN:
            return ANY
        self._calls[node.id] = depth + 1
        try:
            return self.shape(node.child_by_field_name("body"), self.called(function, argument))
        finally:
            self._calls[node.id] = depth

    def result(self, function: Function) -> Shape:
        """Return what a function gives, whatever it is called with."""
        return self.call(function, known(_by_name(function.node)))

    def called(self, function: Function, argument: Lazy) -> Frame:
        """Return the scope inside a function that is called with an argument."""
        node, outer = function.node, function.frame

        def read() -> Mapping[str, Attribute]:
            path, names = outer.document.path, dict[str, Attribute]()
            if universal := node.child_by_field_name("universal"):
                names[text(universal)] = Attribute(argument, (Place(path, span(universal), None),))
            formals = node.child_by_field_name("formals")
            for formal in formals.children_by_field_name("formal") if formals else ():
                if name := formal.child_by_field_name("name"):
                    default = formal.child_by_field_name("default")
                    value = self._formal(text(name), default, argument, inner)
                    names[text(name)] = Attribute(value, (Place(path, span(name), default),))
            return names

        inner = Frame(outer.document, outer, read)
        return inner

    def _formal(self, name: str, default: Node | None, argument: Lazy, frame: Frame) -> Lazy:
        def value() -> Shape:
            given = argument.force()
            found = given.attribute(name)
            if found is None:
                return self.shape(default, frame) if default and isinstance(given, Attrs) else ANY
            if default is None or found.is_certain:
                return found.shape
            return joined((found.shape, opened(self.shape(default, frame))))

        return Lazy(value)


def _by_name(function: Node) -> Shape:
    """Return what the names of a function's arguments alone tell of them."""
    return ByName() if function.child_by_field_name("formals") else ANY


def _is_in_body(with_: Node, node: Node) -> bool:
    body = with_.child_by_field_name("body")
    return body is not None and body.start_byte <= node.start_byte


def _merged(shapes: Sequence[Shape]) -> Shape:
    """Return what `a.b = …; a.c = …;` make of `a`."""
    merged = shapes[0]
    for shape in shapes[1:]:
        if not isinstance(merged, Attrs) or not isinstance(shape, Attrs):
            return joined((*shapes, ANY))
        attributes = dict(merged.own)
        for name, found in shape.own.items():
            before = attributes.get(name)
            attributes[name] = _both(before, found) if before else found
        rests = [rest for rest in (merged.rest, shape.rest) if rest is not None]
        merged = Attrs(
            attributes, joined(rests) if rests else None, merged.node or shape.node, merged.path or shape.path
        )
    return merged


def _both(before: Attribute, found: Attribute) -> Attribute:
    return Attribute(Lazy(lambda: _merged([before.shape, found.shape])), (*before.places, *found.places))
