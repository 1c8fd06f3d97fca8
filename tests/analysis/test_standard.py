"""What expressions mean: `|` stands before the one that is asked about."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.standard import standard_path
from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.document import Document


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("{ pkgs, ... }: |pkgs", ("pkgs",)),
        ("{ pkgs, ... }: |pkgs.python3Packages", ("pkgs", "python3Packages")),
        ("{ pkgs, ... }: with pkgs; |xorg", ("pkgs", "xorg")),
        ("{ pkgs, ... }: let p = pkgs.python3; in |p.pkgs", ("pkgs", "python3", "pkgs")),
        ("{ pkgs, ... }: let inherit (pkgs) xorg; in |xorg", ("pkgs", "xorg")),
        ("{ pkgs, ... }: let inherit pkgs; in |pkgs", ("pkgs",)),
        ("let pkgs = import <nixpkgs> { }; in |pkgs.xorg", ("pkgs", "xorg")),
        ("inputs: let p = import inputs.nixpkgs { system = x; }; in |p", ("pkgs",)),
        ("{ nixpkgs, ... }: let p = nixpkgs.legacyPackages.${system}; in |p.xorg", ("pkgs", "xorg")),
        ("inputs: |inputs.nixpkgs.legacyPackages.x86_64-linux.xorg", ("pkgs", "xorg")),
        ("final: prev: { a = |prev.hello; }", ("pkgs", "hello")),
        ("{ lib, ... }: |lib", ("lib",)),
        ("{ pkgs, ... }: |pkgs.lib", ("lib",)),
        ("{ pkgs, ... }: |pkgs.${x}", None),
        ("let pkgs = f 1; in |pkgs", None),
        ("let pkgs = pkgs; in |pkgs", None),
        ("pkgs: let a = b; b = a; in |a", None),
        ("{ x, ... }: |x", None),
        ("{ lib, ... }: |lib.types", ("lib", "types")),
        ("{ lib, ... }: with lib; |mkIf", ("lib", "mkIf")),
        ("{ lib, ... }: let inherit (lib) types; in |types.str", ("lib", "types", "str")),
        ("{ pkgs, ... }: |pkgs.lib.mkIf", ("lib", "mkIf")),
        ("{ config, ... }: let cfg = config.services.x; in |cfg.enable", ("config", "services", "x", "enable")),
        ("|builtins.map", ("builtins", "map")),
        ("{ pkgs, lib, ... }: with lib; with pkgs; |x", None),
    ],
)
def test_well_known_names_are_seen_through_aliases(code: str, path: tuple[str, ...] | None):
    before, _, after = code.partition("|")
    document, offset = Document("/t.nix", (before + after).encode()), len(before.encode())
    chain = descent(document.root, offset)
    node = next(
        node
        for node in chain
        if node.start_byte == offset and node.type in {"variable_expression", "select_expression"}
    )
    assert standard_path(document, node) == path
