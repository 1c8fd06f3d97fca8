"""What an expression may come to, as far as it can be told without evaluation: its shape.

A shape never says more than is certain: where the code leaves something open, the shape is open there (`ANY`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.shapes.frames import Frame
    from nix_lsp.syntax.span import Span

Kind = Literal["string", "integer", "float", "boolean", "path", "null", "option"]
"""`option`: what `mkOption` gives."""

_BRANCHES = 12
"""Shapes that one expression may have; what has more is open."""


class Place(NamedTuple):
    """Where an attribute is bound."""

    path: str
    """The file."""
    span: Span
    """The bytes of its name."""
    value: Node | None
    """The expression it is bound to; for `inherit (x) name` the source `x`, for `inherit name` and for `name.more = …` None."""
    is_inherited: bool = False


class Lazy:
    """A shape that is found out when it is asked for, once. One that needs itself is open."""

    __slots__ = ("_compute", "_shape")

    def __init__(self, compute: Callable[[], Shape] | None, shape: Shape | None = None) -> None:
        self._compute = compute
        self._shape = shape

    def force(self) -> Shape:
        """Return the shape."""
        if self._compute is not None:
            compute, self._compute = self._compute, None
            try:
                self._shape = compute()
            except RecursionError:
                self._shape = None
        return self._shape or ANY


class Attribute(NamedTuple):
    """One attribute of a set."""

    value: Lazy
    places: tuple[Place, ...] = ()
    """Where it is bound; nothing where that is no code that can be read."""
    is_certain: bool = True
    """The set surely has it."""

    @property
    def shape(self) -> Shape:
        """What it is bound to."""
        return self.value.force()


class Shape:
    """Nothing is known."""

    __slots__ = ()

    def attribute(self, name: str) -> Attribute | None:  # noqa: ARG002 -- that of all shapes
        """Return what selecting a name gives; None if the selection surely fails."""
        return _OPEN

    def attributes(self) -> Mapping[str, Attribute]:
        """Return the attributes that are known by name."""
        return {}


class Never(Shape):
    """What `throw` and `abort` give."""

    __slots__ = ()


class Plain(Shape):
    """A value without parts."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: Kind, value: str | None = None) -> None:
        self.kind: Kind = kind
        self.value = value
        """The content of a string, the absolute path of a path, `true` and `false`; None where it is not known."""

    def attribute(self, name: str) -> Attribute | None:  # noqa: ARG002
        return None


class Attrs(Shape):
    """An attribute set."""

    __slots__ = ("_attributes", "node", "path", "rest")

    def __init__(
        self, attributes: Mapping[str, Attribute], rest: Shape | None = None, node: Node | None = None, path: str = ""
    ) -> None:
        self._attributes = attributes
        self.rest = rest
        """What else it may have, None for nothing: names that are not listed are looked for there."""
        self.node = node
        """The set as it is written, where it is one expression."""
        self.path = path
        """The file of `node`."""

    @property
    def is_exact(self) -> bool:
        """It has no other attributes than those that are listed."""
        return self.rest is None

    def attribute(self, name: str) -> Attribute | None:
        if found := self._attributes.get(name):
            return found
        return self.rest.attribute(name) if self.rest is not None else None

    def attributes(self) -> Mapping[str, Attribute]:
        return {**self.rest.attributes(), **self._attributes} if self.rest is not None else self._attributes

    @property
    def own(self) -> Mapping[str, Attribute]:
        """The attributes that are listed, without those of `rest`."""
        return self._attributes


class Elements(Shape):
    """A set whose names are not known: every attribute has one shape."""

    __slots__ = ("element",)

    def __init__(self, element: Lazy) -> None:
        self.element = element

    def attribute(self, name: str) -> Attribute | None:  # noqa: ARG002
        return Attribute(self.element, (), is_certain=False)


class Listing(Shape):
    """A list. Not `is_exact`: there may be other elements, before, between and behind these."""

    __slots__ = ("is_exact", "items")

    def __init__(self, items: tuple[Lazy, ...], *, is_exact: bool = True) -> None:
        self.items = items
        self.is_exact = is_exact

    def attribute(self, name: str) -> Attribute | None:  # noqa: ARG002
        return None

    @property
    def element(self) -> Shape:
        """What its elements have in common."""
        found = [item.force() for item in self.items[:_BRANCHES]]
        return joined([*found, *(() if self.is_exact and len(self.items) <= _BRANCHES else (ANY,))])


