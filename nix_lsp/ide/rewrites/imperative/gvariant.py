"""Values as gsettings and dconf write them (GLib, "GVariant Text Format"), as Nix values of home-manager's and NixOS's options."""

from __future__ import annotations

import re

from nix_lsp.ide.rewrites.imperative.value import Expression, List, Value, render, string

_MAKERS = {
    "byte": "mkUchar",
    "int16": "mkInt16",
    "uint16": "mkUint16",
    "uint32": "mkUint32",
    "int64": "mkInt64",
    "uint64": "mkUint64",
    "objectpath": "mkObjectpath",
}
"""Functions for values that Nix has no type for (modules/lib/gvariant.nix of home-manager, lib/gvariant.nix of nixpkgs)."""
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<real>[+-]?\d+\.\d*(?![\w.]))|(?P<whole>[+-]?\d+(?![\w.]))"
    r"|(?P<word>[a-z]\w*)|(?P<empty>@as\s*\[\s*\])|(?P<mark>[\[\](),<>]))"
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_DEEPEST = 8


def read_gvariant(text: str, library: str) -> Value | None:
    """Return the value that a text is; None for a text that is none, or one that has no like.

    `library` is where the functions for other types are: `lib.hm.gvariant`.
    """
    tokens = _tokens(text)
    if not tokens:
        return None
    found = _Reader(tokens, library)
    value = found.value(0)
    return value if found.at == len(tokens) else None


def _tokens(text: str) -> list[tuple[str, str]] | None:
    tokens: list[tuple[str, str]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        tokens.append((match.lastgroup or "", match[0].strip()))
        at = match.end()
    return tokens


class _Reader:
    """One pass over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]], library: str) -> None:
        self.tokens = tokens
        self.library = library
        self.at = 0

    def value(self, depth: int) -> Value | None:
        if self.at >= len(self.tokens) or depth > _DEEPEST:
            return None
        kind, text = self.tokens[self.at]
        self.at += 1
        match kind:
            case "string":
                return string(_ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1]))
            case "real":
                return float(text)
            case "whole":
                return int(text)
            case "empty":
                return self._made("mkEmptyArray", f"{self.library}.type.string")
            case "word":
                return self._word(text, depth)
            case _:
                return self._compound(text, depth)

    def _word(self, word: str, depth: int) -> Value | None:
        if word in {"true", "false"}:
            return word == "true"
        if word in {"int32", "string"}:
            return self.value(depth + 1)
        inner = self.value(depth + 1) if word in _MAKERS or word == "double" else None
        if inner is None:
            return None
        if word == "double":
            return float(inner) if isinstance(inner, int | float) else None
        return self._made(_MAKERS[word], _text(inner))

    def _compound(self, mark: str, depth: int) -> Value | None:
        closing = {"[": "]", "(": ")", "<": ">"}.get(mark)
        items = self._items(closing, depth) if closing else None
        if not items:
            # An empty list says nothing of its type.
            return None
        if mark == "[":
            return List(tuple(items)) if len({_kind(item) for item in items}) == 1 else None
        if mark == "(":
            return self._made("mkTuple", _text(List(tuple(items))))
        return self._made("mkVariant", _text(items[0])) if len(items) == 1 else None

    def _items(self, closing: str, depth: int) -> list[Value] | None:
        items: list[Value] = []
        while True:
            if self._takes(closing):
                return items
            item = self.value(depth + 1)
            if item is None:
                return None
            items.append(item)
            if not self._takes(","):
                return items if self._takes(closing) else None

    def _takes(self, mark: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at] == ("mark", mark)
        self.at += taken
        return taken

    def _made(self, maker: str, argument: str) -> Expression:
        return Expression(f"{self.library}.{maker} {argument}")


def _kind(value: Value) -> object:
    return value.source.split(" ")[0] if isinstance(value, Expression) else type(value)


def _text(value: Value) -> str:
    """Return a value as a function's argument."""
    written = render(value, "", "", "\n", one_line=True)
    return f"({written})" if isinstance(value, Expression) or written.startswith("-") else written
