"""Symbols of a project: what is found of a few letters, and in which order."""

from __future__ import annotations

import pytest

from nix_lsp.ide.names.symbols import MOST, project_symbols
from tests.fixture import project

FILES = """
    #- /flake.nix
    {
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = { nixpkgs, ... }: {
        nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./m.nix ]; };
      };
    }
    #- /a.nix
    { config, pkgs, ... }:
    let
      greet = name: "hello ${name}";
      port = 80;
    in
    {
      services.nginx = {
        enable = true; # services.nginx.no = 1;
        virtualHosts."a.b".root = greet "x = 1;";
      };
      config.networking.hostName = ''
        y = 2; ''${z} '''
      '';
    }
    #- /m.nix
    { lib, ... }: {
      options.services.mine = {
        enable = lib.mkEnableOption "mine";
        port = lib.mkOption { type = lib.types.port; default = 1; };
      };
    }
    #- /pkgs.nix
    { callPackage }: {
      tools.first = callPackage ./first.nix { };
      make = { name, deep ? 1 }: name;
      data = 1;
    }
"""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("nginx.enable", ["option services.nginx.enable"]),
        ("mine", ["declared services.mine.port", "declared services.mine.enable"]),
        ("hostname", ["option networking.hostName"]),
        ("svcmport", ["declared services.mine.port"]),
        ("services mine port", ["declared services.mine.port"]),
        ("first", ["package tools.first"]),
        ("greet", ["function greet"]),
        ("make", ["function make"]),
        ("a.b", ["option services.nginx.virtualHosts.a.b.root"]),
        ("data", []),
        ("nginx.no", []),
        ("x =", []),
        ("zzz", []),
    ],
)
def test_what_is_found_best_first(query: str, expected: list[str]) -> None:
    workspace, _, _ = project(FILES)

    found = [f"{each.kind.value} {each.name}" for each in project_symbols(workspace, query)]

    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_places_are_those_of_the_names() -> None:
    workspace, _, _ = project(FILES)

    for query in ("first", "greet", "services.mine.port", "networking"):
        symbol = project_symbols(workspace, query)[0]
        document = workspace.document(symbol.location.path)
        assert document is not None
        assert symbol.name.endswith(document.text(symbol.location.span).rpartition(".")[2])


def test_what_begins_with_the_query_goes_before_what_has_its_letters() -> None:
    workspace, _, _ = project("#- /a.nix\n{ pxoxrt = x: x; port = x: x; portal = x: x; export = x: x; }\n")

    assert [each.name for each in project_symbols(workspace, "port")] == ["port", "portal", "export", "pxoxrt"]


def test_an_answer_is_bounded() -> None:
    text = "".join(f"f{number} = x: x;" for number in range(1_000))
    workspace, _, _ = project(f"#- /a.nix\n{{ {text} }}\n")

    assert len(project_symbols(workspace, "f")) == MOST
    assert len(project_symbols(workspace, "")) == MOST


@pytest.mark.parametrize(
    "text", ["{" * 100_000, '"' * 50_001, "let " * 50_000, "}" * 1_000, "a = " * 50_000, "''" * 50_001, "/*"]
)
def test_hostile_text_ends(text: str) -> None:
    workspace, _, _ = project(f"#- /a.nix\n{text}\n")

    project_symbols(workspace, "a")


def test_an_edit_is_seen() -> None:
    from nix_lsp.syntax.document import Change
    from nix_lsp.syntax.span import Span

    workspace, document, _ = project("#- /a.nix\n{ old = x: x; }\n")
    assert project_symbols(workspace, "old")

    after = workspace.with_document(document.edited([Change(Span(2, 5), b"new")], 2))

    assert [each.name for each in project_symbols(after, "new")] == ["new"]
    assert not project_symbols(after, "old")
