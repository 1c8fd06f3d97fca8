"""How broken bindings are read: `name = value;`, `inherit … ;`, and the names in them."""

from __future__ import annotations

from abc import ABC, abstractmethod

from nix_lsp.syntax.frames import BRACKETS, Frame, Frames, SyntaxFix, last_character
from nix_lsp.syntax.layout import KEYWORDS
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.tokens import Token

NAMES = frozenset({"name", '"', "${", "or"})
"""What a segment of an attribute path begins with."""
OPERATORS = frozenset(
    {"+", "-", "*", "/", "++", "//", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "->", "|>", "<|", "or"}
)
OPERANDS = frozenset({"name", "operand", '"', "''", "(", "[", "{", "rec"})
"""What an operand begins with."""
_VALUE = frozenset({"value"})


class Bindings(Frames, ABC):
    """What a reading does where bindings stand; the values are expressions, which is somebody else's business."""

    @abstractmethod
    def _step(self, token: Token) -> bool:
        """Take one token; False where it was left out as one too many."""

    @abstractmethod
    def _expression(self, token: Token) -> bool:
        """Take a token of an expression."""

    @abstractmethod
    def _delimiter(self, token: Token) -> bool:
        """Take a token that ends something, or belongs elsewhere."""

    @abstractmethod
    def _ended(self) -> bool:
        """End the frame on top with the token that belongs to it."""

    def _binding_start(self, token: Token) -> bool:
        frame, kind = self.stack[-1], token.kind
        if kind in NAMES:
            self.stack.append(Frame("attrpath", token))
            self._segment(token)
        elif kind == "inherit":
            self.stack.append(Frame("inherit", token))
        elif kind == "in" and frame.kind == "let":
            return self._ended()
        elif kind == ";":
            return self._stray(token, "`;` without a binding before it")
        elif kind == ",":
            return self._stray(token, "bindings are ended by `;`, not separated by `,`")
        elif kind == "=":
            self._report(token.span, "a name is missing before `=`")
            self.stack.append(Frame("value", token))
        elif kind in {"in", "then", "else"}:
            return self._delimiter(token)
        elif kind in KEYWORDS:
            fix = SyntaxFix("Quote the name", token.span, f'"{kind}"')
            self._report(token.span, f"`{kind}` is a keyword: as a name it needs quotes", fix)
            self.stack.append(Frame("attrpath", token))
        else:
            return self._stray(token, "a binding is expected here: `name = value;`")
        return True

    def attrpath(self, token: Token) -> bool:
        """Read what follows the segments of a binding's path."""
        kind, name = token.kind, self.stack[-1].opener.span
        if kind == ".":
            return self._attribute(token)
        self.stack.pop()
        value = Frame("value", token)
        if kind == "=":
            self.stack.append(value)
            return True
        if kind in {"==", ":"}:
            fix = SyntaxFix("Write `=`", token.span, "=" if kind == "==" else " =")
            self._report(token.span, f"a binding is written with `=`, not `{kind}`", fix)
            self.stack.append(value)
            return True
        if kind in {";", "in"}:
            self._no_value(name)
            return kind == ";" or self._step(token)
        if kind == ",":
            self._report(token.span, "`,` stands between a function's arguments; a binding is `name = value;`")
            return False
        if kind in OPERANDS or kind in {"let", "if", "with", "assert", "-", "!"}:
            fix = SyntaxFix("Insert `=`", Span(self.last.end, self.last.end), " =")
            self._report(self._after_last(), "`=` is missing between name and value", fix)
            self.stack.append(value)
            return self._expression(token)
        self._no_value(name)
        return self._step(token)

    def inherit(self, token: Token) -> bool:
        kind = token.kind
        if kind == ";":
            self.stack.pop()
        elif kind in NAMES:
            self._segment(token)
        elif kind == "(":
            self.stack.append(Frame("(", token))
        elif kind in {"=", "."}:
            self._missing_before_path(token, "`inherit` ends with `;`")
            return kind == "=" or self._attribute(token)
        elif kind == ",":
            return self._stray(token, "names in `inherit` are separated by spaces")
        else:
            self._missing(";", "`inherit` ends with `;`")
            self.stack.pop()
            return self._step(token)
        return True

    def _equals(self, token: Token) -> bool:
        """A `=` where an expression goes on: the binding before it has no `;`, or a bracket in it is open."""
        owner = max(self._innermost(_VALUE), 0)
        if owner and owner == len(self.stack) - 1:
            self._missing_before_path(token, "a binding ends with `;`")
            return True
        frame = self.stack[-1]
        closing = (
            next((read for read in reversed(self.read) if read.kind == "}"), None) if len(self.stack) == 1 else None
        )
        if closing is not None:
            self._report(
                closing.span,
                "a binding follows, but this `}` has closed the last set: one `}` is too many, or this one is",
            )
            self._stop()
            return False
        if owner and frame.kind in {"(", "["}:
            self._report(
                frame.opener.span,
                f"this `{frame.kind}` is not closed by `{BRACKETS[frame.kind]}` before the next binding",
            )
            del self.stack[owner:]
            self.stack.append(Frame("value", token))
            return True
        self._report(token.span, "`=` is not expected here: comparison is written `==`")
        frame.ready = False
        return True

    def _missing_before_path(self, token: Token, message: str) -> None:
        """Say that a `;` is missing before the attribute path that ends here, and go on with that path's binding."""
        first = len(self.read) - 1
        while first >= 2 and self.read[first - 1].kind == ".":
            first -= 2
        before = self.read[first - 1] if first > 0 else None
        if before is None or (token.kind == "." and before.kind in {"inherit", ")"}):
            self._report(token.span, f"`{token.kind}` is not expected here")
        elif before.kind == "=":
            if b"\n" in self.source[before.span.end : self.read[first].span.start]:
                self._report(before.span, "an expression is missing after `=`")
            else:
                self._report(token.span, "one `=` too many: a binding is `name = value;`")
        elif scope := self.scopes.get(before.span.end):
            self._missing_after_scope(scope)
        else:
            end = before.span.end
            fix = SyntaxFix("Insert `;`", Span(end, end), ";")
            self._report(last_character(self.source, end), f"{message}: it is missing here", fix)
        self.stack.pop()
        self.stack.append(Frame("value" if token.kind == "=" else "attrpath", token))

    def _comma(self, token: Token) -> bool:
        frame = self.stack[-1]
        if frame.kind == "[":
            return self._stray(token, "list elements are separated by spaces, not by `,`")
        if frame.kind == "default":
            self.stack.pop()
            return True
        if frame.kind == "value":
            fix = SyntaxFix("Write `;`", token.span, ";")
            self._report(token.span, "a binding ends with `;`, not `,`", fix)
            self.stack.pop()
            return True
        return self._stray(token, "`,` is not expected here")

    # Names

    def _attribute(self, dot: Token) -> bool:
        """Read the name after a dot."""
        following = self._next(self.position)
        self.read.append(dot)
        if following.kind in NAMES:
            self.position = following.span.end
            self._segment(following)
            self.read.append(Token(following.kind, Span(following.span.start, self.position)))
        else:
            self._report(dot.span, "a name is missing after `.`")
        return False

    def _segment(self, token: Token) -> None:
        if token.kind == '"':
            self._string(token)
        elif token.kind == "${":
            self.stack.append(Frame("${", token))

    def path(self, token: Token) -> bool:
        """Read the path after `?`."""
        self.stack.pop()
        self.stack[-1].ready = True
        if token.kind in NAMES:
            self._segment(token)
            return True
        self._report(self._after_last(), "a name is missing after `?`")
        return self._step(token)
