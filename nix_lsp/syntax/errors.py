"""Why a text is not Nix: what is missing or too much, and where.

tree-sitter says that a text is broken, but not as a person would. So a broken text is read once more by a small machine that goes
from token to token with a stack of what is open. It takes any operator between any operands: it only has to be right about texts
that are known to be wrong, and after a problem it goes on as if that had been mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nix_lsp.syntax.bindings import OPERANDS, OPERATORS, Bindings
from nix_lsp.syntax.broken import broken_bindings, changed_bindings
from nix_lsp.syntax.frames import ENDED_BY, Frame, SyntaxFix, SyntaxProblem
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

_LIMIT = 10
"""Problems of one text; whoever has more has one problem, which comes first."""
_LARGE = 8 * 1024
"""Bytes from which on only the broken binding is read again, if the tree shows which one that is."""


def errors(document: Document) -> list[SyntaxProblem]:
    """Return what is wrong with a document's syntax, in order; nothing for valid Nix."""
    found = list(document.faults)
    if not found:
        return []
    if len(document.source) > _LARGE:
        for part in (broken_bindings(document.root, found), _changed(document)):
            if part is None:
                continue
            reading = _Reading(document.source, part.start, part.end)
            if (problems := reading.run()) and not reading.is_unbalanced:
                return problems
    return _Reading(document.source).run() or [_of_fault(found[0], len(document.source))]


def _changed(document: Document) -> Span | None:
    """Return the bindings that have changed since the text was sound: where the tree shows nothing but one great fault."""
    sound = document.sound
    return changed_bindings(document, sound.new_end) if sound is not None and sound.changed is not None else None


def _of_fault(fault: Node, size: int) -> SyntaxProblem:
    """Describe what the tree of a text of `size` bytes shows, where the machine sees nothing wrong."""
    start = max(0, min(fault.start_byte, size - 1))
    span = Span(start, min(max(fault.end_byte, start + 1), size))
    if fault.is_missing:
        return SyntaxProblem(
            span, f"`{fault.type}` is missing here" if not fault.is_named else "an expression is missing here"
        )
    return SyntaxProblem(Span(span.start, min(span.end, span.start + 40)), "this is not Nix")


_NAMES = 64
"""So many names of a function's arguments are looked at ahead."""
_BINDINGS = frozenset({"{", "let"})
"""Frames in which bindings stand."""
_BODIES = frozenset({"{", "let", "with", "rec"})
"""What the body of a function begins with, and no binding: `{ pkgs } {` lacks its `:`."""
_ENDING = {token: frozenset(kind for kind, end in ENDED_BY.items() if end == token) for token in ENDED_BY.values()}
"""By token: the frames that it ends."""


