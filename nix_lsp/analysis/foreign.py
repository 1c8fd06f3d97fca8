"""Options that sources outside nixpkgs, home-manager and nix-darwin declare: what must not be called unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nix_lsp.analysis.inputs.reader import Reading
    from option_index.query import OptionSet

NAMESPACES: Mapping[str, tuple[str, ...]] = {
    "agenix": ("age",),
    "ragenix": ("age",),
    "agenix-rekey": ("age",),
    "sops-nix": ("sops",),
    "disko": ("disko",),
    "stylix": ("stylix",),
    "impermanence": ("environment.persistence", "home.persistence"),
    "preservation": ("preservation",),
    "lanzaboote": ("boot.lanzaboote",),
    "NixOS-WSL": ("wsl",),
    "nixvim": ("programs.nixvim",),
    "nvf": ("programs.nvf",),
    "nixCats-nvim": ("nixCats",),
    "microvm.nix": ("microvm",),
    "determinate": (
        "determinate",
        "determinateNix",
        "determinate-nix",
        "environment.determinate",
        "services.determinate",
    ),
    "nix-index-database": ("programs.nix-index-database", "programs.nix-index"),
    "Jovian-NixOS": ("jovian", "steam"),
    "hydenix": ("hydenix",),
    "nix": ("catppuccin", "boot.loader.grub.catppuccin", "console.catppuccin"),
    "spicetify-nix": ("programs.spicetify",),
    "niri-flake": ("programs.niri", "niri-flake"),
    "Hyprland": ("wayland.windowManager.hyprland", "programs.hyprland"),
    "nixos-hardware": ("hardware",),
    "nix-flatpak": ("services.flatpak",),
    "nixos-facter-modules": ("facter", "hardware.facter"),
    "nixos-facter": ("facter",),
    "colmena": ("deployment",),
    "lib": ("snowfallorg",),
    "simple-nixos-mailserver": ("mailserver",),
    "nixos-mailserver": ("mailserver",),
    "nix-minecraft": ("services.minecraft-servers",),
    "nixarr": ("nixarr", "util-nixarr"),
    "authentik-nix": ("services.authentik", "services.authentik-ldap"),
    "comin": ("services.comin",),
    "plasma-manager": (
        "programs.plasma",
        "programs.kate",
        "programs.konsole",
        "programs.elisa",
        "programs.ghostwriter",
        "programs.okular",
    ),
    "nix-doom-emacs": ("programs.doom-emacs",),
    "nix-doom-emacs-unstraightened": ("programs.doom-emacs",),
    "mac-app-util": ("targets.darwin.mac-app-util", "mac-app-util"),
    "nix-homebrew": ("nix-homebrew",),
    "brew-nix": ("brew-nix",),
    "nix-rosetta-builder": ("nix-rosetta-builder",),
    "nix-ld": ("programs.nix-ld",),
    "nix-gaming": ("services.pipewire.lowLatency", "programs.steam.platformOptimizations", "programs.wine"),
    "nix-colors": ("colorScheme", "colorscheme"),
    "base16.nix": ("scheme",),
    "nixos-generators": ("formatConfigs", "formats"),
    "home-manager": ("home-manager",),
    "chaotic": ("chaotic",),
    "nyx": ("chaotic",),
    "declarative-flatpak": ("services.flatpak",),
    "nix-topology": ("topology",),
    "microvm": ("microvm",),
    "hjem": ("hjem",),
    "nixos-apple-silicon": ("hardware.asahi",),
    "nixos-raspberrypi": ("boot.loader.raspberryPi", "boot.loader.raspberry-pi", "hardware.raspberry-pi"),
    "musnix": ("musnix",),
    "vscode-server": ("services.vscode-server",),
    "nixos-vscode-server": ("services.vscode-server",),
    "firefox-addons": ("programs.firefox.arkenfox",),
    "arkenfox-nixos": ("programs.firefox.arkenfox", "arkenfox"),
    "zen-browser-flake": ("programs.zen-browser",),
    "caelestia-shell": ("programs.caelestia",),
    "ags": ("programs.ags",),
    "walker": ("programs.walker",),
    "anyrun": ("programs.anyrun",),
    "lix-module": ("lix",),
    "nix-ai-tools": (),
    "treefmt-nix": (),
    "flake-utils": (),
    "nur": ("nur",),
    "NUR": ("nur",),
}
"""By the repository's name: the namespaces whose options it declares in hosts that take its module."""

