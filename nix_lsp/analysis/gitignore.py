"""Patterns as `.gitignore` has them (gitignore(5)), also for the settings that name paths.

Written out here because the walk over a project is part of the server's start, and the library for it takes 27 ms to import. The
tests hold it to what `git check-ignore` says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = ".gitignore"

_CLASS = re.compile(r"\[([!^]?)(\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*)\]")
_NAMED = {
    "[:alnum:]": "a-zA-Z0-9",
    "[:alpha:]": "a-zA-Z",
    "[:blank:]": " \\t",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:punct:]": "!-/:-@\\[-`{-~",
    "[:space:]": "\\s",
    "[:upper:]": "A-Z",
    "[:xdigit:]": "0-9a-fA-F",
}


class Pattern(NamedTuple):
    """One line."""

    matches: re.Pattern[str]
    """Matches a path relative to the folder of the file that the line stands in."""
    is_negated: bool
    """What it matches is not ignored after all."""
    only_folders: bool


class Patterns:
    """The lines of one file; the last one that matches decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read lines; what is no pattern (comments, blank lines, broken brackets) matches nothing."""
        self._patterns = [pattern for line in lines if (pattern := parse(line))][::-1]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def verdict(self, path: str, *, is_folder: bool = False) -> bool | None:
        """Tell whether a relative path is matched (True), taken back by `!` (False), or not spoken of (None)."""
        for pattern in self._patterns:
            if (is_folder or not pattern.only_folders) and pattern.matches.fullmatch(path):
                return not pattern.is_negated
        return None

    def cover(self, path: str) -> bool:
        """Tell whether a file at a relative path is matched itself, or lies in a folder that is."""
        end = path.find("/")
        while end >= 0:
            if self.verdict(path[:end], is_folder=True):
                return True
            end = path.find("/", end + 1)
        return bool(self.verdict(path))


def parse(line: str) -> Pattern | None:
    """Read one line; None where it says nothing."""
    text = line.rstrip("\r\n")
    stripped = text.rstrip(" ")
    # A blank that a backslash keeps is part of the pattern.
    if len(stripped) < len(text) and (len(stripped) - len(stripped.rstrip("\\"))) % 2:
        stripped += " "
    if not stripped or stripped.startswith("#"):
        return None
    is_negated = stripped.startswith("!")
    body = stripped.removeprefix("!")
    only_folders = body.endswith("/")
    body = body.removesuffix("/")
    if not body:
        return None
    try:
        return Pattern(re.compile(_translated(body), re.DOTALL), is_negated, only_folders)
    except re.error:
        return None


def _translated(body: str) -> str:
    """Return a regular expression: a slash at the start or inside ties the pattern to its folder, else it holds at any depth."""
    anchored = "/" in body
    *folders, last = body.removeprefix("/").split("/")
    expression = "" if anchored else "(?:.*/)?"
    for place, folder in enumerate(folders):
        if folder == "**":
            expression += "(?:.*/)?" if place == 0 or folders[place - 1] != "**" else ""
        else:
            expression += f"{_segment(folder)}/"
    return expression + (".+" if last == "**" and anchored else _segment(last))


def _segment(text: str) -> str:
    """Translate what stands between two slashes."""
    expression, place = "", 0
    while place < len(text):
        character = text[place]
        place += 1
        if character == "*":
            expression += "" if expression.endswith("[^/]*") else "[^/]*"
        elif character == "?":
            expression += "[^/]"
        elif character == "[":
            if (found := _CLASS.match(text, place - 1)) is None:
                raise re.error("a bracket that is not closed")
            expression += _bracket(found[1], found[2])
            place = found.end()
        elif character == "\\":
            if place == len(text):
                raise re.error("a backslash at the end")
            expression += re.escape(text[place])
            place += 1
        else:
            expression += re.escape(character)
    return expression


def _bracket(negation: str, members: str) -> str:
    inside, place = "", 0
    while place < len(members):
        name = next((name for name in _NAMED if members.startswith(name, place)), None)
        if name:
            inside += _NAMED[name]
            place += len(name)
            continue
        if members[place] == "\\" and place + 1 < len(members):
            place += 1
            inside += re.escape(members[place])
        else:
            inside += members[place] if members[place] == "-" else re.escape(members[place])
        place += 1
    return f"(?!/)[{'^' if negation else ''}{inside}]"
