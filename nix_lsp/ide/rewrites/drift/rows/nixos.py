"""NixOS options whose value changed with their name; the conversions are those of the modules that declare them."""

from __future__ import annotations

import re

from nix_lsp.ide.rewrites.drift.conversion import row
from nix_lsp.ide.rewrites.drift.converters import (
    chosen,
    divided,
    each,
    gone,
    gone_where,
    integer,
    joined,
    listed,
    number,
    package,
    package_of,
    packages,
    same,
    text,
)
from nix_lsp.ide.rewrites.drift.ini import sections

_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}")


def _resolver(address: str) -> str:
    return f"[{address}]:53" if ":" in address else f"{address}:53"


def _control_socket(interface: str) -> str | None:
    """Return the address of unbound's control interface, which was a path or `host:port`."""
    if interface.startswith("/"):
        return f"unix://{interface}"
    return f"tcp://{interface}" if _HOST_AND_PORT.fullmatch(interface) else None


ROWS = (
    row("nixos", "services.redshift.latitude", number),
    row("nixos", "services.redshift.longitude", number),
    row("nixos", "services.ddclient.domain", listed),
    row("nixos", "services.kresd.interfaces", each(_resolver)),
    row("nixos", "services.sslh.verbose", chosen("1", "0")),
    row("nixos", "services.unbound.allowedAccess", each(lambda network: f"{network} allow")),
    row("nixos", "services.postfix.useDane", chosen('"dane"', None)),
    row("nixos", "services.kavita.ipAdresses", joined(",")),
    row("nixos", "services.keycloak.httpPort", integer),
    row("nixos", "services.keycloak.httpsPort", integer),
    row("nixos", "services.calibre-server.libraryDir", listed),
    row("nixos", "services.forgejo.enableUnixSocket", chosen('"http+unix"', '"http"')),
    row("nixos", "services.gitea.enableUnixSocket", chosen('"http+unix"', '"http"')),
    row("nixos", "services.homepage-dashboard.environmentFile", listed),
    row("nixos", "services.printing.gutenprint", packages("gutenprint")),
    row("nixos", "services.pcscd.readerConfig", listed),
    row("nixos", "services.pgbouncer.syslog.enable", chosen("1", "0")),
    row("nixos", "networking.interfaces.*.preferTempAddress", chosen('"default"', '"enabled"')),
    row(
        "nixos",
        "boot.loader.systemd-boot.memtest86.entryFilename",
        text(lambda name: name.removesuffix(".conf")),
    ),
    row(
        "nixos",
        "boot.loader.systemd-boot.netbootxyz.entryFilename",
        text(lambda name: name.removesuffix(".conf")),
    ),
    row("nixos", "security.acme.validMin", divided(24 * 3600)),
    row("nixos", "security.acme.validMinDays", same),
    row("nixos", "security.acme.renewInterval", same),
    row("nixos", "security.acme.email", same),
    row("nixos", "security.acme.server", same),
    row("nixos", "security.acme.enableDebugLogs", same),
    # Removed, with a word on what stands in their place.
    row("nixos", "hardware.opengl.driSupport", gone),
    row("nixos", "services.greetd.vt", gone_where("1")),
    row("nixos", "services.displayManager.gdm.wayland", gone),
    row("nixos", "services.xserver.displayManager.gdm.wayland", gone),
    row("nixos", "security.acme.preliminarySelfsigned", gone),
    row("nixos", "system.switch.enableNg", gone),
    row("nixos", "system.rebuild.enableNg", gone),
    row(
        "nixos",
        "services.prometheus.exporters.unbound.controlInterface",
        text(_control_socket),
        "services.prometheus.exporters.unbound.unbound.host",
        review=True,
    ),
    row(
        "nixos",
        "services.ollama.acceleration",
        package_of({"cuda": "ollama-cuda", "rocm": "ollama-rocm", "vulkan": "ollama-vulkan"}),
        "services.ollama.package",
        review=True,
    ),
    row("nixos", "services.samba.extraConfig", sections("global"), "services.samba.settings", review=True),
    row("nixos", "hardware.bluetooth.extraConfig", sections(None), "hardware.bluetooth.settings", review=True),
    row("nixos", "fonts.enableCoreFonts", packages("corefonts"), "fonts.packages", review=True),
    row("nixos", "boot.zfs.enableUnstable", package("zfs_unstable"), "boot.zfs.package", review=True),
    row(
        "nixos",
        "services.xserver.windowManager.i3-gaps.enable",
        same,
        "services.xserver.windowManager.i3.enable",
        review=True,
    ),
    row("nixos", "services.mysql.bind", same, "services.mysql.settings.mysqld.bind-address", review=True),
    row("nixos", "services.mysql.port", same, "services.mysql.settings.mysqld.port", review=True),
)
