"""What is known of an expression without evaluating it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.static import StaticValues
from nix_lsp.syntax.ast import bindings, text
from nix_lsp.syntax.document import Document
from option_index.static_values import Opaque

if TYPE_CHECKING:
    from tree_sitter import Node

    from option_index.static_values import Value

UNKNOWN = Opaque()


def bound(expression: str, head: str = "{ lib, pkgs, config, ... }: ") -> tuple[StaticValues, Node]:
    """Read the expression of `it` in a module whose `pkgs` has one package, `hello`."""
    document = Document("/t.nix", f"{head}{{ it = {expression}; }}".encode())
    node = document.root.child_by_field_name("expression")
    while node is not None and node.type != "attrset_expression":
        node = node.child_by_field_name("body")
    assert node is not None
    (binding,) = bindings(node)
    inner = binding.child_by_field_name("expression")
    assert inner is not None
    return StaticValues(document, lambda name: name == "hello"), inner


def value(expression: str, head: str = "{ lib, pkgs, config, ... }: ") -> Value:
    values, node = bound(expression, head)
    return values.value(node)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true", True),
        ("null", None),
        ("(80)", 80),
        ("-1", -1),
        ("!true", False),
        ("1.5", 1.5),
        ('"a\\nb"', "a\nb"),
        ("''\n  a\n''", "a\n"),
        ("https://nixos.org", "https://nixos.org"),
        ('[ 1 "a" (-2) ]', [1, "a", -2]),
        ('{ a.b = 1; a.c = true; "x y" = null; }', {"a": {"b": 1, "c": True}, "x y": None}),
        ("{ a = { b = 1; }; a.c = 2; }", {"a": {"b": 1, "c": 2}}),
        ("{ }", {}),
        ('lib.mkForce (lib.mkIf config.x "a")', "a"),
        ("let port = 80; in [ port ]", [80]),
        ("assert true; with lib; 1", 1),
        ("[ 1 ] ++ lib.optional config.x 2 ++ lib.optionals config.y [ 3 ]", [1, 2, 3]),
    ],
)
def test_what_is_written_out_is_known(expression: str, expected: Value):
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a ${b}"', Opaque("string", "a ")),
        ('"a" + b', Opaque("string", "a")),
        ("toString 1", Opaque("string")),
        ("lib.concatStringsSep x y", Opaque("string")),
        ("lib.getExe pkgs.hello", Opaque("string")),
        ("./a.nix", Opaque("path")),
        ("<nixpkgs>", Opaque("path")),
        ('./a + "/b"', Opaque("path")),
        ("x: x", Opaque("function")),
        ("rec { a = 1; }", Opaque("set")),
        ("{ inherit a; }", Opaque("set")),
        ("{ ${a} = 1; }", Opaque("set")),
        ("a // { b = 1; }", Opaque("set")),
        ("a == b", Opaque("boolean")),
        ("a ? b", Opaque("boolean")),
        ("!a", Opaque("boolean")),
        ("a * 2", Opaque("number")),
        ("123456789012345678901234567890", Opaque("integer")),
        ('if a then "x" else "y"', Opaque("string")),
        ("pkgs.hello", Opaque("package")),
        ("with pkgs; hello", Opaque("package")),
        ("pkgs.hello.override { }", Opaque("package")),
        ('pkgs.writeText "a" "b"', Opaque("package")),
    ],
)
def test_the_kind_of_value_is_known_where_the_content_is_not(expression: str, expected: Value):
    assert value(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "a",
        "f 1",
        "a.b or 1",
        "pkgs.unheard-of",
        "if a then 1 else null",
        "[ 1 2",
        "lib.getExe",
        "a.getExe b",
        "let x = x; in x",
    ],
)
def test_the_rest_may_be_anything(expression: str):
    assert value(expression) == UNKNOWN


@pytest.mark.parametrize(
    ("head", "expression"),
    [
        ("let true = 1; in ", "true"),
        ("{ null ? 1, ... }: ", "null"),
        ("let inherit (x) false; in ", "false"),
        ("let toString = x: 1; in ", "toString 1"),
        ("let lib.getExe = x: 1; in ", "lib.getExe 1"),
    ],
)
def test_names_mean_what_the_file_makes_of_them(head: str, expression: str):
    assert value(expression, head) in (UNKNOWN, 1)


def test_parts_may_be_unknown():
    assert value("{ a = [ 1 x ]; }") == {"a": [1, UNKNOWN]}
    assert value("[ 1 ] ++ x") == [1, UNKNOWN]


def test_deep_nesting_ends_as_unknown():
    inner = value("[" * 5_000 + "]" * 5_000)
    while isinstance(inner, list):
        (inner,) = inner
    assert inner == UNKNOWN


def test_branches_and_merged_definitions_are_alternatives():
    values, node = bound('lib.mkMerge [ (lib.mkIf a "x") (if b then 1 else y) ]')
    assert [text(each) for each in values.alternatives(node)] == ['"x"', "1", "y"]


def test_what_is_merged_by_a_function_is_unknown():
    values, node = bound("lib.mkMerge (map f xs)")
    assert values.alternatives(node) == []


@pytest.mark.parametrize(
    ("expression", "path", "expected"),
    [
        ('[ 1 "a" ]', (1,), '"a"'),
        ("[ 1 ] ++ lib.optionals c [ 2 (3) ]", (2,), "3"),
        ('lib.mkForce { a = [ "x" ]; }', ("a", 0), '"x"'),
        ("{ a.b = 1; }", ("a", "b"), "{ a.b = 1; }"),
        ("[ 1 ]", (4,), "[ 1 ]"),
    ],
)
def test_a_part_is_found_again(expression: str, path: tuple[int | str, ...], expected: str):
    values, node = bound(expression)
    assert text(values.part(node, path)) == expected
