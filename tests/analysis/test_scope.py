"""Names in scope. `|` is the cursor, or stands before the name that is asked about."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.scope import (
    Name,
    With,
    names_at,
    resolve_name,
    with_paths,
)
from nix_lsp.syntax.ast import descent, text
from nix_lsp.syntax.document import Document


def at(code: str) -> tuple[Document, int]:
    before, _, after = code.partition("|")
    return Document("/t.nix", (before + after).encode()), len(before.encode())


def visible(code: str) -> list[str]:
    document, offset = at(code)
    return [f"{name.kind} {name.name}" for name in names_at(document, offset)]


def resolved(code: str) -> str | None:
    """Kind and value of what the name after `|` is bound to."""
    document, offset = at(code)
    found = resolve_name(document, descent(document.root, offset)[-1])
    match found:
        case Name():
            return f"{found.kind} {text(found.value) if found.value else '-'}"
        case With(environments):
            return "with " + " ".join(map(text, environments))
        case None:
            return None


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("let a = 1; b = 2; in |", ["let a", "let b"]),
        ("let a = |; in a", ["let a"]),
        ("let a = 1; in let b = 2; a = 3; in |", ["let b", "let a"]),
        ("{ a, b ? 1, ... }@args: |x", ["formal a", "formal b", "argument args"]),
        ("{ a, b ? |a }: x", ["formal a", "formal b"]),
        ("x: y: |x", ["argument y", "argument x"]),
        ("rec { a = 1; b = |a; }", ["rec a", "rec b"]),
        ("{ a = 1; b = |a; }", []),
        ("rec { a = 1; } |b", []),
        ('let a.b = 1; a.c = 2; "x y" = 3; inherit (q) r; in |a', ["let a", "let x y", "inherit r"]),
        ("let { a = 1; body = |a; }", ["let a", "let body"]),
        ("(x: |x) y", ["argument x"]),
        ("(x: x) |y", []),
        ("let a = 1; in { b = |", ["let a"]),
        ("{ pkgs, ... }: { b = |", ["formal pkgs"]),
    ],
)
def test_visible_names_nearest_first(code: str, names: list[str]):
    assert visible(code) == names


@pytest.mark.parametrize(
    ("code", "bound"),
    [
        ("let a = 1; in |a", "let 1"),
        ("let a = 1; in a: |a", "argument -"),
        ("let a = 1; in with x; |a", "let 1"),
        ("with x; with y; |a", "with y x"),
        ("with |x; a", None),
        ("with x; |map f", None),
        ("{ a ? 2 }: |a", "formal 2"),
        ("let inherit (lib) mkIf; in |mkIf", "inherit lib"),
        ("let a = 1; in let inherit |a; in a", "let 1"),
        ("a: rec { inherit |a; }", "argument -"),
        ("a: { inherit |a; }", "argument -"),
        ("rec { b = 2; c = { inherit |b; }; }", "rec 2"),
        ("let a = |b; b = 2; in a", "let 2"),
        ("|a", None),
    ],
)
def test_a_name_is_found_where_nix_finds_it(code: str, bound: str | None):
    assert resolved(code) == bound


def test_with_environments_innermost_first():
    document, offset = at("{ pkgs, lib }: with lib; with pkgs.xorg; [ |a ]")
    assert with_paths(document, offset) == [("pkgs", "xorg"), ("lib",)]
    document, offset = at("with lib; [ a ] ++ (with { }; |b)")
    assert with_paths(document, offset) == [("lib",)]


def test_deep_nesting_is_survived():
    document = Document("/t.nix", b"a: " * 50_000 + b"a")
    assert isinstance(resolve_name(document, descent(document.root, len(document.source) - 1)[-1]), Name)
