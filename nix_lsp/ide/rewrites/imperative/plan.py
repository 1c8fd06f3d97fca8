"""Planning the edit: options go in, commands go out, and the difference is what the editor gets.

The steps work on one immutable document after another, so that each sees what the one before has done; a step that cannot be taken
without changing the meaning of what stands there raises `Conflict`, and the whole plan is dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import introduced
from nix_lsp.analysis.shell.word import Antiquotation
from nix_lsp.ide import edits
from nix_lsp.ide.difference import common_length, words_changed
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.rewrites.imperative.literals import scripts_of
from nix_lsp.ide.rewrites.imperative.remarks import remarks, with_remarks
from nix_lsp.ide.rewrites.imperative.scope import argument, is_of_another_set
from nix_lsp.ide.rewrites.imperative.service import unit_of
from nix_lsp.ide.rewrites.imperative.value import (
    Attrs,
    Expression,
    Guarded,
    Lines,
    List,
    Setting,
    Str,
    Value,
    collapsed,
    line_text,
    render,
    steps,
)
from nix_lsp.ide.set_names import binding_path, conditional_set, literal_set
from nix_lsp.syntax.ast import ATTRSETS, STRINGS, bindings, descent, select_path, text, unparenthesized
from nix_lsp.syntax.document import Change
from nix_lsp.syntax.layout import attrpath_text, indent_unit
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.ide.rewrites.imperative.literals import Literal
    from nix_lsp.ide.rewrites.imperative.sites import Site
    from nix_lsp.syntax.document import Document


_NAME = re.compile(r"[A-Za-z_][\w'-]*")
_ARGUMENT = re.compile(r"(?<![\w.'-])(pkgs|lib|config)\.")


class Conflict(Exception):  # noqa: N818 - a reason, not a failure
    """The settings cannot be written here; the text says why, for people."""


def plan(
    document: Document,
    site: Site,
    commands: Collection[Command],
    settings: Sequence[Setting],
    absorbed: frozenset[str] = frozenset(),
    *,
    cuts: Collection[Span] = (),
    put: str = "",
    is_whole: bool = False,
) -> tuple[TextEdit, ...]:
    """Return the edits that define `settings` where the script stands and take `commands` out of it.

    `absorbed` is what a service says beside its script that the settings say too; `cuts` are parts of the script that go in place of
    whole commands, whole lines if there are settings, and `put` is what stands there then; with `is_whole` all of the script goes.

    Raises:
        Conflict: an option is defined already with another value, or the place does not allow the edit.
    """
    if cuts and not settings:
        formals = argument(document, site.owner, "pkgs") if "pkgs." in put else []
        if formals is None:
            raise Conflict("`pkgs` is not an argument here")
        return (*formals, *(TextEdit(site.source_span(cut), put) for cut in sorted(cuts)))
    had_errors = document.root.has_error
    start = site.owner.start_byte
    after = (*site.lead, *site.names)
    edited = document
    for setting in settings:
        _refuse_other_values(site, setting.path, setting.value)
    _refuse_hidden_names(document, site, settings)
    settings = [Setting((*site.lead, *setting.path), _guarded(site, setting.value)) for setting in settings]
    if site.condition and not all(_is_new(site.owner, setting.path) for setting in settings):
        raise Conflict("a condition decides whether it runs")
    edited = _all_defined(edited, start, settings, after, len(site.lead) + 1)
    edited, start = _without(edited, start, site, None if is_whole else commands, absorbed, cuts)
    if not all(_is_written(_set_at(edited, start), setting.path, setting.value) for setting in settings):
        raise Conflict("the options would not stay where they belong")
    if settings and (lost := _absent(remarks(document, site), edited.source)):
        path = settings[0].path
        new = next((part for end in range(len(path)) if _is_new(site.owner, part := path[: end + 1])), None)
        if new and (binding := _binding_below(_set_at(edited, start), new)):
            edited = with_remarks(edited, binding, lost)
    edited, _ = _with_arguments(edited, start, settings)
    if edited.root.has_error and not had_errors:
        raise Conflict("the file's layout is not understood well enough")
    return words_changed(document.source, edited.source)


def _absent(lines: Sequence[str], source: bytes) -> list[str]:
    """Return the lines that stand nowhere in a text."""
    present = {line.strip() for line in source.splitlines()}
    return [line for line in lines if (encoded := line.encode()) not in present and encoded not in source]


def define(document: Document, start: int, settings: Sequence[Setting]) -> tuple[Document, int]:
    """Define options in the attribute set that starts at an offset; returns the document with them, and where the set starts then.

    Raises:
        Conflict: an option is defined already with another value, or the set does not allow the edit.
    """
    edited, start = _with_arguments(_all_defined(document, start, settings), start, settings)
    if edited.root.has_error and not document.root.has_error:
        raise Conflict("the file's layout is not understood well enough")
    return edited, start


def _all_defined(
    document: Document, start: int, settings: Sequence[Setting], after: tuple[str, ...] = (), entity: int = 1
) -> Document:
    """Define options, the first behind `after`, each group (of which the first `entity` names are the same) behind the one before."""
    for setting in _grouped(_set_at(document, start), settings):
        stands_alone = _is_new(_set_at(document, start), setting.path[:entity])
        document = _define(document, start, setting, after)
        after = setting.path if stands_alone else after
    return document


def _with_arguments(document: Document, start: int, settings: Sequence[Setting]) -> tuple[Document, int]:
    """Bring the module arguments that settings are made of into scope; returns also where the set that starts at an offset starts then."""
    for name in sorted({name for setting in settings for name in _arguments_of(setting.value)}):
        if name != "pkgs" and is_of_another_set(_set_at(document, start), name):
            raise Conflict(f"`{name}` is that of the system here")
        added = argument(document, _set_at(document, start), name)
        if added is None:
            raise Conflict(f"`{name}` is not an argument here")
        document, start = _apply(document, added), start + sum(len(edit.text.encode()) for edit in added)
    return document, start


def _grouped(owner: Node, settings: Sequence[Setting]) -> list[Setting]:
    """Join neighbours below one option path, two segments deep or more, into one set where nothing of it stands yet."""
    grouped: list[Setting] = []
    for setting in settings:
        last = grouped[-1] if grouped else None
        shared = common_length(last.path, setting.path) if last else 0
        if last and isinstance(last.value, Attrs) and shared == len(last.path) and _is_new(owner, last.path):
            item = (setting.path[shared:], setting.value)
            grouped[-1] = Setting(last.path, Attrs((*last.value.items, item)))
        elif last and 2 <= shared < min(len(last.path), len(setting.path)) and _is_new(owner, setting.path[:shared]):
            items = ((last.path[shared:], last.value), (setting.path[shared:], setting.value))
            grouped[-1] = Setting(setting.path[:shared], Attrs(items))
        else:
            grouped.append(setting)
    return grouped


def _is_written(owner: Node, path: tuple[str, ...], value: Value) -> bool:
    """Tell whether a set defines a path now, with everything that was to stand below it."""
    if isinstance(value, Attrs) and value.items:
        return all(_is_written(owner, (*path, *steps(name)), item) for name, item in value.items)
    return not _is_new(owner, path)


def _is_new(owner: Node, path: tuple[str, ...]) -> bool:
    return _binding_below(owner, path) is None


def _define(document: Document, start: int, setting: Setting, after: tuple[str, ...]) -> Document:
    """Define one option, merged into what stands there."""
    owner = _set_at(document, start)
    path, value = setting.path, setting.value
    existing = edits.find(document, owner, path)
    if existing:
        return _merge(document, start, existing, setting, after)
    if isinstance(value, Attrs) and not _is_new(owner, path):
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
    return _apply(document, [edits.insert(document, place.owner, f"{attrpath_text(path)} = {rendered};", place.after)])


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
            return _apply(document, [edit]) if edit else document
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
            return _apply(document, [edit]) if edit.text else document
        case _:
            if not _equal(present, setting.value):
                raise Conflict(f"`{attrpath_text(setting.path)}` has another value already")
            return document


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


def _refuse_other_values(site: Site, path: tuple[str, ...], value: Value) -> None:
    """Look for a definition anywhere in the file that says something else: the module system would refuse the two."""
    if isinstance(value, Attrs):
        for name, item in value.items:
            _refuse_other_values(site, (*path, *steps(name)), item)
    elif not isinstance(value, List | Lines):
        for definition in site.root.definitions:
            if definition.names == path and (
                definition.value is None or definition.wrappers or not _equal(definition.value, value)
            ):
                raise Conflict(f"`{attrpath_text(path)}` has another value already")


def _equal(node: Node, value: Value) -> bool:
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


def _without(
    document: Document,
    start: int,
    site: Site,
    commands: Collection[Command] | None,
    absorbed: frozenset[str],
    parts: Collection[Span],
) -> tuple[Document, int]:
    """Take commands (None: all that it holds), or parts, out of the script, and what became empty with them; `start` moves with what is before it."""
    binding = _script_binding(document, _set_at(document, start), (*site.lead, *site.names))
    expression = binding.child_by_field_name("expression") if binding else None
    strings = scripts_of(document, expression, site.option.form) if expression else []
    if binding is None or expression is None or site.index >= len(strings):
        raise Conflict("the script has moved")
    script, literal = site.reading.script, strings[site.index]
    if not parts and (commands is None or script.is_idle_without(commands)):
        element = literal.element
        # What its comments say is about the whole of the script, which stays where it is only a part that goes.
        if literal.joint and not script.comments:
            return _apply(document, [TextEdit(literal.joint, "")]), start
        if element and element.parent and len(element.parent.children_by_field_name("element")) > 1:
            return _without_holder(_apply(document, [_drop_element(document, element)]), start, literal)
        if site.is_removable(absorbed) and not literal.joint:
            document = without(document, start, (*site.lead, *site.entity))
            if "timer" in absorbed:
                timer = (*site.lead, *site.entity[:-2], "timers", site.entity[-1])
                document = without(document, start, timer)
            return _without_holder(document, start, literal)
        if site.entity == unit_of(site.names) and not literal.joint:
            raise Conflict("the rest of the service needs a script")
    if commands is None:
        raise Conflict("others need it")
    shift = literal.string.start_byte - site.literal.string.start_byte
    cuts = [_source_cut(site, cut) for cut in parts or script.cuts(commands)]
    moved = [TextEdit(Span(cut.start + shift, cut.end + shift), "") for cut in cuts]
    return _apply(document, moved), start - sum(
        edit.span.end - edit.span.start for edit in moved if edit.span.end <= start
    )


def _script_binding(document: Document, owner: Node, path: tuple[str, ...]) -> Node | None:
    """Return the binding that defines exactly `path` below a set, through literal sets, one of them under a condition perhaps."""
    if found := edits.find(document, owner, path):
        return found
    for length in range(1, len(path)):
        around = edits.find(document, owner, path[:length])
        value = around.child_by_field_name("expression") if around else None
        inner = conditional_set(value) if value else None
        if inner:
            return edits.find(document, inner.set, path[length:])
    return None


def _without_holder(document: Document, start: int, literal: Literal) -> tuple[Document, int]:
    """Take the `let` binding away that has held a script; where it was the only one, the `let` with it."""
    holder = literal.holder
    if holder is None or holder.end_byte > start:
        # Inside the set, it has gone with what it stood in.
        return document, start
    node = document.root.descendant_for_byte_range(holder.start_byte, holder.start_byte + 1)
    while node and not (node.type == "binding" and node.start_byte == holder.start_byte):
        node = node.parent
    around = node.parent.parent if node and node.parent else None
    if node is None or around is None:
        return document, start
    edit = edits.remove(document, node)
    body = around.child_by_field_name("body") if around.type == "let_expression" else None
    if body and list(bindings(around)) == [node]:
        if body.start_byte > start or any(child.type == "comment" for child in around.children):
            return document, start
        edit = TextEdit(Span(around.start_byte, body.start_byte), "")
    return _apply(document, [edit]), start - (edit.span.end - edit.span.start) + len(edit.text)


def _guarded(site: Site, value: Value) -> Value:
    return Guarded(site.condition, value) if site.condition else value


def _refuse_hidden_names(document: Document, site: Site, settings: Sequence[Setting]) -> None:
    """Refuse to move an antiquotation out of the scope that binds a name in it."""
    sources = [*(source for setting in settings for source in _sources(setting.value)), site.condition]
    words = {word for source in sources for word in _NAME.findall(source)}
    if not words:
        return
    outer = {(node.start_byte, node.end_byte) for node in descent(document.root, site.owner.start_byte)}
    for node in descent(document.root, site.literal.string.start_byte):
        if (node.start_byte, node.end_byte) in outer:
            continue
        if node.type == "with_expression" or any(name.name in words for name in introduced(node)):
            raise Conflict("it uses a name that only the script can see")


def _sources(value: Value) -> Iterator[str]:
    """Yield the Nix source in a value."""
    match value:
        case Str(pieces):
            yield from (piece.expression for piece in pieces if isinstance(piece, Antiquotation))
        case Expression(source):
            yield source
        case List(items) | Lines(items):
            for item in items:
                yield from _sources(item)
        case Attrs(items):
            for _, item in items:
                yield from _sources(item)
        case _:
            return


def _source_cut(site: Site, cut: Span) -> Span:
    """Return the document's bytes of a part of the script; whole lines of an indented string go with their indentation."""
    found = site.source_span(cut)
    content = site.reading.script.content
    if site.literal.string.type != "indented_string_expression":
        return found
    source, base = site.literal.string.text or b"", site.literal.string.start_byte
    opens = cut.start == 0 or content[cut.start - 1 : cut.start] == b"\n"
    line = source.rfind(b"\n", 0, found.start - base) + 1
    if not opens or not line or source[line : found.start - base].strip(b" \t"):
        return found
    if content[cut.end - 1 : cut.end] == b"\n":
        end = (
            source.find(b"\n", max(found.start - base, 0)) + 1
            if cut.end <= cut.start
            else _line_end(source, found.end - base)
        )
        return Span(base + line, base + end)
    return found


