"""How projects lay out their hosts: tools, frameworks, and folders that stand for outputs."""

from __future__ import annotations

import pytest

from tests.analysis.test_workspace import LOCK, lanes, open_project
from tests.fixture import project

X = "#- /x.nix\n{ services.a = 1; }\n"


def of(flake: str, files: str, path: str) -> list[str]:
    """The lanes of a file in a project with these outputs."""
    return lanes(open_project(f"#- /flake.lock\n{LOCK}\n#- /flake.nix\n{{ outputs = {flake}; }}\n{files}"), path)


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        # deploy-rs, nixos-anywhere
        (
            "{ self, nixpkgs, deploy-rs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./x.nix ]; }; deploy.nodes.a.profiles.system.path = deploy-rs.lib.x86_64-linux.activate.nixos self.nixosConfigurations.a; }",
            ["nixos nixosConfigurations.a 25.11"],
        ),
        # colmena
        (
            "{ nixpkgs, ... }: { colmena = { meta.nixpkgs = import nixpkgs { }; defaults = { }; a = ./x.nix; }; }",
            ["nixos colmena.a 25.11"],
        ),
        (
            "{ nixpkgs, ... }: { colmena = { meta.nixpkgs = import nixpkgs { }; defaults = ./x.nix; a = { }; }; }",
            ["nixos colmena.a 25.11"],
        ),
        (
            "{ nixpkgs, colmena, ... }: { colmenaHive = colmena.lib.makeHive { meta = { nixpkgs = import nixpkgs { }; }; a = { imports = [ ./x.nix ]; }; }; }",
            ["nixos colmenaHive.a 25.11"],
        ),
        # microvm.nix
        (
            "{ nixpkgs, microvm, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ microvm.nixosModules.microvm ./x.nix ]; }; }",
            ["nixos nixosConfigurations.a 25.11"],
        ),
        (
            "{ nixpkgs, microvm, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ microvm.nixosModules.host { microvm.vms.b.config = import ./x.nix; } ]; }; }",
            ["nixos nixosConfigurations.a 25.11"],
        ),
        # NixOS tests
        (
            '{ nixpkgs, ... }: { checks.x86_64-linux.a = nixpkgs.legacyPackages.x86_64-linux.testers.runNixOSTest { name = "a"; nodes.machine = { imports = [ ./x.nix ]; }; }; }',
            ["nixos checks.x86_64-linux.a: machine 25.11"],
        ),
        (
            "{ nixpkgs, ... }: let pkgs = import nixpkgs { }; in { checks.x86_64-linux.a = pkgs.nixosTest { nodes = { one = ./x.nix; two = { }; }; }; }",
            ["nixos checks.x86_64-linux.a: one 25.11"],
        ),
        (
            "{ nixpkgs, ... }: { checks.x86_64-linux.a = nixpkgs.lib.nixos.runTest { defaults = ./x.nix; nodes.one = { }; }; }",
            ["nixos checks.x86_64-linux.a: one 25.11"],
        ),
        (
            '{ nixpkgs, ... }: { checks.x86_64-linux.a = import (nixpkgs + "/nixos/tests/make-test-python.nix") ({ pkgs, ... }: { nodes.one = ./x.nix; }) { }; }',
            ["nixos checks.x86_64-linux.a: one 25.11"],
        ),
        # The flake's own library
        (
            "{ self, nixpkgs, ... }: { lib = import ./lib { inherit (nixpkgs) lib; inherit nixpkgs; }; nixosConfigurations.a = self.lib.mkHost ./x.nix; }",
            ["nixos nixosConfigurations.a 25.11"],
        ),
        (
            "{ nixpkgs, ... }: let lib = nixpkgs.lib.extend (final: prev: import ./lib { lib = prev; inherit nixpkgs; }); in { nixosConfigurations.a = lib.mkHost ./x.nix; }",
            ["nixos nixosConfigurations.a 25.11"],
        ),
        (
            "{ nixpkgs, ... }: let lib = nixpkgs.lib // (import ./lib { inherit (nixpkgs) lib; inherit nixpkgs; }); in { nixosConfigurations.a = lib.mkHost ./x.nix; }",
            ["nixos nixosConfigurations.a 25.11"],
        ),
        # flake-parts
        (
            "inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./x.nix ]; }; perSystem = { pkgs, ... }: { packages.a = pkgs.hello; }; }",
            ["nixos nixosConfigurations.a 25.11"],
        ),
        (
            "inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./modules.nix ]; }",
            ["nixos modules.nixos.a 25.11"],
        ),
    ],
)
def test_a_host_by_any_tool_gives_its_modules_a_lane(outputs: str, expected: list[str]):
    files = (
        "#- /lib/default.nix\n{ lib, nixpkgs }: { mkHost = module: nixpkgs.lib.nixosSystem { modules = [ module ]; }; }\n"
        "#- /modules.nix\n{ flake.modules.nixos.a = ./x.nix; }\n"
    )
    assert of(outputs, files + X, "/x.nix") == expected


