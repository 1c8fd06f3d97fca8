"""What each kind of expression comes to: a function each, and a table."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.frames import Frame
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attrs,
    Function,
    Known,
    Lazy,
    Listing,
    Plain,
    Shape,
    joined,
    updated,
)
from nix_lsp.syntax.ast import static_string, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from nix_lsp.analysis.shapes.inference import Inference

_BOOLEAN = Plain("boolean")
_STRING = Plain("string")
_LONGEST = 200
"""Bytes of a string that may be a name."""


def _within(field: str) -> Callable[[Inference, Node, Frame], Shape]:
    def run(inference: Inference, node: Node, frame: Frame) -> Shape:
        return inference.shape(node.child_by_field_name(field), frame)

    return run


def _let(inference: Inference, node: Node, frame: Frame) -> Shape:
    return inference.shape(node.child_by_field_name("body"), inference.inner(node, frame))


def _with(inference: Inference, node: Node, frame: Frame) -> Shape:
    environment = inference.lazily(node.child_by_field_name("environment"), frame)
    return inference.shape(node.child_by_field_name("body"), Frame(frame.document, frame, environment=environment))


def _if(inference: Inference, node: Node, frame: Frame) -> Shape:
    condition = inference.shape(node.child_by_field_name("condition"), frame)
    branches = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
    if isinstance(condition, Plain) and condition.kind == "boolean" and condition.value is not None:
        return inference.shape(branches[condition.value != "true"], frame)
    return joined(inference.shape(branch, frame) for branch in branches)


def _function(_: Inference, node: Node, frame: Frame) -> Shape:
    return Function(node, frame)


def _list(inference: Inference, node: Node, frame: Frame) -> Shape:
    items = tuple(inference.lazily(element, frame) for element in node.children_by_field_name("element"))
    return Listing(items, is_exact=not node.has_error)


def _variable(inference: Inference, node: Node, frame: Frame) -> Shape:
    name = node.child_by_field_name("name")
    return inference.look_up(text(name), frame).shape if name else ANY


def _select(inference: Inference, node: Node, frame: Frame) -> Shape:
    shape = inference.shape(node.child_by_field_name("expression"), frame)
    path, default = node.child_by_field_name("attrpath"), node.child_by_field_name("default")
    is_certain = True
    for segment in path.children_by_field_name("attr") if path else ():
        name = inference.name(segment, frame)
        if name is None:
            shape, is_certain = any_attribute(shape), False
            continue
        found = shape.attribute(name)
        if found is None:
            return inference.shape(default, frame) if default else ANY
        shape, is_certain = found.shape, is_certain and found.is_certain
    return shape if default is None or is_certain else joined((shape, inference.shape(default, frame)))


_SEVERAL = 6


def any_attribute(shape: Shape) -> Shape:
    """Return what all attributes of a set have in common, as far as a few of them tell."""
    if isinstance(shape, Known):
        found = shape.attribute("*")
        known_ = [each.shape for each in list(shape.attributes().values())[:_SEVERAL]]
        return joined((*known_, found.shape)) if found else joined(known_)
    rest = shape.attribute("") if not isinstance(shape, Attrs) or shape.rest is not None else None
    values = [each.shape for each in list(shape.attributes().values())[:_SEVERAL]]
    more = [ANY] if len(shape.attributes()) > _SEVERAL else []
    return joined((*values, *([rest.shape] if rest else []), *more))


def _has(inference: Inference, node: Node, frame: Frame) -> Shape:
    shape = inference.shape(node.child_by_field_name("expression"), frame)
    path = node.child_by_field_name("attrpath")
    for segment in path.children_by_field_name("attr") if path else ():
        name = inference.name(segment, frame)
        if name is None or not isinstance(shape, Attrs):
            return _BOOLEAN
        found = shape.attribute(name)
        if found is None:
            return Plain("boolean", "false") if shape.is_exact else _BOOLEAN
        if not found.is_certain:
            return _BOOLEAN
        shape = found.shape
    return Plain("boolean", "true")


def _apply(inference: Inference, node: Node, frame: Frame) -> Shape:
    function = inference.shape(node.child_by_field_name("function"), frame)
    return inference.apply(function, inference.lazily(node.child_by_field_name("argument"), frame))


def _binary(inference: Inference, node: Node, frame: Frame) -> Shape:
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or any(child.type == "ERROR" for child in node.children):
        # 0.1.0 of the grammar has no pipes.
        return ANY
    run = _OPERATORS.get(operator.type)
    return run(inference, left, right, frame) if run else _BOOLEAN if operator.type in _COMPARING else ANY


def _update(inference: Inference, left: Node | None, right: Node | None, frame: Frame) -> Shape:
    return updated(inference.shape(left, frame), inference.shape(right, frame))


def _concatenation(inference: Inference, left: Node | None, right: Node | None, frame: Frame) -> Shape:
    items: list[Lazy] = []
    is_exact = True
    for side in (inference.shape(left, frame), inference.shape(right, frame)):
        if isinstance(side, Listing):
            items += side.items
            is_exact = is_exact and side.is_exact
        else:
            is_exact = False
    return Listing(tuple(items), is_exact=is_exact)


def _sum(inference: Inference, left: Node | None, right: Node | None, frame: Frame) -> Shape:
    first, second = inference.shape(left, frame), inference.shape(right, frame)
    if isinstance(first, Plain) and first.kind in {"string", "path"}:
        if isinstance(second, Plain) and first.value is not None and second.value is not None:
            whole = first.value + second.value
            return Plain(first.kind, posixpath.normpath(whole) if first.kind == "path" else whole)
        return Plain(first.kind)
    return _number(first, second)


def _arithmetic(inference: Inference, left: Node | None, right: Node | None, frame: Frame) -> Shape:
    return _number(inference.shape(left, frame), inference.shape(right, frame))


def _number(first: Shape, second: Shape) -> Shape:
    kinds = {each.kind for each in (first, second) if isinstance(each, Plain)}
    if kinds == {"integer"} and isinstance(first, Plain) and isinstance(second, Plain):
        return Plain("integer")
    return Plain("float") if "float" in kinds and kinds <= {"float", "integer"} else ANY


def _piped(inference: Inference, left: Node | None, right: Node | None, frame: Frame) -> Shape:
    return inference.apply(inference.shape(right, frame), inference.lazily(left, frame))


def _piped_back(inference: Inference, left: Node | None, right: Node | None, frame: Frame) -> Shape:
    return inference.apply(inference.shape(left, frame), inference.lazily(right, frame))


def _unary(inference: Inference, node: Node, frame: Frame) -> Shape:
    value = inference.shape(node.child_by_field_name("argument"), frame)
    if text(node).startswith("!"):
        if isinstance(value, Plain) and value.value in {"true", "false"}:
            return Plain("boolean", "false" if value.value == "true" else "true")
        return _BOOLEAN
    return value if isinstance(value, Plain) and value.kind == "float" else Plain("integer")


def _path(inference: Inference, node: Node, frame: Frame) -> Shape:
    parts: list[str] = []
    for child in node.named_children:
        if child.type == "path_fragment":
            parts.append(text(child))
            continue
        inner = inference.shape(child.child_by_field_name("expression"), frame)
        if not isinstance(inner, Plain) or inner.value is None:
            return Plain("path")
        parts.append(inner.value)
    folder = posixpath.dirname(frame.document.path)
    return Plain("path", posixpath.normpath(posixpath.join(folder, "".join(parts))))


def _search_path(_: Inference, node: Node, __: Frame) -> Shape:
    return Known(("search", *text(node).strip("<>").split("/")))


def _string(inference: Inference, node: Node, frame: Frame) -> Shape:
    if (whole := static_string(node)) is not None:
        return Plain("string", whole)
    if node.end_byte - node.start_byte > _LONGEST or node.type == "indented_string_expression":
        return _STRING
    parts: list[str] = []
    for child in node.named_children:
        if child.type == "string_fragment":
            parts.append(text(child))
            continue
        inner = (
            inference.shape(child.child_by_field_name("expression"), frame) if child.type == "interpolation" else ANY
        )
        if not isinstance(inner, Plain) or inner.value is None or inner.kind not in {"string", "path"}:
            return _STRING
        parts.append(inner.value)
    return Plain("string", "".join(parts))


def _attrset(inference: Inference, node: Node, frame: Frame) -> Shape:
    if node.type == "attrset_expression":
        return inference.bindings(node, frame, frame)
    inner = inference.inner(node, frame)
    if node.type == "let_attrset_expression":
        return inference.look_up("body", inner).shape
    return inference.bindings(node, inner, frame)


def _plain(shape: Shape) -> Callable[[Inference, Node, Frame], Shape]:
    return lambda _, __, ___: shape


EXPRESSIONS: dict[str, Callable[[Inference, Node, Frame], Shape]] = {
    "source_code": _within("expression"),
    "parenthesized_expression": _within("expression"),
    "assert_expression": _within("body"),
    "let_expression": _let,
    "with_expression": _with,
    "if_expression": _if,
    "function_expression": _function,
    "list_expression": _list,
    "variable_expression": _variable,
    "select_expression": _select,
    "has_attr_expression": _has,
    "apply_expression": _apply,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "integer_expression": _plain(Plain("integer")),
    "float_expression": _plain(Plain("float")),
    "path_expression": _path,
    "hpath_expression": _plain(Plain("path")),
    "spath_expression": _search_path,
    "uri_expression": _plain(_STRING),
    "string_expression": _string,
    "indented_string_expression": _string,
    "attrset_expression": _attrset,
    "rec_attrset_expression": _attrset,
    "let_attrset_expression": _attrset,
}
"""By the grammar's name of the node; what is not here is open."""

_COMPARING = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "->"})
_OPERATORS: dict[str, Callable[[Inference, Node | None, Node | None, Frame], Shape]] = {
    "//": _update,
    "++": _concatenation,
    "+": _sum,
    "-": _arithmetic,
    "*": _arithmetic,
    "/": _arithmetic,
    "|>": _piped,
    "<|": _piped_back,
}