_ALL = frozenset(namespace for namespaces in NAMESPACES.values() for namespace in namespaces)
"""What may be foreign even where its import is not seen."""

_ADDED = re.compile(r"^(?:nix|nixos|home)-|[-.](?:nix|nixos|flake|modules?)$")
_COMMON = frozenset({"", "nix", "nixos", "lib", "flake", "flakes", "modules", "hardware"})
"""Names of repositories and inputs that say nothing."""
_OWN = frozenset({"nixpkgs", "home-manager", "nix-darwin"})


class Brought(NamedTuple):
    """What a host brings in besides the workspace's own files."""

    repositories: frozenset[str] = frozenset()
    """Repositories whose modules it takes, but for those whose options are all known."""
    opaque: bool = False
    """It takes modules that cannot be seen."""
    names: frozenset[str] = frozenset()
    """What the project calls its inputs, those apart whose options are all known: any may be where its modules are from."""
    readings: tuple[Reading, ...] = ()
    """What could be read of the modules of inputs."""
    disabled: frozenset[str] = frozenset()
    """What it leaves out of the module set's own modules, by the ends of their files' paths."""

    def __or__(self, other: Brought) -> Brought:  # pyright: ignore[reportIncompatibleMethodOverride]
        readings = {id(reading): reading for reading in (*self.readings, *other.readings)}
        return Brought(
            self.repositories | other.repositories,
            self.opaque or other.opaque,
            self.names | other.names,
            tuple(readings.values()),
            self.disabled | other.disabled,
        )


def is_foreign(path: Sequence[str], brought: Brought, options: OptionSet | None) -> bool:
    """Tell whether something outside the index may declare options at or below a path.

    Namespaces of well-known modules may be, seen to be imported or not. Where a host takes modules of which nothing is known, so may everything whose
    first or second segment the index does not have; what lies in a namespace that it has is not foreign, unless it bears the module's
    name (`programs.bat.catppuccin`).
    """
    if not _named_after(brought).isdisjoint(segment.lower() for segment in path):
        return True
    taken = {namespace for name in brought.repositories for namespace in NAMESPACES.get(name, ())}
    if any(_may_declare(options, path, length, taken) for length in range(1, len(path) + 1)):
        return True
    unseen = brought.opaque or any(name not in NAMESPACES and name not in _OWN for name in brought.repositories)
    if not unseen or options is None or not path:
        return False
    return any(_absent(options, path[:length]) for length in (1, 2) if len(path) >= length)


def _named_after(brought: Brought) -> frozenset[str]:
    """Return, in small letters, the names that options of the modules brought in may bear anywhere: of `nix-maid` also `maid`."""
    names = {name.lower() for name in brought.repositories | brought.names} - _OWN
    return frozenset(names | {_ADDED.sub("", name) for name in names}) - _COMMON


def _may_declare(options: OptionSet | None, path: Sequence[str], length: int, taken: set[str]) -> bool:
    """Tell whether the first `length` segments are a namespace of a well-known module that may declare what follows.

    In a namespace that the index has as well, that is a module which is taken, and a name that the index does not have.
    """
    namespace = ".".join(path[:length])
    if namespace not in _ALL:
        return False
    if options is None or _absent(options, path[:length]):
        return True
    return namespace in taken and (length == len(path) or _absent(options, path[: length + 1]))


def _absent(options: OptionSet, path: Sequence[str]) -> bool:
    return options.resolve(path).standing in {
        Standing.UNKNOWN,
        Standing.UNLISTED,
        Standing.UNSURE,
        Standing.NOT_YET,
    }
