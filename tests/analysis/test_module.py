"""Modules flattened to definitions, imports and declarations."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.definition import Definition, ModuleView, Root
from nix_lsp.analysis.module import read_module, roots_at
from nix_lsp.syntax.document import Document


def read(code: str, path: str = "/t.nix") -> ModuleView:
    return read_module(Document(path, code.encode()))


def paths(definitions: tuple[Definition, ...]) -> list[str]:
    return [".".join(name or "?" for name in definition.names) for definition in definitions]


def leaves(root: Root) -> list[str]:
    """Each definition that is no set, as `path = value`."""
    return [
        f"{'.'.join(name or '?' for name in definition.names)} = {_text(definition)}"
        for definition in root.definitions
        if not definition.is_set
    ]


def _text(definition: Definition) -> str:
    value = definition.value
    return value.text.decode() if value and value.text is not None else "-"


def the(code: str) -> Root:
    """The one root of a file."""
    view = read(code)
    assert view.is_module
    (root,) = view.roots
    return root


def one(code: str) -> Definition:
    (definition,) = the(code).definitions
    return definition


@pytest.mark.parametrize(
    ("code", "definitions"),
    [
        ("{ a.b = 1; c = 2; }", ["a.b = 1", "c = 2"]),
        ("{ config, ... }: { a = 1; }", ["a = 1"]),
        ("{ inputs }: { config, ... }: { a = 1; }", ["a = 1"]),
        ("inputs: { a = 1; }", ["a = 1"]),
        ("args@{ ... }: let x = 1; in with x; assert x; ({ a = 1; })", ["a = 1"]),
        ("let x = 1; in { ... }: { a = 1; }", ["a = 1"]),
        ("{ ... }: { config = { a = 1; }; options = { }; }", ["a = 1"]),
        ("{ ... }: { config.a.b = 1; config.c = 2; }", ["a.b = 1", "c = 2"]),
        ("{ ... }: { imports = [ ]; config = lib.mkIf c { a = 1; }; }", ["a = 1"]),
        ("{ ... }: lib.mkIf c { a = 1; }", ["a = 1"]),
        ("{ a = { b = { c = 1; }; }; }", ["a.b.c = 1"]),
        ('{ a."b.c".${"d"} = 1; }', ["a.b.c.d = 1"]),
        ("{ a.${x}.b = 1; }", ["a.?.b = 1"]),
        ("{ a = rec { b = 1; }; }", ["a.b = 1"]),
        ("{ a = let x = 1; in { b = x; }; }", ["a.b = x"]),
        ("{ a = mkMerge [ { b = 1; } (mkIf c { d = 2; }) ]; }", ["a.b = 1", "a.d = 2"]),
        ("{ a = { b = 1; } // lib.optionalAttrs c { d = 2; }; }", ["a.b = 1", "a.d = 2"]),
        ("{ a = if c then { b = 1; } else { d = 2; }; }", ["a.b = 1", "a.d = 2"]),
        ("{ a = lib.recursiveUpdate x { b = 1; }; }", ["a.b = 1"]),
        ("{ a = [ { b = 1; } { c = 2; } ]; }", ["a = [ { b = 1; } { c = 2; } ]", "a.*.b = 1", "a.*.c = 2"]),
        ("{ a = map f [ { b = 1; } ]; }", ["a = map f [ { b = 1; } ]"]),
        ("{ a = import ./x.nix; }", ["a = import ./x.nix"]),
        ("{ a = { x, ... }: { b = 1; }; }", ["a = { x, ... }: { b = 1; }"]),
        ("let x = { b = 1; }; in { a = x; }", ["a.b = 1"]),
        ("let x = { b = 1; }; in { a = x // { c = 2; }; }", ["a.b = 1", "a.c = 2"]),
        # What functions make of what is written out.
        ('{ a = lib.listToAttrs [ { name = "x"; value = { b = 1; }; } ]; }', ["a.x.b = 1"]),
        ('{ a = lib.listToAttrs [ (lib.nameValuePair "x" { b = 1; }) y ]; }', ["a.x.b = 1", "a.? = -"]),
        ('{ a = lib.genAttrs [ "x" "y" ] (name: { b = 1; }); }', ["a.x.b = 1", "a.y.b = 1"]),
        ("{ a = lib.genAttrs names (name: { b = 1; }); }", ["a.?.b = 1"]),
        ("{ a = lib.mapAttrs (name: c: { b = c; }) { x = 1; }; }", ["a.x.b = c"]),
        ("{ a = lib.mapAttrs (_: lib.mkDefault) { x = 1; }; }", ["a.x = 1"]),
        ('{ a = lib.mapAttrs\' (n: v: lib.nameValuePair "my-${n}" { b = v; }) { x = 1; }; }', ["a.my-x.b = v"]),
        ('{ a = builtins.listToAttrs (map (n: { name = n; value.b = 1; }) [ "x" ]); }', ["a.x = -"]),
        ('{ a = removeAttrs { b = 1; c = 2; } [ "c" ]; }', ["a.b = 1"]),
        ("{ a = lib.filterAttrs (n: v: v != null) { b = 1; }; }", ["a.b = 1"]),
        ("{ a = lib.mergeAttrsList [ { b = 1; } { c = 2; } ]; }", ["a.b = 1", "a.c = 2"]),
        ('{ a = lib.mkMerge (map (n: { ${n}.b = 1; }) [ "x" "y" ]); }', ["a.x.b = 1", "a.y.b = 1"]),
        ("{ a = lib.forEach [ 1 ] (n: { b = n; }); }", ["a = lib.forEach [ 1 ] (n: { b = n; })", "a.*.b = n"]),
        ('{ ... }: { config = lib.genAttrs [ "a" ] (n: { b = 1; }); }', ["a.b = 1"]),
        # The file's own functions and sets.
        ('let f = name: { b = name; }; in { a.x = f "k"; }', ["a.x.b = name"]),
        ("let f = { c, ... }: { b = c; }; in { a = f { c = { d = 1; }; }; }", ["a.b.d = 1"]),
        ("let f = { c ? { d = 1; } }: { b = c; }; in { a = f { }; }", ["a.b.d = 1"]),
        ("let f = x: y: x // y; in { a = f { b = 1; } { c = 2; }; }", ["a.b = 1", "a.c = 2"]),
        ("let l = { f = x: { b = x; }; }; in { a = l.f 1; }", ["a.b = x"]),
        ("let s = { x = { b = 1; }; }; in { a = s.x; }", ["a.b = 1"]),
        ("let s = { x.b = 1; }; in { a = s.x; }", ["a = s.x"]),
        ("let x = { b = 1; }; in { inherit x; a = { inherit x; }; }", ["x.b = 1", "a.x.b = 1"]),
        ("let s = { x = { b = 1; }; }; in { a = { inherit (s) x; }; }", ["a.x.b = 1"]),
        ("let s = { b = 1; }; in { a = [ s ]; }", ["a = [ s ]", "a.*.b = 1"]),
        ("let f = x: { b = f x; }; in { a = f 1; }", ["a.b = f x"]),
        ("{ a = (x: { b = x; }) 1; }", ["a.b = x"]),
        ("{ inherit a b; c = { inherit (x) d; }; }", ["a = -", "b = -", "c.d = -"]),
        (
            "{ _class = 1; key = 2; disabledModules = [ ]; meta.x = 1; _module.args = 1; }",
            ["meta.x = 1", "_module.args = 1"],
        ),
        ("{ a = { imports = 1; key = 2; }; }", ["a.imports = 1", "a.key = 2"]),
    ],
)
def test_definitions_are_flattened(code: str, definitions: list[str]):
    assert leaves(the(code)) == definitions


@pytest.mark.parametrize(
    "code",
    [
        "[ 1 ]",
        "1",
        "",
        "final: prev: { a = 1; }",
        "self: super: { a = 1; }",
        "pkgs: { a = 1; }",
        "{ stdenv, lib }: stdenv.mkDerivation { a = 1; }",
        "{ pkgs ? import <nixpkgs> { } }: { a = 1; }",
        "{ lib, ... }: x: { a = 1; }",
        "{ config, ... }: config",
        "f { a = 1; }",
    ],
)
def test_other_expressions_are_no_modules(code: str):
    view = read(code)
    assert (view.is_module, view.roots) == (False, ())


def test_a_set_and_its_members_are_definitions_each():
    outer, inner = the("{ services.openssh = { settings.x = true; }; }").definitions
    assert (paths((outer,)), outer.is_set, outer.own) == (["services.openssh"], True, 0)
    assert (paths((inner,)), inner.is_set, inner.own) == (["services.openssh.settings.x"], False, 2)


@pytest.mark.parametrize(
    ("value", "wrappers", "core", "conditional"),
    [
        ("true", (), "true", False),
        ("(true)", (), "true", False),
        ("lib.mkForce true", ("mkForce",), "true", False),
        ("mkIf c (lib.mkDefault true)", ("mkIf", "mkDefault"), "true", True),
        ("lib.mkOverride 10 true", ("mkOverride",), "true", False),
        ("lib.modules.mkOrder 1 [ 1 ]", ("mkOrder",), "[ 1 ]", False),
        ("lib.mkIf c", (), "lib.mkIf c", False),
        ("foo.mkIf c 1", (), "foo.mkIf c 1", False),
        ("if c then 1 else 2", (), "if c then 1 else 2", True),
        ("with x; 1", (), "1", False),
        ("lib.mkMerge [ 1 (mkIf c 2) ]", ("mkMerge",), "lib.mkMerge [ 1 (mkIf c 2) ]", False),
    ],
)
def test_wrappers_are_taken_off(value: str, wrappers: tuple[str, ...], core: str, conditional: bool):
    definition = one(f"{{ a = {value}; }}")
    assert (definition.wrappers, _text(definition), definition.conditional) == (wrappers, core, conditional)


def test_a_wrapper_of_that_name_may_be_the_files_own():
    assert one("let mkIf = a: b: c; in { a = mkIf 1 2; }").wrappers == ()
    assert one("let inherit (lib) mkIf; in { a = mkIf 1 2; }").wrappers == ("mkIf",)


def test_what_is_below_a_condition_is_conditional():
    found = the("{ a = lib.mkIf c { b = 1; }; d = { e = 1; }; }").definitions
    assert [definition.conditional for definition in found] == [True, True, False, False]


def test_definitions_reached_by_name_say_so():
    found = the("let x = { b = 1; }; in { a = x; c = 2; }").definitions
    assert {path: definition.indirect for path, definition in zip(paths(found), found, strict=True)} == {
        "a": False,
        "a.b": True,
        "c": False,
    }


def test_names_that_lead_in_circles_end():
    assert paths(the("let x = { a = x; b = y; }; y = x; in { z = x; }").definitions) == ["z", "z.a", "z.b"]
    multiplying = "".join(f"a{n} = {{ x = a{n + 1}; y = a{n + 1}; }};" for n in range(40))
    assert len(the(f"let {multiplying} in {{ z = a0; }}").definitions) < 10_000


def test_imports():
    root = the(
        "{ imports = [ ./a.nix ../b (import ./c.nix { x = 1; }) <nixpkgs/d> (f 1) inputs.x.y ./${z} { q = 1; } ({ ... }: { r = 2; }) ]"
        " ++ lib.optional c ./e.nix ++ lib.optionals c [ ./f.nix ] ++ (if c then [ ./g.nix ] else more); }"
    )
    assert [node.text.decode() for node in root.imports if node.text] == [
        "./a.nix", "../b", "./c.nix", "<nixpkgs/d>", "./e.nix", "./f.nix", "./g.nix",
    ]  # fmt: skip
    assert [node.text.decode() for node in root.others if node.text] == ["f 1", "inputs.x.y", "./${z}", "more"]
    assert leaves(root) == ["q = 1", "r = 2"]


@pytest.mark.parametrize(
    ("code", "module_set", "definitions"),
    [
        ("{ home-manager.users.x = { a = 1; }; }", "home-manager", ["a = 1"]),
        ("{ home-manager.users.x = { pkgs, ... }: { a = 1; }; }", "home-manager", ["a = 1"]),
        ("{ home-manager.users.${n}.a.b = 1; }", "home-manager", ["a.b = 1"]),
        ("{ home-manager.users = { x = { a = 1; }; }; }", "home-manager", ["a = 1"]),
        ("{ home-manager = { users.x = { config = { a = 1; }; options = { }; }; }; }", "home-manager", ["a = 1"]),
        ("{ home-manager.sharedModules = [ { a = 1; } ]; }", "home-manager", ["a = 1"]),
        ("{ containers.c.config = { ... }: { a = 1; }; }", "nixos", ["a = 1"]),
        ("{ containers.c = { config = { a = 1; }; }; }", "nixos", ["a = 1"]),
        ("{ virtualisation.vmVariant = { a = 1; }; }", "nixos", ["a = 1"]),
        ("{ specialisation.s.configuration = { a = 1; }; }", None, ["a = 1"]),
        ("{ flake.modules.nixos.x = { a = 1; }; }", "nixos", ["a = 1"]),
        ("{ flake.nixosModules.x = { ... }: { a = 1; }; }", "nixos", ["a = 1"]),
        ("{ flake.modules.darwin.x.a = 1; }", "nix-darwin", ["a = 1"]),
    ],
)
def test_modules_inside_are_roots_of_their_own(code: str, module_set: str | None, definitions: list[str]):
    outer, inner = read(code).roots
    assert outer.set is None
    assert all(definition.is_set or definition.value for definition in outer.definitions)
    assert (inner.set, leaves(inner)) == (module_set, definitions)


def test_a_specialisation_is_of_the_set_it_stands_in():
    *_, inner = read("{ home-manager.users.x.specialisation.s.configuration = { a = 1; }; }").roots
    assert (inner.set, leaves(inner)) == ("home-manager", ["a = 1"])


def test_a_module_inside_may_be_in_a_file():
    _, inner = read("{ home-manager.users.x = import ./home.nix; }").roots
    assert [node.text for node in inner.imports] == [b"./home.nix"]
    _, inner = read("{ home-manager.users.x = { imports = [ ./a.nix ]; b = 1; }; }").roots
    assert ([node.text for node in inner.imports], leaves(inner)) == ([b"./a.nix"], ["b = 1"])
    _, inner = read("{ home-manager.users.x.imports = [ ./a.nix ]; }").roots
    assert ([node.text for node in inner.imports], leaves(inner)) == ([b"./a.nix"], [])


def test_a_flake_holds_modules_and_is_none():
    view = read(
        """{
          inputs.nixpkgs.url = "x";
          outputs = { self, nixpkgs, ... }@inputs: {
            nixosModules.default = { config, ... }: { a = 1; };
            homeModules.x = { b = 2; };
            packages.x86_64-linux.c = { d = 3; };
            nixosConfigurations.h = nixpkgs.lib.nixosSystem {
              modules = [ ./h.nix { e = 4; } ({ pkgs, ... }: { f = 5; home-manager.users.x.g = 6; }) ];
            };
            darwinConfigurations.m = inputs.darwin.lib.darwinSystem { modules = [ { h = 7; } ]; };
          };
        }""",
        "/flake.nix",
    )
    assert not view.is_module
    assert [(root.set, leaves(root)) for root in view.roots] == [
        ("nixos", ["a = 1"]),
        ("home-manager", ["b = 2"]),
        ("nixos", []),
        ("nixos", ["e = 4"]),
        ("nixos", ["f = 5"]),
        ("home-manager", ["g = 6"]),
        ("nix-darwin", ["h = 7"]),
    ]
    assert [node.text for node in view.roots[2].imports] == [b"./h.nix"]


def test_a_flake_of_flake_parts_is_a_module_of_that_set():
    view = read(
        "{ inputs = { }; outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {"
        " systems = [ ]; flake.nixosModules.x = { a = 1; }; }; }",
        "/flake.nix",
    )
    assert [(root.set, leaves(root)) for root in view.roots] == [
        ("flake-parts", ["systems = [ ]"]),
        ("nixos", ["a = 1"]),
    ]


@pytest.mark.parametrize(
    ("code", "body", "prefixed"),
    [
        ("{ ... }: { a = 1; }", "{ a = 1; }", False),
        ("{ ... }: lib.mkIf c { a = 1; }", "lib.mkIf c { a = 1; }", False),
        ("{ ... }: { options = { }; config = mkIf c { a = 1; }; }", "mkIf c { a = 1; }", False),
        ("{ ... }: { options = { }; config.a = 1; }", "{ options = { }; config.a = 1; }", True),
    ],
)
def test_the_body_is_where_paths_start(code: str, body: str, prefixed: bool):
    root = the(code)
    assert (root.body.text, root.prefixed) == (body.encode(), prefixed)


@pytest.mark.parametrize(
    ("declaration", "option"),
    [
        ('mkEnableOption "x"', ("boolean", "false")),
        ('lib.mkPackageOption pkgs "hello" { }', ("package", "pkgs.hello")),
        ("mkOption { type = types.bool; default = true; }", ("boolean", "true")),
        ('mkOption { type = lib.types.str; defaultText = literalExpression "config.x"; }', ("string", "config.x")),
        ("mkOption { type = with types; nullOr (listOf port); }", ("null or (list of 16 bit unsigned integer; between 0 and 65535 (both inclusive))", None)),
        ('mkOption { type = types.enum [ "a" "b" ]; }', ('one of "a", "b"', None)),
        ('mkOption { type = types.enum [ "a" ]; }', ('value "a" (singular enum)', None)),
        ("mkOption { type = types.nullOr (types.enum [ 1 2 ]); }", ("null or one of 1, 2", None)),
        ("mkOption { type = types.attrsOf types.anything; }", ("attribute set of anything", None)),
        ("mkOption { type = types.listOf (types.nullOr types.int); }", ("list of (null or signed integer)", None)),
        ("mkOption { type = types.either types.int types.str; }", ("signed integer or string", None)),
        ('mkOption { type = types.strMatching "[a-z]+"; }', ("string matching the pattern [a-z]+", None)),
        ("mkOption { type = types.ints.between 1 9; }", ("integer between 1 and 9 (both inclusive)", None)),
        ('mkEnableOption "x" // { default = true; }', ("boolean", "true")),
        ('mkPackageOption pkgs "hello" { nullable = true; }', ("null or package", "pkgs.hello")),
        ("mkOption { type = types.nullOr types.port; }", ("null or 16 bit unsigned integer; between 0 and 65535 (both inclusive)", None)),
        ("mkOption { type = types.nullOr types.ints.positive; }", ("null or (positive integer, meaning >0)", None)),
        ("mkOption { type = types.attrsOf (types.submodule { }); }", ("attribute set of (submodule)", None)),
        ("mkOption { type = types.submodule { freeformType = x; }; }", (None, None)),
        ("mkOption { type = types.submodule ./x.nix; }", (None, None)),
        ("mkOption { type = types.submodule { }; }", ("submodule", None)),
        ("mkOption { type = types.submoduleWith { modules = [ { } ({ name, ... }: { }) ]; }; }", ("submodule", None)),
        ('mkOption { type = types.submoduleWith { modules = [ ]; description = "x"; }; }', (None, None)),
        ("mkOption { type = types.submoduleWith { modules = [ ./x.nix ]; }; }", (None, None)),
        ("mkOption { type = types.submoduleWith { modules = xs; }; }", (None, None)),
        ("mkOption { type = myType; }", (None, None)),
        ("mkOption { type = types.enum values; }", (None, None)),
        ("mkOption { }", (None, None)),
        ('mkMyOption types.str "x"', (None, None)),
    ],
)  # fmt: skip
def test_declared_options(declaration: str, option: tuple[str | None, str | None]):
    (declared,) = read(f"{{ lib, ... }}: {{ options.a.b = {declaration}; }}").declared
    assert ([segment.name for segment in declared.path], declared.type, declared.default) == (["a", "b"], *option)
    assert declared.file == "/t.nix"


def test_declared_options_nest():
    declared = read(
        """{ lib, ... }: with lib; {
          options = {
            a.b = mkEnableOption "x";
            c = { d = mkOption { type = types.attrsOf (types.submodule ({ name, ... }: { options.e = mkEnableOption "x"; })); }; };
            f = mkOption { type = types.listOf (types.submodule { options = { g = mkEnableOption "x"; }; }); };
            ${h} = mkEnableOption "x";
          };
        }"""
    ).declared
    assert [".".join(segment.name or "?" for segment in option.path) for option in declared] == [
        "a.b", "c.d", "c.d.<name>.e", "f", "f.*.g", "?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "is_closed"),
    [
        ("types.submoduleWith { modules = [ M ]; shorthandOnlyDefinesConfig = true; }", True),
        ("types.submoduleWith { modules = [ M { freeformType = x; } ]; }", False),
        ("types.either types.str (types.submodule M)", True),
        ("types.oneOf [ types.int (types.listOf types.str) (types.submodule M) ]", True),
        ("types.nullOr (types.either (types.enum [ 1 ]) (types.submodule M))", True),
        ("types.coercedTo types.str (x: { }) (types.submodule M)", True),
    ],
)
def test_options_of_a_submodule_among_other_types(type_: str, is_closed: bool):
    text = type_.replace("M", "{ options.e = mkEnableOption ''x''; }")
    option, inner = read(f"{{ lib, ... }}: {{ options.a = mkOption {{ type = {text}; }}; }}").declared
    assert (option.is_closed, [segment.name for segment in inner.path], inner.type) == (
        is_closed,
        ["a", "e"],
        "boolean",
    )


@pytest.mark.parametrize(
    "other", ["types.attrs", "types.package", "types.attrsOf types.int", "types.submodule { }", "mine"]
)
def test_what_another_type_may_take_is_not_asked_of_a_submodule(other: str):
    text = f"types.either ({other}) (types.submodule {{ options.e = mkEnableOption ''x''; }})"
    (option,) = read(f"{{ lib, ... }}: {{ options.a = mkOption {{ type = {text}; }}; }}").declared
    assert not option.is_closed


@pytest.mark.parametrize(
    ("made", "paths"),
    [
        ("mapAttrs (name: value: mkOption { default = value; }) { p = 1; q = 2; }", ["a.p", "a.q"]),
        ('genAttrs [ "p" "q" ] (name: { enable = mkEnableOption name; })', ["a.p.enable", "a.q.enable"]),
        ('listToAttrs [ { name = "p"; value = mkOption { }; } (nameValuePair "q" (mkOption { })) ]', ["a.p", "a.q"]),
        ('{ r = mkOption { }; } // genAttrs [ "p" ] (name: mkOption { })', ["a.r", "a.p"]),
        ("genAttrs names (name: mkOption { })", ["a.?"]),
        ("listToAttrs pairs", ["a"]),
        ("mapAttrs own { p = 1; }", ["a"]),
    ],
)
def test_options_that_a_function_declares(made: str, paths: list[str]):
    declared = read(f"{{ lib, ... }}: with lib; {{ options.a = {made}; }}").declared
    assert [".".join(segment.name or "?" for segment in option.path) for option in declared] == paths


def test_descriptions_of_declared_options():
    enable, option = read(
        "{ options.a = mkEnableOption \"the thing\"; options.b = mkOption { description = ''\n  Two\n  lines.\n''; }; }"
    ).declared
    assert (enable.description, option.description) == ("Whether to enable the thing.", "Two\nlines.\n")


@pytest.mark.parametrize(
    "code",
    [
        "{ a = " * 50_000,
        "[" * 100_000,
        "(" * 100_000 + "{ a = 1; }" + ")" * 100_000,
        "{ a = " + "{ b = " * 30_000 + "1;" + " };" * 30_000 + " }",
        "{ a = " + "[ { b = " * 20_000 + "1; } ]" + "; } ]" * 19_999 + "; }",
        "{ a = " + "(mkIf c " * 20_000 + "{ }" + ")" * 20_000 + "; }",
        "{ a = " + "x // " * 30_000 + "{ }; }",
        "{ a = " + "f " * 30_000 + "1; }",
        "{ options = " + "{ a = " * 30_000 + "1;" + " };" * 30_000 + " }",
        "{ options.a = mkOption { type = " + "(nullOr " * 10_000 + "str" + ")" * 10_000 + "; }; }",
        "{ config, ... }: " * 10_000 + "{ }",
        "let a = a; b = a // b; in { c = a; d = b; }",
        "{ imports = [ { imports = [ ",
        "\x00\xff{ a = 1; }",
    ],
    ids=lambda code: code[:18],
)
def test_hostile_input_ends(code: str):
    assert isinstance(read_module(Document("/t.nix", code.encode("latin-1"))), ModuleView)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("{ a = 1; b.c = { d.$0e = 2; f = 3; }; g = 4; }", ["b.c", "b.c.d.e"]),
        ("{ a = 1;$0 b = 2; }", ["a"]),
        ("{ a = 1; $0 b = 2; }", []),
        ("{ imports = [ { a.b$0 = 1; c = 2; } ]; }", ["a.b"]),
        ("{ options.x = 1; config = { a.b = { c$0 = 1; }; d = 2; }; }", ["a.b", "a.b.c"]),
        ("{ home-manager.users.x = { a$0 = 1; b = 2; }; c = 3; }", ["home-manager.users.x", "a"]),
        # What a name stands for is read wherever the name is used.
        ("let s = { a$0 = 1; }; in { x = s; y = 2; }", ["x", "x.a", "y"]),
    ],
)
def test_only_the_definitions_round_a_place_are_read(code: str, expected: list[str]):
    before, _, after = code.partition("$0")
    roots = roots_at(Document("/t.nix", (before + after).encode()), len(before))
    assert [path for root in roots for path in paths(root.definitions)] == expected


_DOUBLING = " ".join(f"f{i} = x: {{ a = f{i + 1} x; b = f{i + 1} x; }};" for i in range(60))


@pytest.mark.parametrize(
    "code",
    [
        f"let {_DOUBLING} f60 = x: {{ z = 1; }}; in {{ o = f0 1; }}",
        "let " + " ".join(f"s{i} = s{i + 1} // s{i + 1};" for i in range(60)) + " s60 = { z = 1; }; in { o = s0; }",
        "{ o = " + "lib.mapAttrs (n: v: v) (" * 3000 + "{ }" + ")" * 3000 + "; }",
        "{ o = " + 'lib.genAttrs [ "a" "b" ] (n: ' * 500 + "{ }" + ")" * 500 + "; }",
        "let w = x: x x; in { a = w w; b = (x: x x) (x: x x); }",
        "let s = { x = s.y; y = s.x; }; in { a = s.x; b = s; }",
    ],
)
def test_functions_and_names_that_multiply_or_go_in_circles_end(code: str):
    assert len(the(code).definitions) < 5_000


def test_ten_thousand_modules_in_a_list():
    assert len(the(f"{{ imports = [ {' '.join(f'./m{i}.nix' for i in range(10_000))} ]; }}").imports) == 10_000
    assert len(the(f"{{ imports = [ {'{ a.b = 1; } ' * 10_000} ]; }}").definitions) == 10_000
