"""`eval "$(tool init shell)"`: hooks of programs that have a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.invocation import Tool, read_options
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import List, Setting, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation

_HOME = frozenset({"home-manager"})
_BOTH = frozenset({"home-manager", "nixos"})
_ALL = _BOTH | {"nix-darwin"}


class _Hook(NamedTuple):
    """A program that prints a shell's hook, and the module that puts the same line into the shell's start-up file."""

    tool: Tool
    lines: tuple[str, ...]
    """The operands of the lines that the module writes; `*` stands for the shell's name."""
    sets: frozenset[str] = _HOME
    passed: str = ""
    """The option of home-manager's module that takes the program's options; those of the table only."""
    module: str = ""
    """The module's name, where it is not the program's."""
    known: frozenset[str] = frozenset()
    """Options that the module gives too."""


_HOOKS = {
    hook.tool.name: hook
    for hook in (
        _Hook(
            Tool("zoxide", long={"cmd": "cmd=", "hook": "hook=", "no-cmd": "no-cmd"}),
            ("init *",),
            _BOTH,
            passed="options",
        ),
        _Hook(
            Tool("starship", long={"print-full-init": "print-full-init"}),
            ("init *",),
            _BOTH,
            known=frozenset({"print-full-init"}),
        ),
        _Hook(Tool("direnv"), ("hook *",), _ALL),
        _Hook(
            Tool("atuin", long={"disable-up-arrow": "disable-up-arrow", "disable-ctrl-r": "disable-ctrl-r"}),
            ("init *",),
            passed="flags",
        ),
        _Hook(Tool("mise"), ("activate *",)),
        _Hook(Tool("mcfly"), ("init *",)),
        _Hook(Tool("navi"), ("widget *",)),
        _Hook(Tool("pyenv"), ("init -", "init - *")),
        _Hook(Tool("rbenv"), ("init -", "init - *")),
        _Hook(Tool("oh-my-posh"), ("init *",)),
        _Hook(Tool("carapace"), ("_carapace", "_carapace *")),
        _Hook(Tool("nix-your-shell"), ("*",)),
        _Hook(Tool("tv"), ("init *",), module="television"),
        _Hook(Tool("pay-respects", long={"alias": "alias"}), ("*",), _BOTH, known=frozenset({"alias"})),
        _Hook(Tool("thefuck", long={"alias": "alias"}), ("",), _BOTH, known=frozenset({"alias"})),
        _Hook(Tool("fzf", long={"bash": "bash", "zsh": "zsh", "fish": "fish"}), ("",), _BOTH),
        _Hook(Tool("dircolors", flags="b", long={"sh": "b", "bourne-shell": "b"}), ("",), known=frozenset({"b"})),
    )
}
"""Checked against the integrations of home-manager's modules (modules/programs) and of NixOS's (nixos/modules/programs)."""
_SHELLS = frozenset({"bash", "zsh", "fish"})
_NOTE = "It is added to every shell that the configuration sets up."


def _match(reading: Reading) -> Iterator[Match]:
    shell = reading.shell
    if shell not in _SHELLS:
        return
    for command, run in reading.evaluated:
        hook = _HOOKS.get(run.tool)
        invocation = read_options(hook.tool, run.arguments) if hook else None
        if hook is None or invocation is None or run.user or reading.lane not in hook.sets:
            continue
        words = [word.value or "?" for word in invocation.operands]
        if " ".join(words) not in {line.replace("*", shell) for line in hook.lines}:
            continue
        module = hook.module or run.tool
        settings = _settings(reading.lane, shell, hook, module, invocation)
        if settings and not _is_switched_off(reading, module, shell):
            known = settings[0].path in reading.defined or not reading.is_mentioned_elsewhere(run.tool)
            tier = Tier.MECHANICAL if known and not reading.is_ordered else Tier.REVIEW
            yield Match((command,), (settings,), tier=tier, note=_NOTE)


def _settings(lane: str, shell: str, hook: _Hook, module: str, invocation: Invocation) -> tuple[Setting, ...]:
    """Return what is to be set; nothing where an option of the program has no like."""
    if module == "fzf":
        if [key for key, _ in invocation.options] != [shell]:
            return ()
        if lane == "nixos":
            return setting("programs.fzf.keybindings", True), setting("programs.fzf.fuzzyCompletion", True)
        return (setting("programs.fzf.enable", True),)
    enable = setting(f"programs.{module}.enable", True)
    given = [(key, word) for key, word in invocation.options if key not in hook.known]
    if not given:
        return (enable,)
    if not hook.passed or lane != "home-manager" or any(word and word.value is None for _, word in given):
        return ()
    texts = (f"--{key} {word.value}" if word else f"--{key}" for key, word in given)
    return enable, setting(f"programs.{module}.{hook.passed}", List(tuple(string(text) for text in texts)))


def _is_switched_off(reading: Reading, module: str, shell: str) -> bool:
    """Tell whether the file says that the module is not to do it: the line then stands where its author wants it."""
    integration = f"enable{shell.capitalize()}Integration"
    paths = (
        ("programs", module, "enable"),
        ("programs", module, integration),
        ("home", "shell", integration),
        ("home", "shell", "enableShellIntegration"),
    )
    values = [reading.defined.get(path) for path in paths]
    return any(value is not None and value.text == b"false" for value in values)


EVAL_HOOK = Rewrite(
    id="imp-rc-eval-hook",
    summary="The program's module adds its hook to the shell",
    why=(
        "A line that runs a program to get the code of its hook works only while the program is installed some other way; the module installs "
        "it, adds the hook at the right place, and has options for what is otherwise flags and variables."
    ),
    keep="Keep the line where it must stand at a place of its own in the start-up file.",
    before="programs.zsh.initContent = ''eval \"$(zoxide init zsh)\"'';",
    after="programs.zoxide.enable = true;",
    lanes=_ALL,
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset(_HOOKS),
    match=_match,
    options=("programs.<name>.enable",),
)
