"""Rename: a name everywhere it stands, in every file, or the reason why not.

What an `inherit` hands on under the old name keeps it: `inherit a;` becomes `a = b;`. The edited files are looked at once more, so that
no name ends up meaning something else than before: where one would, the rename is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.flow import Flow
from nix_lsp.analysis.occurrences import name_node, words
from nix_lsp.analysis.reach import MANY_STEPS, SETS, Reach
from nix_lsp.analysis.scope import GLOBALS, Name, With, resolve_name
from nix_lsp.ide.edits import apply
from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.markdown import shown_path
from nix_lsp.ide.model import FileEdit, TextEdit
from nix_lsp.ide.names.definition import is_binding
from nix_lsp.ide.names.options import is_known
from nix_lsp.ide.names.target import bound_at, given_to, group, is_formal, is_scoped, target_at
from nix_lsp.ide.option_place import option_at
from nix_lsp.syntax.ast import attr, bindings, span, text
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.layout import KEYWORDS, is_identifier, quote_attr, quoted
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.flow import Attribute
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.names.target import Group, Site, Target

_ATOMS = frozenset(
    {
        "variable_expression",
        "parenthesized_expression",
        "attrset_expression",
        "rec_attrset_expression",
        "list_expression",
    }
)
"""Expressions behind which `.name` can be written as they are."""
_OPERATORS = frozenset({"__sub", "__mul", "__div", "__lessThan", "__findFile", "__nixPath"})
"""Names that operators and `<…>` look up."""


class Refusal(NamedTuple):
    """Why something is not renamed, for people."""

    reason: str


class Placeholder(NamedTuple):
    """What is to be renamed: its place, and how it is called without quotes."""

    span: Span
    name: str


class _Edit(NamedTuple):
    """One edit, with the variables in its text that have to mean what they meant."""

    span: Span
    text: str
    reads: tuple[tuple[int, str, object], ...] = ()
    """Byte offsets in the text, the variable there, and what it is to mean (`_meaning`)."""


def prepare(project: Project, document: Document, offset: int) -> Placeholder | Refusal:
    """Say whether the name at a byte offset can be renamed, as far as this is seen without looking for all its places."""
    target = target_at(project, document, offset)
    if (reason := _unfit(project, document, target, offset)) is not None:
        return Refusal(reason)
    node = target.node if target is not None else document.root
    place = span(node)
    if node.type != "identifier":
        place = Span(place.start + 1, place.end - 1)
    return Placeholder(place, attr(node).name or "")


def rename(project: Project, document: Document, offset: int, new: str) -> tuple[FileEdit, ...] | Refusal:
    """Return the edits that give the name at a byte offset another one; `new` is without quotes."""
    target = target_at(project, document, offset)
    if (reason := _unfit(project, document, target, offset)) is not None or target is None:
        return Refusal(reason or "nothing can be renamed here")
    if len(new) > 1 and new.startswith('"') and new.endswith('"'):
        new = new[1:-1]
    if new == target.name:
        return ()
    found = group(project, target.attributes)
    if (reason := _refused(project, found, target.name, new)) is not None:
        return Refusal(reason)
    if (reason := _read_already(project, found, new)) is not None:
        return Refusal(reason)
    by_file: dict[str, tuple[Document, list[_Edit]]] = {}
    for site in found.sites:
        edits = by_file.setdefault(site.document.path, (site.document, []))[1]
        edits += _edits(site, target.name, new)
    for file, edits in by_file.values():
        if (reason := _changes_meaning(file, edits, found, target.name, new)) is not None:
            return Refusal(reason)
    return tuple(
        FileEdit(path, tuple(TextEdit(edit.span, edit.text) for edit in edits)) for path, (_, edits) in by_file.items()
    )


def _unfit(project: Project, document: Document, target: Target | None, offset: int) -> str | None:
    """Say why what is at a place is not renamed."""
    if target is None or is_binding(document, offset):
        place = option_at(project, document, offset)
        if place is not None and is_known(project, document, place):
            return f"`{shown_path(place.names)}` is an option: modules that are not seen may define and read it"
    if target is None:
        node = name_node(document, offset)
        name = attr(node).name if node is not None else None
        above = node.parent.type if node is not None and node.parent is not None else ""
        if name is None or node is None:
            return "there is no name here"
        if above == "variable_expression":
            return (
                f"`{name}` is built into Nix"
                if name in GLOBALS or name.startswith("__")
                else f"`{name}` is not bound here"
            )
        return f"it is not seen where `{name}` is bound"
    if not target.attributes:
        return f"`{target.name}` comes from a `with`, and it is not seen where that has it from"
    return None


def _refused(project: Project, found: Group, old: str, new: str) -> str | None:
    """Say why a group of attributes cannot have another name, whatever the files say beside it."""
    if not new:
        return "a name has at least one character"
    if any(is_scoped(each) for each in found.attributes) or any(_is_variable(site.node) for site in found.sites):
        if new in KEYWORDS:
            return f"`{new}` is a keyword"
        if not is_identifier(new):
            return (
                f"`{new}` is no name of a variable: letters, digits, `_`, `-` and `'`, beginning with a letter or `_`"
            )
    if new in _OPERATORS:
        return f"operators of Nix look up `{new}`"
    for escape in found.escapes:
        line = escape.document.line_of(escape.node.start_byte) + 1
        return f"who reads `{old}` is not all seen: {escape.why} ({_shown(project, escape.document.path)}:{line})"
    outside = next((each for each in found.attributes if not _is_own(project, each.document)), None)
    if outside is not None:
        return f"{outside.document.path} is not part of the project"
    for attribute in found.attributes:
        if attribute.document.is_broken:
            return f"{_shown(project, attribute.document.path)} has syntax errors"
        if (node := _bound_already(attribute, new)) is not None:
            line = attribute.document.line_of(node.start_byte) + 1
            return f"`{new}` is bound there already ({_shown(project, attribute.document.path)}:{line})"
    return None


def _is_own(project: Project, document: Document) -> bool:
    root = project.root.rstrip("/") + "/"
    return document.path.startswith(root) or document.version is not None


def _shown(project: Project, path: str) -> str:
    root = project.root.rstrip("/") + "/"
    return path.removeprefix(root)


def _is_variable(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "variable_expression"


def _bound_already(attribute: Attribute, new: str) -> Node | None:
    """Return what binds the new name in the same set, `let` or function already."""
    renamed = attribute._replace(path=(*attribute.path[:-1], new))
    if attribute.owner.type == "function_expression" or attribute.path[:-1]:
        return next(bound_at(renamed), None)
    if (found := next(bound_at(renamed), None)) is not None:
        return found
    # A name that is only known at evaluation may be any.
    for binding in bindings(attribute.owner) if attribute.owner.type == "attrset_expression" else ():
        path = binding.child_by_field_name("attrpath")
        first = path.named_child(0) if path is not None else None
        if first is not None and attr(first).name is None:
            return first
    return None


def _read_already(project: Project, found: Group, new: str) -> str | None:
    """Say who asks for the new name already, of a set that does not have it yet: `x.b or 1`, `x ? b`, another `with`."""
    for attribute in found.attributes:
        document, owner, path = attribute
        renamed = (*path[:-1], new)
        flow = Flow(project, reach=Reach(project, MANY_STEPS))
        if len(path) > 1:
            flow.attribute(document, owner, renamed)
        elif owner.type in SETS:
            flow.value(document, owner, renamed)
        elif is_formal(attribute):
            # Its calls are all seen: else it had been refused before.
            given = given_to(project, attribute._replace(path=renamed), [])
            for place, node in [
                *((each.document, each.owner) for each in given.attributes),
                *((each.document, each.node) for each in given.sites),
            ]:
                return _asked_for(project, place, node, new)
        for each in flow.uses:
            return _asked_for(project, each.document, each.node, new)
        for each in flow.formals:
            return _asked_for(project, each.document, each.owner, new)
        for place, outer in flow.environments:
            for node in words(place, new, outer.start_byte, outer.end_byte):
                if _reads_variable(node) and isinstance(resolve_name(place, node, named=new), With):
                    return _asked_for(project, place, node, new)
    return None


def _asked_for(project: Project, document: Document, node: Node, new: str) -> str:
    line = document.line_of(node.start_byte) + 1
    return f"`{new}` is asked for already, and would be found then ({_shown(project, document.path)}:{line})"


# What is written instead


def _edits(site: Site, old: str, new: str) -> list[_Edit]:
    """Return the edits to one place."""
    document, node = site.document, site.node
    above = node.parent
    place = span(node)
    if above is not None and above.type == "inherited_attrs" and above.parent is not None:
        if site.binds and site.reads:
            return [_Edit(place, _as_written(node, new))]
        return _split(document, above.parent, above, node, *((new, old) if site.binds else (old, new)))
    if above is not None and above.type == "attrpath":
        return [_Edit(place, _as_written(node, new))]
    return [_Edit(place, new, ((0, new, _VARIABLE),) if _is_variable(node) else ())]


_VARIABLE = "the renamed one"


def _as_written(node: Node, name: str) -> str:
    """Return a name, in quotes where it was, or has to be."""
    return quote_attr(name) if node.type == "identifier" else quoted(name)


def _split(document: Document, binding: Node, listed: Node, node: Node, inner: str, outer: str) -> list[_Edit]:
    """Take a name out of an `inherit`, and bind it by itself: `inner = outer;`, or `inner = source.outer;`."""
    source = binding.child_by_field_name("expression")
    if source is None:
        value, reads = outer, len(f"{quote_attr(inner)} = ".encode())
        wanted = (
            _VARIABLE
            if binding.type == "inherit" and outer != attr(node).name
            else resolve_name(document, node, named=attr(node).name)
        )
        new = f"{quote_attr(inner)} = {value};"
        checks: tuple[tuple[int, str, object], ...] = ((reads, outer, wanted),)
    else:
        taken = text(source)
        is_atom = source.type in _ATOMS or (
            source.type == "select_expression" and source.child_by_field_name("default") is None
        )
        new = f"{quote_attr(inner)} = {taken if is_atom else f'({taken})'}.{quote_attr(outer)};"
        checks = ()
    names = [each for each in listed.named_children if each.type != "comment"]
    if len(names) == 1 and not any(each.type == "comment" for each in (*listed.children, *binding.children)):
        return [_Edit(span(binding), new, checks)]
    start, end = node.start_byte, node.end_byte
    gone = Span(start, end)
    if node.prev_sibling is None or node.prev_sibling.type != "comment":
        gone = Span(len(document.source[:start].rstrip(b" \t\r\n")), end)
    line = document.line_starts[document.line_of(binding.start_byte)]
    own_line = not document.source[line : binding.start_byte].strip()
    lead = newline(document) + indentation_at(document, binding.start_byte) if own_line else " "
    shift = len(lead.encode())
    checks = tuple((offset + shift, name, wanted) for offset, name, wanted in checks)
    return [_Edit(gone, ""), _Edit(Span(binding.end_byte, binding.end_byte), lead + new, checks)]


# What it means afterwards


def _changes_meaning(document: Document, edits: list[_Edit], found: Group, old: str, new: str) -> str | None:
    """Say which name of a file would mean something else after the edits."""
    renamed = _edited(document, edits)
    if not renamed.root or renamed.is_broken:
        return f"`{new}` cannot be written in place of `{old}`"
    moved = _Moved(edits)
    owners = {
        (moved.of(each.owner.start_byte), each.owner.type) for each in found.attributes if each.document is document
    }
    for edit in edits:
        for offset, name, wanted in edit.reads:
            node = _variable_at(renamed, moved.of(edit.span.start) + offset, name)
            after = _meaning(renamed, node, None) if node is not None else "nothing"
            if wanted is _VARIABLE:
                fits = after in owners or _is_with(renamed, node, edit, document)
            else:
                before = _resolution(wanted, moved)
                fits = after == before
            if not fits:
                return _said(document, edit.span.start, name)
    taken = {place for edit in edits for place in range(edit.span.start, edit.span.end)}
    for node in words(document, new):
        if node.start_byte in taken or not _reads_variable(node):
            continue
        here = moved.of(node.start_byte)
        after_node = _variable_at(renamed, here, new)
        before = _meaning(document, node, moved)
        if after_node is None or _meaning(renamed, after_node, None) != before:
            return _said(document, node.start_byte, new)
    return None


def _said(document: Document, offset: int, name: str) -> str:
    return f"`{name}` in line {document.line_of(offset) + 1} would mean another one"


def _is_with(renamed: Document, after: Node | None, edit: _Edit, document: Document) -> bool:
    """Tell whether a renamed variable was a `with`'s before, and is so still."""
    before = document.root.descendant_for_byte_range(*edit.span)
    return (
        before is not None
        and after is not None
        and isinstance(resolve_name(document, before), With)
        and isinstance(resolve_name(renamed, after), With)
    )


