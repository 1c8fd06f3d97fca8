"""What is defined twice is what Nix itself says is: its parser for attributes, nixpkgs' module system for options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from tests.fixture import project
from tests.syntax.duplicates import ONCE, TWICE

if TYPE_CHECKING:
    from .conftest import NixInstantiate

TREE = os.environ.get("NIXPKGS")
OPTIONS = """
    options.networking.hostName = lib.mkOption { type = lib.types.strMatching ".+"; default = "x"; };
    options.networking.firewall.enable = lib.mkOption { type = lib.types.bool; default = true; };
    options.networking.firewall.extraCommands = lib.mkOption { type = lib.types.lines; default = ""; };
    options.boot.loader.timeout = lib.mkOption { type = lib.types.nullOr lib.types.int; default = null; };
"""
JOINED = (
    '{ imports = [ { networking.hostName = "a"; } ]; networking.hostName = "a"; }',
    '{ imports = [ { networking.firewall.extraCommands = "a"; } ]; networking.firewall.extraCommands = "b"; }',
    '{ lib, ... }: { imports = [ { networking.hostName = lib.mkDefault "a"; } ]; networking.hostName = "b"; }',
    "{ lib, ... }: { config = lib.mkMerge [ { boot.loader.timeout = 1; } (lib.mkIf false { boot.loader.timeout = 2; }) ]; }",
    '{ config = { networking.hostName = "a"; } // { networking.hostName = "b"; }; }',
)  # fmt: skip
REFUSED = (
    '{ imports = [ { networking.hostName = "a"; } ]; networking.hostName = "b"; }',
    "{ lib, ... }: { config = lib.mkMerge [ { boot.loader.timeout = 1; } { boot.loader.timeout = 2; } ]; }",
    "{ lib, ... }: { config = lib.mkMerge [ { networking = { firewall.enable = true; }; } { networking.firewall.enable = false; } ]; }",
)  # fmt: skip


@pytest.mark.parametrize("text", ONCE)
def test_nix_reads_what_is_defined_once(text: str, nix_instantiate: NixInstantiate):
    assert nix_instantiate(["--parse", "-"], text).returncode == 0


@pytest.mark.parametrize("text", TWICE)
def test_nix_refuses_what_is_defined_twice(text: str, nix_instantiate: NixInstantiate):
    assert "already defined" in nix_instantiate(["--parse", "-"], text).stderr


@pytest.mark.skipif(TREE is None, reason="$NIXPKGS names no nixpkgs tree")
@pytest.mark.parametrize("text", [*JOINED, *REFUSED])
def test_options_are_refused_where_the_module_system_refuses_them(text: str, nix_instantiate: NixInstantiate):
    expression = f"""
      let lib = import {TREE}/lib;
      in (lib.evalModules {{ modules = [ {{ {OPTIONS} }} ({text}) ]; }}).config
    """
    workspace, document, _ = project(text, pin="25.11")

    evaluated = nix_instantiate(["--eval", "--strict", "-"], expression)
    reported = [each.rule for each in diagnostics(workspace, document)]

    refused = "conflicting definition values" in evaluated.stderr
    assert refused == (text in REFUSED)
    assert reported == (["option-duplicate"] if refused else [])
