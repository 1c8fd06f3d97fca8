"""From an option to its declaration, its definitions, what reads it, and the submodule that its values are."""

from __future__ import annotations

import json

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.ide.names.definition import declaration, definition
from nix_lsp.ide.names.options import definitions, submodules
from nix_lsp.ide.names.references import references
from option_index.catalog import Catalog
from tests.flake_inputs import nar_hash, store_path, with_inputs

from .marks import marked, places

HOST = """
    #- /flake.nix
    {
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = { nixpkgs, ... }: {
        nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./b.nix ./m.nix ]; };
      };
    }
"""
MODULE = """
    #- /m.nix
    { config, lib, ... }:
    let cfg = config.services.mine; in
    {
      options.services.mine = {
        «enable» = lib.mkEnableOption "mine";
        sites = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { «options».root = lib.mkOption { }; }); };
      };
      config = lib.mkIf cfg.enable { };
    }
"""


def read(fixture: str, keep: str) -> str:
    """Return a fixture in which only marks round one name count."""
    for name in ("enable", "options", "hostName"):
        if name != keep:
            fixture = fixture.replace(f"«{name}»", name)
    return HOST + fixture


@pytest.mark.parametrize(
    "files",
    [
        "    #- /a.nix\n    { services.mine.ena$0ble = true; }\n    #- /b.nix\n    { }\n",
        "    #- /a.nix\n    { services.mine = { enable$0 = true; }; }\n    #- /b.nix\n    { }\n",
        "    #- /a.nix\n    { config, ... }: { x = config.services.mine.enable$0; }\n    #- /b.nix\n    { }\n",
        "    #- /a.nix\n    { }\n    #- /b.nix\n    { config, ... }: let c = config.services.mine; in { x = c.enable$0; }\n",
        "    #- /a.nix\n    { }\n    #- /b.nix\n    { config, ... }: { x = { inherit (config.services.mine) enable$0; }; }\n",
    ],
)
def test_an_option_leads_to_its_declaration_in_the_workspace(files: str) -> None:
    (workspace, document, offset), expected = marked(read(files + MODULE, "enable"))

    assert places(definition(workspace, document, offset)) == expected
    assert places(declaration(workspace, document, offset)) == expected


def test_what_an_option_is_of_leads_to_its_submodule() -> None:
    files = "    #- /a.nix\n    { services.mine.sites$0.x.root = 1; }\n    #- /b.nix\n    { }\n"
    (workspace, document, offset), expected = marked(read(files + MODULE, "options"))

    assert places(submodules(workspace, document, offset)) == expected


def test_an_option_leads_to_all_its_definitions_and_readers() -> None:
    files = """
    #- /a.nix
    { config, lib, ... }: { networking.«hostName$0» = lib.mkDefault "a"; x = config.networking.«hostName»; }
    #- /b.nix
    { config, ... }: let cfg = config.networking; in { networking = { «hostName» = "b"; domain = cfg.«hostName»; }; y.hostName = 1; }
    #- /m.nix
    { lib, ... }: { home-manager.users.me = { networking.hostName = 1; }; }
    """
    (workspace, document, offset), expected = marked(HOST + files)
    defined = {(path, start, end) for path, start, end in expected if (path, start) in {("/a.nix", 35), ("/b.nix", 66)}}

    assert places(definitions(workspace, document, offset)) == defined
    assert places(references(workspace, document, offset, declarations=True)) == expected


def test_without_the_source_of_the_module_set_an_option_leads_to_its_definitions() -> None:
    files = """
    #- /a.nix
    { networking.«hostName» = "a"; }
    #- /b.nix
    { config, ... }: { x = config.networking.hostName$0; }
    #- /m.nix
    { }
    """
    (workspace, document, offset), expected = marked(HOST + files)

    assert places(definition(workspace, document, offset)) == expected
    assert places(definition(workspace, workspace.document("/a.nix") or document, 15)) == expected


