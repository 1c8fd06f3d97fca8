"""`nixpkgs/config.nix` and `nixpkgs/overlays.nix`: what nixpkgs is to be like, in files that only Nix run by hand reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDERS = (("xdg", "configFile", ""), ("home", "file", ".config/"), ("home", "file", ".nixpkgs/"))
_FILES = {
    "config.nix": ("config", "`nix-env`, `nix-shell` and `nix-build` without a flake"),
    "overlays.nix": ("overlays", "whoever imports nixpkgs without overlays of their own"),
}
"""The file, the option below `nixpkgs`, and who reads it (nixpkgs, pkgs/top-level/impure.nix)."""


def _match(reading: Reading) -> Iterator[Match]:
    for first, second, folder in _FOLDERS:
        for name, (option, readers) in _FILES.items():
            path = f"{folder}{name}" if folder == ".nixpkgs/" else f"{folder}nixpkgs/{name}"
            if reading.path[:3] == (first, second, path) and not any(
                each[:2] == ("nixpkgs", option) for each in reading.defined
            ):
                yield Match(
                    (),
                    (),
                    is_whole=True,
                    tier=Tier.EXPLAINED,
                    advised=(f"nixpkgs.{option}",),
                    note=f"The file is for {readers}; flakes, and this configuration, do not read it.",
                )


FILES = Rewrite(
    id="imp-nixpkgs-config-file",
    summary="What nixpkgs is like in this configuration, an option says",
    why=(
        "nixpkgs reads the file when somebody runs `nix-shell -p` or `nix-env` by hand. A configuration is built with what its own `nixpkgs.config` "
        "and `nixpkgs.overlays` say, and a flake reads no file from a home directory."
    ),
    keep="Keep it, beside the option, for `nix-shell -p` and `nix-env`.",
    before='xdg.configFile."nixpkgs/config.nix".text = "{ allowUnfree = true; }";',
    after="nixpkgs.config.allowUnfree = true;",
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.FILE}),
    tools=frozenset({"nixpkgs/config.nix", "nixpkgs/overlays.nix"}),
    match=_match,
    options=("nixpkgs.config", "nixpkgs.overlays"),
    tier=Tier.EXPLAINED,
    is_quiet=True,
)
