"""How a file is laid out, and how names and paths are written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nix_lsp.syntax.document import Document

KEYWORDS = frozenset({"assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"})
"""Words that are no attribute names without quotes. `or` is one for old evaluators only, and quoting it is always right."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*")
_ESCAPED = re.compile(r'[\\"\n\r\t]|\$\{')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "${": "\\${"}
_INDENTED_LINE = re.compile(rb"(?:^|[\r\n])([ \t]*)[^ \t\r\n]")
_LINES = 500
"""Lines that decide on a file's indentation."""


def is_identifier(name: str) -> bool:
    """Tell whether a name can be written without quotes."""
    return _IDENTIFIER.fullmatch(name) is not None and name not in KEYWORDS


def quote_attr(name: str) -> str:
    """Return an attribute name as it is written: quoted where it has to be."""
    return name if is_identifier(name) else quoted(name)


def quoted(text: str) -> str:
    """Return a `"…"` literal of a text (Nix manual, "String literal")."""
    return '"' + _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text) + '"'


def attrpath_text(names: Iterable[str]) -> str:
    """Return a path as it is written: `services."a.b".enable`."""
    return ".".join(map(quote_attr, names))


def indent_unit(document: Document) -> str:
    """Return one level of a file's indentation: a tab, or as many spaces as its lines are most often moved in by; two by default."""
    return _unit(document.source)


@lru_cache(maxsize=2)
def _unit(source: bytes) -> str:
    steps: dict[int, int] = {}
    tabs = spaces = previous = 0
    for number, match in enumerate(_INDENTED_LINE.finditer(source)):
        if number == _LINES:
            break
        indent = match[1]
        if indent.startswith(b"\t"):
            tabs += 1
            continue
        spaces += bool(indent)
        step = len(indent) - previous
        if 0 < step <= 8:
            steps[step] = steps.get(step, 0) + 1
        previous = len(indent)
    if tabs > spaces:
        return "\t"
    return " " * max(steps, key=lambda step: (steps[step], -step)) if steps else "  "
