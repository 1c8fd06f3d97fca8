"""fish's text as a script: its plain commands are read as those of the POSIX shells are, all that has a form of its own is opaque.

The two languages agree on words, quotes and pipes as long as nothing is escaped or substituted (fish's documentation, "The fish
language"); a statement in which they may differ is one that nobody looks into.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.parse import SIZE_LIMIT, parse_root, read_root
from nix_lsp.analysis.shell.script import Function
from nix_lsp.analysis.shell.word import read_word
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Script
    from nix_lsp.analysis.shell.word import Hole

_OPENERS = frozenset({b"function", b"if", b"while", b"for", b"switch", b"begin"})
_BEFORE_COMMAND = frozenset({b"if", b"while", b"begin", b"else", b"and", b"or", b"not", b"!", b"time"})
"""Words behind which another command begins."""
_FORMS = _OPENERS | _BEFORE_COMMAND | {b"end", b"case"}
_DECIDING = frozenset({b"and", b"or"})
"""What begins with one of them runs by what became of the statement before."""
_PLACEHOLDER = b"(:)"

_BLANK = re.compile(rb"(?:[ \t]+|#[^\n]*)+")
_BREAK = re.compile(rb"\r?\n|;|&&|\|\|?|&(?!>)")
_JOINTS = frozenset({b"&&", b"||", b"|"})
_SAME = re.compile(
    rb"""[^\s;&|'"\\()$`{}<>]+|'[^'\\]*'|\$\w+(?![\w\[])|"(?:[^"\\$`]|\$\w+(?![\w\[]))*"|&?>>?[&|]?|<(?!<)"""
)
"""Parts of a word that are alike in the POSIX shells."""
_NESTED = re.compile(rb"""\\|"|'(?:[^'\\]|\\.)*'|[()]|#""", re.DOTALL)
_QUOTED = re.compile(rb"'(?:[^'\\]|\\.)*'", re.DOTALL)
_ASKS = re.compile(rb"\$(?:status|pipestatus)\b")
_ENDS = re.compile(rb"(?<![\w-])(?:exit|return|exec|break|continue)(?![\w-])")
_ASSIGNED = re.compile(rb"\w+=")


@lru_cache(maxsize=16)
def parse_fish(content: bytes, holes: tuple[Hole, ...] = ()) -> Script | None:
    """Parse a script of fish; None where its blocks do not close, or its plain commands are not understood.

    Args:
        content: what the shell would read, UTF-8, with a placeholder that is made of word characters for each antiquotation.
        holes: the placeholders, in order, in bytes of `content`.
    """
    statements = _statements(content) if len(content) <= SIZE_LIMIT else None
    if statements is None:
        return None
    seen = bytearray(content)
    definitions: dict[int, _Statement] = {}
    ended = len(content)
    deciding: list[Span] = []
    for statement, following in zip(statements, (*statements[1:], None), strict=True):
        span = statement.span
        if statement.is_function:
            definitions[span.start] = statement
        elif _ASKS.search(content, *span):
            ended = 0
        elif statement.is_opaque and _ENDS.search(content, *span):
            ended = min(ended, span.start)
        if following and following.head in _DECIDING:
            deciding.append(span)
        if statement.is_opaque:
            if span.end - span.start < len(_PLACEHOLDER):
                return None
            # As long as it was, so that all offsets hold.
            seen[span.start : span.end] = b"(:" + b" " * (span.end - span.start - len(_PLACEHOLDER)) + b")"
    root = parse_root(bytes(seen))
    if root is None:
        return None
    script = read_root(root, content, holes, frozenset(definitions))
    deciding.append(Span(ended, len(content)))
    commands = tuple(
        replace(command, is_plain=False) if any(part.contains(command.span.start) for part in deciding) else command
        for command in script.commands
    )
    functions = tuple(
        Function(
            command,
            tuple(read_word(content, token.span, holes) for token in defined.words[1:]),
            Span(defined.words[-1].span.end, defined.last),
        )
        for command in commands
        if (defined := definitions.get(command.span.start))
    )
    return replace(script, commands=commands, functions=functions, is_fish=True)


class _Token(NamedTuple):
    span: Span
    text: bytes
    is_word: bool
    is_strange: bool = False
    """A word that the POSIX shells may read in another way."""


@dataclass
class _Statement:
    """What stands between two ends of statements that are in no block."""

    words: list[_Token] = field(default_factory=list[_Token])
    """Those before its first end or joint: of a block, its head."""
    end: int = 0
    last: int = 0
    """Where its last word begins: of a block, `end`."""
    is_headed: bool = False
    """All of `words` are there."""
    is_block: bool = False
    is_strange: bool = False

    @property
    def span(self) -> Span:
        return Span(self.words[0].span.start, self.end)

    @property
    def head(self) -> bytes:
        return self.words[0].text

    @property
    def is_function(self) -> bool:
        """Whether it is nothing but the definition of a function, with a head that is understood."""
        return (
            self.head == b"function"
            and self.end == self.last + len(b"end")
            and len(self.words) > 1
            and not any(token.is_strange for token in self.words)
        )

    @property
    def is_opaque(self) -> bool:
        return self.is_block or self.is_strange or self.head in _FORMS or bool(_ASSIGNED.match(self.head))


def _statements(content: bytes) -> list[_Statement] | None:
    """Return the statements that are in no block; None where quotes, brackets or blocks do not close."""
    found: list[_Statement] = []
    current, depth, before, is_command, is_joined = _Statement(), 0, b"", True, False
    for token in _tokens(content):
        if token is None:
            return None
        if token.is_word:
            if is_command and token.text in _OPENERS and not (token.text == b"if" and before == b"else"):
                depth, current.is_block = depth + 1, True
            elif is_command and token.text == b"end":
                depth -= 1
            if depth < 0:
                return None
            is_command, is_joined, before = is_command and token.text in _BEFORE_COMMAND, False, token.text
            if not current.is_headed:
                current.words.append(token)
            current.end, current.last = token.span.end, token.span.start
            current.is_strange = current.is_strange or token.is_strange
            continue
        current.is_headed = bool(current.words)
        is_command, before = True, b""
        if token.text in _JOINTS:
            is_joined = True
        elif depth == 0 and current.words and not is_joined:
            found.append(current)
            current = _Statement()
    if current.words:
        found.append(current)
    return None if depth else found


def _tokens(content: bytes) -> Iterator[_Token | None]:
    """Yield words and what ends or joins statements; None, and nothing after it, where a quote or bracket does not close."""
    at, size = 0, len(content)
    while at < size:
        if blank := _BLANK.match(content, at):
            at = blank.end()
        elif found := _BREAK.match(content, at):
            yield _Token(Span(at, found.end()), found[0], is_word=False)
            at = found.end()
        else:
            start, is_strange = at, False
            while at < size and content[at] not in b" \t\n;|" and not _BREAK.match(content, at):
                if same := _SAME.match(content, at):
                    at = same.end()
                    continue
                is_strange = True
                at = _strange_end(content, at)
                if at < 0:
                    yield None
                    return
            yield _Token(Span(start, at), content[start:at], is_word=True, is_strange=is_strange)


def _strange_end(content: bytes, at: int) -> int:
    """Return the end of a part of a word that is fish's own; -1 where it has none."""
    match content[at : at + 1]:
        case b"\\":
            return min(at + 2, len(content))
        case b"'":
            quoted = _QUOTED.match(content, at)
            return quoted.end() if quoted else -1
        case b'"' | b"(":
            return _closed(content, at)
        case b")":
            return -1
        case _:
            return at + 1


def _closed(content: bytes, at: int) -> int:
    """Return where the quote or bracket at an offset closes, with others inside it perhaps; -1 where it does not."""
    open_: list[bytes] = []
    while found := _NESTED.search(content, at):
        sign, at = found[0][:1], found.end()
        inside = open_[-1] if open_ else b""
        if sign == b"\\":
            at += 1
        elif inside == b'"':
            if sign == b'"':
                open_.pop()
            elif sign == b"(" and content[found.start() - 1 : found.start()] == b"$":
                open_.append(sign)
            elif sign == b"'":
                at = found.start() + 1
        elif sign in {b'"', b"("}:
            open_.append(sign)
        elif sign == b")":
            open_.pop()
        elif sign == b"#" and content[found.start() - 1 : found.start()] in {b" ", b"\t", b"\n", b";", b"("}:
            line = content.find(b"\n", at)
            at = len(content) if line < 0 else line
        if not open_:
            return at
    return -1
