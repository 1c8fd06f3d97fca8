"""What the names of a file are."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nix_lsp.ide.tokens.legend import MODIFIERS, TYPES, TokenModifier
from nix_lsp.ide.tokens.reader import semantic_tokens
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from tests.fixture import project


def tokens(fixture: str, *, plain: bool = False, part: Span | None = None, path: str = "/t.nix") -> list[str]:
    """Return each token as `text type modifiers`."""
    at = project(fixture, pin="25.11", path=path)
    found = semantic_tokens(at.workspace, at.document, part, with_plain=plain)
    return [
        " ".join((at.document.text(Span(each.start, each.end)), TYPES[each.type], *words(each.modifiers)))
        for each in found
    ]


def words(modifiers: TokenModifier) -> list[str]:
    return [name for number, name in enumerate(MODIFIERS) if modifiers & 1 << number]


def test_names_are_what_binds_them():
    assert tokens("{ a, b ? a }@args: x: let c = 1; f = y: y; in [ a x c (f b) args z ]") == [
        "a parameter declaration",
        "b parameter declaration",
        "a parameter",
        "args parameter declaration",
        "x parameter declaration",
        "c variable declaration",
        "f function declaration",
        "y parameter declaration",
        "y parameter",
        "a parameter",
        "x parameter",
        "c variable",
        "f function",
        "b parameter",
        "args parameter",
        "z variable",
    ]


def test_a_name_is_looked_up_where_it_stands():
    assert tokens("let x = 1; in x: let inherit x; in { inherit x; y = x; }")[1:] == [
        "x parameter declaration",
        "x parameter declaration",
        "x variable",
        "y property",
        "x variable",
    ]


def test_attributes_are_properties_and_called_ones_functions():
    assert tokens("a: { b.c = a.d; e = a.f 1; g = h: h; } ? i") == [
        "a parameter declaration",
        "b property",
        "c property",
        "a parameter",
        "d property",
        "e property",
        "a parameter",
        "f function",
        "g function declaration",
        "h parameter declaration",
        "h parameter",
        "i property",
    ]


def test_builtins_and_lib_are_of_the_library():
    found = tokens(
        "{ lib, pkgs }: let inherit (lib) mkIf types; t = lib.types; in with lib;"
        " [ mkIf types.str t.int (mkForce 1) lib.nothing builtins.map (toString 1) true pkgs.hello ]"
    )
    for line in (
        "mkIf function declaration defaultLibrary",
        "types property declaration defaultLibrary",
        "mkIf function defaultLibrary",
        "str type defaultLibrary",
        "int type defaultLibrary",
        "mkForce function defaultLibrary",
        "nothing property",
        "builtins namespace defaultLibrary",
        "map function defaultLibrary",
        "toString function defaultLibrary",
        "hello property",
    ):
        assert line in found, line
    assert not any(line.startswith("true") for line in found)


def test_what_a_with_gives_is_a_property_of_it():
    assert tokens("{ pkgs }: with pkgs; [ hello ]")[-1] == "hello property"


def test_paths_of_options_are_definitions_and_declarations():
    found = tokens(
        """
        { lib, config, ... }: {
          options.my.thing = lib.mkOption { };
          config.services.openssh.enable = true;
        }
        """,
        path="/configuration.nix",
    )
    assert "my property declaration" in found
    assert "thing property declaration" in found
    assert "openssh property definition" in found
    assert "enable property definition" in found


def test_what_the_release_has_renamed_is_deprecated():
    fixture = """
        #- /flake.nix
        {
          outputs = { nixpkgs, ... }: {
            nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; };
          };
        }
        #- /configuration.nix
        { hardware.opengl.enable = true; services.openssh.enable = true; $0 }
    """
    found = tokens(fixture)
    assert "opengl property definition deprecated" in found
    assert "openssh property definition" in found


def test_names_in_old_forms_of_the_language_are_not_deprecated():
    assert tokens("let { body = x: x; }") == [
        "body function declaration",
        "x parameter declaration",
        "x parameter",
    ]


def test_in_haste_only_what_the_names_say_is_told():
    at = project("{ hardware.opengl.enable = true; }", pin="25.11")

    hasty = semantic_tokens(at.workspace, at.document, is_hasty=True)
    whole = semantic_tokens(at.workspace, at.document)
    again = semantic_tokens(at.workspace, at.document, is_hasty=True)

    assert not any(token.modifiers for token in hasty)
    assert all(token.modifiers for token in whole)
    assert again == whole


def test_what_the_text_shows_is_told_where_it_is_asked_for():
    assert tokens('# c\nlet a = "x${./b}\\n"; in 1 + true', plain=True) == [
        "# c comment",
        "let keyword",
        "a variable declaration",
        '" string',
        "x string",
        "./b string",
        "\\n regexp",
        '" string',
        "in keyword",
        "1 number",
        "+ operator",
        "true keyword readonly defaultLibrary",
    ]


def test_a_part_of_a_file_has_the_tokens_of_the_whole():
    text = "{ a, lib }:\nlet\n  b = lib.mkIf a 1;\nin\n{\n  c.d = b;\n  e = with lib; mkForce a;\n}\n"
    whole, source = tokens(text), text.encode()
    for start in range(len(source)):
        part = tokens(text, part=Span(start, min(start + 20, len(source))))
        assert not part or any(whole[at : at + len(part)] == part for at in range(len(whole))), start


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "a: " * 50_000 + "a",
        "{ a = " * 50_000,
        "a." * 2_000,
        "{ inherit",
        "let in",
        "x.${",
        "''${" * 9_000,
    ],
)
def test_broken_and_deep_text_is_no_danger(text: str):
    at = project("1")
    document = Document("/t.nix", text.encode())
    found = semantic_tokens(at.workspace, document, with_plain=True)
    assert all(one.end <= other.start for one, other in pairwise(found))
