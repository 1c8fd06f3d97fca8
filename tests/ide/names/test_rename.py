"""Renaming: what is written instead, and what is refused."""

from __future__ import annotations

import pytest

from nix_lsp.ide.names.rename import Placeholder, Refusal, prepare
from nix_lsp.syntax.span import Span
from tests.fixture import project

from .marks import renamed


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("let a$0 = 1; in a + a", "b", "let b = 1; in b + b"),
        ("x: x$0.y", "y", "y: y.y"),
        ("{ a, ... }@args$0: args", "all", "{ a, ... }@all: all"),
        ("let s.a = 1; s.b = 2; in s$0", "t", "let t.a = 1; t.b = 2; in t"),
        ('let "a" = 1; in a$0', "b", 'let "b" = 1; in b'),
        ('let a$0 = 1; in "${a}"', "b", 'let b = 1; in "${b}"'),
        ("let a$0 = 1; in let a = 2; in a", "b", "let b = 1; in let a = 2; in a"),
        ("let a$0 = 1; in z: let z = 1; in z", "z", "let z = 1; in z: let z = 1; in z"),
    ],
)
def test_variables(before: str, new: str, after: str) -> None:
    assert renamed(before, new) == after


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("let a = 1; in { inherit a; b = a$0; }", "z", "let z = 1; in { a = z; b = z; }"),
        ("let a$0 = 1; in { inherit a b; }", "z", "let z = 1; in { inherit b; a = z; }"),
        ("let inherit (s) a; in a$0", "z", "let z = s.a; in z"),
        ("let inherit (s) a b; in a$0 + b", "z", "let inherit (s) b; z = s.a; in z + b"),
        ("let inherit (f x) a; in a$0", "z", "let z = (f x).a; in z"),
        ("let inherit (s.t) a; in a$0", "z", "let z = s.t.a; in z"),
        ("let inherit (s.t or u) a; in a$0", "z", "let z = (s.t or u).a; in z"),
        (
            "let a = 1; in let inherit a; in { inherit a; b = a$0; }",
            "z",
            "let a = 1; in let z = a; in { a = z; b = z; }",
        ),
        ("let a$0 = 1; in let inherit a; in a", "z", "let z = 1; in let a = z; in a"),
        ("let s = { a$0 = 1; }; inherit (s) a; in a", "z", "let s = { z = 1; }; a = s.z; in a"),
        ("let s = { a$0 = 1; }; in { inherit (s) a; }", "z", "let s = { z = 1; }; in { a = s.z; }"),
        ('let a$0 = 1; in { inherit "a"; }', "z", "let z = 1; in { a = z; }"),
        ("let a$0 = 1; in { inherit b # why\n a; }", "z", "let z = 1; in { inherit b # why\n ; a = z; }"),
    ],
)
def test_what_is_inherited_keeps_its_name(before: str, new: str, after: str) -> None:
    assert renamed(before, new) == after


def test_a_binding_of_its_own_gets_a_line_of_its_own() -> None:
    before = """
        let
          a$0 = 1;
        in
        {
          inherit
            a
            b
            ;
        }
    """
    after = """
let
  z = 1;
in
{
  inherit
    b
    ;
  a = z;
}
"""

    assert renamed(before, "z") == after


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("let x = { a$0 = 1; }; in x.a", "b", "let x = { b = 1; }; in x.b"),
        ("let x = { a = 1; }; in x.a$0", "b c", 'let x = { "b c" = 1; }; in x."b c"'),
        ("let x = { a$0 = 1; }; in with x; a", "b", "let x = { b = 1; }; in with x; b"),
        ("let x = rec { a$0 = 1; b = a; }; in x.a", "c", "let x = rec { c = 1; b = c; }; in x.c"),
        ("let x = { a.b = 1; a.c = 2; }; in x.a$0.b", "z", "let x = { z.b = 1; z.c = 2; }; in x.z.b"),
        ("let f = { a$0 }: a; in f { a = 1; }", "b", "let f = { b }: b; in f { b = 1; }"),
        ("let f = { a$0 }@s: s.a; in f { a = 1; }", "b", "let f = { b }@s: s.b; in f { b = 1; }"),
        ("let a = 1; f = { a$0 }: a; in f { inherit a; }", "b", "let a = 1; f = { b }: b; in f { b = a; }"),
    ],
)
def test_attributes_and_arguments_that_are_all_seen(before: str, new: str, after: str) -> None:
    assert renamed(before, new) == after


def test_every_file_is_touched() -> None:
    before = """
        #- /a.nix
        let l = import ./lib.nix { lib = 1; }; in l.make
        #- /b.nix
        let inherit (import ./lib.nix { lib = 2; }) make; in make
        #- /lib.nix
        { lib }: { mak$0e = lib; }
    """

    assert renamed(before, "build") == {
        "/a.nix": "let l = import ./lib.nix { lib = 1; }; in l.build\n",
        "/b.nix": "let make = (import ./lib.nix { lib = 2; }).build; in make\n",
        "/lib.nix": "{ lib }: { build = lib; }\n",
    }
    assert renamed(before.replace("$0", "").replace("{ lib }", "{ lib$0 }"), "l") == {
        "/a.nix": "let l = import ./lib.nix { l = 1; }; in l.make\n",
        "/b.nix": "let inherit (import ./lib.nix { l = 2; }) make; in make\n",
        "/lib.nix": "{ l }: { make = l; }\n",
    }


