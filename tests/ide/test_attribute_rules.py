"""Selections and calls that surely fail: `attribute-missing` and `argument-mismatch`; and all that may not fail, on which nothing is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nix_lsp.analysis.files import DiskFiles
from nix_lsp.analysis.shapes.claims import Lacking, claims
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from option_index.catalog import Catalog
from tests.fixture import project, texts

RULES = frozenset({"attribute-missing", "argument-mismatch"})


def findings(fixture: str) -> list[tuple[str, str]]:
    """Return what is marked in the last file of a fixture, each with the message."""
    workspace, document, _ = project(fixture if fixture.lstrip().startswith("#-") else f"#- /data.nix\n{fixture}")
    return [(document.text(each.span), each.message) for each in diagnostics(workspace, document) if each.rule in RULES]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let x = { a = 1; }; in x.bee", [("bee", "`x` has no attribute `bee`: it has a.")]),
        ("let x = { colour = 1; }; in x.color", [("color", "`x` has no attribute `color`; `colour` is spelt nearly so.")]),
        ("let x = { a.b.c = 1; }; in x.a.b.dee", [("dee", "`x.a.b` has no attribute `dee`: it has c.")]),
        ("let x = { a = 1; }; in { inherit (x) a bee; }", [("bee", "`x` has no attribute `bee`: it has a.")]),
        ("let x = { }; in x.a", [("a", "`x` has no attribute `a`: it has none.")]),
        ("rec { x = { a = 1; }; y = x.bee; }", [("bee", "`x` has no attribute `bee`: it has a.")]),
        ("let x = { a = 1; } // { b = 2; }; in x.cee", [("cee", "`x` has no attribute `cee`: it has a, b.")]),
        ("c: let x = if c then { a = 1; } else { b = 2; }; in x.cee", [("cee", "`x` has no attribute `cee`: it has a, b.")]),
        ("let f = { n }: { got = n; }; in (f { n = 1; }).gone", [("gone", "`(f { n = 1; })` has no attribute `gone`: it has got.")]),
        ('{ lib }: let x = lib.genAttrs [ "a" ] (n: { v = n; }); in x.a.vee', [("vee", "`x.a` has no attribute `vee`: it has v.")]),
        ('let x = { a = 1; }; in "${x.bee}"', [("bee", "`x` has no attribute `bee`: it has a.")]),
    ],
)  # fmt: skip
def test_a_selection_of_what_a_known_set_lacks_is_reported(text: str, expected: list[tuple[str, str]]):
    assert findings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "let x = { a = 1; }; in x.b or 2",
        "let x = { a = 1; }; in if x ? b then x.b else 2",
        'let x = { a = 1; }; in if builtins.hasAttr "b" x then x.b else 2',
        "let x = { a = 1; }; in builtins.tryEval x.b",
        "let x = { a = 1; }; in (builtins.tryEval (x.b)).success",
        "y: let x = { a = 1; } // y; in x.b",
        "y: let x = y // { a = 1; }; in x.b",
        "y: let x = { ${y} = 1; }; in x.b",
        "y: let x = { a = y; }; in x.a.b",
        "x: x.b",
        "{ x ? { a = 1; } }: x.b",
        "{ lib }: let x = lib.makeExtensible (self: { a = 1; }); in x.extend",
        "{ lib }: let x = lib.unheardOf { a = 1; }; in x.b",
        "{ pkgs }: let x = pkgs.callPackage ({ }: { a = 1; }) { }; in x.override",
        "{ lib, c }: let x = lib.mkIf c { a = 1; }; in x.content",
        "let x = { a = 1; __functor = self: y: { b = y; }; }; in (x 1).b",
        "y: let x = y; in x.b",
        "let x = import ./elsewhere.nix; in x.b",
        "let x = builtins.fromJSON (builtins.readFile ./x.json); in x.b",
        "with { x.b = 1; }; x.b",
        "y: with y; let z = { a = 1; }; in with z; x.b",
        "let x = { a = 1; } y; in x.b",
        "{ lib }: let x = lib.recursiveUpdate lib { versions.isNew = 1; }; in x.versions.major",
        "{ lib, y }: let x = lib.recursiveUpdate y { a.b = 1; }; in x.a.c",
        "let x = { a = ; }; in x.b",
        "let f = n: if n == 0 then { a = 1; } else f (n - 1); in (f 3).b",
        "{ lib, y }: let x = lib.mapAttrs (n: v: v) y; in x.b",
        "{ lib, y }: let x = lib.listToAttrs (map (n: { name = n; value = 1; }) y); in x.b",
        "{ a }: let x = { inherit a; }; in x.a.b",
        'let x = throw "no"; in x.b',
        "let x = y |> f; f = z: { a = 1; }; y = 1; in x.b",
    ],
)
def test_what_may_have_the_attribute_is_not_reported(text: str):
    assert findings(text) == []


def test_an_imported_file_is_known():
    text = """
        #- /lib.nix
        { n }: { double = n + n; }
        #- /data.nix
        let l = import ./lib.nix { n = 1; }; in [ l.double l.duoble (import ./lib.nix { n = 2; }).treble ]
    """
    assert [name for name, _ in findings(text)] == ["duoble", "treble"]


def test_the_set_is_shown_beside_and_the_name_can_be_mended():
    fixture = "#- /colours.nix\n{ crimson = 1; }\n#- /data.nix\nlet c = import ./colours.nix; in c.crimsom"
    workspace, document, _ = project(fixture)
    (found,) = [each for each in diagnostics(workspace, document) if each.rule in RULES]
    assert [(each.path, each.message) for each in found.related] == [("/colours.nix", "the set")]
    files = texts(fixture).files
    (fix,) = found.fixes
    assert (
        apply(files["/data.nix"].encode(), fix.edits[0].edits).decode() == "let c = import ./colours.nix; in c.crimson"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let f = { a }: a; in f { }", [("f", "`f` is called without `a`, which it requires.")]),
        ("let f = { a, b ? 1 }: a; in f { b = 1; }", [("f", "`f` is called without `a`, which it requires.")]),
        ("let f = { a }: a; in f { a = 1; bee = 2; }", [("bee", "`f` takes no argument `bee`: it takes a.")]),
        ("let f = { colour }: 1; in f { color = 1; }", [
            ("color", "`f` takes no argument `color`; `colour` is spelt nearly so."),
            ("f", "`f` is called without `colour`, which it requires."),
        ]),
        ("#- /p.nix\n{ a }: a\n#- /d.nix\nimport ./p.nix { }", [("import ./p.nix", "`import ./p.nix` is called without `a`, which it requires.")]),
    ],
)  # fmt: skip
def test_a_call_that_a_function_refuses_is_reported(text: str, expected: list[tuple[str, str]]):
    assert sorted(findings(text)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "let f = { a, ... }: a; in f { a = 1; b = 2; }",
        "let f = { a ? 1 }: a; in f { }",
        "y: let f = { a }: a; in f (y // { })",
        "let f = { a }: a; in builtins.tryEval (f { })",
        "y: let f = { a }: a; in f ({ } // y)",
        "y: let f = { a }: a; in f { ${y} = 1; }",
        "y: let f = if y then { a }: a else { b }: b; in f { a = 1; }",
        "f: f { }",
        "let f = args@{ a ? 1, ... }: args; in f { z = 1; }",
        "{ pkgs }: pkgs.callPackage ({ stdenv }: stdenv) { }",
    ],
)
def test_a_call_that_may_do_is_not_reported(text: str):
    assert findings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "let x = " + "(" * 20_000 + "{ a = 1; }" + ")" * 20_000 + "; in x.bee",
        "let x = " + "{ a = " * 5_000 + "1" + "; }" * 5_000 + "; in x" + ".a" * 100,
        "let x = { a = 1; }" + " // { b = 2; }" * 3_000 + "; in x.cee",
        "let f = " + "x: " * 3_000 + "1; in f { }",
        "let " + "".join(f"v{n} = v{n + 1} // v{n + 1}; " for n in range(1_000)) + "in v1.a",
    ],
)
def test_odd_code_ends_and_raises_nothing(text: str):
    workspace, document, _ = project(f"#- /data.nix\n{text}")
    assert len(list(claims(workspace, document))) <= 1


@pytest.mark.skipif(not os.environ.get("NIXPKGS"), reason="NIXPKGS names no nixpkgs tree")
def test_in_nixpkgs_nothing_of_lib_and_the_modules_is_taken_for_a_fault():
    root = Path(os.environ["NIXPKGS"])
    workspace = Workspace(str(root), DiskFiles(str(root)), Catalog())
    found = [
        (str(path), claim.name if isinstance(claim, Lacking) else claim.function)
        for path in sorted([*root.glob("lib/**/*.nix"), *root.glob("nixos/modules/**/*.nix")])
        if (document := workspace.document(str(path))) and document.is_sound
        for claim in claims(workspace, document)
    ]
    assert found == []
