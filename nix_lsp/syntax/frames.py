"""What is open while a broken text is read, and what is found wrong with it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.span import Span
from nix_lsp.syntax.tokens import Token, string_end, token_at

if TYPE_CHECKING:
    from collections.abc import Container


class SyntaxFix(NamedTuple):
    """An edit that mends a problem."""

    title: str
    span: Span
    text: str
    is_certain: bool = True
    """Nothing else can have been meant; else it is one way among others to make it Nix."""


class SyntaxProblem(NamedTuple):
    """One reason why a text is not Nix."""

    span: Span
    message: str
    fix: SyntaxFix | None = None


class Frame:
    """Something that is open: what it is, the token that opened it, and whether an operand has been read in it."""

    __slots__ = ("kind", "opener", "ready")

    def __init__(self, kind: str, opener: Token) -> None:
        self.kind = kind
        self.opener = opener
        self.ready = False


BRACKETS = {"(": ")", "[": "]", "{": "}", "${": "}", "{formals": "}"}
"""Frames that a closing bracket ends."""
ENDED_BY = {"value": ";", "with": ";", "assert": ";", "if": "then", "then": "else", "let": "in"}
"""Frames that a token ends, which belongs to them."""
_CLOSED_BY = {token: frozenset(kind for kind, end in BRACKETS.items() if end == token) for token in BRACKETS.values()}
"""By closing bracket: the frames that it ends."""
_NEAR = 256
"""So many open frames are looked through for one that a token ends: nobody nests deeper, and a broken text may open thousands."""


_NO_VALUE = {";": "a value is missing: this `;` belongs to the `with` or `assert` before it"}
_UNFINISHED = {
    "let": "`let` without `in`",
    "if": "`if` without `then`",
    "then": "`if` without `else`",
    "with": "`with` without `;`",
    "assert": "`assert` without `;`",
}


_SCOPES = frozenset({"pkgs", "lib", "builtins"})
"""Sets that are no functions: what follows one in `with` is its body."""

_CODE = re.compile(rb";[ \t]*\r?\n")


def last_character(source: bytes, end: int) -> Span:
    """Return the span of the character before an offset: an empty span would be invisible."""
    start = max(end - 1, 0)
    while start > 0 and source[start] & 0xC0 == 0x80:
        start -= 1
    return Span(start, end)


class Frames:
    """The brackets, bindings, strings and keywords that are open, innermost last, and the problems so far."""

    def __init__(self, source: bytes, start: int = 0, end: int | None = None) -> None:
        """Read a whole text, or the binding between two offsets."""
        self.source = source if end is None else source[:end]
        self.position = start
        self.problems: list[SyntaxProblem] = []
        self.read: list[Token] = []
        self.stack = [Frame("file" if end is None else "bindings", Token("start", Span(start, start)))]
        self.is_stopped = False
        self.is_unbalanced = False
        """A bracket closes nothing: in a part of a text, what it closes may stand before the part."""
        self._seen: tuple[int, Token] | None = None
        self.shifted: Token | None = None
        """The first bracket whose closing one stands further out than its line: there one is probably missing."""
        self.long_string: Token | None = None
        """The first `"…"` with lines of code in it."""
        self.scopes: dict[int, Span] = {}
        """By the end of the `;` that seems to end a `with`: the scope that took the body for its argument, as in `with pkgs [ vim ];`."""

    def _next(self, offset: int) -> Token:
        """Return the token at or after an offset. The last one asked for is kept: what is looked at is most often read next."""
        if self._seen is None or self._seen[0] != offset:
            self._seen = (offset, token_at(self.source, offset))
        return self._seen[1]

    @property
    def last(self) -> Span:
        """The token that was read last."""
        return self.read[-1].span if self.read else Span(self.stack[0].opener.span.end, self.stack[0].opener.span.end)

    def _innermost(self, kinds: Container[str], below: int | None = None) -> int:
        """Return the place of the innermost open frame of some kinds, of those below a place; -1 for none that is near."""
        top = (len(self.stack) if below is None else below) - 1
        return next((place for place in range(top, max(top - _NEAR, -1), -1) if self.stack[place].kind in kinds), -1)

    # Strings

    def _string(self, quote: Token) -> None:
        end = string_end(self.source, quote.span.end, quote.kind)
        self.position = end
        if self.source.startswith(b"${", end):
            self.stack.append(Frame(quote.kind, quote))
            self.stack.append(Frame("${", Token("${", Span(end, end + 2))))
            self.position = end + 2
        else:
            self._string_closed(quote, end)

    def _string_closed(self, quote: Token, end: int) -> None:
        if end >= len(self.source):
            self._unclosed_string(self.long_string or quote)
            return
        if quote.kind == '"' and self.long_string is None and _CODE.search(self.source, quote.span.end, end):
            self.long_string = quote
        self.position = end + len(quote.kind)

    def _unclosed_string(self, quote: Token) -> None:
        """Report a string without an end. All that follows it is inside out, and says nothing."""
        self._stop()
        self.problems = [problem for problem in self.problems if problem.span.end <= quote.span.start]
        end = self.source.find(b"\n", quote.span.end)
        line = self.source[quote.span.end : end if end >= 0 else None].rstrip()
        at = quote.span.end + len(line) - line.endswith(b";")
        fix = SyntaxFix(f"Insert `{quote.kind}`", Span(at, at), quote.kind, is_certain=False)
        self._report(quote.span, f"this `{quote.kind}` opens a string that is not closed", fix)

    # Ends

    def _close(self, token: Token) -> bool:
        """Read a closing bracket."""
        owner = self._innermost(BRACKETS)
        frame = self.stack[owner]
        if owner >= 0 and BRACKETS[frame.kind] != token.kind:
            owner = self._mismatched(owner, token)
            frame = self.stack[owner]
        if owner < 0:
            self.is_unbalanced = True
            self._stray(token, f"nothing is open that `{token.kind}` could close")
            self._stop()
            return False
        self._leave(owner, token)
        if frame.kind == "(" and not frame.ready:
            self._report(token.span, "an expression is missing in the parentheses")
        if self.shifted is None and self._column(token) < self._indent(frame.opener):
            self.shifted = frame.opener
        self.stack.pop()
        if frame.kind == "{formals":
            self._formals_closed()
            self.stack[-1].ready = False
        elif frame.kind == "${" and self.stack[-1].kind in {'"', "''"}:
            quote = self.stack.pop().opener
            self._string(Token(quote.kind, Span(quote.span.start, self.position)))
        return True

    def _mismatched(self, owner: int, token: Token) -> int:
        """Find the frame that a closing bracket means where another bracket is still open; -1 if it is one too many."""
        frame = self.stack[owner]
        outer = self._innermost(_CLOSED_BY[token.kind], owner)
        if outer < 0:
            return -1
        self._report(
            frame.opener.span,
            f"this `{frame.kind[:1]}` is not closed: `{BRACKETS[frame.kind]}` is missing before `{token.kind}`",
            self._closing(owner),
        )
        del self.stack[owner:]
        return outer

    def _leave(self, owner: int, token: Token) -> None:
        """Close what is open above a frame that the token ends, and say what is missing there."""
        while len(self.stack) - 1 > owner:
            frame = self.stack[-1]
            kind = frame.kind
            if kind == "value":
                if not frame.ready and (scope := self.scopes.get(self.last.end)):
                    self._missing_after_scope(scope)
                elif not frame.ready:
                    self._report(
                        self._after_last(), _NO_VALUE.get(self._written(self.last), "a value is missing after `=`")
                    )
                else:
                    self._missing(";", "a binding ends with `;`")
            elif kind == "inherit":
                self._missing(";", "`inherit` ends with `;`")
            elif kind == "attrpath":
                self.stack.pop()
                self._no_value(frame.opener.span)
                continue
            elif kind in BRACKETS:
                where = "" if token.kind == "end" else f": `{BRACKETS[kind]}` is missing before `{token.kind}`"
                self._report(
                    frame.opener.span,
                    f"this `{kind[:1]}` is not closed{where}",
                    self._closing(len(self.stack) - 1),
                )
            elif kind == "path":
                self._report(self._after_last(), "a name is missing after `?`")
            elif kind == "with" and (scope := self._scope(frame.opener)):
                self._missing_after_scope(scope)
            elif kind in _UNFINISHED:
                self._report(frame.opener.span, _UNFINISHED[kind])
            self.stack.pop()
            if kind not in {"value", "inherit", "attrpath"}:
                self.stack[-1].ready = True

    def _end(self) -> None:
        """Say what is still open at the end of the text."""
        if self.is_stopped:
            return
        open_frames = [frame for frame in self.stack if frame.kind in BRACKETS]
        if self.stack[0].kind == "bindings":
            if len(self.stack) > 1:
                self._leave(0, Token("end", Span(self.last.end, self.last.end)))
        elif open_frames:
            opener = self.shifted or open_frames[-1].opener
            is_only = self.shifted is None and len(open_frames) == 1
            fix = self._closing(self.stack.index(open_frames[0])) if is_only else None
            self._report(opener.span, f"this `{opener.kind}` is not closed", fix)
        elif len(self.stack) > 1:
            self._leave(0, Token("the end", Span(self.last.end, self.last.end)))
        elif not self.stack[0].ready and self.source.strip() and not self.problems:
            self._report(self._after_last(), "an expression is missing at the end")

    def _closing(self, owner: int) -> SyntaxFix | None:
        """Return the fix that closes the bracket of an open frame behind the token that was read last; None where more is missing in it."""
        frame = self.stack[owner]
        inside = self.stack[owner + 1 :]
        if inside or (frame.kind == "(" and not frame.ready) or not self.read:
            return None
        close, at = BRACKETS[frame.kind], self.last.end
        if b"\n" in self.source[frame.opener.span.end : at] and frame.kind in {"{", "["}:
            start = self.source.rfind(b"\n", 0, frame.opener.span.start) + 1
            text = "\n" + self.source[start : start + self._indent(frame.opener)].decode("utf-8", "replace") + close
        else:
            text = f" {close}" if frame.kind in {"{", "["} else close
        return SyntaxFix(f"Insert `{close}`", Span(at, at), text, is_certain=False)

    # Reports

    def _report(self, span: Span, message: str, fix: SyntaxFix | None = None) -> None:
        """Record a problem, unless one on the same line says why this one is there, or a string that swallowed code does."""
        if self.long_string is not None and not self.is_stopped:
            self._unclosed_string(self.long_string)
            return
        if self.problems and b"\n" not in self.source[slice(*sorted((self.problems[-1].span.start, span.start)))]:
            return
        self.problems.append(SyntaxProblem(span, message, fix))

    def _stop(self) -> None:
        """Give up on the rest: what is open is not what was meant."""
        self.is_stopped = True
        self.position = len(self.source)

    def _written(self, span: Span) -> str:
        return self.source[span.start : span.end].decode("utf-8", "replace")

    def _no_value(self, name: Span) -> None:
        """Say that the attribute path that begins with `name` is followed by nothing that it could be bound to."""
        message, fix = "the binding has no value: `name = value;`", None
        if self.stack[-1].kind == "let":
            message = "`let` without `in` before this, or a binding without a value"
            fix = SyntaxFix("Insert `in`", Span(name.start, name.start), "in ", is_certain=False)
        self._report(Span(name.start, self.last.end), message, fix)

    def _missing(self, text: str, message: str) -> None:
        at = Span(self.last.end, self.last.end)
        self._report(self._after_last(), f"{message}: it is missing here", SyntaxFix(f"Insert `{text}`", at, text))

    def _scope(self, opener: Token) -> Span | None:
        """Return the bytes of a `with`'s scope where the body seems to follow it without a `;`: the names before a list, or `pkgs` and its kin."""
        first = end = bisect_right(self.read, opener.span.start, key=lambda token: token.span.start)
        if first >= len(self.read) or self.read[first].kind != "name":
            return None
        while [token.kind for token in self.read[end + 1 : end + 3]] == [".", "name"]:
            end += 2
        after = self.read[end + 1].kind if end + 1 < len(self.read) else ""
        scope = Span(self.read[first].span.start, self.read[end].span.end)
        is_body = after == "[" or (after in {"{", "(", "name"} and self._written(scope) in _SCOPES)
        return scope if is_body else None

    def _missing_after_scope(self, scope: Span) -> None:
        fix = SyntaxFix("Insert `;`", Span(scope.end, scope.end), ";")
        self._report(last_character(self.source, scope.end), f"`;` is missing after `with {self._written(scope)}`", fix)

    def _stray(self, token: Token, message: str) -> bool:
        """Report a token that is one too many; False, as it was not read."""
        fix = SyntaxFix(f"Remove `{token.kind}`", token.span, "") if token.kind in {";", ",", ")", "]", "}"} else None
        self._report(token.span, message, fix)
        return False

    def _after_last(self) -> Span:
        return last_character(self.source, self.last.end)

    def _column(self, token: Token) -> int:
        """Return how far in a token stands that is the first on its line; a large number for any other."""
        start = self.source.rfind(b"\n", 0, token.span.start) + 1
        before = self.source[start : token.span.start]
        return 1 << 30 if before.strip() else len(before)

    def _indent(self, token: Token) -> int:
        start = self.source.rfind(b"\n", 0, token.span.start) + 1
        line = self.source[start : token.span.start]
        return len(line) - len(line.lstrip())

    def _formals_closed(self) -> None:
        following = self._next(self.position)
        if following.kind == "@":
            whole = self._next(following.span.end)
            if whole.kind != "name":
                self._report(following.span, "a name is missing after `@`")
                self.position = whole.span.end if whole.kind == ":" else following.span.end
                return
            self.position = whole.span.end
            following = self._next(self.position)
        if following.kind == ":":
            self.position = following.span.end
            return
        at = Span(self.position, self.position)
        self._report(
            last_character(self.source, self.position),
            "`:` is missing after a function's arguments",
            SyntaxFix("Insert `:`", at, ":"),
        )
