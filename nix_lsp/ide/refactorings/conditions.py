"""`if`, `mkIf`, and the functions that are an `if` with nothing behind `else`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.indentation import indentation_at, newline, reindent
from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.library import called, definition_at, library_function
from nix_lsp.ide.refactorings.parentheses import as_argument, needs_parentheses
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import span, text, unparenthesized
from nix_lsp.syntax.layout import indent_unit
from nix_lsp.syntax.span import Span
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place

_OPTIONALS = {
    "attrset_expression": "optionalAttrs",
    "list_expression": "optionals",
    "string_expression": "optionalString",
    "indented_string_expression": "optionalString",
}
"""The function that stands for an `if`, by the form of what is behind `then`."""
_EMPTY = {"optionalAttrs": "{ }", "optionals": "[ ]", "optionalString": '""'}
_CONFIG = "config"


class _If(NamedTuple):
    node: Node
    condition: Node
    then: Node
    otherwise: Node


def _meant_if(place: Place) -> _If | None:
    """Return the `if` whose head the cursor is on."""
    node = place.nearest("if_expression")
    if node is None or any(child.type in {"comment", "ERROR"} for child in node.children):
        return None
    condition, then, otherwise = (
        node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")
    )
    if condition is None or then is None or otherwise is None or place.span.start > condition.end_byte:
        return None
    return _If(node, condition, then, otherwise)


def _is_empty(node: Node) -> bool:
    """Tell whether an expression is `{ }`, `[ ]` or `""`, with nothing in it and no comment."""
    node = unparenthesized(node)
    return node.type in _OPTIONALS and not node.named_children


def _to_optional(place: Place) -> Iterator[Fix]:
    found = _meant_if(place)
    if found is None or not _is_empty(found.otherwise):
        return
    then = unparenthesized(found.then)
    name = _OPTIONALS.get(then.type)
    if name is None or name != _OPTIONALS.get(unparenthesized(found.otherwise).type):
        return
    function = library_function(place, name, found.node, adds_formal=False)
    if function is None:
        return
    new = f"{function.name} {as_argument(text(found.condition), found.condition)} {_moved(place, then, found.node)}"
    start = _start(place, found.node)
    lead = " " if start < found.node.start_byte else ""
    new = f"({new})" if needs_parentheses("apply_expression", found.node) else new
    yield place.fix(f"Write `if` as `{name}`", [TextEdit(Span(start, found.node.end_byte), lead + new)])


def _from_optional(place: Place) -> Iterator[Fix]:
    node = _meant_call(place, frozenset(_EMPTY))
    found = called(place, node, frozenset(_EMPTY), 2) if node is not None else None
    if node is None or found is None:
        return
    name, (condition, value) = found
    yield place.fix(f"Write `{name}` as `if`", [_if(place, node, condition, value, _EMPTY[name])])


def _to_mk_if(place: Place) -> Iterator[Fix]:
    found = _meant_if(place)
    binding = place.above(found.node) if found else None
    if found is None or binding is None or binding.type != "binding" or not _is_module_part(place, binding):
        return
    function = library_function(place, "mkIf", found.node)
    if function is None:
        return
    then, otherwise = unparenthesized(found.then), unparenthesized(found.otherwise)
    condition = as_argument(text(found.condition), found.condition)
    start = _start(place, found.node)
    where = Span(start, found.node.end_byte)
    lead = " " if start < found.node.start_byte else ""
    if _is_empty(otherwise) or text(otherwise) == "null":
        new = f"{lead}{function.name} {condition} {as_argument(_moved(place, then, found.node), then)}"
        is_config = (
            text(binding.child_by_field_name("attrpath") or binding) == _CONFIG and then.type == "attrset_expression"
        )
        yield place.fix("Write `if` as `mkIf`", [TextEdit(where, new), *function.edits], review=not is_config)
        return
    merge = library_function(place, "mkMerge", found.node)
    if merge is None or merge.edits or then.type != "attrset_expression" or otherwise.type != "attrset_expression":
        return
    inner = unparenthesized(found.condition)
    negated = f"(!{as_argument(text(inner), inner)})" if inner.type != "unary_expression" else f"(!({text(inner)}))"
    new = (
        f"{lead}{merge.name} [ ({function.name} {condition} {_moved(place, then, found.node)}) "
        f"({function.name} {negated} {_moved(place, otherwise, found.node)}) ]"
    )
    yield place.fix("Write `if` as a `mkIf` for each branch", [TextEdit(where, new)], review=True)


def _from_mk_if(place: Place) -> Iterator[Fix]:
    node = _meant_call(place, frozenset({"mkIf"}))
    found = called(place, node, frozenset({"mkIf"}), 2) if node is not None else None
    if node is None or found is None:
        return
    _, (condition, value) = found
    binding = place.above(node)
    if binding is None or binding.type != "binding" or _is_namespace(place, binding):
        return
    empty = _OPTIONALS.get(unparenthesized(value).type)
    if empty is None:
        return
    edit = _if(place, node, condition, value, _EMPTY[empty])
    yield place.fix("Write `mkIf` as `if`", [edit], review=True)


def _if(place: Place, node: Node, condition: Node, value: Node, empty: str) -> TextEdit:
    """Write an `if` in the place of a call: with a value of several lines, on lines of its own behind `=` (nixfmt)."""
    document = place.document
    value = unparenthesized(value)
    above = place.above(node)
    if "\n" not in text(value) or above is None or above.type != "binding":
        new = f"if {_bare(condition)} then {text(value)} else {empty}"
        return TextEdit(span(node), f"({new})" if needs_parentheses("if_expression", node) else new)
    start = len(document.source[: node.start_byte].rstrip())
    unit, eol = indent_unit(document), newline(document)
    outer = indentation_at(document, above.start_byte) + unit
    inner = outer + unit
    then = reindent(document, span(value), indentation_at(document, value.start_byte), inner)
    lines = ("", f"{outer}if {_bare(condition)} then", f"{inner}{then}", f"{outer}else", f"{inner}{empty}")
    return TextEdit(Span(start, node.end_byte), eol.join(lines))


def _is_namespace(place: Place, binding: Node) -> bool:
    """Tell whether a binding is of many options: which of them are defined may not depend on the configuration."""
    definition = definition_at(place, binding)
    if definition is None:
        return True
    if not definition.is_set:
        return False
    sets = [found for lane in place.project.lanes(place.document) if (found := place.project.options(lane))]
    return any(found.resolve(definition.names).standing is Standing.NAMESPACE for found in sets)


def _meant_call(place: Place, names: frozenset[str]) -> Node | None:
    """Return the call of one of some functions whose name the cursor is on."""
    outermost: Node | None = None
    for node in reversed(place.chain[-8:]):
        if node.type == "apply_expression":
            found = called(place, node, names, 2)
            if found and place.span.start <= found[1][0].start_byte:
                outermost = node
        elif node.type in {"binding", "list_expression"}:
            break
    return outermost


def _is_module_part(place: Place, binding: Node) -> bool:
    """Tell whether a binding defines options: it is a definition, or the `config` of a module."""
    if text(binding.child_by_field_name("attrpath") or binding) == _CONFIG:
        return bool(place.project.lanes(place.document)) and place.project.module(place.document).is_module
    return definition_at(place, binding) is not None


def _bare(node: Node) -> str:
    return text(unparenthesized(node))


def _start(place: Place, node: Node) -> int:
    """Return where an expression starts with the line break before it, if it stands on a line of its own behind `=`."""
    above = place.above(node)
    before = place.document.source[: node.start_byte]
    stripped = before.rstrip()
    if above is not None and above.type == "binding" and stripped.endswith(b"=") and b"\n" in before[len(stripped) :]:
        return len(stripped)
    return node.start_byte


def _moved(place: Place, value: Node, to: Node) -> str:
    """Return an expression's source with its lines indented as the binding that it goes to the end of."""
    document = place.document
    return reindent(
        document,
        span(value),
        indentation_at(document, value.start_byte),
        indentation_at(document, max(_start(place, to) - 1, 0)),
    )


