"""Modules warn of the options that `option-deprecated` reports, for the real module systems, and are silent without them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.rules.warned import WARNED

if TYPE_CHECKING:
    from option_index.records import Path as OptionPath
    from tests.nix.conftest import NixInstantiate

USED = {
    "nixos": {
        "boot.loader.grub.version": ("2", ""),
        "i18n.inputMethod.enabled": ('"fcitx5"', ""),
        "services.consul.forceIpv4": ("true", "services.consul.enable = true;"),
        "services.ddclient.use": ('"web"', "services.ddclient.enable = true;"),
        "services.gitea.extraConfig": ('"a"', "services.gitea.enable = true;"),
        "services.matterbridge.configFile": (
            '"a"',
            'services.matterbridge = { enable = true; configPath = "/a"; };',
        ),
        "services.nextcloud.poolConfig": (
            '"a"',
            """services.nextcloud = {
              enable = true; hostName = "a"; config = { adminpassFile = "/a"; dbtype = "sqlite"; };
            };""",
        ),
        "services.nfs.extraConfig": ('"a"', 'boot.supportedFilesystems = [ "nfs" ];'),
        "services.nfs.server.extraNfsdConfig": ('"a"', 'boot.supportedFilesystems = [ "nfs" ];'),
        "services.phpfpm.extraConfig": (
            '"a"',
            'services.phpfpm.pools.a = { user = "a"; settings.pm = "dynamic"; };',
        ),
        "services.phpfpm.pools.<name>.extraConfig": (
            '"a"',
            'services.phpfpm.pools.a = { user = "a"; settings.pm = "dynamic"; };',
        ),
        "services.radicale.config": ('"a"', "services.radicale.enable = true;"),
        "services.tlp.extraConfig": ('"a"', "services.tlp.enable = true;"),
        "virtualisation.containerd.configFile": ('"/a"', "virtualisation.containerd.enable = true;"),
    },
    "home-manager": {
        "i18n.inputMethod.enabled": ('"fcitx5"', ""),
        "programs.firefox.enableGnomeExtensions": ("true", "programs.firefox.enable = true;"),
        "services.hyprsunset.transitions": (
            '{ a = { calendar = "*-*-* 06:00:00"; requests = [ [ "temperature" "6500" ] ]; }; }',
            "services.hyprsunset.enable = true;",
        ),
        "services.kanshi.extraConfig": ('"a"', "services.kanshi.enable = true;"),
        "services.kanshi.profiles": ('{ a.outputs = [ { criteria = "b"; } ]; }', "services.kanshi.enable = true;"),
    },
    "nix-darwin": {
        "programs.tmux.iTerm2": ("true", "programs.tmux.enable = true;"),
        "services.gitlab-runner.configFile": ('"/a"', "services.gitlab-runner.enable = true;"),
    },
}
"""A value of each option, and what puts its module to use."""
WARNINGS = {
    "nixos": """modules: (import (NIXPKGS + "/nixos/lib/eval-config.nix") { system = "x86_64-linux"; modules = modules ++ [ {
        system.stateVersion = "25.11"; fileSystems."/" = { device = "a"; fsType = "ext4"; }; boot.loader.grub.device = "/dev/a";
        documentation.enable = false; nixpkgs.config.allowUnfree = true;
        nixpkgs.overlays = [ (_: prev: { shellcheck-minimal = prev.hello // { compiler.bootstrapAvailable = false; }; }) ];
      } ]; }).config.warnings""",
    "home-manager": """modules: (import (HOME_MANAGER + "/modules") {
        pkgs = import NIXPKGS { system = "x86_64-linux"; config = { }; overlays = [ ]; };
        configuration = { imports = modules; home = { username = "a"; homeDirectory = "/home/a"; stateVersion = "25.11"; }; };
      }).config.warnings""",
    "nix-darwin": """modules: (import (NIX_DARWIN + "/eval-config.nix") {
        lib = import (NIXPKGS + "/lib"); enableNixpkgsReleaseCheck = false; modules = modules ++ [ {
          nixpkgs.source = NIXPKGS; nixpkgs.hostPlatform = "aarch64-darwin"; system.stateVersion = 5; system.primaryUser = "a";
      } ]; }).config.warnings""",
}
"""By module set: the warnings of some modules together. nixpkgs without its list of Haskell packages lacks shellcheck."""
TREES = {
    "nixos": ("NIXPKGS",),
    "home-manager": ("NIXPKGS", "HOME_MANAGER"),
    "nix-darwin": ("NIXPKGS", "NIX_DARWIN"),
}


@pytest.mark.parametrize(
    ("module_set", "option"), [pytest.param(*key, id=" ".join((key[0], ".".join(key[1])))) for key in WARNED]
)
def test_the_module_warns_of_the_option(nix_instantiate: NixInstantiate, module_set: str, option: OptionPath):
    expression = WARNINGS[module_set]
    for variable in TREES[module_set]:
        tree = os.environ.get(variable)
        if not tree or not Path(tree).is_dir():
            pytest.skip(f"${variable} names no source tree")
        expression = expression.replace(variable, tree)
    value, used = USED[module_set][".".join(option)]
    path = ".".join(option).replace("<name>", "a")
    source = (
        f"let warnings = {expression}; used = {{ {used} }};\n"
        f"in {{ without = warnings [ used ]; with' = warnings [ used {{ {path} = {value}; }} ]; }}"
    )
    found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=300)
    assert found.returncode == 0, found.stderr
    warnings = json.loads(found.stdout)
    said = [each for each in warnings["with'"] if each not in warnings["without"]]
    assert any(option[-1] in each for each in said)
    assert not any(option[-1] in each for each in warnings["without"])
