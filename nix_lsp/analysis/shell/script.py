"""A script as a list of commands with the structure round them, and the bytes that would go if some of them went."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.word import Hole, Word, read_word
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from tree_sitter import Node


class Redirection(NamedTuple):
    """`2>/dev/null`, `<<EOF`: the operator without its descriptor, and the target's bytes in the script."""

    operator: str
    target: Span


@dataclass(frozen=True, eq=False)
class Command:
    """One simple command, or two with a pipe between them. Its words are read when asked for."""

    content: bytes
    holes: tuple[Hole, ...]
    node: Node
    """The command, or the `pipeline`, as the grammar has it."""
    span: Span
    """From its first word or assignment to its last word or redirection, in bytes of the script."""
    is_plain: bool
    """Runs exactly once, whenever the script runs, unless a command before it in its own `&&` chain fails: it stands at top level, in
    no loop, condition, function, subshell, longer pipeline or background job, on no right-hand side of `||`, and behind no `exit` or `return`."""
    requires: Command | None = None
    """The command before `&&` that must succeed first."""
    excused: Span | None = None
    """The bytes of the command together with a `|| true` that excuses its failure."""

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The command's name and its arguments; empty for what is no simple command."""
        if self.node.type in _NO_WORDS:
            return ()
        spans = (span for kind, span in self._parts if kind not in _REDIRECTIONS and kind != "variable_assignment")
        if self.node.type == "declaration_command":
            spans = (span for kind, span in self._parts if kind not in _REDIRECTIONS)
        return tuple(read_word(self.content, span, self.holes) for span in spans)

    @cached_property
    def assignments(self) -> tuple[Span, ...]:
        """The `x=1` in front of the command's name, or all of it if it is nothing but assignments."""
        if self.node.type in _NO_WORDS:
            return (Span(self.node.start_byte, self.node.end_byte),)
        if self.node.type == "declaration_command":
            return ()
        return tuple(span for kind, span in self._parts if kind == "variable_assignment")

    @cached_property
    def redirections(self) -> tuple[Redirection, ...]:
        """The command's own redirections, and those round it."""
        outer = self.node.parent
        outside = outer.children_by_field_name("redirect") if outer and outer.type == "redirected_statement" else []
        inside = [child for child in self.node.children if child.type in _REDIRECTIONS]
        return tuple(redirection(node) for node in (*inside, *outside))

    @cached_property
    def stages(self) -> tuple[Command, ...]:
        """The command itself, or the two that a pipe joins; the redirections round a pipeline are those of the second."""
        if self.node.type != "pipeline":
            return (self,)
        return tuple(
            Command(self.content, self.holes, node, Span(node.start_byte, node.end_byte), self.is_plain)
            for node in (self.node.children[0], self.node.children[2])
        )

    @property
    def name(self) -> str | None:
        """The first word, if it is static."""
        return self.words[0].value if self.words else None

    @property
    def covered(self) -> Span:
        """The bytes that leave the script with the command."""
        return self.excused or self.span

    @property
    def is_silent(self) -> bool:
        """Whether every redirection only hides output (`>/dev/null`, `2>&1`)."""
        return all(
            (redirection.operator in {">", ">>", "&>", "&>>"} and self._text(redirection.target) == "/dev/null")
            or (redirection.operator == ">&" and self._text(redirection.target) in {"1", "2"})
            for redirection in self.redirections
        )

    @cached_property
    def _parts(self) -> tuple[tuple[str, Span], ...]:
        """The node's children; what nothing separates is one word (the grammar takes `$a/b:$c/d` for two)."""
        parts: list[tuple[str, Span]] = []
        for child in self.node.children:
            span = Span(child.start_byte, child.end_byte)
            if parts and parts[-1][1].end == span.start and not {parts[-1][0], child.type} & _REDIRECTIONS:
                parts[-1] = (parts[-1][0], Span(parts[-1][1].start, span.end))
            else:
                parts.append((child.type, span))
        return tuple(parts)

    def _text(self, span: Span) -> str:
        return self.content[span.start : span.end].decode("utf-8", "replace")


class Function(NamedTuple):
    """A function that a script of fish defines, whole: nothing runs it there."""

    command: Command
    """All of it, as a command without words."""
    words: tuple[Word, ...]
    """What stands behind `function`: its name, its options."""
    body: Span
    """The bytes between that and its `end`."""


