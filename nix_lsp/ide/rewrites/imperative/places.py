"""Which options hold scripts (guide: only here is looked; test scripts, descriptions and container commands are not listed)."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.rewrites.imperative.rewrite import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Form(Enum):
    """How an option's value holds what is run."""

    SHELL = "a shell script"
    EXEC = "systemd's command line, or a list of them"
    LINES = "a list of command lines, or of sets with a `command`"
    CRONTAB = "a list of crontab lines with users"
    ARGUMENTS = "a program and its arguments, as a list"
    FILE = "a file's text, which is not run"
    VALUE = "a string that is no script at all"
    MADE_FILE = "a file that `writeText` makes"


class ScriptOption(NamedTuple):
    """An option whose value is a script. `*` stands for any static name."""

    path: tuple[str, ...]
    place: Place
    sets: frozenset[str]
    form: Form = Form.SHELL


DEV_SHELL = "dev-shell"
"""What nixpkgs' `mkShell` and `mkShellNoCC` are given (nixpkgs, pkgs/build-support/mkshell), as a module set."""
DEVENV = "devenv"
"""The modules of devenv, of which only devenv.nix is read."""
DEVSHELL = "devshell"
"""The modules of numtide's devshell, of which `devshell.mkShell` and flake-parts' `devshells.<name>` are read."""
SHELLS = frozenset({DEV_SHELL, DEVENV})
ALL_SHELLS = SHELLS | {DEVSHELL}

_NIXOS = frozenset({"nixos"})
_HOME = frozenset({"home-manager"})
_DARWIN = frozenset({"nix-darwin"})
_SHELL = frozenset({DEV_SHELL})
_DEVENV = frozenset({DEVENV})
_SYSTEM = _NIXOS | _DARWIN
_ALL = _SYSTEM | _HOME


def _option(path: str, place: Place, sets: frozenset[str], form: Form = Form.SHELL) -> ScriptOption:
    return ScriptOption(tuple(path.split(".")), place, sets, form)


def _service(prefix: str, main: Place, hook: Place, sets: frozenset[str]) -> Iterator[ScriptOption]:
    """Yield what a systemd service runs, as NixOS spells it."""
    yield _option(f"{prefix}.script", main, sets)
    yield _option(f"{prefix}.preStart", hook, sets)
    yield _option(f"{prefix}.postStart", hook, sets)
    yield _option(f"{prefix}.serviceConfig.ExecStart", main, sets, Form.EXEC)
    yield _option(f"{prefix}.serviceConfig.ExecStartPre", hook, sets, Form.EXEC)
    yield _option(f"{prefix}.serviceConfig.ExecStartPost", hook, sets, Form.EXEC)


