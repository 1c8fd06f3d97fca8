"""Defining options in an attribute set, merged into what stands there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide import edits
from nix_lsp.ide.difference import common_length
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.rewrites.imperative.scope import argument, is_of_another_set
from nix_lsp.ide.rewrites.imperative.steps import Conflict, applied, binding_below, set_at
from nix_lsp.ide.rewrites.imperative.value import (
    Attrs,
    Expression,
    Guarded,
    Lines,
    List,
    Selection,
    Setting,
    Str,
    Value,
    collapsed,
    line_text,
    render,
    steps,
)
from nix_lsp.ide.set_names import binding_path
from nix_lsp.syntax.ast import STRINGS, bindings, select_path, text, unparenthesized
from nix_lsp.syntax.layout import attrpath_text, indent_unit
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_ARGUMENT = re.compile(r"(?<![\w.'-])(pkgs|lib|config)\.")


def define(document: Document, start: int, settings: Sequence[Setting]) -> tuple[Document, int]:
    """Define options in the attribute set that starts at an offset; returns the document with them, and where the set starts then.

    Raises:
        Conflict: an option is defined already with another value, or the set does not allow the edit.
    """
    edited, start = with_arguments(all_defined(document, start, settings), start, settings)
    if edited.root.has_error and not document.root.has_error:
        raise Conflict("the file's layout is not understood well enough")
    return edited, start


def all_defined(
    document: Document, start: int, settings: Sequence[Setting], after: tuple[str, ...] = (), entity: int = 1
) -> Document:
    """Define options, the first behind `after`, each group (of which the first `entity` names are the same) behind the one before."""
    for setting in _grouped(set_at(document, start), settings):
        stands_alone = is_new(set_at(document, start), setting.path[:entity])
        document = _define(document, start, setting, after)
        after = setting.path if stands_alone else after
    return document


def with_arguments(document: Document, start: int, settings: Sequence[Setting]) -> tuple[Document, int]:
    """Bring the module arguments that settings are made of into scope; returns also where the set that starts at an offset starts then."""
    for name in sorted({name for setting in settings for name in _arguments_of(setting.value)}):
        if name != "pkgs" and is_of_another_set(set_at(document, start), name):
            raise Conflict(f"`{name}` is that of the system here")
        added = argument(document, set_at(document, start), name)
        if added is None:
            raise Conflict(f"`{name}` is not an argument here")
        document, start = applied(document, added), start + sum(len(edit.text.encode()) for edit in added)
    return document, start


def is_written(owner: Node, path: tuple[str, ...], value: Value) -> bool:
    """Tell whether a set defines a path now, with everything that was to stand below it."""
    if isinstance(value, Attrs) and value.items:
        return all(is_written(owner, (*path, *steps(name)), item) for name, item in value.items)
    return not is_new(owner, path)


def is_new(owner: Node, path: tuple[str, ...]) -> bool:
    return binding_below(owner, path) is None


def _grouped(owner: Node, settings: Sequence[Setting]) -> list[Setting]:
    """Join neighbours below one option path, two segments deep or more, into one set where nothing of it stands yet."""
    grouped: list[Setting] = []
    for setting in settings:
        last = grouped[-1] if grouped else None
        shared = common_length(last.path, setting.path) if last else 0
        if last and isinstance(last.value, Attrs) and shared == len(last.path) and is_new(owner, last.path):
            item = (setting.path[shared:], setting.value)
            grouped[-1] = Setting(last.path, Attrs((*last.value.items, item)))
        elif last and 2 <= shared < min(len(last.path), len(setting.path)) and is_new(owner, setting.path[:shared]):
            items = ((last.path[shared:], last.value), (setting.path[shared:], setting.value))
            grouped[-1] = Setting(setting.path[:shared], Attrs(items))
        else:
            grouped.append(setting)
    return grouped


def _define(document: Document, start: int, setting: Setting, after: tuple[str, ...]) -> Document:
    """Define one option, merged into what stands there."""
    owner = set_at(document, start)
    path, value = setting.path, setting.value
    existing = edits.find(document, owner, path)
    if existing:
        return _merge(document, start, existing, setting, after)
    if isinstance(value, Attrs) and not is_new(owner, path):
        for name, item in value.items:
            document = _define(document, start, Setting((*path, *steps(name)), item), after)
        return document
    place = edits.place(document, owner, path, _outermost(owner, after))
    if place is None:
        raise Conflict(f"`{attrpath_text(path)}` is defined in another way already")
    path, value = collapsed(place.path, value)
    one_line = document.line_of(place.owner.start_byte) == document.line_of(place.owner.end_byte)
    # A set on one line is written on one line; what then does not fit is spread by `insert`, binding by binding.
    rendered = render(value, "", indent_unit(document), "\n", one_line=one_line)
    return applied(document, [edits.insert(document, place.owner, f"{attrpath_text(path)} = {rendered};", place.after)])


def _merge(document: Document, start: int, binding: Node, setting: Setting, after: tuple[str, ...]) -> Document:
    """Add to a binding that defines exactly the option."""
    expression = binding.child_by_field_name("expression")
    present = unparenthesized(expression) if expression else None
    if present is None:
        raise Conflict(f"`{attrpath_text(setting.path)}` is inherited")
    match setting.value:
        case List(items):
            sequence, scope = _list_of(present)
            if sequence is None:
                raise Conflict(f"`{attrpath_text(setting.path)}` is not a plain list here")
            texts = [_element(render(item, "", "", "\n", one_line=True), scope) for item in items]
            edit = edits.append(document, sequence, texts)
            return applied(document, [edit]) if edit else document
        case Attrs(items):
            if present.type != "attrset_expression":
                raise Conflict(f"`{attrpath_text(setting.path)}` is not a plain set here")
            for name, item in items:
                document = _define(document, start, Setting((*setting.path, *steps(name)), item), after)
            return document
        case Lines(lines):
            edit = _more_lines(document, present, lines)
            if edit is None:
                raise Conflict(f"`{attrpath_text(setting.path)}` is not a plain string here")
            return applied(document, [edit]) if edit.text else document
        case Selection(packages):
            listed = _packages_of(present)
            if listed is None:
                raise Conflict(f"`{attrpath_text(setting.path)}` has another value already")
            sequence, prefix = listed
            edit = edits.append(document, sequence, [prefix + package for package in packages])
            return applied(document, [edit]) if edit else document
        case _:
            if not equal(present, setting.value):
                raise Conflict(f"`{attrpath_text(setting.path)}` has another value already")
            return document


def _packages_of(function: Node) -> tuple[Node, str] | None:
    """Return the list of a function `ps: [ ps.a ]` or `ps: with ps; [ a ]`, and what stands before each package's name in it."""
    name = function.child_by_field_name("universal") if function.type == "function_expression" else None
    body = function.child_by_field_name("body") if name else None
    sequence, scope = _list_of(body) if body else (None, None)
    if name is None or sequence is None or scope not in {None, text(name)}:
        return None
    return sequence, "" if scope else f"{text(name)}."


