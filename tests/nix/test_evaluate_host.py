"""The options of a flake's hosts, evaluated by the real Nix; the flake's inputs are folders beside it."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from nix_lsp.cli.index import run as index
from nix_lsp.cli.session import open_workspace
from nix_lsp.ide.diagnostics import diagnostics
from option_index.cache import cache_folder
from option_index.catalog import Catalog
from option_index.evaluate_host import evaluated_host

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TREE = os.environ.get("NIXPKGS")

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
      rec {
        # As home-manager has it: a module that all homes share sees what options a home has.
        extendModules = { modules }: {
          inherit options;
          config.home-manager.users.me =
            (builtins.head (builtins.elemAt modules 1).home-manager.sharedModules {
              options.mine.port = option "signed integer" { loc = [ "home-manager" "users" "me" "mine" "port" ]; };
              lib = { mkOption = x: x; types.raw = null; mkForce = x: x; };
            }).config;
        };
        options = if broken then throw "no such host" else {
          own.enable = option "boolean" { default = false; description = "Whether."; declarations = [ "/x/own.nix" ]; };
          own.fails = option "string" { default = throw "never"; };
          own.hidden = option "string" { visible = false; };
          home-manager.users = option "attribute set of (submodule)" { };
          home-manager.sharedModules = option "list of raw value" { };
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
    (folder / "configuration.nix").write_text(
        "{ own.enable = true; own.hidden = 1; own.users.me.nam = 1; own.x = 1; home-manager.users.me = ./home.nix; }"
    )
    (folder / "home.nix").write_text("{ mine.port = 1; unheard.of = true; }")
    monkeypatch.setenv("PATH", str(nix.parent), prepend=":")
    monkeypatch.setenv("HOME", str(tmp_path))
    lock = ["flake", "lock", "--extra-experimental-features", "nix-command flakes", f"path:{folder}"]
    subprocess.run([nix, *lock], check=True, timeout=60, capture_output=True)
    return folder


def unknown(folder: Path, name: str = "configuration.nix") -> list[str]:
    workspace = open_workspace(str(folder), None, Catalog(cache_folder()))
    document = workspace.document(str(folder / name))
    assert document
    return [document.text(found.span) for found in diagnostics(workspace, document) if found.rule == "option-unknown"]


def test_a_host_that_is_evaluated_answers_for_itself_until_the_lock_changes(
    flake: Path, capsys: pytest.CaptureFixture[str]
):
    assert unknown(flake) == []

    assert index(["build", "--flake", f"{flake}#box"]) == 0

    said = capsys.readouterr().out
    assert "nixosConfigurations.box: 7 options" in said
    assert "nixosConfigurations.box, homes: 1 options" in said
    assert unknown(flake) == ["nam", "x"]
    assert unknown(flake, "home.nix") == ["unheard"]
    lock = json.loads((flake / "flake.lock").read_text())
    (flake / "flake.lock").write_text(json.dumps({**lock, "changed": True}))
    assert unknown(flake) == []


def test_what_cannot_be_evaluated_is_told_and_leaves_nothing(flake: Path, capsys: pytest.CaptureFixture[str]):
    assert index(["build", "--flake", f"{flake}#nixosConfigurations.broken"]) == 2
    assert "no such host" in capsys.readouterr().err
    assert index(["build", "--flake", f"{flake}#other"]) == 2
    assert "there are nixosConfigurations.box, nixosConfigurations.broken" in capsys.readouterr().err


HOMES = """
{
  outputs = _:
    let
      lib = import (NIXPKGS + "/lib");
      home = lib.types.submoduleWith { modules = [ { options.home.name = lib.mkOption { type = lib.types.str; }; } ]; };
      nixos = { config, ... }: {
        options.home-manager.users = lib.mkOption {
          type = lib.types.attrsOf (lib.types.submoduleWith {
            modules = [ { config._module.check = true; options.home.name = lib.mkOption { type = lib.types.str; }; } ]
              ++ config.home-manager.sharedModules;
          });
        };
        options.home-manager.sharedModules = lib.mkOption { type = lib.types.listOf lib.types.raw; default = [ ]; };
      };
    in
    {
      nixosConfigurations.box = lib.evalModules { modules = [ nixos ./configuration.nix ]; };
      nixosConfigurations.plain = lib.evalModules { modules = [ { options.a = lib.mkOption { type = lib.types.str; }; } ]; };
    };
}
"""


@pytest.mark.skipif(TREE is None, reason="NIXPKGS names no source tree of nixpkgs")
def test_homes_of_a_host_have_the_options_that_their_own_modules_declare(
    tmp_path: Path, program: Callable[[str], Path]
):
    flake = tmp_path / "flake"
    flake.mkdir()
    (flake / "flake.nix").write_text(HOMES.replace("NIXPKGS", TREE or ""))
    (flake / "configuration.nix").write_text(
        "{ home-manager.users.me = { imports = [ ./own.nix ]; unheard.of = 1; }; home-manager.users.you = { }; }"
    )
    (flake / "own.nix").write_text("{ lib, ... }: { options.mine.port = lib.mkOption { type = lib.types.port; }; }")
    nix = str(program("nix-instantiate"))

    def options(host: str, part: str) -> dict[str, str]:
        with evaluated_host(str(flake), ("nixosConfigurations", host), part=part, program=nix) as file:
            return {name: option["type"] for name, option in json.loads(file.read_text()).items()}

    assert options("box", "homes") == {
        "home.name": "string",
        "mine.port": "16 bit unsigned integer; between 0 and 65535 (both inclusive)",
    }
    assert "mine.port" not in options("box", "host")
    assert options("plain", "homes") == {}
