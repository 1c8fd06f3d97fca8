"""The value of an expression, as far as it can be told without evaluating it.

Values are those of `option_index.static_values`, so that a type can judge them. What is not known is `Opaque`, with its kind where the
syntax, or a function that everybody knows, gives that away. `mkForce` and its kin are taken off; a name stands for what the file binds
it to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from nix_lsp.analysis.meaning import CONDITIONAL, LAST_OF, Part, inside
from nix_lsp.analysis.wrappers import Wrappers
from nix_lsp.syntax.ast import attr, bindings, text, unparenthesized
from option_index.static_values import Opaque, kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document
    from option_index.static_values import Value

UNKNOWN = Opaque()

_DEPTH = 16
"""Sets and lists in one another beyond this are unknown."""
_SIZE = 2_000
"""Elements of a list or set beyond this are not looked at."""
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}
_ONE_OF = ("boolean", "string", "list", "set", "path", "integer", "number", "function", "package")
_BOOLEAN = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "->"})
_ARITHMETIC = frozenset({"-", "*", "/"})


_BINDS = re.compile(rb"\b(?:true|false|null)\s*(?:=(?!=)|[,?:@])|\binherit\b[^;]*\b(?:true|false|null)\b")


_COMPOUND = frozenset(
    {
        "apply_expression",
        "assert_expression",
        "if_expression",
        "let_expression",
        "parenthesized_expression",
        "select_expression",
        "variable_expression",
        "with_expression",
    }
)
"""Expressions that stand for others."""


class StaticValues:
    """The static values in one document."""

    def __init__(
        self, document: Document, is_package: Callable[[str], bool] | None = None, wrappers: Wrappers | None = None
    ) -> None:
        """`is_package` tells whether a dotted attribute below `pkgs` is a package; None: that is not asked, and costs nothing.

        `wrappers` are the document's, where somebody has them already.
        """
        self.wrappers = wrappers or Wrappers(document)
        self._document = document
        self._is_package = is_package

    def value(self, node: Node) -> Value:
        """Return the static value of an expression.

        Strings with interpolations are strings of unknown content; sets with dynamic attributes or `inherit` are sets of unknown
        content. Lists are joined from their parts; an unknown part is one unknown element.
        """
        return self._value(_part(node), _DEPTH)

    def alternatives(self, node: Node) -> list[Node]:
        """Return the values that a definition may have: the branches of an `if`, and what `mkMerge` joins."""
        return [place.node for place in self._alternatives(_part(node))]

    def part(self, node: Node, path: Sequence[int | str | None]) -> Node:
        """Return the expression at a path in a value (as in `option_index.values.Misfit`), or the nearest round it that there is."""
        place = self._plain(_part(node))
        for key in path:
            inner = None
            if isinstance(key, int):
                elements = self._elements(place)
                inner = elements[key] if key < len(elements) else None
            elif key is not None:
                inner = _member(place, key)
            if inner is None:
                break
            place = self._plain(inner)
        # What is named elsewhere is shown where it is used, unless the name is all there is.
        return place.node

    def _plain(self, place: Part) -> Part:
        """Take off what stands round a single expression."""
        places = self._alternatives(place)
        return places[0] if len(places) == 1 else place

    def _value(self, place: Part, depth: int) -> Value:
        if depth <= 0:
            return UNKNOWN
        node = place.node
        if node.type in _COMPOUND:
            places = self._alternatives(place)
            if len(places) != 1:
                return self._joined(places[:_DEPTH], depth)
            place = places[0]
            node = place.node
        read = _READERS.get(node.type)
        return read(self, place, depth) if read and not node.has_error else UNKNOWN

    def _joined(self, places: list[Part], depth: int) -> Value:
        """Return what is common to the branches of an `if`, and to what is merged."""
        values = [self._value(place, depth - 1) for place in places]
        possible = frozenset[str]().union(*map(kinds, values))
        return next((Opaque(kind) for kind in _ONE_OF if possible and possible <= kinds(Opaque(kind))), UNKNOWN)

    def _alternatives(self, place: Part) -> list[Part]:
        """Take off what changes no value, and part what is chosen from or merged."""
        pending, found = [place], list[Part]()
        steps = 0
        while pending and steps < _SIZE:
            steps += 1
            place = pending.pop()
            node = place.node
            branches = (node.child_by_field_name("alternative"), node.child_by_field_name("consequence"))
            if node.type == "if_expression":
                pending += [place._replace(node=branch) for branch in branches if branch]
            elif (call := self.wrappers.call(node)) and call[0] == "mkMerge" and len(call[1]) == 1:
                elements = self._elements(place._replace(node=call[1][0]))
                pending += [element for element in reversed(elements) if element]
            elif inner := self._inside(place):
                pending.append(inner)
            else:
                found.append(place)
        return found

    def _inside(self, place: Part) -> Part | None:
        """Return what one thing stands round, or what a name or a call of the file's own function stands for."""
        inner = inside(place.node)
        if inner is not None:
            return place._replace(node=inner)
        if (call := self.wrappers.call(place.node)) and LAST_OF.get(call[0]) == len(call[1]):
            return place._replace(node=call[1][-1], conditional=place.conditional or call[0] in CONDITIONAL)
        return self.wrappers.meaning.of(place)

    # Readers

    def string(self, place: Part, _depth: int) -> Value:
        from nix_lsp.syntax.strings import read_string

        content = read_string(place.node)
        if content is None or not content.holes:
            return Opaque("string") if content is None else content.text
        return Opaque("string", content.text.encode()[: content.holes[0].span.start].decode("utf-8", "ignore"))

    def variable(self, place: Part, _depth: int) -> Value:
        name = text(place.node)
        if name in _CONSTANTS and not self._is_shadowed(place.node):
            return _CONSTANTS[name]
        return Opaque("package") if self._names_package(place.node) else UNKNOWN

    def select(self, place: Part, _depth: int) -> Value:
        return Opaque("package") if self._names_package(place.node) else UNKNOWN

    def list(self, place: Part, depth: int) -> Value:
        elements = self._elements(place)
        if len(elements) > _SIZE:
            return Opaque("list")
        return [UNKNOWN if element is None else self._value(element, depth - 1) for element in elements]

    def set(self, place: Part, depth: int) -> Value:
        found: dict[str, Value] = {}
        for number, binding in enumerate(bindings(place.node)):
            path = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
            value = binding.child_by_field_name("expression")
            if path is None or value is None or number == _SIZE:
                return Opaque("set")
            names = [attr(segment).name for segment in path.named_children if segment.type != "comment"]
            if not _put(found, names, self._value(place._replace(node=value), depth - 1)):
                return Opaque("set")
        return found

    def unary(self, place: Part, depth: int) -> Value:
        operator, argument = place.node.child_by_field_name("operator"), place.node.child_by_field_name("argument")
        value = self._value(place._replace(node=argument), depth - 1) if argument else UNKNOWN
        if operator and operator.type == "!":
            return not value if isinstance(value, bool) else Opaque("boolean")
        return -value if isinstance(value, int | float) and not isinstance(value, bool) else Opaque("number")

    def binary(self, place: Part, depth: int) -> Value:
        operator = place.node.child_by_field_name("operator")
        kind = operator.type if operator else ""
        if kind in _BOOLEAN:
            return Opaque("boolean")
        if kind in _ARITHMETIC:
            return Opaque("number")
        if kind == "++":
            return self.list(place, depth)
        if kind == "//":
            return Opaque("set")
        return self._sum(place, depth) if kind == "+" else UNKNOWN

    def _sum(self, place: Part, depth: int) -> Value:
        sides = (place.node.child_by_field_name("left"), place.node.child_by_field_name("right"))
        left, right = (self._value(place._replace(node=side), depth - 1) if side else UNKNOWN for side in sides)
        if kinds(left) <= {"string"}:
            return Opaque("string", left if isinstance(left, str) else left.start if isinstance(left, Opaque) else "")
        if kinds(left) <= {"path"}:
            return Opaque("path")
        number = kinds(Opaque("number"))
        return Opaque("number") if kinds(left) <= number or kinds(right) <= number else UNKNOWN

    def call(self, place: Part, _depth: int) -> Value:
        from nix_lsp.analysis.results import kind_of_result

        kind = kind_of_result(self._document, place.node, self._is_package)
        return Opaque(kind) if kind else UNKNOWN

    # Parts

    def _elements(self, place: Part) -> list[Part | None]:
        """Return the elements of a list; None stands for what is not known of it, and an empty list for what is no list."""
        pending, found = [place], list[Part | None]()
        while pending and len(found) <= _SIZE:
            inner = self._plain(pending.pop())
            node = inner.node
            operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
            call = self.wrappers.call(node)
            if node.type == "list_expression":
                found += [
                    inner._replace(node=unparenthesized(element)) for element in node.children_by_field_name("element")
                ]
            elif operator and operator.type == "++":
                sides = (node.child_by_field_name("right"), node.child_by_field_name("left"))
                pending += [inner._replace(node=side) for side in sides if side]
            elif call and call[0] == "optionals" and len(call[1]) == 2:
                pending.append(inner._replace(node=call[1][1]))
            elif call and call[0] == "optional" and len(call[1]) == 2:
                found.append(inner._replace(node=call[1][1]))
            else:
                found.append(None)
        return found

    def _is_shadowed(self, variable: Node) -> bool:
        """Tell whether the file gives `true`, `false` or `null` another meaning."""
        from nix_lsp.analysis.scope import Name, resolve_name

        # The search costs a walk from the root, so it is only made where the name stands before one of the signs that bind names.
        return self._may_shadow and isinstance(resolve_name(self._document, variable), Name)

    @cached_property
    def _may_shadow(self) -> bool:
        return bool(_BINDS.search(self._document.source))

    def _names_package(self, node: Node) -> bool:
        if self._is_package is None:
            return False
        from nix_lsp.analysis.standard import standard_path

        path = standard_path(self._document, node)
        return bool(path and len(path) > 1 and path[0] == "pkgs" and self._is_package(".".join(path[1:])))


