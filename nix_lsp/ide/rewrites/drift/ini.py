"""The lines of an INI text in a Nix string, as definitions: `DefaultTimeoutStopSec=10s`, `[section]`, comments.

systemd.syntax(7) and smb.conf(5) agree on what is read here; a text with anything else in it is not converted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.rewrites.drift.conversion import Entry
from nix_lsp.syntax.ast import unparenthesized
from nix_lsp.syntax.layout import quoted
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nix_lsp.ide.rewrites.drift.conversion import Old
    from nix_lsp.syntax.strings import StringContent

_SECTION = re.compile(r"\[([^\[\]]+)\]")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9 _:-]*")
_INTEGER = re.compile(r"0|[1-9][0-9]{0,17}")
_HOLE = re.compile(r"nix_hole_([0-9]+)")
_LINES = 1_000
"""So many lines are read."""


def unit(section: str) -> Callable[[Old], Sequence[Entry] | None]:
    """Lines of one section of a systemd file become its attributes; a name that comes again makes a list."""

    def convert(old: Old) -> Sequence[Entry] | None:
        found = _lines(old, None)
        if found is None or any(entry.path[0] not in {"", section} for entry in found):
            return None
        values: dict[str, list[Entry]] = {}
        for entry in found:
            values.setdefault(entry.path[1], []).append(entry)
        if any(each.value == '""' for entries in values.values() if len(entries) > 1 for each in entries):
            return None  # an empty value forgets those before it
        return [
            Entry(
                (name,),
                entries[0].value if len(entries) == 1 else f"[ {' '.join(each.value for each in entries)} ]",
                tuple(comment for each in entries for comment in each.comments),
            )
            for name, entries in values.items()
        ]

    return convert


def sections(first: str | None) -> Callable[[Old], Sequence[Entry] | None]:
    """Lines of a file of sections become their attributes; `first` is the section of what stands above the first heading."""

    def convert(old: Old) -> Sequence[Entry] | None:
        found = _lines(old, first)
        if found is None or any(not entry.path[0] for entry in found):
            return None
        paths = [entry.path for entry in found]
        return found if len(set(paths)) == len(paths) else None

    return convert


def _lines(old: Old, section: str | None) -> list[Entry] | None:
    """Return an entry for each line, its path a section and a name; None where a line is none of what an INI text has."""
    content = read_string(unparenthesized(old.node))
    if content is None:
        return None
    lines = content.text.split("\n")
    if len(lines) > _LINES:
        return None
    found: list[Entry] = []
    comments: list[str] = []
    here = section or ""
    for line in map(str.strip, lines):
        if line.startswith(("#", ";")):
            if _HOLE.search(line):
                return None
            comments.append(f"# {line.lstrip('#;').strip()}".rstrip())
        elif heading := _SECTION.fullmatch(line):
            if comments:
                return None
            here = heading[1].strip()
        elif line:
            name, equals, value = line.partition("=")
            name = name.strip()
            if not equals or not _KEY.fullmatch(name) or _HOLE.search(name + here) or line.endswith("\\"):
                return None
            written = _value(value.strip(), content)
            if written is None:
                return None
            found.append(Entry((here, name), written, tuple(comments)))
            comments = []
    if comments:
        # Comments at the end, with nothing below them to belong to.
        if not found:
            return None
        found[-1] = found[-1]._replace(comments=(*found[-1].comments, *comments))
    return found


def _value(value: str, content: StringContent) -> str | None:
    """Write a value: a whole number as it is, all else as a string with the interpolations that stood in it."""
    if _INTEGER.fullmatch(value):
        return value
    written = ""
    position = 0
    for match in _HOLE.finditer(value):
        number = int(match[1])
        if number >= len(content.holes) or "\n" in content.holes[number].expression:
            return None
        written += quoted(value[position : match.start()])[1:-1] + "${" + content.holes[number].expression + "}"
        position = match.end()
    return f'"{written}{quoted(value[position:])[1:-1]}"'
