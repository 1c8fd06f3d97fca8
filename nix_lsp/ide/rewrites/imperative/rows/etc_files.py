"""Files in /etc that an option writes: udev rules, Touch ID for sudo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Lines, Str, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_RULES = re.compile(r"udev/rules\.d/[^/]+\.rules")
_PAM = re.compile(r"auth\s+(sufficient|optional)\s+(\S*/)?(pam_tid|pam_reattach)\.so(?:\.\d+)?(?:\s+ignore_ssh)?")


def _udev(reading: Reading) -> Iterator[Match]:
    if reading.path[0] == "environment" and _RULES.fullmatch(reading.path[2]):
        lines = lines_of(reading.text)
        if lines and not any(continues(line) for line in lines):
            yield Match((), ((setting("services.udev.extraRules", Lines(lines)),),), is_whole=True)


def lines_of(text: Str) -> tuple[Str, ...]:
    """Split a text at its line ends, blank lines left out."""
    return tuple(line for line in split_lines(text) if any(not _is_blank(piece) for piece in line.pieces))


def _is_blank(piece: Text | Antiquotation) -> bool:
    return isinstance(piece, Text) and not piece.text.strip()


def continues(line: Str) -> bool:
    """Tell whether a line goes on in the next one."""
    last = line.pieces[-1]
    return isinstance(last, Text) and last.text.endswith("\\")


def _touch_id(reading: Reading) -> Iterator[Match]:
    if reading.path[:3] != ("environment", "etc", "pam.d/sudo_local"):
        return
    # What Nix puts there is a part of a module's path: `${pkgs.pam-reattach}/lib/pam/pam_reattach.so`.
    text = "".join(piece.text if isinstance(piece, Text) else "@" for piece in reading.text.pieces)
    lines = [_PAM.fullmatch(line.strip()) for line in text.splitlines() if line.strip() and line.strip()[:1] != "#"]
    modules = [line[3] if line else None for line in lines]
    if "pam_tid" not in modules or None in modules:
        return
    names = ("touchIdAuth", *(("reattach",) if "pam_reattach" in modules else ()))
    choices = [tuple(setting(f"security.pam.services.sudo_local.{name}", True) for name in names)]
    if names == ("touchIdAuth",):
        choices.append((setting("security.pam.enableSudoTouchIdAuth", True),))
    yield Match((), tuple(choices), is_whole=True)


UDEV = Rewrite(
    id="imp-udev-etc",
    summary="The udev rules belong into the option that writes them",
    why=(
        "NixOS makes /etc/udev/rules.d as a whole, from `services.udev.extraRules` and `services.udev.packages`: a file put there by "
        "another option collides with it when the system is built."
    ),
    keep="Keep nothing of it; rules that must come before others go into a package in `services.udev.packages`.",
    before='environment.etc."udev/rules.d/99-x.rules".text = "SUBSYSTEM==\\"usb\\", MODE=\\"0666\\"";',
    after='services.udev.extraRules = "SUBSYSTEM==\\"usb\\", MODE=\\"0666\\"";',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.FILE}),
    tools=frozenset({"udev/rules.d"}),
    match=_udev,
    options=("services.udev.extraRules",),
)
TOUCH_ID = Rewrite(
    id="imp-touchid",
    summary="Touch ID for sudo can be declared as an option",
    why="The option writes the file with the modules in the order that they need, and follows macOS when their paths change.",
    keep="Keep it for modules that the options do not know.",
    before='environment.etc."pam.d/sudo_local".text = "auth sufficient pam_tid.so";',
    after="security.pam.services.sudo_local.touchIdAuth = true;",
    lanes=frozenset({"nix-darwin"}),
    places=frozenset({Place.FILE}),
    tools=frozenset({"pam.d/sudo_local"}),
    match=_touch_id,
    options=("security.pam.services.sudo_local.touchIdAuth", "security.pam.services.sudo_local.reattach"),
)
