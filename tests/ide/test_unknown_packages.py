"""Packages that nixpkgs does not have: what is reported, and what may be from elsewhere."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Severity
from tests.fixture import project

FLAKE = """
#- /flake.nix
{{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  inputs.rust.url = "github:oxalica/rust-overlay";
  inputs.other.url = "github:somebody/things";
  outputs = inputs: {{
    nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {{ modules = [ ./configuration.nix {modules} ]; }};
  }};
}}
#- /flake.lock
{{
  "nodes": {{
    "nixpkgs": {{ "locked": {{ "lastModified": 1781000000, "owner": "NixOS", "repo": "nixpkgs", "rev": "1", "type": "github" }},
      "original": {{ "owner": "NixOS", "ref": "nixos-26.05", "repo": "nixpkgs", "type": "github" }} }},
    "rust": {{ "locked": {{ "lastModified": 1781000000, "owner": "oxalica", "repo": "rust-overlay", "rev": "2", "type": "github" }} }},
    "other": {{ "locked": {{ "lastModified": 1781000000, "owner": "somebody", "repo": "things", "rev": "3", "type": "github" }} }},
    "root": {{ "inputs": {{ "nixpkgs": "nixpkgs", "rust": "rust", "other": "other" }} }}
  }},
  "root": "root", "version": 7
}}
{more}
#- /configuration.nix
{{ pkgs, inputs, ... }}: {{ nixpkgs.overlays = [ {overlay} ]; environment.systemPackages = [ {packages} ]; }}
"""


def found(text: str, pin: str | None = "26.05") -> list[str]:
    """Return what `package-unknown` underlines."""
    workspace, document, _ = project(text, pin=pin)
    return [document.text(each.span) for each in diagnostics(workspace, document) if each.rule == "package-unknown"]


def in_flake(packages: str, *, overlay: str = "", modules: str = "", more: str = "") -> list[str]:
    return found(FLAKE.format(packages=packages, overlay=overlay, modules=modules, more=more), None)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("[ pkgs.fireofx pkgs.firefox ]", ["fireofx"]),
        ("with pkgs; [ fireofx firefox ]", ["fireofx"]),
        ("let inherit (pkgs) fireofx firefox; in [ fireofx ]", ["fireofx"]),
        ("[ (pkgs.fireofx.override { }) ]", ["fireofx"]),
        ("[ pkgs.python3Packages.requets pkgs.python3Packages.requests ]", ["requets"]),
        ("with pkgs.kdePackages; [ dolhpin kate ]", ["dolhpin"]),
        ("[ pkgs.linuxPackages_latest pkgs.fetchurl pkgs.lib pkgs.pkgsStatic.hello pkgs.haskellPackages.nothing ]", []),
        ("[ (pkgs.fireofx or pkgs.firefox) ]", []),
        ("if pkgs ? fireofx then [ pkgs.fireofx ] else [ ]", []),
        ("[ pkgs.unstable.hello ]", []),
        ("with pkgs; [ (python3.withPackages (ps: with ps; [ fireofx ])) ]", []),
        ('with pkgs; [ "fireofx" ] # fireofx', []),
        ("with pkgs; let fireofx = 1; in [ fireofx ]", []),
        ("let callFireofx = pkgs: pkgs.fireofx; in [ ]", []),
    ],
)
def test_what_nixpkgs_lacks(value: str, names: list[str]):
    assert found(f"{{ pkgs, ... }}: {{ environment.systemPackages = {value}; }}") == names


@pytest.mark.parametrize(
    ("pin", "severity"),
    [
        ("26.05", Severity.ERROR),
        ("25.11", Severity.WARNING),
        ("24.05", Severity.WARNING),
        ("2026-09-01", Severity.INFORMATION),
    ],
)
def test_only_a_slip_is_unknown_where_not_all_names_are_known(pin: str, severity: Severity):
    text = "{ pkgs, ... }: { environment.systemPackages = [ pkgs.fireofx pkgs.terminus-fonts ]; }"
    workspace, document, _ = project(text, pin=pin)
    [slip, *_] = [each for each in diagnostics(workspace, document) if each.rule == "package-unknown"]
    assert (document.text(slip.span), slip.severity) == ("fireofx", severity)
    assert "Did you mean `firefox`?" in slip.message
    assert ("up to 26.11pre" in slip.message) == (severity is Severity.INFORMATION)


@pytest.mark.parametrize("pin", ["25.11", "2026-09-01"])
@pytest.mark.parametrize("name", ["kdenlive", "brandNewProgram", "emacsWithPackagesFromUsePackage", "fnox"])
def test_what_may_have_been_or_may_have_come_is_not_claimed(pin: str, name: str):
    assert found(f"{{ pkgs, ... }}: {{ environment.systemPackages = [ pkgs.{name} ]; }}", pin) == []


def test_a_newer_nixpkgs_may_have_tidied_up_a_name():
    text = "{ pkgs, ... }: { console.packages = [ pkgs.terminus-font ]; }"
    assert found(text, "25.11") == ["terminus-font"]
    assert found(text, "2026-09-01") == []


def test_the_fix_takes_what_was_meant():
    before = "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ dolphin ]; }"
    workspace, document, _ = project(before, pin="26.05")
    [finding] = [each for each in diagnostics(workspace, document) if each.rule == "package-unknown"]
    [fix] = finding.fixes
    assert apply(document.source, fix.edits[0].edits).decode() == before.replace("dolphin", "kdePackages.dolphin")


def test_a_host_of_a_flake_is_judged_by_its_nixpkgs():
    assert in_flake("pkgs.fireofx pkgs.nothingSuch") == ["fireofx", "nothingSuch"]


def test_the_overlay_of_a_well_known_input_brings_what_it_is_known_to():
    assert in_flake("pkgs.rust-bin pkgs.nothingSuch", overlay="inputs.rust.overlays.default") == ["nothingSuch"]


def test_an_overlay_of_which_nothing_is_known_may_bring_anything():
    assert in_flake("pkgs.fireofx", overlay="inputs.other.overlays.default") == []
    assert in_flake("pkgs.fireofx", overlay="(final: prev: inputs.other.packages.x)") == []


@pytest.mark.parametrize(
    "overlay",
    [
        "(final: prev: { nothingSuch = prev.hello; })",
        "(final: prev: prev.lib.optionalAttrs true { nothingSuch = 1; })",
        "(final: prev: let own = { inherit (inputs.other.packages.x) nothingSuch; }; in own // { })",
        "(_: prev: { inherit nothingSuch; })",
    ],
)
def test_what_the_projects_own_overlay_defines_is_known(overlay: str):
    assert in_flake("pkgs.nothingSuch pkgs.fireofx", overlay=overlay) == ["fireofx"]


def test_what_a_file_of_the_project_is_called_may_be_a_package():
    more = "#- /packages/nothingSuch/default.nix\n{ stdenv }: stdenv.mkDerivation { }\n"
    assert in_flake("pkgs.nothingSuch pkgs.fireofx", more=more) == ["fireofx"]


def test_modules_from_elsewhere_leave_slips_and_what_nixpkgs_had():
    packages = "pkgs.fireofx pkgs.nothingSuch pkgs.clash-geoip"
    assert in_flake(packages, modules="inputs.other.nixosModules.default") == ["fireofx", "clash-geoip"]
