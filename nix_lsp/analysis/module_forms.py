"""The forms that a module takes in a file: what its functions return, how its imports name other files.

The forms of a module are those of nixpkgs' lib/modules.nix (`unifyModuleSyntax`): a set with `config` or `options` says everything
else under these; any other set is the definitions themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import application, attr, descent, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

EXPLICIT = frozenset({"config", "options"})
NO_OPTIONS = frozenset({"imports", "disabledModules", "require", "_class", "_file", "key", "freeformType"})
"""Top-level names of a module that are no options (lib/modules.nix, `unifyModuleSyntax`)."""

DEPTH = 64
"""Segments of a path, expressions round a set: the deepest option has a dozen."""
_LAYERS = 4 * DEPTH

_PATHS = frozenset({"path_expression", "hpath_expression", "spath_expression"})
SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
_OVERLAY = frozenset(
    {"final", "prev", "self", "super", "pkgs", "old", "oldAttrs", "finalAttrs", "prevAttrs", "ps", "system"}
)


def module_body(node: Node) -> Node | None:
    """Return what a module function returns, `let`, `with` and `assert` round it taken off; None for what is no module function.

    An overlay (`final: prev:`), a package's function and a function of other things are none.
    """
    innermost: Node | None = None
    functions = 0
    for _ in range(_LAYERS):
        node = unparenthesized(node)
        if node.type == "function_expression":
            innermost, functions = node, functions + 1
            inner = node.child_by_field_name("body")
        elif node.type in {"let_expression", "with_expression", "assert_expression"}:
            inner = node.child_by_field_name("body")
        else:
            break
        if inner is None:
            return None
        node = inner
    if innermost is not None and not _is_module_function(innermost, functions):
        return None
    return node


def _is_module_function(function: Node, functions: int) -> bool:
    formals = function.child_by_field_name("formals")
    if formals is None:
        argument = function.child_by_field_name("universal")
        return functions == 1 and (argument is None or text(argument) not in _OVERLAY)
    kinds = {child.type for child in formals.named_children}
    if "ellipses" in kinds:
        return True
    return not any(child.child_by_field_name("default") for child in formals.named_children)


def head_of(binding: Node) -> str | None:
    """Return the first name of a binding's path; of an `inherit` none."""
    path = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
    first = path.named_child(0) if path else None
    return attr(first).name if first else None


def imported_path(node: Node) -> Node | None:
    """Return the path in `./x.nix`, `import ./x.nix` and `import ./x.nix { … }`; None if it is none or not static."""
    node = unparenthesized(node)
    if node.type == "apply_expression":
        function, arguments = application(node)
        if function.type != "variable_expression" or text(function) != "import" or not arguments:
            return None
        node = unparenthesized(arguments[0])
    return static_path(node)


def static_path(node: Node) -> Node | None:
    """Return a path that is written out; None for one with `${…}` in it, and for another expression."""
    if node.type not in _PATHS or any(child.type == "interpolation" for child in node.named_children):
        return None
    return node


def calls(document: Document, root: Node, name: str) -> Iterator[Node]:
    """Yield the first argument of each call of a function with this last name."""
    source, wanted, position = document.source, name.encode(), 0
    while (position := source.find(wanted, position)) >= 0:
        chain = descent(root, position)
        position += len(wanted)
        for node in reversed(chain):
            function = node.child_by_field_name("function") if node.type == "apply_expression" else None
            if function is not None and function.end_byte == position:
                if argument := node.child_by_field_name("argument"):
                    yield argument
                break
