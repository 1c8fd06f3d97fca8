"""`options.json` as `nixosOptionsDoc` writes it and the channels publish it (nixpkgs, nixos/lib/make-options-doc).

One object, keyed by the printed option path. NixOS gives declarations as strings relative to nixpkgs; home-manager and nix-darwin
give `{name, url}`. Descriptions and literals are strings, or `{_type, text}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from option_index.readers.members import members
from option_index.readers.text import FormatError, read_parts
from option_index.records import Declaration, Option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_options(path: Path) -> Iterator[Option]:
    """Yield every option of an `options.json` or `options.json.br`, in the file's order.

    Raises:
        FormatError: the file is damaged or of another shape; options before that have been yielded.
        OSError: the file cannot be read.
    """
    found = False
    for name, value in members(read_parts(path), str(path)):
        found = True
        yield _option(str(path), name, value)
    if not found:
        raise FormatError(f"{path}: holds no options")


def _option(file: str, name: str, value: Any) -> Option:
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    loc: Any = fields.get("loc")
    type_: Any = fields.get("type")
    if not isinstance(loc, list) or not loc or not isinstance(type_, str):
        raise FormatError(f"{file}: {name!r} is no option: `loc` (a list) and `type` (a string) are expected")
    declarations: Any = fields.get("declarations") or []
    return Option(
        path=tuple(str(segment) for segment in cast("list[Any]", loc)),
        type=type_,
        default=_text(fields.get("default")),
        example=_text(fields.get("example")),
        description=_text(fields.get("description")),
        declarations=tuple(_declaration(each) for each in cast("list[Any]", declarations)),
        read_only=fields.get("readOnly") is True,
        internal=fields.get("internal") is True,
    )


def _text(value: Any) -> str | None:
    """Read a string, or `{_type: literalExpression | literalMD | mdDoc | …, text}`."""
    if isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("text")
    return value if isinstance(value, str) else None


def _declaration(value: Any) -> Declaration:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        url: Any = fields.get("url")
        return Declaration(str(fields.get("name") or url), url if isinstance(url, str) else None)
    return Declaration(str(value))
