"""Packages that a project's own packages and overlays name: formals that `callPackage` gives, `final.x` and `prev.x`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from tests.fixture import project

LOCKED = """
#- /flake.nix
{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  outputs = inputs: {
    nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; };
    overlays.own = final: prev: { %s };
  };
}
#- /flake.lock
{ "nodes": {
    "nixpkgs": { "locked": { "lastModified": 1781000000, "owner": "NixOS", "repo": "nixpkgs", "rev": "1", "type": "github" },
      "original": { "owner": "NixOS", "ref": "nixos-26.05", "repo": "nixpkgs", "type": "github" } },
    %s
    "root": { "inputs": { "nixpkgs": "nixpkgs" %s } } }, "root": "root", "version": 7 }
"""
OLD = (
    '"old": { "locked": { "lastModified": 1718000000, "owner": "NixOS", "repo": "nixpkgs", "rev": "2", "type": "github" },'
    ' "original": { "owner": "NixOS", "ref": "nixos-24.05", "repo": "nixpkgs", "type": "github" } },'
)


def found(more: str, path: str, *, overlay: str = "", old: bool = False) -> list[tuple[str, str]]:
    """Return the rule and the text of each finding about packages in one file of a flake that pins 26.05 (and, where `old`, 24.05 too)."""
    flake = LOCKED % (overlay, *((OLD, ', "old": "old"') if old else ("", "")))
    workspace, _, _ = project(flake + more)
    document = workspace.document(path)
    assert document
    return [
        (each.rule, document.text(each.span))
        for each in diagnostics(workspace, document)
        if each.rule.startswith("package-")
    ]


def called(formals: str, call: str, body: str = "1", more: str = "") -> list[tuple[str, str]]:
    """Return the findings in a package with these formals that a host's module calls so."""
    return found(
        f"#- /pkg.nix\n{{ {formals} }}: {body}\n"
        f"#- /configuration.nix\n{{ pkgs, inputs, ... }}: {{ environment.systemPackages = [ ({call}) ]; }}\n{more}",
        "/pkg.nix",
    )


PLAIN = "pkgs.callPackage ./pkg.nix { }"
RENAMED = ("package-renamed", "apacheAnt")


@pytest.mark.parametrize(
    ("formals", "call"),
    [
        ("stdenv, apacheAnt", PLAIN),
        ("stdenv, apacheAnt, ...", "pkgs.callPackage (import ./pkg.nix) { }"),
        ("stdenv, apacheAnt", "(pkgs.callPackage ./pkg.nix { stdenv = 1; }).override { }"),
        ("apacheAnt", "let inherit (pkgs) callPackage; in callPackage ./pkg.nix { }"),
        ("apacheAnt", "with pkgs; callPackage ./pkg.nix { }"),
        ("apacheAnt", "let p = pkgs; in p.callPackage ./pkg.nix { }"),
    ],
)
def test_a_formal_that_nixpkgs_has_renamed(formals: str, call: str):
    assert called(formals, call) == [RENAMED]


@pytest.mark.parametrize(
    ("formals", "call"),
    [
        ("apacheAnt ? null", PLAIN),
        ("apacheAnt", "pkgs.callPackage ./pkg.nix { apacheAnt = 1; }"),
        ("apacheAnt", "pkgs.callPackage ./pkg.nix { inherit (pkgs) apacheAnt; }"),
        ("apacheAnt", "pkgs.callPackage ./pkg.nix inputs"),
        ("apacheAnt", "pkgs.callPackage ./pkg.nix ({ } // inputs)"),
        ("apacheAnt", "pkgs.callPackage ./pkg.nix"),
        ("apacheAnt", "pkgs.python3Packages.callPackage ./pkg.nix { }"),
        ("apacheAnt", "pkgs.lib.callPackageWith inputs ./pkg.nix { }"),
        ("apacheAnt", "let callPackage = inputs.call; in callPackage ./pkg.nix { }"),
        ("apacheAnt", "import ./pkg.nix { }"),
        ("apacheAnt", f"[ ({PLAIN}) (import ./pkg.nix {{ }}) ]"),
        ("libX11", PLAIN),
        ("stdenv, lib, fetchFromGitHub, python3Packages, pkgs, callPackage, config", PLAIN),
    ],
)
def test_a_formal_that_is_given_or_may_be_is_not_judged(formals: str, call: str):
    assert called(formals, call) == []


def test_a_formal_that_an_overlay_of_the_project_defines():
    overlay = "nixpkgs.overlays = [ (final: prev: { apacheAnt = prev.ant; }) ];"
    more = f"#- /overlay-module.nix\n{{ ... }}: {{ {overlay} }}\n"
    assert called("apacheAnt", PLAIN, more=more) == []


def test_what_nixpkgs_lacks_and_what_stands_below_a_formal():
    body = "[ python3Packages.requets (with python3Packages; [ requests requets ]) pkgs.fireofx ]"
    assert called("fireofx, pkgs, python3Packages", PLAIN, body) == [
        ("package-unknown", "fireofx"),
        ("package-unknown", "requets"),
        ("package-unknown", "requets"),
        ("package-unknown", "fireofx"),
    ]


