"""Semantic tokens as the protocol has them: five integers for each, counted from the one before, in the client's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.tokens.legend import MODIFIERS, TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.ide.tokens.legend import Token
    from nix_lsp.lsp.client import Client
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document

_OTHERWISE = {
    "function": "variable",
    "namespace": "variable",
    "parameter": "variable",
    "property": "variable",
    "regexp": "string",
    "type": "variable",
}
"""What a token is for a client that does not know its type."""


def legend(client: Client) -> Json:
    """Return the types and modifiers that are used: those of ours that the client names."""
    return {
        "tokenTypes": [name for name in TYPES if name in client.token_types],
        "tokenModifiers": [name for name in MODIFIERS if name in client.token_modifiers],
    }


def encoded(tokens: Sequence[Token], document: Document, client: Client) -> list[int]:
    """Return tokens as integers. One over several lines becomes one for each of them: few clients take more."""
    words = legend(client)
    types = [_type(name, words["tokenTypes"]) for name in TYPES]
    bits = [
        (1 << number, 1 << words["tokenModifiers"].index(name))
        for number, name in enumerate(MODIFIERS)
        if name in words["tokenModifiers"]
    ]
    modifiers = [sum(theirs for ours, theirs in bits if mask & ours) for mask in range(1 << len(MODIFIERS))]
    result: list[int] = []
    last_line, last_column = 0, 0
    for line, column, length, token in _placed(tokens, document, client.position_encoding):
        if (kind := types[token.type]) is None:
            continue
        before = last_column if line == last_line else 0
        result += (line - last_line, column - before, length, kind, modifiers[token.modifiers])
        last_line, last_column = line, column
    return result


def delta(old: Sequence[int], new: Sequence[int]) -> list[Json]:
    """Return the one edit that makes new tokens of old ones; none where they are the same."""
    shortest = min(len(old), len(new))
    start = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    end = next((at for at in range(shortest - start) if old[-1 - at] != new[-1 - at]), shortest - start)
    deleted, data = len(old) - start - end, list(new[start : len(new) - end])
    return [{"start": start, "deleteCount": deleted, "data": data}] if deleted or data else []


def _type(name: str, known: Sequence[str]) -> int | None:
    while name not in known:
        if name not in _OTHERWISE:
            return None
        name = _OTHERWISE[name]
    return known.index(name)


def _placed(tokens: Sequence[Token], document: Document, encoding: str) -> Iterator[tuple[int, int, int, Token]]:
    """Yield line, column and length of each token, in the units of the client."""
    starts, source = document.line_starts, document.source
    line = 0
    for token in tokens:
        while line + 1 < len(starts) and starts[line + 1] <= token.start:
            line += 1
        first, here = token.start, line
        while first < token.end:
            stop = min(token.end, starts[here + 1] if here + 1 < len(starts) else token.end)
            text = source[first:stop].rstrip(b"\r\n")
            if text:
                yield here, _units(source[starts[here] : first], encoding), _units(text, encoding), token
            first, here = stop, here + 1


def _units(text: bytes, encoding: str) -> int:
    if encoding == "utf-8" or text.isascii():
        return len(text)
    decoded = text.decode("utf-8", "replace")
    return len(decoded) if encoding == "utf-32" else len(decoded.encode("utf-16-le")) // 2
