"""Files that are packages: functions that the project calls with `callPackage`, which takes their arguments from `pkgs` by name.

nixpkgs, lib/customisation.nix: `callPackageWith` gives each formal that the second argument does not, from the set that it belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import application, attr, attrs, bindings, descent, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document


class PackageCall(NamedTuple):
    """A place that calls a file as a package."""

    document: Document
    callee: Node
    """`pkgs.callPackage`, or whatever else ends in that name."""
    given: frozenset[str]
    """The names of the formals that the call itself gives."""


def formals(document: Document) -> Mapping[str, Node]:
    """Return the `formal` nodes without a default of the function that a file is, by name; none where it is another expression."""
    function = next((child for child in document.root.named_children if child.type != "comment"), None)
    found = function.child_by_field_name("formals") if function and function.type == "function_expression" else None
    names: dict[str, Node] = {}
    for formal in found.named_children if found else ():
        name = formal.child_by_field_name("name") if formal.type == "formal" else None
        if name is not None and not name.is_missing and formal.child_by_field_name("default") is None:
            names[text(name)] = formal
    return names


def package_call(document: Document, offset: int) -> PackageCall | None:
    """Read the call whose first argument is the path at a byte offset, or `import` of it; None where it is anything else, or not all is written out."""
    outwards = list(reversed(descent(document.root, offset)))
    at = next((index for index, node in enumerate(outwards) if node.type == "path_expression"), None)
    if at is None:
        return None
    argument = outwards[at]
    calls: list[Node] = []
    for node in outwards[at + 1 :]:
        if node.type == "apply_expression":
            calls.append(node)
        elif node.type != "parenthesized_expression":
            break
    for call in calls:
        function, given = application(call)
        if text(function) == "import" and len(given) == 1 and _is(given[0], argument):
            argument = call
        elif len(given) == 2 and _is(given[0], argument) and text(function).rpartition(".")[2] == "callPackage":
            names = _names(given[1])
            return None if names is None else PackageCall(document, function, names)
    return None


def _is(node: Node, other: Node) -> bool:
    return unparenthesized(node) == other


def _names(arguments: Node) -> frozenset[str] | None:
    """Return the names that a set has; None where they are not all written out."""
    arguments = unparenthesized(arguments)
    if arguments.type not in {"attrset_expression", "rec_attrset_expression"}:
        return None
    found: set[str | None] = set()
    for binding in bindings(arguments):
        path, names = binding.child_by_field_name("attrpath"), binding.child_by_field_name("attrs")
        if path is not None:
            found.add(attrs(path)[0].name)
        elif names is not None:
            found |= {attr(name).name for name in names.named_children}
    return None if None in found else frozenset(name for name in found if name)