ROWS = (
    Refactoring(
        "if-to-optional",
        REWRITE,
        "Writes an `if` with an empty `else` as `lib.optionals`, `lib.optionalAttrs` or `lib.optionalString`.",
        "{ lib, x }: [ 1 ] ++ (i$0f x then [ 2 ] else [ ])",
        "{ lib, x }: [ 1 ] ++ (lib.optionals x [ 2 ])",
        _to_optional,
    ),
    Refactoring(
        "optional-to-if",
        REWRITE,
        "Writes `lib.optionals`, `lib.optionalAttrs` or `lib.optionalString` as an `if`.",
        "{ lib, x }: { a = lib.option$0als (x == 1) [ 2 ]; }",
        "{ lib, x }: { a = if x == 1 then [ 2 ] else [ ]; }",
        _from_optional,
    ),
    Refactoring(
        "if-to-mkif",
        REWRITE,
        "Writes an `if` in a module as `mkIf`, which may ask for options that the definition itself could change; one with two branches as "
        "a `mkIf` for each. Without a definition an option has its default, which need not be empty.",
        "{ config, lib, ... }:\n{\n  config = i$0f config.services.nginx.enable then { networking.firewall.enable = true; } else { };\n}",
        "{ config, lib, ... }:\n{\n  config = lib.mkIf config.services.nginx.enable { networking.firewall.enable = true; };\n}",
        _to_mk_if,
    ),
    Refactoring(
        "mkif-to-if",
        REWRITE,
        "Writes `mkIf` as an `if` whose `else` is empty. Not round many options: asking the configuration which of them are defined never ends.",
        '{ lib, x, ... }: { environment.shells = lib.mk$0If x [ "/bin/sh" ]; }',
        '{ lib, x, ... }: { environment.shells = if x then [ "/bin/sh" ] else [ ]; }',
        _from_mk_if,
    ),
)
