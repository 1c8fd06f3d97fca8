"""`setcap`, `chmod u+s` and `sudo`: rights that are given, or taken, by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool, program, read_options
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Severity
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, Setting, Value, string, word_string
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.word import Word

SETCAP = Tool("setcap", flags="q")
CHMOD = Tool("chmod", flags="cfv", long={"changes": "c", "silent": "f", "quiet": "f", "verbose": "v"})
SUDO = Tool("sudo", flags="nE", long={"non-interactive": "n", "preserve-env": "E"}, stop_at_operand=True)
"""sudo(8), only what leaves user, folder and variables as they are."""

_PACKAGE = re.compile(r"pkgs\.([A-Za-z_][\w-]*)")
_IN_PACKAGE = re.compile(r"/s?bin/([A-Za-z0-9_.+-]+)")
_CAPABILITIES = re.compile(r"(?:cap_[a-z_]+)(?:,cap_[a-z_]+)*(?:=\+?|\+)[eip]{1,3}")
_SET_BITS = {"u+s": ("setuid",), "+s": ("setuid", "setgid"), "g+s": ("setgid",), "ug+s": ("setuid", "setgid")}
_MODE = re.compile(r"([246])[0-7]{3}")
_BITS = {"2": ("setgid",), "4": ("setuid",), "6": ("setuid", "setgid")}
_OWN_MODULES = frozenset({"bandwhich", "iftop", "iotop", "mtr", "traceroute", "wireshark"})
"""Packages with a module that does nothing but install them and wrap what needs rights (nixos/modules/programs)."""


def _wrappers(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(SETCAP, CHMOD):
        if len(invocation.operands) != 2:
            continue
        what, path = invocation.operands[0].value or "", invocation.operands[1]
        name = _store_program(path)
        if name is None:
            continue
        rights: tuple[tuple[str, Value], ...]
        if invocation.tool == "setcap":
            rights = (("capabilities", string(what)),) if _CAPABILITIES.fullmatch(what) else ()
        else:
            mode = _MODE.fullmatch(what)
            rights = tuple((bit, True) for bit in (_BITS[mode[1]] if mode else _SET_BITS.get(what, ())))
        source = word_string(path)
        if not rights or source is None:
            continue
        items = (("source", source), *rights, ("owner", string("root")), ("group", string("root")))
        wrapper: tuple[Setting, ...] = (setting("security.wrappers", Attrs(items), below=(name,)),)
        package = _package(path)
        own = ((setting(f"programs.{package}.enable", True),),) if package in _OWN_MODULES else ()
        yield Match((command,), (*own, wrapper))


def _store_program(path: Word) -> str | None:
    """Return the name of a program of a package in the store."""
    match path.pieces:
        case (Antiquotation(), Text(text)) if inside := _IN_PACKAGE.fullmatch(text):
            return inside[1]
        case _:
            return None


def _package(path: Word) -> str | None:
    first = path.pieces[0]
    found = _PACKAGE.fullmatch(first.expression) if isinstance(first, Antiquotation) else None
    return found[1] if found else None


def _needless(reading: Reading) -> Iterator[Match]:
    # Up to 24.11, nix-darwin ran `postUserActivation` and its like as the user.
    if reading.service_user or "UserActivation" in reading.subject:
        return
    for command in reading.script.commands:
        if not command.words or command.assignments or program(command.words[0]) != "sudo":
            continue
        invocation = read_options(SUDO, command.words[1:])
        if invocation is None or not invocation.operands or "=" in invocation.operands[0].leading:
            continue
        start, rest = command.words[0].span.start, invocation.operands[0].span.start
        yield Match((command,), ((),), cuts=(Span(start, rest),), title="Take out `sudo`")


WRAPPER = Rewrite(
    id="imp-setcap-setuid",
    summary="A file in the store cannot get capabilities or a set-uid bit; a wrapper can",
    why=(
        "The store is mounted read-only, and whatever is changed in it is shared by every user of the path: the command fails. "
        "`security.wrappers` makes a program in /run/wrappers/bin that has the rights and runs the one in the store; some programs have a "
        "module that does so."
    ),
    keep="Keep it for files outside the store, on file systems that NixOS does not manage.",
    before='system.activationScripts.cap = "setcap cap_net_raw+ep ${pkgs.wireshark-cli}/bin/dumpcap";',
    after=(
        'security.wrappers.dumpcap = { source = "${pkgs.wireshark-cli}/bin/dumpcap"; capabilities = "cap_net_raw+ep"; '
        'owner = "root"; group = "root"; };'
    ),
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES,
    tools=frozenset({"setcap", "chmod"}),
    match=_wrappers,
    options=("security.wrappers.<name>", "programs.<name>.enable"),
    severity=Severity.WARNING,
)
NEEDLESS_SUDO = Rewrite(
    id="imp-sudo-in-root",
    summary="The script runs as root already: `sudo` does nothing here",
    why=(
        "System services without `User=` and activation scripts run as root, and /run/wrappers, where `sudo` lives, is not in their path: "
        "`sudo` fails, or at best starts a session for nothing."
    ),
    keep="Keep `sudo -u <name>`, which runs a command as another user; `serviceConfig.User` does so for a whole service.",
    before='systemd.services.import.serviceConfig.ExecStart = "${pkgs.sudo}/bin/sudo ${pkgs.zfs}/bin/zpool import -a";',
    after='systemd.services.import.serviceConfig.ExecStart = "${pkgs.zfs}/bin/zpool import -a";',
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=frozenset({Place.ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK}),
    tools=frozenset({"sudo"}),
    match=_needless,
)
