"""What flakes are as values: the inputs that one is given, and its outputs."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attribute,
    Attrs,
    Function,
    Known,
    Lazy,
    Plain,
    Shape,
    attribute,
    opened,
    updated,
)
from nix_lsp.syntax.ast import text

if TYPE_CHECKING:
    from nix_lsp.analysis.shapes.inference import Inference

_STRING = Plain("string")


def flake_above(inference: Inference, path: str) -> str | None:
    """Return the nearest flake.nix at or above a file."""
    folder: str = posixpath.dirname(path)
    while True:
        found = posixpath.join(folder, "flake.nix")
        if inference.project.files.kind(found) == "file":
            return found
        if folder in {"", posixpath.dirname(folder)}:
            return None
        folder = posixpath.dirname(folder)


def own_flake(inference: Inference, path: str) -> Shape:
    """Return the flake that a file belongs to, as `self`."""
    flake = flake_above(inference, path)
    if flake is None:
        return Known(("inputs", "self"))
    return inference.once(("flake", flake), lambda: _flake(inference, flake, ()))


def inputs_of(inference: Inference, path: str, names: tuple[str, ...] = ()) -> Shape:
    """Return the inputs of the flake that a file belongs to, with `self`; `names` is how the project reaches that flake, as an input."""
    flake = flake_above(inference, path)
    if flake is None:
        return Known(("inputs",))
    return inference.once(("inputs", flake), lambda: _inputs(inference, flake, names))


def _inputs(inference: Inference, flake: str, names: tuple[str, ...]) -> Shape:
    found = inference.file(flake)
    declared, outputs = found.attribute("inputs"), found.attribute("outputs")
    own: dict[str, Attribute] = {}
    given = outputs.shape if outputs else ANY
    formals = given.node.child_by_field_name("formals") if isinstance(given, Function) else None
    for formal in formals.children_by_field_name("formal") if formals else ():
        if name := formal.child_by_field_name("name"):
            own[text(name)] = Attribute(_input(inference, flake, (*names, text(name))))
    for name, each in declared.shape.attributes().items() if declared else ():
        own[name] = Attribute(_input(inference, flake, (*names, name)), each.places)
    own["self"] = Attribute(Lazy(lambda: _flake(inference, flake, names)))
    return Known(("inputs",), code=Lazy(None, Attrs(own)))


def _input(inference: Inference, flake: str, names: tuple[str, ...]) -> Lazy:
    """Return an input: what its flake says where its source is on this machine."""

    def code() -> Shape:
        from nix_lsp.analysis.inputs.sources import flake_source
        from option_index.store_path import STORE

        project = inference.project
        root = flake_above(inference, posixpath.join(project.root, "flake.nix")) or flake
        source = flake_source(project.files, posixpath.dirname(root), names, STORE)
        entry = posixpath.join(source.folder, source.entry, "flake.nix") if source.folder else None
        if entry is None or project.files.kind(entry) != "file":
            return ANY
        return inference.once(("flake", entry), lambda: _outputs(inference, entry, names))

    known = Known(("inputs", *names))
    return Lazy(None, known if names[-1].startswith("nixpkgs") else Known(known.name, code=Lazy(code)))


def _flake(inference: Inference, flake: str, names: tuple[str, ...]) -> Shape:
    return Known(("inputs", *(names or ("self",))), code=Lazy(lambda: _outputs(inference, flake, names)))


def _outputs(inference: Inference, flake: str, names: tuple[str, ...]) -> Shape:
    """Return what a flake is to those that have it as an input: its outputs, and what Nix adds to them."""
    found = inference.file(flake).attribute("outputs")
    inputs = Lazy(lambda: inputs_of(inference, flake, names))
    made = inference.apply(found.shape, inputs) if found else ANY
    if made is ANY and (value := inference.project.outputs(flake)) is not None:
        # What flake-parts makes of modules is known from the search for hosts.
        from nix_lsp.analysis.shapes.values import shape_of_value

        made = shape_of_value(inference, value)
    added = {name: attribute(_STRING) for name in ("outPath", "narHash", "rev", "shortRev", "lastModifiedDate")}
    added["inputs"] = Attribute(inputs)
    added["outputs"] = Attribute(Lazy(None, made))
    added["sourceInfo"] = attribute(ANY)
    added["lastModified"] = attribute(Plain("integer"))
    return opened(updated(made, Attrs(added)))
