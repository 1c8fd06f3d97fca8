"""Files that move: every path leads where it did."""

from __future__ import annotations

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.names.moves import moved
from tests.fixture import project, texts

FILES = """
    #- /flake.nix
    { outputs = { self }: { x = [ ./hosts/a.nix "${self}/hosts/a.nix" ./hosts ]; # ./hosts/a.nix
    }; }
    #- /hosts/a.nix
    { imports = [ ../modules/b.nix ../modules ./hardware.nix ]; y = ./data/${x}/z; z = ./.; }
    #- /hosts/hardware.nix
    { }
    #- /hosts/data/q/z
    1
    #- /modules/default.nix
    { imports = [ ./b.nix ]; c = import ../modules; }
    #- /modules/b.nix
    { d = "./b.nix"; e = import ../hosts/hardware.nix; }
"""


def after(moves: dict[str, str]) -> dict[str, str]:
    """Return the lines that change, by the old path of the file."""
    workspace, _, _ = project(FILES)
    before = texts(FILES).files
    return {
        each.path: apply(before[each.path].encode(), each.edits).decode().rstrip("\n")
        for each in moved(workspace, moves)
    }


def test_a_file_that_gets_another_name() -> None:
    assert after({"/modules/b.nix": "/modules/c.nix"}) == {
        "/hosts/a.nix": "{ imports = [ ../modules/c.nix ../modules ./hardware.nix ]; y = ./data/${x}/z; z = ./.; }",
        "/modules/default.nix": "{ imports = [ ./c.nix ]; c = import ../modules; }",
    }


def test_a_file_that_goes_into_another_folder() -> None:
    assert after({"/hosts/a.nix": "/machines/x/a.nix"}) == {
        "/flake.nix": '{ outputs = { self }: { x = [ ./machines/x/a.nix "${self}/machines/x/a.nix" ./hosts ]; # ./hosts/a.nix\n}; }',
        "/hosts/a.nix": "{ imports = [ ../../modules/b.nix ../../modules ../../hosts/hardware.nix ]; "
        "y = ../../hosts/data/${x}/z; z = ../../hosts/.; }",
    }


def test_a_folder_that_moves() -> None:
    assert after({"/modules": "/lib/modules"}) == {
        "/hosts/a.nix": "{ imports = [ ../lib/modules/b.nix ../lib/modules ./hardware.nix ]; y = ./data/${x}/z; z = ./.; }",
        "/modules/b.nix": '{ d = "./b.nix"; e = import ../../hosts/hardware.nix; }',
    }


def test_a_default_nix_that_gets_another_name() -> None:
    assert after({"/modules/default.nix": "/modules/all.nix"}) == {
        "/hosts/a.nix": "{ imports = [ ../modules/b.nix ../modules/all.nix ./hardware.nix ]; y = ./data/${x}/z; z = ./.; }",
        "/modules/default.nix": "{ imports = [ ./b.nix ]; c = import ./all.nix; }",
    }


def test_a_file_that_becomes_a_folder() -> None:
    assert after({"/hosts/hardware.nix": "/hosts/hardware/default.nix"}) == {
        "/hosts/a.nix": "{ imports = [ ../modules/b.nix ../modules ./hardware/default.nix ]; y = ./data/${x}/z; z = ./.; }",
        "/modules/b.nix": '{ d = "./b.nix"; e = import ../hosts/hardware/default.nix; }',
    }


@pytest.mark.parametrize("moves", [{}, {"/nowhere": "/else"}, {"/modules/b.nix": "/modules/b.nix"}])
def test_nothing_moves(moves: dict[str, str]) -> None:
    assert after(moves) == {}
