"""A user's machine for the editors: a project with a pinned nixpkgs, a home folder of their own, and our server on PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.flake import lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FLAKE = """\
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";

  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.desk = nixpkgs.lib.nixosSystem {
        modules = [ ./configuration.nix ];
      };
    };
}
"""

CONFIGURATION = """\
{ ... }:
{
  hardware.opengl.enable = true;

  networking.hostNam = "desk";

  services.openssh.enable = true;
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A flake that pins nixos-25.11, and one host whose `configuration.nix` uses a name that release has moved, and one it never had."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "flake.nix").write_text(FLAKE)
    (folder / "flake.lock").write_text(lock("nixos-25.11", "1" * 40, modified=1767100000))
    (folder / "configuration.nix").write_text(CONFIGURATION)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """The environment an editor is started in: nothing of the developer's own settings, `nix-lsp` of the running Python first."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


def live_servers(home: str) -> list[int]:
    """The ids of the processes that run `nix-lsp` with this HOME, from Linux' /proc."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            variables = (process / "environ").read_bytes().split(b"\0")
        except OSError:  # it ended meanwhile, or is another user's
            continue
        if any(argument.endswith(b"/nix-lsp") for argument in command) and f"HOME={home}".encode() in variables:
            found.append(int(process.name))
    return found


@pytest.fixture
def servers(environment: Mapping[str, str]) -> Callable[[], list[int]]:
    """The servers that run for this test, now."""
    return lambda: live_servers(environment["HOME"])
