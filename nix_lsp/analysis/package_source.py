"""Which nixpkgs a file's own `pkgs` is: one that it makes of an input (`import nixpkgs { … }`, `nixpkgs.legacyPackages.${system}`), or is handed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Name, resolve_name
from nix_lsp.syntax.ast import application, attrs, select_path, text, unparenthesized
from nix_lsp.syntax.searches import hits

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.pin import Pin
    from nix_lsp.analysis.pins.table import FolderPins
    from nix_lsp.syntax.document import Document

_HEADS = frozenset({"inputs", "sources"})
CALLS, OVERLAYS = "calls", "overlays"
"""Heads of sources that depend on what calls the file as a package, and on what its overlays are laid over."""


class PackageSource(NamedTuple):
    """The pinned source that a package set is made of."""

    head: str
    """`inputs` for an input of the flake, `sources` for what npins, niv or the like lock, `CALLS` and `OVERLAYS`."""
    name: str
    """Of the input or source; of the formal that `callPackage` gives; how an overlay is known to be one."""


_MADE = re.compile(rb"(?<![\w.'-])([A-Za-z_][\w'-]*+)\s*+=\s*+(?:import\b|[\w.'-]*legacyPackages\b)")
"""A name that may be bound to the packages of a source."""
_IMPORTED = re.compile(rb"\bimport\s+\(?\s*[A-Za-z_][\w.'-]*+\s*+\)?\s*[{(A-Za-z]")
"""What a name stands for is imported, and given something: `import nixpkgs { … }`, `import (sources.nixpkgs) args`."""


def makes_packages(document: Document) -> bool:
    """Tell whether a file may make package sets, by its text."""
    source = document.source
    return b"legacyPackages" in source or b"perSystem" in source or bool(hits(document, _IMPORTED))


def made_names(document: Document) -> frozenset[bytes]:
    """Return the names that may stand for packages which the file makes, by its text."""
    source = document.source
    if b"legacyPackages" not in source and b"import" not in source:
        return frozenset()
    return frozenset(groups[0] or b"" for _, _, groups in hits(document, _MADE))


def pin_of_source(source: PackageSource, locked: FolderPins) -> Pin | None:
    """Return the pin of a source, if it is a nixpkgs."""
    pin = locked.named(source.head, source.name)
    return pin if pin and pin.source == "nixpkgs" else None


def package_source(document: Document, bound: Name) -> PackageSource | None:
    """Say of which source the package set that a name is bound to is made; None where that is not plain."""
    if bound.kind in {"let", "rec"} or (bound.kind == "formal" and bound.value is not None):
        return _made_of(document, bound.value) if bound.value else None
    if bound.kind == "formal" and bound.name == "pkgs" and _is_per_system(bound.owner):
        # flake-parts hands over the packages of the input of that name (flake-parts, modules/nixpkgs.nix).
        return PackageSource("inputs", "nixpkgs")
    return None


def _is_per_system(function: Node) -> bool:
    binding = function.parent
    path = binding.child_by_field_name("attrpath") if binding and binding.type == "binding" else None
    return path is not None and [segment.name for segment in attrs(path)] == ["perSystem"]


def _made_of(document: Document, value: Node) -> PackageSource | None:
    value = unparenthesized(value)
    if value.type == "select_expression":
        base, path = value.child_by_field_name("expression"), value.child_by_field_name("attrpath")
        segments = [segment.name for segment in attrs(path)] if path else []
        if base is None or value.child_by_field_name("default") or "legacyPackages" not in segments:
            return None
        at = segments.index("legacyPackages")
        if len(segments) != at + 2:
            return None
        return _source(document, base, segments[:at])
    if value.type == "apply_expression":
        function, arguments = application(value)
        if text(function) == "import" and len(arguments) == 2:
            taken = unparenthesized(arguments[0])
            if taken.type == "variable_expression":
                return _source(document, taken, [])
            base, path = taken.child_by_field_name("expression"), taken.child_by_field_name("attrpath")
            if taken.type == "select_expression" and base and path and not taken.child_by_field_name("default"):
                return _source(document, base, [segment.name for segment in attrs(path)])
    return None


def _source(document: Document, base: Node, segments: list[str | None]) -> PackageSource | None:
    """Return the source that `base` with further segments names: `inputs.nixpkgs`, `nixpkgs` of the outputs' arguments, `sources.nixpkgs`."""
    path = select_path(base)
    if not path or None in path or None in segments or base.type != "variable_expression":
        return None
    head, bound = path[0], resolve_name(document, base)
    if not isinstance(bound, Name):
        return None
    if segments:
        name = segments[0]
        return PackageSource(head, name) if head in _HEADS and name and len(segments) == 1 else None
    if bound.kind != "formal" or bound.value is not None or head is None:
        return None
    owner = bound.owner.parent
    outputs = owner.child_by_field_name("attrpath") if owner and owner.type == "binding" else None
    return PackageSource("inputs", head) if outputs is not None and text(outputs) == "outputs" else None
