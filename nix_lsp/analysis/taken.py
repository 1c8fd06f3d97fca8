"""Definitions that a module takes from another file.

config = import ./x.nix { … };
services.a = (import ./lib.nix).mk { … };
inherit (import ./x.nix) services;
services.b = lib'.mk { … };  # where it is handed `lib'`

Here is read, in the file that takes, where a value comes from, and in the file that gives, which expression that is.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.meaning import Part, inside
from nix_lsp.analysis.module_forms import SETS, static_path
from nix_lsp.analysis.scope import Name, With, resolve_name
from nix_lsp.syntax.ast import application, attrs, descent, text, unparenthesized

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.meaning import Frame, Meaning
    from nix_lsp.syntax.document import Document

_STEPS = 64
"""Names, calls and selections on the way to a value."""
Step = str | None
"""An attribute that is selected; None: applied to an argument."""


class Taken(NamedTuple):
    """A value that a definition takes from elsewhere."""

    source: Node | str
    """The path that is imported, or the name of the argument that the module gets."""
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
    start: tuple[str, ...] = ()
    """The names of the bindings that lead to the expression which the steps begin with; none: the file's own."""


def origin(
    document: Document, meaning: Meaning, part: Part, steps: tuple[Step, ...] = ()
) -> tuple[Node | str, tuple[Step, ...]] | None:
    """Return the path of the file that an expression is made from, or the module's argument, and how; None where it is neither.

    `steps` is what is done with the expression.
    """
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
        elif (found := _from_outside(document, part)) is None:
            return None
        elif isinstance(found[0], str):
            return found[0], (*found[1], *steps)
        else:
            part, steps = part._replace(node=found[0]), (*found[1], *steps)
    return None


def _from_outside(document: Document, part: Part) -> tuple[Node | str, tuple[Step, ...]] | None:
    """Return what a name is taken from that no binding gives an expression: a set by `inherit (set)` or `with`, or the module's argument."""
    name = text(part.node)
    found = resolve_name(document, part.node)
    if isinstance(found, With):
        return found.environments[0], (name,)
    if not isinstance(found, Name):
        return None
    if found.kind == "inherit":
        return (found.value, (name,)) if found.value is not None else None
    is_module = found.kind == "formal" and _is_of_module(found.owner)
    return (name, ()) if is_module and not _is_within(part.frame, found.owner) else None


def _is_of_module(function: Node) -> bool:
    """Tell whether the module system may call a function, by its formals: they have an ellipsis."""
    formals = function.child_by_field_name("formals")
    return formals is not None and any(child.type == "ellipses" for child in formals.named_children)


def _is_within(frame: Frame | None, function: Node) -> bool:
    """Tell whether a call of a function is being read."""
    while frame is not None:
        if frame.function == function.id:
            return True
        frame = frame.outer
    return False


def expression_at(document: Document, names: tuple[str, ...]) -> Node | None:
    """Return the one expression in a file that the bindings of these names lead to; None where there is none, or several."""
    if not names:
        return document.root.child_by_field_name("expression")
    found: dict[int, Node] = {}
    word, position = names[-1].encode(), 0
    while (position := document.source.find(word, position)) >= 0:
        here: list[str] = []
        value: Node | None = None
        for node in descent(document.root, position):
            path = node.child_by_field_name("attrpath") if node.type == "binding" else None
            if path is not None:
                here += [segment.name or "" for segment in attrs(path)]
                value = node.child_by_field_name("expression")
        if value is not None and tuple(here) == names:
            found[value.id] = value
        position += len(word)
    return next(iter(found.values())) if len(found) == 1 else None


class Given(NamedTuple):
    """An expression that is used."""

    part: Part
    below: tuple[Step, ...] = ()
    """Of a set, the bindings below this path alone: it writes none of them in one piece (`{ a.b = 1; a.c = 2; }` has no expression for `a`)."""


def _given_below(meaning: Meaning, owner: Part, names: tuple[Step, ...]) -> Given | None:
    """Return the innermost set on a path that has no expression of its own."""
    for length in range(len(names) - 1, -1, -1):
        part = meaning.selected(owner, names[:length]) if length else owner
        if part is not None:
            return Given(part, names[length:]) if part.node.type in SETS else None
    return None


def given(document: Document, meaning: Meaning, use: Use) -> Given | None:
    """Return the expression that is used of a file; None where that is not seen."""
    root, steps = expression_at(document, use.start), use.steps
    if root is None:
        return None
    part: Part | None = Part(root, conditional=False, names=())
    groups = [(is_call, tuple(group)) for is_call, group in groupby(steps, lambda step: step is None)]
    for number, (is_call, several) in enumerate(groups, 1):
        for _ in range(_STEPS):
            if part is None or (inner := inside(part.node)) is None:
                break
            part = part._replace(node=inner)
        if part is None:
            return None
        owner, part = part, meaning.apply(part, [None] * len(several)) if is_call else meaning.selected(part, several)
        if part is None and not is_call and number == len(groups):
            return _given_below(meaning, owner, several)
    return Given(part) if part else None
