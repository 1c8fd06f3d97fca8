"""Which tool a command runs, as whom, and with which options: read as the tool itself reads its command line.

A line that is not wholly understood gives None: no rewrite stands on a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.word import Antiquotation, Expansion, Text, Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.analysis.shell.script import Command


@dataclass(frozen=True, slots=True)
class Tool:
    """How a tool's command line is read.

    `flags` and `valued` are single-letter options without and with an argument; they cluster as getopt(3) has it (`-mG a,b`). `long`
    gives each `--name` the key that it is known by; a key in `valued` (or written with a trailing `=` in `long`) takes an argument.
    """

    name: str
    flags: str = ""
    valued: str = ""
    long: Mapping[str, str] = field(default_factory=dict[str, str])
    single_dash: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Whole words with one dash (`-bool`, `-iA`), and whether each takes an argument; asked before clusters."""
    stop_at_operand: bool = False
    """Options end at the first operand, as POSIX has it; otherwise they may follow operands (GNU)."""


class Runs(NamedTuple):
    """A command line behind its wrappers."""

    tool: str
    """The program's base name."""
    arguments: tuple[Word, ...]
    user: str | None
    """The user that `sudo -u` and its like switch to; None: whoever runs the script."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command line that was wholly understood."""

    tool: str
    options: tuple[tuple[str, Word | None], ...]
    """Key and argument of each option, in order."""
    operands: tuple[Word, ...]

    def has(self, key: str) -> bool:
        """Tell whether an option is given."""
        return any(name == key for name, _ in self.options)

    def argument(self, key: str) -> Word | None:
        """Return the argument of an option; the last one wins, as with most tools."""
        return next((word for name, word in reversed(self.options) if name == key), None)


_FOLDERS = re.compile(
    r"(?:/run/current-system/sw|/run/wrappers|/usr|/usr/local|/opt/homebrew|/nix/var/nix/profiles/default|/etc/profiles/per-user/[^/]+|)/s?bin/|/usr/libexec/ApplicationFirewall/"
)
_TOOL = re.compile(r"[A-Za-z0-9_.+-]+|\[|:")
_IN_PACKAGE = re.compile(r"/s?bin/([A-Za-z0-9_.+-]+)")
_GET_EXE = re.compile(r"\s*(?:lib\.)?(?:meta\.)?getExe\s+([A-Za-z_][\w.'-]*)\s*")
_GET_EXE_NAMED = re.compile(r"\s*(?:lib\.)?(?:meta\.)?getExe'\s+[A-Za-z_][\w.'-]*\s+\"([A-Za-z0-9_.+-]+)\"\s*")
_MAIN_PROGRAMS = {"gitMinimal": "git", "gitFull": "git", "nix": "nix", "procps": "sysctl"}
"""Main programs that are not named like the package, for those that `lib.getExe` is used with."""

_WRAPPERS = {
    "sudo": Tool(
        "sudo", flags="nEHSkbi", valued="ug", long={"user": "u", "non-interactive": "n"}, stop_at_operand=True
    ),
    "doas": Tool("doas", flags="n", valued="u", stop_at_operand=True),
    "env": Tool("env", flags="i", valued="u", stop_at_operand=True),
    "command": Tool("command", flags="p", stop_at_operand=True),
    "builtin": Tool("builtin", stop_at_operand=True),
    "nice": Tool("nice", valued="n", stop_at_operand=True),
    "ionice": Tool("ionice", valued="cn", flags="t", stop_at_operand=True),
    "run": Tool("run", long={"quiet": "q", "silence": "s"}, stop_at_operand=True),
}
"""Programs and functions that run the rest of their line. `run` is home-manager's (modules/lib-bash/activation-init.sh)."""
_DRY_RUN = frozenset({"$DRY_RUN_CMD", "${DRY_RUN_CMD}", "$VERBOSE_ARG", "${VERBOSE_ARG}", "$VERBOSE_RUN"})
"""home-manager's own variables: empty unless the user asks for a dry or a verbose run."""
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def runs(command: Command) -> Runs | None:
    """Tell which program a command runs, wrappers such as `sudo -u x`, `env`, `command`, `run` and full paths taken off."""
    words = tuple(word for word in command.words if not _is_dry_run(command, word))
    user: str | None = None
    while words:
        tool = program(words[0])
        if tool is None:
            return None
        wrapper = _WRAPPERS.get(tool)
        if wrapper is None:
            return Runs(tool, words[1:], None if user == "root" else user)
        invocation = read_options(wrapper, words[1:])
        if invocation is None or not invocation.operands:
            return None
        if (switched := invocation.argument("u")) and tool in {"sudo", "doas"}:
            user = switched.value
            if user is None:
                return None
        words = invocation.operands
        while words and tool in {"env", "sudo"} and _ASSIGNMENT.match(words[0].leading):
            words = words[1:]
    return None


