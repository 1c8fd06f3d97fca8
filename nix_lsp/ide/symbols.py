"""Document symbols: the outline of a file, one entry for each binding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Symbol, SymbolKind
from nix_lsp.syntax.ast import application, attrs, bindings, select_path, span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_DEPTH = 48
"""Bindings nested deeper are left out: no outline shows them, and clients walk it recursively."""
_DETAIL = 60
_KINDS = {
    "attrset_expression": SymbolKind.NAMESPACE,
    "rec_attrset_expression": SymbolKind.NAMESPACE,
    "let_attrset_expression": SymbolKind.NAMESPACE,
    "function_expression": SymbolKind.FUNCTION,
    "string_expression": SymbolKind.STRING,
    "indented_string_expression": SymbolKind.STRING,
    "integer_expression": SymbolKind.NUMBER,
    "float_expression": SymbolKind.NUMBER,
    "list_expression": SymbolKind.ARRAY,
}
_SCALARS = frozenset({
    "float_expression", "integer_expression", "path_expression", "select_expression", "spath_expression", "string_expression",
    "variable_expression",
})  # fmt: skip
_LEAVES = frozenset({
    "attrpath", "comment", "formals", "identifier", "indented_string_expression", "inherited_attrs", "integer_expression",
    "path_expression", "select_expression", "string_expression", "variable_expression",
})  # fmt: skip
"""Nodes without bindings that belong to an outline."""


def document_symbols(document: Document) -> list[Symbol]:
    """Return the outline of a file in the order of its text. Broken Nix gives what can be read of it."""
    top: list[Symbol] = []
    lists = [top]
    open_bindings: list[tuple[Node, bool]] = []
    cursor = document.tree.walk()
    going_down = True
    while True:
        if going_down:
            node = cursor.node
            kind = node.type if node else ""
            if node and kind == "binding":
                open_bindings.append((node, _in_let(node)))
                lists.append([])
            elif node and kind in {"inherit", "inherit_from"} and len(open_bindings) < _DEPTH:
                lists[-1] += _inherited(document, node)
            is_plain = kind in _LEAVES or (node is not None and kind == "binding" and not _has_bindings(document, node))
            if not is_plain and len(open_bindings) <= _DEPTH and cursor.goto_first_child():
                continue
        if (node := cursor.node) and open_bindings and node.type == "binding":
            binding, in_let = open_bindings.pop()
            children = lists.pop()
            if len(open_bindings) < _DEPTH and (symbol := _symbol(document, binding, in_let, children)):
                lists[-1].append(symbol)
        going_down = cursor.goto_next_sibling()
        if not going_down and not cursor.goto_parent():
            return top


def _has_bindings(document: Document, binding: Node) -> bool:
    """Tell whether there may be bindings in a binding's value, and it is no option: what an option is made of is nobody's landmark."""
    value = binding.child_by_field_name("expression")
    if value is None:
        return True
    start, end = value.start_byte, value.end_byte
    if document.source.find(b"=", start, end) < 0 and document.source.find(b"inherit", start, end) < 0:
        return False
    return _option_type(document, value) is None


def _option_type(document: Document, value: Node) -> str | None:
    """Return the type of an option that is declared with `mkOption { type = …; }`, as it is written; None for anything else."""
    if (
        value.type != "apply_expression"
        or document.source.find(b"mkOption", value.start_byte, value.start_byte + 40) < 0
    ):
        return None
    function, arguments = application(value)
    if len(arguments) != 1 or (select_path(function) or ("",))[-1] != "mkOption":
        return None
    for binding in bindings(arguments[0]):
        path, type_ = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        if path is not None and type_ is not None and document.text(path) == "type":
            return None if b"submodule" in (type_.text or b"") else document.text(type_)
    return None


def _symbol(document: Document, binding: Node, in_let: bool, children: list[Symbol]) -> Symbol | None:
    path = binding.child_by_field_name("attrpath")
    if path is None:
        return None
    value = binding.child_by_field_name("expression")
    kind = _KINDS.get(value.type) if value else None
    text = document.text(value) if value and value.type == "variable_expression" else None
    if kind is None:
        kind = (
            SymbolKind.BOOLEAN if text in {"true", "false"} else SymbolKind.VARIABLE if in_let else SymbolKind.PROPERTY
        )
    return Symbol(
        _name(document, path),
        _detail(document, value) if value else None,
        kind,
        span(binding),
        span(path),
        tuple(children),
    )


def _name(document: Document, path: Node) -> str:
    """Return a path as it is written, without white space and comments between its segments."""
    name = document.text(path)
    if not any(character in name for character in " \t\r\n#*"):
        return name
    return ".".join(document.text(segment.span) for segment in attrs(path))


def _detail(document: Document, value: Node) -> str | None:
    """Return a short value, a function's arguments, or the type of an option that is declared."""
    if (type_ := _option_type(document, value)) is not None:
        head = " ".join(type_.split())
    elif value.type == "function_expression":
        body = value.child_by_field_name("body")
        end = body.start_byte if body else value.end_byte
        head = " ".join(
            document.source[value.start_byte : min(end, value.start_byte + 4 * _DETAIL)]
            .decode("utf-8", "replace")
            .split()
        )
    elif value.type in _SCALARS and value.end_byte - value.start_byte <= _DETAIL:
        head = document.text(value)
    else:
        return None
    if "\n" in head or not head:
        return None
    return head if len(head) <= _DETAIL else f"{head[: _DETAIL - 1]}…"


def _inherited(document: Document, node: Node) -> list[Symbol]:
    names = node.child_by_field_name("attrs")
    source = node.child_by_field_name("expression")
    detail = (
        f"inherit ({document.text(source)})" if source and source.end_byte - source.start_byte <= _DETAIL else "inherit"
    )
    kind = SymbolKind.VARIABLE if _in_let(node) else SymbolKind.PROPERTY
    return [
        Symbol(segment.name or document.text(segment.span), detail, kind, segment.span, segment.span)
        for segment in (attrs(names) if names else ())
    ]


def _in_let(binding: Node) -> bool:
    owner = binding.parent and binding.parent.parent
    return owner is not None and owner.type in {"let_expression", "let_attrset_expression"}
