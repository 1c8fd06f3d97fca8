"""What neither a scan nor an evaluation of the sources tells: some moves, and the releases in which some changes came.

The tests hold every row against the option lists of the snapshots before and after it.
"""

from __future__ import annotations

from option_index.records import MoveKind
from scripts.facts.moves import Row

MOVES: dict[str, tuple[Row, ...]] = {
    "nixos": (),
    "home-manager": (
        Row(MoveKind.RENAMED, "programs.zsh.initExtra", "programs.zsh.initContent", "25.05"),
        Row(
            MoveKind.CHANGED,
            "programs.zsh.initExtraFirst",
            "programs.zsh.initContent",
            "25.05",
            "Give it the order 500: `lib.mkOrder 500 ''…''`.",
        ),
        Row(
            MoveKind.CHANGED,
            "programs.zsh.initExtraBeforeCompInit",
            "programs.zsh.initContent",
            "25.05",
            "Give it the order 550: `lib.mkOrder 550 ''…''`.",
        ),
        Row(
            MoveKind.CHANGED,
            "programs.ssh.matchBlocks",
            "programs.ssh.settings",
            "26.05",
            "The keys of a block are spelt as in ssh_config: `identityFile` is `IdentityFile`.",
        ),
    ),
    "nix-darwin": tuple(
        Row(
            MoveKind.REMOVED,
            f"system.activationScripts.{name}",
            None,
            "25.05",
            "Activation runs as root: give `postActivation` the command, run by `sudo -u` where a user has to run it.",
        )
        for name in ("preUserActivation", "extraUserActivation", "postUserActivation")
    ),
}
"""Options hidden by `visible = false` that still work with a warning, and names that an assertion refuses."""

LEFT: dict[str, dict[str, str]] = {
    "nixos": {
        "fonts.enableDefaultFonts": "23.11",
        "fonts.fonts": "23.11",
        "nix.allowedUsers": "22.05",
        "nix.autoOptimiseStore": "22.05",
        "nix.binaryCachePublicKeys": "22.05",
        "nix.binaryCaches": "22.05",
        "nix.buildCores": "22.05",
        "nix.maxJobs": "22.05",
        "nix.requireSignedBinaryCaches": "22.05",
        "nix.sandboxPaths": "22.05",
        "nix.systemFeatures": "22.05",
        "nix.trustedBinaryCaches": "22.05",
        "nix.trustedUsers": "22.05",
        "nix.useSandbox": "22.05",
        "security.pam.enableSSHAgentAuth": "24.05",
        "services.avahi.nssmdns": "24.05",
        "hardware.opengl": "24.11",
        "networking.wireless.environmentFile": "24.11",
        "services.samba.extraConfig": "24.11",
        "services.samba.invalidUsers": "24.11",
        "services.samba.securityType": "24.11",
        "services.samba.shares": "24.11",
        "sound": "24.11",
        "hardware.pulseaudio": "25.05",
        "boot.initrd.systemd.extraConfig": "25.11",
        "services.dnscrypt-proxy2": "25.11",
        "services.logind": "25.11",
        "systemd.extraConfig": "25.11",
        "systemd.watchdog": "25.11",
        "services.jellyseerr": "26.05",
        "services.kanidm": "26.05",
        "services.resolved": "26.05",
        "systemd.coredump.extraConfig": "26.05",
        "systemd.sleep.extraConfig": "26.05",
        "systemd.user.extraConfig": "26.11",
    },
}
"""The release in which a path, or what lies below it, moved: the release notes of exactly that release tell of it."""

CAME: dict[str, dict[str, str]] = {
    "nixos": {
        "hardware.graphics": "24.11",
        "services.pulseaudio": "25.05",
        "boot.initrd.systemd.settings": "25.11",
        "services.dnscrypt-proxy": "25.11",
        "services.logind.settings": "25.11",
        "systemd.settings": "25.11",
        "services.kanidm.client": "26.05",
        "services.kanidm.server": "26.05",
        "services.kanidm.unix": "26.05",
        "services.resolved.settings": "26.05",
        "services.seerr": "26.05",
        "systemd.coredump.settings": "26.05",
        "systemd.sleep.settings": "26.05",
        "systemd.user.settings": "26.11",
    },
}
"""The release in which a path came with all below it: where the moves above lead to."""
