"""`imp-allow-unfree-env`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

UNFREE = "imp-allow-unfree-env"


@pytest.mark.parametrize(
    ("binding", "pin"),
    [
        ("environment.sessionVariables.NIXPKGS_ALLOW_UNFREE", "nixos"),
        ("environment.variables.NIXPKGS_ALLOW_UNFREE", "nixos"),
        ("environment.variables.NIXPKGS_ALLOW_UNFREE", "nix-darwin"),
        ("home.sessionVariables.NIXPKGS_ALLOW_UNFREE", "home-manager"),
    ],
)
def test_a_variable_becomes_an_option(binding: str, pin: str):
    after = "{\n  nixpkgs.config.allowUnfree = true;\n}\n"
    check_rewrite(UNFREE, f'{{\n  {binding} = "1";\n}}\n', after, pin, preferred=False)


def test_a_variable_leaves_the_others_where_they_are():
    check_rewrite(
        UNFREE,
        before='{\n  home.sessionVariables = {\n    A = "b";\n    NIXPKGS_ALLOW_UNFREE = "1";\n  };\n}\n',
        after='{\n  home.sessionVariables = {\n    A = "b";\n  };\n  nixpkgs.config.allowUnfree = true;\n}\n',
        pin="home-manager",
        preferred=False,
    )


def test_a_shell_s_variable_joins_the_configuration_of_nixpkgs():
    check_rewrite(
        UNFREE,
        before='{\n  nixpkgs.config.cudaSupport = true;\n  programs.bash.interactiveShellInit = "a\\nexport NIXPKGS_ALLOW_UNFREE=1\\nb";\n}\n',
        after='{\n  nixpkgs.config.cudaSupport = true;\n  nixpkgs.config.allowUnfree = true;\n  programs.bash.interactiveShellInit = "a\\nb";\n}\n',
        preferred=False,
    )


def test_what_is_said_already_is_not_said_again():
    config = "  nixpkgs.config.allowUnfreePredicate = f;\n"
    before = f'{{\n{config}  environment.sessionVariables.NIXPKGS_ALLOW_UNFREE = "1";\n}}\n'
    check_rewrite(UNFREE, before, f"{{\n{config}}}\n", preferred=False)


def test_no_edit_is_mechanical():
    found = findings('{ environment.sessionVariables.NIXPKGS_ALLOW_UNFREE = "1"; }')
    assert [fix.tier for each in found for fix in each.fixes] == [Tier.REVIEW]


def test_insecure_packages_are_explained():
    check_no_edit('{ environment.variables.NIXPKGS_ALLOW_INSECURE = "1"; }', "permittedInsecurePackages")


@pytest.mark.parametrize(
    "binding",
    [
        'environment.sessionVariables.NIXPKGS_ALLOW_UNFREE = "0";',
        "environment.sessionVariables.NIXPKGS_ALLOW_UNFREE = x;",
        'environment.sessionVariables.NIXPKGS_ALLOW_BROKEN = "1";',
        'environment.shellAliases.n = "NIXPKGS_ALLOW_UNFREE=1 nix run --impure";',
        'systemd.services.a.script = "NIXPKGS_ALLOW_UNFREE=1 nix run --impure x";',
        'nix.settings.impure-env = [ "NIXPKGS_ALLOW_UNFREE" ];',
    ],
)
def test_other_uses_of_the_variable_are_left(binding: str):
    check_silent(f"{{ {binding} }}")