def test_an_option_leads_to_the_pinned_nixpkgs_where_it_is_on_disk() -> None:
    declared = "{ lib, ... }: { options.networking.hostName = lib.mkOption { default = 1; }; }"
    file = f"{store_path('nixpkgs')}/nixos/modules/tasks/network-interfaces.nix"
    nixpkgs = {"type": "github", "owner": "NixOS", "repo": "nixpkgs"}
    locked = {**nixpkgs, "lastModified": 1764547200, "narHash": nar_hash("nixpkgs"), "rev": "1" * 40}
    nodes = {
        "root": {"inputs": {"nixpkgs": "nixpkgs"}},
        "nixpkgs": {"locked": locked, "original": {**nixpkgs, "ref": "nixos-25.11"}},
    }
    files = {
        "/p/flake.lock": json.dumps({"version": 7, "root": "root", "nodes": nodes}),
        "/p/flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }",
        "/p/a.nix": '{ networking.hostName = "a"; }',
        file: declared,
    }
    workspace = Workspace("/p", MemoryFiles(files), Catalog())
    document = workspace.document("/p/a.nix")
    assert document is not None

    at = declared.index("hostName")
    assert places(definition(workspace, document, 15)) == {(file, at, at + 8)}


def test_an_option_of_an_input_leads_to_its_source() -> None:
    module = '{ lib, ... }: { options.mine.enable = lib.mkEnableOption "it"; }'
    flake = "{ outputs = { self }: { nixosModules.default = ./module.nix; }; }"
    workspace, document, offset = with_inputs(
        {"mine": {"flake.nix": flake, "module.nix": module}}, "{ mine.ena$0ble = true; }"
    )

    (found,) = definition(workspace, document, offset)

    assert found.path == f"{store_path('mine')}/module.nix"
    assert found.span.start == module.index("enable")


LIBRARY = {
    "lib/default.nix": "{ }: let lib = { modules = callLibs ./modules.nix; inherit (self.modules) mkIf; }; in lib",
    "lib/modules.nix": "{ lib }:\n{\n  mkIf = condition: content: { };\n}\n",
    "pkgs/by-name/he/hello/package.nix": "{ stdenv }: stdenv.mkDerivation { }",
    "pkgs/top-level/all-packages.nix": "self: pkgs: {\n  gimp = callPackage ../g/gimp { };\n  gcc = gcc14;\n}\n",
    "pkgs/g/gimp/default.nix": "{ }: 1",
}


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        ("{ lib, ... }: { x = lib.mkI$0f true 1; }", "lib/modules.nix", "mkIf"),
        ("{ lib, ... }: let inherit (lib) mkIf; in { x = mkIf$0 true 1; }", "lib/modules.nix", "mkIf"),
        ("{ lib, ... }: { x = with lib; mkIf$0 true 1; }", "lib/modules.nix", "mkIf"),
        ("{ pkgs, ... }: { x = pkgs.hello$0; }", "pkgs/by-name/he/hello/package.nix", ""),
        ("{ pkgs, ... }: { x = with pkgs; [ hel$0lo ]; }", "pkgs/by-name/he/hello/package.nix", ""),
        ("{ pkgs, ... }: { x = pkgs.gimp$0; }", "pkgs/g/gimp/default.nix", ""),
        ("{ pkgs, ... }: { x = pkgs.gcc$0; }", "pkgs/top-level/all-packages.nix", "gcc"),
    ],
)
def test_lib_and_pkgs_lead_to_the_pinned_nixpkgs(text: str, file: str, name: str) -> None:
    locked = {"narHash": nar_hash("nixpkgs"), "rev": "1" * 40, "lastModified": 1764547200, "type": "github"}
    nodes = {
        "root": {"inputs": {"nixpkgs": "nixpkgs"}},
        "nixpkgs": {"locked": {**locked, "owner": "NixOS", "repo": "nixpkgs"}},
    }
    files = {f"{store_path('nixpkgs')}/{path}": source for path, source in LIBRARY.items()}
    files |= {
        "/p/flake.lock": json.dumps({"version": 7, "root": "root", "nodes": nodes}),
        "/p/flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }",
        "/p/a.nix": text.replace("$0", ""),
    }
    workspace = Workspace("/p", MemoryFiles(files), Catalog())
    document = workspace.document("/p/a.nix")
    assert document is not None

    (found,) = definition(workspace, document, text.index("$0"))

    assert found.path == f"{store_path('nixpkgs')}/{file}"
    assert LIBRARY[file][found.span.start : found.span.end] == name


def test_what_functions_of_the_library_make_leads_to_its_code() -> None:
    (workspace, document, offset), expected = marked(
        "{ lib, ... }: let s = lib.mapAttrs (n: v: { inherit n; «made» = v; }) { a = 1; }; in s.a.made$0"
    )

    assert places(definition(workspace, document, offset)) == expected