@dataclass(frozen=True)
class Script:
    """A parsed script. Offsets are bytes of `content`, the text that the shell would see with a placeholder for each antiquotation."""

    content: bytes
    commands: tuple[Command, ...]
    """The commands at top level, alone or joined by `&&` and `||`, in order; compound statements and longer pipelines are opaque."""
    opaque: tuple[Span, ...]
    """Compound statements, functions, pipelines of more than two simple commands."""
    comments: tuple[Span, ...]
    holes: tuple[Hole, ...] = ()
    """The placeholders of antiquotations, in order."""
    functions: tuple[Function, ...] = ()
    """Those of fish at top level, each of which is one of `commands`."""
    is_fish: bool = False

    def is_idle_without(self, removed: Collection[Command]) -> bool:
        """Tell whether, with these commands gone, nothing is left but comments, `set -e` and commands that do nothing."""
        gone = {command.span for command in removed}
        idle = _IDLE - {"set"} if self.is_fish else _IDLE
        return not self.opaque and all(command.span in gone or command.name in idle for command in self.commands)

    def cuts(self, removed: Collection[Command]) -> tuple[Span, ...]:
        """Return the spans to delete so that the given plain commands are gone and everything else stands as it stood.

        A line that held nothing else goes with its line end; `a && b` and `a; b` lose the joint with the command.
        """
        gone = sorted(command.covered for command in removed)
        cuts: list[Span] = []
        for span in gone:
            cut = _with_joint(self.content, span, previous=cuts[-1] if cuts else None)
            if cuts and cut.start <= cuts[-1].end:
                cut = Span(cuts[-1].start, cut.end)
                cuts.pop()
            cuts.append(cut)
        return tuple(_whole_lines(self.content, cut) for cut in cuts)


_NO_WORDS = frozenset({"variable_assignment", "variable_assignments", "pipeline", "subshell"})
_REDIRECTIONS = frozenset({"file_redirect", "herestring_redirect", "heredoc_redirect"})
_IDLE = frozenset({"set", "true", ":"})
_JOINT_AFTER = re.compile(rb"[ \t]*(?:&&(?:[ \t]|\\?\r?\n)*|;(?!;)[ \t]*)")
_JOINT_BEFORE = re.compile(rb"(?:[ \t]|\\?\r?\n)*&&(?:[ \t]|\\\r?\n)*\Z")
_LINE_REST = re.compile(rb"[ \t]*(?:;[ \t]*)?(\r\n|\n|\r|\Z)")
_COMMENT_REST = re.compile(rb"[ \t]*(?:;[ \t]*)?(?=#)")
"""What stands between a command and its comment, which takes its place."""
_BLANK_BEFORE = re.compile(rb"(?:[ \t]*(?<![;\\&]);)?[ \t]*\Z")
"""With the `;` that has joined what stands before to what was behind; not that of `find -exec … \\;` or of a `case`."""


def _with_joint(content: bytes, span: Span, previous: Span | None) -> Span:
    """Extend a command's bytes by what joins it to the next command, or else to the one before."""
    if joint := _JOINT_AFTER.match(content, span.end):
        return Span(span.start, joint.end())
    floor = previous.end if previous else 0
    if joint := _JOINT_BEFORE.search(content, max(floor, span.start - 400), span.start):
        return Span(joint.start(), span.end)
    return span


def _whole_lines(content: bytes, cut: Span) -> Span:
    """Take the line with the cut if nothing else stands on it."""
    line_start = max(content.rfind(b"\n", 0, cut.start), content.rfind(b"\r", 0, cut.start)) + 1
    blank_before = not content[line_start : cut.start].strip(b" \t")
    ends_line = content[max(cut.start, cut.end - 1) : cut.end] in {b"\n", b"\r"}
    if ends_line:
        return Span(line_start, cut.end) if blank_before else cut
    rest = _LINE_REST.match(content, cut.end)
    if not rest:
        comment = _COMMENT_REST.match(content, cut.end) if blank_before else None
        return Span(cut.start, comment.end()) if comment else cut
    if blank_before:
        return Span(line_start, rest.end())
    trailing = _BLANK_BEFORE.search(content, line_start, cut.start)
    return Span(trailing.start() if trailing else cut.start, rest.start(1))


def redirection(node: Node) -> Redirection:
    """Read a `file_redirect` or a here-document's node."""
    operator = ""
    target = Span(node.end_byte, node.end_byte)
    for child in node.children:
        if not child.is_named:
            operator = operator or child.type
        elif child.type != "file_descriptor" and target.start == node.end_byte:
            target = Span(child.start_byte, child.end_byte)
    return Redirection(operator, target)
