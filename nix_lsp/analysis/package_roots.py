"""What expressions of a file stand for nixpkgs' `pkgs` or `lib`, or for something in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.overlay_places import overlay_of
from nix_lsp.analysis.package_source import CALLS, OVERLAYS, PackageSource, package_source
from nix_lsp.analysis.scope import Name, With, resolve_name
from nix_lsp.syntax.ast import attrs, text, unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.scope import Descent
    from nix_lsp.syntax.document import Document

_HEADS = ("pkgs", "lib")
_STEPS = 8
"""Names of names that are followed."""


WITH_PACKAGES = "withPackages"
PYTHON = re.compile(r"python3\d*")
"""Interpreters whose packages are in a set of the same name."""


class Below(NamedTuple):
    """Where an expression leads."""

    head: str
    """`pkgs` or `lib`."""
    path: tuple[str, ...]
    """Below the head; `pkgs.lib` is `lib`."""
    source: PackageSource | None
    """Of what `pkgs` is made; None where it is an argument of the file."""

    def then(self, names: tuple[str, ...]) -> Below:
        """Return where it leads from here."""
        path = (*self.path, *names)
        if self.head == "pkgs" and path[:1] == ("lib",) and not self.source:
            return Below("lib", path[1:], None)
        return Below(self.head, path, self.source)


class Roots:
    """The expressions of one file, each resolved as it is asked for."""

    def __init__(self, document: Document, *, is_package: bool) -> None:
        """`is_package`: the project calls the file as a package, so that its formals are names in `pkgs`."""
        self._document = document
        self._is_package = is_package
        self._function = next((child for child in document.root.named_children if child.type != "comment"), None)
        self._known: dict[int, Below | None] = {}
        """By expression: the environment of a `with` is asked for with each name below it."""
        self._overlays: dict[int, PackageSource | None] = {}

    def below(self, expression: Node, descent: Descent | None, steps: int = _STEPS) -> Below | None:
        """Return where an expression leads; None where it is not plain. `descent` as of `resolve_name`."""
        if expression.id not in self._known:
            self._known[expression.id] = self._below(unparenthesized(expression), descent, steps)
        return self._known[expression.id]

    def _below(self, expression: Node, descent: Descent | None, steps: int) -> Below | None:
        if expression.type == "variable_expression":
            return self._named(expression, descent, steps)
        if expression.type != "select_expression" or expression.child_by_field_name("default"):
            return None
        base, path = expression.child_by_field_name("expression"), expression.child_by_field_name("attrpath")
        if base is None or path is None or unparenthesized(base).type != "variable_expression":
            return None
        names = tuple(segment.name for segment in attrs(path))
        known = tuple(name for name in names if name is not None)
        found = self.below(base, descent, steps) if len(known) == len(names) else None
        return found.then(known) if found else None

    def _named(self, variable: Node, descent: Descent | None, steps: int) -> Below | None:
        bound = resolve_name(self._document, variable, descent)
        if isinstance(bound, With):
            # Each of several environments may have it; which one has, only what is known of each tells.
            if len(bound.environments) != 1 or not steps:
                return None
            found = self.below(bound.environments[0], descent, steps - 1)
            return found.then((text(variable),)) if found else None
        return self._bound(bound, steps) if bound else None

    def _bound(self, bound: Name, steps: int) -> Below | None:
        if bound.kind == "formal" and bound.value is None and bound.owner == self._function:
            if bound.name in _HEADS:
                return Below(bound.name, (), None)
            return Below("pkgs", (bound.name,), PackageSource(CALLS, bound.name)) if self._is_package else None
        if bound.kind == "argument":
            return self._of_overlay(bound.owner) or self._of_interpreter(bound.owner, steps)
        if source := package_source(self._document, bound):
            return Below("pkgs", (), source)
        if bound.value is None or not steps or bound.kind not in {"inherit", "let", "rec"}:
            return None
        found = self.below(bound.value, None, steps - 1)
        return found.then((bound.name,)) if found and bound.kind == "inherit" else found

    def _of_interpreter(self, function: Node, steps: int) -> Below | None:
        """Return what `python3.withPackages (ps: …)` gives its argument: the packages of that Python."""
        call = function.parent
        while call is not None and call.type == "parenthesized_expression":
            call = call.parent
        called = unparenthesized(call.child_by_field_name("function") or call) if call else None
        if called is None or called.type != "select_expression" or not steps:
            return None
        found = self.below(called, None, steps - 1)
        if found is None or len(found.path) != 2 or found.path[1] != WITH_PACKAGES or found.head != "pkgs":
            return None
        return Below("pkgs", (f"{found.path[0]}Packages",), found.source) if PYTHON.fullmatch(found.path[0]) else None

    def _of_overlay(self, function: Node) -> Below | None:
        if function.id not in self._overlays:
            certainty = overlay_of(self._document, function)
            self._overlays[function.id] = PackageSource(OVERLAYS, certainty) if certainty else None
        source = self._overlays[function.id]
        return Below("pkgs", (), source) if source else None
