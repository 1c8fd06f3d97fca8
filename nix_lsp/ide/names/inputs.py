"""From a flake's input, wherever it is named, to its own flake.nix, or to where flake.nix says what it is."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.occurrences import name_node
from nix_lsp.analysis.reach import Reach, flake_outputs
from nix_lsp.analysis.scope import Name, resolve_name
from nix_lsp.ide.names.target import Location
from nix_lsp.syntax.ast import attr, select_path, span
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_FLAKE = "flake.nix"


def input_sources(project: Project, document: Document, offset: int) -> list[Location]:
    """Return the flake.nix of the input that is named at a byte offset, if its source is on this machine; else where it is declared."""
    name = _input_at(project, document, offset)
    if name is None:
        return []
    from nix_lsp.analysis.inputs.sources import flake_source
    from option_index.store_path import STORE

    store = project.environment.variables.get("NIX_STORE_DIR") or STORE
    source = flake_source(project.files, project.root, (name,), store)
    if source.folder is not None:
        path = posixpath.join(source.folder, source.entry, _FLAKE)
        return [Location(path if project.files.kind(path) == "file" else source.folder, Span(0, 0))]
    return input_declarations(project, document, offset)


def input_declarations(project: Project, document: Document, offset: int) -> list[Location]:
    """Return where flake.nix declares the input that is named at a byte offset."""
    name = _input_at(project, document, offset)
    flake = project.document(posixpath.join(project.root, _FLAKE))
    root = flake.root.child_by_field_name("expression") if flake is not None else None
    if name is None or flake is None or root is None:
        return []
    return [
        Location(each.document.path, span(each.node)) for each in Reach(project).bound(flake, root, ("inputs", name))
    ]


def _input_at(project: Project, document: Document, offset: int) -> str | None:
    """Return the input that is named at a byte offset."""
    node = name_node(document, offset)
    above = node.parent if node is not None else None
    if node is None or above is None:
        return None
    name = attr(node).name
    outer = above.parent
    if above.type == "attrpath" and outer is not None and outer.type == "select_expression":
        base = outer.child_by_field_name("expression")
        return name if node.start_byte == above.start_byte and _is_inputs(document, base) else None
    if above.type == "inherited_attrs" and outer is not None and outer.type == "inherit_from":
        return name if _is_inputs(document, outer.child_by_field_name("expression")) else None
    if document.path != posixpath.join(project.root, _FLAKE):
        return None
    if above.type == "attrpath":
        return name if _declares(above, node) else None
    function = _outputs(document)
    if above.type == "variable_expression":
        found = resolve_name(document, node)
        return name if isinstance(found, Name) and found.kind == "formal" and found.owner == function else None
    owner = above.parent.parent if above.type == "formal" and above.parent is not None else None
    return name if owner is not None and owner == function and name != "self" else None


def _is_inputs(document: Document, base: Node | None) -> bool:
    """Tell whether an expression is the set of inputs, as modules and flakes are handed it."""
    if base is None or select_path(base) not in {("inputs",), ("self", "inputs")}:
        return False
    found = resolve_name(document, base) if base.type == "variable_expression" else None
    return not isinstance(found, Name) or found.kind in {"formal", "argument"}


def _outputs(flake: Document) -> Node | None:
    body = flake_outputs(flake)
    function = body.parent if body is not None else None
    return function if function is not None and function.type == "function_expression" else None


def _declares(path: Node, node: Node) -> bool:
    """Tell whether a segment is the name of an input where flake.nix declares it: `inputs.x.url = …`, `inputs = { x = …; }`."""
    segments = path.children_by_field_name("attr")
    place = segments.index(node)
    names = [attr(each).name for each in segments]
    if place == 1 and names[0] == "inputs":
        return _is_outermost(path)
    binding = path.parent
    around = binding.parent.parent.parent if binding is not None and binding.parent and binding.parent.parent else None
    outer = around.child_by_field_name("attrpath") if around is not None and around.type == "binding" else None
    is_inputs = outer is not None and [attr(each).name for each in outer.named_children] == ["inputs"]
    return place == 0 and outer is not None and is_inputs and _is_outermost(outer)


def _is_outermost(path: Node) -> bool:
    """Tell whether a path is bound in the set that a file is."""
    node = path
    for _ in range(3):
        if node.parent is None:
            return False
        node = node.parent
    return node.parent is not None and node.parent.type == "source_code"
