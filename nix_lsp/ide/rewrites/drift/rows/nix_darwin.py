"""nix-darwin's options whose value changed with their name."""

from __future__ import annotations

from nix_lsp.ide.rewrites.drift.conversion import row
from nix_lsp.ide.rewrites.drift.converters import flag, gone, gone_where, same

ROWS = (
    # The daemon runs, and the build users are there, wherever `nix.enable` holds, which is its default (nix-darwin,
    # modules/services/nix-daemon.nix and modules/nix/default.nix).
    row("nix-darwin", "services.nix-daemon.enable", gone),
    row("nix-darwin", "nix.configureBuildUsers", gone),
    row("nix-darwin", "nix.gc.user", gone_where('"root"')),
    row("nix-darwin", "nix.optimise.user", gone_where('"root"')),
    row(
        "nix-darwin",
        "security.pam.enableSudoTouchIdAuth",
        same,
        "security.pam.services.sudo_local.touchIdAuth",
    ),
    *(
        row("nix-darwin", f"system.defaults.alf.{old}", flag, f"networking.applicationFirewall.{new}", review=True)
        for old, new in (
            ("allowdownloadsignedenabled", "allowSignedApp"),
            ("allowsignedenabled", "allowSigned"),
            ("globalstate", "enable"),
            ("stealthenabled", "enableStealthMode"),
        )
    ),
)
