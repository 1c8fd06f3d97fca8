"""Builtins that are younger than the Nix of the pinned release."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from tests.fixture import project


def found(text: str, pin: str = "24.05") -> list[str]:
    workspace, document, _ = project(f"# nix-lsp: set nixos\n{text}", pin=pin)
    return [document.text(each.span) for each in diagnostics(workspace, document) if each.rule == "builtin-not-yet"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{ networking.hostName = builtins.warn "a" "b"; }', ["warn"]),
        ('let inherit (builtins) map warn; in { networking.hostName = warn "a" "b"; }', ["warn"]),
        ("{ networking.hostName = builtins.readFileType ./a; }", []),
        ('{ networking.hostName = (builtins.warn or builtins.trace) "a" "b"; }', []),
        ('{ networking.hostName = if builtins ? warn then builtins.warn "a" "b" else "b"; }', []),
        ('{ pkgs, ... }: { nix.package = pkgs.lix; networking.hostName = builtins.warn "a" "b"; }', []),
        ('{ networking.hostName = let builtins.warn = a: b: b; in builtins.warn "a" "b"; }', []),
        ('{ networking.hostName = "builtins.warn"; } # builtins.warn', []),
    ],
)
def test_what_the_pinned_nix_lacks(text: str, names: list[str]):
    assert found(text) == names


@pytest.mark.parametrize(
    ("pin", "names"), [("23.05", ["readFileType"]), ("23.11", []), ("26.05", []), ("unstable", [])]
)
def test_the_release_decides(pin: str, names: list[str]):
    assert found("{ networking.hostName = builtins.readFileType ./a; }", pin) == names


@pytest.mark.parametrize(
    ("pin", "names"), [("2024-06-15", ["warn"]), ("24.11pre", ["warn"]), ("2025-01-01", []), ("24.11", [])]
)
def test_of_unstable_the_package_nix_decides(pin: str, names: list[str]):
    assert found('{ networking.hostName = builtins.warn "a" "b"; }', pin) == names
