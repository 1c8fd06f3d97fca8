"""Functions of strings and paths."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.value import UNKNOWN, Listing, NixPath, Symbol, Thunk, Value, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.analysis.partial.evaluate import Evaluator


def to_string(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    value = args[0].force()
    found = evaluator.text_of(value)
    return value if found is None and isinstance(value, Symbol) else UNKNOWN if found is None else found


def optional_string(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    condition = args[0].force()
    return UNKNOWN if not isinstance(condition, bool) else args[1].force() if condition else ""


def base_name(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    found = evaluator.text_of(args[0].force())
    return UNKNOWN if found is None else posixpath.basename(found.rstrip("/"))


def folder_of(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    value = args[0].force()
    found = evaluator.text_of(value)
    if found is None:
        return UNKNOWN
    return NixPath(posixpath.dirname(found)) if isinstance(value, NixPath) else posixpath.dirname(found)


def with_suffix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda suffix, whole: whole.endswith(suffix))


def with_prefix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda prefix, whole: whole.startswith(prefix))


def with_infix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda infix, whole: infix in whole)


def without_suffix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda suffix, whole: whole.removesuffix(suffix))


def without_prefix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda prefix, whole: whole.removeprefix(prefix))


def _on_text(evaluator: Evaluator, args: tuple[Thunk, ...], run: Callable[[str, str], str | bool]) -> Value:
    part, whole = (evaluator.text_of(arg.force()) for arg in args)
    return UNKNOWN if part is None or whole is None else run(part, whole)


def split(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    separator, whole = (evaluator.text_of(arg.force()) for arg in args)
    if not separator or whole is None:
        return UNKNOWN
    return Listing(tuple(given(part) for part in whole.split(separator)))


def joined(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    separator, items = evaluator.text_of(args[0].force()), evaluator.items(args[1].force())
    parts = [evaluator.text_of(item.force()) for item in items.items]
    if separator is None or not items.exact or any(part is None for part in parts):
        return UNKNOWN
    return separator.join(part for part in parts if part is not None)
