"""The order of names."""

from __future__ import annotations


def sort_text(name: str) -> str:
    """Return a text that sorts as people look a name up: what begins with a lower-case letter, capitals after that, the rest last."""
    first = name[:1]
    return name if first.islower() else f"{'{' if first.isalpha() else '|'}{name}"
