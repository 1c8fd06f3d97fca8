"""The value of an expression, as far as it can be told without evaluating it.

Values are those of `option_index.values`, so that a type can judge them; what is not known is `Opaque`, with its kind where the
syntax gives that away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import attr, bindings, select_path, text, unparenthesized
from nix_lsp.syntax.strings import read_string
from option_index.values import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from option_index.values import Value

UNKNOWN = Opaque()

_DEPTH = 16
"""Sets and lists in one another beyond this are unknown."""
_SIZE = 2_000
"""Elements of a list or set beyond this are not looked at."""
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}
_STRING_OPERATIONS = frozenset(
    {"toString", "readFile", "toJSON", "concatStringsSep", "concatStrings", "escapeShellArg"}
)
"""Functions that return strings, whatever they are given."""


def value_of(node: Node) -> Value:
    """Return the static value of an expression.

    Strings with interpolations are strings of unknown content; sets with dynamic attributes, `inherit` or `rec` are sets of unknown
    content; variables, calls and arithmetic are unknown.
    """
    return _value(node, _DEPTH)


def is_known(value: Value) -> bool:
    """Tell whether a value is known through and through."""
    if isinstance(value, Opaque):
        return False
    if isinstance(value, list):
        return all(map(is_known, value))
    return not isinstance(value, dict) or all(map(is_known, value.values()))


def _value(node: Node, depth: int) -> Value:
    node = unparenthesized(node)
    read = _READERS.get(node.type)
    return read(node, depth) if read and depth and not node.has_error else UNKNOWN


def _string(node: Node, _depth: int) -> Value:
    content = read_string(node)
    static = content.static if content else None
    return Opaque("string") if static is None else static


def _integer(node: Node, _depth: int) -> Value:
    digits = text(node)
    # Nix refuses integers beyond 64 bits, and Python takes its time over the conversion of long ones.
    return int(digits) if len(digits) < 20 else UNKNOWN


def _negated(node: Node, depth: int) -> Value:
    operator, argument = node.child_by_field_name("operator"), node.child_by_field_name("argument")
    value = _value(argument, depth - 1) if argument else UNKNOWN
    if operator and operator.type == "-" and isinstance(value, int | float) and not isinstance(value, bool):
        return -value
    if operator and operator.type == "!" and isinstance(value, bool):
        return not value
    return UNKNOWN


def _variable(node: Node, _depth: int) -> Value:
    return _CONSTANTS.get(text(node), UNKNOWN)


def _list(node: Node, depth: int) -> Value:
    elements = node.children_by_field_name("element")
    return Opaque("list") if len(elements) > _SIZE else [_value(element, depth - 1) for element in elements]


def _set(node: Node, depth: int) -> Value:
    found: dict[str, Value] = {}
    for number, binding in enumerate(bindings(node)):
        path = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
        value = binding.child_by_field_name("expression")
        if path is None or value is None or number == _SIZE:
            return Opaque("set")
        names = [attr(segment).name for segment in path.named_children if segment.type != "comment"]
        if not _put(found, names, _value(value, depth - 1)):
            return Opaque("set")
    return found


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


def _kind(kind: str) -> Callable[[Node, int], Value]:
    value = Opaque(kind)
    return lambda _node, _depth: value


def _call(node: Node, _depth: int) -> Value:
    while function := node.child_by_field_name("function") if node.type == "apply_expression" else None:
        node = function
    path = select_path(node)
    return Opaque("string") if path and path[-1] in _STRING_OPERATIONS else UNKNOWN


_READERS: dict[str, Callable[[Node, int], Value]] = {
    "string_expression": _string,
    "indented_string_expression": _string,
    "uri_expression": lambda node, _: text(node),
    "integer_expression": _integer,
    "float_expression": lambda node, _: float(text(node)),
    "unary_expression": _negated,
    "variable_expression": _variable,
    "list_expression": _list,
    "attrset_expression": _set,
    "rec_attrset_expression": _kind("set"),
    "path_expression": _kind("path"),
    "hpath_expression": _kind("path"),
    "spath_expression": _kind("path"),
    "function_expression": _kind("function"),
    "apply_expression": _call,
}
