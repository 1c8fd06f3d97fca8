"""What nixpkgs' `lib` has at the pin, proposed and told."""

from __future__ import annotations

import pytest

from nix_lsp.ide.completion import resolve

from .test_completion import completed, labels
from .test_hover import said

MODULE = "{ lib, ... }: "


@pytest.mark.parametrize(
    ("text", "name", "detail"),
    [
        ("{ x = lib.$0; }", "mkIf", "condition → content → …"),
        ("{ x = lib.$0; }", "strings", "set"),
        ("{ x = lib.strings.conc$0; }", "concatMapStrings", "(a -> String) -> [a] -> String"),
        ("with lib; { x = $0; }", "mkIf", "condition → content → …"),
        ("with lib.strings; { x = $0; }", "concatMapStrings", "(a -> String) -> [a] -> String"),
        ("let inherit (lib) $0; in { }", "id", "a -> a"),
        ("let inherit (lib.strings) escapeShellArg $0; in { }", "concatMapStrings", "(a -> String) -> [a] -> String"),
        ("{ x = lib.mkFix$0; }", "mkFixStrictness", "deprecated"),
    ],
)
def test_names_are_proposed_with_their_type_or_parameters(text: str, name: str, detail: str):
    (item,) = [item for item in completed(MODULE + text).items if item.label == name]
    assert item.detail == detail


def test_what_has_left_and_what_is_inherited_already_is_not_proposed():
    assert "string" not in labels(MODULE + "{ x = lib.types.$0; }")
    assert "id" not in labels(MODULE + "let inherit (lib) id $0; in { }")


def test_local_names_come_before_those_of_with():
    proposed = labels("{ lib, ... }: let mine = 1; in with lib; { networking.hostName = $0; }")
    assert proposed.index("mine") < proposed.index("mkIf")


def test_a_proposal_is_described_as_by_hover():
    from tests.fixture import project

    workspace, document, _ = project(MODULE + "{ x = lib.$0; }", pin="25.11")
    assert "`lib.mkIf condition content`" in (resolve(workspace, document, ("library", "mkIf")) or "")


FUNCTION = """\
concatMapStrings
---
**`lib.strings.concatMapStrings f list`**

Function

- Type: `(a -> String) -> [a] -> String`

nixpkgs 25.11"""


@pytest.mark.parametrize(
    "text",
    [
        "{ x = lib.strings.concatMap$0Strings; }",
        "with lib.strings; { x = concatMap$0Strings; }",
        "let inherit (lib.strings) concatMap$0Strings; in { }",
        "let inherit (lib.strings) concatMapStrings; in { x = concatMap$0Strings; }",
    ],
)
def test_a_function_is_told_with_its_parameters_its_type_and_the_pin(text: str):
    assert said(MODULE + text) == FUNCTION


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{ x = lib.str$0ings; }", "Attribute set"),
        ("{ x = lib.types.st$0ring; }", "Removed: `lib.types.str` instead"),
        ("{ x = lib.mkFix$0Strictness; }", "Deprecated"),
        ("{ x = lib.types.b$0ool; }", "Option type"),
    ],
)
def test_hover_tells_what_else_is_there_and_what_is_not(text: str, told: str):
    assert told in said(MODULE + text)


def test_a_name_of_ones_own_is_not_libs():
    assert "lib." not in said("{ lib, ... }: let id = 1; in { x = i$0d; }")
    assert said(MODULE + "{ x = lib.noSuch$0Name; }") == ""
