"""Definitions that a module takes from another file: `config = import ./x.nix { … };`, `services.a = lib'.mkThing { … };`.

Here is read, in the file that takes, where a value comes from, and in the file that gives, which expression that is. Which file an
argument of the module stands for only a host can tell (`nix_lsp.analysis.lent`).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.meaning import Part, inside
from nix_lsp.analysis.module_forms import static_path
from nix_lsp.analysis.scope import Name, resolve_name
from nix_lsp.syntax.ast import application, attrs, text, unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.meaning import Meaning
    from nix_lsp.syntax.document import Document

_STEPS = 64
"""Names, calls and selections on the way to a value."""
_STANDARD = frozenset(
    {"lib", "pkgs", "config", "options", "modulesPath", "utils", "name", "osConfig", "nixosConfig", "inputs", "outputs"}
)
"""Arguments of modules that no project gives a function in, or whose functions nobody but Nix can find."""

Step = str | None
"""An attribute that is selected; None: applied to an argument."""


class Taken(NamedTuple):
    """A value that a definition takes from elsewhere."""

    source: Node
    """The path that is imported, or the module's argument that it is selected from."""
    steps: tuple[Step, ...]
    """What is done with that to get the value."""
    path: tuple[str | None, ...]
    """The option path that is defined with it; empty: what `config` is."""
    set: str | None
    """As of the `Root` in which it stands."""
    conditional: bool


class Use(NamedTuple):
    """A value of a file that another one takes for definitions."""

    start: Node | None
    """The expression in the giving file where `steps` begin; None: the whole file."""
    steps: tuple[Step, ...]
    path: tuple[str | None, ...]
    set: str | None
    conditional: bool


def origin(document: Document, meaning: Meaning, part: Part) -> tuple[Node, tuple[Step, ...]] | None:
    """Return what an expression is made from, and how; None where that is neither another file nor an argument of the module."""
    steps: tuple[Step, ...] = ()
    for _ in range(_STEPS):
        node = part.node
        if (inner := inside(node)) is not None:
            part = part._replace(node=inner)
        elif node.type == "apply_expression":
            function, arguments = application(node)
            if text(function) == "import" and arguments:
                path = static_path(unparenthesized(arguments[0]))
                return (path, (*(None for _ in arguments[1:]), *steps)) if path is not None else None
            steps = (*(None for _ in arguments), *steps)
            part = part._replace(node=function)
        elif node.type == "select_expression":
            base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
            names = tuple(segment.name for segment in attrs(path)) if path else ()
            if base is None or None in names or node.child_by_field_name("default") is not None:
                return None
            steps = (*names, *steps)
            part = part._replace(node=base)
        elif node.type != "variable_expression":
            return None
        elif meant := meaning.of(part):
            part = meant
        else:
            return (node, steps) if _is_argument(document, node) and any(steps) else None
    return None


def given(document: Document, meaning: Meaning, steps: tuple[Step, ...], start: Node | None = None) -> Part | None:
    """Return the expression that a file's value, or that of one of its expressions, comes to by some steps; None where that is not seen."""
    root = start or document.root.child_by_field_name("expression")
    if root is None:
        return None
    part: Part | None = Part(root, conditional=False, names=())
    for is_call, group in groupby(steps, lambda step: step is None):
        for _ in range(_STEPS):
            if part is None or (inner := inside(part.node)) is None:
                break
            part = part._replace(node=inner)
        if part is None:
            return None
        several = tuple(group)
        part = meaning.apply(part, [None] * len(several)) if is_call else meaning.selected(part, several)
    return part


def _is_argument(document: Document, variable: Node) -> bool:
    """Tell whether a variable is an argument that the module gets from its host."""
    if text(variable) in _STANDARD:
        return False
    found = resolve_name(document, variable)
    root = document.root.child_by_field_name("expression")
    return isinstance(found, Name) and found.kind == "formal" and found.owner == root
