"""Attributes of the project's own sets: proposed behind a dot, in `inherit (…)`, under `with`, and as arguments of calls."""

from __future__ import annotations

import pytest

from nix_lsp.ide.completion import complete
from tests.fixture import project

from .test_completion import accepted, labels, nothing

LIBRARY = """
#- /lib.nix
{ lib, ... }: { mkThing = name: { inherit name; size = 3; }; colour = "red"; }
"""
FLAKE = """
#- /flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { self, nixpkgs }@inputs: {
    lib.twice = x: x + x;
    nixosModules.desk = ./desk.nix;
    packages = nixpkgs.lib.genAttrs [ "x86_64-linux" ] (system: { tool = "t"; });
    nixosConfigurations.h = nixpkgs.lib.nixosSystem {
      specialArgs = { inherit inputs self; vars = { user = "me"; port = 80; }; };
      modules = [ ./m.nix ];
    };
  };
}
"""


def details(fixture: str) -> dict[str, str | None]:
    """Return the proposals at the cursor, each with the short text beside it."""
    workspace, document, offset = project(fixture)
    completion = complete(workspace, document, offset)
    return {item.label: item.detail for item in completion.items} if completion else {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let x = { a = 1; b.c = 2; }; in x.$0", ["a", "b"]),
        ("let x = { a = 1; b.c = 2; }; in { y = x.b.$0 }", ["c"]),
        ("let x = { a = 1; b.c = 2; }; in { y = x.$0; z = 1; }", ["a", "b"]),
        ("let x = { a = 1; }; in { inherit (x) $0; }", ["a"]),
        ("let x = { a = 1; b = 2; }; in { inherit (x) a $0; }", ["b"]),
        ("let f = { n }: { got = n; }; in (f { n = 1; }).$0", ["got"]),
        ("let x = y: { left = y; }; in { a = (x 1).l$0", ["left"]),
        ("let x = { a = 1; }; y = x // { b = 2; }; in y.$0", ["a", "b"]),
        ("{ on }: let y = if on then { a = 1; } else { b = 2; }; in y.$0", ["a", "b"]),
        ("rec { a.deep = 1; b = a.$0; }", ["deep"]),
        ("{ lib }: { x = lib.mapAttrs (n: v: v.$0) { p = { port = 1; }; }; }", ["port"]),
        ("let hosts = { desk.ip = 1; }; in hosts.${name}.$0", ["ip"]),
        ('let x = { "with space" = 1; }; in x.$0', ['"with space"']),
        ("{ a ? { b = 1; } }: a.$0", ["b"]),
    ],
)
def test_a_set_of_the_file_has_its_attributes_proposed(text: str, expected: list[str]):
    assert labels(f"#- /data.nix\n{text}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let l = import ./lib.nix { inherit lib; }; in l.$0", ["colour", "mkThing"]),
        ('let l = import ./lib.nix { }; in (l.mkThing "q").$0', ["name", "size"]),
        ("let inherit (import ./lib.nix { }) $0; in 1", ["colour", "mkThing"]),
    ],
)
def test_imported_files_have_their_attributes_proposed(text: str, expected: list[str]):
    assert sorted(labels(f"{LIBRARY}#- /data.nix\n{text}")) == expected


def test_names_that_with_brings_in_are_among_the_names():
    found = labels("#- /data.nix\nlet x = { left = 1; right = 2; }; in with x; [ $0 ]")
    assert {"left", "right"} <= set(found)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("self.lib.", {"twice"}),
        ("inputs.self.lib.", {"twice"}),
        ("self.packages.${pkgs.system}.", {"tool"}),
        ("self.", {"lib", "nixosModules", "packages", "nixosConfigurations", "outPath"}),
        ("vars.", {"user", "port"}),
        ("inputs.nixpkgs.lib.types.", {"str", "listOf"}),
        ("inputs.", {"nixpkgs", "self"}),
    ],
)
def test_what_a_host_hands_to_its_modules_is_known_there(selection: str, expected: set[str]):
    found = labels(FLAKE + f"#- /m.nix\n{{ config, pkgs, self, inputs, vars, ... }}: {{ a = {selection}$0; }}")
    assert expected <= set(found)


def test_arguments_of_a_package_are_known_from_its_call():
    fixture = """
        #- /p.nix
        { stdenv, settings }: settings.$0
        #- /default.nix
        { pkgs }: pkgs.callPackage ./p.nix { settings = { port = 80; name = "x"; }; }
    """
    assert labels(fixture) == ["name", "port"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let f = { a, b ? 2, ... }: a; in f { $0 }", ["a", "b"]),
        ("let f = { a, b ? 2, ... }: a; in f { a = 1; $0 }", ["b"]),
        ("let f = { a, b ? 2, ... }: a; in f { a = 1; b$0 }", ["b"]),
        ("#- /p.nix\n{ pkgs, colour }: 1\n#- /d.nix\n{ pkgs }: pkgs.callPackage ./p.nix { $0 }", ["colour", "pkgs"]),
        ("#- /p.nix\n{ pkgs, colour }: 1\n#- /d.nix\nimport ./p.nix { inherit pkgs; $0 }", ["colour"]),
    ],
)
def test_a_call_is_offered_the_arguments_that_it_does_not_give_yet(text: str, expected: list[str]):
    assert sorted(labels(text if text.startswith("#-") else f"#- /data.nix\n{text}")) == expected


def test_an_argument_is_inserted_as_a_binding():
    assert (
        accepted("#- /d.nix\nlet f = { colour }: 1; in f { c$0 }", "colour")
        == "let f = { colour }: 1; in f { colour = $1; }"
    )


