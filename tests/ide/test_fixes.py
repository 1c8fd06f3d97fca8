"""Rules and their fixes by the real index: what is true for a release, across hosts and module sets."""

from __future__ import annotations

import json

import pytest

from nix_lsp.ide.actions import code_actions, fix_all
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from tests.fixture import project

from .edit import parses


def check_fix(*, pin: str, before: str, after: str) -> None:
    """Take the preferred fix at `$0`; the result parses, and the finding is gone."""
    workspace, document, offset = project(before, pin=pin)
    action = next(each for each in code_actions(workspace, document, Span(offset, offset)) if each.fix.preferred)
    fixed = apply(document.source, action.fix.edits[0].edits)
    assert fixed.decode() == after
    assert parses(fixed)
    assert action.diagnostic
    changed = Document(document.path, fixed)
    left = [each.message for each in diagnostics(workspace.with_document(changed), changed)]
    assert action.diagnostic.message not in left


def found(text: str, pin: str, path: str = "/configuration.nix") -> list[str]:
    workspace, document, _ = project(text, pin=pin, path=path)
    return [f"{each.rule} {document.text(each.span)}" for each in diagnostics(workspace, document)]


def test_renamed_option_is_replaced_where_it_stands():
    check_fix(
        pin="26.05",
        before="{ hardware.op$0engl.enable = true; }",
        after="{ hardware.graphics.enable = true; }",
    )


def test_a_set_of_renamed_options_is_renamed():
    check_fix(
        pin="25.11",
        before="{\n  hardware.opengl = {\n    # steam\n    ena$0ble = true;\n    driSupport32Bit = true;\n  };\n}\n",
        after="{\n  hardware.graphics = {\n    # steam\n    enable = true;\n    enable32Bit = true;\n  };\n}\n",
    )


def test_an_option_moves_to_another_namespace_and_into_the_set_there():
    check_fix(
        pin="25.11",
        before=(
            "{ pkgs, ... }:\n{\n  services = {\n    openssh.enable = true;\n  };\n\n  hardware = {\n"
            "    bluetooth.enable = true;\n    # sound\n    $0pulseaudio.enable = true;\n  };\n}\n"
        ),
        after=(
            "{ pkgs, ... }:\n{\n  services = {\n    openssh.enable = true;\n    # sound\n    pulseaudio.enable = true;\n  };\n\n"
            "  hardware = {\n    bluetooth.enable = true;\n  };\n}\n"
        ),
    )


def test_a_renamed_option_of_home_manager_inside_nixos():
    check_fix(
        pin="25.11",
        before="{ home-manager.users.alice = { programs.git.del$0ta.enable = true; }; }",
        after="{ home-manager.users.alice = { programs.delta.enable = true; }; }",
    )


def test_a_misspelt_option_is_corrected():
    check_fix(
        pin="25.11",
        before="{ services.openssh.ena$0bel = true; }",
        after="{ services.openssh.enable = true; }",
    )


@pytest.mark.parametrize(
    ("text", "pin", "path", "expected"),
    [
        ("{ services.xserver.desktopManager.gnome.enable = true; }", "25.05", "/configuration.nix", []),
        (
            "{ services.xserver.desktopManager.gnome.enable = true; }",
            "25.11",
            "/configuration.nix",
            ["option-renamed services.xserver.desktopManager.gnome.enable"],
        ),
        ("{ hardware.opengl.enable = true; }", "24.05", "/configuration.nix", []),
        ('{ nix.gc.dates = "weekly"; }', "25.11", "/configuration.nix", []),
        ('{ nix.gc.dates = "weekly"; home.username = "a"; }', "25.11", "/home.nix", []),
        ("{ programs.git.extraConfig = { }; }", "25.11", "/home.nix", ["option-renamed programs.git.extraConfig"]),
        ("{ programs.zsh.oh-my-zsh.enable = true; }", "25.11", "/home.nix", []),
        ("{ sound.enable = true; }", "26.05", "/configuration.nix", ["option-removed sound.enable"]),
        (
            '{ services.openssh.settings.Anything = 1; boot.kernel.sysctl."a.b" = 1; }',
            "25.11",
            "/configuration.nix",
            [],
        ),
        (
            "{ system.build.x = 1; assertions = [ ]; warnings = [ ]; nixpkgs.config.x = 1; }",
            "25.11",
            "/configuration.nix",
            [],
        ),
        ("{ users.users.alice.isNormalUse = true; }", "25.11", "/configuration.nix", ["option-unknown isNormalUse"]),
        (
            "{ sops.secrets.x = { }; disko.devices = { }; home-manager.users.a = { }; }",
            "25.11",
            "/configuration.nix",
            [],
        ),
    ],
)
def test_what_is_true_for_a_release_and_a_set(text: str, pin: str, path: str, expected: list[str]):
    assert found(text, pin, path) == expected


def _lock(**branches: str) -> str:
    nodes: dict[str, object] = {"root": {"inputs": {name: name for name in branches}}}
    for name, branch in branches.items():
        place = {"type": "github", "owner": "NixOS", "repo": "nixpkgs"}
        nodes[name] = {
            "locked": {**place, "rev": "a" * 40, "lastModified": 1764547200},
            "original": {**place, "ref": branch},
        }
    return json.dumps({"version": 7, "root": "root", "nodes": nodes})


def two_hosts(old: str, text: str) -> list[str]:
    """Judge a module that two hosts import, one at 25.11 and one at another branch."""
    workspace, document, _ = project(f"""
#- /flake.lock
{_lock(nixpkgs="nixos-25.11", stable=old)}
#- /flake.nix
{{
  outputs = {{ nixpkgs, stable, ... }}: {{
    nixosConfigurations.laptop = nixpkgs.lib.nixosSystem {{ modules = [ ./common.nix ]; }};
    nixosConfigurations.server = stable.lib.nixosSystem {{ modules = [ ./common.nix ]; }};
  }};
}}
#- /common.nix
{text}
""")
    return [each.message for each in diagnostics(workspace, document)]


def test_two_hosts_that_disagree_keep_each_other_silent():
    assert two_hosts("nixos-24.05", "{ hardware.opengl.enable = true; }") == []


def test_two_hosts_that_agree_are_both_named():
    (message,) = two_hosts("nixos-25.05", "{ hardware.opengl.enable = true; }")
    assert message.startswith("`hardware.opengl.enable` was renamed to `hardware.graphics.enable`")
    assert "nixos-25.11 for nixosConfigurations.laptop" in message
    assert "nixos-25.05 for nixosConfigurations.server" in message


def test_a_whole_file_is_brought_to_its_release_at_once():
    before = (
        "{ pkgs, ... }:\r\n{\r\n  hardware = {\r\n    opengl = {\r\n      enable = true;\r\n      driSupport32Bit = true;\r\n    };\r\n"
        "    pulseaudio.enable = true; # old\r\n  };\r\n  fonts.fonts = [ pkgs.noto-fonts ];\r\n}\r\n"
    )
    after = (
        "{ pkgs, ... }:\r\n{\r\n  hardware = {\r\n    graphics = {\r\n      enable = true;\r\n      enable32Bit = true;\r\n    };\r\n"
        "  };\r\n  services.pulseaudio.enable = true; # old\r\n  fonts.packages = [ pkgs.noto-fonts ];\r\n}\r\n"
    )
    workspace, document, _ = project(before, pin="25.11")
    fix = fix_all(workspace, document)
    assert fix
    fixed = apply(document.source, fix.edits[0].edits)
    assert fixed.decode() == after
    changed = Document(document.path, fixed)
    assert fix_all(workspace.with_document(changed), changed) is None
