"""Files that are imported for what they say, not as modules: where they lie and what they look like does not make them modules."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.workspace import Workspace
from tests.analysis.test_workspace import LOCK, lanes, open_project
from tests.fixture import Fixture

FLAKE = f"""
#- /flake.lock
{LOCK}
#- /flake.nix
{{ outputs = {{ nixpkgs, ... }}: {{ nixosConfigurations.a = nixpkgs.lib.nixosSystem {{ modules = [ ./nixos/a.nix ]; }}; }}; }}
"""


def opened(importer: str, others: str = "") -> Fixture:
    return open_project(
        f"{FLAKE}#- /nixos/a.nix\n{importer}\n{others}#- /nixos/x.nix\n{{ lib, ... }}: {{ services.a = 1; }}\n"
    )


@pytest.mark.parametrize(
    "importer",
    [
        "{ lib, ... }: { options.v = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule (import ./x.nix { inherit lib; })); }; }",
        "{ lib, ... }: { options.v = lib.mkOption { type = lib.types.submodule ./x.nix; }; }",
        "{ lib, ... }: { options.v = lib.mkOption { type = lib.types.submodule { imports = [ ./x.nix ]; }; }; }",
        "{ lib, ... }: { options.v = lib.mkOption { type = with lib.types; submoduleWith { modules = [ ./x.nix ]; }; }; }",
        "{ lib, ... }: { my.value = (lib.evalModules { modules = [ ./x.nix ]; }).config; }",
        "{ lib, ... }: { services.b.settings = f (import ./x.nix { inherit lib; }); }",
        "{ lib, ... }: let data = import ./x.nix { inherit lib; }; in { networking.hosts = data.${services}; }",
        "{ lib, ... }: { networking.hosts = lib.mapAttrs f (import ./x.nix { inherit lib; }); }",
        '{ lib, ... }: { networking.hosts = import (./. + "/x.nix"); }',
    ],
)
def test_a_file_that_is_imported_for_its_value_has_no_lane(importer: str):
    assert lanes(opened(importer), "/nixos/x.nix") == []


@pytest.mark.parametrize(
    "importer",
    [
        "{ lib, ... }: { services.b.settings = import ./x.nix { inherit lib; }; }",
        "{ lib, ... }: { inherit (import ./x.nix { inherit lib; }) services; }",
        "{ lib, ... }: let data = import ./x.nix { inherit lib; }; in { networking.hosts = data.services; }",
    ],
)
def test_a_file_that_is_imported_for_definitions_has_the_lane_of_these(importer: str):
    assert lanes(opened(importer), "/nixos/x.nix") == ["nixos nixosConfigurations.a 25.11"]


@pytest.mark.parametrize(
    "other",
    [
        "{ imports = [ (import ./x.nix) ]; }",
        "{ imports = [ (import ./x.nix { }) ] ++ y; }",
        "{ inputs, ... }: { a = inputs.nixpkgs.lib.nixosSystem { modules = [ (import ./x.nix) ]; }; }",
        "{ containers.a.config = import ./x.nix; }",
        "{ containers.a = { config = import ./x.nix; }; }",
        "{ flake.nixosModules.x = import ./x.nix; }",
        "{ imports = [ ./x.nix ]; } # not: import ./x.nix",
        "{ lib, ... }: { imports = lib.optional y (import ./x.nix); }",
    ],
)
def test_one_that_is_imported_as_a_module_keeps_that_of_its_folder(other: str):
    fixture = opened("{ }", f"#- /nixos/other.nix\n{other}\n")
    assert lanes(fixture, "/nixos/x.nix") == ["nixos 25.11"]


def test_a_file_that_a_host_reaches_is_its_module_whatever_else_imports_it():
    fixture = opened("{ imports = [ ./x.nix ]; y.z = import ./x.nix; }")
    assert lanes(fixture, "/nixos/x.nix") == ["nixos nixosConfigurations.a 25.11"]


def test_what_a_file_says_of_itself_counts_all_the_same():
    fixture = open_project(
        f'{FLAKE}#- /nixos/a.nix\n{{ y.z = import ./x.nix; }}\n#- /nixos/x.nix\n{{ _class = "nixos"; services.a = 1; }}\n'
    )
    assert lanes(fixture, "/nixos/x.nix") == ["nixos 25.11"]


def test_a_survey_finds_them_too():
    workspace: Workspace = opened("{ y.z = f (import ./x.nix); }").workspace
    survey = workspace.survey()
    assert survey
    while survey.advance():
        pass
    document = workspace.document("/nixos/x.nix")
    assert document
    assert workspace.lanes(document) == ()
