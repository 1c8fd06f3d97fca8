"""`packages.json` as the channels publish it: `{"version": 2, "packages": {attr: {name, pname, version, meta, …}}}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from option_index.readers.members import members
from option_index.readers.text import FormatError, read_parts
from option_index.records import Package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_packages(path: Path) -> Iterator[Package]:
    """Yield every package of a `packages.json` or `packages.json.br`, in the file's order.

    Raises:
        FormatError: the file is damaged or of another shape; packages before that have been yielded.
        OSError: the file cannot be read.
    """
    # The file's other members are small and stand before.
    for attr, value in members(read_parts(path), str(path), "packages"):
        yield _package(str(path), attr, value)


def _package(file: str, attr: str, value: Any) -> Package:
    if not isinstance(value, dict):
        raise FormatError(f"{file}: {attr!r} is no package")
    fields = cast("dict[str, Any]", value)
    meta: Any = fields.get("meta")
    facts = cast("dict[str, Any]", meta) if isinstance(meta, dict) else {}
    return Package(
        attr=attr,
        version=_string(fields.get("version")),
        description=_string(facts.get("description")),
        unfree=facts.get("unfree") is True,
        main_program=_string(facts.get("mainProgram")),
    )


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
