"""Options that modules warn of."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.rules.warned import ALWAYS, WARNED
from tests.fixture import project
from tests.ide.test_fixes import check_fix

TREES = {
    "nixos": ("NIXPKGS", "nixos/modules"),
    "home-manager": ("HOME_MANAGER", "modules"),
    "nix-darwin": ("NIX_DARWIN", "modules"),
}
CONDITIONS = {
    "None": r"\.{} != null",
    "": r'\.{} != ""',
    "{}": r"\.{} != {{ }}",
    "False": r"(?:cfg\.{0} or false\)|mkIf cfg\.{0} )",
}
"""By the value that a module does not warn of."""


def found(text: str, pin: str = "26.05") -> list[str]:
    workspace, document, _ = project(text, pin=pin)
    return [document.text(each.span) for each in diagnostics(workspace, document) if each.rule == "option-deprecated"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{ services.tlp.extraConfig = "a"; }', ["services.tlp.extraConfig"]),
        ('{ services.tlp = { enable = true; extraConfig = "a"; }; }', ["extraConfig"]),
        ('{ services.tlp.extraConfig = ""; }', []),
        ("{ config, ... }: { services.tlp.extraConfig = config.a; }", []),
        ('{ config, ... }: { services.tlp.extraConfig = "${config.a}"; }', []),
        ('{ config, ... }: { services.tlp.extraConfig = "A=${config.a}"; }', ["services.tlp.extraConfig"]),
        ("{ services.consul.forceIpv4 = null; }", []),
        ("{ services.consul.forceIpv4 = true; }", ["services.consul.forceIpv4"]),
        ("{ config, ... }: { services.consul.forceIpv4 = config.a; }", []),
        ('{ services.phpfpm.pools.a.extraConfig = "a"; }', ["services.phpfpm.pools.a.extraConfig"]),
        ("{ services.phpfpm.pools.a.settings = { }; }", []),
        ("{ config, ... }: { boot.loader.grub.version = config.a; }", ["boot.loader.grub.version"]),
        ('{ services.nginx.extraConfig = "a"; }', []),
    ],
)  # fmt: skip
def test_a_value_that_the_module_warns_of_is_told(text: str, expected: list[str]):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("pin", "is_told"), [("25.11", False), ("26.05pre", True), ("26.11pre", True), ("unstable", False)]
)
def test_it_is_told_for_pins_of_which_it_is_known(pin: str, is_told: bool):
    assert bool(found('{ services.tlp.extraConfig = "a"; }', pin)) is is_told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# nix-lsp: set home-manager\n{ services.kanshi.profiles.a.outputs = [ ]; }", ["services.kanshi.profiles"]),
        ("# nix-lsp: set home-manager\n{ services.kanshi = { profiles.a.outputs = [ ]; profiles.b.exec = [ ]; }; }", ["profiles"]),
        ("# nix-lsp: set home-manager\n{ services.kanshi.profiles = { a.outputs = [ ]; }; }", ["services.kanshi.profiles"]),
        ("# nix-lsp: set home-manager\n{ services.kanshi.profiles = { }; }", []),
        ("# nix-lsp: set home-manager\n{ config, ... }: { services.kanshi.profiles = config.a; }", []),
        ("# nix-lsp: set home-manager\n{ services.kanshi.settings = [ ]; }", []),
        ("# nix-lsp: set home-manager\n{ programs.firefox.enableGnomeExtensions = true; }", ["programs.firefox.enableGnomeExtensions"]),
        ("# nix-lsp: set home-manager\n{ programs.firefox.enableGnomeExtensions = false; }", []),
        ("# nix-lsp: set nix-darwin\n{ programs.tmux.iTerm2 = true; }", ["programs.tmux.iTerm2"]),
        ("# nix-lsp: set nix-darwin\n{ services.tlp.extraConfig = 1; }", []),
    ],
)  # fmt: skip
def test_home_manager_and_nix_darwin_warn_too(text: str, expected: list[str]):
    assert found(text) == expected


def test_one_that_has_no_effect_goes():
    check_fix(
        pin="26.05",
        before="{\n  boot.loader.grub.ver$0sion = 2;\n  boot.loader.grub.enable = true;\n}\n",
        after="{\n  boot.loader.grub.enable = true;\n}\n",
    )


@pytest.mark.parametrize(
    ("module_set", "option"), [pytest.param(*key, id=" ".join((key[0], ".".join(key[1])))) for key in WARNED]
)
def test_the_modules_say_so(module_set: str, option: tuple[str, ...]):
    variable, modules = TREES[module_set]
    if not (tree := os.environ.get(variable)):
        pytest.skip(f"{variable} names no source tree")
    row = WARNED[module_set, option]
    source = (Path(tree) / modules / row.file).read_text(encoding="utf-8")
    condition = rf"{option[-1]}\.isDefined" if row.silent == ALWAYS else CONDITIONS[str(row.silent)].format(option[-1])
    assert re.search(condition, source)
    assert "warnings" in source
