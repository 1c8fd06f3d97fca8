"""The attributes of sets that code of the project makes, and the arguments of its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.inference import Inference
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attrs,
    Elements,
    Function,
    Known,
    OneOf,
    Package,
    Plain,
    Shape,
)
from nix_lsp.ide.completion.order import sort_text
from nix_lsp.ide.model import CompletionItem, CompletionKind
from nix_lsp.ide.shape_text import short_form, value_text
from nix_lsp.syntax.ast import attr, attrs, bindings, descent, text
from nix_lsp.syntax.layout import quote_attr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.shapes.shape import Attribute
    from nix_lsp.syntax.ast import Attr
    from nix_lsp.syntax.document import Document

_STEPS = 600
"""Expressions that are looked at for one list of proposals: some 5 ms."""
_DESCRIBED = 40
"""So many proposals tell what they are."""
_MOST = 2_000


def selected(project: Project, document: Document, base: Node, segments: Sequence[Attr]) -> tuple[Inference, Shape]:
    """Return what `base.a.b` comes to for some segments, and what found it out."""
    from nix_lsp.analysis.shapes.expressions import any_attribute

    inference = Inference(project, _STEPS)
    shape = inference.shape_at(document, base)
    for segment in segments:
        if segment.name is None:
            shape = any_attribute(shape)
            continue
        found = shape.attribute(segment.name)
        shape = found.shape if found else ANY
    return inference, shape


def known_name(shape: Shape) -> tuple[str, ...] | None:
    """Return the name that everybody knows a shape by: `("lib", "types")`, `("config", "services")`."""
    for each in shape.shapes if isinstance(shape, OneOf) else (shape,):
        if isinstance(each, Known) and not each.args:
            return each.name
        rest = each.rest if isinstance(each, Attrs) else None
        if isinstance(rest, Known) and not rest.args:
            return rest.name
    return None


def attribute_items(inference: Inference, shape: Shape, rank: str = "0") -> Iterator[CompletionItem]:
    """Yield the attributes that are known of a shape, each with what it is."""
    for number, (name, found) in enumerate(shape.attributes().items()):
        if number >= _MOST:
            return
        yield _item(inference, name, found, rank, is_described=number < _DESCRIBED)


def _item(inference: Inference, name: str, found: Attribute, rank: str, *, is_described: bool) -> CompletionItem:
    label = quote_attr(name)
    value = found.shape if is_described else ANY
    place = found.places[0] if found.places else None
    return CompletionItem(
        label,
        _kind(value),
        label,
        detail=(value_text(value) or short_form(inference, value)) if is_described else None,
        sort=rank + sort_text(name),
        key=("attribute", place.path, str(place.span.start)) if place else (),
    )


def _kind(shape: Shape) -> CompletionKind:
    for each in shape.shapes if isinstance(shape, OneOf) else (shape,):
        match each:
            case Function():
                return CompletionKind.BUILTIN
            case Package():
                return CompletionKind.PACKAGE
            case Attrs() | Elements():
                return CompletionKind.NAMESPACE
            case Plain(kind="option"):
                return CompletionKind.OPTION
            case Plain():
                return CompletionKind.VALUE
            case _:
                continue
    return CompletionKind.ATTRIBUTE


# Arguments of a call


def argument_items(project: Project, document: Document, offset: int) -> list[CompletionItem]:
    """Return the arguments that a function takes by name and is not given yet, where the set round a byte offset is what it is called with."""
    chain = descent(document.root, offset)
    index = next((index for index in range(len(chain) - 1, 0, -1) if chain[index].type == "attrset_expression"), 0)
    owner, call = chain[index], chain[index - 1] if index else None
    if call is None or call.type != "apply_expression" or call.child_by_field_name("argument") != owner:
        return []
    function = call.child_by_field_name("function")
    inference = Inference(project, _STEPS)
    shape = _callee(inference, document, function) if function else ANY
    formals = shape.node.child_by_field_name("formals") if isinstance(shape, Function) else None
    if formals is None or not isinstance(shape, Function):
        return []
    taken = set(_bound(owner, offset))
    items: list[CompletionItem] = []
    for formal in formals.children_by_field_name("formal"):
        name = formal.child_by_field_name("name")
        if name is None or (label := text(name)) in taken:
            continue
        default = formal.child_by_field_name("default")
        items.append(
            CompletionItem(
                label,
                CompletionKind.ATTRIBUTE,
                f"{label} = $1;",
                is_snippet=True,
                plain=label,
                detail=f"? {_shortened(text(default))}" if default else "required",
                sort=f"{int(default is not None)}{sort_text(label)}",
                key=("attribute", shape.frame.document.path, str(name.start_byte)),
            )
        )
    return items


def _callee(inference: Inference, document: Document, function: Node) -> Shape:
    """Return the function that a set is given to; of `callPackage ./p.nix` the one that the file is."""
    shape = inference.shape_at(document, function)
    if isinstance(shape, Known) and shape.name[-1].startswith("callPackage") and len(shape.args) == 1:
        target = shape.args[0].force()
        return inference.file(target.value) if isinstance(target, Plain) and target.value else target
    return shape


def _bound(owner: Node, offset: int) -> Iterator[str | None]:
    for binding in bindings(owner):
        path, names = binding.child_by_field_name("attrpath"), binding.child_by_field_name("attrs")
        if path is not None and not path.start_byte <= offset <= path.end_byte:
            yield attrs(path)[0].name
        for name in names.named_children if names else ():
            yield attr(name).name


def _shortened(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
