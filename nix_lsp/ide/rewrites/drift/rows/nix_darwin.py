"""nix-darwin's options whose value changed with their name."""

from __future__ import annotations

from nix_lsp.ide.rewrites.drift.conversion import row
from nix_lsp.ide.rewrites.drift.converters import gone

ROWS = (row("nix-darwin", "services.nix-daemon.enable", gone),)
"""The daemon runs wherever `nix.enable` holds, which is its default (nix-darwin, modules/services/nix-daemon.nix)."""
