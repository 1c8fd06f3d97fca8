"""Nix's tokens outside of strings (lexer.l). The tree is the place to look; this is for text that gives no sound tree."""

from __future__ import annotations

import re
from typing import NamedTuple

from nix_lsp.syntax.layout import KEYWORDS
from nix_lsp.syntax.span import Span

_TOKEN = re.compile(
    rb"""
    (?P<space> [ \t\r\n]+ | \#[^\r\n]* | /\*.*?\*/ )
  | (?P<operand>
        [A-Za-z][A-Za-z0-9+.-]{0,40}:[A-Za-z0-9%/?:@&=+$,_.!~*'-]+       # URI
      | <[A-Za-z0-9._+-]+(?:/[A-Za-z0-9._+-]+)*>                    # search path
      | (?:[A-Za-z0-9._+-]{0,200}|~)(?:/[A-Za-z0-9._+-]+)+/?              # path
      | [A-Za-z0-9._+-]{0,200}/(?=\$\{)                                   # path that goes on in an interpolation
      | [0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)? | [0-9]+\.(?![A-Za-z_."]) | [0-9]+
    )
  | (?P<name> [A-Za-z_][A-Za-z0-9_'-]* )
  | (?P<mark> '' | \$\{ | \.\.\. | \|> | <\| | -> | \+\+ | // | == | != | <= | >= | && | \|\| | ["!?.:;,=@(){}\[\]<>+*/-] )
  | (?P<bad> [\x80-\xff]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)

_PLAIN = re.compile(rb'(?:[^"\\$]|\\.|\$(?!\{)(?:\$(?!\{))?|\$\$\{)*', re.DOTALL)
_INDENTED = re.compile(rb"(?:[^'$]|'(?!')|''['$]|''\\.|\$(?!\{)|\$\$\{)*", re.DOTALL)


class Token(NamedTuple):
    """One token."""

    kind: str
    """A keyword or mark as it is written; else `name`, `operand` (number, path, URI), `bad`, or `end` at the end of the text."""
    span: Span


def token_at(source: bytes, offset: int) -> Token:
    """Return the first token at or after a byte offset that is outside of strings."""
    while match := _TOKEN.match(source, offset):
        offset = match.end()
        kind = match.lastgroup or "bad"
        if kind == "space":
            continue
        word = match[0].decode("utf-8", "replace")
        if kind == "mark" or (kind == "name" and word in KEYWORDS):
            kind = word
        return Token(kind, Span(match.start(), match.end()))
    return Token("end", Span(len(source), len(source)))


def string_end(source: bytes, offset: int, quote: str) -> int:
    """Return where the text of a string stops: at its closing quote, at a `${`, or at the end of the text.

    Args:
        source: the text.
        offset: where to begin: behind the opening quote or an interpolation.
        quote: `"` or `''`.
    """
    match = (_PLAIN if quote == '"' else _INDENTED).match(source, offset)
    return match.end() if match else offset