@pytest.mark.parametrize(
    ("before", "new", "reason"),
    [
        ("let a$0 = 1; in b: a", "b", "`b` in line 1 would mean another one"),
        ("let a$0 = 1; in { x = let b = 2; in a; }", "b", "`b` in line 1 would mean another one"),
        ("b: let a$0 = 1; in b", "b", "`b` in line 1 would mean another one"),
        ("let a$0 = 1; in with x; [ a b ]", "b", "`b` in line 1 would mean another one"),
        ("let a$0 = 1; in map a", "map", "`map` in line 1 would mean another one"),
        ("let a$0 = 1; in rec { b = 2; inherit a; }", "b", "`b` in line 1 would mean another one"),
        ("let a$0 = 1; b = 2; in a", "b", "`b` is bound there already (configuration.nix:1)"),
        ("{ a, b }@c$0: c", "a", "`a` is bound there already (configuration.nix:1)"),
        ("let a$0 = 1; in a", "in", "`in` is a keyword"),
        ("let a$0 = 1; in a", "1x", "`1x` is no name of a variable"),
        ("let a$0 = 1; in a", "", "a name has at least one character"),
        ("let a$0 = 1; in a", "__sub", "operators of Nix look up `__sub`"),
        ("with x; a$0", "b", "`a` comes from a `with`"),
        ("map$0 f", "b", "`map` is built into Nix"),
        ("$0{ }", "b", "there is no name here"),
        ("{ pkgs$0, ... }: pkgs", "p", "who reads `pkgs` is not all seen"),
        ("let x = { a$0 = 1; }; in f x", "b", "it is handed to a function that cannot be followed"),
        ("let x = { a$0 = 1; }; in [ x ]", "b", "it is an element of a list"),
        ("let x = { a$0 = 1; }; in x.${y}", "b", "whose name is computed"),
        ("let x = { a$0 = 1; }; in x // { }", "b", "it is part of a larger expression"),
        ("{ a$0 = 1; }", "b", "no file of the project is seen to import it"),
        ("let a$0 = 1; in a }", "b", "has syntax errors"),
        ("let x = { a$0 = 1; }; in x.b or x.a", "b", "`b` is asked for already"),
        ("let x = { a$0 = 1; }; in x ? b", "b", "`b` is asked for already"),
        ("let x.a$0 = 1; in x.b or 2", "b", "`b` is asked for already"),
        ("let x = { a$0 = 1; }; in y: with y; with x; b", "b", "`b` is asked for already"),
        ("let x = { a$0 = 1; }; f = { b ? 2, ... }: b; in f x", "b", "`b` is asked for already"),
        ("let f = { a$0 ? 1, ... }: a; in f { b = 2; }", "b", "`b` is asked for already"),
        ("let f = { a$0, ... }@s: a + s.b or 1; in f { a = 2; }", "b", "`b` is asked for already"),
    ],
)
def test_what_would_change_the_meaning_is_refused(before: str, new: str, reason: str) -> None:
    said = renamed(before, new)

    assert isinstance(said, str)
    assert said.startswith("refused: ")
    assert reason in said


def test_the_arguments_of_a_module_are_the_module_systems() -> None:
    said = renamed("#- /a.nix\n{ imports = [ ./b.nix ]; }\n#- /b.nix\n{ fo$0o, ... }: foo", "bar")

    assert isinstance(said, str)
    assert "the file is named, and not by `import` (a.nix:1)" in said


def test_prepare_tells_the_name_without_its_quotes() -> None:
    workspace, document, offset = project('let "a b$0" = 1; in { inherit "a b"; }')

    assert prepare(workspace, document, offset) == Placeholder(Span(5, 8), "a b")
    assert prepare(*project("ma$0p")) == Refusal("`map` is built into Nix")


def test_renaming_to_the_same_name_does_nothing() -> None:
    assert renamed("let a$0 = 1; in a", "a") == "let a = 1; in a"


def test_options_are_not_renamed() -> None:
    flake = "#- /flake.nix\n{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }"

    for module in ("{ networking.hostName$0 = 1; }", "{ config, ... }: { x = config.networking.hostName$0; }"):
        workspace, document, offset = project(f"{flake}\n#- /a.nix\n{module}\n")

        found = prepare(workspace, document, offset)

        assert found == Refusal("`networking.hostName` is an option: modules that are not seen may define and read it")


def test_a_file_that_may_be_named_in_a_string_keeps_its_names() -> None:
    before = """
        #- /a.nix
        let l = import ./lib.nix; in l.make
        #- /b.nix
        { self }: (import "${self}/lib.nix").make
        #- /lib.nix
        { mak$0e = 1; }
    """

    assert str(renamed(before, "build")).startswith(
        "refused: who reads `make` is not all seen: the file may be named in a string"
    )
    assert "build" in str(renamed(before.replace("self}/lib", "pkgs.x}/lib"), "build"))


def test_what_others_may_import_keeps_its_names() -> None:
    said = renamed("#- /a.nix\nimport ./default.nix { a = 1; }\n#- /default.nix\n{ a$0 }: a\n", "b")

    assert said == "refused: who reads `a` is not all seen: the file is there for others to import (default.nix:1)"


def test_files_that_may_be_imported_by_listing_their_folder() -> None:
    before = """
        #- /a.nix
        let l = import ./lib/x.nix; in l.make
        #- /all.nix
        map (name: ./modules + "/${name}") (builtins.attrNames (builtins.readDir ./modules))
        #- /lib/x.nix
        { mak$0e = 1; }
    """

    assert "build" in str(renamed(before, "build"))
    for listed in ("./lib", "./.", '(self + "/lib")'):
        said = str(renamed(before.replace("readDir ./modules", f"readDir {listed}"), "build"))
        assert said.startswith(
            "refused: who reads `make` is not all seen: the project imports files by listing folders"
        )
