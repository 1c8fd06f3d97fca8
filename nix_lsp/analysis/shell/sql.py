"""The few statements of SQL that make databases and users: what a script or a file gives to `psql` or `mysql`.

Keywords are read in any case, names as the database has them: bare ones in lower case, quoted ones as they stand. A text that has
anything but statements of words, names and strings (functions between `$$`, commands of psql) is not understood at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""\s+ | --[^\n]* | /\*.*?\*/
    | (?P<word>[A-Za-z_][\w$]*) | "(?P<quoted>(?:[^"]|"")*)" | `(?P<back>[^`]*)` | '(?P<string>(?:[^'\\]|'')*)'
    | (?P<number>\d+) | (?P<mark>[;=@.*,()])""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One word, name, string or mark."""

    kind: str
    """`word`, `name`, `string`, `number` or `mark`."""
    text: str

    @property
    def keyword(self) -> str:
        """The word in capitals; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str | None:
        """What the database calls it, where it can be a name."""
        return {"word": self.text.lower(), "name": self.text}.get(self.kind)


Statement = tuple[Token, ...]


def statements(text: str) -> list[Statement] | None:
    """Return the statements of a text; None where it is not understood."""
    found: list[Statement] = []
    pending: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        at = match.end()
        kind = match.lastgroup
        if kind is None:
            continue
        value = match[kind]
        if kind == "mark" and value == ";":
            found += [tuple(pending)] if pending else []
            pending = []
        elif kind in {"quoted", "back"}:
            pending.append(Token("name", value.replace('""', '"')))
        elif kind == "string":
            pending.append(Token("string", value.replace("''", "'")))
        else:
            pending.append(Token(kind, value))
    return [*found, tuple(pending)] if pending else found


def after(statement: Statement, *keywords: str) -> Statement | None:
    """Return what follows some keywords at the start of a statement; None where it does not begin with them. `A|B` is either, `A?` may lack."""
    rest = statement
    for wanted in keywords:
        words = wanted.removesuffix("?").split("|")
        if rest and rest[0].keyword in words:
            rest = rest[1:]
        elif not wanted.endswith("?"):
            return None
    return rest