def _line_end(source: bytes, offset: int) -> int:
    """Return the start of the line that holds an offset: the end of the line before it, with its line end."""
    return source.rfind(b"\n", 0, offset) + 1


def without(document: Document, start: int, path: tuple[str, ...]) -> Document:
    """Remove every binding at or below an option path from the set that starts at an offset, and the sets that become empty with them."""
    while binding := _binding_below(_set_at(document, start), path, under_condition=True):
        owner = edits.set_of(binding)
        while owner and owner.start_byte != start and _holds_only(owner, binding) and (holder := _holder(owner)):
            binding = holder
            owner = edits.set_of(binding)
        document = _apply(document, [edits.remove(document, binding)])
    return document


def _holder(owner: Node) -> Node | None:
    """Return the binding whose value a set is, under a condition perhaps."""
    outer = owner.parent
    while outer and outer.type in {"apply_expression", "parenthesized_expression"}:
        outer = outer.parent
    return outer if outer and outer.type == "binding" else None


def _holds_only(owner: Node, binding: Node) -> bool:
    return list(bindings(owner)) == [binding] and not any(
        child.type == "comment" for part in (owner, *owner.named_children) for child in part.children
    )


def _binding_below(owner: Node, path: tuple[str, ...], *, under_condition: bool = False) -> Node | None:
    """Return a binding that defines the path or something below it; `under_condition` looks into `mkIf c { … }` too."""
    pending = [(owner, path)]
    while pending:
        owner, rest = pending.pop()
        for binding in bindings(owner):
            names = binding_path(binding)
            if names is None or names[: len(rest)] != rest[: len(names)]:
                continue
            if len(names) >= len(rest):
                return binding
            inner, value = literal_set(binding), binding.child_by_field_name("expression")
            if inner is None and under_condition and value and (conditional := conditional_set(value)):
                inner = conditional.set
            if inner:
                pending.append((inner, rest[len(names) :]))
    return None


def _drop_element(document: Document, element: Node) -> TextEdit:
    """Remove a list element with the white space before it."""
    source, begin = document.source, element.start_byte
    while begin > 0 and source[begin - 1 : begin] in {b" ", b"\t", b"\n", b"\r"}:
        begin -= 1
    return TextEdit(Span(begin, element.end_byte), "")


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


def _set_at(document: Document, start: int) -> Node:
    """Return the attribute set that starts at an offset."""
    node = document.root.descendant_for_byte_range(start, start + 1)
    while node and not (node.type in ATTRSETS and node.start_byte == start):
        node = node.parent
    if node is None:
        raise Conflict("the file's layout is not understood well enough")
    return node


def _apply(document: Document, changes: Sequence[TextEdit]) -> Document:
    """Return the document after edits that do not overlap."""
    ordered = sorted(changes, key=lambda edit: edit.span, reverse=True)
    return document.edited([Change(edit.span, edit.text.encode()) for edit in ordered], document.version)
