"""JSON of unknown shape, read without raising."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from nix_lsp.analysis.pins.record import PinProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.syntax.document import Document


def load_object(document: Document) -> Mapping[str, Any] | PinProblem:
    """Return the JSON object that a document holds, or what is wrong with it and where."""
    try:
        value: Any = json.loads(document.source.decode("utf-8-sig", "replace"))
    except json.JSONDecodeError as error:
        conflict = document.source.find(b"\n<<<<<<<")
        if conflict >= 0:
            return PinProblem(document.path, document.line_of(conflict + 1), "has an unresolved merge conflict")
        return PinProblem(document.path, max(error.lineno - 1, 0), f"is no JSON: {error.msg}")
    except (RecursionError, ValueError):
        return PinProblem(document.path, 0, "is no JSON that can be read: nested too deeply, or a number too long")
    if not isinstance(value, dict):
        return PinProblem(document.path, 0, "should hold a JSON object")
    return cast("dict[str, Any]", value)


def day(value: Any) -> date | None:
    """Return the day with which an ISO date or time begins; None for anything else."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    """Return a JSON string that is not empty, else None."""
    return value if isinstance(value, str) and value else None
