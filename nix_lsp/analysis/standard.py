"""What an expression means in terms of the names that every module knows: `pkgs`, `lib`, `config`, `options`, `builtins`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import Name, With, resolve_name
from nix_lsp.syntax.ast import application, attr, select_path, text, unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_STEPS = 16
"""Aliases of aliases, package sets of package sets: nobody writes more, and cycles must end."""

_IMPORTERS = frozenset({"import", "importApply"})
_MODULE_SETS = frozenset({"pkgs", "lib", "config", "options", "osConfig"})


def standard_path(document: Document, node: Node) -> tuple[str, ...] | None:
    """Say what an expression means in terms of the names that every module knows.

    `pkgs.python3Packages`, `(import <nixpkgs> { }).python3Packages` and `nixpkgs.legacyPackages.${system}.python3Packages` are all
    `("pkgs", "python3Packages")`; `lib.types` and a `types` inherited from it `("lib", "types")`; `builtins` is a head too, and so
    are `config`, `options` and `osConfig`. None for everything else.
    """
    rest: tuple[str, ...] = ()
    for _ in range(_STEPS):
        node = unparenthesized(node)
        if node.type == "select_expression":
            base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
            if base is None or path is None:
                return None
            segments = [attr(segment).name for segment in path.children_by_field_name("attr")]
            if (flake := _legacy_packages(segments)) is not None and _is_flake_input(base):
                segments, base_path = segments[flake:], ("pkgs",)
                return None if None in segments else _joined(base_path, segments, rest)
            if None in segments:
                return None
            rest, node = _joined((), segments, rest), base
        elif node.type == "variable_expression":
            step = _meaning(document, node)
            if step is None:
                return None
            if isinstance(step, Name):
                # `inherit (lib) mkIf;`: the source, then the name.
                if step.value is None:
                    return None
                node, rest = step.value, (step.name, *rest)
            elif isinstance(step, tuple):
                return _normal((*step, *rest))
            else:
                node = step
        elif node.type == "apply_expression":
            return ("pkgs", *rest) if _imports_nixpkgs(node) else None
        else:
            return None
    return None


def _joined(head: tuple[str, ...], segments: list[str | None], rest: tuple[str, ...]) -> tuple[str, ...]:
    return (*head, *(segment for segment in segments if segment is not None), *rest)


def _normal(path: tuple[str, ...]) -> tuple[str, ...]:
    """`pkgs.lib` is `lib`; `pkgs.pkgs` is `pkgs`."""
    while len(path) > 1 and path[0] == "pkgs" and path[1] in {"lib", "pkgs"}:
        path = path[1:]
    return path


def _meaning(document: Document, variable: Node) -> tuple[str, ...] | Name | Node | None:
    """Return the path a variable stands for, an `inherit` with a source, or the expression to look at instead."""
    wanted = text(variable)
    name = resolve_name(document, variable)
    for _ in range(_STEPS):
        if isinstance(name, With):
            # The innermost environment that is known to us decides only if it is the only one.
            paths = [select_path(environment) for environment in name.environments]
            if len(paths) == 1 and paths[0] is not None:
                inner = standard_path(document, name.environments[0])
                return (*inner, wanted) if inner and inner[0] in {"pkgs", "lib", "builtins"} else None
            return None
        if name is None:
            # Half a file, or one that is handed its names by `with` in another: only the well-known name speaks.
            return (wanted,) if wanted == "builtins" or wanted in _MODULE_SETS else None
        match name.kind:
            case "formal":
                return (wanted,) if wanted in _MODULE_SETS else None
            case "argument":
                return ("pkgs",) if wanted in {"pkgs", "final", "prev", "self", "super"} and _no_set(name) else None
            case "inherit" if name.value is not None:
                return name
            case "inherit":
                outer = _outer(document, name)
                if isinstance(outer, Name) and outer.span == name.span:
                    return None
                name = outer
            case _:
                return name.value
    return None


def _no_set(name: Name) -> bool:
    """A lambda's own argument, not the name of a whole `{ … }@args`."""
    return name.owner.child_by_field_name("formals") is None and _looks_like_overlay(name)


def _looks_like_overlay(name: Name) -> bool:
    if name.name == "pkgs":
        return True
    outer, inner = name.owner, name.owner.child_by_field_name("body")
    parent = outer.parent
    partner = inner if inner and inner.type == "function_expression" else parent
    if partner is None or partner.type != "function_expression":
        return False
    other = partner.child_by_field_name("universal")
    return other is not None and {name.name, text(other)} in ({"final", "prev"}, {"self", "super"})


def _outer(document: Document, name: Name) -> Name | With | None:
    """Resolve `inherit x;` outside of the set or `let` it stands in."""
    node = document.root.named_descendant_for_byte_range(*name.span)
    return resolve_name(document, node) if node else None


def _legacy_packages(segments: list[str | None]) -> int | None:
    """Return how many segments lead to the package set of a flake's nixpkgs."""
    return (
        2
        if len(segments) >= 2 and segments[0] == "legacyPackages"
        else (3 if len(segments) >= 3 and segments[1] == "legacyPackages" else None)
    )


def _is_flake_input(base: Node) -> bool:
    path = select_path(base)
    if not path:
        return False
    return path[-1] is not None and (path[-1].startswith("nixpkgs") or path[0] in {"inputs", "nixpkgs"})


def _imports_nixpkgs(call: Node) -> bool:
    """Tell whether a call is `import <nixpkgs> { … }`, or imports what is named nixpkgs."""
    function, arguments = application(call)
    path = select_path(function)
    if not path or path[-1] not in _IMPORTERS or len(arguments) < 2:
        return False
    source = unparenthesized(arguments[0])
    if source.type == "spath_expression":
        return text(source).startswith("<nixpkgs")
    named = select_path(source)
    return bool(named and named[-1] and named[-1].startswith("nixpkgs"))
