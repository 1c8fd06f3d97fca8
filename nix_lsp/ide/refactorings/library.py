"""How nixpkgs' `lib` is written at a place, and whether a place is a definition of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Name, With
from nix_lsp.ide.refactorings.formals import add_formal
from nix_lsp.ide.refactorings.variables import bound_at
from nix_lsp.syntax.ast import application, select_path, unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition
    from nix_lsp.ide.model import TextEdit
    from nix_lsp.ide.refactorings.refactoring import Place


class Library(NamedTuple):
    """A function of `lib` as it is written somewhere, and the edits that this takes elsewhere."""

    name: str
    edits: tuple[TextEdit, ...] = ()


def library_function(place: Place, name: str, at: Node, *, adds_formal: bool = True) -> Library | None:
    """Return how a function of `lib` is called at a node; None where `lib` is not at hand.

    With `adds_formal`, a module whose file takes `...` gets `lib` as one more argument.
    """
    document = place.document
    bound = bound_at(document, name, at.start_byte)
    if isinstance(bound, Name) and bound.kind == "inherit" and bound.value is not None:
        return Library(name) if (select_path(bound.value) or ("",))[0] == "lib" else None
    if isinstance(bound, With) and select_path(bound.environments[0]) == ("lib",):
        return Library(name)
    if isinstance(bound_at(document, "lib", at.start_byte), Name):
        return Library(f"lib.{name}")
    function = next((node for node in place.chain if node.type == "function_expression"), None)
    formals = function.child_by_field_name("formals") if function else None
    if not adds_formal or formals is None or not any(child.type == "ellipses" for child in formals.named_children):
        return None
    return Library(f"lib.{name}", add_formal(document, formals, "lib"))


def definition_at(place: Place, binding: Node) -> Definition | None:
    """Return the option definition that a binding is, in a module that some host or user has; None for any other binding."""
    if not place.project.lanes(place.document):
        return None
    from nix_lsp.analysis.module import roots_at

    for root in roots_at(place.document, binding.start_byte):
        for definition in root.definitions:
            if definition.binding == binding and not definition.indirect:
                return definition
    return None


def called(place: Place, node: Node, names: frozenset[str], count: int) -> tuple[str, list[Node]] | None:
    """Return which of some functions of `lib` an expression calls, and its arguments; None if it is no such call."""
    node = unparenthesized(node)
    if node.type != "apply_expression":
        return None
    function, arguments = application(node)
    path = select_path(function) or (None,)
    name = path[-1]
    if name is None or name not in names or len(arguments) != count:
        return None
    if len(path) > 1:
        return (name, arguments) if path[0] == "lib" else None
    bound = bound_at(place.document, name, function.start_byte)
    if isinstance(bound, With):
        return (name, arguments) if ("lib",) in map(select_path, bound.environments) else None
    if isinstance(bound, Name) and bound.kind == "inherit" and bound.value is not None:
        return (name, arguments) if (select_path(bound.value) or ("",))[0] == "lib" else None
    return None
