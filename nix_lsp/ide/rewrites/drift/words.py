"""What stands in the place of a removed option where only its author can write it: one sentence each, in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from option_index.records import Path

_INSTEAD: Mapping[str, Mapping[str, str]] = {
    "nixos": {
        "boot.loader.raspberryPi": (
            "A Raspberry Pi boots by U-Boot and `boot.loader.generic-extlinux-compatible.enable` now, or as a UEFI machine."
        ),
        "environment.noXlibs": "Overlays on the packages that should do without X have its effect.",
        "hardware.amdgpu.amdvlk": "RADV, the Vulkan driver of Mesa, is there without a definition.",
        "programs.file-roller": "The package `file-roller` in `environment.systemPackages` is all it needs.",
        "programs.light": "The package `brightnessctl`, or `hardware.acpilight.enable`, does the same.",
        "security.acme.preliminarySelfsigned": "A self-signed certificate is always made first.",
        "services.displayManager.gdm.wayland": "GDM always runs on Wayland, since GNOME 50.",
        "services.greetd.vt": "greetd always runs on the first virtual terminal.",
        "services.ollama.acceleration": (
            "The package chooses it: `services.ollama.package` is one of `ollama-cpu`, `ollama-cuda`, `ollama-rocm`, `ollama-vulkan`."
        ),
        "services.prometheus.exporters.unbound.controlInterface": (
            "`services.prometheus.exporters.unbound.unbound.host` takes its address: `unix:///run/unbound/unbound.ctl`, `tcp://127.0.0.1:8953`."
        ),
        "services.prometheus.exporters.unbound.fetchType": (
            "The address in `services.prometheus.exporters.unbound.unbound.host` says it: `unix://…`, `tcp://…`."
        ),
        "services.xserver.desktopManager.plasma5": "`services.desktopManager.plasma6.enable` has its successor.",
        "services.xserver.displayManager.gdm.wayland": "GDM always runs on Wayland, since GNOME 50.",
        "system.rebuild.enableNg": "There is one `nixos-rebuild` only, the one it chose.",
        "system.switch.enableNg": "There is one `switch-to-configuration` only, the one it chose.",
    },
    "nix-darwin": {
        "nix.configureBuildUsers": "The build users are there wherever `nix.enable` holds.",
        "nix.gc.user": "The garbage collection always runs as root.",
        "nix.optimise.user": "The optimisation of the store always runs as root.",
        "security.pam.enableSudoTouchIdAuth": "`security.pam.services.sudo_local.touchIdAuth` does the same.",
        "system.defaults.alf.allowdownloadsignedenabled": "`networking.applicationFirewall.allowSignedApp` does the same.",
        "system.defaults.alf.allowsignedenabled": "`networking.applicationFirewall.allowSigned` does the same.",
        "system.defaults.alf.globalstate": (
            "`networking.applicationFirewall.enable` switches the firewall on, `networking.applicationFirewall.blockAllIncoming` closes it."
        ),
        "system.defaults.alf.loggingenabled": "It has no successor.",
        "system.defaults.alf.stealthenabled": "`networking.applicationFirewall.enableStealthMode` does the same.",
    },
}
"""By module set and option, or a path above all that was removed with it. The facts are those of the modules that declare the removal."""


def instead(module_set: str, path: Path) -> str | None:
    """Return what to do instead of defining an option that was removed, as a sentence; None where nothing is written down."""
    return _INSTEAD.get(module_set, {}).get(".".join(path))


def told_of() -> list[tuple[str, Path]]:
    """Return all options of which something is written down, each with its module set."""
    return [(module_set, tuple(path.split("."))) for module_set, words in _INSTEAD.items() for path in words]
