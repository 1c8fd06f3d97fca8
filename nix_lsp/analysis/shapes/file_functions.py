"""Functions that look at files: `import`, `readDir`, `readFile`, and what turns text into values."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, cast

from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attrs,
    Elements,
    Known,
    Lazy,
    Listing,
    OneOf,
    Plain,
    Shape,
    attribute,
    joined,
    known,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.analysis.shapes.inference import Inference

    Arguments = tuple[Lazy, ...]

NIXPKGS = "import <nixpkgs>"
"""What the function that nixpkgs is goes by: its result is `pkgs`."""
_STRING = Plain("string")
_LONGEST_DATA = 200_000
"""Bytes of JSON or TOML that are read."""
_DEEPEST_DATA = 40


def imported(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    if (
        isinstance(target, Plain)
        and target.value
        and target.kind in {"path", "string"}
        and target.value.startswith("/")
    ):
        return Known(("builtins", NIXPKGS)) if _is_nixpkgs(inference, target.value) else inference.file(target.value)
    if isinstance(target, OneOf):
        return joined(imported(inference, (known(shape),)) for shape in target.shapes)
    if isinstance(target, Known):
        return _import_of(target.name)
    return ANY


def _is_nixpkgs(inference: Inference, path: str) -> bool:
    """Tell whether a path is that of a nixpkgs tree, whose packages are known otherwise."""
    folder = path.removesuffix("/default.nix")
    return inference.project.files.kind(f"{folder}/pkgs/top-level/all-packages.nix") == "file"


def _import_of(name: tuple[str, ...]) -> Shape:
    """`import <nixpkgs>`, `import nixpkgs` of a flake's input: a function whose result is `pkgs`."""
    match name:
        case ("search", "nixpkgs"):
            return Known(("builtins", NIXPKGS))
        case ("search", "nixpkgs", "lib"):
            return Known(("lib",))
        case ("inputs", source) if source.startswith("nixpkgs"):
            return Known(("builtins", NIXPKGS))
        case _:
            return ANY


def nixpkgs(_: Inference, __: Arguments) -> Shape:
    return Known(("pkgs",))


def read_dir(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    if not isinstance(target, Plain) or target.value is None:
        return Attrs({}, Elements(known(_STRING)))
    names = inference.project.files.names(target.value)
    return opened(Attrs({name: attribute(_STRING) for name in sorted(names)}))


def read_file(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    path = target.value if isinstance(target, Plain) else None
    document = inference.project.document(path) if path and path.startswith("/") else None
    if document is None or len(document.source) > _LONGEST_DATA:
        return _STRING
    return Plain("string", document.source.decode("utf-8", "replace"))


def from_json(_: Inference, args: Arguments) -> Shape:
    import json

    return _from_data(args[0].force(), json.loads)


def from_toml(_: Inference, args: Arguments) -> Shape:
    import tomllib

    return _from_data(args[0].force(), tomllib.loads)


def _from_data(source: Shape, load: Callable[[str], object]) -> Shape:
    if not isinstance(source, Plain) or source.value is None:
        return ANY
    try:
        return opened(_data(load(source.value), 0))
    except (ValueError, RecursionError):
        return ANY


def _data(value: object, depth: int) -> Shape:
    """Return what JSON or TOML says."""
    if isinstance(value, dict) and depth < _DEEPEST_DATA:
        pairs = cast("dict[str, object]", value).items()
        return Attrs({name: attribute(_data(each, depth + 1)) for name, each in pairs})
    if isinstance(value, list) and depth < _DEEPEST_DATA:
        return Listing(tuple(known(_data(each, depth + 1)) for each in cast("list[object]", value)))
    if isinstance(value, str):
        return Plain("string", value)
    if isinstance(value, bool):
        return Plain("boolean", "true" if value else "false")
    if value is None:
        return Plain("null")
    return Plain("integer") if isinstance(value, int) else Plain("float") if isinstance(value, float) else ANY


def import_json(inference: Inference, args: Arguments) -> Shape:
    return from_json(inference, (known(read_file(inference, args)),))


def import_toml(inference: Inference, args: Arguments) -> Shape:
    return from_toml(inference, (known(read_file(inference, args)),))


def folder_of(_: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    if isinstance(target, Plain) and target.value is not None:
        return Plain(target.kind, posixpath.dirname(target.value))
    return ANY


def to_string(_: Inference, args: Arguments) -> Shape:
    shape = args[0].force()
    return Plain("string", shape.value) if isinstance(shape, Plain) and shape.kind in {"string", "path"} else _STRING
