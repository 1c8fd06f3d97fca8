"""A flake that builds one host of `configuration.nix`, and its lock."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

REVISION = "3" * 40
FLAKE = """\
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; };
  };
}
"""


def lock(branch: str = "nixos-25.11", revision: str = REVISION, modified: int = 1771043024) -> str:
    """Return a `flake.lock` with nixpkgs of a branch locked at a commit made at `modified` (seconds of the epoch)."""
    nixpkgs = {"owner": "NixOS", "repo": "nixpkgs", "type": "github"}
    digest = base64.b64encode(hashlib.sha256(revision.encode()).digest()).decode()
    locked = nixpkgs | {"lastModified": modified, "narHash": f"sha256-{digest}", "rev": revision}
    nodes = {
        "nixpkgs": {"locked": locked, "original": nixpkgs | {"ref": branch}},
        "root": {"inputs": {"nixpkgs": "nixpkgs"}},
    }
    return json.dumps({"nodes": nodes, "root": "root", "version": 7}, indent=2)


def write_flake(folder: Path, configuration: str) -> None:
    """Write the flake, its lock and its one module into a folder."""
    (folder / "flake.nix").write_text(FLAKE)
    (folder / "flake.lock").write_text(lock())
    (folder / "configuration.nix").write_text(configuration)
