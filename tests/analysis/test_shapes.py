"""What expressions come to without evaluation: `nix_lsp.analysis.shapes`."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shapes import shape_of
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attrs,
    Elements,
    Function,
    Known,
    Listing,
    OneOf,
    Package,
    Plain,
    Shape,
)
from nix_lsp.syntax.ast import descent
from tests.fixture import project

_WHOLE = frozenset({"binding", "function_expression", "let_expression"})


def shape_before_cursor(fixture: str, root: str = "/") -> Shape:
    """Return the shape of the largest expression that ends at `$0`, functions and `let` aside."""
    workspace, document, offset = project(fixture, root=root)
    chain = descent(document.root, offset - 1)
    node = next(
        each
        for each in chain
        if each.end_byte == offset and each.type.endswith("_expression") and each.type not in _WHOLE
    )
    return shape_of(workspace, document, node)


def shown(shape: Shape, depth: int = 4) -> str:
    """Write a shape down: `?` behind what a set may lack, `…` for what it may have beside."""
    if depth == 0:
        return ".."
    match shape:
        case Attrs():
            own = [
                f"{name}{'' if found.is_certain else '?'}={shown(found.shape, depth - 1)}"
                for name, found in shape.own.items()
            ]
            rest = [] if shape.rest is None else ["…" if shape.rest is ANY else shown(shape.rest, depth - 1)]
            return "{" + " ".join([*own, *rest]) + "}"
        case Plain():
            return shape.kind if shape.value is None else f"{shape.kind}:{shape.value}"
        case Known():
            return ".".join(shape.name)
        case OneOf():
            return "|".join(shown(each, depth - 1) for each in shape.shapes)
        case Elements():
            return f"*={shown(shape.element.force(), depth - 1)}"
        case Listing():
            items = [shown(item.force(), depth - 1) for item in shape.items]
            return "[" + " ".join([*items, *([] if shape.is_exact else ["…"])]) + "]"
        case Package():
            return f"package{shown(shape.given.force(), depth - 1)}"
        case Function():
            return "function"
        case _:
            return "any"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('let x = { a = 1; b.c = "s"; b.d = [ 1 2.0 ]; }; in x.b$0', "{c=string:s d=[integer float]}"),
        ("let x = rec { a = b; b = true; }; in x$0", "{a=boolean:true b=boolean:true}"),
        ("let x = { a.b = 1; a = { c = 2; }; }; in x.a$0", "{b=integer c=integer}"),
        ('let n = "k"; x = { ${n} = 1; }; in x$0', "{k=integer}"),
        ("n: let x = { ${n} = 1; }; in x$0", "{*=integer}"),
        ("let a = { x = 1; }; in { inherit (a) x; }$0", "{x=integer}"),
        ("let a = { x = 1; }; in with a; x$0", "integer"),
        ("let x = 1; a = { x = true; }; in with a; x$0", "integer"),
        ("a: with { x = 1; }; with a; x$0", "integer|any"),
        ("let { body = { a = 1; }; }$0", "{a=integer}"),
        ("let x = { a = 1; } // { a = true; b = null; }; in x$0", "{a=boolean:true b=null}"),
        ("y: let x = { a = 1; } // (if y then { b = 2; } else { c = 3; }); in x$0", "{a=integer b?=integer c?=integer}"),
        ("y: let x = { a = 1; } // y; in x$0", "{a?=integer|any …}"),
        ("y: let x = y // { a = 1; }; in x$0", "{a=integer …}"),
        ("let x = if true then { a = 1; } else null; in x$0", "{a=integer}"),
        ('let x = if y then { a = 1; } else throw "no"; in x$0', "{a=integer}"),
        ("let x = { a = 1; }; in x.b or 2.5$0", "float"),
        ("let x = { a = 1; }; in x ? a$0", "boolean:true"),
        ("let f = { a, b ? 2, ... }@args: { inherit a b args; }; in f { a = { q = 1; }; }$0", "{a={q=integer} b=integer args={a={q=integer}}}"),
        ("let f = a: b: { inherit a b; }; in f 1 true$0", "{a=integer b=boolean:true}"),
        ("let s = { __functor = self: x: { v = x; }; }; in s 1$0", "{v=integer}"),
        ("let x = x; in x$0", "any"),
        ("let f = n: f n; in (f 1)$0", "any"),
        ('"a" + "b"$0', "string:ab"),
        ('./a + "/b"$0', "path:/a/b"),
        ("1 + 2$0", "integer"),
        ("!(a == b)$0", "boolean"),
        ("[ 1 ] ++ [ true ]$0", "[integer boolean:true]"),
        ("undefined$0", "any"),
    ],
)  # fmt: skip
def test_expressions_come_to_shapes(text: str, expected: str) -> None:
    assert shown(shape_before_cursor(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{ lib }: (lib.genAttrs [ "a" "b" ] (n: { name = n; }))$0', "{a={name=string:a} b={name=string:b}}"),
        ("{ lib }: (lib.mapAttrs (n: v: v.x) { a = { x = 1; }; })$0", "{a=integer}"),
        ("{ lib, s }: (lib.mapAttrs (n: v: { inherit v; }) s)$0", "{*={v=any}}"),
        ("(builtins.attrNames { b = 1; a = 2; })$0", "[string:a string:b]"),
        ('(removeAttrs { a = 1; b = 2; } [ "a" ])$0', "{b=integer}"),
        ("{ lib, c }: (lib.optionalAttrs c { a = 1; })$0", "{a?=integer}"),
        ("{ lib }: (lib.recursiveUpdate { a.b = 1; } { a.c = true; })$0", "{a={b=integer c=boolean:true}}"),
        ("{ lib }: (lib.filterAttrs (n: v: v) { a = true; })$0", "{a?=boolean:true}"),
        ('(builtins.listToAttrs [ { name = "a"; value = 1; } ])$0', "{a=integer}"),
        ("{ lib }: (lib.fix (self: { a = 1; b = self.a; }))$0", "{a=integer b=integer}"),
        ("{ lib }: (lib.makeExtensible (self: { a = 1; }))$0", "{a?=integer|any …}"),
        ("{ lib }: (lib.pipe 1 [ (x: { a = x; }) (x: x.a) ])$0", "integer"),
        ("{ lib }: (builtins.foldl' (a: b: a // b) { } [ { a = 1; } { b = 2; } ])$0", "{a=integer b=integer}"),
        ('{ lib }: (lib.concatStringsSep "," [ ])$0', "string"),
        ("{ lib }: lib.mkOption { }$0", "option"),
        ('{ stdenv }: stdenv.mkDerivation { pname = "x"; }$0', "package{pname=string:x}"),
        ('{ pkgs }: pkgs.stdenv.mkDerivation { pname = "x"; }$0', "package{pname=string:x}"),
        ("(import <nixpkgs> { }).hello$0", "pkgs.hello"),
        ("{ nixpkgs }: let pkgs = import <nixpkgs> { }; in pkgs.lib.types$0", "lib.types"),
    ],
)  # fmt: skip
def test_well_known_functions_are_seen_through(text: str, expected: str) -> None:
    assert shown(shape_before_cursor(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ config, ... }: let cfg = config.services.foo; in cfg.bar$0", "config.services.foo.bar"),
        ("{ lib }: lib.mapAttrs (n: v: v$0) { a = { x = 1; }; }", "{x?=integer|any …}"),
        ("map (x: x$0) [ { a = 1; } { b = 2; } ]", "{a?=integer|any b?=integer|any …}"),
        ("{ lib }: lib.filter (x: x$0) [ { a = 1; } ]", "{a?=integer|any …}"),
        ("let each = f: builtins.mapAttrs (s: v: f v) { q = { x = 1; }; }; in each (p: p$0)", "{x?=integer|any …}"),
        ("(x: x$0) { a = 1; }", "{a?=integer|any …}"),
        ("{ a ? { b = 1; } }: a$0", "{b?=integer|any …}"),
        ("final: prev: { x = prev.hello$0; }", "pkgs.hello"),
    ],
)
def test_arguments_are_what_functions_are_called_with_and_never_certain(text: str, expected: str) -> None:
    assert shown(shape_before_cursor(text)) == expected


def test_files_are_followed_and_tell_where_attributes_are_bound() -> None:
    workspace, document, offset = project("""
        #- /lib.nix
        { lib }: { mkThing = name: { inherit name; size = 3; }; }
        #- /default.nix
        let l = import ./lib.nix { inherit lib; }; in l.mkThing "q"$0
    """)
    node = next(each for each in descent(document.root, offset - 1) if each.type == "apply_expression")
    shape = shape_of(workspace, document, node)
    size = shape.attribute("size")
    assert shown(shape) == "{name=string:q size=integer}"
    assert size is not None
    assert [(place.path, workspace.document(place.path).text(place.span)) for place in size.places] == [  # pyright: ignore[reportOptionalMemberAccess]
        ("/lib.nix", "size")
    ]
    assert shape.attribute("colour") is None


def test_the_call_of_a_package_says_what_its_arguments_are() -> None:
    shape = shape_before_cursor("""
        #- /p.nix
        { stdenv, cfg, hello }: [ cfg hello ]$0
        #- /default.nix
        { pkgs }: pkgs.callPackage ./p.nix { cfg = { deep = true; }; }
    """)
    assert shown(shape) == "[{deep?=boolean:true|any …} pkgs.hello]"


def test_modules_have_what_their_host_hands_them() -> None:
    shape = shape_before_cursor("""
        #- /flake.nix
        {
          inputs.nixpkgs.url = "github:NixOS/nixpkgs";
          outputs = { self, nixpkgs }@inputs: {
            lib.twice = x: x + x;
            nixosConfigurations.h = nixpkgs.lib.nixosSystem {
              specialArgs = { inherit inputs self; vars = import ./vars.nix; };
              modules = [ ./m.nix ];
            };
          };
        }
        #- /vars.nix
        { user = "me"; }
        #- /m.nix
        { config, self, inputs, vars, ... }: { a = [ vars self.lib.twice inputs.self.lib.twice ]$0; }
    """)
    assert shown(shape) == "[{user?=string:me|any …} function|any function|any]"


def test_outputs_by_system_are_seen() -> None:
    shape = shape_before_cursor("""
        #- /flake.nix
        {
          outputs = { self, nixpkgs, flake-utils }: flake-utils.lib.eachDefaultSystem (system: {
            packages.tool = "t";
            checks.all = self.packages.${system}$0;
          });
        }
    """)
    assert shown(shape) == "{tool?=string:t|any …}"


def test_the_source_of_an_input_is_read_where_it_is_on_disk() -> None:
    shape = shape_before_cursor(
        """
        #- /project/flake.nix
        {
          inputs.other.url = "path:../other";
          outputs = { self, other }: { a = other.lib$0; };
        }
        #- /other/flake.nix
        { outputs = _: { lib.half = x: x; }; }
        """,
        root="/project",
    )
    assert shown(shape) == "{half?=function|any …}"


@pytest.mark.parametrize(
    "text",
    [
        "let x = " + "(" * 5_000 + "1" + ")" * 5_000 + "; in x$0",
        "let " + " ".join(f"x{n} = x{n + 1} // x{n + 1};" for n in range(400)) + " in x0$0",
        "let f = f: f f; in f f$0",
        "let a = { b = ; in a.b$0",
        "let x = { a = 1; in x$0",
        "{ a }: { inherit (a$0",
        "let f = x: f (x // { y = f x; }); in f { }$0",
        "let a = b; b = c: a; in a 1 2 3$0",
        "with (with x; x); (rec { x = x; }).x$0",
    ],
)
def test_odd_code_ends_and_raises_nothing(text: str) -> None:
    workspace, document, offset = project(text)
    for node in descent(document.root, offset - 1):
        shape = shape_of(workspace, document, node)
        shown(shape)
