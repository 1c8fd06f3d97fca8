"""Variables that a command sets: `x=1`, `export x=1`, and fish's `set -gx x 1`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.invocation import Tool, read_options
from nix_lsp.analysis.shell.word import Antiquotation, Expansion, Text, Word, read_word
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Piece

FISH_SET = Tool("set", flags="gx", long={"global": "g", "export": "x"}, stop_at_operand=True)
"""fish's set(1): universal and local variables, appending, erasing and asking are not listed."""

_ASSIGNMENT = re.compile(rb"([A-Za-z_]\w*)=")
_HOME = frozenset({"~", "$HOME", "${HOME}"})
_SPECIAL = frozenset('"$`\\')


class Assigned(NamedTuple):
    """One variable that a command sets."""

    command: Command
    name: str
    value: Word
    is_exported: bool


def read_assigned(command: Command, *, is_fish: bool = False) -> tuple[Assigned, ...] | None:
    """Return the variables that a command sets, for a command that does nothing else; None for any other.

    `is_fish` says whose `set` it is: in the POSIX shells it sets no variable.
    """
    if not command.is_silent:
        return None
    if not command.words and len(command.assignments) == 1:
        found = _of_word(command, command.assignments[0], is_exported=False)
        return (found,) if found else None
    if command.name == "export" and not command.assignments:
        words = [word.span for word in command.words[1:]]
        read = tuple(found for span in words if (found := _of_word(command, span, is_exported=True)))
        return read if read and len(read) == len(words) else None
    if is_fish and command.name == "set" and not command.assignments:
        invocation = read_options(FISH_SET, command.words[1:])
        if invocation and len(invocation.operands) == 2 and (name := invocation.operands[0].value):
            return (Assigned(command, name, invocation.operands[1], invocation.has("x")),)
    return None


def _of_word(command: Command, span: Span, *, is_exported: bool) -> Assigned | None:
    """Read `name=value`; arrays, `+=` and elements of arrays have no like."""
    match = _ASSIGNMENT.match(command.content, span.start, span.end)
    if match is None or command.content[match.end() : match.end() + 1] == b"(":
        return None
    value = read_word(command.content, Span(match.end(), span.end), command.holes)
    return Assigned(command, match[1].decode(), value, is_exported)


def home_relative(word: Word) -> Word | None:
    """Return a word with the home directory written as `$HOME`, whichever way the script has it, to be read between double quotes.

    None where the shell puts anything else in, or where text would be read in another way between double quotes.
    """
    pieces: list[Piece] = []
    for index, piece in enumerate(word.pieces):
        match piece:
            case Expansion(text) if text in _HOME:
                follows = word.pieces[index + 1] if index + 1 < len(word.pieces) else None
                if isinstance(follows, Text) and (follows.text[:1].isalnum() or follows.text[:1] == "_"):
                    return None
                if text == "~" and follows is not None and not (isinstance(follows, Text) and follows.text[:1] == "/"):
                    return None
                if not isinstance(follows, Text | None):
                    return None
                pieces.append(Text("$HOME"))
            case Text(text) if not _SPECIAL & set(text):
                pieces.append(piece)
            case Antiquotation():
                pieces.append(piece)
            case _:
                return None
    return Word(word.span, joined(pieces))


def joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Join neighbouring texts."""
    result: list[Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        if isinstance(piece, Text) and isinstance(last, Text):
            result[-1] = Text(last.text + piece.text)
        else:
            result.append(piece)
    return tuple(result)


def split_at(word: Word, separator: str) -> list[Word]:
    """Split a word wherever its text has the separator."""
    parts: list[Word] = []
    rest: Word | None = word
    while rest is not None:
        pair = rest.split(separator)
        parts.append(pair[0] if pair else rest)
        rest = pair[1] if pair else None
    return parts
