"""What a moved option's definition is rewritten to has, for the real module system, the value that the old one still has by its own conversion."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.actions import fix_all
from nix_lsp.ide.edits import apply
from tests.fixture import project

if TYPE_CHECKING:
    from tests.nix.conftest import NixInstantiate

CASES = {
    'services.redshift.latitude = "46.5"': "location.latitude",
    'services.redshift.longitude = "-7.25"': "location.longitude",
    'services.ddclient.domain = "a.example.org"': "services.ddclient.domains",
    'services.kresd.interfaces = [ "::1" "127.0.0.1" ]': "services.kresd.listenPlain",
    "services.sslh.verbose = true": "services.sslh.settings.verbose-connections",
    'services.unbound.allowedAccess = [ "10.0.0.0/8" ]': "services.unbound.settings.server.access-control",
    "services.postfix.useDane = true": "services.postfix.settings.main.smtp_tls_security_level",
    'services.kavita.ipAdresses = [ "0.0.0.0" "::" ]': "services.kavita.settings.IpAddresses",
    'services.calibre-server.libraryDir = "/srv/books"': "services.calibre-server.libraries",
    "services.forgejo.enableUnixSocket = true": "services.forgejo.settings.server.PROTOCOL",
    "services.gitea.enableUnixSocket = true": "services.gitea.settings.server.PROTOCOL",
    'services.homepage-dashboard.environmentFile = "/run/env"': "services.homepage-dashboard.environmentFiles",
    'services.pcscd.readerConfig = "a"': "services.pcscd.readerConfigs",
    "services.pgbouncer.syslog.enable = true": "services.pgbouncer.settings.pgbouncer.syslog",
    "networking.interfaces.eth0.preferTempAddress = false": "networking.interfaces.eth0.tempAddress",
    'boot.loader.systemd-boot.memtest86.entryFilename = "m.conf"': "boot.loader.systemd-boot.memtest86.sortKey",
    "security.acme.validMin = 2592000": "security.acme.defaults.validMinDays",
    'security.acme.renewInterval = "weekly"': "security.acme.defaults.renewInterval",
    'security.acme.email = "a@example.org"': "security.acme.defaults.email",
    'services.logind.lidSwitch = "ignore"': "services.logind.settings.Login.HandleLidSwitch",
    "services.logind.killUserProcesses = true": "services.logind.settings.Login.KillUserProcesses",
    'services.resolved.dnssec = "false"': "services.resolved.settings.Resolve.DNSSEC",
    'services.resolved.fallbackDns = [ "9.9.9.9" ]': "services.resolved.settings.Resolve.FallbackDNS",
    'services.openssh.permitRootLogin = "no"': "services.openssh.settings.PermitRootLogin",
    "hardware.opengl.driSupport32Bit = true": "hardware.graphics.enable32Bit",
    'services.samba.shares.home.path = "/home"': "services.samba.settings.home.path",
    'nix.binaryCaches = [ "https://cache.example.org" ]': "nix.settings.substituters",
}
"""Definitions by their old name, and where their value stands now."""


@pytest.fixture
def tree() -> Path:
    """A nixpkgs tree with all its NixOS modules, named by `$NIXPKGS`."""
    path = Path(os.environ.get("NIXPKGS") or "/nonexistent")
    if not (path / "nixos/modules/module-list.nix").is_file():
        pytest.skip("$NIXPKGS names no nixpkgs tree")
    return path


def values(nix_instantiate: NixInstantiate, tree: Path, module: Path) -> dict[str, object]:
    """Evaluate all targets in the configuration that a module makes."""
    wanted = " ".join(f'"{target}" = config.{target};' for target in CASES.values())
    source = (
        f'let inherit (import {tree}/nixos/lib/eval-config.nix {{ system = "x86_64-linux"; modules = [ {module} ]; }}) '
        f"config; in {{ {wanted} }}"
    )
    found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=300)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def test_the_converted_definitions_have_the_values_of_the_old(
    nix_instantiate: NixInstantiate, tree: Path, tmp_path: Path
):
    before = "{ pkgs, ... }:\n{\n" + "".join(f"  {definition};\n" for definition in CASES) + "}\n"
    label = f"{(tree / 'lib/.version').read_text().strip()}pre"
    workspace, document, _ = project(before, pin=label)
    fix = fix_all(workspace, document)
    assert fix
    after = apply(document.source, fix.edits[0].edits).decode()
    left = [definition for definition in CASES if f"  {definition};\n" in after]
    assert not left
    (tmp_path / "old.nix").write_text(before)
    (tmp_path / "new.nix").write_text(after)
    old, new = (values(nix_instantiate, tree, tmp_path / name) for name in ("old.nix", "new.nix"))
    assert new == old