@pytest.mark.parametrize(
    ("framework", "path", "module_set"),
    [
        ("snowfall", "/systems/x86_64-linux/desk/default.nix", "nixos"),
        ("snowfall", "/systems/aarch64-darwin/mac/default.nix", "nix-darwin"),
        ("snowfall", "/homes/x86_64-linux/me@desk/default.nix", "home-manager"),
        ("snowfall", "/modules/nixos/a/default.nix", "nixos"),
        ("snowfall", "/modules/home/a/default.nix", "home-manager"),
        ("snowfall", "/modules/darwin/a/default.nix", "nix-darwin"),
        ("blueprint", "/hosts/desk/configuration.nix", "nixos"),
        ("blueprint", "/hosts/mac/darwin-configuration.nix", "nix-darwin"),
        ("blueprint", "/hosts/desk/users/you/home-configuration.nix", "home-manager"),
        ("blueprint", "/modules/nixos/a.nix", "nixos"),
        ("blueprint", "/modules/home/a/default.nix", "home-manager"),
    ],
)
def test_frameworks_find_hosts_and_modules_by_their_place(framework: str, path: str, module_set: str):
    flakes = {
        "snowfall": "inputs: inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; }",
        "blueprint": "inputs: inputs.blueprint { inherit inputs; }",
    }
    assert of(flakes[framework], f"#- {path}\n{{ imports = [ ]; services.a = 1; }}\n", path)[0].split()[0] == module_set


@pytest.mark.parametrize(
    ("outputs", "path", "expected"),
    [
        (
            "inputs: inputs.blueprint { inherit inputs; }",
            "/hosts/desk/configuration.nix",
            "nixos hosts/desk/configuration.nix 25.11",
        ),
        (
            "inputs: inputs.blueprint { inherit inputs; }",
            "/hosts/desk/users/you.nix",
            "home-manager hosts/desk/users/you.nix 25.11",
        ),
        (
            "inputs: inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; }",
            "/homes/x86_64-linux/me@desk/default.nix",
            "home-manager homes/x86_64-linux/me@desk/default.nix 25.11",
        ),
    ],
)
def test_what_frameworks_find_are_hosts_with_pins(outputs: str, path: str, expected: str):
    assert of(outputs, f"#- {path}\n{{ imports = [ ]; services.a = 1; }}\n", path) == [expected]


def test_a_system_of_snowfall_has_all_modules_of_its_class():
    outputs = "inputs: inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; }"
    files = "#- /systems/x86_64-linux/desk/default.nix\n{ }\n#- /modules/nixos/b/deep/default.nix\n{ }\n"
    assert of(outputs, files, "/modules/nixos/b/deep/default.nix") == [
        "nixos systems/x86_64-linux/desk/default.nix 25.11"
    ]


def test_users_of_hosts_are_homes_for_blueprint_alone():
    assert of("inputs: { }", "#- /hosts/desk/users/you.nix\n{ services.a = 1; }\n", "/hosts/desk/users/you.nix") == []


def test_a_flake_parts_module_is_no_host_whatever_its_name():
    fixture = open_project(
        f"#- /flake.lock\n{LOCK}\n#- /flake.nix\n{{ outputs = inputs: inputs.flake-parts.lib.mkFlake {{ inherit inputs; }} {{ imports = [ (inputs.import-tree ./modules) ]; }}; }}\n"
        "#- /modules/desk/configuration.nix\n{ flake.modules.nixos.desk = { services.a = 1; }; }\n"
    )
    assert lanes(fixture, "/modules/desk/configuration.nix") == ["flake 25.11"]
    assert list(fixture.workspace.hosts()) == []


def test_per_system_options_are_no_nixos_options():
    fixture = open_project(
        f"#- /flake.lock\n{LOCK}\n#- /flake.nix\n{{ outputs = inputs: inputs.flake-parts.lib.mkFlake {{ inherit inputs; }} {{ imports = [ ./nixos/x.nix ]; }}; }}\n"
        "#- /nixos/x.nix\n{ perSystem = { pkgs, ... }: { services.nginx.enable = 1; packages.a = pkgs.hello; }; }\n"
    )
    assert lanes(fixture, "/nixos/x.nix") == ["flake 25.11"]


def test_what_a_host_has_only_as_a_machine_of_disko_is_reached():
    outputs = "{ nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ { virtualisation.vmVariantWithDisko = { imports = [ ./x.nix ]; }; } ]; }; }"
    assert of(outputs, X, "/x.nix") == ["nixos nixosConfigurations.a 25.11"]


@pytest.mark.parametrize(
    ("told", "imported"),
    [
        ("home-manager.extraSpecialArgs = { root = ./mods; };", 'root + "/own.nix"'),
        ("home-manager.extraSpecialArgs.root = ./mods;", '"${root}/own.nix"'),
        ("home-manager = lib.mkIf true { extraSpecialArgs = { inherit (inputs) self; }; };", '"${self}/mods/own.nix"'),
        ("", '"${inputs.self}/mods/own.nix"'),
        ("", 'hosted + "/mods/own.nix"'),
        ("home-manager.extraSpecialArgs.mods = [ ./mods/own.nix ];", "{ imports = mods; }"),
    ],
)
def test_what_homes_are_handed_says_what_they_import(told: str, imported: str):
    workspace = project(
        f"""
        #- /flake.nix
        {{ outputs = {{ self, nixpkgs, home-manager }}@inputs: {{
          nixosConfigurations.a = nixpkgs.lib.nixosSystem {{
            specialArgs = {{ inherit inputs; hosted = ./.; }};
            modules = [ ./a.nix home-manager.nixosModules.default ];
          }};
        }}; }}
        #- /a.nix
        {{ inputs, lib, ... }}: {{ home-manager.users.u = ./home.nix; imports = [ ./b.nix ]; }}
        #- /b.nix
        {{ inputs, lib, ... }}: {{ {told} }}
        #- /home.nix
        {{ root, mods, self, inputs, hosted, ... }}: {{ imports = [ ({imported}) ]; }}
        #- /mods/own.nix
        {{ programs.git.enable = true; }}
        """
    ).workspace
    document = workspace.document("/mods/own.nix")
    assert document
    assert [(lane.set, lane.host) for lane in workspace.lanes(document)] == [("home-manager", "nixosConfigurations.a")]
