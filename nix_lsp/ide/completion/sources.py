"""Which proposals belong to which kind of place: one function a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.module import roots_at
from nix_lsp.analysis.scope import withs_at
from nix_lsp.ide.completion.place import Here, Proposals, lanes_of
from nix_lsp.syntax.ast import descent, span, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import CompletionItem
    from nix_lsp.syntax.cursor import CursorContext
    from nix_lsp.syntax.document import Document


class Value(NamedTuple):
    """The definition whose value the cursor stands in."""

    definition: Definition
    root: Root


class Path(NamedTuple):
    """The option path that is being written."""

    names: tuple[str | None, ...]
    """Its segments before the one under the cursor, from the module set's root."""
    starts: tuple[int, ...]
    """Where those of them begin, last ones first, that are written in this binding."""
    lanes: Sequence[Lane]


def propose(project: Project, document: Document, cursor: CursorContext) -> Proposals:
    """Return what can stand at a cursor."""
    source = _SOURCES.get(cursor.kind)
    if source is None:
        return Proposals()
    return source(Here(project, document, cursor.document or document, cursor, project.lanes(document)))


# Option names

_BINDING_OF_LET = ["let_expression", "binding_set", "binding", "attrpath", "identifier"]


def _attribute(here: Here) -> Proposals:
    found = _names(here)
    if not here.cursor.typed or not here.cursor.is_new or here.cursor.segments or found.start is not None:
        return found
    from nix_lsp.ide.completion.names import binding_keywords

    around = [node.type for node in descent(here.document.root, here.cursor.span.start)]
    in_let = around[-len(_BINDING_OF_LET) :] == _BINDING_OF_LET
    return found._replace(items=[*found.items, *binding_keywords(here.cursor.typed, in_let=in_let)])


def _names(here: Here) -> Proposals:
    from nix_lsp.ide.completion.declaring import argument_items, declares_option
    from nix_lsp.ide.completion.options import Place, option_items

    if not here.cursor.segments and declares_option(here.document, here.cursor.span.start):
        return Proposals(list(argument_items(here.document, here.cursor.span.start)))
    if not here.cursor.segments and (arguments := _arguments(here)):
        return Proposals(arguments)
    if here.real.path.endswith("/flake.nix") and (items := _of_flake(here)):
        return Proposals(items)
    path = _path(here)
    if path is None:
        return Proposals()
    place = Place(path.names, here.cursor.typed, here.cursor.is_new)
    items, incomplete = option_items(here.project, path.lanes, place)
    at_top = here.cursor.is_new and here.cursor.enclosing == () and not path.names
    if at_top and any(here.project.options(lane) for lane in path.lanes):
        from nix_lsp.ide.completion.names import module_items

        items += module_items(here.cursor.typed)
    if items or not here.cursor.typed:
        return Proposals(items, incomplete)
    return _across(here, path)


def _arguments(here: Here) -> list[CompletionItem]:
    """Return what the function takes that the set round the cursor is given to."""
    if here.cursor.enclosing is not None:
        return []
    from nix_lsp.ide.completion.attributes import argument_items

    return argument_items(here.project, here.document, here.cursor.span.start)


def _of_flake(here: Here) -> list[CompletionItem]:
    from nix_lsp.ide.completion.flakes import flake_items

    before = [segment.name for segment in here.cursor.segments]
    return flake_items(here.project, here.document, here.cursor.span.start, before, is_new=here.cursor.is_new)


def _across(here: Here, path: Path) -> Proposals:
    """Match what is typed across segments: `services.ssh.en` finds `services.openssh.enable`."""
    from nix_lsp.ide.completion.options import Place, option_items

    for taken, start in enumerate(path.starts, 1):
        before, words = path.names[:-taken], path.names[-taken:]
        typed = ".".join([*(name or "" for name in words), here.cursor.typed])
        place = Place(before, typed, here.cursor.is_new)
        items, incomplete = option_items(here.project, path.lanes, place, only_below=True)
        if items:
            return Proposals(items, incomplete, start)
    return Proposals()


