"""Commands whose output the shell runs: `eval "$(c)"`, `source <(c)`, `c | source`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import program
from nix_lsp.analysis.shell.script import Command
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_SOURCE = frozenset({"source", "."})
_SHELLS = frozenset({"sh", "bash", "zsh", "dash"})
_WRAPPERS = frozenset({"sudo"})
_STANDARD_INPUT = frozenset({"/dev/stdin", "-"})


def evaluated(command: Command) -> Command | None:
    """Return the one command whose output a command hands to the shell, and nothing else; None for any other command."""
    if not command.is_silent:
        return None
    if command.node.type == "pipeline":
        first, last = command.stages
        values = [word.value or "" for word in last.words]
        reads = values[:1] and values[0] in _SOURCE and (not values[1:] or {*values[1:]} <= _STANDARD_INPUT)
        return first if reads and first.is_silent and not first.assignments else None
    if command.node.type != "command" or command.assignments or len(command.words) != 2:
        return None
    inside = {"eval": "command_substitution"}.get(command.name or "") or (
        "process_substitution" if command.name in _SOURCE else None
    )
    argument = command.node.named_children[-1]
    if argument.type == "string" and len(argument.named_children) == 1:
        argument = argument.named_children[0]
    if inside is None or argument.type != inside:
        return None
    return _only_command(command, argument)


def handed_over(command: Command) -> Command | None:
    """Return the one command whose output another shell runs: `c | sh`, `sh -c "$(c)"`, `bash <(c)`; None for any other command."""
    if command.node.type == "pipeline":
        first, last = command.stages
        return first if last.words and program(last.words[0]) in _SHELLS | _WRAPPERS and _is_bare(last) else None
    if command.node.type != "command" or not command.words or program(command.words[0]) not in _SHELLS:
        return None
    argument = command.node.named_children[-1]
    if argument.type == "string" and len(argument.named_children) == 1:
        argument = argument.named_children[0]
    values = [word.value for word in command.words[1:-1]]
    wanted = {"command_substitution": ["-c"], "process_substitution": []}.get(argument.type)
    return _only_command(command, argument) if wanted is not None and values == wanted else None


def _is_bare(shell: Command) -> bool:
    """Tell whether a shell, `sudo` before it or not, reads its standard input: it names no script."""
    words = [word.value or "?" for word in shell.words]
    names = [word for word in words if not word.startswith("-")]
    return names in ([words[0]], ["sudo", *names[1:2]]) and names[-1] in _SHELLS


def _only_command(command: Command, node: Node) -> Command | None:
    """Return the simple command that is all of a substitution."""
    parts = node.named_children
    if len(parts) != 1 or parts[0].type != "command":
        return None
    span = Span(parts[0].start_byte, parts[0].end_byte)
    inner = Command(command.content, command.holes, parts[0], span, command.is_plain)
    return None if inner.assignments else inner


def assigned_output(command: Command) -> tuple[str, Command] | None:
    """Return the variable and the command of `x=$(c)` and `export x="$(c)"`, for a command that sets nothing else."""
    node = command.node
    if not command.is_silent or node.type not in {"variable_assignment", "declaration_command"}:
        return None
    if node.type == "declaration_command":
        if len(node.named_children) != 1 or command.name != "export":
            return None
        node = node.named_children[0]
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or value is None or any(child.type == "+=" for child in node.children):
        return None
    if value.type == "string" and len(value.named_children) == 1:
        value = value.named_children[0]
    inner = _only_command(command, value) if value.type == "command_substitution" else None
    return ((name.text or b"").decode(), inner) if inner else None
