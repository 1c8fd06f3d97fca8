"""What an upgrade changes, by the real index: found by judging a project twice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.actions import QUICK_FIX, fix_all
from nix_lsp.ide.ahead import right_today
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.drift import When, at_release, drift, preview, preview_actions
from nix_lsp.syntax.span import Span
from tests.fixture import project

if TYPE_CHECKING:
    from nix_lsp.ide.drift import Drift

TODAY = date(2026, 9, 1)


def upgrade(text: str, pin: str, target: str, path: str = "/configuration.nix") -> Drift:
    workspace, document, _ = project(text, pin=pin, path=path)
    return drift(workspace, at_release(workspace, target, TODAY), target, [document])


def told(report: Drift) -> list[tuple[str, str, When | None]]:
    return [(each.diagnostic.rule, each.document.text(each.diagnostic.span), each.when) for each in report.changes]


def test_what_only_the_target_finds_is_what_the_upgrade_brings():
    report = upgrade(
        '{ hardware.opengl.enable = true; services.resolved.dnssec = "false"; services.openssh.banner = ""; }',
        "25.11",
        "26.05",
    )
    assert told(report) == [
        ("option-renamed", "services.resolved.dnssec", When.AFTER),
        ("option-removed", "services.openssh.banner", When.NOW),
    ]
    assert report.standing == 1
    assert [each.breaks for each in report.changes] == [False, True]


def test_a_name_that_was_given_to_another_option_in_between_is_not_written_now():
    # `settings` was that of the old format then, and is that of the new one now.
    report = upgrade("{ services.pdns-recursor.yaml-settings = { }; }", "25.11", "26.11pre")
    assert told(report) == [("option-renamed", "services.pdns-recursor.yaml-settings", When.AFTER)]


def test_what_an_upgrade_ends_is_said():
    report = upgrade("{ services.resolved.settings.Resolve.DNSSEC = false; }", "25.05", "26.05")
    assert not report.changes
    assert [each.diagnostic.rule for each in report.settled] == ["option-not-yet"]


@pytest.mark.parametrize("target", ["26.05", "unstable", "2026-08-01", "26.11pre"])
def test_a_message_says_nothing_of_what_is_pinned(target: str):
    report = upgrade('{ services.resolved.dnssec = "false"; systemd.sleep.extraConfig = ""; }', "25.11", target)
    assert len(report.changes) == 2
    assert not [each.diagnostic.message for each in report.changes if "pins" in each.diagnostic.message]


def test_a_target_that_is_not_wholly_known_says_so():
    report = upgrade("{ services.openssh.enable = true; }", "25.11", "26.05")
    assert report.labels == ("NixOS 26.05 (as 26.05pre and 26.11pre agree)",)
    report = upgrade("{ services.openssh.enable = true; }", "25.11", "unstable")
    assert report.labels == ("NixOS unstable of 2026-09-01 (known up to 26.11pre)",)


def test_new_options_are_those_beside_what_is_used():
    report = upgrade("{ services.openssh.enable = true; }", "25.11", "26.05")
    assert ("services", "openssh", "generateHostKeys") in [each.path for each in report.new]
    assert all(each.path[:2] == ("services", "openssh") for each in report.new)


def test_a_default_that_differs_is_told_where_the_project_leaves_it():
    before = upgrade("{ services.postgresql.enable = true; services.mysql.enable = false; }", "24.11pre", "26.11pre")
    assert before.defaults
    (first, *_) = before.defaults
    assert first.before != first.after
    name = ".".join(first.path)
    after = upgrade(f"{{ services.postgresql.enable = true; {name} = null; }}", "24.11pre", "26.11pre")
    assert first.path not in [each.path for each in after.defaults]


def test_what_nobody_knows_is_listed_as_not_judged():
    report = upgrade(
        "{ services.openssh.enable = true; services.xserver.displayManager.gdm.enable = true; }", "24.11", "25.05"
    )
    assert not report.changes
    assert [each.path[-2:] for each in report.unjudged] == [("gdm", "enable")]


def test_home_manager_is_judged_by_its_own_release():
    report = upgrade('{ programs.git.userName = "me"; }', "25.05", "25.11", "/home.nix")
    assert told(report) == [("option-renamed", "programs.git.userName", When.AFTER)]


def test_a_value_that_has_to_be_written_anew_is_told():
    report = upgrade("{ programs.ssh.matchBlocks.a.port = 1; }", "25.11", "26.05", "/home.nix")
    assert told(report) == [("option-changed", "programs.ssh.matchBlocks", When.AFTER)]
    assert [each.fix.title for each in report.changes if each.fix] == ["Write as `programs.ssh.settings.a.Port`"]


def test_a_type_that_has_changed_is_told():
    report = upgrade("{ programs.firefox.profiles.default.extensions = [ ]; }", "25.11", "26.05", "/home.nix")
    assert [each.diagnostic.rule for each in report.changes] == ["option-changed"]
    assert report.changes[0].breaks


MIXED = """{ pkgs, ... }:
{
  networking.interfaces.a.preferTempAddress = true;
  security.apparmor.policies.b.enable = true;
  security.apparmor.policies.c = { enforce = true; };
  services.resolved.dnssec = "false";
  services.resolved.extraConfig = "LLMNR=no";
  services.greetd.vt = 1;
  services.xserver.displayManager = { sessionCommands = ""; gdm.enable = true; };
  hardware.pulseaudio = { enable = true; daemon.config = { }; };
  sound.enable = true;
  environment.systemPackages = [ pkgs.nixfmt-classic pkgs.noto-fonts-cjk pkgs.cinnamon.nemo pkgs.gnome3 ];
}
"""


@pytest.mark.parametrize("pin", ["24.05", "24.11", "25.05", "25.11"])
def test_fixes_that_are_tried_together_are_judged_as_each_by_itself(pin: str):
    workspace, document, _ = project(MIXED, pin=pin)
    then = at_release(workspace, "26.11pre", TODAY)
    fixes = [fix for each in diagnostics(then, document) for fix in each.fixes]
    assert len(fixes) > 3
    together = right_today(workspace, then, document, fixes)
    assert together == [right_today(workspace, then, document, [fix])[0] for fix in fixes]


def test_a_preview_shows_what_the_report_tells():
    workspace, document, _ = project(
        '{ services.resolved.dnssec = "false"; hardware.opengl.enable = true; }', pin="25.11"
    )
    then = at_release(workspace, "26.05", TODAY)
    assert [each.message for each in preview(workspace, then, document)] == [
        each.diagnostic.message for each in drift(workspace, then, "26.05", [document]).changes
    ]


def test_a_fix_of_the_preview_says_when_it_is_too_early_for_it():
    workspace, document, _ = project(
        '{ services.resolved.dnssec = "false"; security.apparmor.policies.a.enable = true; services.greetd.vt = 1; }',
        pin="24.11",
    )
    then = at_release(workspace, "26.05", TODAY)
    found = preview_actions(workspace, then, "26.05", document, Span(0, len(document.source)))
    assert [(action.title, action.fix.preferred, action.kind) for action in found] == [
        ("after the upgrade to 26.05: Rename to `services.resolved.settings.Resolve.DNSSEC`", False, QUICK_FIX),
        ("Delete this definition", True, QUICK_FIX),
        ("Delete: it says what holds anyhow", True, QUICK_FIX),
        ("Delete this definition", False, QUICK_FIX),
    ]
    assert preview_actions(workspace, then, "26.05", document, Span(0, 0)) == []
    assert fix_all(workspace, document) is None


def test_a_target_that_is_no_release_is_refused():
    workspace, _, _ = project("{ }", pin="25.11")
    with pytest.raises(ValueError, match="names no revision"):
        at_release(workspace, "soon", TODAY)


@pytest.mark.parametrize(
    "text", ["{ services.", "{", "", "{ a = { b = ; }; } }", "\x00", "{ services.resolved.dnssec = "]
)
def test_half_a_file_is_reported_without_harm(text: str):
    assert upgrade(text, "25.11", "26.05").target == "26.05"
