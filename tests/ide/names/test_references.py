"""Every place of a name, and which of them bind it."""

from __future__ import annotations

import pytest

from nix_lsp.ide.names.references import highlights, references

from .marks import marked, places


@pytest.mark.parametrize(
    "fixture",
    [
        "let «a$0» = 1; in [ «a» { inherit «a»; } (let a = 2; in a) x.a ] # a",
        "let «a» = 1; in { a = «a$0»; b.a = 2; }",
        "{ «a$0», b ? «a» }@args: «a» + args.«a»",
        "let f = { «a», b ? «a» }: «a»; in f { «a$0» = 1; }",
        "let f = { «a$0» }: «a»; in [ (f { «a» = 1; }) (f { «a» = 2; }) ]",
        "let x = { «a$0» = 1; b = 2; }; in [ x.«a» x.b (with x; «a») (x ? «a») ]",
        "let x = { «a» = 1; }; in x.«a$0»",
        "let x = { a.«b» = 1; }; inherit (x) a; in a.«b$0»",
        "let x = rec { «a$0» = 1; b = «a»; }; in x.«a»",
        "with lib; [ «foo$0» «foo» lib.foo ]",
    ],
)
def test_references_in_a_file(fixture: str) -> None:
    (workspace, document, offset), expected = marked(fixture)

    assert places(references(workspace, document, offset, declarations=True)) == expected


def test_references_across_files() -> None:
    (workspace, document, offset), expected = marked(
        """
        #- /lib.nix
        { }: { «f$0» = 1; g = 2; }
        #- /a.nix
        let l = import ./lib.nix { }; in l.«f» + l.g
        #- /b.nix
        let inherit (import ./lib.nix { }) «f»; in f
        #- /c.nix
        with import ./lib.nix { }; «f»
        #- /d.nix
        { f = 1; }
        """
    )

    assert places(references(workspace, document, offset, declarations=True)) == expected


def test_declarations_are_left_out_unless_asked_for() -> None:
    (workspace, document, offset), expected = marked("let a = 1; in [ «a$0» { inherit «a»; } ]")

    assert places(references(workspace, document, offset, declarations=False)) == expected


def test_files_that_name_a_file() -> None:
    (workspace, document, offset), expected = marked(
        """
        #- /a.nix
        { imports = [ «./b.nix$0» ]; }
        #- /b.nix
        { }
        #- /c/d.nix
        import «../b.nix»
        """
    )

    assert places(references(workspace, document, offset, declarations=False)) == expected


def test_highlights_tell_writing_from_reading() -> None:
    _, document, offset = marked("let a$0 = 1; in { inherit a; b = a; }").fixture

    assert [(tuple(each.span), each.is_write) for each in highlights(document, offset)] == [
        ((4, 5), True),
        ((24, 25), False),
        ((31, 32), False),
    ]


def test_a_with_is_highlighted_with_its_names() -> None:
    _, document, offset = marked("with pkgs; [ vim$0 git vim ]").fixture

    assert [document.text(each.span) for each in highlights(document, offset)] == ["with", "vim", "vim"]


def test_the_same_selection_is_highlighted_whatever_it_is() -> None:
    _, document, offset = marked("{ config, ... }: [ config.a.b$0 config.a.c config.a.b.d (x: x.a.b) ]").fixture

    assert [each.span.start for each in highlights(document, offset)] == [28, 50]


def test_a_name_of_a_huge_file_is_found_quickly_enough_to_be_looked_up() -> None:
    text = "{ lib }: {\n" + "".join(f"  a{number} = lib.f x.lib;\n" for number in range(20_000)) + "}\n"
    workspace, document, _ = marked(text).fixture

    assert len(references(workspace, document, 3, declarations=False)) == 20_000
