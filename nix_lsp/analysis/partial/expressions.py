"""How each kind of expression is evaluated: a function each, and two tables."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.value import (
    ANY,
    UNKNOWN,
    Attrset,
    Call,
    Choice,
    Lambda,
    Listing,
    NixPath,
    Scope,
    Symbol,
    Thunk,
    Unknown,
    Value,
    choice,
    given,
    normal,
)
from nix_lsp.syntax.ast import attr, attrs, bindings, static_string, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from nix_lsp.analysis.partial.evaluate import Evaluator


def _inner(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return evaluator.evaluate(node.child_by_field_name("expression"), scope)


def _body(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return evaluator.evaluate(node.child_by_field_name("body"), scope)


def _let(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    inner = _recursive(evaluator, node, scope)
    return _body(evaluator, node, inner)


def _with(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    environment = evaluator.lazily(node.child_by_field_name("environment"), scope)
    return _body(evaluator, node, Scope(scope.file, {}, scope, environment))


def _if(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    condition = evaluator.evaluate(node.child_by_field_name("condition"), scope)
    if isinstance(condition, bool):
        return evaluator.evaluate(node.child_by_field_name("consequence" if condition else "alternative"), scope)
    branches = (node.child_by_field_name(name) for name in ("consequence", "alternative"))
    return choice(evaluator.lazily(branch, scope) for branch in branches)


def _lambda(_: Evaluator, node: Node, scope: Scope) -> Value:
    return Lambda(node, scope)


def _list(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return Listing(tuple(evaluator.lazily(element, scope) for element in node.children_by_field_name("element")))


def _variable(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    name_node = node.child_by_field_name("name")
    return evaluator.lookup(text(name_node), scope) if name_node else UNKNOWN


def _select(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    value = evaluator.evaluate(node.child_by_field_name("expression"), scope)
    path = node.child_by_field_name("attrpath")
    for segment in path.children_by_field_name("attr") if path else ():
        name = _name(evaluator, segment, scope)
        value = evaluator.select(value, name if name is not None else ANY)
    if isinstance(value, Unknown) and (default := node.child_by_field_name("default")):
        return evaluator.evaluate(default, scope)
    return value


def _has(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """`set ? a.b`: decided where the set is known, or where it surely has no such name."""
    value = evaluator.evaluate(node.child_by_field_name("expression"), scope)
    path = node.child_by_field_name("attrpath")
    for segment in path.children_by_field_name("attr") if path else ():
        name = _name(evaluator, segment, scope)
        if name is None or not isinstance(value, Attrset):
            return UNKNOWN
        if name not in value.attrs:
            return False if value.exact else UNKNOWN
        value = value.attrs[name].force()
    return True


def _apply(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    function = evaluator.evaluate(node.child_by_field_name("function"), scope)
    argument = node.child_by_field_name("argument")
    thunk = evaluator.lazily(argument, scope)
    if argument and argument.type in _SIMPLE:
        thunk.force()
    return evaluator.apply(function, thunk)


def _binary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    operator = node.child_by_field_name("operator")
    kind = operator.type if operator else ""
    combine, decisive = _OPERATORS.get(kind), _LOGICAL.get(kind)
    if combine is None and decisive is None:
        return UNKNOWN
    left = evaluator.evaluate(node.child_by_field_name("left"), scope)
    if combine is None and not isinstance(left, bool):
        return UNKNOWN
    if left is decisive:
        return left
    right = evaluator.evaluate(node.child_by_field_name("right"), scope)
    return combine(evaluator, left, right) if combine else right


def _concat(evaluator: Evaluator, left: Value, right: Value) -> Value:
    first, second = evaluator.items(left), evaluator.items(right)
    return Listing((*first.items, *second.items), first.exact and second.exact)


def _update(evaluator: Evaluator, first: Value, second: Value) -> Value:
    if isinstance(first, Symbol | Call | Choice) or isinstance(second, Symbol | Call | Choice):
        return choice((given(second), given(first)))
    if not isinstance(first, Attrset) and not isinstance(second, Attrset):
        return UNKNOWN
    below, above = evaluator.as_set(first), evaluator.as_set(second)
    return Attrset(
        {**below.attrs, **above.attrs},
        below.exact and above.exact,
        above.node or below.node,
        above.file or below.file,
    )


def _add(evaluator: Evaluator, left: Value, right: Value) -> Value:
    return _join(evaluator, [left, right])


def _equal(_: Evaluator, left: Value, right: Value) -> Value:
    known = isinstance(left, str | bool) and isinstance(right, str | bool)
    return left == right if known else UNKNOWN


def _unequal(evaluator: Evaluator, left: Value, right: Value) -> Value:
    equal = _equal(evaluator, left, right)
    return not equal if isinstance(equal, bool) else UNKNOWN


def _unary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    value = evaluator.evaluate(node.child_by_field_name("argument"), scope)
    return not value if isinstance(value, bool) else UNKNOWN


def _path(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    parts: list[str] = []
    for child in node.named_children:
        if child.type == "path_fragment":
            parts.append(text(child))
        elif (piece := evaluator.text_of(_inner(evaluator, child, scope))) is not None:
            parts.append(piece)
        else:
            return UNKNOWN
    return NixPath(normal(posixpath.join(posixpath.dirname(scope.file), "".join(parts))))


def _search_path(_: Evaluator, node: Node, __: Scope) -> Value:
    head, slash, rest = text(node).strip("<>").partition("/")
    return Symbol(("inputs", head, f"/{rest}")) if slash else Symbol(("inputs", head))


def _uri(_: Evaluator, node: Node, __: Scope) -> Value:
    return text(node)


def _string(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    if (whole := static_string(node)) is not None:
        return whole
    parts: list[Value] = []
    for child in node.named_children:
        if child.type == "interpolation":
            value = _inner(evaluator, child, scope)
            parts.append(value.path if isinstance(value, NixPath) else value)
        else:
            parts.append(text(child))
    return _join(evaluator, parts)


def _join(evaluator: Evaluator, parts: list[Value]) -> Value:
    """Join the parts of a string, or a path and what is added to it."""
    first = parts[0] if parts else ""
    rest = [evaluator.text_of(part) for part in parts[1:]]
    if any(part is None for part in rest):
        return UNKNOWN
    tail = "".join(part for part in rest if part is not None)
    if isinstance(first, Symbol) and first != Symbol(("inputs", "self")):
        return Symbol((*first.path, tail)) if tail.startswith("/") else UNKNOWN
    start = evaluator.text_of(first)
    if start is None:
        return UNKNOWN
    is_path = isinstance(first, NixPath | Symbol)
    return NixPath(normal(start + tail)) if is_path else start + tail


def _attrset(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    if node.type == "attrset_expression":
        return _bindings(evaluator, node, scope, scope)._replace(node=node, file=scope.file)
    inner = _recursive(evaluator, node, scope)
    if node.type == "let_attrset_expression":
        return evaluator.lookup("body", inner)
    return Attrset(inner.names, node=node, file=scope.file)


def _recursive(evaluator: Evaluator, node: Node, scope: Scope) -> Scope:
    names: dict[str, Thunk] = {}
    inner = Scope(scope.file, names, scope)
    names.update(_bindings(evaluator, node, inner, scope).attrs)
    return inner


def _bindings(evaluator: Evaluator, node: Node, scope: Scope, outer: Scope) -> Attrset:
    """Read the bindings of a set or `let`; `inherit x` looks in the scope outside."""
    result: dict[str, Thunk] = {}
    exact = True
    for binding in bindings(node):
        if binding.type == "binding":
            path = binding.child_by_field_name("attrpath")
            names = (
                [_name(evaluator, segment, scope) for segment in path.children_by_field_name("attr")] if path else []
            )
            exact = exact and None not in names
            if names:
                expression = binding.child_by_field_name("expression")
                value = evaluator.lazily(expression, scope)
                if expression and expression.type == "path_expression" and expression.named_child_count == 1:
                    value.force()
                _insert(result, [name if name is not None else ANY for name in names], value)
            continue
        inherited = binding.child_by_field_name("attrs")
        source = binding.child_by_field_name("expression")
        origin = evaluator.lazily(source, scope) if source else None
        for segment in attrs(inherited) if inherited else ():
            if segment.name is not None:
                result[segment.name] = _inherited(evaluator, segment.name, origin, outer)
    return Attrset(result, exact)


def _inherited(evaluator: Evaluator, name: str, origin: Thunk | None, outer: Scope) -> Thunk:
    if origin is None:
        return outer.bound(name) or Thunk(lambda: evaluator.lookup(name, outer))
    return Thunk(lambda: evaluator.select(origin.force(), name))


def _insert(into: dict[str, Thunk], path: list[str], value: Thunk) -> None:
    """Add `a.b.c = value` to a set that may hold parts of `a` already."""
    for name in reversed(path[1:]):
        value = given(Attrset({name: value}))
    name = path[0]
    before = into.get(name)
    into[name] = value if before is None else Thunk(lambda: _overlay(before, value))


def _overlay(left: Thunk, right: Thunk) -> Value:
    """Merge `a.b = …; a.c = …;` into one `a`."""
    first, second = left.force(), right.force()
    if not isinstance(first, Attrset) or not isinstance(second, Attrset):
        return choice((left, right))
    joined = dict(first.attrs)
    for name, thunk in second.attrs.items():
        before = joined.get(name)
        joined[name] = thunk if before is None else _overlaid(before, thunk)
    return Attrset(joined, first.exact and second.exact, first.node or second.node, first.file or second.file)


def _overlaid(left: Thunk, right: Thunk) -> Thunk:
    return Thunk(lambda: _overlay(left, right))


def _name(evaluator: Evaluator, segment: Node, scope: Scope) -> str | None:
    name = attr(segment).name
    if name is None:
        value = (
            _inner(evaluator, segment, scope) if segment.type == "interpolation" else _string(evaluator, segment, scope)
        )
        name = value if isinstance(value, str) else None
    return name


_SIMPLE = frozenset({"path_expression", "string_expression", "variable_expression", "attrset_expression"})
"""Arguments that cost little to know at once: with them, a call may turn out to be one that was made before."""

EXPRESSIONS: dict[str, Callable[[Evaluator, Node, Scope], Value]] = {
    "source_code": _inner,
    "parenthesized_expression": _inner,
    "let_expression": _let,
    "with_expression": _with,
    "assert_expression": _body,
    "if_expression": _if,
    "function_expression": _lambda,
    "list_expression": _list,
    "variable_expression": _variable,
    "select_expression": _select,
    "apply_expression": _apply,
    "has_attr_expression": _has,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "path_expression": _path,
    "spath_expression": _search_path,
    "uri_expression": _uri,
    "string_expression": _string,
    "indented_string_expression": _string,
    "attrset_expression": _attrset,
    "rec_attrset_expression": _attrset,
    "let_attrset_expression": _attrset,
}
"""By the grammar's name of the node; what is not here is unknown."""
_LOGICAL = {"&&": False, "||": True}
"""Operators whose right side matters only if the left is not this."""
_OPERATORS: dict[str, Callable[[Evaluator, Value, Value], Value]] = {
    "++": _concat,
    "//": _update,
    "+": _add,
    "==": _equal,
    "!=": _unequal,
}
