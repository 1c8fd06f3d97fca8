"""Options whose values are modules of their own, and the module sets of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nix_lsp.syntax.ast import Attr

TEST = "NixOS test"
"""The first segment of what is no option of a module, but of a NixOS test (nixpkgs, nixos/lib/testing)."""

_PLACES: dict[tuple[str | None, ...], str | None] = {
    ("home-manager", "users", None): "home-manager",
    ("containers", None, "config"): "nixos",
    ("microvm", "vms", None, "config"): "nixos",
    ("virtualisation", "vmVariant"): "nixos",
    ("virtualisation", "vmVariantWithBootLoader"): "nixos",
    ("virtualisation", "vmVariantWithDisko"): "nixos",
    ("specialisation", None, "configuration"): "",
    ("flake", "nixosModule"): "nixos",
    ("flake", "nixosModules", None): "nixos",
    ("flake", "modules", "nixos", None): "nixos",
    ("flake", "homeModules", None): "home-manager",
    ("flake", "homeManagerModules", None): "home-manager",
    ("flake", "modules", "homeManager", None): "home-manager",
    ("flake", "darwinModules", None): "nix-darwin",
    ("flake", "modules", "darwin", None): "nix-darwin",
    (TEST, "nodes", None): "nixos",
    (TEST, "containers", None): "nixos",
    (TEST, "machine"): "nixos",
    (TEST, "defaults"): "nixos",
    ("flake", "flakeModules", None): "flake-parts",
    ("flake", "modules", "flake", None): "flake-parts",
}
"""Options whose value is a module, and its set; `""`: the set of the module that the option stands in. None is any name."""
LISTS_OF_MODULES: dict[tuple[str | None, ...], str] = {("home-manager", "sharedModules"): "home-manager"}
NESTED: dict[tuple[str | None, ...], str] = {
    **{place: module_set or "" for place, module_set in _PLACES.items() if place[0] not in {"flake", TEST}},
    **LISTS_OF_MODULES,
}
"""Those of both kinds that modules of hosts define: a host has the modules that stand there."""
HANDING: dict[tuple[str, ...], str] = {
    ("home-manager", "extraSpecialArgs"): "home-manager",
    ("_module", "args"): "",
}
"""Options that say what modules are handed as arguments, and the modules of which set; `""` as above."""
HEADS = frozenset({"home-manager", "containers", "microvm", "virtualisation", "specialisation", "flake", TEST})
"""What their paths begin with: most definitions need no further look."""


def module_set_at(path: tuple[Attr, ...]) -> str | None:
    """Return the set of the module that an option holds, `""` for that of the module which it stands in; None for any other option."""
    for place, module_set in _PLACES.items():
        if len(place) == len(path) and all(
            wanted is None or wanted == segment.name for wanted, segment in zip(place, path, strict=True)
        ):
            return module_set
    return None


def is_module_place(path: tuple[Attr, ...]) -> bool:
    """Tell whether an option holds a module or a list of modules."""
    return module_set_at(path) is not None or tuple(segment.name for segment in path) in LISTS_OF_MODULES
