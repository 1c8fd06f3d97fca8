"""Which files can be imported."""

from __future__ import annotations

import re

from nix_lsp.ide.importing.foreign import Kind
from nix_lsp.ide.importing.readers import (
    brewfile,
    crontab,
    fstab,
    gitconfig,
    hosts,
    keys,
    scripts,
    sshconfig,
    sysctl,
    unit,
)

_NIXOS, _HOME, _DARWIN = "nixos", "home-manager", "nix-darwin"


def _paths(*patterns: str) -> re.Pattern[str]:
    """Return a pattern for the end of an absolute path."""
    return re.compile(rf".*/(?:{'|'.join(patterns)})")


KINDS = (
    Kind("brewfile", "Brewfile", (_DARWIN,), _paths(r"\.?Brewfile"), brewfile.read),
    Kind(
        "crontab", "crontab", (_NIXOS,), _paths(r"crontab(?:\.\w+)?", r"\w+\.crontab", r"cron\.d/[\w-]+"), crontab.read
    ),
    Kind("fstab", "fstab", (_NIXOS,), _paths("fstab"), fstab.read),
    Kind("hosts", "hosts", (_NIXOS,), _paths("hosts"), hosts.read),
    Kind("sysctl", "sysctl.conf", (_NIXOS,), _paths(r"sysctl\.conf", r"sysctl\.d/[^/]+\.conf"), sysctl.read),
    Kind("unit", "systemd unit", (_NIXOS, _HOME), _paths(rf"[\w@.:-]+\.(?:{'|'.join(unit.KINDS)})"), unit.read),
    Kind("keys", "authorized_keys", (_NIXOS, _DARWIN), _paths("authorized_keys2?"), keys.read),
    Kind("gitconfig", "gitconfig", (_HOME, _NIXOS), _paths(r"\.?gitconfig", r"git/config"), gitconfig.read),
    Kind("ssh", "ssh_config", (_HOME, _NIXOS, _DARWIN), _paths("ssh_config", r"\.ssh/config"), sshconfig.read),
    Kind(
        "dockerfile",
        "Dockerfile",
        (_NIXOS,),
        _paths(r"(?:[\w-]+\.)?[Dd]ockerfile(?:\.\w+)?", "Containerfile"),
        scripts.dockerfile,
    ),
    Kind("markdown", "Markdown", (_NIXOS, _HOME, _DARWIN), _paths(r"[^/]+\.(?:md|markdown)"), scripts.markdown),
    Kind("script", "shell script", (_NIXOS, _HOME, _DARWIN), _paths(r"[^/]+\.(?:sh|bash|zsh)"), scripts.script),
)
"""The kinds of files that can be imported, the surest first."""

BY_ID = {kind.id: kind for kind in KINDS}
_SHEBANG = re.compile(r"#!.*\b(?:ba|da|z|k)?sh\b")


def kind_of(path: str, beginning: str) -> Kind | None:
    """Return the kind of the file at an absolute path with `/` between its parts, by its name or its first line."""
    if found := next((kind for kind in KINDS if kind.paths.fullmatch(path)), None):
        return found
    return BY_ID["script"] if _SHEBANG.match(beginning) else None
