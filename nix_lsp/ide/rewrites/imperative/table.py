"""The catalogue."""

from __future__ import annotations

from nix_lsp.ide.rewrites.imperative.rows import (
    aliases,
    clock,
    defaults,
    directories,
    firewall,
    git,
    packages,
    sysctl,
    users,
)

REWRITES = (
    packages.INSTALL,
    users.ADD,
    firewall.OPEN_PORT,
    clock.ZONE,
    sysctl.WRITE,
    directories.LAYOUT,
    git.CONFIG,
    aliases.ALIASES,
    defaults.WRITE,
)
