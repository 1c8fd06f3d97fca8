"""The options of a flake's hosts, evaluated by the real Nix; the flake's inputs are folders beside it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from nix_lsp.cli.index import run as index
from nix_lsp.cli.session import open_workspace
from nix_lsp.ide.diagnostics import diagnostics
from option_index.cache import cache_folder
from option_index.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FLAKE = """
{
  inputs.nixpkgs.url = "path:./nixpkgs";
  outputs = inputs: {
    nixosConfigurations.box = inputs.nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; };
    nixosConfigurations.broken = inputs.nixpkgs.lib.nixosSystem { modules = [ ]; broken = true; };
  };
}
"""
NIXPKGS = """
{
  outputs = { self }: {
    lib.nixosSystem = { modules, broken ? false }:
      let
        option = type: more: { _type = "option"; type = { description = type; getSubOptions = _: { }; }; } // more;
      in
      {
        options = if broken then throw "no such host" else {
          own.enable = option "boolean" { default = false; description = "Whether."; declarations = [ "/x/own.nix" ]; };
          own.fails = option "string" { default = throw "never"; };
          own.hidden = option "string" { visible = false; };
          own.users = option "attribute set of (submodule)" {
            type = {
              description = "attribute set of (submodule)";
              getSubOptions = at: { name = option "string" { loc = at ++ [ "<name>" "name" ]; defaultText.text = "its own"; }; };
            };
          };
        };
      };
  };
}
"""


@pytest.fixture
def flake(tmp_path: Path, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A locked flake of a host whose nixpkgs is a stand-in, with Nix on PATH."""
    nix = program("nix")
    folder = tmp_path / "flake"
    (folder / "nixpkgs").mkdir(parents=True)
    (folder / "flake.nix").write_text(FLAKE)
    (folder / "nixpkgs" / "flake.nix").write_text(NIXPKGS)
    (folder / "configuration.nix").write_text("{ own.enable = true; own.hidden = 1; own.users.me.nam = 1; own.x = 1; }")
    monkeypatch.setenv("PATH", str(nix.parent), prepend=":")
    monkeypatch.setenv("HOME", str(tmp_path))
    lock = ["flake", "lock", "--extra-experimental-features", "nix-command flakes", f"path:{folder}"]
    subprocess.run([nix, *lock], check=True, timeout=60, capture_output=True)
    return folder


def unknown(folder: Path) -> list[str]:
    workspace = open_workspace(str(folder), None, Catalog(cache_folder()))
    document = workspace.document(str(folder / "configuration.nix"))
    assert document
    return [document.text(found.span) for found in diagnostics(workspace, document) if found.rule == "option-unknown"]


def test_a_host_that_is_evaluated_answers_for_itself_until_the_lock_changes(
    flake: Path, capsys: pytest.CaptureFixture[str]
):
    assert unknown(flake) == []

    assert index(["build", "--flake", f"{flake}#box"]) == 0

    assert "nixosConfigurations.box: 5 options" in capsys.readouterr().out
    assert unknown(flake) == ["nam", "x"]
    lock = json.loads((flake / "flake.lock").read_text())
    (flake / "flake.lock").write_text(json.dumps({**lock, "changed": True}))
    assert unknown(flake) == []


def test_what_cannot_be_evaluated_is_told_and_leaves_nothing(flake: Path, capsys: pytest.CaptureFixture[str]):
    assert index(["build", "--flake", f"{flake}#nixosConfigurations.broken"]) == 2
    assert "no such host" in capsys.readouterr().err
    assert index(["build", "--flake", f"{flake}#other"]) == 2
    assert "there are nixosConfigurations.box, nixosConfigurations.broken" in capsys.readouterr().err
