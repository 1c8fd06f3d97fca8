"""A flake with inputs whose sources are in the store.

    with_inputs({"mine": {"flake.nix": "…", "module.nix": "…"}}, "{ mine.$0enable = true; }")

The host takes `nixosModules.default` of each input. An input whose files are None is locked, but not on this machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.workspace import Workspace
from option_index.catalog import Catalog
from option_index.store_path import source_in_store
from tests.fixture import CURSOR, Fixture

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = "/project"
EXPORTS = "{ outputs = { self, nixpkgs }: { nixosModules.default = ./module.nix; }; }"
"""A flake.nix that exports the file beside it."""


def nar_hash(name: str) -> str:
    """Return a hash for an input; nobody but Nix looks at what it is the hash of."""
    return f"sha256-{base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()}"


def store_path(name: str) -> str:
    """Return where the source of an input of this name is."""
    path = source_in_store(nar_hash(name))
    assert path
    return path


def lock(names: Mapping[str, Mapping[str, str]]) -> str:
    """Return a lock of nixpkgs and of inputs by name, each with the names of its own inputs and what they follow."""
    nixpkgs = {"type": "github", "owner": "NixOS", "repo": "nixpkgs"}
    nodes: dict[str, object] = {
        "root": {"inputs": {"nixpkgs": "nixpkgs", **{name: name for name in names}}},
        "nixpkgs": {"locked": {**nixpkgs, "lastModified": 1764547200}, "original": {**nixpkgs, "ref": "nixos-25.11"}},
    }
    for name, inputs in names.items():
        repository = {"type": "github", "owner": "me", "repo": name}
        locked = {**repository, "narHash": nar_hash(name), "rev": "1" * 40}
        nodes[name] = {"inputs": dict(inputs), "locked": locked, "original": repository}
    return json.dumps({"version": 7, "root": "root", "nodes": nodes})


def with_inputs(
    inputs: Mapping[str, Mapping[str, str] | None],
    configuration: str,
    *,
    modules: str | None = None,
    locked: str | None = None,
    catalog: Catalog | None = None,
) -> Fixture:
    """Return the project; `modules` are the host's modules beside its configuration, as Nix."""
    taken = " ".join(f"inputs.{name}.nixosModules.default" for name in inputs) if modules is None else modules
    before, mark, after = configuration.partition(CURSOR)
    files = {
        f"{ROOT}/flake.lock": locked or lock({name: {} for name in inputs}),
        f"{ROOT}/flake.nix": (
            "{ outputs = inputs: { nixosConfigurations.box = inputs.nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix "
            + taken
            + " ]; }; }; }"
        ),
        f"{ROOT}/configuration.nix": before + after,
    }
    for name, texts in inputs.items():
        files |= {f"{store_path(name)}/{file}": text for file, text in (texts or {}).items()}
    workspace = Workspace(ROOT, MemoryFiles(files), catalog or Catalog())
    document = workspace.document(f"{ROOT}/configuration.nix")
    assert document is not None
    return Fixture(workspace, document, len(before.encode()) if mark else 0)