def _edited(document: Document, edits: list[_Edit]) -> Document:
    source = apply(document.source, [TextEdit(edit.span, edit.text) for edit in edits])
    return Document(document.path, source)


class _Moved:
    """Where a byte of the text before is in the text after."""

    def __init__(self, edits: list[_Edit]) -> None:
        self._edits = sorted((edit.span.start, edit.span.end, len(edit.text.encode())) for edit in edits)

    def of(self, offset: int) -> int:
        """Return the new offset of one that lies in no edit, or at the start of one."""
        by = 0
        for start, end, length in self._edits:
            if start < offset and end <= offset:
                by += length - (end - start)
        return offset + by


def _reads_variable(node: Node) -> bool:
    above = node.parent
    if above is None:
        return False
    binding = above.parent if above.type == "inherited_attrs" else None
    return above.type == "variable_expression" or (binding is not None and binding.type == "inherit")


def _variable_at(document: Document, offset: int, name: str) -> Node | None:
    node = document.root.descendant_for_byte_range(offset, offset + len(name.encode()))
    while node is not None and node.type in {"string_fragment", "variable_expression"}:
        node = node.parent if node.type == "string_fragment" else node.child_by_field_name("name")
    return node if node is not None and attr(node).name == name else None


def _meaning(document: Document, node: Node, moved: _Moved | None) -> object:
    """Return what a variable means, in a form that two versions of a file can be compared by."""
    return _resolution(resolve_name(document, node, named=attr(node).name), moved)


def _resolution(found: Name | With | object | None, moved: _Moved | None) -> object:
    def place(offset: int) -> int:
        return moved.of(offset) if moved is not None else offset

    if isinstance(found, Name):
        return (place(found.owner.start_byte), found.owner.type)
    if isinstance(found, With):
        return ("with", *(place(each.start_byte) for each in found.environments))
    return None
