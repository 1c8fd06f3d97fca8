"""What stands in flake.nix: its own names, those of its inputs, and those that Nix and its tools know among the outputs."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.ide.model import CompletionItem, CompletionKind
from nix_lsp.syntax.ast import attrs, descent, text
from nix_lsp.syntax.layout import quote_attr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

    Names = Mapping[str, tuple[str, str]]
    """By name: what is inserted behind it, as a snippet, and a meaning."""

_TOP: Names = {
    "description": (' = "$1";', "what the flake is, in a line"),
    "inputs": (" = {\n  $1\n\\};", "the flakes that it depends on"),
    "outputs": (" =\n  { self, $1, ... \\}:\n  {\n    $2\n  \\};", "what it makes of them"),
    "nixConfig": (" = {\n  $1\n\\};", "settings of Nix for whoever uses the flake"),
}
"""Nix manual, "nix flake", "Flake format"."""
_INPUT: Names = {
    "url": (' = "$1";', "where it is: github:owner/repo, path:./x, https://…"),
    "follows": (' = "$1";', "the input whose place it takes"),
    "flake": (" = false;", "whether it has a flake.nix"),
    "inputs": (".$1", "the inputs of this input"),
}
"""Nix manual, "nix flake", "Flake inputs"."""
_BY_SYSTEM: Names = {
    "packages": ("", "packages, for nix build and nix shell"),
    "devShells": ("", "shells, for nix develop"),
    "apps": ("", "programs, for nix run"),
    "checks": ("", "what nix flake check builds"),
    "formatter": ("", "what nix fmt runs"),
    "legacyPackages": ("", "packages in sets of sets, as those of nixpkgs"),
}
_OUTPUTS: Names = {
    **_BY_SYSTEM,
    "nixosConfigurations": ("", "NixOS systems, by host name"),
    "darwinConfigurations": ("", "nix-darwin systems, by host name"),
    "homeConfigurations": ("", "home-manager's configurations, by user"),
    "nixosModules": ("", "modules of NixOS"),
    "darwinModules": ("", "modules of nix-darwin"),
    "homeModules": ("", "modules of home-manager"),
    "flakeModules": ("", "modules of flake-parts"),
    "overlays": ("", "overlays of nixpkgs: final: prev: { … }"),
    "lib": ("", "functions"),
    "templates": ("", "for nix flake init"),
    "bundlers": ("", "for nix bundle"),
    "hydraJobs": ("", "what Hydra builds"),
}
"""Nix, src/nix/flake.cc (`nix flake check`); the rest by agreement of those who make them."""
_SYSTEMS = ("x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin")
"""nixpkgs, lib/systems/flake-systems.nix, the frequent ones."""
_EACH = ("eachDefaultSystem", "eachSystem", "eachDefaultSystemMap")


def flake_items(
    project: Project, document: Document, offset: int, before: Sequence[str | None], *, is_new: bool
) -> list[CompletionItem]:
    """Return the names that a binding of flake.nix may have.

    Args:
        project: the project.
        document: flake.nix, as it was completed for the parser.
        offset: the byte offset where the name begins.
        before: the names of the segments before it in the same path.
        is_new: only the path is typed so far: a value may be inserted, too.
    """
    chain = descent(document.root, offset)
    names, inside = _place(chain, offset)
    if None in names or None in before:
        return []
    path = (*(name or "" for name in names), *(name or "" for name in before))
    taken = _beside(chain, offset) if not before else frozenset[str]()
    return [
        CompletionItem(
            quote_attr(name),
            CompletionKind.OPTION,
            f"{quote_attr(name)}{rest}" if is_new else quote_attr(name),
            is_snippet=is_new and bool(rest),
            plain=quote_attr(name),
            detail=meaning,
            sort=f"0{number:02}",
        )
        for number, (name, (rest, meaning)) in enumerate(_known(project, document, path, inside).items())
        if name not in taken
    ]


def followed(project: Project, document: Document, offset: int) -> list[CompletionItem]:
    """Return what may stand in the quotes of `follows = "…"` round a byte offset: the flake's inputs, but the one that follows."""
    names, _ = _place(descent(document.root, offset), offset)
    if len(names) < 2 or names[0] != "inputs" or names[-1] != "follows":
        return []
    from nix_lsp.ide.completion.inputs import input_items

    return [
        item._replace(kind=CompletionKind.VALUE)
        for item in input_items(project, document, with_self=False)
        if item.label != names[1]
    ]


def _known(project: Project, document: Document, path: tuple[str, ...], inside: str) -> Names:
    match (inside, *path):
        case ("",):
            return _TOP
        case ("", "inputs", _):
            return _INPUT
        case ("", "inputs", *inputs, "inputs") if inputs:
            names = tuple(name for name in inputs if name != "inputs")
            return dict.fromkeys(_locked(project, document, names), ("", "an input of it"))
        case ("", "inputs", *inputs, "inputs", _) if inputs:
            return {"follows": _INPUT["follows"], "url": _INPUT["url"]}
        case ("outputs", "outputs"):
            return _OUTPUTS
        case ("system", "outputs"):
            return _BY_SYSTEM
        case ("outputs", "outputs", name) if name in _BY_SYSTEM:
            return dict.fromkeys(_SYSTEMS, ("", "a system"))
        case _:
            return {}


def _locked(project: Project, document: Document, names: tuple[str, ...]) -> Iterable[str]:
    """Return what the lock says that an input depends on."""
    from nix_lsp.analysis.pins.flake_lock import locked_node
    from nix_lsp.analysis.pins.json_text import mapping

    lock = posixpath.join(posixpath.dirname(document.path), "flake.lock")
    return mapping(mapping(locked_node(project.files, lock, names)).get("inputs"))


def _place(chain: Sequence[Node], offset: int) -> tuple[tuple[str | None, ...], str]:
    """Return the names of the bindings round a place, and what it is in: a set of `outputs`, or one that a function makes by `system`.

    A name is None where the place is within something else than sets.
    """
    names: list[str | None] = []
    inside = ""
    for node in chain:
        if node.type == "binding":
            path, value = node.child_by_field_name("attrpath"), node.child_by_field_name("expression")
            if path is None or path.start_byte <= offset <= path.end_byte or value is None:
                continue
            names += [segment.name for segment in attrs(path)]
        elif node.type == "function_expression" and names == ["outputs"] and not inside:
            inside = "outputs"
        elif node.type == "apply_expression" and inside:
            function = node.child_by_field_name("function")
            inside = "system" if function is not None and text(function).endswith(_EACH) else inside
            if inside != "system":
                return (None,), ""
        elif node.type in {"list_expression", "apply_expression"} or (
            node.type == "let_expression" and _is_bound(node, offset)
        ):
            return (None,), ""
    return tuple(names), inside


def _is_bound(let: Node, offset: int) -> bool:
    body = let.child_by_field_name("body")
    return body is None or offset < body.start_byte


def _beside(chain: Sequence[Node], offset: int) -> frozenset[str]:
    """Return the names that the set round a place has already."""
    owner = next((node for node in reversed(chain) if node.type.endswith("attrset_expression")), None)
    found: set[str] = set()
    for child in owner.named_children if owner else ():
        for binding in child.named_children if child.type == "binding_set" else ():
            path = binding.child_by_field_name("attrpath")
            if path and not path.start_byte <= offset <= path.end_byte and path.named_child_count == 1:
                found.add(text(path))
    return frozenset(found)
