"""What is said of an attribute or a name of the project's own code: what it is, its value, and where it is bound."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.inference import Inference
from nix_lsp.analysis.shapes.shape import ANY, Attribute, Attrs, Known, OneOf, Shape
from nix_lsp.ide import markdown
from nix_lsp.ide.doc_text import documentation_at, signature
from nix_lsp.ide.shape_text import short_form, value_text
from nix_lsp.syntax.ast import attr, attrs, descent, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.scope import Name
    from nix_lsp.analysis.shapes.shape import Place
    from nix_lsp.syntax.document import Document

_STEPS = 1_500
_LINES = 6
_SHOWN = 240


def selected_at(inference: Inference, document: Document, node: Node) -> tuple[str, Attribute] | None:
    """Find what a segment of a selection, or a name in `inherit (x) name`, selects.

    Args:
        inference: what finds shapes out.
        document: the document.
        node: the segment: an identifier or a string.

    Returns:
        The selection up to the segment, as it is written, and the attribute; None where nothing is known of it.
    """
    chain = descent(document.root, node.start_byte)
    owner = next((each for each in reversed(chain) if each.type in _SELECTING), None)
    base = owner.child_by_field_name("expression") if owner else None
    if owner is None or base is None or base.end_byte > node.start_byte:
        return None
    shape = inference.shape_at(document, base)
    written = text(base)
    if owner.type == "inherit_from":
        name = attr(node).name
        found = shape.attribute(name) if name is not None else None
        return (f"{written}.{text(node)}", found) if found else None
    path = owner.child_by_field_name("attrpath")
    for segment in attrs(path) if path else ():
        found = shape.attribute(segment.name) if segment.name is not None else None
        written = f"{written}.{document.text(segment.span)}"
        if found is None:
            return None
        if segment.span.start <= node.start_byte < segment.span.end:
            return written, found
        shape = found.shape
    return None


def brought_in(inference: Inference, document: Document, name: Node, environments: Sequence[Node]) -> str | None:
    """Return what is said of a name that `with`s bring in: the innermost whose set has it, if those inside it are known not to have it.

    Args:
        inference: what finds shapes out.
        document: the document.
        name: the identifier.
        environments: what the `with`s round it are of, innermost first.
    """
    for environment in environments:
        shape = inference.shape_at(document, environment)
        if found := shape.attribute(text(name)):
            return attribute_text(inference, document, f"{text(environment)}.{text(name)}", found)
        if not (isinstance(shape, Attrs) and shape.is_exact):
            return None
    return None


def attribute_text(inference: Inference, document: Document, written: str, found: Attribute) -> str | None:
    """Return what is said of an attribute; None where nothing is known of it."""
    shape = found.shape
    if not found.places and (shape is ANY or _is_known(shape)):
        return None
    kind, place = short_form(inference, shape), found.places[0] if found.places else None
    parts = [f"**{markdown.code(written)}**"] if len(written) <= _SHOWN and "\n" not in written else []
    if place:
        parts.append(_where(document, place))
    if kind:
        parts.append(markdown.code(kind))
    if (value := value_text(shape) or (_source(place) if place else None)) and value != kind:
        parts.append(markdown.code(value).lstrip("\n"))
    if place and (said := _documentation(inference.project, place)):
        parts.append(said)
    return "\n\n".join(parts) if len(parts) > 1 else None


def binding_text(project: Project, document: Document, binding: Node) -> str | None:
    """Return what is said of an attribute where it is bound: how it is called or what it is, and the comment above it; None for nothing."""
    path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
    if path is None or value is None:
        return None
    name, said = text(path), documentation_at(project, document, path.start_byte)
    inference = Inference(project, _STEPS)
    if value.type == "function_expression":
        facts = signature(name, value)
    else:
        facts = short_form(inference, inference.shape_at(document, value)) if said else None
    parts = [f"**{markdown.code(name)}**", markdown.code(facts).lstrip("\n") if facts else "", said or ""]
    return "\n\n".join(filter(None, parts)) if facts or said else None


def inherited_documentation(project: Project, document: Document, name: Name) -> str | None:
    """Return the comment above what a name is inherited from, `inherit (x) name;`."""
    if name.kind != "inherit" or name.value is None:
        return None
    found = Inference(project, _STEPS).shape_at(document, name.value).attribute(name.name)
    return _documentation(project, found.places[0]) if found is not None and found.places else None


def _documentation(project: Project, place: Place) -> str | None:
    there = project.document(place.path)
    return documentation_at(project, there, place.span.start) if there is not None else None


def bound_at(project: Project, document: Document, path: str, offset: int) -> str | None:
    """Return what is said of the binding or formal whose name stands at a byte offset of a file."""
    there = project.document(path)
    if there is None or offset >= len(there.source):
        return None
    chain = descent(there.root, offset)
    binding = next((each for each in reversed(chain) if each.type in {"binding", "formal"}), None)
    if binding is None:
        return None
    value = binding.child_by_field_name("expression") or binding.child_by_field_name("default")
    inference = Inference(project, _STEPS)
    kind = short_form(inference, inference.shape_at(there, value)) if value else None
    line = there.line_of(offset) + 1
    parts = [f"{'Here' if path == document.path else _relative(document, path)}, line {line}"]
    if kind:
        parts.append(markdown.code(kind))
    if value and (shown := shown_source(value)) != kind:
        parts.append(markdown.code(shown).lstrip("\n"))
    return "\n\n".join(parts)


def kind_of_name(project: Project, document: Document, name: Name) -> str | None:
    """Return in a few words what a name stands for; None where nothing is known.

    Of an argument, that is what it is handed as far as that is seen.
    """
    inference = Inference(project, _STEPS)
    if name.kind in {"formal", "argument"}:
        body = name.owner.child_by_field_name("body")
        frame = inference.frame_at(document, body) if body else None
    else:
        frame = inference.inner(name.owner, inference.frame_at(document, name.owner))
    shape = inference.look_up(name.name, frame).shape if frame else ANY
    return None if _is_known(shape) else short_form(inference, shape)


_SELECTING = frozenset({"select_expression", "has_attr_expression", "inherit_from"})


def _is_known(shape: Shape) -> bool:
    """Tell whether a shape is known by a name alone, which other features tell of."""
    return all(
        isinstance(each, Known) or each is ANY for each in (shape.shapes if isinstance(shape, OneOf) else (shape,))
    )


def _where(document: Document, place: Place) -> str:
    kind = "Inherited" if place.is_inherited else "Attribute"
    there = "" if place.path == document.path else f" of {_relative(document, place.path)}"
    return f"{kind}{there}"


def _relative(document: Document, path: str) -> str:
    return os.path.relpath(path, os.path.dirname(document.path) or ".")  # noqa: PTH120 -- no file is touched


def _source(place: Place) -> str | None:
    return None if place.value is None or place.is_inherited else shown_source(place.value)


def shown_source(node: Node) -> str:
    """Return how an expression is written, from its sixth line on left out, without the indentation of the line that it begins in."""
    lines = text(node).splitlines()
    row, indent = node.start_point.row, node.start_point.column
    around = node.parent
    while around is not None and around.start_point.row == row:
        indent, around = around.start_point.column, around.parent
    rest = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    indent = min([indent, *rest])
    short = "\n".join([*lines[:1], *(line[indent:] for line in lines[1:_LINES])])
    return f"{short[:_SHOWN]}\n…" if len(lines) > _LINES or len(short) > _SHOWN else short
