"""Which proposals belong to which kind of place: one function a kind."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.module import roots_at
from nix_lsp.analysis.scope import with_paths, withs_at
from nix_lsp.analysis.standard import standard_path
from nix_lsp.syntax.ast import descent, span, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import CompletionItem
    from nix_lsp.syntax.ast import Attr
    from nix_lsp.syntax.cursor import CursorContext
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
    """The document as it is."""
    document: Document
    """The document as it was completed for the parser; offsets before the cursor are those of the real one."""
    cursor: CursorContext
    lanes: Sequence[Lane]


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


def _attribute(here: Here) -> Proposals:
    from nix_lsp.ide.completion.names import inherit_item

    found = _names(here)
    typed = here.cursor.typed
    if (
        typed
        and "inherit".startswith(typed)
        and here.cursor.is_new
        and not here.cursor.segments
        and found.start is None
    ):
        return found._replace(items=[*found.items, inherit_item()])
    return found


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
                    return Path(definition.names[:index], starts, _lanes(here, root))
    if here.cursor.enclosing is None or uses:
        return None
    own = here.cursor.segments
    names = (*here.cursor.enclosing, *(segment.name for segment in own))
    return Path(names, tuple(segment.span.start for segment in reversed(own)), here.lanes)


def _lanes(here: Here, root: Root) -> Sequence[Lane]:
    return here.lanes if root.set is None else [lane.within(root.set) for lane in here.lanes]


# Expressions


def _selection(here: Here) -> Proposals:
    base, segments = here.cursor.base, here.cursor.segments
    if base is None:
        return Proposals()
    if not segments and text(base) in _INPUTS:
        from nix_lsp.ide.completion.inputs import input_items

        return Proposals(input_items(here.project, here.document, with_self=True))
    path, before = standard_path(here.document, base), [segment.name for segment in segments]
    if path is not None and None not in before:
        return _named(here, (*path, *(name or "" for name in before)))
    return _of_shape(here, base, segments)


def _of_shape(here: Here, base: Node, segments: Sequence[Attr]) -> Proposals:
    """Return what the code says that `base.segments` has."""
    from nix_lsp.ide.completion.attributes import attribute_items, known_name, selected

    inference, shape = selected(here.project, here.document, base, segments)
    items = list(attribute_items(inference, shape))
    more = _named(here, name) if (name := known_name(shape)) else Proposals()
    return Proposals([*items, *more.items], more.is_incomplete)


def _named(here: Here, names: tuple[str, ...]) -> Proposals:
    """Return what stands below a name that everybody knows."""
    head, rest = names[0], names[1:]
    match head:
        case "pkgs":
            return _packages(here, ".".join(rest))
        case "builtins" if not rest:
            from nix_lsp.ide.completion.names import builtin_items
            from nix_lsp.ide.language import builtins

            return Proposals(list(builtin_items(builtins())))
        case "lib" if rest == ("types",):
            from nix_lsp.ide.completion.declaring import type_items

            return Proposals(list(type_items()))
        case "lib":
            return Proposals(_library(here, rest))
        case "config" | "options" | "osConfig":
            return _configuration(here, head, rest)
        case _:
            return Proposals()


def _packages(here: Here, prefix: str) -> Proposals:
    from nix_lsp.ide.completion.packages import package_items

    return Proposals(*package_items(here.project, _lane(here), prefix, here.cursor.typed))


def _library(here: Here, path: Sequence[str], *, rank: str = "0") -> list[CompletionItem]:
    from nix_lsp.ide.completion.library import library_items

    return list(library_items(here.project, _lane(here), path, rank=rank))


def _lane(here: Here) -> Lane | None:
    return here.lanes[0] if here.lanes else None


def _configuration(here: Here, head: str, path: tuple[str, ...]) -> Proposals:
    from nix_lsp.ide.completion.options import Place, option_items

    root = _root_around(here)
    lanes = _lanes(here, root) if root else here.lanes
    if head == "osConfig":
        lanes = [lane.within("nixos") for lane in lanes if lane.set == "home-manager"]
    place = Place(path, here.cursor.typed, defining=False)
    items, incomplete = option_items(here.project, lanes, place)
    return Proposals(items, incomplete)


def _root_around(here: Here) -> Root | None:
    """Return the innermost part of the file that the cursor stands in."""
    best: Root | None = None
    for root in roots_at(here.document, here.cursor.span.start):
        if span(root.body).contains(here.cursor.span.start) and (
            best is None or root.body.start_byte >= best.body.start_byte
        ):
            best = root
    return best


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
    items += _of_withs(here, start)
    for path in with_paths(here.document, start):
        if path[0] == "pkgs":
            more = _packages(here, ".".join(path[1:]))
            items += more.items
            incomplete = incomplete or more.is_incomplete
        elif path in {("lib", "types"), ("types",)}:
            from nix_lsp.ide.completion.declaring import type_items

            items += type_items()
        elif path[0] == "lib":
            items += _library(here, path[1:], rank="7")
        elif path == ("builtins",):
            from nix_lsp.ide.completion.names import builtin_items

            items += builtin_items(builtins())
    items += global_items(builtins())
    items += keyword_items(in_list=here.cursor.kind == "list")
    return Proposals(items, incomplete)


def _of_withs(here: Here, offset: int) -> list[CompletionItem]:
    """Return what the `with`s round the cursor bring in from sets of the project."""
    found: list[CompletionItem] = []
    for environment in withs_at(here.document, offset):
        if standard_path(here.document, environment) is None:
            from nix_lsp.ide.completion.attributes import attribute_items, selected

            found += attribute_items(*selected(here.project, here.document, environment, ()), rank="6")
    return found


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
    return value_items(here.project, _lanes(here, value.root), path, in_string=in_string, element=element)


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


# Names to bring in


def _formal(here: Here) -> Proposals:
    from nix_lsp.ide.completion.names import argument_items

    if _is_outputs(here):
        from nix_lsp.ide.completion.inputs import input_items

        taken = _beside(here, "formals")
        inputs = input_items(here.project, here.document, with_self=True)
        return Proposals([item for item in inputs if item.label not in taken])
    taken = _beside(here, "formals")
    if not here.lanes and _is_package(here):
        from nix_lsp.ide.completion.packages import package_items

        items, incomplete = package_items(here.project, None, "", here.cursor.typed)
        return Proposals([item for item in items if item.label not in taken], incomplete)
    handed = here.project.arguments(here.real)
    return Proposals(list(argument_items(here.lanes, taken, handed)))


def _is_package(here: Here) -> bool:
    """Tell whether the file is a function that `callPackage` calls, as its callers or else its name say."""
    from nix_lsp.analysis.package_calls import package_call

    if here.real.path.endswith("/package.nix"):
        return True
    named = islice(here.project.named_at(here.real.path), _CALLERS)
    return any(package_call(document, offset) is not None for document, offset in named)


def _is_outputs(here: Here) -> bool:
    """Tell whether the cursor is in the arguments of the function that makes a flake's outputs."""
    if not here.real.path.endswith("/flake.nix"):
        return False
    chain = descent(here.document.root, here.cursor.span.start)
    bindings = [node for node in chain if node.type == "binding"]
    path = bindings[0].child_by_field_name("attrpath") if len(bindings) == 1 else None
    return path is not None and text(path) == "outputs"


def _inherited(here: Here) -> Proposals:
    taken = _beside(here, "inherited_attrs")
    if here.cursor.base is None:
        from nix_lsp.ide.completion.names import local_items

        items = local_items(here.document, here.cursor.span.start)
        return Proposals([item for item in items if item.label not in taken])
    found = _selection(here)
    return Proposals([item for item in found.items if item.label not in taken], found.is_incomplete)


def _beside(here: Here, kind: str) -> frozenset[str]:
    """Return the names that stand beside the cursor's in a list of formals or inherited names."""
    owner = next((node for node in descent(here.document.root, here.cursor.span.start) if node.type == kind), None)
    found: set[str] = set()
    for child in owner.named_children if owner else ():
        name = child.child_by_field_name("name") if child.type == "formal" else child
        if name is not None and name.start_byte != here.cursor.span.start:
            found.add(text(name))
    return frozenset(found)


_CALLERS = 8
"""So many places that name a file are looked at."""
_INPUTS = frozenset({"inputs", "self.inputs"})
"""How a flake's inputs are reached, by agreement of everybody who hands them on to modules."""
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