SCRIPT_OPTIONS = (
    _option("system.activationScripts.*", Place.ACTIVATION, _NIXOS),
    _option("system.activationScripts.*.text", Place.ACTIVATION, _SYSTEM),
    _option("system.userActivationScripts.*", Place.USER_ACTIVATION, _NIXOS),
    _option("system.userActivationScripts.*.text", Place.USER_ACTIVATION, _NIXOS),
    _option("home.activation.*", Place.HOME_ACTIVATION, _HOME),
    _option("home.activation.*.data", Place.HOME_ACTIVATION, _HOME),
    *_service("systemd.services.*", Place.SERVICE, Place.SERVICE_HOOK, _NIXOS),
    *_service("systemd.user.services.*", Place.USER_SERVICE, Place.USER_SERVICE_HOOK, _NIXOS),
    _option("systemd.user.services.*.Service.ExecStart", Place.USER_SERVICE, _HOME, Form.EXEC),
    _option("systemd.user.services.*.Service.ExecStartPre", Place.USER_SERVICE_HOOK, _HOME, Form.EXEC),
    _option("systemd.user.services.*.Service.ExecStartPost", Place.USER_SERVICE_HOOK, _HOME, Form.EXEC),
    *(
        _option(f"launchd.{kind}.*.{name}", place, _DARWIN, form)
        for kind, place in (
            ("daemons", Place.LAUNCHD),
            ("agents", Place.LAUNCHD_AGENT),
            ("user.agents", Place.LAUNCHD_AGENT),
        )
        for name, form in (
            ("script", Form.SHELL),
            ("command", Form.SHELL),
            ("serviceConfig.ProgramArguments", Form.ARGUMENTS),
        )
    ),
    _option("launchd.agents.*.config.ProgramArguments", Place.LAUNCHD_AGENT, _HOME, Form.ARGUMENTS),
    _option("networking.firewall.extraCommands", Place.FIREWALL, _NIXOS),
    _option("networking.localCommands", Place.NETWORK, _NIXOS),
    _option("boot.postBootCommands", Place.BOOT, _NIXOS),
    *(
        _option(f"boot.initrd.{name}", Place.INITRD, _NIXOS)
        for name in (
            "preDeviceCommands",
            "preLVMCommands",
            "postDeviceCommands",
            "postMountCommands",
            "network.postCommands",
        )
    ),
    _option("powerManagement.powerUpCommands", Place.POWER, _NIXOS),
    _option("services.xserver.displayManager.setupCommands", Place.DISPLAY_SETUP, _NIXOS),
    _option("services.xserver.displayManager.sessionCommands", Place.SESSION, _NIXOS),
    _option("xsession.initExtra", Place.SESSION, _HOME),
    _option("xsession.profileExtra", Place.SESSION, _HOME),
    _option("wayland.windowManager.hyprland.settings.exec-once", Place.SESSION, _HOME, Form.LINES),
    _option("xsession.windowManager.i3.config.startup", Place.SESSION, _HOME, Form.LINES),
    _option("wayland.windowManager.sway.config.startup", Place.SESSION, _HOME, Form.LINES),
    _option("services.cron.systemCronJobs", Place.CRON, _NIXOS, Form.CRONTAB),
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
    _option("environment.shellAliases.*", Place.ALIAS, _SYSTEM),
    _option("home.shellAliases.*", Place.ALIAS, _HOME),
    *(_option(f"programs.{shell}.shellAliases.*", Place.ALIAS, _ALL) for shell in ("bash", "zsh", "fish")),
    _option("programs.fish.shellAbbrs.*", Place.ALIAS, _ALL),
    _option("nix.extraOptions", Place.NIX_CONF, _ALL, Form.FILE),
    _option("programs.tmux.extraConfig", Place.FILE, _NIXOS | _HOME, Form.FILE),
    *(
        _option(f"programs.{name}", Place.FILE, _HOME, Form.FILE)
        for name in ("neovim.extraConfig", "neovim.extraLuaConfig", "neovim.initLua", "vim.extraConfig")
    ),
    _option("shellHook", Place.DEV_SHELL, _SHELL),
    # What the hook runs that `venvShellHook` brings (nixpkgs, pkgs/development/interpreters/python/hooks).
    _option("postShellHook", Place.DEV_SHELL, _SHELL),
    _option("enterShell", Place.DEV_SHELL, _DEVENV),
    _option("devshell.startup.*.text", Place.DEV_SHELL, frozenset({DEVSHELL})),
    _option("devshell.interactive.*.text", Place.DEV_SHELL, frozenset({DEVSHELL})),
    _option("environment.etc.*.text", Place.FILE, _SYSTEM, Form.FILE),
    _option("home.file.*.text", Place.FILE, _HOME, Form.FILE),
    _option("xdg.configFile.*.text", Place.FILE, _HOME, Form.FILE),
    *(
        _option(f"environment.{kind}.*.text", Place.FILE, _DARWIN, Form.FILE)
        for kind in ("launchDaemons", "launchAgents", "userLaunchAgents")
    ),
    _option("services.postgresql.initialScript", Place.FILE, _NIXOS, Form.MADE_FILE),
    _option("networking.wireless.networks.*.psk", Place.VALUE, _NIXOS, Form.VALUE),
    *(
        _option(f"{variables}.{name}", Place.VALUE, sets, Form.VALUE)
        for variables, sets in (
            ("environment.sessionVariables", _NIXOS),
            ("environment.variables", _SYSTEM),
            ("home.sessionVariables", _HOME),
        )
        for name in ("NIXPKGS_ALLOW_UNFREE", "NIXPKGS_ALLOW_INSECURE", "LD_LIBRARY_PATH")
    ),
)

_BY_FIRST: dict[str, list[ScriptOption]] = {}
for _row in SCRIPT_OPTIONS:
    _BY_FIRST.setdefault(_row.path[0], []).append(_row)

LAST_NAMES = re.compile(
    rb"\b(?:"
    + b"|".join(sorted({[name for name in row.path if name != "*"][-1].encode() for row in SCRIPT_OPTIONS}))
    + rb")\b"
)
"""The last name of each of these paths: a file without any of them has no script to look at."""

PROGRAMS = frozenset(
    {
        "writeShellScript",
        "writeShellScriptBin",
        "writeScript",
        "writeScriptBin",
        "writeBash",
        "writeBashBin",
        "writeDash",
        "writeDashBin",
    }
)
"""Functions that make a program of a name and a script (nixpkgs pkgs/build-support/trivial-builders, writers)."""
MAKERS = re.compile(
    rb"\b(?:writeShell(?:Application|Script(?:Bin)?)|writeScript(?:Bin)?|write[BD]ash(?:Bin)?)(?![\w'-])"
)
"""These, and the one that takes a set."""

TEST_FOLDERS = re.compile(r"(?:^|[/\\])(?:tests|nixos-tests)[/\\]")
"""What is in them is there to be set up by hand."""

_LEGITIMATE = re.compile(r"suspend|resume|hibernat|sleep|wakeup|netns|restore|drill|toggle", re.IGNORECASE)
_BACKUP = re.compile(r"backup", re.IGNORECASE)


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


def is_legitimate(option: ScriptOption, names: Sequence[str]) -> bool:
    """Tell whether a script's name says that it must be imperative: suspend hooks, network namespaces, switches."""
    return _is_named(option, names, _LEGITIMATE)


def makes_backups(option: ScriptOption, names: Sequence[str]) -> bool:
    """Tell whether a script's name says that it makes backups: it may do what that takes."""
    return _is_named(option, names, _BACKUP)


def _is_named(option: ScriptOption, names: Sequence[str], words: re.Pattern[str]) -> bool:
    if option.form in {Form.FILE, Form.VALUE, Form.MADE_FILE}:
        return False
    return any(wanted == "*" and words.search(name) for wanted, name in zip(option.path, names, strict=True))
