"""What the modules of inputs declare, as it is read from their sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.syntax.document import Document
from option_index.catalog import Catalog
from option_index.records import MoveKind, Standing
from tests.flake_inputs import EXPORTS, lock, nar_hash, store_path, with_inputs

if TYPE_CHECKING:
    from pathlib import Path


def declared(module: str, module_set: str = "nixos", **files: str) -> dict[str, str]:
    """Return the options, with their types, that `module.nix` of an input declares."""
    texts = {"flake.nix": EXPORTS, "module.nix": module, **{f"{name}.nix": text for name, text in files.items()}}
    workspace = with_inputs({"mine": texts}, "{ }").workspace
    (reading,) = workspace.graph().inputs
    return {".".join(option.path): option.type for option in reading.sets[module_set].options}


def gaps(module: str, **files: str) -> tuple[str, ...]:
    texts = {"flake.nix": EXPORTS, "module.nix": module, **{f"{name}.nix": text for name, text in files.items()}}
    (reading,) = with_inputs({"mine": texts}, "{ }").workspace.graph().inputs
    return reading.gaps


@pytest.mark.parametrize(
    ("type_", "phrase"),
    [
        ("types.str", "string"),
        ("types.nullOr types.port", "null or 16 bit unsigned integer; between 0 and 65535 (both inclusive)"),
        ("types.listOf (types.nullOr types.str)", "list of (null or string)"),
        ("with types; attrsOf (listOf int)", "attribute set of list of signed integer"),
        ('types.enum [ "a" "b" ]', 'one of "a", "b"'),
        ('types.either types.ints.positive (types.enum [ "auto" ])', 'positive integer, meaning >0, or value "auto" (singular enum)'),
        ("types.oneOf [ types.str types.bool ]", "string or boolean"),
        ("types.nullOr (types.either types.bool types.ints.unsigned)", "null or boolean or (unsigned integer, meaning >=0)"),
        ("types.coercedTo types.str f types.path", "absolute path or string convertible to it"),
        ("(pkgs.formats.json { }).type", "JSON value"),
        ("let own = types.listOf types.path; in own", "list of absolute path"),
        ("types.nullOr (types.coercedTo types.str f types.path)", "null or (absolute path or string convertible to it)"),
        ("types.addCheck types.str f", "string"),
        ("lib.mkOptionType { }", "unspecified value"),
        ('types.str // { description = "x"; }', "unspecified value"),
    ],
)  # fmt: skip
def test_types_are_told_as_the_module_system_does(type_: str, phrase: str):
    module = f"{{ lib, pkgs, ... }}: let inherit (lib) types; in {{ options.a = lib.mkOption {{ type = {type_}; }}; }}"
    assert declared(module) == {"a": phrase}


SUBMODULE = """
{ lib, ... }:
let sub = { name, ... }: { options.port = lib.mkOption { type = lib.types.port; }; };
in { options.a = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule sub); }; }
"""


LENT = """
{ lib, config, ... }: {
  imports = [ ./more.nix ];
  config.lib.own = let own = config.lib.own; in {
    flag = n: own.make { description = "x"; };
    make = { description }: lib.mkOption { type = lib.types.bool; inherit description; };
  };
}
"""
HELD = """
{ lib, config, ... }: {
  imports = [ config.a { config.a = ./more.nix; } ];
  options.a = lib.mkOption { type = lib.types.deferredModule; readOnly = true; };
}
"""
ASKED = """
{ lib, ... }: {
  options.a = lib.genAttrs (lib.flip lib.pipe [ lib.functionArgs builtins.attrNames (lib.remove "z") ] (
    {
      x,
      y ? 1,
      z,
    }: x
  )) lib.mkEnableOption;
}
"""


@pytest.mark.parametrize(
    ("module", "files", "expected"),
    [
        ('{ lib, ... }: { options.a.b = lib.mkEnableOption "x" // { default = true; }; }', {}, {"a.b": "boolean"}),
        ('{ lib, pkgs, ... }: { options.a = lib.mkPackageOption pkgs "x" { nullable = true; }; }', {}, {"a": "null or package"}),
        ("{ imports = [ ./more.nix ]; }", {"more": "{ lib, ... }: { options.a = lib.mkOption { }; }"}, {"a": "unspecified value"}),
        ("{ lib, ... }: { options = import ./more.nix { inherit lib; }; }", {"more": "{ lib }: { a = lib.mkOption { type = lib.types.bool; }; }"}, {"a": "boolean"}),
        (
            SUBMODULE,
            {},
            {"a": "attribute set of (submodule)", "a.<name>.port": "16 bit unsigned integer; between 0 and 65535 (both inclusive)"},
        ),
        (
            '{ lib, ... }: { options.a = lib.genAttrs [ "x" "y" ] (name: lib.mkEnableOption name); }',
            {},
            {"a.x": "boolean", "a.y": "boolean"},
        ),
        (
            "{ lib, own, ... }: { options.a = own.option; config._module.args.own = import ./more.nix { inherit lib; }; }",
            {"more": "{ lib }: { option = lib.mkOption { type = lib.types.int; }; }"},
            {"a": "signed integer"},
        ),
        (LENT, {"more": "{ lib, config, ... }: { options.a = config.lib.own.flag 1; }"}, {"a": "boolean"}),
        (HELD, {"more": "{ lib, ... }: { options.b = lib.mkOption { type = lib.types.str; }; }"}, {"a": "module", "b": "string"}),
        (ASKED, {}, {"a.x": "boolean", "a.y": "boolean"}),
        (
            "{ lib, ... }: { imports = map (lib.fix (self: m: if builtins.isPath m then self (import m) else m)) (lib.toList ./more.nix); }",
            {"more": "{ lib, ... }: { options.a = lib.mkOption { type = lib.types.int; }; }"},
            {"a": "signed integer"},
        ),
    ],
)  # fmt: skip
def test_options_are_found_wherever_they_are_written(module: str, files: dict[str, str], expected: dict[str, str]):
    assert declared(module, **files) == expected
    assert gaps(module, **files) == ()


def test_modules_for_home_manager_inside_are_of_that_set():
    module = "{ lib, ... }: { home-manager.sharedModules = [ ./more.nix ]; }"
    assert declared(module, "home-manager", more="{ lib, ... }: { options.a = lib.mkOption { }; }") == {
        "a": "unspecified value"
    }


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("{ imports = [ ./gone.nix ]; }", "gone.nix is not there"),
        ("{ imports = [ ../../../etc/passwd ]; }", "is not there"),
        ("{ lib, ... }: { imports = lib.own ./.; }", "what `lib.own` returns, in module.nix:1"),
        ("{ lib, ... }: { options = lib.own { }; }", "options that are computed, in module.nix:1"),
        ("{ lib, ... }: { options.${lib.own} = lib.mkOption { }; }", "options with computed names, in module.nix:1"),
        (HELD.replace("readOnly = true;", ""), "`config.a`, in module.nix"),
        ("{ freeformType = 1; }", "a type for options that are not declared, in module.nix:1"),
        ("let f = x: f (x + 1); in f 1", "a module that is computed"),
        ("{ imports = ", ""),
    ],
)  # fmt: skip
def test_what_keeps_options_from_being_known_is_told(module: str, reason: str):
    found = gaps(module)
    assert any(reason in gap for gap in found) if reason else isinstance(found, tuple)


def test_a_module_that_imports_itself_is_read_once():
    assert declared("{ lib, ... }: { imports = [ ./module.nix ./. ]; options.a = lib.mkOption { }; }") == {
        "a": "unspecified value"
    }


MOVES = """
{ lib, ... }: {
  imports = [
    (lib.mkRenamedOptionModule [ "mine" "old" ] [ "mine" "new" ])
    (lib.mkRemovedOptionModule [ "mine" "gone" ] "Use something else.")
  ];
  options.mine.new = lib.mkOption { type = lib.types.bool; };
}
"""


def test_moves_are_read():
    fixture = with_inputs({"mine": {"flake.nix": EXPORTS, "module.nix": MOVES}}, "{ }")
    (lane,) = fixture.workspace.lanes(fixture.document)
    options = fixture.workspace.options(lane)
    assert options

    renamed, removed = options.resolve(("mine", "old")), options.resolve(("mine", "gone"))

    assert renamed.standing is Standing.RENAMED
    assert renamed.move
    assert renamed.move.target == ("mine", "new")
    assert removed.standing is Standing.REMOVED
    assert removed.move
    assert (removed.move.kind, removed.move.reason) == (MoveKind.REMOVED, "Use something else.")


OUTER = """
{ outputs = { self, nixpkgs, base }: { nixosModules.default = { imports = [ base.nixosModules.default ./module.nix ]; }; }; }
"""


@pytest.mark.parametrize(
    ("base", "expected", "gap"),
    [
        ("{ lib, ... }: { options.b = lib.mkOption { }; }", ["a", "b"], ()),
        (None, ["a"], ("`inputs.base.nixosModules.default`, in flake.nix:2",)),
    ],
)
def test_an_input_takes_modules_of_its_own_inputs(base: str | None, expected: list[str], gap: tuple[str, ...]):
    own = {"flake.nix": OUTER, "module.nix": "{ lib, ... }: { options.a = lib.mkOption { }; }"}
    fixture = with_inputs(
        {"mine": own, "base": {"flake.nix": EXPORTS, "module.nix": base} if base else None},
        "{ }",
        modules="inputs.mine.nixosModules.default",
        locked=lock({"mine": {"base": "base"}, "base": {}}),
    )
    (reading,) = fixture.workspace.graph().inputs
    assert sorted(".".join(option.path) for option in reading.sets["nixos"].options) == expected
    assert reading.gaps == gap


def test_a_source_that_npins_has_pinned_is_read():
    pins = {"mine": {"type": "Git", "hash": nar_hash("mine"), "url": "https://github.com/me/mine/archive/1.tar.gz"}}
    files = {
        "/project/npins/sources.json": json.dumps({"version": 5, "pins": pins}),
        "/project/npins/default.nix": "",
        "/project/default.nix": (
            'let sources = import ./npins; in import "${sources.nixpkgs}/nixos/lib/eval-config.nix" '
            '{ modules = [ "${sources.mine}/module.nix" ]; }'
        ),
        f"{store_path('mine')}/module.nix": "{ lib, ... }: { options.a = lib.mkOption { }; }",
    }
    (reading,) = Workspace("/project", MemoryFiles(files), Catalog()).graph().inputs
    assert [option.path for option in reading.sets["nixos"].options] == [("a",)]


URL = "https://github.com/me/mine/archive/1.tar.gz"


@pytest.mark.parametrize(
    "module",
    [
        f'"${{fetchTarball {{ url = "{URL}"; sha256 = "HASH"; }}}}/module.nix"',
        f'((builtins.fetchTarball {{ url = "{URL}"; sha256 = "HASH"; }}) + "/module.nix")',
        '(import "${mine}/module.nix")',
        '"${pkgs.fetchFromGitHub { owner = "me"; repo = "mine"; rev = "1"; hash = "HASH"; }}/module.nix"',
        f'"${{builtins.fetchTree {{ type = "tarball"; url = "{URL}"; narHash = "HASH"; }}}}/module.nix"',
        '(builtins.getFlake "github:me/mine/1?narHash=HASH").nixosModules.default',
        f'(import (fetchTarball {{ url = "{URL}"; sha256 = "HASH"; }})).nixosModules.mine',
        f'(import "${{fetchTarball {{ url = "{URL}"; sha256 = "HASH"; }}}}/default.nix").nixosModules.mine',
        '(import (builtins.fetchGit { url = "https://github.com/me/mine"; rev = "1"; narHash = "HASH"; })).nixosModules.mine',
        f'(let own = import (fetchTarball {{ url = "{URL}"; sha256 = "HASH"; }}); in own.nixosModules.mine)',
    ],
)
def test_a_source_that_code_fetches_by_its_hash_is_read(module: str):
    files = {
        "/project/configuration.nix": (
            f'{{ pkgs, ... }}: let mine = fetchTarball {{ name = "source"; url = "{URL}"; sha256 = "HASH"; }}; in'
            f"{{ imports = [ {module} ]; a = 1; }}"
        ).replace("HASH", nar_hash("mine")),
        f"{store_path('mine')}/flake.nix": EXPORTS,
        f"{store_path('mine')}/default.nix": "{ nixosModules.mine = import ./module.nix; }",
        f"{store_path('mine')}/module.nix": "{ lib, ... }: { options.a = lib.mkOption { type = lib.types.str; }; }",
    }
    workspace = Workspace("/project", MemoryFiles(files), Catalog())
    (reading,) = workspace.graph().inputs
    assert [option.path for option in reading.sets["nixos"].options] == [("a",)]
    assert reading.source.repository == "mine"


@pytest.mark.parametrize(
    "module",
    [
        f'"${{fetchTarball {{ url = "{URL}"; }}}}/module.nix"',
        f'"${{fetchTarball "{URL}"}}/module.nix"',
        f'"${{fetchTarball {{ name = "mine"; url = "{URL}"; sha256 = "HASH"; }}}}/module.nix"',
        '(builtins.getFlake "github:me/mine").nixosModules.default',
    ],
)
def test_of_a_source_whose_place_does_not_follow_nothing_is_claimed(module: str):
    files = {
        "/project/configuration.nix": f"{{ imports = [ {module} ]; }}".replace("HASH", nar_hash("mine")),
        f"{store_path('mine')}/module.nix": "{ lib, ... }: { options.a = lib.mkOption { }; }",
    }
    workspace = Workspace("/project", MemoryFiles(files), Catalog())
    (reading,) = workspace.graph().inputs
    assert (reading.sets, reading.gaps) == ({}, ("its source is not on this machine",))
    document = workspace.document("/project/configuration.nix")
    assert document
    (lane,) = workspace.lanes(document)
    assert workspace.foreign(lane, "nobody.knows")


def test_a_host_that_is_built_with_a_nixpkgs_which_code_fetches_has_its_pin():
    url = "https://github.com/NixOS/nixpkgs/archive/nixos-25.05.tar.gz"
    files = {
        "/project/default.nix": (
            'let old = fetchTarball "https://github.com/NixOS/nixpkgs/archive/nixos-24.11.tar.gz"; '
            f'nixpkgs = fetchTarball "{url}"; in {{ a = import "${{nixpkgs}}/nixos/lib/eval-config.nix" {{ modules = [ ./a.nix ]; }}; '
            'b = import "${old}/nixos" { configuration = ./b.nix; }; }'
        ),
        "/project/a.nix": "{ }",
        "/project/b.nix": "{ }",
    }
    workspace = Workspace("/project", MemoryFiles(files), Catalog())
    document = workspace.document("/project/a.nix")
    assert document
    assert [(lane.set, lane.pins["nixpkgs"].branch) for lane in workspace.lanes(document)] == [("nixos", "nixos-25.05")]


def test_an_input_at_a_path_is_read_and_followed_as_it_changes():
    nowhere: list[str] = []
    node: dict[str, object] = {
        "locked": {"type": "path", "path": "./mine"},
        "original": {"type": "path", "path": "./mine"},
        "parent": nowhere,
    }
    nodes: dict[str, object] = {"root": {"inputs": {"mine": "mine"}}, "mine": node}
    files = {
        "/project/flake.lock": json.dumps({"version": 7, "root": "root", "nodes": nodes}),
        "/project/flake.nix": "{ outputs = inputs: { nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ inputs.mine.nixosModules.default ]; }; }; }",
        "/project/mine/flake.nix": EXPORTS,
        "/project/mine/module.nix": "{ lib, ... }: { options.a = lib.mkOption { }; }",
    }
    workspace = Workspace("/project", MemoryFiles(files), Catalog())

    def names() -> list[tuple[str, ...]]:
        (reading,) = workspace.graph().inputs
        return [option.path for option in reading.sets["nixos"].options]

    assert names() == [("a",)]
    edited = Document("/project/mine/module.nix", b"{ lib, ... }: { options.b = lib.mkOption { }; }")
    workspace = workspace.with_document(edited)
    assert names() == [("b",)]


PLUGIN = """
{ lib, ... }: {
  options.plugins.x.enable = lib.mkEnableOption "x";
  options.plugins.x.width = lib.nixvim.width;
}
"""
NIXVIM = {
    "flake.nix": "{ outputs = { self, nixpkgs }: { nixosModules.default = (nixpkgs.lib.evalModules { }).config.made; }; }",
    "modules/top-level/default.nix": "{ lib, ... }: { imports = [ ../x.nix ]; options.files = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule ../x.nix); }; }",
    "modules/x.nix": PLUGIN,
    "wrappers/modules/nixos.nix": '{ lib, ... }: { options.defaultEditor = lib.mkEnableOption "it"; }',
    "lib/overlay.nix": "lib: prev: { nixvim.width = lib.mkOption { type = lib.types.int; }; }",
}


def nixvim(catalog: Catalog | None = None) -> dict[str, str]:
    fixture = with_inputs({"nixvim": NIXVIM}, "{ }", catalog=catalog)
    (reading,) = fixture.workspace.graph().inputs
    return {".".join(option.path): option.type for option in reading.sets["nixos"].options}


def test_modules_that_an_input_evaluates_itself_are_read_below_their_option():
    assert nixvim() == {
        "programs.nixvim": "submodule",
        "programs.nixvim.plugins.x.enable": "boolean",
        "programs.nixvim.plugins.x.width": "signed integer",
        "programs.nixvim.files": "attribute set of (submodule)",
        "programs.nixvim.defaultEditor": "boolean",
    }


RECURSIVE = """
{ lib, ... }: let part = { lib, ... }: { options = {
  size = lib.mkOption { type = lib.types.int; };
  parts = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule part); };
}; }; in { options.disk = lib.mkOption { type = lib.types.submodule part; }; }
"""


def test_a_submodule_that_holds_itself_is_read_once_and_open_below():
    texts = {"flake.nix": EXPORTS, "module.nix": RECURSIVE}
    (reading,) = with_inputs({"mine": texts}, "{ }").workspace.graph().inputs
    assert sorted(".".join(option.path) for option in reading.sets["nixos"].options) == [
        "disk",
        "disk.parts",
        "disk.size",
    ]
    assert reading.sets["nixos"].open == {("disk", "parts", "<name>")}


def test_what_a_large_input_declares_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nix_lsp.analysis.inputs.library._MUCH", 1)
    first = nixvim(Catalog(tmp_path))

    def refused(*_: object) -> None:
        raise AssertionError("it is read again")

    monkeypatch.setattr("nix_lsp.analysis.inputs.library.read_module_of", refused)
    assert nixvim(Catalog(tmp_path)) == first


def test_what_is_kept_and_damaged_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nix_lsp.analysis.inputs.library._MUCH", 1)
    first = nixvim(Catalog(tmp_path))
    (file,) = tmp_path.glob("declared-*/*")
    for damaged in (b"", file.read_bytes()[:40], b"x\x9c\x03\x00\x00\x00\x00\x01"):
        file.write_bytes(damaged)
        assert nixvim(Catalog(tmp_path)) == first
