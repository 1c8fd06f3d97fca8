"""Packages and `lib` names that nixpkgs has renamed, removed or warns of: what is reported, and what is not."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Tier
from tests.fixture import project

IDS = ("package-", "lib-")


def found(text: str, pin: str = "26.05") -> list[tuple[str, str]]:
    """Return the rule of each finding about packages and `lib`, and the text it underlines."""
    workspace, document, _ = project(text, pin=pin)
    return [
        (each.rule, document.text(each.span)) for each in diagnostics(workspace, document) if each.rule.startswith(IDS)
    ]


def fixed(text: str, pin: str = "26.05") -> str:
    workspace, document, _ = project(text, pin=pin)
    [fix] = [fix for each in diagnostics(workspace, document) if each.rule.startswith(IDS) for fix in each.fixes]
    return apply(document.source, fix.edits[0].edits).decode()


@pytest.mark.parametrize(
    "value",
    [
        "[ pkgs.apacheAnt ]",
        "with pkgs; [ apacheAnt ]",
        "let inherit (pkgs) apacheAnt; in [ apacheAnt ]",
        "[ (pkgs.apacheAnt.override { }) ]",
    ],
)
def test_a_renamed_package_is_reported_in_each_form(value: str):
    text = f"{{ pkgs, ... }}: {{ environment.systemPackages = {value}; }}"
    assert found(text) == [("package-renamed", "apacheAnt")]


@pytest.mark.parametrize(
    "text",
    [
        "{ pkgs, ... }: { environment.systemPackages = [ (pkgs.apacheAnt or pkgs.ant) ]; }",
        "{ pkgs, ... }: { environment.systemPackages = [ (pkgs.ant or pkgs.apacheAnt) (pkgs.ant or (pkgs.apacheAnt)) ]; }",
        "{ pkgs, ... }: { environment.systemPackages = [ (pkgs.ant or (pkgs.apacheAnt.override { })) ]; }",
        "{ pkgs, ... }: { environment.systemPackages = if pkgs ? apacheAnt then [ pkgs.apacheAnt ] else [ ]; }",
        "{ pkgs, lib, ... }: { environment.systemPackages = lib.optional (pkgs ? apacheAnt) pkgs.apacheAnt; }",
        "{ other, ... }: let pkgs = other; in { environment.systemPackages = [ pkgs.apacheAnt ]; }",
        "{ ... }: { a = pkgs: pkgs.apacheAnt; }",
        "{ pkgs, ... }: let apacheAnt = pkgs.ant; in { environment.systemPackages = with pkgs; [ apacheAnt ]; }",
        "{ pkgs, other, ... }: { environment.systemPackages = with pkgs; with other; [ apacheAnt ]; }",
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.unstable.apacheAnt ]; }",
        "{ pkgs, ... }: { nixpkgs.overlays = [ (final: prev: { apacheAnt = prev.ant; }) ]; a = pkgs.apacheAnt; }",
        "{ pkgs, inputs, ... }: { nixpkgs.overlays = [ inputs.others.overlays.default ]; a = pkgs.apacheAnt; }",
        '{ pkgs, ... }: { environment.systemPackages = [ pkgs.${"apacheAnt"} ]; }',
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.",
    ],
)
def test_what_may_be_something_else_is_not_judged(text: str):
    assert found(text) == []


def test_a_release_that_may_still_have_the_package_is_not_told():
    text = "{ pkgs, ... }: { environment.systemPackages = [ pkgs.adjustor ]; }"
    assert found(text, pin="26.05") == [("package-removed", "adjustor")]
    assert found(text, pin="24.05") == []


def test_a_rename_keeps_what_stands_round_the_name():
    before = "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ hello apacheAnt /* old */ ]; }"
    assert fixed(before) == before.replace("apacheAnt", "ant")


def test_a_new_name_that_means_something_else_there_is_not_written():
    text = "{ pkgs, ... }: let ant = 1; in { environment.systemPackages = with pkgs; [ apacheAnt ]; }"
    workspace, document, _ = project(text, pin="26.05")
    [finding] = [each for each in diagnostics(workspace, document) if each.rule == "package-renamed"]
    assert not finding.fixes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ lib, ... }: { a = lib.mdDoc 1; }", [("lib-removed", "mdDoc")]),
        ("{ lib, ... }: { a = lib.types.string; }", [("lib-removed", "string")]),
        ("{ lib, ... }: with lib; { a = mdDoc 1; }", [("lib-removed", "mdDoc")]),
        ("{ lib, ... }: let inherit (lib) mdDoc; in { a = mdDoc 1; }", [("lib-removed", "mdDoc")]),
        ("{ lib, ... }: let inherit (lib.types) string; in { a = string; }", [("lib-removed", "string")]),
        ("{ pkgs, ... }: { a = pkgs.lib.mdDoc 1; }", [("lib-removed", "mdDoc")]),
        ("{ lib, ... }: { a = lib.fold 1 2 3; }", [("lib-deprecated", "fold")]),
        ("{ lib, ... }: { a = if lib ? mdDoc then lib.mdDoc 1 else 1; }", []),
        ("{ lib, ... }: { a = (lib.mdDoc or (x: x)) 1; }", []),
        ("{ lib, ... }: let mdDoc = x: x; in with lib; { a = mdDoc 1; }", []),
        ("{ lib, ... }: { a = lib.hm.mdDoc 1; }", []),
        ("{ lib, ... }: { a = lib.strings.string; b.string = 1; }", []),
    ],
)
def test_names_of_lib(text: str, expected: list[tuple[str, str]]):
    assert found(text) == expected


def test_a_name_that_the_pin_still_has_is_not_reported():
    assert found("{ lib, ... }: { a = lib.mdDoc 1; }", pin="24.05") == []
    assert found("{ lib, ... }: { a = lib.fold 1 2 3; }", pin="25.05") == []


def test_a_function_with_a_new_name_is_renamed():
    assert fixed("{ lib, ... }: { a = lib.lists.fold 1 2 3; }") == "{ lib, ... }: { a = lib.foldr 1 2 3; }"
    assert fixed("{ lib, ... }: { a = lib.literalExample 1; }") == "{ lib, ... }: { a = lib.literalExpression 1; }"


def test_a_line_that_was_dated_before_it_came_is_no_proof():
    text = "{ pkgs, ... }: { environment.systemPackages = [ pkgs.citrix_workspace_25_05_0 ]; }"
    assert found(text, pin="26.05pre") == []
    assert found(text, pin="26.11pre") == [("package-removed", "citrix_workspace_25_05_0")]


def test_a_package_that_came_back_is_not_removed():
    assert found("{ pkgs, ... }: { environment.systemPackages = [ pkgs.yi ]; }", pin="26.11pre") == []


def test_what_nixpkgs_proposes_for_a_removed_package_is_offered_to_be_reviewed():
    before = "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ exa ]; }"
    workspace, document, _ = project(before, pin="26.05")
    [finding] = [each for each in diagnostics(workspace, document) if each.rule == "package-removed"]
    assert "Nixpkgs proposes `eza`" in finding.message
    assert [fix.tier for fix in finding.fixes] == [Tier.REVIEW]
    assert fixed(before) == before.replace("exa", "eza")
