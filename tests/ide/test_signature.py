"""Signature help: the function that is called at the cursor, with the argument that is written in `«»`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.signature import signature_at
from tests.fixture import project


def shown(fixture: str) -> str | None:
    """Return the signature at the cursor, the active argument in `«»`; None where there is none."""
    fixture = fixture if fixture.startswith("#-") else f"#- /data.nix\n{fixture}"
    workspace, document, offset = project(fixture, pin="25.11")
    found = signature_at(workspace, document, offset)
    if found is None or found.active is None:
        return found and found.label
    start, end = found.parameters[found.active][:2]
    return f"{found.label[:start]}«{found.label[start:end]}»{found.label[end:]}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let f = a: b: a; in f $0", "f «a» b"),
        ("let f = a: b: a; in f 1 $0", "f a «b»"),
        ("let f = a: b: [ 1 ]; in { x = f 1 $0; }", "f a «b» -> [integer]"),
        ("let f = a: b: a; in f (f 1 $0)", "f a «b»"),
        ("let s = { f = a: b: a; }; in s.f 1 $0", "s.f a «b»"),
        ("let f = a: { b, c }: a; in f 1 { $0 }", "f a { «b», c }"),
        ('let f = a: b: a; in f "x$0"', "f «a» b"),
        ("let f = a: { g = b: c: b; }; in (f 1).g 2 $0", "(f 1).g b «c»"),
        ("let f = a: let t = a; in b: t; in f 1 $0", "f 1 «b» -> integer"),
        (
            "#- /l.nix\n{ n }: { half = x: x; }\n#- /d.nix\nlet l = import ./l.nix { n = 1; }; in l.half $0",
            "l.half «x»",
        ),
    ],
)
def test_functions_of_the_project_show_their_arguments(text: str, expected: str):
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ $0 }", "f { «a», b ? 2, ... }"),
        ("{ a = $0", "f { «a», b ? 2, ... }"),
        ("{ a = 1; $0 }", "f { a, «b ? 2», ... }"),
        ("{ b = $0 }", "f { a, «b ? 2», ... }"),
        ("{ inherit a; $0 }", "f { a, «b ? 2», ... }"),
        ("{ a = 1; b = 2; $0 }", "f { a, b ? 2, ... }"),
    ],
)
def test_of_named_arguments_the_one_that_is_written_is_active(text: str, expected: str):
    assert shown(f"let f = {{ a, b ? 2, ... }}: a; in f {text}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("map $0", "map «f» list"),
        ("builtins.substring 1 $0", "builtins.substring start «len» s"),
        ("{ lib }: lib.filterAttrs (n: v: v) $0", "lib.filterAttrs pred «set»"),
        ("{ lib }: lib.mapAttrs $0", "lib.mapAttrs «f» attrset"),
        ("{ lib }: with lib; optional $0", "optional «cond» elem"),
        ("{ lib }: let inherit (lib) optional; in optional true $0", "optional cond «elem»"),
    ],
)
def test_builtins_and_the_library_show_theirs(text: str, expected: str):
    assert shown(text) == expected


def test_a_package_that_is_called_shows_what_its_file_takes():
    call = "#- /p.nix\n{ stdenv, colour ? 1 }: stdenv\n#- /d.nix\n{ pkgs }: pkgs.callPackage ./p.nix { c$0 }"
    assert shown(call) == "pkgs.callPackage ./p.nix { «stdenv», colour ? 1 } -> package"


@pytest.mark.parametrize(
    "text",
    [
        "let f = a: b: a; in f$0",
        "let f = a: b: a; in f 1 2 3 $0",
        "let f = a: b: a; in f # $0",
        "let f = a: b: a; in f (x: $0)",
        "let f = a: b: a; in f [ $0 ]",
        "let f = a: b: a; in f { x = $0; }",
        "{ lib, c }: lib.mkIf c { services = $0; }",
        "undefined $0",
        "1 $0",
        "$0",
        "f: f $0",
        "let f = f; in f $0",
    ],
)
def test_elsewhere_nothing_is_shown(text: str):
    assert shown(text) is None


def test_deep_nesting_is_no_trouble():
    assert shown("let f = a: a; in f " + "(" * 20_000 + "$0") in {None, "f «a»"}