def _part(node: Node) -> Part:
    return Part(node, conditional=False, names=())


def _member(place: Part, name: str) -> Part | None:
    """Return what a set binds a name to."""
    for binding in bindings(place.node):
        path = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
        value = binding.child_by_field_name("expression")
        if path and value and path.named_child_count == 1 and (only := path.named_child(0)) and attr(only).name == name:
            return place._replace(node=value)
    return None


def _put(owner: dict[str, Value], names: list[str | None], value: Value) -> bool:
    """Set a path in nested dictionaries; False where that cannot be told or a name is defined twice."""
    *outer, last = names
    for name in outer:
        inner = owner.setdefault(name, {}) if name is not None else None
        if not isinstance(inner, dict):
            return False
        owner = inner
    if last is None:
        return False
    known = owner.get(last)
    if isinstance(known, dict) and isinstance(value, dict) and not known.keys() & value.keys():
        known.update(value)
        return True
    if last in owner:
        return False
    owner[last] = value
    return True


def _integer(_values: StaticValues, place: Part, _depth: int) -> Value:
    digits = text(place.node)
    # Nix refuses integers beyond 64 bits, and Python takes its time over the conversion of long ones.
    return int(digits) if len(digits) < 20 else Opaque("integer")


def _absolute(path: str) -> str:
    """Return what is known of how a path begins: of `/etc/x` all, of `./x` nothing."""
    return path.partition("${")[0] if path.startswith("/") else ""


def _kind(kind: str) -> _Reader:
    value = Opaque(kind)
    return lambda _values, _place, _depth: value


_Reader = Callable[[StaticValues, Part, int], "Value"]
_READERS: dict[str, _Reader] = {
    "string_expression": StaticValues.string,
    "indented_string_expression": StaticValues.string,
    "uri_expression": lambda _, place, __: text(place.node),
    "integer_expression": _integer,
    "float_expression": lambda _, place, __: float(text(place.node)),
    "unary_expression": StaticValues.unary,
    "binary_expression": StaticValues.binary,
    "has_attr_expression": _kind("boolean"),
    "variable_expression": StaticValues.variable,
    "select_expression": StaticValues.select,
    "list_expression": StaticValues.list,
    "attrset_expression": StaticValues.set,
    "rec_attrset_expression": _kind("set"),
    "path_expression": lambda _, place, __: Opaque("path", _absolute(text(place.node))),
    "hpath_expression": _kind("path"),
    "spath_expression": _kind("path"),
    "function_expression": _kind("function"),
    "apply_expression": StaticValues.call,
}
