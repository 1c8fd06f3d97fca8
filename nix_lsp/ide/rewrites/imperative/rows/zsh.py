"""Lines that set up zsh and bash themselves: history, options, keymap, completion, plugins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Setting, scalar, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.variables import Assigned

SETOPT = Tool("setopt")
UNSETOPT = Tool("unsetopt")
BINDKEY = Tool("bindkey", flags="eva")
AUTOLOAD = Tool("autoload", flags="Uz")
COMPINIT = Tool("compinit")
SOURCE = Tool("source")
DOT = Tool(".")
"""zshbuiltins(1), zshcompsys(1), zshzle(1)."""

_SIZES = {
    "zsh": {"HISTSIZE": "history.size", "SAVEHIST": "history.save"},
    "bash": {"HISTSIZE": "historySize", "HISTFILESIZE": "historyFileSize"},
}
_LISTS = {"HISTCONTROL": "historyControl", "HISTIGNORE": "historyIgnore"}
_OF_HISTORY = {
    "appendhistory": "append",
    "extendedhistory": "extended",
    "histexpiredupsfirst": "expireDuplicatesFirst",
    "histfindnodups": "findNoDups",
    "histignorealldups": "ignoreAllDups",
    "histignoredups": "ignoreDups",
    "histignorespace": "ignoreSpace",
    "histsavenodups": "saveNoDups",
    "sharehistory": "share",
}
"""zshoptions(1): case and underscores mean nothing in a name, and `NO_` in front of it takes it back."""
_OPTION = re.compile(r"[A-Za-z_]+")
_START_UP = frozenset({"initContent", "initExtra", "bashrcExtra", "interactiveShellInit"})
_KEYMAPS = {"e": "emacs", "v": "viins", "a": "vicmd"}
_PLUGINS = {
    "zsh-autosuggestions": {
        "home-manager": ("programs.zsh.autosuggestion.enable", "programs.zsh.enableAutosuggestions"),
        "nixos": ("programs.zsh.autosuggestions.enable",),
    },
    "zsh-syntax-highlighting": {
        "home-manager": ("programs.zsh.syntaxHighlighting.enable", "programs.zsh.enableSyntaxHighlighting"),
        "nixos": ("programs.zsh.syntaxHighlighting.enable",),
    },
    "zsh-history-substring-search": {"home-manager": ("programs.zsh.historySubstringSearch.enable",)},
}
"""Plugins that have options of their own: the current spelling, and that of older releases."""
_PACKAGE = re.compile(r"pkgs\.([A-Za-z_][\w'-]*)")
_FRAMEWORKS = (("programs", "zsh", "oh-my-zsh", "enable"), ("programs", "zsh", "prezto", "enable"))


def _is_start_up(reading: Reading, *shells: str) -> bool:
    return reading.shell in shells and reading.path[-1] in _START_UP and not reading.is_ordered


def _match_history(reading: Reading) -> Iterator[Match]:
    if not _is_start_up(reading, "zsh", "bash"):
        return
    shell = reading.shell or ""
    if reading.lane == "nixos":
        yield from _size_of_nixos(reading) if shell == "zsh" else ()
        return
    for each in reading.assigned:
        if (found := _variable(shell, each)) and not _is_repeated(reading, each.name):
            yield Match((each.command,), ((found,),))
    if shell == "zsh":
        yield from _options(reading)


def _size_of_nixos(reading: Reading) -> Iterator[Match]:
    """NixOS has one number for both sizes."""
    sizes = {each.name: each for each in reading.assigned if each.name in _SIZES["zsh"]}
    values = {scalar(each.value) for each in sizes.values()}
    value = next(iter(values), None)
    if len(sizes) == 2 and len(values) == 1 and isinstance(value, int):
        commands = tuple(sorted({each.command for each in sizes.values()}, key=lambda each: each.span))
        yield Match(commands, ((setting("programs.zsh.histSize", value),),))


def _variable(shell: str, each: Assigned) -> Setting | None:
    if option := _SIZES[shell].get(each.name):
        value = scalar(each.value)
        return setting(f"programs.{shell}.{option}", value) if isinstance(value, int) else None
    items = (each.value.value or "").split(":")
    if shell == "bash" and each.name in _LISTS and all(items):
        return setting(f"programs.bash.{_LISTS[each.name]}", List(tuple(string(item) for item in items)))
    return None


def _options(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(SETOPT, UNSETOPT):
        names = [word.value or "" for word in invocation.operands]
        if run.user or not names or not all(_OPTION.fullmatch(name) for name in names):
            continue
        if not any(_is_repeated(reading, name) for name in names):
            settings = tuple(_option(name, is_set=run.tool == "setopt") for name in names)
            yield Match((command,), (settings,))


def _option(name: str, *, is_set: bool) -> Setting:
    plain = name.replace("_", "").lower()
    for known, attribute in _OF_HISTORY.items():
        if plain in {known, f"no{known}"}:
            return setting(f"programs.zsh.history.{attribute}", is_set is (plain == known))
    text = name if is_set else f"NO_{name}"
    return setting("programs.zsh.setOptions", List((string(text),)))


def _is_repeated(reading: Reading, name: str) -> bool:
    """Tell whether the script speaks of a variable or an option more than once."""
    bare = name.replace("_", "").lower().removeprefix("no").encode()
    text = reading.script.content.replace(b"_", b"").lower()
    return len(re.findall(rb"(?<![a-z0-9])(?:no)?" + re.escape(bare) + rb"(?![a-z0-9])", text)) > 1


def _match_keymap(reading: Reading) -> Iterator[Match]:
    if not _is_start_up(reading, "zsh"):
        return
    chosen = [
        (command, invocation.options[0][0])
        for command, invocation, run in reading.lines(BINDKEY)
        if len(invocation.options) == 1 and not invocation.operands and not run.user
    ]
    if len(chosen) == 1:
        command, key = chosen[0]
        yield Match((command,), ((setting("programs.zsh.defaultKeymap", string(_KEYMAPS[key])),),))


def _match_completion(reading: Reading) -> Iterator[Match]:
    if not _is_start_up(reading, "zsh") or b"fpath" in reading.script.content:
        return
    if any(path in reading.defined for path in (*_FRAMEWORKS, ("programs", "zsh", "completionInit"))):
        return
    loads = [
        command
        for command, invocation, _ in reading.lines(AUTOLOAD)
        if [word.value for word in invocation.operands] == ["compinit"]
    ]
    starts = [
        command
        for command, invocation, _ in reading.lines(COMPINIT)
        if not invocation.operands and not invocation.options
    ]
    if len(loads) == len(starts) == 1:
        yield Match((*loads, *starts), ((setting("programs.zsh.enableCompletion", True),),))


def _match_plugin(reading: Reading) -> Iterator[Match]:
    if reading.shell != "zsh" or reading.path[-1] not in _START_UP:
        return
    for command, invocation, run in reading.lines(SOURCE, DOT):
        pieces = invocation.operands[0].pieces if len(invocation.operands) == 1 else ()
        match pieces:
            case (Antiquotation(expression), Text(path)) if package := _PACKAGE.fullmatch(expression):
                name = package[1]
            case _:
                continue
        if run.user or not path.endswith((".zsh", ".zsh-theme", ".sh")):
            continue
        if options := _PLUGINS.get(name, {}).get(reading.lane):
            tier = Tier.REVIEW if reading.is_ordered else Tier.MECHANICAL
            yield Match((command,), tuple((setting(option, True),) for option in options), tier=tier)
        elif reading.lane == "home-manager" and name not in _PLUGINS and _is_first(reading, command):
            entry = Attrs(
                (
                    ("name", string(name)),
                    ("src", Expression(f"pkgs.{name}")),
                    ("file", string(path.removeprefix("/"))),
                )
            )
            note = "The plugins are loaded in the order of the list, before the script."
            settings = (setting("programs.zsh.plugins", List((entry,))),)
            yield Match((command,), (settings,), packages=(name,), tier=Tier.REVIEW, note=note)


def _is_first(reading: Reading, command: Command) -> bool:
    """Tell whether nothing runs before a command that may prepare it: home-manager loads plugins before the script."""
    script = reading.script
    others = [each.span for each in script.commands if each is not command] + list(script.opaque)
    return not reading.is_ordered and all(span.start > command.span.start for span in others)


HISTORY = Rewrite(
    id="imp-rc-history",
    summary="The shell's history and options can be declared",
    why=(
        "home-manager writes these settings into the start-up file itself, with defaults of its own; a line that sets them once more wins or "
        "loses by where it happens to stand."
    ),
    keep="Keep a line that sets an option for a while only.",
    before='programs.bash.initExtra = "HISTSIZE=1000";',
    after="programs.bash.historySize = 1000;",
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"HISTSIZE", "SAVEHIST", "HISTFILESIZE", "HISTCONTROL", "HISTIGNORE", "setopt", "unsetopt"}),
    shells=frozenset({"bash", "zsh"}),
    match=_match_history,
    options=(
        "programs.zsh.history",
        "programs.zsh.setOptions",
        "programs.zsh.histSize",
        "programs.bash.historySize",
        "programs.bash.historyFileSize",
        "programs.bash.historyControl",
        "programs.bash.historyIgnore",
    ),
)

KEYMAP = Rewrite(
    id="imp-rc-keymap",
    summary="The keymap can be declared as an option",
    why="The option chooses the keymap before plugins and widgets bind keys in it; a line further down drops what they bound elsewhere.",
    keep="Keep it where the keymap changes while the shell runs.",
    before='programs.zsh.initContent = "bindkey -v";',
    after='programs.zsh.defaultKeymap = "viins";',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"bindkey"}),
    shells=frozenset({"zsh"}),
    match=_match_keymap,
    options=("programs.zsh.defaultKeymap",),
)

COMPLETION = Rewrite(
    id="imp-rc-compinit",
    summary="The module sets up completion",
    why="`programs.zsh.enableCompletion` runs compinit already: once more costs time at every start, and loses what was set up in between.",
    keep="Keep it where folders must join fpath first, or compinit needs flags that `programs.zsh.completionInit` does not give.",
    before='programs.zsh.initContent = "autoload -U compinit && compinit";',
    after="programs.zsh.enableCompletion = true;",
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"compinit"}),
    shells=frozenset({"zsh"}),
    match=_match_completion,
    options=("programs.zsh.enableCompletion",),
)

PLUGIN = Rewrite(
    id="imp-rc-plugin-source",
    summary="The plugin can be declared as an option",
    why=(
        "Plugins of zsh depend on the order in which they are loaded; the modules load each at the place that suits it, and other files can "
        "add to the list."
    ),
    keep="Keep the line where the plugin must be loaded at a place of its own.",
    before='programs.zsh.initContent = "source ${pkgs.zsh-autosuggestions}/share/zsh-autosuggestions/zsh-autosuggestions.zsh";',
    after="programs.zsh.autosuggestion.enable = true;",
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"source"}),
    shells=frozenset({"zsh"}),
    match=_match_plugin,
    options=(
        "programs.zsh.autosuggestion.enable",
        "programs.zsh.syntaxHighlighting.enable",
        "programs.zsh.historySubstringSearch.enable",
        "programs.zsh.plugins",
    ),
)
