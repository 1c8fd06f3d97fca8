"""Text that a script writes into a file, or gives to a program: `echo x > f`, `echo x | tee f`, `cat > f <<EOF`, `c <<< x`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.invocation import Tool, read_options, runs
from nix_lsp.analysis.shell.word import Antiquotation, Hole, Text, Word, read_word
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.shell.invocation import Runs
    from nix_lsp.analysis.shell.script import Command, Redirection
    from nix_lsp.analysis.shell.word import Piece

ECHO = Tool("echo", flags="n", stop_at_operand=True)
"""echo(1), less `-e` and `-E`."""
TEE = Tool("tee", flags="ai", long={"append": "a", "ignore-interrupts": "i"})
CAT = Tool("cat")

_PLAIN_FORMAT = re.compile(r"(?:[^%\\]|\\n)*")
_ONE_BY_ONE = frozenset({"%s\\n", "%s"})
_SHELL_ONLY = re.compile(rb"[$`\\]")


class Write(NamedTuple):
    """What a command writes, wholly known but for antiquotations."""

    command: Command
    path: Word
    text: tuple[Piece, ...]
    """`Text` and `Antiquotation` pieces, the last line end taken off."""
    is_append: bool
    user: str | None
    """The user that `sudo -u … tee` switches to; None: whoever runs the script."""
    ends_line: bool = True
    """Whether a line end has been taken off: `echo -n` writes none."""

    @property
    def value(self) -> str | None:
        """The text, if all of it stands in the script."""
        return Word(self.path.span, self.text).value

    @property
    def word(self) -> Word:
        """The text as a word."""
        return Word(self.path.span, self.text)


def read_write(command: Command) -> Write | None:
    """Return what a command writes into which file; None for a command that does other things too, or whose text only the shell knows."""
    stages = command.stages
    last = stages[-1]
    redirections, document = _split(command)
    if redirections is None:
        return None
    files = [each for each in redirections if not _is_quiet(command, each)]
    if len(stages) == 2:
        text = printed(stages[0])
        if any(stages[0].redirections) or document is not None:
            return None
    else:
        text = document if document is not None else printed(last)
    if text is None or any(not isinstance(piece, Text | Antiquotation) for piece in text):
        return None
    text, ends_line = _without_line_end(text)
    if len(stages) == 2 or document is not None:
        run = runs(last)
        if run and run.tool == "tee" and not files:
            invocation = read_options(TEE, run.arguments)
            if invocation and len(invocation.operands) == 1:
                return Write(command, invocation.operands[0], text, invocation.has("a"), run.user, ends_line)
            return None
        if len(stages) == 2 or run is None or run.tool != "cat" or run.arguments:
            return None
    if len(files) != 1 or files[0].operator not in {">", ">>", ">|"}:
        return None
    path = read_word(command.content, files[0].target, command.holes)
    return Write(command, path, text, files[0].operator == ">>", None, ends_line)


def fed_text(command: Command) -> tuple[Piece, ...] | None:
    """Return the text of the here-document that a command reads; None where it reads anything else, or writes to a file."""
    if len(command.stages) != 1:
        return None
    redirections, document = _split(command)
    return document if redirections is not None and all(_is_quiet(command, each) for each in redirections) else None


def output_file(command: Command) -> Word | None:
    """Return the one file that a command's output goes to; None for a command that is fed by another, or that writes elsewhere too."""
    if len(command.stages) != 1:
        return None
    redirections, document = _split(command)
    files = [each for each in redirections or () if not _is_quiet(command, each)]
    if document is not None or len(files) != 1 or files[0].operator not in {">", ">>", ">|"}:
        return None
    return read_word(command.content, files[0].target, command.holes)


class Given(NamedTuple):
    """What a program reads from its standard input, wholly known but for antiquotations."""

    command: Command
    run: Runs
    text: tuple[Piece, ...]
    """`Text` and `Antiquotation` pieces, with the last line end."""


