"""The `~/.ssh/config` that home-manager's real modules write is the same before and after `matchBlocks` is written as `settings`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.actions import fix_all
from nix_lsp.ide.edits import apply
from tests.fixture import project

if TYPE_CHECKING:
    from tests.nix.conftest import NixInstantiate

BLOCKS = """{ lib, ... }:
let
  user = "me";
  of.port = 5;
in
{
  programs.ssh.matchBlocks = {
    "*" = {
      addKeysToAgent = "yes";
      compression = true;
      controlMaster = "auto";
      controlPath = "~/.ssh/%C";
      controlPersist = "10m";
      forwardAgent = false;
      hashKnownHosts = true;
      serverAliveCountMax = 2;
      serverAliveInterval = 5;
      userKnownHostsFile = "~/.ssh/known";
    };
    plain = {
      addressFamily = "inet6";
      certificateFile = [ "a" "b" ];
      checkHostIP = false;
      forwardX11 = true;
      forwardX11Trusted = true;
      hostname = "plain.example.org";
      identitiesOnly = true;
      identityAgent = "agent";
      identityFile = [ "k" "l" ];
      kexAlgorithms = [ "curve25519-sha256" "sntrup761x25519-sha512" ];
      port = 2222;
      proxyCommand = "nc %h %p";
      proxyJump = "other";
      sendEnv = [ "LANG" "LC_*" ];
      setEnv = { A = "b c"; N = 1; };
    };
    forwards = {
      dynamicForwards = [ { port = 1; } { address = "::"; port = 2; } ];
      localForwards = [ { bind.port = 3; host.address = "a"; host.port = 4; } ];
      remoteForwards = [ { bind = { address = "/run/a"; }; host = { address = "/run/b"; }; } ];
    };
    later = lib.hm.dag.entryAfter [ "matched" ] {
      user = user;
      extraOptions = {
        VisualHostKey = "yes";
        LogLevel = "QUIET";
      };
    };
    matched = lib.hm.dag.entryBefore [ "plain" ] {
      match = "host a user ${user}";
      port = 22;
    };
    inherited = {
      inherit user;
      inherit (of) port;
    };
    named = {
      host = "x y";
      extraOptions.Tag = "t";
    };
    apart.port = lib.mkDefault 1;
    apart.user = "u";
  };
  programs.ssh.matchBlocks.beside.port = 3;
  programs.ssh.matchBlocks."be.side" = lib.mkIf true { port = 4; };
}
"""


@pytest.fixture
def home_manager() -> Path:
    """A home-manager tree, named by `$HOME_MANAGER`, that fits the nixpkgs tree that `$NIXPKGS` names."""
    path = Path(os.environ.get("HOME_MANAGER") or "/nonexistent")
    if not (path / "modules/lib/dag.nix").is_file() or not os.environ.get("NIXPKGS"):
        pytest.skip("$HOME_MANAGER and $NIXPKGS name no trees")
    return path


def written(nix_instantiate: NixInstantiate, home_manager: Path, module: Path) -> str:
    """Return the file that home-manager makes of a module."""
    source = f"""
      (import {home_manager}/modules {{
        pkgs = import {os.environ["NIXPKGS"]} {{ system = "x86_64-linux"; config = {{ }}; overlays = [ ]; }};
        configuration = {{
          imports = [ {module} ];
          home = {{ username = "a"; homeDirectory = "/home/a"; stateVersion = "25.11"; }};
          programs.ssh.enable = true;
        }};
      }}).config.home.file.".ssh/config".text"""
    found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=300)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def blocks(text: str) -> list[list[str]]:
    """Return the blocks of a file in their order; of the keywords in one, the order means nothing (ssh_config(5))."""
    return [sorted(block.split("\n")) for block in re.split(r"\n{2,}", text.strip())]


def test_the_written_file_says_the_same(nix_instantiate: NixInstantiate, home_manager: Path, tmp_path: Path):
    workspace, document, _ = project(BLOCKS, pin="2026-09-01", path="/home.nix")
    fix = fix_all(workspace, document)
    assert fix
    after = apply(document.source, fix.edits[0].edits).decode()
    assert "matchBlocks" not in after
    (tmp_path / "old.nix").write_text(BLOCKS)
    (tmp_path / "new.nix").write_text(after)
    old, new = (written(nix_instantiate, home_manager, tmp_path / name) for name in ("old.nix", "new.nix"))
    assert blocks(new) == blocks(old)
