"""Moves that no scan of the sources finds: options hidden by `visible = false` with a warning, and renames that code generates.

The tests hold every row against the option lists of the snapshots before and after it.
"""

from __future__ import annotations

from scripts.facts.moves import Row

HAND: dict[str, tuple[Row, ...]] = {"nixos": (), "home-manager": (), "nix-darwin": ()}
