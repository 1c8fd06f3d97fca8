"""Hover: what the name or option under the cursor is, in the release this project pins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nix_lsp.analysis.declared import fits
from nix_lsp.analysis.module import roots_at
from nix_lsp.analysis.scope import Name, With, introduced, resolve_name
from nix_lsp.analysis.standard import standard_path
from nix_lsp.ide import markdown
from nix_lsp.ide.language import builtins
from nix_lsp.ide.model import Hover
from nix_lsp.ide.option_place import (
    SEGMENTS,
    VALUES,
    Place,
    lanes_of,
    option_at,
    selected_at,
    token_at,
)
from nix_lsp.syntax.ast import bindings, span, text
from nix_lsp.syntax.span import Span
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document
    from option_index.query import OptionSet
    from option_index.records import Resolution

_IN_STRINGS = frozenset({"string_fragment", "string_expression", "indented_string_expression"})
_KINDS = {
    "let": "Bound by `let`",
    "rec": "Bound by `rec { … }`",
    "formal": "Named argument",
    "argument": "Argument",
    "inherit": "Inherited",
}


def hover(project: Project, document: Document, offset: int) -> Hover | None:
    """Describe the symbol at `offset` (a byte offset into the document's text).

    Returns None where there is nothing to say; never raises for malformed Nix.
    """
    node = token_at(document, offset)
    if node is None:
        return None
    place = option_at(project, document, offset)
    if place and (found := _option(project, document, place)):
        return found
    return (
        _standard(project, document, node)
        or _local(project, document, node)
        or _attribute(project, document, node)
        or _own_attribute(project, document, node)
        or _of_module(project, document, node)
        or _value(project, document, node, offset)
        or (_command(project, document, offset) if node.type in _IN_STRINGS or node.type == "comment" else None)
    )


# Options


def _option(project: Project, document: Document, place: Place) -> Hover | None:
    path = markdown.shown_path(place.names)
    said: list[str] = []
    is_bare = False
    for lane in lanes_of(project, document, place.root):
        for declared in project.declared(lane):
            if fits([segment.name for segment in declared.path], place.names):
                file = os.path.relpath(declared.file, os.path.dirname(document.path) or ".")  # noqa: PTH120 -- no file is touched
                return Hover(place.span, markdown.declared_option(path, declared, file))
        if (options := project.options(lane)) is None:
            continue
        resolution = options.resolve(place.names)
        text_of = _described(resolution, options, lane, path, place.names)
        if text_of and text_of not in said:
            said.append(text_of)
            is_bare |= lane.set == "nixos" and resolution.option is not None and not resolution.option.description
    return Hover(place.span, "\n\n---\n\n".join(said), is_bare) if said else None


def _described(
    resolution: Resolution, options: OptionSet, lane: Lane, path: str, names: tuple[str | None, ...]
) -> str | None:
    """Return what one lane's index says of a path."""
    if resolution.standing in {Standing.OPTION, Standing.UNSURE} and resolution.option:
        return markdown.option(path, resolution.option, lane, options, resolution)
    if resolution.standing is Standing.INSIDE and resolution.option:
        above = markdown.shown_path(names[: len(resolution.option.path)])
        return markdown.option(above, resolution.option, lane, options)
    if resolution.standing is Standing.NAMESPACE:
        return markdown.namespace(path, options.children(names), lane, options, resolution.source)
    return markdown.absent(path, resolution, lane, options)


def _value(project: Project, document: Document, node: Node, offset: int) -> Hover | None:
    """Describe the option that a value from its list of choices is given to."""
    from option_index.types import choices, parse

    while node.type in SEGMENTS and node.type != "string_expression" and node.parent:
        node = node.parent
    if node.type not in VALUES:
        return None
    for root in roots_at(document, offset, project.taken_from(document)):
        for definition in root.definitions:
            if definition.value != node or not span(node).contains(offset):
                continue
            for lane in lanes_of(project, document, root):
                options = project.options(lane)
                names = _static(definition)
                found = options.option(names) if options and names else None
                if options and found and choices(parse(found.type)):
                    return Hover(span(node), markdown.option(markdown.shown_path(names or ()), found, lane, options))
    return None


def _command(project: Project, document: Document, offset: int) -> Hover | None:
    """Describe a shell command, of a script or a comment, that an option could say."""
    from nix_lsp.ide.rewrites.imperative.explain import explain

    return explain(project, document, offset)


def _static(definition: Definition) -> tuple[str, ...] | None:
    names = tuple(name for name in definition.names if name is not None)
    return names if len(names) == len(definition.names) else None


# Packages, builtins, names


def _standard(project: Project, document: Document, node: Node) -> Hover | None:
    """Describe a package, a builtin, or what `lib` has: behind a dot, from a `with`, or global."""
    if found := selected_at(document, node):
        path, part, _ = found
    else:
        variable = node.parent if node.type == "identifier" else node
        if variable is None or variable.type != "variable_expression":
            return None
        name = resolve_name(document, variable)
        part = span(variable)
        wanted = text(variable)
        path = standard_path(document, variable) if name else ("builtins", wanted) if _is_global(wanted) else None
        if isinstance(name, Name) and (name.kind != "inherit" or not path or path[0] != "lib"):
            return None
    match path:
        case ("pkgs", *attr) if attr:
            return _package(project, document, ".".join(attr), part)
        case ("lib", *names) if names:
            return _library(project, document, names, part)
        case ("builtins", name) if builtin := builtins().get(name):
            return Hover(part, markdown.builtin(builtin))
        case _:
            return None


def _package(project: Project, document: Document, attr: str, part: Span) -> Hover | None:
    said: list[str] = []
    is_bare = False
    for lane in project.lanes(document) or (None,):
        packages = project.packages(lane)
        if packages is None:
            continue
        if found := packages.package(attr):
            said.append(markdown.package(found, packages.label))
            is_bare |= not found.description
        elif move := packages.move(attr):
            said.append(markdown.moved_package(move, packages.label))
        elif (what := packages.attribute(attr)) and what.kind in markdown.ATTRIBUTES:
            said.append(markdown.attribute(what, packages.label))
    return Hover(part, "\n\n---\n\n".join(dict.fromkeys(said)), is_bare) if said else None


def _library(project: Project, document: Document, names: Sequence[str], part: Span) -> Hover | None:
    said: list[str] = []
    for lane in project.lanes(document) or (None,):
        library = project.library(lane)
        if library and (found := library.name(names)):
            facts = markdown.library(found, library.label)
            said.append("\n\n".join(filter(None, (facts, _library_documentation(project, lane, found.path)))))
    return Hover(part, "\n\n---\n\n".join(dict.fromkeys(said))) if said else None


def _library_documentation(project: Project, lane: Lane | None, names: Sequence[str]) -> str | None:
    """Return what the pinned nixpkgs itself says of a name in its `lib`; None where it is not on this machine."""
    from nix_lsp.analysis.nixpkgs_source import find_in_library, nixpkgs_folder
    from nix_lsp.ide.doc_text import documentation

    folder = nixpkgs_folder(project, lane)
    place = find_in_library(project, folder, names) if folder else None
    return documentation(place.document, place.binding, place.value) if place else None


def _is_global(name: str) -> bool:
    builtin = builtins().get(name)
    return builtin is not None and builtin.global_scope


def _attribute(project: Project, document: Document, node: Node) -> Hover | None:
    """Describe an attribute of a set that code of the project makes."""
    from nix_lsp.analysis.shapes.inference import Inference
    from nix_lsp.ide.attribute_text import attribute_text, selected_at

    inference = Inference(project)
    found = selected_at(inference, document, node)
    said = attribute_text(inference, document, *found) if found else None
    return Hover(span(node), said) if said else None


def _local(project: Project, document: Document, node: Node) -> Hover | None:
    """Describe a name that the file binds."""
    variable = node.parent if node.type == "identifier" and node.parent else node
    name: Name | With | None = None
    if variable.type in {"variable_expression", "inherited_attrs"}:
        name = resolve_name(document, variable if variable.type == "variable_expression" else node)
    elif node.type == "identifier":
        name = next((each for each in _bound_around(node) if each.span == span(node)), None)
    if isinstance(name, With):
        return _brought_in(project, document, node, name)
    if name is None:
        return None
    line = document.line_of(name.span.start) + 1
    parts = [f"**{markdown.code(name.name)}**", f"{_KINDS[name.kind]}, line {line}"]
    from nix_lsp.ide.attribute_text import inherited_documentation, kind_of_name, shown_source
    from nix_lsp.ide.doc_text import documentation_at, signature

    if kind := kind_of_name(project, document, name):
        parts.append(markdown.code(kind))
    is_function = name.kind in {"let", "rec"} and name.value is not None and name.value.type == "function_expression"
    if is_function and name.value is not None:
        parts.append(markdown.code(signature(name.name, name.value)).lstrip("\n"))
    elif name.value is not None and (value := shown_source(name.value)) != kind:
        parts.append({"formal": "Default: ", "inherit": "From "}.get(name.kind, "") + markdown.code(value).lstrip("\n"))
    if said := inherited_documentation(project, document, name) or documentation_at(project, document, name.span.start):
        parts.append(said)
    return Hover(span(node), "\n\n".join(parts))


def _brought_in(project: Project, document: Document, node: Node, found: With) -> Hover | None:
    """Describe a name that a `with` brings in from a set of the project."""
    from nix_lsp.analysis.shapes.inference import Inference
    from nix_lsp.ide.attribute_text import brought_in

    said = brought_in(Inference(project), document, node, found.environments)
    return Hover(span(node), said) if said else None


def _own_attribute(project: Project, document: Document, node: Node) -> Hover | None:
    """Describe an attribute that is bound here, in a set which is no module."""
    from nix_lsp.ide.attribute_text import binding_text

    path = node.parent
    binding = path.parent if path is not None and path.type == "attrpath" else None
    if path is None or binding is None or binding.type != "binding" or node.end_byte != path.end_byte:
        return None
    said = binding_text(project, document, binding)
    return Hover(span(node), said) if said else None


def _of_module(project: Project, document: Document, node: Node) -> Hover | None:
    """Describe what a module has beside definitions, as it stands at its top: `imports`, `options`, `config`, `disabledModules`."""
    from nix_lsp.analysis.module_forms import head_of
    from nix_lsp.ide.completion.names import MODULE_NAMES
    from nix_lsp.ide.edits import set_of

    path = node.parent
    binding = path.parent if path is not None and path.type == "attrpath" else None
    name = text(node)
    if path is None or binding is None or binding.type != "binding" or name not in MODULE_NAMES:
        return None
    owner = set_of(binding)
    if owner is None or path.start_byte != node.start_byte or not any(map(project.options, project.lanes(document))):
        return None
    for root in roots_at(document, node.start_byte, project.taken_from(document)):
        if owner == root.body or any(_holds(each, root.body) for each in bindings(owner) if head_of(each) == "config"):
            return Hover(span(node), f"**{markdown.code(name)}**\n\nOf the module itself: {MODULE_NAMES[name][1]}")
    return None


def _holds(binding: Node, body: Node) -> bool:
    """Tell whether a `config = …` is what a module's definitions stand in."""
    value = binding.child_by_field_name("expression")
    return value is not None and value.start_byte <= body.start_byte and body.end_byte <= value.end_byte


def _bound_around(node: Node) -> Iterator[Name]:
    """Yield the names bound by the expressions round a token."""
    around = node.parent
    for _ in range(6):
        if around is None:
            return
        yield from introduced(around)
        around = around.parent
