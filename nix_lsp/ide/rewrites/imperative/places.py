"""Which options hold scripts (guide: only here is looked; test scripts, descriptions, aliases and container commands are not listed)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.rewrites.imperative.rewrite import Place

if TYPE_CHECKING:
    from collections.abc import Sequence


class ScriptOption(NamedTuple):
    """An option whose value is a script. `*` stands for any static name."""

    path: tuple[str, ...]
    place: Place
    sets: frozenset[str]
    is_exec: bool = False
    """The value is systemd's command line, or a list of them, not a shell script."""


_NIXOS = frozenset({"nixos"})
_HOME = frozenset({"home-manager"})
_DARWIN = frozenset({"nix-darwin"})
_SYSTEM = _NIXOS | _DARWIN
_ALL = _SYSTEM | _HOME


def _option(path: str, place: Place, sets: frozenset[str], is_exec: bool = False) -> ScriptOption:
    return ScriptOption(tuple(path.split(".")), place, sets, is_exec)


SCRIPT_OPTIONS = (
    _option("system.activationScripts.*", Place.ACTIVATION, _NIXOS),
    _option("system.activationScripts.*.text", Place.ACTIVATION, _SYSTEM),
    _option("system.userActivationScripts.*", Place.USER_ACTIVATION, _NIXOS),
    _option("system.userActivationScripts.*.text", Place.USER_ACTIVATION, _NIXOS),
    _option("home.activation.*", Place.HOME_ACTIVATION, _HOME),
    _option("home.activation.*.data", Place.HOME_ACTIVATION, _HOME),
    _option("systemd.services.*.script", Place.SERVICE, _NIXOS),
    _option("systemd.services.*.preStart", Place.SERVICE_HOOK, _NIXOS),
    _option("systemd.services.*.postStart", Place.SERVICE_HOOK, _NIXOS),
    _option("systemd.services.*.serviceConfig.ExecStart", Place.SERVICE, _NIXOS, is_exec=True),
    _option("systemd.services.*.serviceConfig.ExecStartPre", Place.SERVICE_HOOK, _NIXOS, is_exec=True),
    _option("systemd.services.*.serviceConfig.ExecStartPost", Place.SERVICE_HOOK, _NIXOS, is_exec=True),
    _option("networking.firewall.extraCommands", Place.FIREWALL, _NIXOS),
    _option("environment.interactiveShellInit", Place.SHELL_INIT, _SYSTEM),
    _option("environment.shellInit", Place.SHELL_INIT, _SYSTEM),
    *(
        _option(f"programs.{shell}.{name}", Place.SHELL_INIT, sets)
        for shell, names, sets in (
            ("bash", ("initExtra", "bashrcExtra", "profileExtra"), _HOME),
            ("zsh", ("initContent", "initExtra", "envExtra", "profileExtra"), _HOME),
            ("fish", ("interactiveShellInit", "shellInit"), _ALL),
            ("bash", ("interactiveShellInit", "shellInit"), _SYSTEM),
            ("zsh", ("interactiveShellInit", "shellInit"), _SYSTEM),
        )
        for name in names
    ),
)

_BY_FIRST: dict[str, list[ScriptOption]] = {}
for _row in SCRIPT_OPTIONS:
    _BY_FIRST.setdefault(_row.path[0], []).append(_row)

LAST_NAMES = re.compile(
    rb"\b(?:"
    + b"|".join(sorted({name.encode() for row in SCRIPT_OPTIONS for name in row.path[-2:] if name != "*"}))
    + rb")\b"
)
"""Some segment near the end of each of these paths: a file without any of them has no script to look at."""

_LEGITIMATE = re.compile(r"suspend|resume|hibernat|sleep|wakeup|netns|backup|restore|drill|toggle", re.IGNORECASE)


def script_option(path: Sequence[str | None], module_set: str) -> ScriptOption | None:
    """Return the row for a concrete option path in a module set; None if it holds no script or has a dynamic segment."""
    if not path or path[0] not in _BY_FIRST:
        return None
    for row in _BY_FIRST[path[0]]:
        if (
            module_set in row.sets
            and len(row.path) == len(path)
            and all(name is not None and wanted in {"*", name} for wanted, name in zip(row.path, path, strict=True))
        ):
            return row
    return None


def is_legitimate(name: str) -> bool:
    """Tell whether a script's name says that it must be imperative: suspend hooks, network namespaces, backups, switches."""
    return bool(_LEGITIMATE.search(name))