def test_a_package_that_a_package_calls_is_judged_by_the_same_nixpkgs():
    more = "#- /inner/default.nix\n{ apacheAnt }: 1\n"
    text = f"#- /pkg.nix\n{{ callPackage }}: callPackage ./inner {{ }}\n#- /configuration.nix\n{{ pkgs, ... }}: {{ a = {PLAIN}; }}\n"
    assert found(text + more, "/inner/default.nix") == [RENAMED]


def test_packages_that_call_each_other_end():
    text = "#- /a.nix\n{ callPackage, apacheAnt }: callPackage ./b.nix { }\n#- /b.nix\n{ callPackage, apacheAnt }: callPackage ./a.nix { }\n"
    assert found(text, "/a.nix") == []


def test_the_fix_of_a_formal_renames_its_uses():
    before = "{ stdenv, apacheAnt }: stdenv.mkDerivation { nativeBuildInputs = [ apacheAnt ]; x = stdenv.apacheAnt; }\n"
    more = f"#- /pkg.nix\n{before}#- /configuration.nix\n{{ pkgs, ... }}: {{ a = {PLAIN}; }}\n"
    workspace, _, _ = project(LOCKED % ("", "", "") + more)
    document = workspace.document("/pkg.nix")
    assert document
    [finding] = [each for each in diagnostics(workspace, document) if each.rule == "package-renamed"]
    [fix] = finding.fixes
    after = "{ stdenv, ant }: stdenv.mkDerivation { nativeBuildInputs = [ ant ]; x = stdenv.apacheAnt; }\n"
    assert apply(document.source, fix.edits[0].edits).decode() == after


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ("a = final.apacheAnt;", [RENAMED]),
        ("a = prev.apacheAnt;", [RENAMED]),
        ("inherit (prev) fireofx;", [("package-unknown", "fireofx")]),
        ("a = with final; [ apacheAnt hello ];", [RENAMED]),
        ("a = final.python3Packages.requets;", [("package-unknown", "requets")]),
        ("a = final.b; b = prev.hello;", []),
        ("a = prev.c or prev.hello; b = final.apacheAnt or 1;", []),
        ("python3 = prev.python3.override { packageOverrides = final: prev: { a = prev.apacheAnt; }; };", []),
        ("a = prev.lib.makeScope prev.newScope (self: { b = self.apacheAnt; });", []),
        ("pythonPackagesExtensions = prev.pythonPackagesExtensions ++ [ (final: prev: { a = prev.apacheAnt; }) ];", []),
    ],
)
def test_an_overlay(overlay: str, expected: list[tuple[str, str]]):
    assert found("", "/flake.nix", overlay=overlay) == expected


def test_an_overlay_is_judged_by_every_nixpkgs_that_is_locked():
    assert found("", "/flake.nix", overlay="a = final.adjustor;") == [("package-removed", "adjustor")]
    assert found("", "/flake.nix", overlay="a = final.adjustor;", old=True) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("/overlays/a.nix", "final: prev: { a = prev.apacheAnt; }", [RENAMED]),
        ("/overlays/default.nix", "{ inputs, ... }: { one = final: _prev: { a = final.apacheAnt; }; }", [RENAMED]),
        ("/overlays/a.nix", "{ one = { overrides = self: super: { a = super.apacheAnt; }; }; }", []),
        ("/haskell.nix", "self: super: { a = super.apacheAnt; }", []),
        ("/overlays/a.nix", "pkgs: { a = pkgs.apacheAnt; }", []),
    ],
)
def test_a_file_that_is_an_overlay(path: str, text: str, expected: list[tuple[str, str]]):
    assert found(f"#- {path}\n{text}\n", path) == expected


def test_a_file_that_is_taken_for_something_else_is_no_overlay_of_nixpkgs():
    files = "#- /overlays/hs.nix\nself: super: { a = super.apacheAnt; }\n#- /b.nix\npkgs: pkgs.haskellPackages.override { overrides = import ./overlays/hs.nix; }\n"
    assert found(files, "/overlays/hs.nix") == []
    files = files.replace("pkgs.haskellPackages.override { overrides = ", "{ nixpkgs.overlays = [ (").replace(
        "hs.nix; }", "hs.nix) ]; }"
    )
    assert found(files, "/overlays/hs.nix") == [RENAMED]


def test_member_sets_below_a_with():
    def names(value: str) -> list[tuple[str, str]]:
        return found(
            f"#- /configuration.nix\n{{ pkgs, ... }}: {{ environment.systemPackages = {value}; }}\n",
            "/configuration.nix",
        )

    assert names("with pkgs; [ python3Packages.requets python3Packages.requests ]") == [("package-unknown", "requets")]
    assert (
        names("with pkgs; [ python3Packages.abodepy python313Packages.abodepy ]")
        == [("package-renamed", "abodepy")] * 2
    )
    assert names("[ pkgs.python3Packages.atlassian-python-api pkgs.vimPlugins.feline-nvim ]") == [
        ("package-removed", "feline-nvim")
    ]
    assert names("[ (pkgs.python3.withPackages (ps: [ ps.requets ps.requests ])) ]") == [("package-unknown", "requets")]
    assert names("with pkgs; [ (python3.withPackages (ps: with ps; [ abodepy requets ])) ]") == [
        ("package-renamed", "abodepy")
    ]
    assert names("let inherit (pkgs) python3Packages; in [ python3Packages.requets ]") == [
        ("package-unknown", "requets")
    ]
    assert names("with pkgs; let python3Packages = { }; in [ python3Packages.requets ]") == []
