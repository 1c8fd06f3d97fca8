"""A pin newer than the index: what cannot be claimed, and the slip of the finger that is worth a word."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.model import Severity
from tests.fixture import project

NEWER = "2026-09-01"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{ services.openssh.enabel = true; }", "services.openssh.enable"),
        ('{ networking.hostNam = "x"; }', "networking.hostName"),
        ("{ service.openssh.enable = true; }", "services"),
    ],
)
def test_one_letter_beside_a_known_option_is_information(text: str, meant: str):
    workspace, document, _ = project(text, pin=NEWER)
    [found] = diagnostics(workspace, document)
    assert (found.rule, found.severity) == ("option-unknown", Severity.INFORMATION)
    assert f"`{meant}`" in found.message
    assert "26.11pre" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "{ services.brand-new.enable = true; }",
        "{ services.avahi.nssmdns5 = true; }",
        "{ services.openssh.somethingElse = true; }",
        "{ programs.zsh.autosuggestion.enable = true; }",  # home-manager's; NixOS has autosuggestions
    ],
)
def test_what_may_have_come_since_is_not_claimed(text: str):
    workspace, document, _ = project(text, pin=NEWER)
    assert diagnostics(workspace, document) == []
