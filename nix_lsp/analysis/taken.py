"""Definitions that a module takes from another file: `config = import ./x.nix { … };`, `services.a = (import ./lib.nix).mk { … };`.

Here is read, in the file that takes, where a value comes from, and in the file that gives, which expression that is.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.meaning import Part, inside
from nix_lsp.analysis.module_forms import static_path
from nix_lsp.syntax.ast import application, attrs, text, unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.meaning import Meaning
    from nix_lsp.syntax.document import Document

_STEPS = 64
"""Names, calls and selections on the way to a value."""
Step = str | None
"""An attribute that is selected; None: applied to an argument."""


class Taken(NamedTuple):
    """A value that a definition takes from elsewhere."""

    source: Node
    """The path that is imported."""
    steps: tuple[Step, ...]
    """What is done with that to get the value."""
    path: tuple[str | None, ...]
    """The option path that is defined with it; empty: what `config` is."""
    set: str | None
    """As of the `Root` in which it stands."""
    conditional: bool


class Use(NamedTuple):
    """A value of a file that another one takes for definitions."""

    steps: tuple[Step, ...]
    """What is done with the file's value."""
    path: tuple[str | None, ...]
    set: str | None
    conditional: bool


def origin(meaning: Meaning, part: Part) -> tuple[Node, tuple[Step, ...]] | None:
    """Return the path of the file that an expression is made from, and how; None where that is no other file."""
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
            return None
    return None


def given(document: Document, meaning: Meaning, steps: tuple[Step, ...]) -> Part | None:
    """Return the expression that a file's value comes to by some steps; None where that is not seen."""
    root = document.root.child_by_field_name("expression")
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
