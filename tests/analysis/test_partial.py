"""What a bounded evaluation can see."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.partial.evaluate import Evaluator
from nix_lsp.analysis.partial.value import Attrset, Call, Choice, Listing, NixPath, Symbol, Value

FILES = {
    "/dir/a.nix": "{ }",
    "/dir/sub/default.nix": "{ }",
    "/dir/sub/_x.nix": "{ }",
    "/dir/note.txt": "hello",
    "/lib.nix": "{ prefix }: name: prefix + name",
    "/data.toml": '[hosts.one]\ntags = ["x"]\n',
    "/data.json": '{"a": {"b": [true, "c", 1]}}',
}


def shown(value: Value) -> object:
    """A value as plain Python: paths as `<path>`, symbols joined by dots, unknown as `?`."""
    if isinstance(value, Attrset):
        return {name: shown(thunk.force()) for name, thunk in value.attrs.items()} | ({} if value.exact else {"…": "?"})
    if isinstance(value, Listing):
        return [shown(item.force()) for item in value.items] + ([] if value.exact else ["…"])
    if isinstance(value, Choice):
        return tuple(shown(each.force()) for each in value.values)
    if isinstance(value, NixPath):
        return f"<{value.path}>"
    if isinstance(value, Symbol):
        return ".".join(value.path)
    if isinstance(value, Call):
        return f"{shown(value.function)}(…)"
    return value if isinstance(value, str | bool) else "?"


def evaluate(text: str) -> object:
    return shown(Evaluator(MemoryFiles(FILES | {"/main.nix": text}), "/").file("/main.nix"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a${"b"}c"', "abc"),
        ("./dir/../x.nix", "</x.nix>"),
        ('(builtins.fetchGit ./dir) + "/a.nix"', "</dir/a.nix>"),
        ('builtins.fetchGit { url = ./dir; rev = "1"; }', "builtins.fetchGit(…)"),
        ('lib.intersectAttrs { a = 1; } { a = "x"; b = 2; }', {"a": "x"}),
        ('lib.foldlAttrs (all: name: value: all ++ [ name value ]) [ ] { a = "x"; }', ["a", "x"]),
        ('lib.flip (a: b: a + b) "x" "y"', "yx"),
        ('lib.remove "a" [ "a" "b" ]', ["b"]),
        ('map (pair: pair.name) (lib.attrsToList { a = "x"; })', ["a"]),
        ('lib.callPackageWith { a = "x"; } ({ a, b }: a + b) { b = "y"; }', "xy"),
        ('./. + "/x"', "</x>"),
        ('./dir/${"a"}.nix', "</dir/a.nix>"),
        ('"${./dir}/a"', "/dir/a"),
        ('let x = "a"; in { inherit x; y = x; }', {"x": "a", "y": "a"}),
        ('rec { a = "1"; b = a; }', {"a": "1", "b": "1"}),
        ('{ a.b = "1"; a.c.d = "2"; a = { e = "3"; }; }', {"a": {"b": "1", "c": {"d": "2"}, "e": "3"}}),
        ('({ a, b ? a, ... }@c: [ a b c.z ]) { a = "1"; z = "2"; }', ["1", "1", "2"]),
        ('(x: y: [ x y ]) "1" "2"', ["1", "2"]),
        ('with { a = "1"; }; let b = "2"; in [ a b ]', ["1", "2"]),
        ('let inherit ({ a = "1"; }) a; in a', "1"),
        ('{ a = "1"; } // { a = "2"; b = "3"; }', {"a": "2", "b": "3"}),
        ('if true then "a" else "b"', "a"),
        ('if x then "a" else "b"', ("a", "b")),
        ('[ "a" ] ++ (if x then [ "b" ] else [ ])', ["a", "b"]),
        ('{ a = "1"; }.a or "2"', "1"),
        ('{ }.a or "2"', "2"),
        ('{ ${x} = "1"; }', {"*": "1", "…": "?"}),
        ('{ __functor = self: x: x; } "1"', "1"),
        ("nixpkgs.lib.nixosSystem { }", "nixpkgs.lib.nixosSystem(…)"),
        ('"${nixpkgs}/nixos"', "nixpkgs./nixos"),
        ("<nixpkgs/nixos>", "inputs.nixpkgs./nixos"),
        ('import ./lib.nix { prefix = "a"; } "b"', "ab"),
        ("let a = a; in a", "?"),
        ("let f = x: f x; in f { }", "?"),
        ("1 + 1", "?"),
        ("(lib.extend (final: prev: { f = x: x; })).f true", True),
        ('(lib // { f = "1"; }).f', "1"),
    ],
)  # fmt: skip
def test_expressions(text: str, value: object):
    assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('map (n: ./dir + "/${n}") [ "a" "b" ]', ["</dir/a>", "</dir/b>"]),
        ('lib.genAttrs [ "a" "b" ] (n: n)', {"a": "a", "b": "b"}),
        ('lib.setAttrByPath [ "a" "b" ] "c"', {"a": {"b": "c"}}),
        ('lib.setAttrByPath [ "a" unknown.x ] "c"', {"a": {"*": "c", "…": "?"}}),
        ("lib.setAttrByPath unknown.x {}", {"…": "?"}),
        ('lib.mapAttrs (n: v: n + v) { a = "1"; }', {"a": "a1"}),
        ('lib.mapAttrs\' (n: v: lib.nameValuePair (n + "x") v) { a = "1"; }', {"ax": "1"}),
        ('builtins.listToAttrs [ { name = "a"; value = "1"; } ]', {"a": "1"}),
        ('lib.flatten [ "a" [ "b" [ "c" ] ] ]', ["a", "b", "c"]),
        ('lib.concatMap (x: [ x x ]) [ "a" ]', ["a", "a"]),
        ('lib.optional x "a" ++ lib.optionals false [ "b" ]', ["a"]),
        ('lib.filter (n: n != "a") [ "a" "b" ]', ["b"]),
        ('lib.filterAttrs (n: v: v == "directory") (builtins.readDir ./dir)', {"sub": "directory"}),
        ("builtins.attrNames (builtins.readDir ./dir)", ["a.nix", "note.txt", "sub"]),
        ('lib.filter (lib.hasSuffix ".nix") (lib.filesystem.listFilesRecursive ./dir)', ["</dir/a.nix>", "</dir/sub/_x.nix>", "</dir/sub/default.nix>"]),
        ("inputs.import-tree ./dir", {"imports": ["</dir/a.nix>", "</dir/sub/default.nix>"]}),
        ("builtins.pathExists ./dir/a.nix && !(builtins.pathExists ./gone)", True),
        ("builtins.attrNames (builtins.fromTOML (builtins.readFile ./data.toml)).hosts", ["one"]),
        ("lib.importJSON ./data.json", {"a": {"b": [True, "c", "?"]}}),
        ('builtins.fromJSON "{"', "?"),
        ('lib.pipe [ "a" ] [ (map (x: x + "b")) lib.head ]', "ab"),
        ('lib.foldl\' (a: b: a // b) { } [ { a = "1"; } { b = "2"; } ]', {"a": "1", "b": "2"}),
        ('lib.mkMerge [ { a = "1"; } (lib.mkIf x { b = "2"; }) ]', ({"a": "1"}, {"b": "2"})),
        ('lib.removeSuffix ".nix" "a.nix"', "a"),
        ('lib.elem "a" [ "a" ] && !lib.elem "c" [ "a" ]', True),
        ("inputs.other.map (x: x) [ ]", "inputs.other.map(…)"),
    ],
)  # fmt: skip
def test_functions(text: str, value: object):
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "(" * 100_000 + "1" + ")" * 100_000,
        "a: " * 50_000 + "a",
        " ++ ".join(["[ ]"] * 20_000),
        " // ".join(["{ }"] * 20_000),
        "let f = x: [ (f x) (f x) ]; in lib.flatten (f 1)",
        "let f = x: f (x // x); in f { }",
        "lib.foldl' (a: b: if x then a else b) 1 (map (x: x) [ " + "1 " * 5000 + "])",
        '{ a = "1"; ',
        "\x00\xff",
    ],
)
def test_what_is_too_deep_too_long_or_broken_ends(text: str):
    evaluate(text)
