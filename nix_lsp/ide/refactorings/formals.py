"""What functions take: names added to `{ … }:`, `x:` and `{ a, b }:` made of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import Name, introduced
from nix_lsp.ide.edits import combine
from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.kinds import QUICK_FIX, REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.refactorings.variables import bound_at, is_written, unused_name, uses, variables, within
from nix_lsp.syntax.ast import attrs, span, text
from nix_lsp.syntax.layout import indent_unit, is_identifier
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.ide.refactorings.variables import Variable
    from nix_lsp.syntax.document import Document


def add_formal(document: Document, formals: Node, *names: str) -> tuple[TextEdit, ...]:
    """Put names behind the others of a `{ … }` that a function takes, in the layout that they have."""
    name = ", ".join(names)
    named = [child for child in formals.named_children if child.type == "formal" and not _is_empty(child)]
    opening = formals.children[0].end_byte
    if not named:
        is_open = any(child.type == "ellipses" for child in formals.named_children)
        if not is_open:
            return (TextEdit(span(formals), f"{{ {name} }}"),)
        return (TextEdit(Span(opening, opening), f" {name},"),)
    last = named[-1]
    behind = [child for child in formals.children if child.start_byte >= last.end_byte]
    comma = behind[0] if behind and behind[0].type == "," else None
    if document.line_of(formals.start_byte) == document.line_of(formals.end_byte):
        return (TextEdit(Span(last.end_byte, last.end_byte), f", {name}"),)
    eol = newline(document) + indentation_at(document, last.start_byte)
    if any(child.type == "," and _is_first(document, child) for child in formals.children):
        indent = indentation_at(document, formals.start_byte)
        end = _line_end(document, last.end_byte)
        return (TextEdit(Span(end, end), "".join(f"{newline(document)}{indent}, {each}" for each in names)),)
    if not _is_first(document, last):
        eol = newline(document) + indentation_at(document, formals.start_byte) + indent_unit(document)
    name = f",{eol}".join(names)
    if comma is None:
        end = _line_end(document, last.end_byte)
        if end == last.end_byte:
            return (TextEdit(Span(end, end), f",{eol}{name}"),)
        return (TextEdit(Span(last.end_byte, last.end_byte), ","), TextEdit(Span(end, end), f"{eol}{name}"))
    end = _line_end(document, comma.end_byte)
    return (TextEdit(Span(end, end), f"{eol}{name},"),)


def _is_empty(formal: Node) -> bool:
    name = formal.child_by_field_name("name")
    return name is None or name.is_missing


def _is_first(document: Document, node: Node) -> bool:
    """Tell whether nothing stands before a node on its line."""
    start = document.line_starts[document.line_of(node.start_byte)]
    return not document.source[start : node.start_byte].strip()


def _line_end(document: Document, offset: int) -> int:
    """Return where the comment ends that is alone behind an offset on its line; the offset itself, if anything else is there."""
    line = document.line_of(offset) + 1
    end = document.line_starts[line] if line < len(document.line_starts) else len(document.source)
    rest = document.source[offset:end].rstrip()
    return offset + len(rest) if rest.lstrip().startswith(b"#") else offset


def _add(place: Place) -> Iterator[Fix]:
    variable = place.nearest("variable_expression")
    found = variables(place.document, variable) if variable is not None and variable == place.chain[-2] else None
    if not found or found[0].bound is not None or found[0].is_global:
        return
    name = found[0].name
    functions = [
        formals
        for node in reversed(place.chain)
        if node.type == "function_expression"
        and (formals := node.child_by_field_name("formals")) is not None
        and (node.child_by_field_name("body") or node).start_byte <= place.span.start
    ]
    for formals in dict.fromkeys((*functions[:1], *functions[-1:])):
        where = "" if formals == functions[0] else " of the file" if len(functions) > 1 else ""
        yield place.fix(f"Add `{name}` to the formals{where}", add_formal(place.document, formals, name))


def _to_formals(place: Place) -> Iterator[Fix]:
    function = place.nearest("function_expression")
    argument = function.child_by_field_name("universal") if function else None
    body = function.child_by_field_name("body") if function else None
    if function is None or argument is None or body is None or function.child_by_field_name("formals"):
        return
    if place.span.start > body.start_byte or any(child.type == "comment" for child in function.children):
        return
    name = next((each for each in introduced(function) if each.kind == "argument"), None)
    found, inside = uses(place.document, name) if name else None, variables(place.document, body)
    if not found or inside is None:
        return
    wanted: dict[str, None] = {}
    edits: list[TextEdit] = []
    for use in found:
        chosen = _chosen(use)
        if chosen is None:
            return
        names, edit = chosen
        wanted |= dict.fromkeys(names)
        edits.append(edit)
        if any(_is_inner(bound_at(place.document, each, use.node.start_byte), body) for each in names):
            return
    if any(each.name in wanted for each in inside):
        return
    head = TextEdit(span(argument), f"{{ {', '.join((*wanted, '...'))} }}")
    yield place.fix("Take the attributes by name", [head, *edits], review=True)


def _chosen(use: Variable) -> tuple[list[str], TextEdit] | None:
    """Return which attributes a use of an argument takes from it, and the edit that names them alone; None for another use."""
    expression = use.node.parent
    outer = expression.parent if expression else None
    if outer is None or expression is None:
        return None
    if outer.type == "inherit_from":
        names = outer.child_by_field_name("attrs")
        listed = [each for each in names.named_children if each.type == "identifier"] if names else []
        if names is None or not listed or len(listed) != names.named_child_count:
            return None
        return [text(each) for each in listed], TextEdit(Span(outer.start_byte, names.start_byte), "inherit ")
    path = outer.child_by_field_name("attrpath") if outer.type == "select_expression" else None
    if path is None or outer.child_by_field_name("default") or outer.child_by_field_name("expression") != expression:
        return None
    first = attrs(path)[0]
    if first.name is None or not is_identifier(first.name):
        return None
    return [first.name], TextEdit(Span(outer.start_byte, first.span.end), first.name)


def _is_inner(bound: object, body: Node) -> bool:
    return isinstance(bound, Name) and within(bound.owner, body)


def _to_argument(place: Place) -> Iterator[Fix]:
    function = place.nearest("function_expression")
    formals = function.child_by_field_name("formals") if function else None
    body = function.child_by_field_name("body") if function else None
    if (
        function is None
        or formals is None
        or body is None
        or not formals.start_byte <= place.span.start <= formals.end_byte
    ):
        return
    document = place.document
    above = place.above(function)
    if above is None or above.type == "source_code" or any(child.type == "comment" for child in formals.children):
        return
    universal = function.child_by_field_name("universal")
    argument = text(universal) if universal else unused_name(document, "args")
    names = [each for each in introduced(function) if each.kind == "formal"]
    edits = [TextEdit(Span(function.start_byte, _colon(function)), argument)]
    for name in names:
        found = uses(document, name)
        inside = variables(document, name.value) if name.value is not None else []
        if (
            found is None
            or inside is None
            or any(isinstance(each.bound, Name) and each.bound.owner == function for each in inside)
        ):
            return
        if universal is None and is_written(document, argument, span(function)):
            return
        for use in found:
            bound = bound_at(document, argument, use.node.start_byte)
            if universal is not None and not (isinstance(bound, Name) and bound.owner == function):
                return
            edit = _selected(use, name, argument, names)
            if edit is None:
                return
            edits.append(edit)
    joined = combine(edits)
    if joined is not None and names:
        yield place.fix("Take the argument as a whole", joined, review=True)


def _selected(use: Variable, name: Name, argument: str, names: Sequence[Name]) -> TextEdit | None:
    """Return the edit that makes `argument.name` of the use of a formal; None where it cannot be."""
    if use.inherit is not None:
        listed = use.inherit.child_by_field_name("attrs")
        known = {each.name for each in names if each.value is None}
        if listed is None or any(text(each) not in known for each in listed.named_children):
            return None
        return TextEdit(Span(use.inherit.start_byte, listed.start_byte), f"inherit ({argument}) ")
    expression = use.node.parent
    outer = expression.parent if expression else None
    new = f"{argument}.{name.name}"
    if name.value is not None:
        default = text(name.value)
        if "\n" in default:
            return None
        simple = name.value.type in {
            "variable_expression",
            "integer_expression",
            "string_expression",
            "list_expression",
            "attrset_expression",
        }
        new = f"{new} or {default if simple else f'({default})'}"
        if outer is not None and outer.type in {"select_expression", "has_attr_expression"}:
            new = f"({new})"
    return TextEdit(span(use.node), new)


def _colon(function: Node) -> int:
    return next((child.start_byte for child in function.children if child.type == ":"), function.start_byte)


ROWS = (
    Refactoring(
        "add-to-formals",
        QUICK_FIX,
        "Adds a name that nothing binds to what a function takes: the nearest one, or that of the whole file.",
        "{ pkgs, ... }: { x = li$0b.id 1; }",
        "{ pkgs, lib, ... }: { x = lib.id 1; }",
        _add,
        solves="undefined-name",
    ),
    Refactoring(
        "to-formals",
        REWRITE,
        "Takes what a function uses of its argument by name. The argument then has to have it, and `functionArgs` sees it.",
        "map (user$0: user.name + user.shell) users",
        "map ({ name, shell, ... }: name + shell) users",
        _to_formals,
    ),
    Refactoring(
        "to-argument",
        REWRITE,
        "Takes the argument as a whole, and selects from it. Not of a file's own function: what calls that goes by its names.",
        "map ({ name$0, shell ? null, ... }: name + shell) users",
        "map (args: args.name + args.shell or null) users",
        _to_argument,
    ),
)
