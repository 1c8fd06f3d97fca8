"""Edits are planned where somebody may take them."""

from __future__ import annotations

import pytest

from nix_lsp.ide.actions import QUICK_FIX, code_actions
from nix_lsp.ide.diagnostics import NOWHERE, diagnostics
from nix_lsp.ide.rewrites.imperative import findings
from nix_lsp.syntax.span import Span
from tests.fixture import Fixture, project

MODULE = """\
{ pkgs, ... }:
{
  time.timeZone = "Europe/Zurich";
  system.activationScripts.a = ''
    loginctl enable-linger $0alice
    modprobe v4l2loopback
    timedatectl set-timezone UTC
  '';
}
"""


@pytest.fixture
def made() -> Fixture:
    return project(MODULE, pin="26.05")


def test_what_is_shown_has_the_same_places_without_edits(made: Fixture, monkeypatch: pytest.MonkeyPatch):
    planned = diagnostics(made.workspace, made.document)
    assert [len(each.fixes) for each in planned] == [2, 2, 0]
    assert "has another value already" in planned[2].message

    monkeypatch.delattr(findings, "fix_of")
    shown = diagnostics(made.workspace, made.document, fixes_at=NOWHERE)
    assert [(each.rule, each.span) for each in shown] == [(each.rule, each.span) for each in planned]
    assert not any(each.fixes for each in shown)


def test_edits_at_a_place_are_those_of_the_whole_file(made: Fixture):
    planned = diagnostics(made.workspace, made.document)
    here = Span(made.offset, made.offset)
    near = diagnostics(made.workspace, made.document, fixes_at=here)
    assert [each.fixes for each in near] == [planned[0].fixes, (), ()]
    actions = code_actions(made.workspace, made.document, here, [QUICK_FIX])
    assert [action.title for action in actions] == [
        "Declare `users.users.alice.linger` instead",
        "Declare all 2 of this script",
    ]
