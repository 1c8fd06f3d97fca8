"""systemd's own files: text became sections of attributes (nixpkgs, nixos/modules/system/boot)."""

from __future__ import annotations

from nix_lsp.ide.rewrites.drift.conversion import row
from nix_lsp.ide.rewrites.drift.ini import unit

ROWS = tuple(
    row("nixos", f"{prefix}.extraConfig", unit(section), f"{prefix}.settings.{section}")
    for prefix, section in (
        ("systemd", "Manager"),
        ("systemd.user", "Manager"),
        ("boot.initrd.systemd", "Manager"),
        ("systemd.sleep", "Sleep"),
        ("systemd.coredump", "Coredump"),
        ("services.logind", "Login"),
        ("services.resolved", "Resolve"),
        ("services.timesyncd", "Time"),
    )
)
