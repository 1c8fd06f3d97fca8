"""Names that a project gives anything, of which its overlays may make packages."""

from __future__ import annotations

import pytest

from tests.fixture import project


@pytest.mark.parametrize(
    ("text", "given", "quoted"),
    [
        ("final: prev: { exa = 1; }", {"exa"}, set[str]()),
        ("final: prev: { inherit (final.older) exa fd; }", {"exa", "fd"}, set[str]()),
        ("final: prev: { x = prev.callPackages ./exa.nix { }; }", {"exa"}, set[str]()),
        ('final: prev: lib.genAttrs [ "exa" ] f', set[str](), {"exa"}),
        ("{ pkgs }: { inherit (pkgs) exa fd; }", set[str](), set[str]()),
        ("{ pkgs }: pkgs.exa == pkgs.fd", set[str](), set[str]()),
        ("{ inherit (", set[str](), set[str]()),
    ],
)
def test_names_that_a_project_gives(text: str, given: set[str], quoted: set[str]):
    workspace, wanted = project(text).workspace, frozenset({"exa", "fd"})
    assert workspace.own_names(wanted) == given
    assert workspace.own_names(wanted, quoted=True) == given | quoted
