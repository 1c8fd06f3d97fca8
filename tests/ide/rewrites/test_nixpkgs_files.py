"""`imp-nixpkgs-config-file`."""

from __future__ import annotations

import pytest

from .bench import check_silent, findings


@pytest.mark.parametrize(
    "file",
    [
        'xdg.configFile."nixpkgs/config.nix".text',
        'home.file.".config/nixpkgs/config.nix".text',
        'home.file.".nixpkgs/config.nix".text',
    ],
)
def test_the_file_is_explained_to_whoever_asks(file: str):
    module = f'{{ {file} = "{{ allowUnfree = true; }}"; }}'
    (found,) = findings(module, "home-manager", quiet=True)
    assert (found.rule, found.fixes) == ("imp-nixpkgs-config-file", ())
    assert "`nixpkgs.config`" in found.message
    check_silent(module, "home-manager")


@pytest.mark.parametrize(
    "module",
    [
        '{ xdg.configFile."nixpkgs/config.nix".text = "{ }"; nixpkgs.config.allowUnfree = true; }',
        '{ xdg.configFile."nixpkgs/config.toml".text = "a"; }',
        '{ xdg.configFile."b/config.nix".text = "{ }"; }',
        '{ home.file."nixpkgs/config.nix".text = "{ }"; }',
    ],
)
def test_other_files_and_what_is_said_already_stay(module: str):
    assert not findings(module, "home-manager", quiet=True)