def _more_lines(document: Document, string: Node, lines: Sequence[Str]) -> TextEdit | None:
    """Return the edit that adds lines to a string literal, those that it has already left out; None for anything but a literal."""
    from nix_lsp.ide.indentation import newline

    content = read_string(string) if string.type in STRINGS else None
    if content is None:
        return None
    present = {line.strip() for line in content.text.splitlines()}
    added = [line for line in lines if line.text is None or line.text not in present]
    eol = newline(document)
    if string.type == "string_expression":
        at = string.end_byte - 1
        texts = [line_text(line, indented=False) for line in added]
        gap = "\\n" if content.text and not content.text.endswith("\n") else ""
        return TextEdit(Span(at, at), gap + "\\n".join(texts) if texts else "")
    at = string.end_byte - 2
    start = document.line_starts[document.line_of(at)]
    last = document.source[start:at]
    texts = [line_text(line, indented=True) for line in added]
    if start <= string.start_byte or last.strip():
        return TextEdit(Span(at, at), "".join(eol + text for text in texts))
    indent = last.decode() + indent_unit(document)
    if content.text.strip():
        # Those of the line before: the script's own.
        above = document.source[document.line_starts[document.line_of(at) - 1] : start]
        indent = above[: len(above) - len(above.lstrip(b" \t"))].decode() if above.strip() else indent
    return TextEdit(Span(start, start), "".join(f"{indent}{text}{eol}" for text in texts))


def equal(node: Node, value: Value) -> bool:
    """Tell whether a literal has a value."""
    node = unparenthesized(node)
    match value:
        case bool():
            return node.text == (b"true" if value else b"false")
        case int() | float():
            return node.text == str(value).encode()
        case Str():
            content = read_string(node) if node.type in STRINGS else None
            return content is not None and not content.holes and content.text == value.text
        case Expression(source):
            return text(node) == source
        case _:
            return False


def _list_of(node: Node) -> tuple[Node | None, str | None]:
    """Return the list literal to append to, and the name that a `with` before it opens."""
    if node.type == "list_expression":
        return node, None
    if node.type == "with_expression":
        environment, body = node.child_by_field_name("environment"), node.child_by_field_name("body")
        path = select_path(environment) if environment else None
        if path and body and body.type == "list_expression":
            return body, ".".join(name or "" for name in path)
    if node.type == "binary_expression" and any(child.type == "++" for child in node.children):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        for side in (left, right):
            if side and side.type in {"list_expression", "with_expression"}:
                return _list_of(side)
    return None, None


def _element(source: str, scope: str | None) -> str:
    return source.removeprefix(f"{scope}.") if scope else source


def _outermost(owner: Node, path: tuple[str, ...]) -> Node | None:
    """Return the binding of a set through which a path goes."""
    for binding in bindings(owner):
        names = binding_path(binding)
        if names and names == path[: len(names)]:
            return binding
    return None


def _arguments_of(value: Value) -> set[str]:
    """Return the arguments of a module that an expression of the value is made of."""
    match value:
        case Expression(source):
            return set(_ARGUMENT.findall(source))
        case Guarded(_, guarded):
            return _arguments_of(guarded)
        case List(items):
            return {name for item in items for name in _arguments_of(item)}
        case Attrs(items):
            return {name for _, item in items for name in _arguments_of(item)}
        case _:
            return set()
