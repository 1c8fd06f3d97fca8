"""Options of another module set."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Diagnostic, Severity
from nix_lsp.ide.rules.lane import COUNTERPARTS
from option_index.catalog import Catalog
from option_index.records import Standing
from option_index.timeline import Point
from tests.fixture import project

NIXOS, HOME, DARWIN = (f"# nix-lsp: set {name}\n" for name in ("nixos", "home-manager", "nix-darwin"))


def found(text: str, pin: str = "25.11", path: str = "/m.nix") -> list[Diagnostic]:
    workspace, document, _ = project(text, pin=pin, path=path)
    return diagnostics(workspace, document)


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        (NIXOS + "{ home.packages = [ ]; }", "`home.packages` is of home-manager"),
        (NIXOS + "{ services.openssh.enable = true; home.stateVersion = x; }", "`home.stateVersion` is of home-manager"),
        (NIXOS + "{ homebrew.enable = true; }", "`homebrew.enable` is of nix-darwin"),
        (HOME + "{ environment.systemPackages = [ ]; }", "`environment.systemPackages` is of NixOS and nix-darwin"),
        (HOME + "{ services.openssh.enable = true; }", "`services.openssh.enable` is of NixOS and nix-darwin"),
        (DARWIN + "{ services.xserver.enable = true; }", "`services.xserver.enable` is of NixOS"),
        (DARWIN + "{ boot = { loader.grub.enable = true; kernelModules = [ ]; }; }", "`boot` is of NixOS"),
        (NIXOS + "{ home-manager.users.a = { environment.systemPackages = [ ]; }; }", "`environment.systemPackages` is of NixOS"),
        (NIXOS + "{ xdg.configFile.x.text = y; }", "`xdg.configFile.x.text` is of home-manager"),
    ],
)  # fmt: skip
def test_the_message_says_whose_option_it_is_and_nothing_else_is_reported(text: str, owner: str):
    (finding,) = found(text)

    assert finding.rule == "option-lane"
    assert owner in finding.message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NIXOS + "{ home.packages = [ ]; }", NIXOS + "{ environment.systemPackages = [ ]; }"),
        (HOME + "{ environment.systemPackages = [ ]; }", HOME + "{ home.packages = [ ]; }"),
        (HOME + "{ environment.shellAliases.l = x; }", HOME + "{ home.shellAliases.l = x; }"),
        (DARWIN + "{ home.sessionVariables.X = x; }", DARWIN + "{ environment.variables.X = x; }"),
        (
            NIXOS + "{ programs.zsh.autosuggestion.enable = true; }",
            NIXOS + "{ programs.zsh.autosuggestions.enable = true; }",
        ),
    ],
)
def test_the_fix_writes_the_counterpart(before: str, after: str):
    (finding,) = found(before)
    (fix,) = finding.fixes

    assert "Its counterpart here is" in finding.message
    assert apply(before.encode(), fix.edits[0].edits).decode() == after
    assert found(after) == []


@pytest.mark.parametrize(
    "text",
    [
        NIXOS + "{ programs.zsh.enable = true; environment.systemPackages = [ ]; }",
        HOME + "{ programs.zsh.enable = true; home.packages = [ ]; }",
        NIXOS + "{ lib, options, ... }: lib.optionalAttrs (options ? home) { home.packages = [ ]; }",
        NIXOS + "{ plugins.x.enable = true; keymaps = [ ]; }",
    ],
)
def test_what_is_right_or_guarded_or_nobodys_is_left_alone(text: str):
    assert found(text) == []


def test_a_file_that_is_only_placed_by_its_folder_is_left_alone():
    assert found("{ home.packages = [ ]; }", path="/modules/nixos/x.nix") == []


def test_a_host_that_imports_the_file_places_it():
    text = """
        #- /flake.nix
        { outputs = { nixpkgs, ... }: { nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }
        #- /a.nix
        { services.openssh.enable = true; home.packages = [ ]; }$0
    """
    (finding,) = found(text)

    assert (finding.rule, finding.severity) == ("option-lane", Severity.ERROR)
    assert "nixosConfigurations.box imports it" in finding.message


def test_a_pin_newer_than_the_index_is_told_of_first_segments_only():
    (finding,) = found(NIXOS + "{ home.packages = [ ]; programs.zsh.autosuggestion.enable = true; }", "2026-10-01")

    assert (finding.rule, finding.severity) == ("option-lane", Severity.INFORMATION)
    assert "`home.packages`" in finding.message


def test_a_name_that_no_set_has_stays_unknown():
    assert [each.rule for each in found(NIXOS + "{ services.openssh.enabel = true; }")] == ["option-unknown"]


def test_every_counterpart_is_an_option_of_its_set():
    catalog = Catalog()
    for row in COUNTERPARTS:
        for module_set, path in row.paths:
            options = catalog.options(module_set, Point(release="25.11"))
            assert options
            assert options.resolve(path.split(".")).standing is Standing.OPTION, (module_set, path)
