"""`imp-usermod-group`, `imp-groupadd`, `imp-chsh`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

GROUP, ADD, SHELL = "imp-usermod-group", "imp-groupadd", "imp-chsh"


def test_groups_join_those_that_the_account_has():
    check_rewrite(
        GROUP,
        before="""\
{
  users.users.alice = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
  };
  system.activationScripts.g = "usermod -a -G libvirtd,docker alice || true";
}
""",
        after="""\
{
  users.users.alice = {
    isNormalUser = true;
    extraGroups = [ "wheel" "libvirtd" "docker" ];
  };
}
""",
    )


def test_a_longer_script_keeps_the_rest():
    check_rewrite(
        GROUP,
        before="""\
{ pkgs, ... }:
{
  users.users.alice.isNormalUser = true;
  system.activationScripts.g = ''
    echo before
    ${pkgs.shadow}/bin/usermod --append --groups=docker alice
    echo after
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  users.users.alice.isNormalUser = true;
  users.users.alice.extraGroups = [ "docker" ];
  system.activationScripts.g = ''
    echo before
    echo after
  '';
}
""",
    )


def test_gpasswd_adds_one_user_to_one_group():
    check_rewrite(
        GROUP,
        before='{\n  users.users.bob.isNormalUser = true;\n  system.activationScripts.g = "gpasswd -a bob kvm";\n}\n',
        after='{\n  users.users.bob.isNormalUser = true;\n  users.users.bob.extraGroups = [ "kvm" ];\n}\n',
    )


def test_an_account_that_the_file_does_not_declare_is_for_review():
    (found,) = findings('{ system.activationScripts.g = "usermod -aG docker alice"; }')
    assert found.fixes[0].tier is Tier.REVIEW
    assert "must be declared too" in found.message


@pytest.mark.parametrize(
    "command",
    [
        "usermod -G docker alice",
        "usermod -aG docker $user",
        "usermod -aG 'a b' alice",
        "usermod -L alice",
        "usermod -aG docker -d /x alice",
        "usermod -aG docker alice bob",
        "id alice && usermod -aG docker alice",
        "sudo -u bob usermod -aG docker alice",
        "gpasswd -d alice docker",
        "gpasswd docker",
    ],
)
def test_other_changes_of_accounts_stay(command: str):
    check_silent(f'{{ system.activationScripts.g = "{command}"; }}')


def test_a_group_is_declared_with_its_number():
    check_rewrite(
        ADD,
        before='{\n  users.groups.a = { };\n  systemd.services.x.preStart = "groupadd -r -g 990 media\\nrun";\n}\n',
        after='{\n  users.groups.a = { };\n  users.groups.media.gid = 990;\n  systemd.services.x.preStart = "run";\n}\n',
    )


def test_a_group_that_is_there_only_goes_from_the_script():
    check_rewrite(
        ADD,
        before='{\n  users.groups.media.gid = 7;\n  system.activationScripts.g = "groupadd media 2>/dev/null || true";\n}\n',
        after="{\n  users.groups.media.gid = 7;\n}\n",
    )


def test_a_group_of_another_number_is_left():
    check_no_edit(
        '{ users.groups.media.gid = 7; system.activationScripts.g = "groupadd -g 8 media"; }', "another value already"
    )


@pytest.mark.parametrize(
    "command", ["groupadd", "groupadd -o -g 3 x", "groupadd $g", "getent group x || groupadd x", "groupadd -g x y"]
)
def test_other_groups_stay(command: str):
    check_silent(f'{{ system.activationScripts.g = "{command}"; }}')


def test_a_shell_comes_with_its_module():
    check_rewrite(
        SHELL,
        before="""\
{ pkgs, ... }:
{
  users.users.alice = {
    isNormalUser = true;
  };
  system.activationScripts.s = ''
    usermod --shell ${pkgs.zsh}/bin/zsh alice
    x
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  users.users.alice = {
    isNormalUser = true;
    shell = pkgs.zsh;
  };
  system.activationScripts.s = ''
    x
  '';
  programs.zsh.enable = true;
}
""",
    )


def test_bash_needs_no_module():
    check_rewrite(
        SHELL,
        before='{ pkgs, ... }:\n{\n  users.users.root.uid = 0;\n  system.activationScripts.s = "chsh -s /bin/bash root";\n}\n',
        after="{ pkgs, ... }:\n{\n  users.users.root.uid = 0;\n  users.users.root.shell = pkgs.bash;\n}\n",
    )


def test_another_shell_is_a_conflict():
    check_no_edit(
        '{ pkgs, ... }: { users.users.a.shell = pkgs.fish; system.activationScripts.s = "chsh -s /bin/zsh a"; }',
        "`users.users.a.shell` has another value already",
    )


@pytest.mark.parametrize(
    "command", ["chsh -s /bin/zsh", "chsh alice", "chsh -s /opt/x alice", "chsh -s $SHELL alice", "chsh -l"]
)
def test_other_shells_stay(command: str):
    check_silent(f'{{ system.activationScripts.s = "{command}"; }}')
