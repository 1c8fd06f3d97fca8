"""The options of real releases: the current spelling where the pin has it, the older one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.table import REWRITES
from tests.fixture import project

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.rewrite import Rewrite

NIXOS = ("/configuration.nix", "{ pkgs, lib, ... }:\n{\n  boot.loader.systemd-boot.enable = true;\n  BODY\n}\n")
HOME = ("/home.nix", '{ pkgs, lib, ... }:\n{\n  home.username = "a";\n  BODY\n}\n')
DARWIN = ("/darwin-configuration.nix", "{ pkgs, lib, ... }:\n{\n  homebrew.enable = true;\n  BODY\n}\n")
GIT = 'home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] "git config --global user.name Alice";'


def rewritten(file: tuple[str, str], body: str, pin: str) -> list[str]:
    """Return what each preferred fix for the body makes of the file."""
    path, frame = file
    fixture = project(frame.replace("BODY", body), pin=pin, path=path)
    return [
        apply(fixture.document.source, fix.edits[0].edits).decode()
        for diagnostic in diagnostics(fixture.workspace, fixture.document)
        if diagnostic.rule.startswith("imp-")
        for fix in diagnostic.fixes
        if fix.preferred
    ]


@pytest.mark.parametrize(
    ("pin", "option"),
    [
        ("24.05", "userName = "),
        ("25.05", "userName = "),
        ("25.11", "settings.user.name = "),
        ("26.05", "settings.user.name = "),
        ("unstable", "settings.user.name = "),
    ],
)
def test_git_is_spelled_as_the_release_of_home_manager_has_it(pin: str, option: str):
    (result,) = rewritten(HOME, GIT, pin)
    assert f'programs.git = {{\n    enable = true;\n    {option}"Alice";' in result


LATER: dict[str, frozenset[str]] = {
    "imp-docker-pull": frozenset({"24.11"}),
    "imp-pg-extension": frozenset({"24.11"}),
    "imp-wpa-psk-literal": frozenset({"24.11"}),
}
"""Releases that do not have what an example of today writes, in no spelling."""
FOR_REVIEW: dict[str, frozenset[str]] = {
    "imp-rc-path": frozenset({"24.11"}),
    # The project here pins nix-darwin too, and the options are for Linux.
    "imp-home-manager-timer": frozenset({"24.11", "25.05", "25.11", "26.05", "unstable"}),
    "imp-mkdir-home": frozenset({"24.11", "25.05", "25.11", "26.05", "unstable"}),
}
"""Releases in which the options of an example are there, but do something else."""


@pytest.mark.parametrize("pin", ["24.11", "25.05", "25.11", "26.05", "unstable"])
@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.id)
def test_every_example_holds_at_every_pin(rewrite: Rewrite, pin: str):
    """Each in the module set that its example is of."""
    found = [
        diagnostic
        for path, frame in (NIXOS, HOME, DARWIN)
        for fixture in [project(frame.replace("BODY", rewrite.before), pin=pin, path=path)]
        for diagnostic in diagnostics(fixture.workspace, fixture.document)
        if diagnostic.rule == rewrite.id
    ]
    edits = [fix.tier for each in found for fix in each.fixes[:1]]
    if rewrite.is_quiet:
        assert not found
    elif pin in LATER.get(rewrite.id, ()):
        assert not edits
    elif pin in FOR_REVIEW.get(rewrite.id, ()):
        assert set(edits) == {Tier.REVIEW}
    else:
        assert found
        assert set(edits) == (set() if rewrite.tier is Tier.EXPLAINED else {rewrite.tier})


def test_a_package_that_the_pin_does_not_have_is_left():
    body = 'system.activationScripts.a = "nix-env -iA nixos.no-such-package-at-all";'
    assert rewritten(NIXOS, body, "25.11") == []


def test_a_comment_switches_a_rewrite_off():
    body = '# nix-lsp: ignore imp-timezone\n  system.activationScripts.a = "timedatectl set-timezone UTC";'
    assert rewritten(NIXOS, body, "25.11") == []
    assert rewritten(NIXOS, body.replace("imp-timezone", "imp-useradd"), "25.11")


def test_lanes_of_a_flake():
    fixture = project(
        """
        #- /flake.nix
        {
          inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
          outputs = { nixpkgs, ... }: {
            nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ ./box.nix ]; };
          };
        }
        #- /box.nix
        { system.activationScripts.a = "timedatectl set-time$0zone UTC"; }
        """,
        pin="25.11",
    )
    assert [each.rule for each in diagnostics(fixture.workspace, fixture.document)] == ["imp-timezone"]
