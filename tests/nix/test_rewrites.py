"""What imperative commands become has, for the real module system, the value that the command would have set."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from tests.fixture import project

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.nix.conftest import NixInstantiate

SCRIPT = """\
useradd -r -s /sbin/nologin -d /var/lib/app -G video,render app
useradd -mG wheel -u 1001 -c "Alice A" -s /run/current-system/sw/bin/zsh alice
sysctl -w kernel.panic=10 net.ipv4.tcp_rmem="4096 87380 6291456"
timedatectl set-timezone America/Toronto
nix-env -iA nixos.hello
git config --system core.abbrev 12
"""
ROOT_FILE_SYSTEM = 'fileSystems."/" = { device = "/dev/x"; fsType = "ext4"; };'
FIREWALL = """\
iptables -A INPUT -p tcp --dport 8080 -j ACCEPT
iptables -A INPUT -p udp --dport 60000:61000 -j ACCEPT
iptables -A INPUT -i eth7 -p tcp -m multiport --dports 80,443 -j ACCEPT
"""
DIRECTORIES = """\
mkdir -p /srv/a
install -d -o app -g video -m 750 /srv/b
ln -sfn /srv/a /srv/c
"""


@pytest.fixture
def nixpkgs() -> Path:
    """A nixpkgs tree with all its NixOS modules, named by `$NIXPKGS`."""
    path = os.environ.get("NIXPKGS")
    modules = Path(path or "", "nixos/modules/module-list.nix")
    if not path or not modules.is_file():
        pytest.skip("$NIXPKGS names no nixpkgs tree")
    if "\n  #./" in modules.read_text(encoding="utf-8"):
        pytest.skip("the tree in $NIXPKGS has modules commented out of its module list")
    return Path(path)


def declared(module: str) -> str:
    """Apply every fix, one after another."""
    for _ in range(40):
        fixture = project(module, pin="unstable")
        fixes = [fix for each in find_imperative(fixture.workspace, fixture.document) for fix in each.fixes[:1]]
        if not fixes:
            return module
        module = apply(fixture.document.source, fixes[0].edits[0].edits).decode()
    raise AssertionError(module)


@pytest.fixture
def value_of(nix_instantiate: NixInstantiate, nixpkgs: Path, tmp_path: Path) -> Callable[[str, str], object]:
    """Evaluate an expression over the `config` of a NixOS module."""

    def evaluate(module: str, expression: str) -> object:
        (tmp_path / "module.nix").write_text(module, encoding="utf-8")
        source = (
            f'let inherit (import {nixpkgs}/nixos/lib/eval-config.nix {{ system = "x86_64-linux"; modules = [ {tmp_path}/module.nix ]; }}) '
            f"config; in {expression}"
        )
        found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=120)
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    return evaluate


def test_commands_of_an_activation_script(value_of: Callable[[str, str], object]):
    module = declared(
        f"{{ pkgs, ... }}:\n{{\n  {ROOT_FILE_SYSTEM}\n  system.activationScripts.all = ''\n{SCRIPT}'';\n}}\n"
    )
    assert "activationScripts" not in module
    expression = """{
      app = { inherit (config.users.users.app) isSystemUser isNormalUser group home extraGroups; };
      alice = { inherit (config.users.users.alice) isNormalUser uid description extraGroups createHome; shell = config.users.users.alice.shell.pname; };
      groups = config.users.groups ? app;
      zsh = config.programs.zsh.enable;
      sysctl = { inherit (config.boot.kernel.sysctl) "kernel.panic" "net.ipv4.tcp_rmem"; };
      zone = config.time.timeZone;
      hello = builtins.any (package: (package.pname or "") == "hello") config.environment.systemPackages;
      git = builtins.map (section: section.core.abbrev) config.programs.git.config;
      kinds = builtins.filter (message: builtins.match ".*users.users.*" message != null)
        (map (each: each.message) (builtins.filter (each: !each.assertion) config.assertions));
    }"""
    assert value_of(module, expression) == {
        "app": {
            "isSystemUser": True,
            "isNormalUser": False,
            "group": "app",
            "home": "/var/lib/app",
            "extraGroups": ["video", "render"],
        },
        "alice": {
            "isNormalUser": True,
            "uid": 1001,
            "description": "Alice A",
            "extraGroups": ["wheel"],
            "createHome": True,
            "shell": "zsh",
        },
        "groups": True,
        "zsh": True,
        "sysctl": {"kernel.panic": 10, "net.ipv4.tcp_rmem": "4096 87380 6291456"},
        "zone": "America/Toronto",
        "hello": True,
        "git": [12],
        "kinds": [],
    }


def test_rules_of_the_firewall(value_of: Callable[[str, str], object]):
    module = declared(f"{{\n  networking.firewall.extraCommands = ''\n{FIREWALL}'';\n}}\n")
    assert "extraCommands" not in module
    expression = """{
      inherit (config.networking.firewall) allowedTCPPorts allowedUDPPortRanges;
      eth7 = config.networking.firewall.interfaces.eth7.allowedTCPPorts;
    }"""
    assert value_of(module, expression) == {
        "allowedTCPPorts": [8080],
        "allowedUDPPortRanges": [{"from": 60000, "to": 61000}],
        "eth7": [80, 443],
    }


def test_directories(value_of: Callable[[str, str], object]):
    module = declared(f"{{\n  system.activationScripts.dirs = ''\n{DIRECTORIES}'';\n}}\n")
    expression = """builtins.mapAttrs (path: types: builtins.mapAttrs (type: each: {
      inherit (each) type user group mode argument;
    }) types) config.systemd.tmpfiles.settings."10-dirs\""""
    none = {"user": "-", "group": "-", "mode": "-", "argument": ""}
    assert value_of(module, expression) == {
        "/srv/a": {"d": {"type": "d", **none}},
        "/srv/b": {"d": {"type": "d", **none, "user": "app", "group": "video", "mode": "0750"}},
        "/srv/c": {"L+": {"type": "L+", **none, "argument": "/srv/a"}},
    }


def test_aliases(value_of: Callable[[str, str], object]):
    module = declared("{\n  programs.bash.interactiveShellInit = \"alias ll='ls -l $PWD'\";\n}\n")
    assert value_of(module, "config.programs.bash.shellAliases.ll") == "ls -l $PWD"


def test_variables_and_hooks_of_shells(value_of: Callable[[str, str], object]):
    module = declared(
        """\
{
  programs.bash.interactiveShellInit = ''
    export EDITOR='vim -f' GOPATH=$HOME/go
    export PATH="$HOME/.local/bin:$PATH"
    eval "$(direnv hook bash)"
    source <(fzf --bash)
    eval "$(ssh-agent)"
  '';
}
"""
    )
    assert "interactiveShellInit" not in module
    expression = """{
      inherit (config.environment.variables) EDITOR GOPATH;
      inherit (config.environment) localBinInPath;
      direnv = config.programs.direnv.enable;
      fzf = config.programs.fzf.keybindings;
      agent = config.programs.ssh.startAgent;
    }"""
    assert value_of(module, expression) == {
        "EDITOR": "vim -f",
        "GOPATH": "$HOME/go",
        "localBinInPath": True,
        "direnv": True,
        "fzf": True,
        "agent": True,
    }