def read_options(tool: Tool, arguments: tuple[Word, ...]) -> Invocation | None:
    """Read a command line by the tool's own rules; None for an option that the table does not know or an argument that is missing."""
    options: list[tuple[str, Word | None]] = []
    operands: list[Word] = []
    pending = list(reversed(arguments))
    while pending:
        word = pending.pop()
        text = word.leading
        if text == "--" and len(word.pieces) == 1:
            operands += reversed(pending)
            break
        if not text.startswith("-") or text == "-":
            operands.append(word)
            if tool.stop_at_operand:
                operands += reversed(pending)
                break
            continue
        read = _long(tool, word, pending) if text.startswith("--") else _short(tool, word, pending)
        if read is None:
            return None
        options += read
    return Invocation(tool.name, tuple(options), tuple(operands))


def _long(tool: Tool, word: Word, pending: list[Word]) -> list[tuple[str, Word | None]] | None:
    name, _, rest = word.leading[2:].partition("=")
    key = tool.long.get(name)
    if key is None:
        return None
    has_value = "=" in word.leading or False
    takes = key.rstrip("=") in tool.valued or key.endswith("=")
    key = key.rstrip("=")
    if not takes:
        return None if has_value or len(word.pieces) > 1 else [(key, None)]
    if has_value:
        return [(key, word.without_prefix(len(word.leading) - len(rest)))]
    if len(word.pieces) > 1 or not pending:
        return None
    return [(key, pending.pop())]


def _short(tool: Tool, word: Word, pending: list[Word]) -> list[tuple[str, Word | None]] | None:
    text = word.leading
    if (takes := tool.single_dash.get(text[1:])) is not None and len(word.pieces) == 1:
        if not takes:
            return [(text[1:], None)]
        return [(text[1:], pending.pop())] if pending else None
    read: list[tuple[str, Word | None]] = []
    for index, letter in enumerate(text[1:], 1):
        if letter in tool.flags:
            read.append((letter, None))
            continue
        if letter not in tool.valued:
            return None
        rest = word.without_prefix(index + 1)
        if rest.pieces:
            return [*read, (letter, rest)]
        return [*read, (letter, pending.pop())] if pending else None
    return read if len(word.pieces) == 1 else None


def program(word: Word) -> str | None:
    """Return the base name of the program that a word names: a plain name, a full path, a file of a package, `lib.getExe`."""
    match word.pieces:
        case (Text(text),):
            if folder := _FOLDERS.match(text):
                text = text[folder.end() :]
            return text if _TOOL.fullmatch(text) else None
        case (Antiquotation(), Text(text)):
            inside = _IN_PACKAGE.fullmatch(text)
            return inside[1] if inside else None
        case (Antiquotation(expression),):
            if named := _GET_EXE_NAMED.fullmatch(expression):
                return named[1]
            if main := _GET_EXE.fullmatch(expression):
                package = main[1].rsplit(".", 1)[-1]
                return _MAIN_PROGRAMS.get(package, package)
            return None
        case _:
            return None


def _is_dry_run(command: Command, word: Word) -> bool:
    if len(word.pieces) == 0 or not isinstance(word.pieces[0], Expansion):
        return False
    return command.content[word.span.start : word.span.end].decode("utf-8", "replace") in _DRY_RUN