def _path(here: Here) -> Path | None:
    """Find out which option path the cursor's binding writes: as the module reads it, or else as the nesting of sets shows it."""
    start = here.cursor.span.start
    uses = here.project.taken_from(here.real)
    for root in roots_at(here.document, start, uses):
        for definition in root.definitions:
            for index in range(definition.own, len(definition.path)):
                if definition.path[index].span.start == start:
                    own = definition.path[definition.own : index]
                    starts = tuple(segment.span.start for segment in reversed(own))
                    return Path(definition.names[:index], starts, lanes_of(here, root))
    if here.cursor.enclosing is None or uses:
        return None
    own = here.cursor.segments
    names = (*here.cursor.enclosing, *(segment.name for segment in own))
    return Path(names, tuple(segment.span.start for segment in reversed(own)), here.lanes)


# Expressions


def _variable(here: Here) -> Proposals:
    from nix_lsp.ide.completion.names import global_items, keyword_items, local_items
    from nix_lsp.ide.language import builtins

    items: list[CompletionItem] = []
    incomplete = False
    start = here.cursor.span.start
    node = descent(here.document.root, start)[-1]
    if node.parent is not None and (value := _value_around(here)):
        items += _values(here, value, node.parent)
    items += local_items(here.document, start)
    if withs_at(here.document, start):
        from nix_lsp.ide.completion.selections import with_items

        brought = with_items(here, start)
        items += brought.items
        incomplete = brought.is_incomplete
    items += global_items(builtins())
    items += keyword_items(in_list=here.cursor.kind == "list")
    return Proposals(items, incomplete)


def _value_around(here: Here) -> Value | None:
    """Return the innermost definition whose value the cursor stands in."""
    offset = here.cursor.span.start
    around = [
        (value.start_byte, -value.end_byte, Value(definition, root))
        for root in roots_at(here.document, offset, here.project.taken_from(here.real))
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
    return value_items(here.project, lanes_of(here, value.root), path, in_string=in_string, element=element)


def _quoted(here: Here) -> Proposals:
    string = next(
        (
            node
            for node in reversed(descent(here.document.root, here.cursor.span.start - 1))
            if node.type == "string_expression"
        ),
        None,
    )
    if string is None or any(child.type == "interpolation" for child in string.named_children):
        return Proposals()
    if here.real.path.endswith("/flake.nix"):
        from nix_lsp.ide.completion.flakes import followed

        return Proposals(followed(here.project, here.document, here.cursor.span.start))
    value = _value_around(here)
    return Proposals(_values(here, value, string, in_string=True) if value else ())


def _file(here: Here) -> Proposals:
    from nix_lsp.ide.completion.paths import path_items

    typed = here.cursor.typed
    start = here.cursor.span.start + len(typed.encode()) - len(typed.rpartition("/")[2].encode())
    is_searched = here.real.source[here.cursor.span.start - 1 : here.cursor.span.start] == b"<"
    return Proposals(path_items(here.project, here.real.path, typed, is_searched=is_searched), start=start)


# What a start-up can do without


def _selection(here: Here) -> Proposals:
    from nix_lsp.ide.completion.selections import selection

    return selection(here)


def _formal(here: Here) -> Proposals:
    from nix_lsp.ide.completion.bringing_in import formal

    return formal(here)


def _inherited(here: Here) -> Proposals:
    from nix_lsp.ide.completion.bringing_in import inherited

    return inherited(here)


_SOURCES: Mapping[str, Callable[[Here], Proposals]] = {
    "attrpath": _attribute,
    "select": _selection,
    "value": _variable,
    "list": _variable,
    "name": _variable,
    "string": _quoted,
    "formals": _formal,
    "inherit": _inherited,
    "path": _file,
}
"""By the kinds of `nix_lsp.syntax.cursor`."""
