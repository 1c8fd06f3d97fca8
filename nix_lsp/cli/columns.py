"""Rows of text under each other, as wide as they are: on a narrow terminal or in a file nothing is cut off or wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 2


def columns(rows: Sequence[Sequence[str | Text]], titles: Sequence[str] = (), indent: int = 2) -> Text:
    """Return rows with their cells aligned, under dim titles where there are any; `indent` counts spaces."""
    lines = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    if titles:
        lines.insert(0, [Text(title, "dim") for title in titles])
    widths = [max(line[place].cell_len for line in lines) for place in range(len(lines[0]))] if lines else []
    text = Text()
    for number, line in enumerate(lines):
        text.append("\n" if number else "").append(" " * indent)
        for place, cell in enumerate(line):
            last = not any(other.cell_len for other in line[place + 1 :])
            text.append_text(cell)
            if last:
                break
            text.append(" " * (widths[place] - cell.cell_len + _GAP))
    return text
