"""Whether two expressions differ in nothing but what a bound name is called, judged by what Nix' own parser says they are.

`nix-instantiate --parse` writes an expression out in full, with every `a.b = …` and operator made plain. This reading of that is
independent of the one that is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

Scope = dict[str, object]
_LETS = {"let_expression", "rec_attrset_expression"}
_SETS = {"attrset_expression", "rec_attrset_expression"}


class Bound(NamedTuple):
    """What a name in a set or `let` is: an expression, or what an `inherit` takes over."""

    node: Node
    how: str
    """`value`, `inherit`, or `from`."""
    path: Node | None = None
    """What computes its name."""


def alpha_equal(one: str, other: str, names: tuple[str, str] | None = None) -> bool:
    """Tell whether two parsed expressions are the same but for one bound name in each scope.

    `names`: an attribute or named argument of the first name may have the second.
    """
    first, second = (Document("/x", text.encode()).root.child_by_field_name("expression") for text in (one, other))
    return first is not None and second is not None and _same(first, second, {}, {}, names)


def _same(one: Node, other: Node, env: Scope, other_env: Scope, names: tuple[str, str] | None) -> bool:
    one, other = _plain(one), _plain(other)
    if one.type != other.type:
        return False
    match one.type:
        case "variable_expression":
            left, right = env.get(_text(one)), other_env.get(_text(other))
            # One that is bound nowhere is a `with`'s.
            return left == right and (left is not None or _may_be(_text(one), _text(other), names))
        case "let_expression" | "attrset_expression" | "rec_attrset_expression":
            return _same_bindings(one, other, env, other_env, names)
        case "function_expression":
            return _same_function(one, other, env, other_env, names)
        case "attrpath":
            return len(one.named_children) == len(other.named_children) and all(
                _same_attr(a, b, env, other_env, names)
                for a, b in zip(one.named_children, other.named_children, strict=True)
            )
        case _:
            if not one.named_children:
                return _text(one) == _text(other)
            operators = [child.type for child in one.children] == [child.type for child in other.children]
            return operators and all(
                _same(a, b, env, other_env, names)
                for a, b in zip(one.named_children, other.named_children, strict=True)
            )


def _same_attr(one: Node, other: Node, env: Scope, other_env: Scope, names: tuple[str, str] | None) -> bool:
    if any(child.type == "interpolation" for child in one.named_children):
        return _same(one, other, env, other_env, names)
    return _may_be(_text(one).strip('"'), _text(other).strip('"'), names)


def _may_be(one: str, other: str, names: tuple[str, str] | None) -> bool:
    return one == other or (one, other) == names


def _same_bindings(one: Node, other: Node, env: Scope, other_env: Scope, names: tuple[str, str] | None) -> bool:
    entries, others = _entries(one), _entries(other)
    pairs = _paired(entries, others)
    if pairs is None:
        return False
    static = [(a, b) for a, b in pairs if entries[a].path is None]
    if one.type in _SETS and any(not _may_be(a, b, names) for a, b in static):
        return False
    inner, other_inner = env, other_env
    if one.type in _LETS:
        tokens = [object() for _ in pairs]
        inner = env | {a: token for (a, _), token in zip(pairs, tokens, strict=True) if not a.startswith("${")}
        other_inner = other_env | {
            b: token for (_, b), token in zip(pairs, tokens, strict=True) if not b.startswith("${")
        }
    for a, b in pairs:
        if not _same_bound(a, entries[a], b, others[b], (env, other_env), (inner, other_inner), names):
            return False
    body, other_body = one.child_by_field_name("body"), other.child_by_field_name("body")
    return (body is None) == (other_body is None) and (
        body is None or other_body is None or _same(body, other_body, inner, other_inner, names)
    )


def _same_bound(
    a: str,
    left: Bound,
    b: str,
    right: Bound,
    outer: tuple[Scope, Scope],
    inner: tuple[Scope, Scope],
    names: tuple[str, str] | None,
) -> bool:
    """Compare two values, one of which may be inherited and the other written out."""
    if left.path is not None and right.path is not None:
        return _same(left.path, right.path, *inner, names) and _same(left.node, right.node, *inner, names)
    spelt = [
        _meaning(name, each, out, own)
        for name, each, out, own in ((a, left, outer[0], inner[0]), (b, right, outer[1], inner[1]))
    ]
    if None not in spelt:
        return spelt[0] == spelt[1]
    first, second = _source(a, left), _source(b, right)
    if first is not None and second is not None:
        same = len(first[1]) == len(second[1]) and all(map(_may_be, first[1], second[1], [names] * len(first[1])))
        return same and _same(first[0], second[0], *inner, names)
    if left.how == right.how == "from":
        return _may_be(a, b, names) and _same(left.node, right.node, *inner, names)
    if left.how == right.how == "value":
        return _same(left.node, right.node, *inner, names)
    return False


def _meaning(name: str, bound: Bound, outer: Scope, inner: Scope) -> object:
    """Return what a variable means that is all that is bound."""
    if bound.how == "inherit":
        return outer.get(name, name)
    plain = _plain(bound.node)
    return (
        inner.get(_text(plain), _text(plain)) if bound.how == "value" and plain.type == "variable_expression" else None
    )


def _source(name: str, bound: Bound) -> tuple[Node, list[str]] | None:
    """Return what something is selected from, and by which names; None where a name is computed."""
    names: list[str] = [name] if bound.how == "from" else []
    node = _plain(bound.node)
    while node.type == "select_expression" and node.child_by_field_name("default") is None:
        base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
        if base is None or path is None or "${" in _text(path):
            return None
        names = [*(_text(each).strip('"') for each in path.named_children), *names]
        node = _plain(base)
    return (node, names) if names else None


def _entries(node: Node) -> dict[str, Bound]:
    found: dict[str, Bound] = {}
    for group in node.named_children:
        for binding in group.named_children if group.type == "binding_set" else ():
            value = binding.child_by_field_name("expression")
            listed = binding.child_by_field_name("attrs")
            path = binding.child_by_field_name("attrpath")
            if binding.type == "binding" and path is not None and value is not None:
                dynamic = path if _text(path).startswith('"${') else None
                found[_text(path).strip('"')] = Bound(value, "value", dynamic)
            for name in listed.named_children if listed is not None else ():
                found[_text(name).strip('"')] = Bound(value or name, "from" if value is not None else "inherit")
    return found


def _paired(one: Mapping[str, Bound], other: Mapping[str, Bound]) -> list[tuple[str, str]] | None:
    left, right = [name for name in one if name not in other], [name for name in other if name not in one]
    if len(left) != len(right):
        return None
    dynamic = [name for name in left if name.startswith("${")]
    if len(left) - len(dynamic) > 1:
        return None
    return [*((name, name) for name in one if name in other), *zip(sorted(left), sorted(right), strict=True)]


def _same_function(one: Node, other: Node, env: Scope, other_env: Scope, names: tuple[str, str] | None) -> bool:
    inner, other_inner = dict(env), dict(other_env)
    whole, other_whole = one.child_by_field_name("universal"), other.child_by_field_name("universal")
    if (whole is None) != (other_whole is None):
        return False
    if whole is not None and other_whole is not None:
        inner[_text(whole)] = other_inner[_text(other_whole)] = object()
    formals = [_formals(each) for each in (one, other)]
    pairs = _paired({name: Bound(one, "") for name in formals[0]}, {name: Bound(one, "") for name in formals[1]})
    if pairs is None or any(not _may_be(a, b, names) for a, b in pairs):
        return False
    for a, b in pairs:
        inner[a] = other_inner[b] = object()
    for a, b in pairs:
        default, other_default = formals[0][a], formals[1][b]
        if (default is None) != (other_default is None):
            return False
        if (
            default is not None
            and other_default is not None
            and not _same(default, other_default, inner, other_inner, names)
        ):
            return False
    body, other_body = one.child_by_field_name("body"), other.child_by_field_name("body")
    return body is not None and other_body is not None and _same(body, other_body, inner, other_inner, names)


def _formals(function: Node) -> dict[str, Node | None]:
    formals = function.child_by_field_name("formals")
    found: dict[str, Node | None] = {}
    for formal in formals.named_children if formals is not None else ():
        name = formal.child_by_field_name("name")
        found[_text(name) if name is not None else "..."] = formal.child_by_field_name("default")
    return found


def _plain(node: Node) -> Node:
    while node.type == "parenthesized_expression" and (inner := node.child_by_field_name("expression")):
        node = inner
    return node


def _text(node: Node) -> str:
    return (node.text or b"").decode()
