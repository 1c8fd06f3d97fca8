"""What may be declared outside the index, what the workspace declares itself, and which set a file's paths vote for."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from tests.fixture import Fixture, project

LOCK = """
#- /flake.lock
{"version": 7, "root": "root", "nodes": {
  "root": {"inputs": {"nixpkgs": "nixpkgs", "other": "other", "sops-nix": "sops-nix"}},
  "nixpkgs": {"locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "lastModified": 1764547200},
              "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.11"}},
  "sops-nix": {"original": {"type": "github", "owner": "Mic92", "repo": "sops-nix"}},
  "other": {"original": {"type": "github", "owner": "me", "repo": "other"}}}}
"""


def host(modules: str, pin: str | None = None) -> Fixture:
    """A flake with one host that takes these modules besides its own configuration."""
    return project(
        LOCK
        + "#- /flake.nix\n"
        + "{ outputs = inputs: { nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix "
        + modules
        + " ]; }; }; }\n#- /configuration.nix\n{ }\n",
        pin=pin,
    )


def foreign(fixture: Fixture, namespace: str) -> bool:
    (lane,) = fixture.workspace.lanes(fixture.document)
    return fixture.workspace.foreign(lane, namespace)


@pytest.mark.parametrize(
    "namespace", ["sops", "sops.secrets.x", "environment.persistence", "programs.nixvim.enable", "age"]
)
def test_namespaces_of_well_known_modules_are_always_foreign(namespace: str):
    assert foreign(host(""), namespace)


@pytest.mark.parametrize(
    "namespace", ["services.opensshh", "mine", "services.openssh.enabel", "hardware.graphicss", "boot.x"]
)
def test_nothing_else_is_foreign_where_nothing_unknown_is_imported(namespace: str):
    assert not foreign(host("inputs.sops-nix.nixosModules.sops"), namespace)


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [
        ("mine", True),
        ("mine.enable", True),
        ("services.mine.enable", True),
        ("services.openssh.enabel", False),
        ("services", False),
        ("networking.hostNam", True),
        ("networking.firewall.allow", False),
    ],
)
@pytest.mark.parametrize(
    "modules", ["inputs.other.nixosModules.default", "(import ./gone.nix)", "(builtins.getFlake x).y"]
)
def test_a_module_that_cannot_be_seen_may_declare_what_the_index_does_not_have(
    modules: str, namespace: str, expected: bool
):
    assert foreign(host(modules), namespace) is expected


def test_a_module_may_declare_options_of_its_name_anywhere():
    fixture = host("inputs.other.nixosModules.default")
    assert foreign(fixture, "services.openssh.other")
    assert not foreign(fixture, "services.openssh.others")


def test_a_generated_hardware_configuration_that_is_not_there_declares_nothing():
    assert not foreign(host("./hardware-configuration.nix"), "mine")
    assert foreign(host("./secret.nix"), "mine")


def test_an_option_that_a_function_of_the_project_declares_is_known():
    workspace, document, _ = project(
        LOCK
        + "#- /flake.nix\n{ outputs = inputs: { nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {"
        + " modules = [ ./configuration.nix ./tables.nix ]; }; }; }\n"
        + '#- /tables.nix\n{ lib, ... }: { options.networking.nftables.rules.inet = lib.mkTable "inet" { }; }\n'
        + "#- /configuration.nix\n{ networking.nftables.rules.inet.filter = $0{ }; }\n"
    )
    assert diagnostics(workspace, document) == []


@pytest.mark.parametrize(
    ("modules", "expected"),
    [("inputs.sops-nix.nixosModules.sops", False), ("inputs.other.nixosModules.default", True)],
)
def test_at_a_pin_that_is_set_hosts_bring_in_what_they_always_do(modules: str, expected: bool):
    assert foreign(host(modules, pin="26.05"), "services.mine") is expected


def test_a_namespace_with_a_dynamic_declaration_in_the_workspace_is_foreign():
    fixture = project("""
#- /configuration.nix
{ imports = [ ./own.nix ]; }
#- /own.nix
{ lib, ... }: let name = lib.toLower "X"; in { options.mine.${name}.enable = lib.mkEnableOption "x"; }
""")

    lanes = fixture.workspace.lanes(fixture.document)

    assert fixture.workspace.foreign(lanes[0], "mine.x.enable")
    assert not fixture.workspace.foreign(lanes[0], "services.x")


def test_options_that_the_workspace_declares_belong_to_the_sets_that_import_them():
    fixture = project("""
#- /configuration.nix
{ imports = [ ./system.nix ]; home-manager.users.me.imports = [ ./user.nix ]; }
#- /system.nix
{ lib, ... }: { options.system-own.enable = lib.mkEnableOption "x"; }
#- /user.nix
{ lib, ... }: { options.user-own = lib.mkOption { }; }
#- /loose.nix
{ lib, ... }: { options.loose = lib.mkOption { }; }
#- /modules/darwin/mac.nix
{ lib, ... }: { options.mac = lib.mkOption { }; }
""")
    document = fixture.workspace.document("/configuration.nix")
    assert document is not None
    (lane,) = fixture.workspace.lanes(document)

    def declared(module_set: str) -> list[str | None]:
        return [option.path[0].name for option in fixture.workspace.declared(lane.within(module_set))]

    assert declared("nixos") == ["loose", "system-own"]
    assert declared("home-manager") == ["loose", "user-own"]
    assert declared("nix-darwin") == ["loose", "mac"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{ boot.loader.systemd-boot.enable = true; networking.hostName = "x"; }', ["nixos"]),
        ('{ home.username = "x"; programs.starship.enable = true; xdg.enable = true; }', ["home-manager"]),
        ("{ homebrew.enable = true; system.defaults.dock.autohide = true; }", ["nix-darwin"]),
        ("{ programs.git.enable = true; }", []),
        ('{ nix.gc.automatic = true; environment.variables.A = "x"; }', []),
        ('{ boot.loader.systemd-boot.enable = true; home.username = "x"; }', []),
        ("{ a.b = 1; c.d = 2; }", []),
        ("{ }", []),
        ('{ config.services.openssh.enable = true; config.fileSystems."/".device = "x"; }', ["nixos"]),
    ],
)  # fmt: skip
def test_the_option_paths_of_a_file_vote_for_its_set(text: str, expected: list[str]):
    fixture = project(text, path="/x.nix")

    assert [lane.set for lane in fixture.workspace.lanes(fixture.document)] == expected