class Function(Shape):
    """A function that is written in Nix."""

    __slots__ = ("frame", "node")

    def __init__(self, node: Node, frame: Frame) -> None:
        self.node = node
        self.frame = frame
        """The scope that it is written in."""

    def attribute(self, name: str) -> Attribute | None:  # noqa: ARG002
        return None


class Known(Shape):
    """What has a name that everybody knows: `("lib", "types")`, `("pkgs", "hello")`, `("config", "services")`, `("inputs", "disko")`.

    The heads are those of `nix_lsp.analysis.standard.standard_path`, and `inputs`.
    """

    __slots__ = ("args", "code", "name")

    def __init__(self, name: tuple[str, ...], args: tuple[Lazy, ...] = (), code: Lazy | None = None) -> None:
        self.name = normal(name)
        self.args = args
        """Of a function: the arguments that it has got, too few so far."""
        self.code = code
        """What the code says that it comes from, where that is at hand."""

    def attribute(self, name: str) -> Attribute | None:
        if self.args:
            return _OPEN
        if self.code is not None and (found := self.code.force().attribute(name)) is not None and found is not _OPEN:
            return Attribute(_opened(found.value), found.places, is_certain=False)
        return Attribute(Lazy(None, Known((*self.name, name))), (), is_certain=False)

    def attributes(self) -> Mapping[str, Attribute]:
        return self.code.force().attributes() if self.code is not None and not self.args else {}


