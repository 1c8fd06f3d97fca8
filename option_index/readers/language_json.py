"""`nix __dump-language`: `{name: {args, doc, type}}`; older releases wrap it in `{builtins, constants}`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from option_index.readers.text import FormatError, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Documented(NamedTuple):
    """A builtin as Nix itself documents it."""

    name: str
    args: tuple[str, ...]
    type: str | None
    doc: str | None


def read_language(path: Path) -> Iterator[Documented]:
    """Yield the builtins and constants of a dumped language description.

    Raises:
        FormatError: the file is no such description.
        OSError: the file cannot be read.
    """
    try:
        data: Any = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise FormatError(f"{path}: not JSON") from error
    if not isinstance(data, dict):
        raise FormatError(f"{path}: no object of builtins")
    top = cast("dict[str, Any]", data)
    # A builtin named `constants` does not exist: its presence tells the older, nested form.
    groups: list[Any] = [top["builtins"], top["constants"]] if "constants" in top else [top]
    for group in groups:
        if not isinstance(group, dict):
            raise FormatError(f"{path}: no object of builtins")
        for name, value in cast("dict[str, Any]", group).items():
            fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
            args: Any = fields.get("args") or []
            yield Documented(
                name,
                tuple(str(arg) for arg in cast("list[Any]", args)) if isinstance(args, list) else (),
                _string(fields.get("type")),
                _string(fields.get("doc")),
            )


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None