class _Reading(Bindings):
    """One reading of a text, token by token."""

    def run(self) -> list[SyntaxProblem]:
        """Read to the end; return the problems in order."""
        while len(self.problems) < _LIMIT:
            token = self._next(self.position)
            self.position = token.span.end
            if token.kind == "end":
                self._end()
                break
            if token.kind == "/" and self.source.startswith(b"/*", token.span.start):
                self._unclosed_comment(token)
                break
            if self._step(token):
                self.read.append(Token(token.kind, Span(token.span.start, self.position)))
        self.problems.sort(key=lambda problem: problem.span)
        return self.problems

    def _unclosed_comment(self, token: Token) -> None:
        end = len(self.source.rstrip())
        fix = SyntaxFix("Insert `*/`", Span(end, end), " */", is_certain=False)
        self._report(Span(token.span.start, token.span.start + 2), "this comment is not closed", fix)

    # Steps

    def _step(self, token: Token) -> bool:
        """Take one token; False where it was left out as one too many."""
        frame = self.stack[-1]
        kind = token.kind
        if kind == "bad":
            return self._bad(token)
        if kind in {")", "]", "}"}:
            return self._close(token)
        if frame.kind in _BINDINGS or frame.kind == "bindings":
            return self._binding_start(token)
        return self._SPECIAL.get(frame.kind, _Reading._expression)(self, token)

    def _expression(self, token: Token) -> bool:
        frame, kind = self.stack[-1], token.kind
        if not frame.ready:
            return self._operand(token)
        if kind in OPERANDS:
            return self._operand(token)
        if kind == ".":
            return self._attribute(token)
        if kind == "?":
            self.stack.append(Frame("path", token))
            return True
        if kind in OPERATORS:
            if frame.kind == "[" and kind != "or":
                self._report(token.span, f"`{kind}` in a list: put the expression in parentheses")
            frame.ready = False
            return True
        if kind in {"@", ":"}:
            self._report(token.span, f"`{kind}` is not expected here")
            return False
        return self._delimiter(token)

    def _operand(self, token: Token) -> bool:
        """Read what an operand begins with; where one is missing, say so and see the token as what follows it."""
        frame, kind = self.stack[-1], token.kind
        if kind in {"-", "!"} and not frame.ready:
            if frame.kind == "[":
                self._report(token.span, f"`{kind}` in a list: put the expression in parentheses")
            return True
        if kind == "name":
            if (following := self._next(self.position)).kind in {":", "@"}:
                self._alone(frame, token, "a function")
                self._argument(following)
                return True
            frame.ready = True
        elif kind == "operand":
            frame.ready = True
        elif kind in {'"', "''"}:
            frame.ready = True
            self._string(token)
        elif kind == "{" and self._is_formals(frame):
            self._alone(frame, token, "a function")
            self.stack.append(Frame("{formals", token))
        elif kind in {"(", "[", "{"}:
            frame.ready = True
            self.stack.append(Frame(kind, token))
        elif kind == "rec":
            if self._next(self.position).kind != "{":
                self._report(token.span, "`rec` stands before a set: `rec { … }`")
        elif kind == "let" and self._next(self.position).kind == "{":
            return True
        elif kind in {"let", "if", "with", "assert"}:
            self._alone(frame, token, f"`{kind}`")
            self.stack.append(Frame(kind, token))
        elif kind == "${" and self.last.end == token.span.start:
            self.stack.append(Frame("${", token))  # a path goes on
        else:
            return self._no_operand(token)
        return True

    def _alone(self, frame: Frame, token: Token, what: str) -> None:
        """Report what has to stand in parentheses in a list."""
        if frame.kind == "[":
            self._report(token.span, f"{what} in a list: put the expression in parentheses")

    def _no_operand(self, token: Token) -> bool:
        """An operand is expected and something else stands there."""
        frame, kind = self.stack[-1], token.kind
        if kind == "=" and self.read and self.read[-1].kind == "=":
            self._report(token.span, "one `=` too many", SyntaxFix("Remove the second `=`", token.span, ""))
            return False
        if kind in {"=", "@", ":", "${", "..."} or (kind == "," and frame.kind == "["):
            return self._delimiter(token)
        if kind in OPERATORS or kind in {".", "?"}:
            self._report(token.span, f"an expression is missing before `{kind}`")
            frame.ready = kind in {".", "?"}
            return True
        if frame.kind == "value" and (scope := self.scopes.get(self.last.end)):
            self._missing_after_scope(scope)
            self.stack.pop()
            return self._step(token)
        if not self.read and len(self.stack) == 1:
            self._report(token.span, f"an expression is missing before `{kind}`")
        elif frame.kind != "[":
            self._report(self._after_last(), f"an expression is missing after `{self._written(self.last)}`")
        frame.ready = True
        return self._delimiter(token)

    def _delimiter(self, token: Token) -> bool:
        """Read a token that ends something, or belongs elsewhere."""
        frame, kind = self.stack[-1], token.kind
        if ENDED_BY.get(frame.kind) == kind:
            return self._ended()
        if kind == "=":
            return self._equals(token)
        if kind == ",":
            return self._comma(token)
        if (owner := self._innermost(_ENDING.get(kind, frozenset()))) > 0:
            self._leave(owner, token)
            return self._ended()
        if kind == ";":
            return self._stray(token, "`;` ends a binding, and none is open here")
        if kind == "${":
            self._report(token.span, "`${` stands in strings, paths and attribute names only")
            self.stack.append(Frame("${", token))
            return True
        if kind in {"let", "if", "with", "assert"}:
            if frame.kind == "[":
                self._alone(frame, token, f"`{kind}`")
            else:
                message = f"`{kind}` is not expected here: is an operator, a `;` or a parenthesis missing before it?"
                self._report(token.span, message)
            self.stack[-1].ready = False
            return self._operand(token)
        if kind == "else" and frame.kind == "if":
            self._report(token.span, "`then` is missing between the condition and this `else`")
            frame.kind = "then"
            return self._ended()
        if kind == "inherit" and frame.kind == "value":
            self._missing(";", "a binding ends with `;`")
            self.stack.pop()
            return self._binding_start(token)
        return self._stray(token, f"`{kind}` is not expected here")

    def _ended(self) -> bool:
        """End the frame on top with the token that belongs to it."""
        frame = self.stack[-1]
        if frame.kind == "if":
            frame.kind, frame.ready = "then", False
            return True
        if frame.kind == "with" and (scope := self._scope(frame.opener)):
            self.scopes[self.position] = scope
        self.stack.pop()
        if frame.kind in {"with", "assert", "then", "let"}:
            self.stack[-1].ready = False
        return True

    # Functions

    def _argument(self, following: Token) -> None:
        """Read the rest of `x:` and `x@{ … }:`, whose name has been read."""
        self.position = following.span.end
        if following.kind == ":":
            return
        opener = self._next(self.position)
        if opener.kind == "{":
            self.position = opener.span.end
            self.stack.append(Frame("{formals", opener))
        else:
            self._report(following.span, "`@` stands before or after a function's `{ … }`")

    def _is_formals(self, frame: Frame) -> bool:
        """Tell whether a `{` opens the arguments of a function."""
        first = self._next(self.position)
        if first.kind in {"...", ","}:
            return True
        second = self._next(first.span.end)
        if first.kind == "}":
            return second.kind in {":", "@"}
        if first.kind == second.kind == "name" and self._are_names_only(second):
            return True  # `{ a b }:`: the commas are missing
        third = self._next(second.span.end)
        return first.kind == "name" and (
            second.kind in {",", "?"}
            or (second.kind == "name" and third.kind in {",", "?"})
            or (second.kind == "}" and third.kind in {":", "@"})
            or (second.kind == "}" and third.kind in _BODIES and not frame.ready and frame.kind != "[")
        )

    def _are_names_only(self, token: Token) -> bool:
        """Tell whether from a token on there are names only, and then what ends the arguments of a function."""
        for _ in range(_NAMES):
            if token.kind != "name":
                break
            token = self._next(token.span.end)
        return token.kind == "}" and self._next(token.span.end).kind in {":", "@"}

    def _misplaced(self, ellipsis: Token, comma: Token) -> bool:
        """Report a `...` with a comma behind it, as the comma is read."""
        following = self._next(comma.span.end)
        if following.kind == "}":
            return self._stray(comma, "behind `...` there is no comma")
        end = following
        for _ in range(_NAMES):
            if end.kind not in {"name", ","}:
                break
            end = self._next(end.span.end)
        fix = None
        if end.kind == "}" and following.kind == "name":
            names = self.source[following.span.start : end.span.start].decode("utf-8", "replace")
            blank = names[len(names.rstrip()) :]
            text = f"{names.rstrip().rstrip(',').rstrip()}, ...{blank}"
            fix = SyntaxFix("Move `...` to the end", Span(ellipsis.span.start, end.span.start), text)
        self._report(ellipsis.span, "`...` stands behind all arguments", fix)
        self.stack[-1].ready = False
        return True

    def _formals(self, token: Token) -> bool:
        frame, kind = self.stack[-1], token.kind
        if kind in {"name", "..."}:
            if frame.ready:
                fix = SyntaxFix("Insert `,`", Span(self.last.end, self.last.end), ",")
                self._report(self._after_last(), "`,` is missing between arguments", fix)
            frame.ready = True
        elif kind == ",":
            if not frame.ready:
                return self._stray(token, "an argument is missing before `,`")
            if self.read and self.read[-1].kind == "...":
                return self._misplaced(self.read[-1], token)
            frame.ready = False
        elif kind == "?":
            frame.ready = False
            self.stack.append(Frame("default", token))
        else:
            return self._stray(token, "a function's arguments are names, separated by `,`")
        return True

    # What is left over

    def _bad(self, token: Token) -> bool:
        written = self._written(token.span)
        message = (
            "strings stand in double quotes"
            if written == "'"
            else f"`{written}` is no character of Nix outside of strings"
        )
        self._report(token.span, message)
        return False

    _SPECIAL: ClassVar[dict[str, Callable[[_Reading, Token], bool]]] = {
        "attrpath": Bindings.attrpath,
        "inherit": Bindings.inherit,
        "path": Bindings.path,
        "{formals": _formals,
    }
    """How to go on inside of what is no expression."""
