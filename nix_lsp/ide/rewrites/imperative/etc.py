"""Files below /etc: which of them are nobody else's, and what their options take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.rewrites.imperative.value import Expression, Str, Value

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.rewrite import Reading

ETC = "/etc/"

_OWNED = re.compile(
    r"(?:passwd|shadow|group|gshadow|subuid|subgid|machine-id|adjtime|mtab|localtime|hostname|hostid|hosts|resolv\.conf|resolvconf\.conf"
    r"|nsswitch\.conf|nscd\.conf|fstab|crypttab|exports|profile|bashrc|bash\.\w+|bash_\w+|zshrc|zshenv|zprofile|zlogin|inputrc|motd|issue|"
    r"os-release|lsb-release|shells|services|protocols|sudoers|doas\.conf|environment|login\.defs|vconsole\.conf|locale\.conf|"
    r"ld\.so\.\w+|ld-nix\.so\.preload|NIXOS|set-environment|gitconfig|crontab|sysctl\.conf|auto_master|synthetic\.conf|pf\.conf|"
    r"logrotate\.conf|wpa_supplicant\.conf|static|per-user)\Z"
    r"|(?:nix|nixos|sudoers\.d|pam\.d|pam|systemd|udev|modprobe\.d|modules-load\.d|sysctl\.d|tmpfiles\.d|sysusers\.d|binfmt\.d|fonts|"
    r"X11|ssl|pki|polkit-1|dbus-1|NetworkManager|wpa_supplicant|wireguard|ssh|cron\.\w+|logrotate\.d|dconf|fish|zsh|terminfo|cups|samba|"
    r"static|profiles|synthetic\.d|newsyslog\.d|paths\.d|pf\.anchors|secrets|sops|age)(?:/|\Z)"
)
"""What NixOS, nix-darwin or the system itself writes there, by name and by folder: `nixos/modules`, `environment.etc`."""
_ODD = re.compile(r"(?:^|/)\.{0,2}(?:/|\Z)|[*?\[\]\s]")
_SECRET = re.compile(r"secret|sops|\bage\b|agenix|vault|credential|password|token", re.IGNORECASE)
_OWN_FILE = re.compile(r"\s*(?:\.{1,2}/|\(?pkgs\.|inputs\.|self\b|\(?lib\.)")


def etc_name(reading: Reading, path: str) -> str | None:
    """Return a path's name below /etc; None for what other options write there, and for what the file defines there already."""
    name = path.removeprefix(ETC)
    if name == path or _OWNED.match(name) or _ODD.search(name):
        return None
    is_defined = any(known[:3] == ("environment", "etc", name) for known in reading.defined)
    return None if is_defined else name


def source_value(source: Str) -> Value:
    """Return a file's path as a value: the expression itself where it is all of it."""
    if len(source.pieces) == 1 and isinstance(source.pieces[0], Antiquotation):
        return Expression(source.pieces[0].expression)
    return source


def is_of_configuration(source: Str) -> bool | None:
    """Tell whether a path surely is in the configuration or the store; None where it surely is not, or is a secret's."""
    first = source.pieces[0] if source.pieces else None
    if not isinstance(first, Antiquotation) or _SECRET.search(first.expression):
        return None
    if any(isinstance(piece, Text) and ("/.." in piece.text or _SECRET.search(piece.text)) for piece in source.pieces):
        return None
    return bool(_OWN_FILE.match(first.expression))
