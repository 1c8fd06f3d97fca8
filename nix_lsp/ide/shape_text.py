"""Shapes in words: `{ a, b, … }`, `x -> string`, `[path]`, `package`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.shape import (
    Attrs,
    Elements,
    Function,
    Known,
    Listing,
    OneOf,
    Package,
    Plain,
    Shape,
)
from nix_lsp.syntax.ast import text
from nix_lsp.syntax.layout import quote_attr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.shapes.inference import Inference

_NAMES = 5
"""So many names of a set are shown."""
_DEPTH = 3
_LONGEST_VALUE = 60


def short_form(inference: Inference, shape: Shape, depth: int = _DEPTH) -> str | None:
    """Return a shape in a few words; None where nothing is known."""
    match shape:
        case Plain():
            return shape.kind
        case Attrs():
            return _set(shape)
        case Elements():
            element = short_form(inference, shape.element.force(), depth - 1) if depth else None
            return f"{{ ‹name› = {element}; }}" if element else "{ … }"
        case Listing():
            element = short_form(inference, shape.element, depth - 1) if depth else None
            return f"[{element}]" if element else "[ ]" if shape.is_exact and not shape.items else "list"
        case Package():
            return "package"
        case Function():
            return _function(inference, shape, depth)
        case Known():
            return _known(shape)
        case OneOf():
            shapes = shape.shapes if depth else ()
            found = dict.fromkeys(filter(None, (short_form(inference, each, depth - 1) for each in shapes)))
            if len(found) < 2:
                return next(iter(found), None)
            return " | ".join(f"({each})" if " -> " in each else each for each in found)
        case _:
            return None


def value_text(shape: Shape) -> str | None:
    """Return a value that is known and short, as it is written in Nix."""
    if not isinstance(shape, Plain) or shape.value is None or len(shape.value) > _LONGEST_VALUE or "\n" in shape.value:
        return None
    if shape.kind == "string":
        escaped = shape.value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
        return f'"{escaped}"'
    return shape.value


def parameters(node: Node) -> str:
    """Return how a function's argument is written, in short: `x`, `{ a, b ? …, ... }`."""
    formals, universal = node.child_by_field_name("formals"), node.child_by_field_name("universal")
    if formals is None:
        return text(universal) if universal else "_"
    names = list(_formals(formals))
    shown = names if len(names) <= _NAMES + 1 else [*names[:_NAMES], "…"]
    return f"{{ {', '.join(shown)} }}" if shown else "{ }"


def _formals(formals: Node) -> Iterator[str]:
    for child in formals.named_children:
        name = child.child_by_field_name("name") if child.type == "formal" else None
        if name is not None:
            yield f"{text(name)} ? …" if child.child_by_field_name("default") else text(name)
        elif child.type == "ellipses":
            yield "..."


def _set(shape: Attrs) -> str:
    names = [quote_attr(name) for name in shape.attributes()]
    if not names:
        return "{ }" if shape.is_exact else "{ … }"
    is_all = len(names) <= _NAMES and shape.is_exact
    return f"{{ {', '.join([*names[:_NAMES], *([] if is_all else ['…'])])} }}"


def _function(inference: Inference, shape: Function, depth: int) -> str:
    result = short_form(inference, inference.result(shape), depth - 1) if depth else None
    return f"{parameters(shape.node)} -> {result or '…'}"


def _known(shape: Known) -> str | None:
    head, *rest = shape.name
    if head == "pkgs" and rest:
        return "package" if len(rest) == 1 and not shape.args else None
    if head in {"lib", "builtins", "config", "options", "pkgs", "inputs", "osConfig"} and not shape.args:
        return ".".join(quote_attr(name) for name in shape.name)
    return None
