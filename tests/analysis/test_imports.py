"""What a module brings in, and into which set."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.imports import file_edges
from nix_lsp.analysis.partial.evaluate import Evaluator
from nix_lsp.analysis.partial.value import Thunk, given
from tests.fixture import project

OTHERS = dict.fromkeys(("/a.nix", "/b.nix", "/c/default.nix", "/d/x.nix", "/d/y.nix", "/d/note.md"), "{ }") | {
    "/curried.nix": '{ name }: { ... }: { imports = [ (./. + "/${name}.nix") ]; }'
}  # fmt: skip


def edges(text: str, **special: str) -> tuple[set[str], bool]:
    """The files that a module brings in, as `path` or `path set`, and whether there is more that cannot be seen."""
    files = MemoryFiles(OTHERS | {"/m.nix": text})
    document = files.document("/m.nix")
    assert document is not None
    arguments: dict[str, Thunk] = {name: given(value) for name, value in special.items()}
    found = file_edges(Evaluator(files, "/"), document, arguments).edges
    return {" ".join(filter(None, edge)) for edge in found.files}, found.opaque


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{ imports = [ ./a.nix ./c ]; }", {"/a.nix", "/c/default.nix"}),
        ("{ config, ... }: { imports = [ ./a.nix ]; }", {"/a.nix"}),
        ("{ imports = [ (import ./a.nix) ]; }", {"/a.nix"}),
        ('{ imports = [ (import ./curried.nix { name = "b"; }) ]; }', {"/curried.nix", "/b.nix"}),
        ("{ lib, ... }: { imports = [ ./a.nix ] ++ lib.optional x ./b.nix ++ lib.optionals y [ ./c ]; }", {"/a.nix", "/b.nix", "/c/default.nix"}),
        ("{ imports = if x then [ ./a.nix ] else [ ./b.nix ]; }", {"/a.nix", "/b.nix"}),
        ('let names = [ "a" "b" ]; in { imports = map (n: ./. + "/${n}.nix") names; }', {"/a.nix", "/b.nix"}),
        ('{ lib, ... }: { imports = map (n: ./d + "/${n}") (lib.filter (lib.hasSuffix ".nix") (builtins.attrNames (builtins.readDir ./d))); }', {"/d/x.nix", "/d/y.nix"}),
        ("{ imports = [ { imports = [ ./a.nix ]; } ({ ... }: { imports = [ ./b.nix ]; }) ]; }", {"/a.nix", "/b.nix"}),
        ("{ imports = [ ./m.nix ]; }", set[str]()),
        ("{ home-manager.users.me = ./a.nix; }", {"/a.nix home-manager"}),
        ("{ home-manager.users.me = import ./a.nix; }", {"/a.nix home-manager"}),
        ("{ home-manager.users.me = { imports = [ ./a.nix ]; }; }", {"/a.nix home-manager"}),
        ("{ home-manager = { users = { me.imports = [ ./a.nix ]; }; sharedModules = [ ./b.nix ]; }; }", {"/a.nix home-manager", "/b.nix home-manager"}),
        ("{ user, ... }: { home-manager.users.${user} = import ./a.nix; }", {"/a.nix home-manager"}),
        ("{ lib, ... }: { config = lib.mkIf x { home-manager.users.me = ./a.nix; }; }", {"/a.nix home-manager"}),
        ("{ lib, ... }: { config = lib.mkMerge [ { home-manager.users.me = ./a.nix; } { } ]; }", {"/a.nix home-manager"}),
        ("{ containers.c.config = { imports = [ ./a.nix ]; }; }", {"/a.nix nixos"}),
        ("{ specialisation.s.configuration = { imports = [ ./a.nix ]; }; }", {"/a.nix"}),
    ],
)  # fmt: skip
def test_modules_that_are_clear_statically(text: str, found: set[str]):
    assert edges(text) == (found, False)


@pytest.mark.parametrize(
    "text",
    [
        "{ imports = [ ./gone.nix ]; }",
        "{ imports = f x; }",
        "{ imports = [ (f x) ]; }",
        "{ imports = [ x.y ]; }",
        "{ imports = 3; }",
    ],
)
def test_what_cannot_be_seen_is_told(text: str):
    assert edges(text) == (set(), True)


@pytest.mark.parametrize("text", ['{ modulesPath, ... }: { imports = [ (modulesPath + "/x.nix") ]; }', '{ imports = [ "${inputs.nixpkgs}/x.nix" ]; }', "{ imports = [ <nixpkgs/x> ]; }"])  # fmt: skip
def test_modules_of_nixpkgs_and_of_inputs_hide_nothing(text: str):
    assert edges(text) == (set(), False)


def test_arguments_of_the_host_decide():
    assert edges("{ host, ... }: { imports = [ ./${host}.nix ]; }", host="a") == ({"/a.nix"}, False)  # fmt: skip


def test_a_path_that_climbs_out_of_the_workspace_leads_nowhere():
    assert edges("{ imports = [ ../../../etc/passwd ]; }") == (set(), True)


def test_a_hive_of_colmena_has_nodes():
    fixture = project("""
#- /hive.nix
{
  meta.nixpkgs = import <nixpkgs> { };
  defaults = { imports = [ ./all.nix ]; };
  one = { imports = [ ./one.nix ]; };
  two = ./two.nix;
}
#- /all.nix
{ }
#- /one.nix
{ }
#- /two.nix
{ }
""")

    hosts = {path: [lane.host for lane in fixture.workspace.lanes(document)] for path in ("/all.nix", "/one.nix", "/two.nix") if (document := fixture.workspace.document(path))}  # fmt: skip

    assert hosts == {"/all.nix": ["hive.nix.one"], "/one.nix": ["hive.nix.one"], "/two.nix": ["hive.nix.two"]}
