"""The outline of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.symbols import document_symbols
from nix_lsp.syntax.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.ide.model import Symbol


def outline(text: str) -> list[str]:
    return list(_lines(document_symbols(Document("/t.nix", text.encode())), ""))


def _lines(symbols: Sequence[Symbol], indent: str) -> Iterator[str]:
    for symbol in symbols:
        yield f"{indent}{symbol.name}: {symbol.kind.value}" + (f" {symbol.detail}" if symbol.detail else "")
        yield from _lines(symbol.children, indent + "  ")


def test_bindings_are_nested_and_dotted_names_joined():
    assert outline("{ a.b = 1; c = { d = true; }; e . f = [ ]; }") == [
        "a.b: number 1",
        "c: namespace",
        "  d: boolean true",
        "e.f: array",
    ]


def test_let_bindings_and_functions():
    assert outline(
        '{ pkgs, ... }: let f = { a, b ? { z = 1; } }: x: a; v = pkgs.hello; in { inherit v; s = "t"; }'
    ) == [
        "f: function { a, b ? { z = 1; } }:",
        "v: variable pkgs.hello",
        "v: property inherit",
        's: string "t"',
    ]


def test_sets_inside_calls_and_lists_belong_to_the_binding_around_them():
    assert outline("{ config = lib.mkIf c { a = 1; }; l = [ { b = 2; } ]; inherit (lib) mkIf; }") == [
        "config: property",
        "  a: number 1",
        "l: array",
        "  b: number 2",
        "mkIf: property inherit (lib)",
    ]


def test_a_declared_option_shows_its_type_and_nothing_it_is_made_of():
    text = """{ options.a = {
      b = mkOption { type = types.listOf types.str; default = [ ]; };
      c = lib.mkOption { default = { d = 1; }; };
      e = lib.mkOption { type = types.submodule { options.f = lib.mkOption { type = types.int; }; }; };
    }; }"""
    assert outline(text) == [
        "options.a: namespace",
        "  b: property types.listOf types.str",
        "  c: property",
        "    default: namespace",
        "      d: number 1",
        "  e: property",
        "    type: property",
        "      options.f: property types.int",
    ]


def test_half_typed_code_keeps_its_outline():
    assert "b: number 2" in outline("{ a = ; b = 2; c.")


@pytest.mark.parametrize(
    "text", ["{ a = " * 100_000, "[" * 100_000, "a: " * 50_000 + "1", "{ a = " * 300 + "1" + "; }" * 300]
)
def test_nesting_is_bounded(text: str):
    symbols, depth = document_symbols(Document("/t.nix", text.encode())), 0
    while symbols:
        symbols, depth = [child for symbol in symbols for child in symbol.children], depth + 1
    assert depth <= 48
