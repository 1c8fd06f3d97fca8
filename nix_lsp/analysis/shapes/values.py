"""Values of the partial evaluation as shapes: what a host hands to its modules."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.value import ANY as ANY_NAME
from nix_lsp.analysis.partial.value import Attrset, Choice, Lambda, NixPath, Symbol
from nix_lsp.analysis.partial.value import Listing as ValueListing
from nix_lsp.analysis.shapes.shape import ANY, Attribute, Attrs, Known, Lazy, Listing, Plain, Shape, joined, opened
from nix_lsp.syntax.ast import descent

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.partial.value import Thunk
    from nix_lsp.analysis.shapes.inference import Inference


def shape_of_value(inference: Inference, thunk: Thunk) -> Shape:
    """Return the shape of a value; what is written in a file is looked at there."""
    value = thunk.force()
    match value:
        case bool():
            return Plain("boolean", "true" if value else "false")
        case str():
            return Plain("string", value)
        case NixPath():
            return Plain("path", value.path)
        case Lambda():
            return _written(inference, value.scope.file, value.node)
        case Choice():
            return joined(shape_of_value(inference, each) for each in value.values)
        case ValueListing():
            items = tuple(Lazy(lambda each=each: shape_of_value(inference, each)) for each in value.items)
            return Listing(items, is_exact=False)
        case Attrset():
            return _set(inference, value)
        case Symbol(("inputs", "self")):
            from nix_lsp.analysis.shapes.flakes import own_flake

            return own_flake(inference, posixpath.join(inference.project.root, "flake.nix"))
        case Symbol(("inputs",)):
            from nix_lsp.analysis.shapes.flakes import inputs_of

            return inputs_of(inference, posixpath.join(inference.project.root, "flake.nix"))
        case Symbol():
            return Known(value.path)
        case _:
            return ANY


def _set(inference: Inference, value: Attrset) -> Shape:
    written = _written(inference, value.file, value.node) if value.node is not None else ANY
    own: dict[str, Attribute] = {}
    for name, each in value.attrs.items():
        found = written.attribute(name) if isinstance(written, Attrs) else None
        if name != ANY_NAME:
            places = found.places if found else ()
            own[name] = Attribute(
                Lazy(lambda each=each: opened(shape_of_value(inference, each))), places, is_certain=False
            )
    return Attrs(own, ANY, value.node, value.file)


def _written(inference: Inference, path: str, node: Node) -> Shape:
    document = inference.project.document(path)
    if document is None or node not in descent(document.root, node.start_byte):
        return ANY  # it is of another version
    return inference.shape_at(document, node)
