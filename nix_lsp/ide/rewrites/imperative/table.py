"""The catalogue."""

from __future__ import annotations

from nix_lsp.ide.rewrites.imperative.rows import (
    aliases,
    clock,
    defaults,
    directories,
    filesystems,
    firewall,
    git,
    kernel,
    membership,
    packages,
    power,
    privileges,
    sysctl,
    users,
)

REWRITES = (
    packages.INSTALL,
    users.ADD,
    membership.JOIN_GROUP,
    membership.ADD_GROUP,
    membership.SHELL,
    privileges.WRAPPER,
    privileges.NEEDLESS_SUDO,
    firewall.OPEN_PORT,
    clock.ZONE,
    sysctl.WRITE,
    kernel.SYSCTL_FILE,
    kernel.SYSFS_FILE,
    kernel.LOAD,
    kernel.UNLOAD,
    power.GOVERNOR,
    power.AUTO_TUNE,
    filesystems.SWAP,
    filesystems.MOUNTED,
    filesystems.CRYPT,
    filesystems.POOL,
    filesystems.CLEAN_TMP,
    directories.LAYOUT,
    git.CONFIG,
    aliases.ALIASES,
    defaults.WRITE,
)
