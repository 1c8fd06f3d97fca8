"""`git config --global` and `--system`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import Setting, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.word import Word
    from nix_lsp.ide.rewrites.imperative.value import Value

GIT = Tool("git", long={"global": "global", "system": "system", "replace-all": "replace-all"})
"""`git config`, to set one value; adding, removing, listing and other files are not listed."""

_SCOPES = {"home-manager": "global", "nixos": "system"}
_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False}
_OWN_OPTIONS = {("user", "name"): "userName", ("user", "email"): "userEmail"}
_SECTION = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NOTE = "Delete the ~/.gitconfig that the command wrote: git reads it after the file that home-manager writes."


def _match(reading: Reading) -> Iterator[Match]:
    scope = _SCOPES.get(reading.lane)
    for command, invocation, run in reading.lines(GIT):
        words = [word for word in invocation.operands if word.value != "set"]
        if (
            run.user
            or len(words) != 3
            or words[0].value != "config"
            or not (scope and invocation.has(scope))
            or invocation.has("global") == invocation.has("system")
        ):
            continue
        key = _key(words[1])
        value = _value(words[2])
        if key is None or value is None:
            continue
        if looks_secret(".".join(key), words[2]):
            yield Match((command,), (), is_secret=True)
        elif reading.lane == "nixos":
            yield Match((command,), (system_choice(key, value),))
        else:
            yield Match((command,), home_choices(key, value), note=_NOTE)


def system_choice(key: tuple[str, ...], value: Value) -> tuple[Setting, ...]:
    """Return how NixOS says one of git's settings."""
    return setting("programs.git.enable", True), _at("config", key, value)


def home_choices(key: tuple[str, ...], value: Value) -> tuple[tuple[Setting, ...], ...]:
    """Return how home-manager says one of git's settings, the current spelling first.

    `settings` came with home-manager 25.11; before, two values had options of their own and the rest went to `extraConfig`.
    """
    enable = setting("programs.git.enable", True)
    older = _OWN_OPTIONS.get(key[:2]) if len(key) == 2 else None
    return (
        (enable, _at("settings", key, value)),
        (enable, setting(f"programs.git.{older}", value) if older else _at("extraConfig", key, value)),
    )


def _at(option: str, key: tuple[str, ...], value: Value) -> Setting:
    return Setting(("programs", "git", option, *key), value)


def _key(word: Word) -> tuple[str, ...] | None:
    """Split `section.subsection.name` at its first and last dot (git-config(1), "CONFIGURATION FILE")."""
    text = word.value or ""
    section, dot, rest = text.partition(".")
    subsection, _, name = rest.rpartition(".")
    if not dot or not _SECTION.fullmatch(section) or not _SECTION.fullmatch(name):
        return None
    return (section, subsection, name) if subsection else (section, name)


def _value(word: Word) -> Value | None:
    text = word.value
    return _BOOLEANS[text] if text in _BOOLEANS else scalar(word)


CONFIG = Rewrite(
    id="imp-git-config-global",
    summary="git's settings can be declared as options",
    why=(
        "The command writes ~/.gitconfig, a file that no configuration owns and that wins over the one home-manager writes; a value that is "
        "later taken out of the script stays there."
    ),
    keep="Keep it for values that are only known at run time, such as a path that a tool prints.",
    before='home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] "git config --global user.name \'Alice\'";',
    after='programs.git = { enable = true; settings.user.name = "Alice"; };',
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION, Place.SHELL_INIT}),
    tools=frozenset({"git"}),
    match=_match,
    options=("programs.git.settings", "programs.git.extraConfig", "programs.git.config"),
)
