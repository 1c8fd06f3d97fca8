"""git's configuration (git-config(1), "CONFIGURATION FILE") as `programs.git`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import SECRET, Left, Wanted, one
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.rows.git import home_choices, system_choice
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, number_or_string, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece
    from nix_lsp.ide.rewrites.imperative.value import Value

_HEADER = re.compile(r'\[[ \t]*([\w.-]+)(?:[ \t]+"((?:[^"\\]|\\.)*)")?[ \t]*\][ \t]*(.*)')
_SETTING = re.compile(r"([A-Za-z][\w-]*)[ \t]*(?:=[ \t]*(.*))?")
_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|((?:[^"\\#;]|\\.)+)|[#;].*')
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

Key = tuple[str, ...]


def read(file: Foreign, module_set: str) -> Iterator[Piece]:
    """Read all values of each key; several become a list."""
    found: dict[Key, list[str | None]] = {}
    for key, value, line in _entries(file.text):
        if key is None:
            yield Left(line)
        else:
            found.setdefault(key, []).append(value)
    for key, values in found.items():
        text = "\n".join(f"{'.'.join(key)} = {'true' if value is None else value}" for value in values)
        if looks_secret(".".join(key), *(value or "" for value in values)):
            yield Left(".".join(key), SECRET)
        elif key[0].lower() in {"include", "includeif"}:
            yield _included(key, values, text) if module_set == "home-manager" else Left(text)
        else:
            items = tuple(map(_value, values))
            value = items[0] if len(items) == 1 else List(items)
            choices = home_choices(key, value) if module_set == "home-manager" else (system_choice(key, value),)
            yield Wanted(text, choices)


def _included(key: Key, values: list[str | None], text: str) -> Piece:
    condition = (("condition", string(key[1])),) if len(key) == 3 else ()
    items = tuple(Attrs((*condition, ("path", string(value)))) for value in values if value)
    return one(text, setting("programs.git.enable", True), setting("programs.git.includes", List(items)))


def _entries(text: str) -> Iterator[tuple[Key | None, str | None, str]]:
    """Yield key, value (None: nothing stands behind the name, which means true) and line; no key for what is not understood."""
    section: Key = ()
    lines = iter(text.replace("\r\n", "\n").splitlines())
    for raw in lines:
        line = raw.strip()
        if header := _HEADER.fullmatch(line):
            subsection = re.sub(r"\\(.)", r"\1", header[2]) if header[2] is not None else None
            section = (header[1], subsection) if subsection is not None else tuple(header[1].split(".", 1))
            line = header[3]
        if not line or line[0] in "#;":
            continue
        while line.endswith("\\") and (len(line) - len(line.rstrip("\\"))) % 2:
            line = line[:-1] + next(lines, "")
        found = _SETTING.fullmatch(line)
        value = _unquoted(found[2]) if found and found[2] is not None else None
        if found is None or not section or (found[2] is not None and value is None):
            yield None, None, line
        else:
            yield (*section, found[1]), value, line


def _unquoted(text: str) -> str | None:
    """Return a value without its quotes and comment; None for what git would refuse."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        quoted, bare = part[1], part[2]
        last = part.end() == len(text) or text[part.end()] in "#;"
        bare = bare.rstrip() if bare is not None and last else bare
        parts.append(re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), quoted or bare or ""))
        at = part.end()
    return "".join(parts)


def _value(value: str | None) -> Value:
    if value is None:
        return True
    return _BOOLEANS[value.lower()] if value.lower() in _BOOLEANS else number_or_string(value)
