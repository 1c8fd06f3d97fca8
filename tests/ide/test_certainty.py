"""What is said of files that no host is built from, and of modules whose company is not seen."""

from __future__ import annotations

from nix_lsp.ide.diagnostics import diagnostics
from tests.fixture import project

LOCK = """
#- /flake.lock
{"version": 7, "root": "root", "nodes": {"root": {"inputs": {"nixpkgs": "nixpkgs"}},
  "nixpkgs": {"locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "lastModified": 1764547200},
              "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.11"}}}}
"""
EXPORTED = """
#- /flake.nix
{ outputs = inputs: { nixosModules.a = ./a.nix; nixosConfigurations.b = inputs.nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; }; }; }
"""


def rules(fixture: str) -> list[str]:
    workspace, document, _ = project(LOCK + fixture)
    return [found.rule for found in diagnostics(workspace, document)]


def test_what_another_set_has_is_not_unknown_in_a_file_that_is_only_exported():
    module = "{ programs.fzf.enable = $0true; }"
    assert rules(f"{EXPORTED}#- /a.nix\n{module}\n#- /b.nix\n{{ }}\n") == []
    assert rules(f"{EXPORTED}#- /a.nix\n{{ }}\n#- /b.nix\n{module}\n") != []


def test_an_option_may_be_declared_by_what_stands_beside_the_module_in_a_list():
    def host(beside: str) -> str:
        return (
            "#- /flake.nix\n{ outputs = inputs: { nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ]; }; lib.mk = extra: inputs.nixpkgs.lib.nixosSystem "
            f'{{ modules = [ {beside} {{ programs.noshell.enable = $0true; networking.hostName = "a"; }} ]; }}; }}; }}\n'
        )

    assert rules(host("./configuration.nix")) == ["option-unknown"]
    assert rules(host("./configuration.nix inputs.noshell.nixosModules.default")) == []
