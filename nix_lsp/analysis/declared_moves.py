"""Moves of options that a project's own modules declare in their `imports`: `mkRenamedOptionModule` and its kin (nixpkgs, lib/modules.nix)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.definition import DeclaredOption
from nix_lsp.syntax.ast import Attr, application, attrs, bindings, select_path, span, static_string, unparenthesized
from option_index.records import Declaration, Move, MoveKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_MOVERS = {
    "mkRenamedOptionModule": MoveKind.RENAMED,
    "mkRenamedOptionModuleWith": MoveKind.RENAMED,
    "mkAliasOptionModule": MoveKind.ALIAS,
    "mkAliasOptionModuleMD": MoveKind.ALIAS,
    "mkRemovedOptionModule": MoveKind.REMOVED,
    "mkChangedOptionModule": MoveKind.CHANGED,
    "mkMergedOptionModule": MoveKind.CHANGED,
}
_SETS = frozenset({"attrset_expression", "rec_attrset_expression"})


def declared_moves(document: Document, node: Node) -> Iterator[DeclaredOption]:
    """Yield the old names that an element of `imports` declares, each with its `move`; nothing for other elements.

    A name that is not static stands for any.
    """
    function, arguments = application(node)
    kind = _MOVERS.get((select_path(function) or ("",))[-1] or "") if arguments else None
    if kind is None:
        return
    first = unparenthesized(arguments[0])
    origins, second = [first], arguments[1] if len(arguments) > 1 else None
    if first.type in _SETS:
        given = dict(_named(first))
        origins, second = [given[name] for name in ("from",) if name in given], given.get("to")
    elif first.type == "list_expression" and all(
        unparenthesized(each).type == "list_expression" for each in first.children_by_field_name("element")
    ):
        origins = first.children_by_field_name("element")
    target = _path(second) if second is not None and kind is not MoveKind.REMOVED else None
    reason = static_string(unparenthesized(second)) if second is not None and kind is MoveKind.REMOVED else None
    to = tuple(segment.name or "" for segment in target) if target else None
    where = Declaration(document.path)
    for origin in origins:
        path = _path(origin)
        if path:
            source = tuple(segment.name or "" for segment in path)
            is_static = "" not in source and "" not in (to or ())
            move = Move(kind, source, to, None, reason, where) if is_static else None
            yield DeclaredOption(path, node, None, None, None, document.path, move=move)


def _path(node: Node) -> tuple[Attr, ...] | None:
    node = unparenthesized(node)
    if node.type != "list_expression":
        return None
    return tuple(Attr(static_string(each), span(each)) for each in node.children_by_field_name("element"))


def _named(owner: Node) -> Iterator[tuple[str, Node]]:
    for binding in bindings(owner):
        path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        names = attrs(path) if path else ()
        if binding.type == "binding" and value is not None and len(names) == 1 and names[0].name:
            yield names[0].name, value
