"""Which proposals belong to which situation: one function a situation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nix_lsp.analysis.scope import standard_path, with_paths
from nix_lsp.ide.completion import cursor as at
from nix_lsp.syntax.ast import span, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, ModuleView, Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.completion.cursor import Cursor
    from nix_lsp.ide.model import CompletionItem
    from nix_lsp.syntax.document import Document


class Proposals(NamedTuple):
    """Items in the order of their worth."""

    items: Sequence[CompletionItem] = ()
    is_incomplete: bool = False
    start: int | None = None
    """Where the text to replace begins, if not with the word at the cursor."""


class Here(NamedTuple):
    """A cursor with what is known of its file."""

    project: Project
    real: Document
    """The document as it is; `cursor.document` is the one that was completed for the parser."""
    cursor: Cursor
    lanes: Sequence[Lane]


class Value(NamedTuple):
    """The definition whose value the cursor stands in."""

    definition: Definition
    root: Root


def propose(project: Project, document: Document, cursor: Cursor) -> Proposals:
    """Return what can stand at a cursor."""
    here = Here(project, document, cursor, project.lanes(document))
    return _SOURCES[type(cursor.situation)](here, cursor.situation)


# Option names


def _attribute(here: Here, situation: at.Attribute) -> Proposals:
    from nix_lsp.ide.completion.options import Place, option_items

    found = _definition_at(here)
    if found is None:
        return Proposals()
    definition, root, index = found
    lanes = _lanes(here, root)
    path = definition.names[:index]
    place = Place(path, here.cursor.typed, situation.defining, here.real.path)
    items, incomplete = option_items(here.project, lanes, place)
    if items or not here.cursor.typed:
        return Proposals(items, incomplete)
    return _across(here, lanes, definition, index, defining=situation.defining)


def _across(here: Here, lanes: Sequence[Lane], definition: Definition, index: int, *, defining: bool) -> Proposals:
    """Match what is typed across segments: `services.ssh.en` finds `services.openssh.enable`."""
    from nix_lsp.ide.completion.options import Place, option_items

    for first in range(index - 1, definition.own - 1, -1):
        words = [name or "" for name in definition.names[first:index]]
        text = ".".join([*words, here.cursor.typed])
        place = Place(definition.names[:first], text, defining, here.real.path)
        items, incomplete = option_items(here.project, lanes, place, only_below=True)
        if items:
            return Proposals(items, incomplete, definition.path[first].span.start)
    return Proposals()


def _definition_at(here: Here) -> tuple[Definition, Root, int] | None:
    """Find the definition one of whose own segments begins at the word under the cursor."""
    start = here.cursor.replace.start
    for root in _module(here).roots:
        for definition in root.definitions:
            for index in range(definition.own, len(definition.path)):
                if definition.path[index].span.start == start:
                    return definition, root, index
    return None


def _module(here: Here) -> ModuleView:
    from nix_lsp.analysis.module import read_module

    if here.cursor.document is here.real:
        return here.project.module(here.real)
    return read_module(here.cursor.document)


def _lanes(here: Here, root: Root) -> Sequence[Lane]:
    return here.lanes if root.set is None else [lane.within(root.set) for lane in here.lanes]


# Expressions


def _selection(here: Here, situation: at.Selection) -> Proposals:
    path = standard_path(here.cursor.document, situation.base)
    if path is None or None in situation.before:
        return Proposals()
    names = (*path, *(name or "" for name in situation.before))
    head, rest = names[0], names[1:]
    match head:
        case "pkgs":
            return _packages(here, ".".join(rest))
        case "builtins" if not rest:
            from nix_lsp.ide.completion.names import builtin_items
            from nix_lsp.ide.language import builtins

            return Proposals(list(builtin_items(builtins())))
        case "config" | "options" | "osConfig":
            return _configuration(here, head, rest)
        case _:
            return Proposals()


def _packages(here: Here, prefix: str) -> Proposals:
    from nix_lsp.ide.completion.packages import package_items

    return Proposals(*package_items(here.project, _lane(here), prefix, here.cursor.typed))


def _lane(here: Here) -> Lane | None:
    return here.lanes[0] if here.lanes else None


def _configuration(here: Here, head: str, path: tuple[str, ...]) -> Proposals:
    from nix_lsp.ide.completion.options import Place, option_items

    root = _root_around(here)
    lanes = _lanes(here, root) if root else here.lanes
    if head == "osConfig":
        lanes = [lane.within("nixos") for lane in lanes if lane.set == "home-manager"]
    place = Place(path, here.cursor.typed, defining=False, file=here.real.path)
    items, incomplete = option_items(here.project, lanes, place)
    return Proposals(items, incomplete)


def _root_around(here: Here) -> Root | None:
    """Return the innermost part of the file that the cursor stands in."""
    best: Root | None = None
    for root in _module(here).roots:
        if span(root.body).contains(here.cursor.replace.start) and (
            best is None or root.body.start_byte >= best.body.start_byte
        ):
            best = root
    return best


def _variable(here: Here, situation: at.Variable) -> Proposals:
    from nix_lsp.ide.completion.names import global_items, keyword_items, local_items
    from nix_lsp.ide.language import builtins

    items: list[CompletionItem] = []
    incomplete = False
    value = _value_around(here)
    if value is not None:
        items += _values(here, value, situation.node)
    items += local_items(here.cursor.document, here.cursor.replace.start)
    for path in with_paths(here.cursor.document, here.cursor.replace.start):
        if path[0] == "pkgs":
            more = _packages(here, ".".join(path[1:]))
            items += more.items
            incomplete = incomplete or more.is_incomplete
        elif path == ("builtins",):
            from nix_lsp.ide.completion.names import builtin_items

            items += builtin_items(builtins())
    items += global_items(builtins())
    items += keyword_items()
    return Proposals(items, incomplete)


def _value_around(here: Here) -> Value | None:
    """Return the innermost definition whose value the cursor stands in."""
    offset = here.cursor.replace.start
    around = [
        (value.start_byte, -value.end_byte, Value(definition, root))
        for root in _module(here).roots
        for definition in root.definitions
        if (value := definition.value) is not None and not definition.is_set and span(value).contains(offset)
    ]
    return max(around, key=lambda found: found[:2])[2] if around else None


def _values(here: Here, value: Value, node: Node, *, in_string: bool = False) -> list[CompletionItem]:
    """Return what the option's type lists, if the node is the whole value or an element of a list of such."""
    from nix_lsp.ide.completion.values import value_items

    whole = value.definition.value
    if whole is None:
        return []
    path, parent = value.definition.names, node.parent
    if unparenthesized(whole) == node:
        element = False
    elif parent is not None and parent == whole and whole.type == "list_expression":
        element = True
    else:
        return []
    return value_items(here.project, _lanes(here, value.root), path, in_string=in_string, element=element)


def _quoted(here: Here, situation: at.Quoted) -> Proposals:
    value = _value_around(here)
    if value is None:
        return Proposals()
    # The whole text between the quotes is replaced: members of an enumeration may hold any character.
    items = _values(here, value, situation.node, in_string=True)
    return Proposals(items, start=situation.node.start_byte + 1)


# Names to bring in


def _formal(here: Here, situation: at.Formal) -> Proposals:
    from nix_lsp.ide.completion.names import argument_items

    return Proposals(list(argument_items(here.lanes, situation.taken)))


def _inherited(here: Here, situation: at.Inherited) -> Proposals:
    if situation.source is None:
        from nix_lsp.ide.completion.names import local_items

        items = local_items(here.cursor.document, here.cursor.replace.start)
        return Proposals([item for item in items if item.label not in situation.taken])
    found = _selection(here, at.Selection(situation.source, ()))
    return Proposals([item for item in found.items if item.label not in situation.taken], found.is_incomplete)


_SOURCES: Mapping[type, Callable[[Here, Any], Proposals]] = {
    at.Attribute: _attribute,
    at.Selection: _selection,
    at.Variable: _variable,
    at.Quoted: _quoted,
    at.Formal: _formal,
    at.Inherited: _inherited,
}