def read_given(command: Command) -> Given | None:
    """Return the text that a command reads: a here-document, a here-string, what `echo` and `printf` print; None for any other."""
    stages = command.stages
    reader = stages[-1]
    strings = [node for node in reader.node.children if node.type == "herestring_redirect"]
    outer = command.node.parent
    if outer and outer.type == "redirected_statement":
        strings += [node for node in outer.children_by_field_name("redirect") if node.type == "herestring_redirect"]
    if len(strings) == 1 and len(stages) == 1 and len(command.redirections) == 1:
        target = strings[0].named_children[-1]
        word = read_word(command.content, Span(target.start_byte, target.end_byte), command.holes)
        text = _joined((word,), "", "\n")
    else:
        redirections, document = _split(command)
        if redirections is None or not all(_is_quiet(command, each) for each in redirections):
            return None
        if len(stages) == 2:
            text = printed(stages[0]) if document is None and not any(stages[0].redirections) else None
        else:
            text = document
    run = runs(reader) if not reader.assignments else None
    if text is None or run is None or any(not isinstance(piece, Text | Antiquotation) for piece in text):
        return None
    return Given(command, run, text)


def _split(command: Command) -> tuple[list[Redirection] | None, tuple[Piece, ...] | None]:
    """Return the redirections other than a here-document, and its text; None in the first place where they are not understood."""
    from nix_lsp.analysis.shell.script import redirection

    outer = command.node.parent
    nodes = outer.children_by_field_name("redirect") if outer and outer.type == "redirected_statement" else []
    found: list[Redirection] = []
    document: tuple[Piece, ...] | None = None
    for node in nodes:
        if node.type == "file_redirect":
            found.append(redirection(node))
        elif node.type == "heredoc_redirect" and document is None:
            inside = [child for child in node.named_children if child.type == "file_redirect"]
            if any(
                child.type not in {"heredoc_start", "heredoc_body", "heredoc_end", "file_redirect", "file_descriptor"}
                for child in node.named_children
            ):
                return None, None
            found += [redirection(child) for child in inside]
            document = _here_document(command, node)
            if document is None:
                return None, None
        else:
            return None, None
    return found, document


def _here_document(command: Command, node: Node) -> tuple[Piece, ...] | None:
    """Return the text of a here-document (XCU 2.7.4)."""
    parts = {child.type: child for child in node.children}
    start, body = parts.get("heredoc_start"), parts.get("heredoc_body")
    if start is None:
        return None
    if body is None:
        return ()
    content = command.content[: body.end_byte]
    is_quoted = any(quote in (start.text or b"") for quote in (b"'", b'"', b"\\"))
    inside = [hole for hole in command.holes if body.start_byte <= hole.span.start and hole.span.end <= body.end_byte]
    strips = "<<-" in parts
    pieces: list[Piece] = []
    at = body.start_byte
    for hole in (*inside, Hole(Span(body.end_byte, body.end_byte), "")):
        text = content[at : hole.span.start]
        if not is_quoted and _SHELL_ONLY.search(text):
            return None
        if strips:
            text = re.sub(rb"\n\t+", b"\n", text.lstrip(b"\t") if at == body.start_byte else text)
        if text:
            pieces.append(Text(text.decode("utf-8", "replace")))
        if hole.expression:
            pieces.append(Antiquotation(hole.expression))
        at = hole.span.end
    return tuple(pieces)


def _without_line_end(text: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], bool]:
    """Return a text without the line end that it may end with, and whether there was one."""
    if text and isinstance(text[-1], Text) and text[-1].text.endswith("\n"):
        rest = text[-1].text[:-1]
        return (*text[:-1], *((Text(rest),) if rest or len(text) == 1 else ())), True
    return text, False


def printed(command: Command) -> tuple[Piece, ...] | None:
    """Return what `echo` or `printf` prints."""
    run = runs(command)
    if run is None:
        return None
    if run.tool == "echo":
        # An operand that looks like an option is printed; which one that is differs from shell to shell.
        invocation = read_options(ECHO, run.arguments)
        if invocation is None:
            return None
        return _joined(invocation.operands, " ", "" if invocation.has("n") else "\n")
    if run.tool != "printf" or not run.arguments:
        return None
    form, *rest = run.arguments
    if form.value in _ONE_BY_ONE and rest:
        separator = "\n" if form.value == "%s\\n" else ""
        return _joined(tuple(rest), separator, separator)
    if form.value and not rest and _PLAIN_FORMAT.fullmatch(form.value):
        return (Text(form.value.replace("\\n", "\n")),)
    return None


def _joined(words: tuple[Word, ...], separator: str, end: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for index, word in enumerate(words):
        pieces += ([Text(separator)] if index and separator else []) + list(word.pieces)
    pieces += [Text(end)] if end else []
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)


def _is_quiet(command: Command, each: Redirection) -> bool:
    target = command.content[each.target.start : each.target.end]
    if each.operator in {">", ">>", "&>", "&>>"}:
        return target == b"/dev/null"
    return each.operator == ">&" and target in {b"1", b"2"}
