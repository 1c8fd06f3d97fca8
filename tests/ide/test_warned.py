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

NIXPKGS = os.environ.get("NIXPKGS", "")


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


def test_one_that_has_no_effect_goes():
    check_fix(
        pin="26.05",
        before="{\n  boot.loader.grub.ver$0sion = 2;\n  boot.loader.grub.enable = true;\n}\n",
        after="{\n  boot.loader.grub.enable = true;\n}\n",
    )


@pytest.mark.skipif(not NIXPKGS, reason="NIXPKGS names no nixpkgs tree")
@pytest.mark.parametrize("option", WARNED, ids=".".join)
def test_the_modules_say_so(option: tuple[str, ...]):
    row = WARNED[option]
    source = (Path(NIXPKGS) / "nixos" / "modules" / row.file).read_text(encoding="utf-8")
    condition = rf"{option[-1]}\.isDefined" if row.silent == ALWAYS else rf'\.{option[-1]} != (?:null|"")'
    assert re.search(condition, source)
    assert "warnings" in source
