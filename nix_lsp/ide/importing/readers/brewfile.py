"""A Brewfile (Homebrew Bundle) as nix-darwin's `homebrew`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import Left, one, plain_lines
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece
    from nix_lsp.ide.rewrites.imperative.value import Setting, Value

_ENTRY = re.compile(r"""(\w+)[ \t]*\(?[ \t]*(["'])([^"'#]+)\2((?:[ \t]*,.*)?)\)?(?:[ \t]+#.*)?""")
_LISTS = {
    "brew": "brews",
    "cask": "casks",
    "tap": "taps",
    "vscode": "vscode",
    "cargo": "cargoPackages",
    "go": "goPackages",
}
_OPTION = re.compile(
    r"""[ \t]*,[ \t]*(?:(\w+):[ \t]*|:(\w+)[ \t]*=>[ \t]*)?(\[[^\]]*\]|\{[^}]*\}|"[^"]*"|'[^']*'|:?\w+)"""
)
_WORD = re.compile(r"""["']([^"']*)["']""")
_ARGUMENT = re.compile(r"""(\w+):[ \t]*("[^"]*"|'[^']*'|true|false)""")


def read(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read one entry a line; what is Ruby beyond that is left."""
    enable = setting("homebrew.enable", True)
    for line in plain_lines(file.text):
        if line.startswith("cask_args"):
            yield from _cask_arguments(line, enable)
            continue
        found = _ENTRY.fullmatch(line)
        wanted = _entry(found[1], found[3], found[4]) if found else None
        yield one(line, enable, wanted) if wanted else Left(line)


def _cask_arguments(line: str, enable: Setting) -> Iterator[Piece]:
    given = _arguments(line.removeprefix("cask_args"))
    yield one(line, enable, setting("homebrew.caskArgs", given)) if given else Left(line)


def _arguments(text: str) -> Attrs | None:
    """Return what stands in a hash: `appdir: "~/Applications", require_sha: true`; None for anything but texts and booleans."""
    given = [(name, _scalar(value)) for name, value in _ARGUMENT.findall(text)]
    known = tuple((name, value) for name, value in given if value is not None)
    return Attrs(known) if known and not _ARGUMENT.sub("", text).strip(" \t,") else None


def _entry(kind: str, name: str, rest: str) -> Setting | None:
    options = _options(rest)
    if options is None:
        return None
    if kind == "mas":
        number = dict(options).get("id")
        is_known = isinstance(number, int) and not isinstance(number, bool) and len(options) == 1
        return setting("homebrew.masApps", number, below=(name,)) if is_known and number else None
    if kind not in _LISTS or (options and kind not in {"brew", "cask", "tap"}):
        return None
    if kind == "tap" and options and options[0][0] == "":
        options[0] = ("clone_target", options[0][1])
    if any(not key for key, _ in options):
        return None
    item: Value = Attrs((("name", string(name)), *options)) if options else string(name)
    return setting(f"homebrew.{_LISTS[kind]}", List((item,)))


def _options(text: str) -> list[tuple[str, Value]] | None:
    """Return what stands behind an entry's name; None for what is not a plain value. A value without a name has an empty one."""
    found: list[tuple[str, Value]] = []
    at = 0
    while at < len(text.rstrip()):
        part = _OPTION.match(text, at)
        value = _value(part[3]) if part else None
        if part is None or value is None:
            return None
        found.append((part[1] or part[2] or "", value))
        at = part.end()
    return found


def _value(text: str) -> Value | None:
    if text.startswith("["):
        words = _WORD.findall(text)
        return (
            List(tuple(map(string, words)))
            if len(words) == len([part for part in text[1:-1].split(",") if part.strip()])
            else None
        )
    if text.startswith("{"):
        return _arguments(text[1:-1])
    return _scalar(text)


def _scalar(text: str) -> Value | None:
    if text in {"true", "false"}:
        return text == "true"
    if text.isdecimal():
        return int(text)
    if text[0] in "\"'":
        return string(text[1:-1])
    return string(text[1:]) if text.startswith(":") else None