def normal(name: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name in its shortest form: `pkgs.lib` and a flake input's `nixpkgs.lib` are `lib`, its `legacyPackages.${system}` is `pkgs`."""
    while len(name) > 1 and name[0] == "pkgs" and name[1] in {"lib", "pkgs"}:
        name = name[1:]
    if len(name) > 2 and name[0] == "inputs" and name[1].startswith("nixpkgs"):
        if name[2] == "lib":
            return name[2:]
        if name[2] == "legacyPackages" and len(name) > 3:
            return ("pkgs", *name[4:])
    return name


class Package(Shape):
    """A derivation that code of the project makes, from the attributes that it is given."""

    __slots__ = ("given",)

    def __init__(self, given: Lazy) -> None:
        self.given = given

    def attribute(self, name: str) -> Attribute | None:
        given = self.given.force()
        return (given.attribute(name) if isinstance(given, Attrs) else None) or _OPEN

    def attributes(self) -> Mapping[str, Attribute]:
        return self.given.force().attributes()


class Probe(Shape):
    """Stands for a function, to see what it is given."""

    __slots__ = ("number", "taken")

    def __init__(self, taken: dict[int, list[Lazy]], number: int = 0) -> None:
        self.taken = taken
        """By number of the argument, what it was in each call."""
        self.number = number
        """So many arguments it has been given."""

    def take(self, argument: Lazy) -> Shape:
        """Note an argument; what it returns notes the next."""
        self.taken.setdefault(self.number, []).append(argument)
        return Probe(self.taken, self.number + 1)


class OneOf(Shape):
    """One of several shapes."""

    __slots__ = ("shapes",)

    def __init__(self, shapes: tuple[Shape, ...]) -> None:
        self.shapes = shapes

    def attribute(self, name: str) -> Attribute | None:
        found = [each for shape in self.shapes if (each := shape.attribute(name))]
        # What one of them does not have is looked for in the others.
        return _either(found, is_certain=len(found) == len(self.shapes)) if found else None

    def attributes(self) -> Mapping[str, Attribute]:
        names = dict.fromkeys(name for shape in self.shapes for name in shape.attributes())
        return {name: found for name in names if (found := self.attribute(name))}


ANY = Shape()
NEVER = Never()
_OPEN = Attribute(Lazy(None, ANY), (), is_certain=False)


def known(shape: Shape) -> Lazy:
    """Wrap a shape that is there already."""
    return Lazy(None, shape)


def attribute(shape: Shape) -> Attribute:
    """Return an attribute that is bound nowhere in code to what is known already."""
    return Attribute(Lazy(None, shape))


def _either(found: Sequence[Attribute], *, is_certain: bool) -> Attribute:
    if len(found) == 1 and found[0].is_certain == is_certain:
        return found[0]
    places = tuple(dict.fromkeys(place for each in found for place in each.places))
    if len(found) == 1:
        return Attribute(found[0].value, places, is_certain)
    return Attribute(
        Lazy(lambda: joined(each.shape for each in found)),
        places,
        is_certain and all(each.is_certain for each in found),
    )


def joined(shapes: Iterable[Shape]) -> Shape:
    """Return what is one of several shapes: sets become one set with the attributes of all."""
    flat: list[Shape] = []
    for shape in shapes:
        flat += shape.shapes if isinstance(shape, OneOf) else (shape,)
    flat = [shape for shape in flat if not isinstance(shape, Never)] or flat[:1]
    is_open = len(flat) > _BRANCHES or any(shape is ANY for shape in flat)
    flat = [shape for shape in flat[:_BRANCHES] if shape is not ANY]
    sets = [shape for shape in flat if isinstance(shape, Attrs)]
    others = [*_plain(flat), *dict.fromkeys(shape for shape in flat if not isinstance(shape, Attrs | Plain))]
    if sets:
        merged = sets[0]
        for shape in sets[1:]:
            merged = _joined_sets(merged, shape)
        others = [opened(merged) if is_open else merged, *others]
    elif is_open and not any(isinstance(shape, Known) for shape in others):
        others.append(ANY)
    return others[0] if len(others) == 1 else OneOf(tuple(others)) if others else ANY


def _plain(shapes: Iterable[Shape]) -> list[Shape]:
    """Return the plain ones of some shapes, one of each kind: with its value where all have the same."""
    found: dict[str, Plain] = {}
    for shape in shapes:
        if isinstance(shape, Plain):
            before = found.setdefault(shape.kind, shape)
            if before.value != shape.value:
                found[shape.kind] = Plain(shape.kind)
    return list(found.values())


def _joined_sets(left: Attrs, right: Attrs) -> Attrs:
    """Return a set that is one or the other."""
    names = dict.fromkeys((*left.own, *right.own))
    attributes: dict[str, Attribute] = {}
    for name in names:
        found = [each for each in (left.attribute(name), right.attribute(name)) if each]
        attributes[name] = _either(found, is_certain=len(found) == 2 and all(each.is_certain for each in found))
    rests = [shape for shape in (left.rest, right.rest) if shape is not None]
    return Attrs(attributes, joined(rests) if rests else None, left.node or right.node, left.path or right.path)


def opened(shape: Shape) -> Shape:
    """Return a shape that holds what is known of another and claims nothing: whoever uses it may be given something else."""
    if isinstance(shape, Attrs):
        attributes = {
            name: Attribute(_opened(found.value), found.places, is_certain=False) for name, found in shape.own.items()
        }
        return Attrs(attributes, joined((shape.rest, ANY)) if shape.rest is not None else ANY, shape.node, shape.path)
    if isinstance(shape, Known | OneOf) or shape is ANY:
        return (
            shape if not isinstance(shape, OneOf) or ANY in shape.shapes else joined((*map(opened, shape.shapes), ANY))
        )
    return OneOf((shape, ANY))


def _opened(value: Lazy) -> Lazy:
    return Lazy(lambda: opened(value.force()))


def updated(left: Shape, right: Shape) -> Shape:
    """Return `left // right`."""
    if isinstance(left, OneOf) and not any(shape is ANY for shape in left.shapes):
        return joined(updated(shape, right) for shape in left.shapes)
    if isinstance(right, OneOf) and not any(shape is ANY for shape in right.shapes):
        return joined(updated(left, shape) for shape in right.shapes)
    if isinstance(right, Attrs):
        return _updated_set(left, right)
    if isinstance(left, Attrs):
        # Anything may have been put over what is known.
        below = opened(left)
        return (
            Attrs(below.own, joined((right, below.rest or ANY)), left.node, left.path)
            if isinstance(below, Attrs)
            else ANY
        )
    return joined((right, left, ANY))


def _updated_set(left: Shape, right: Attrs) -> Shape:
    own: Mapping[str, Attribute] = left.own if isinstance(left, Attrs) else {}
    below = left.rest if isinstance(left, Attrs) else left
    attributes: dict[str, Attribute] = dict(own)
    if right.rest is not None:
        attributes = {
            name: Attribute(_opened(found.value), found.places, found.is_certain) for name, found in own.items()
        }
    for name, found in right.own.items():
        if found.is_certain:
            attributes[name] = found
            continue
        before = own.get(name) or (below.attribute(name) if below is not None else None)
        attributes[name] = _either([found, before], is_certain=before.is_certain) if before else found
    rests = [shape for shape in (right.rest, below) if shape is not None]
    return Attrs(attributes, joined(rests) if rests else None, right.node, right.path)