def test_proposals_say_what_they_are():
    text = """
        #- /data.nix
        let x = {
          text = "short";
          number = 1;
          list = [ "a" "b" ];
          function = { a, b ? 1, ... }: a + "x";
          curried = a: b: { inherit a; };
          set = { p = 1; q = 2; };
          path = ./here;
        }; in x.$0
    """
    assert details(text) == {
        "text": '"short"',
        "number": "integer",
        "list": "[string]",
        "function": "{ a, b ? …, ... } -> …",
        "curried": "a -> b -> { a }",
        "set": "{ p, q }",
        "path": "/here",
    }


@pytest.mark.parametrize(
    "text", ["x: x.$0", "let f = x: x; in f.$0", "let x = 1; in x.$0", "undefined.$0", "let x = x; in x.$0"]
)
def test_nothing_is_proposed_of_what_is_not_known(text: str):
    assert nothing(f"#- /data.nix\n{text}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ $0 }", ["description", "inputs", "outputs", "nixConfig"]),
        ("{ inputs = { }; o$0 }", ["description", "outputs", "nixConfig"]),
        ("{ inputs.disko.$0 }", ["url", "follows", "flake", "inputs"]),
        ('{ inputs = { disko = { url = ""; $0 }; }; }', ["follows", "flake", "inputs"]),
        ('{ inputs.a.url = ""; inputs.b.url = ""; inputs.b.follows = "$0"; outputs = _: { }; }', ["a"]),
        ("{ outputs = { self }: { packages.$0 }; }", ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"]),
    ],
)  # fmt: skip
def test_a_flake_has_its_own_names_proposed(text: str, expected: list[str]):
    assert labels(f"#- /flake.nix\n{text}") == expected


@pytest.mark.parametrize(
    ("text", "has", "lacks"),
    [
        ("{ outputs = { self }: { $0 }; }", {"packages", "nixosConfigurations", "overlays"}, {"inputs"}),
        ("{ outputs = { self }: let x = 1; in { $0 }; }", {"packages", "nixosConfigurations"}, {"inputs"}),
        ("{ outputs = { self, u }: u.lib.eachDefaultSystem (system: { $0 }); }", {"packages", "apps"}, {"overlays"}),
        ("{ outputs = { self }: { packages = { }; $0 }; }", {"devShells"}, {"packages"}),
    ],
)
def test_outputs_have_the_names_that_tools_know(text: str, has: set[str], lacks: set[str]):
    found = set(labels(f"#- /flake.nix\n{text}"))
    assert has <= found
    assert not lacks & found


def test_inputs_of_an_input_are_those_that_are_locked():
    lock = """
        {
          "version": 7,
          "root": "root",
          "nodes": {
            "root": { "inputs": { "disko": "disko" } },
            "disko": { "inputs": { "nixpkgs": "nixpkgs", "tools": "tools" } },
            "nixpkgs": {},
            "tools": {}
          }
        }
    """
    assert labels(f"#- /flake.lock\n{lock}\n#- /flake.nix\n{{ inputs.disko.inputs.$0 }}") == ["nixpkgs", "tools"]


def test_a_module_may_ask_for_what_its_host_hands_over():
    assert {"vars", "inputs", "lib"} <= set(labels(FLAKE + "#- /m.nix\n{ config, $0 }: { }"))
    assert details(FLAKE + "#- /m.nix\n{ config, $0 }: { }")["vars"] == "handed over by the host"


def test_a_package_may_ask_for_packages():
    fixture = (
        "#- /d.nix\n{ pkgs }: pkgs.callPackage ./p.nix { }\n#- /p.nix\n{ stdenv, fetchF$0 }: stdenv.mkDerivation { }"
    )
    found = labels(fixture)
    assert "fetchFromGitHub" in found
    assert "config" not in found


def test_outputs_that_flake_parts_makes_are_known():
    fixture = """
        #- /flake.nix
        {
          outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
            flake.nixosModules.desk = ./desk.nix;
            flake.lib = import ./lib.nix;
          };
        }
        #- /lib.nix
        { double = x: x + x; }
        #- /m.nix
        { config, self, ... }: { a = self.lib.$0; }
    """
    assert labels(fixture) == ["double"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ pkgs }: pkgs.stdenv.$0", {"mkDerivation", "hostPlatform", "isLinux"}),
        ("{ stdenv }: stdenv.hostPlatform.$0", {"isDarwin", "system"}),
        ("{ pkgs }: pkgs.hello.$0", {"meta", "overrideAttrs", "version"}),
        ("{ pkgs }: pkgs.hello.meta.$0", {"description", "license", "mainProgram"}),
        ("{ pkgs }: pkgs.python3.withPackages (ps: [ ps.reques$0 ])", {"requests"}),
    ],
)
def test_packages_have_what_all_have(text: str, expected: set[str]):
    assert expected <= set(labels(f"#- /data.nix\n{text}"))


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("inputs.disko.", {"nixosModules", "packages", "lib"}),
        ("inputs.disko.packages.", {"x86_64-linux"}),
        ("inputs.disko.nixosModules.", {"default"}),
    ],
)
def test_inputs_that_are_not_here_have_what_flakes_have(selection: str, expected: set[str]):
    assert expected <= set(labels(FLAKE + f"#- /m.nix\n{{ config, inputs, ... }}: {{ a = {selection}$0; }}"))


def test_data_files_are_read():
    fixture = """
        #- /data.json
        { "nodes": { "root": { "inputs": {} } }, "version": 7 }
        #- /d.nix
        let lock = builtins.fromJSON (builtins.readFile ./data.json); in lock.$0
    """
    assert details(fixture) == {"nodes": "{ root, … }", "version": "integer"}
