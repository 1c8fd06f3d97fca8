"""`imp-nix-env-install`."""

from __future__ import annotations

import pytest

from .bench import check_rewrite, check_silent

RULE = "imp-nix-env-install"


def test_the_script_becomes_a_list_of_packages():
    check_rewrite(
        RULE,
        before="""\
{ pkgs, ... }:
{
  system.activationScripts.tools = "nix-env -iA nixos.htop nixos.git";
}
""",
        after="""\
{ pkgs, ... }:
{
  environment.systemPackages = [
    pkgs.htop
    pkgs.git
  ];
}
""",
    )


def test_one_line_of_a_longer_script_goes():
    check_rewrite(
        RULE,
        before="""\
{ pkgs, ... }:
{
  system.activationScripts.tools.text = ''
    # what I need
    nix-env --install --attr nixpkgs.htop
    echo done # really
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  system.activationScripts.tools.text = ''
    # what I need
    echo done # really
  '';
  environment.systemPackages = [ pkgs.htop ];
}
""",
    )


def test_packages_join_the_list_as_it_names_them():
    check_rewrite(
        RULE,
        before="""\
{ pkgs, ... }:
{
  environment.systemPackages = with pkgs; [
    vim # the editor
  ];
  system.activationScripts.tools = "nix-env -iA nixos.htop nixos.vim nixos.python3Packages.requests";
}
""",
        after="""\
{ pkgs, ... }:
{
  environment.systemPackages = with pkgs; [
    vim # the editor
    htop
    python3Packages.requests
  ];
}
""",
    )


def test_home_manager_has_its_own_list():
    check_rewrite(
        RULE,
        pin="home-manager",
        before="""\
{ lib, pkgs, ... }:
{
  home.activation.tools = lib.hm.dag.entryAfter [ "writeBoundary" ] "run nix-env -iA nixpkgs.htop";
}
""",
        after="""\
{ lib, pkgs, ... }:
{
  home.packages = [ pkgs.htop ];
}
""",
    )


@pytest.mark.parametrize(
    ("head", "new_head"),
    [
        ("{ ... }:\n", "{ pkgs, ... }:\n"),
        ("{ config, lib, ... }:\n", "{ config, lib, pkgs, ... }:\n"),
        ("{\n  lib,\n  ...\n}:\n", "{\n  lib,\n  pkgs,\n  ...\n}:\n"),
        ("", "{ pkgs, ... }:\n\n"),
        ("{ ... }:\nlet\n  pkgs = import ./pkgs.nix;\nin\n", "{ ... }:\nlet\n  pkgs = import ./pkgs.nix;\nin\n"),
    ],
)
def test_pkgs_becomes_an_argument(head: str, new_head: str):
    check_rewrite(
        RULE,
        before=head + '{\n  system.activationScripts.tools = "nix-env -iA nixos.htop";\n}\n',
        after=new_head + "{\n  environment.systemPackages = [ pkgs.htop ];\n}\n",
    )


@pytest.mark.parametrize(
    "command",
    [
        "nix-env -i htop",
        "nix-env -iA nixos.htop -f https://example.org/x.tar.gz",
        "nix-env -p /nix/var/nix/profiles/x -iA nixos.htop",
        "nix-env -iA nixos.$name",
        "nix-env -iA other.htop",
        "nix-env -iA nixos.no-such-package",
        "nix-env -e htop",
        "sudo -u alice nix-env -iA nixos.htop",
        "which htop || nix-env -iA nixos.htop",
        "nix-env -iA nixos.htop | tee log",
    ],
)
def test_other_commands_stay(command: str):
    check_silent(f'{{ pkgs, ... }}: {{ system.activationScripts.tools = "{command}"; }}')
