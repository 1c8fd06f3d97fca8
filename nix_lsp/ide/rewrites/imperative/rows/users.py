"""`useradd`: accounts made by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Setting, Value, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Word

USERADD = Tool(
    "useradd",
    flags="rmMNU",
    valued="ugGsdcp",
    long={
        "system": "r",
        "create-home": "m",
        "no-create-home": "M",
        "no-user-group": "N",
        "user-group": "U",
        "uid": "u",
        "gid": "g",
        "groups": "G",
        "shell": "s",
        "home-dir": "d",
        "home": "d",
        "comment": "c",
        "password": "p",
    },
)
"""useradd(8) of shadow 4.16, less the options that have no like in NixOS (`-D`, `-k`, `-o`, `-e`, …)."""

NAME = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_NO_LOGIN = re.compile(r"(?:.*/)?(?:nologin|false)")
_SHELL = re.compile(r"(?:/run/current-system/sw|/usr|/usr/local|/etc/profiles/per-user/[^/]+|)/bin/(bash|zsh|fish)")
_SHELL_MODULES = frozenset({"zsh", "fish"})
"""Shells whose module must be on for an account to have them (nixpkgs asserts it, config/users-groups.nix)."""
_STANDARD_GROUPS = frozenset(
    {"root", "users", "wheel", "nogroup", "audio", "video", "disk", "input", "render", "kvm", "tty"}
)


class NotUnderstoodError(Exception):
    """An operand that has no sure like in the options."""


def _match(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(USERADD):
        if run.user or reading.service_user or len(invocation.operands) != 1:
            continue
        name = invocation.operands[0].value or ""
        other = "isNormalUser" if invocation.has("r") else "isSystemUser"
        if not NAME.fullmatch(name) or ("users", "users", name, other) in reading.defined:
            continue
        if invocation.has("p"):
            yield Match((command,), (), is_secret=True)
            continue
        try:
            yield _account(command, invocation, name)
        except NotUnderstoodError:
            continue


def _account(command: Command, invocation: Invocation, name: str) -> Match:
    is_system = invocation.has("r")
    group = _static(invocation.argument("g")) or (name if is_system else None)
    if group and not NAME.fullmatch(group):
        raise NotUnderstoodError
    account: list[tuple[str, Value]] = [("isSystemUser" if is_system else "isNormalUser", True)]
    if uid := _static(invocation.argument("u")):
        if not NUMBER.fullmatch(uid):
            raise NotUnderstoodError
        account.append(("uid", int(uid)))
    if group:
        account.append(("group", string(group)))
    if comment := invocation.argument("c"):
        account.append(("description", _string(comment)))
    if home := invocation.argument("d"):
        account.append(("home", _string(home)))
    if is_system and invocation.has("m"):
        account.append(("createHome", True))
    if not is_system and invocation.has("M"):
        account.append(("createHome", False))
    if groups := _static(invocation.argument("G")):
        account.append(("extraGroups", List(tuple(string(item) for item in groups.split(",") if item))))
    settings: list[Setting] = []
    shell, module = login_shell(invocation.argument("s"), is_system)
    if shell is not None:
        account.append(("shell", shell))
    settings.append(setting("users.users", Attrs(tuple(account)), below=(name,)))
    if group and group not in _STANDARD_GROUPS:
        settings.append(setting("users.groups", Attrs(()), below=(group,)))
    if module:
        settings.append(setting(f"programs.{module}.enable", True))
    packages = (shell.source.removeprefix("pkgs."),) if isinstance(shell, Expression) else ()
    return Match((command,), (tuple(settings),), packages=packages, names=(name,))


def login_shell(word: Word | None, is_system: bool) -> tuple[Value | None, str | None]:
    """Return the value of `shell`, None for the default one, and the shell whose module must be on.

    Raises:
        NotUnderstoodError: no shell that nixpkgs is known to have a module or a package of that name for.
    """
    if word is None:
        return None, None
    match word.pieces:
        case (Text(path),) if _NO_LOGIN.fullmatch(path):
            return (None if is_system else string("/run/current-system/sw/bin/nologin")), None
        case (Text(path),) if shell := _SHELL.fullmatch(path):
            return Expression(f"pkgs.{shell[1]}"), shell[1] if shell[1] in _SHELL_MODULES else None
        case (Antiquotation(expression), Text(path)) if (
            package := re.fullmatch(r"pkgs\.(bash|zsh|fish)", expression)
        ) and path == f"/bin/{package[1]}":
            return Expression(expression), package[1] if package[1] in _SHELL_MODULES else None
        case _:
            raise NotUnderstoodError


def _static(word: Word | None) -> str | None:
    if word is None:
        return None
    if word.value is None:
        raise NotUnderstoodError
    return word.value


def _string(word: Word) -> Value:
    value = word_string(word)
    if value is None:
        raise NotUnderstoodError
    return value


ADD = Rewrite(
    id="imp-useradd",
    summary="The account can be declared as an option",
    why=(
        "`useradd` fails the second time it runs, and NixOS writes /etc/passwd from the configuration: with `users.mutableUsers = false` "
        "an account that is not declared is gone after the next switch."
    ),
    keep="Keep it inside containers and images that NixOS does not manage.",
    before='system.activationScripts.u = "useradd -r -s /sbin/nologin -d /var/lib/app app";',
    after='users.users.app = { isSystemUser = true; group = "app"; home = "/var/lib/app"; };\nusers.groups.app = { };',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.ACTIVATION},
    tools=frozenset({"useradd"}),
    match=_match,
    options=("users.users.<name>", "users.groups.<name>"),
)
