"""Development shells as if they were modules: what `mkShell { … }` is given, devenv.nix, and numtide's devshell.

Each is a module set of its own, with the few attributes that rewrites write.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.module import read_set
from nix_lsp.analysis.pin import Lane
from nix_lsp.ide.rewrites.imperative.places import DEV_SHELL, DEVENV, DEVSHELL
from nix_lsp.syntax.ast import application, attrs, descent, select_path, unparenthesized
from option_index.records import Option, Resolution, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_MAKERS = re.compile(rb"\b(?:mkShell(?:NoCC)?|devshells)(?![\w'-])")
_OTHERS = frozenset({"devshell", "devenv", "lib"})
"""numtide's devshell and devenv have a `mkShell` of their own."""
_LISTS = frozenset({"packages", "nativeBuildInputs", "buildInputs"})
_SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
_WITH_ENV = "23.05"
"""The release from which on a derivation takes its variables as `env` (nixpkgs, pkgs/stdenv/generic/make-derivation.nix)."""
_VARIABLES = Option(("env",), "list of attribute set of unspecified value")
"""devshell's modules/env.nix."""


def dev_shells(project: Project, document: Document) -> Iterator[tuple[Root, Lane]]:
    """Yield the development shells that a file writes out, each read like a module, with its lane."""
    pins = project.locked(posixpath.dirname(document.path)).main()
    if posixpath.basename(document.path) == "devenv.nix":
        for root in project.module(document).roots:
            yield root, Lane(DEVENV, pins)
    seen: set[int] = set()
    for match in _MAKERS.finditer(document.source):
        chain = descent(document.root, match.start())
        given = _given(chain, _is_plain)
        numtides = _named(chain) or _given(chain, _is_numtides)
        for shell, module_set in ((given, DEV_SHELL), (numtides, DEVSHELL)):
            if shell is not None and shell.id not in seen:
                seen.add(shell.id)
                yield read_set(document, shell, module_set), Lane(module_set, pins)


def _is_plain(path: Sequence[str | None]) -> bool:
    return path[-1] in {"mkShell", "mkShellNoCC"} and not _OTHERS & {*path}


def _is_numtides(path: Sequence[str | None]) -> bool:
    return tuple(path[-2:]) == ("devshell", "mkShell")


def _named(chain: list[Node]) -> Node | None:
    """Return the set of `devshells.<name> = { … };`, as flake-parts' module of devshell has it."""
    binding = next((node for node in reversed(chain) if node.type == "binding"), None)
    path, value = (
        (binding.child_by_field_name(field) for field in ("attrpath", "expression")) if binding else (None, None)
    )
    segments = [segment.name for segment in attrs(path)] if path else []
    value = unparenthesized(value) if value else None
    if len(segments) != 2 or segments[0] != "devshells" or value is None:
        return None
    return value if value.type in _SETS else None


def _given(chain: list[Node], is_wanted: Callable[[Sequence[str | None]], bool]) -> Node | None:
    """Return the set that a call of a wanted function is given, where it is written out."""
    for node in reversed(chain):
        if node.type == "apply_expression":
            function, arguments = application(node)
            path = select_path(function)
            if path is None or not is_wanted(path) or len(arguments) != 1:
                return None
            given = unparenthesized(arguments[0])
            return given if given.type in _SETS else None
        if node.type not in {"identifier", "attrpath", "select_expression", "variable_expression"}:
            return None
    return None


class ShellOptions:
    """What a development shell takes, as far as rewrites write it."""

    def __init__(self, lane: Lane) -> None:
        self._set = lane.set
        pin = lane.pins.get("nixpkgs")
        self._release = pin.point.release if pin else None

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a path."""
        first = path[0] if path else None
        if self._set == DEVSHELL:
            is_env = first == "env" and len(path) == 1
            return Resolution(Standing.OPTION, 1, _VARIABLES) if is_env else Resolution(Standing.UNKNOWN, 0)
        if first in _LISTS and len(path) == 1 and (self._set == DEV_SHELL or first == "packages"):
            return Resolution(Standing.OPTION, 1, Option((str(first),), "list of package"))
        has_env = self._set == DEVENV or not self._release or self._release >= _WITH_ENV
        if len(path) == 2 and first == "env" and has_env:
            return Resolution(Standing.INSIDE, 1)
        if len(path) == 1 and self._set == DEV_SHELL and not has_env:
            return Resolution(Standing.INSIDE, 0)
        return Resolution(Standing.UNKNOWN, 0)
