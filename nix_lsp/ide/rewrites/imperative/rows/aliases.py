"""`alias` and `abbr` in shell start-up files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Text
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.value import Setting, Str, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.word import Word

ALIAS = Tool("alias", flags="g", stop_at_operand=True)
"""`-s` (zsh's suffix aliases) has no option and is not listed."""
ABBR = Tool("abbr", flags="a", long={"add": "a"}, stop_at_operand=True)
"""fish's abbr(1); `--position`, `--function`, `--regex` need the option's long form and are not listed."""

_NAME = re.compile(r"[\w.:+@%^,~-]+|\.+")
_PARAMETER = re.compile(r"\$(?:[0-9@*#]|\{[0-9@*#]|argv)")


def _match(reading: Reading) -> Iterator[Match]:
    shell = reading.path[1] if reading.path[0] == "programs" else None
    for command, invocation, run in reading.lines(ALIAS, ABBR):
        is_abbreviation = run.tool == "abbr"
        if run.user or (is_abbreviation and (shell != "fish" or not invocation.has("a"))):
            continue
        if invocation.has("g") and shell != "zsh":
            continue
        pairs = _abbreviation(invocation) if is_abbreviation else _definitions(invocation, shell)
        if not pairs or (shell == "fish" and _has_fish_escapes(reading, command.span.start, command.span.end)):
            continue
        option = _option(shell, invocation, is_abbreviation)
        yield Match((command,), (tuple(Setting((*option, name), value) for name, value in pairs),))


def _option(shell: str | None, invocation: Invocation, is_abbreviation: bool) -> tuple[str, ...]:
    if shell is None:
        return ("environment", "shellAliases")
    if is_abbreviation:
        return ("programs", shell, "shellAbbrs")
    return ("programs", shell, "shellGlobalAliases" if invocation.has("g") else "shellAliases")


def _definitions(invocation: Invocation, shell: str | None) -> list[tuple[str, Str]] | None:
    """Read `a=b c=d`, and fish's `a b`."""
    words = invocation.operands
    if shell == "fish" and len(words) == 2 and words[0].split("=") is None:
        return _checked([(words[0], words[1])])
    parts = [word.split("=") for word in words]
    return _checked([part for part in parts if part]) if parts and all(parts) else None


def _abbreviation(invocation: Invocation) -> list[tuple[str, Str]] | None:
    """Read `name word…`: fish joins the words with spaces."""
    name, *words = invocation.operands or (None,)
    if name is None or not words:
        return None
    pieces = tuple(piece for word in words for piece in (*word.pieces, Text(" ")))[:-1]
    return _checked([(name, words[0]._replace(pieces=pieces))])


def _checked(pairs: list[tuple[Word, Word]]) -> list[tuple[str, Str]] | None:
    """Keep only what is static, and no alias that reads parameters: the shell gives it none."""
    checked: list[tuple[str, Str]] = []
    for name, word in pairs:
        value = word_string(word)
        if value is None or not _NAME.fullmatch(name.value or "") or not value.pieces:
            return None
        if any(isinstance(piece, Text) and _PARAMETER.search(piece.text) for piece in value.pieces):
            return None
        checked.append((name.value or "", value))
    return checked


def _has_fish_escapes(reading: Reading, start: int, end: int) -> bool:
    """Fish reads backslashes inside quotes in another way than the POSIX shells do."""
    return b"\\" in reading.script.content[start:end]


ALIASES = Rewrite(
    id="imp-rc-alias",
    summary="The alias can be declared as an option",
    why=(
        "An alias in a start-up file is text that nothing checks: two files that define it differently do not conflict, and other shells "
        "do not get it."
    ),
    keep="Keep an alias that is defined only under a condition, and make a function of one that needs arguments.",
    before="programs.bash.initExtra = \"alias ls='ls --color=auto'\";",
    after='programs.bash.shellAliases.ls = "ls --color=auto";',
    lanes=frozenset({"nixos", "home-manager", "nix-darwin"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"alias", "abbr"}),
    match=_match,
    options=(
        "programs.<shell>.shellAliases",
        "programs.zsh.shellGlobalAliases",
        "programs.fish.shellAbbrs",
        "environment.shellAliases",
    ),
)
