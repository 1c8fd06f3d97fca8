"""Packages that are named of a `pkgs` that the file makes itself, or is handed by flake-parts."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from tests.fixture import project

LOCK = """
#- /flake.lock
{
  "nodes": {
    "nixpkgs": { "locked": { "lastModified": 1781000000, "owner": "NixOS", "repo": "nixpkgs", "rev": "1", "type": "github" },
      "original": { "owner": "NixOS", "ref": "nixos-26.05", "repo": "nixpkgs", "type": "github" } },
    "old": { "locked": { "lastModified": 1718000000, "owner": "NixOS", "repo": "nixpkgs", "rev": "2", "type": "github" },
      "original": { "owner": "NixOS", "ref": "nixos-24.05", "repo": "nixpkgs", "type": "github" } },
    "root": { "inputs": { "nixpkgs": "nixpkgs", "old": "old" } }
  },
  "root": "root", "version": 7
}
#- /flake.nix
"""


def found(outputs: str) -> list[tuple[str, str]]:
    """Return the rule of each finding about packages in a flake with these outputs, and the text it underlines."""
    inputs = (
        'inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05"; inputs.old.url = "github:NixOS/nixpkgs/nixos-24.05";'
    )
    workspace, document, _ = project(f"{LOCK}{{ {inputs} outputs = {outputs}; }}\n")
    ids = ("package-",)
    return [
        (each.rule, document.text(each.span)) for each in diagnostics(workspace, document) if each.rule.startswith(ids)
    ]


BOTH = [("package-renamed", "apacheAnt"), ("package-unknown", "fireofx")]
USE = "{ packages.a = pkgs.apacheAnt; packages.b = with pkgs; [ fireofx hello ]; }"


@pytest.mark.parametrize(
    "outputs",
    [
        f'{{ self, nixpkgs, old }}: let pkgs = nixpkgs.legacyPackages."x86_64-linux"; in {USE}',
        f"{{ self, nixpkgs, old }}: let system = 1; pkgs = nixpkgs.legacyPackages.${{system}}; in {USE}",
        f"{{ nixpkgs, ... }}: let pkgs = import nixpkgs {{ system = 1; }}; in {USE}",
        f"inputs: let pkgs = import inputs.nixpkgs {{ system = 1; }}; in {USE}",
        f"inputs: inputs.parts.lib.mkFlake {{ }} {{ perSystem = {{ pkgs, ... }}: {USE}; }}",
    ],
)
def test_packages_of_an_input(outputs: str):
    assert found(outputs) == BOTH


@pytest.mark.parametrize(
    "outputs",
    [
        f"{{ nixpkgs, other, ... }}: let pkgs = import other {{ }}; in {USE}",
        f"{{ nixpkgs, ... }}: let pkgs = nixpkgs.legacyPackages; in {USE}",
        f"{{ nixpkgs, ... }}: let pkgs = (import nixpkgs {{ }}).pkgsStatic; in {USE}",
        f"{{ nixpkgs, ... }}: let each = pkgs: {USE}; in each nixpkgs",
        f"{{ nixpkgs, ... }}: let f = {{ pkgs }}: {USE}; in f {{ pkgs = 1; }}",
        f"{{ nixpkgs, others, ... }}: let pkgs = import nixpkgs {{ overlays = [ others.overlays.default ]; }}; in {USE}",
        f"{{ nixpkgs, ... }}: let nixpkgs = {{ }}; pkgs = import nixpkgs {{ }}; in {USE}",
    ],
)
def test_packages_of_what_is_not_known(outputs: str):
    assert found(outputs) == []


def test_packages_of_an_older_input_are_judged_by_that():
    assert found(f"{{ nixpkgs, old, ... }}: let pkgs = import old {{ }}; in {USE}") == [("package-unknown", "fireofx")]


def test_what_a_shell_takes_of_locked_sources_is_judged_by_the_setting():
    text = "{ pkgs ? import sources.nixpkgs { } , sources ? import ./npins }: pkgs.mkShell { packages = [ pkgs.fireofx ]; }"
    workspace, document, _ = project(text, pin="26.05", path="/shell.nix")
    rules = [each.rule for each in diagnostics(workspace, document) if each.rule.startswith("package-")]
    assert rules == ["package-unknown"]
