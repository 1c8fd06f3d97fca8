"""Functions that look at files: `import`, `readDir`, `readFile`, and what turns text into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from nix_lsp.analysis.files import walk
from nix_lsp.analysis.partial.value import (
    UNKNOWN,
    Attrset,
    Call,
    Choice,
    Lambda,
    Listing,
    NixPath,
    Symbol,
    Thunk,
    Value,
    choice,
    given,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.analysis.partial.evaluate import Evaluator


_LONGEST_DATA = 1_000_000
"""Bytes of JSON or TOML that are read for the names of hosts."""


def imported(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    target = args[0].force()
    if isinstance(target, Choice):
        return choice(given(imported(evaluator, (each,))) for each in target.values)
    path = evaluator.text_of(target)
    if path is None or not path.startswith("/"):
        return Call(Symbol(("builtins", "import")), args)
    if evaluator.is_sources(path):
        return Symbol(("sources",))
    return evaluator.file(path)


def import_apply(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return evaluator.apply(imported(evaluator, args[:1]), args[1])


def call_with(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`callPackageWith attrs file more`: what a function gives of the attributes that it asks for, and of more."""
    function = args[1].force()
    function = imported(evaluator, args[1:2]) if isinstance(function, NixPath) else function
    below, above = args[0].force(), args[2].force()
    if not isinstance(function, Lambda) or not isinstance(below, Attrset) or not isinstance(above, Attrset):
        return UNKNOWN
    return evaluator.apply(function, given(Attrset({**below.attrs, **above.attrs}, below.exact and above.exact)))


def read_dir(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    if path is None:
        return UNKNOWN
    kinds = {"file": "regular", "folder": "directory", "link": "symlink"}
    return Attrset({name: given(kinds[kind]) for name, kind in sorted(evaluator.files.names(path).items())})


def path_exists(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    if path is None:
        return UNKNOWN
    exists = evaluator.files.kind(path) is not None
    if not exists:
        evaluator.missing.add(path)
    return exists


def files_below(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    return UNKNOWN if path is None else Listing(tuple(given(NixPath(file)) for file in walk(evaluator.files, path)))


def import_tree(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`import-tree ./modules`: one module that imports every Nix file below, but those with `/_` in their path."""
    path = evaluator.text_of(args[0].force())
    if path is None:
        return UNKNOWN
    found = (file for file in walk(evaluator.files, path) if file.endswith(".nix") and "/_" not in file[len(path) :])
    return Attrset({"imports": given(Listing(tuple(given(NixPath(file)) for file in found)))})


def read_file(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    document = evaluator.files.document(path) if path else None
    if document is None or len(document.source) > _LONGEST_DATA:
        return UNKNOWN
    evaluator.read.add(document.path)
    return document.source.decode("utf-8", "replace")


def from_json(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    import json

    return _from_data(args[0].force(), json.loads)


def from_toml(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    import tomllib

    return _from_data(args[0].force(), tomllib.loads)


def _from_data(source: Value, load: Callable[[str], object]) -> Value:
    if not isinstance(source, str):
        return UNKNOWN
    try:
        return _value(load(source), 0)
    except (ValueError, RecursionError):
        return UNKNOWN


def _value(data: object, depth: int) -> Value:
    """Return what JSON or TOML holds as a value of Nix; numbers and null decide nothing here."""
    if depth > 50:
        return UNKNOWN
    if isinstance(data, str | bool):
        return data
    if isinstance(data, dict):
        pairs = cast("dict[str, object]", data).items()
        return Attrset({name: given(_value(value, depth + 1)) for name, value in pairs})
    if isinstance(data, list):
        return Listing(tuple(given(_value(value, depth + 1)) for value in cast("list[object]", data)))
    return UNKNOWN


def import_json(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return from_json(evaluator, (given(read_file(evaluator, args)),))


def import_toml(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return from_toml(evaluator, (given(read_file(evaluator, args)),))
