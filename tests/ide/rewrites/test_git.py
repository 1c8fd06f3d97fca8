"""`imp-git-config-global`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent, findings

RULE = "imp-git-config-global"
HOME = "home-manager"


def test_a_setting_is_declared():
    check_rewrite(
        RULE,
        pin=HOME,
        before="""\
{
  home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] "git config --global user.name 'Alice'";
}
""",
        after="""\
{
  programs.git = {
    enable = true;
    settings.user.name = "Alice";
  };
}
""",
    )


def test_older_home_manager_has_other_names():
    check_rewrite(
        RULE,
        pin="home-manager-25.05",
        before="""\
{
  home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
    git config --global user.email a@b.c
    git config --global pull.rebase true
  '';
}
""",
        after="""\
{
  programs.git = {
    enable = true;
    userEmail = "a@b.c";
    extraConfig.pull.rebase = true;
  };
}
""",
        choice=1,
    )


def test_settings_join_what_stands():
    check_rewrite(
        RULE,
        pin=HOME,
        before="""\
{
  programs.git.enable = true;
  programs.git.settings = {
    user.name = "Alice";
  };
  home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
    $DRY_RUN_CMD ${lib.getExe pkgs.git} config --global url."git@github.com:".insteadOf https://github.com/
    run echo done
  '';
}
""",
        after="""\
{
  programs.git.enable = true;
  programs.git.settings = {
    user.name = "Alice";
    url."git@github.com:".insteadOf = "https://github.com/";
  };
  home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
    run echo done
  '';
}
""",
    )


def test_nixos_has_the_systems_settings():
    check_rewrite(
        RULE,
        before='{\n  system.activationScripts.git = "git config --system core.fsync none";\n}\n',
        after='{\n  programs.git = {\n    enable = true;\n    config.core.fsync = "none";\n  };\n}\n',
    )


def test_another_value_is_a_conflict():
    check_no_edit(
        '{ programs.git.settings.user.name = "Bob"; home.activation.git = "git config --global user.name Alice"; }',
        "another value",
        pin=HOME,
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("github.token", "0123456789abcdef"),
        ("http.extraHeader", "'Authorization: Basic QWxhZGRpbg'"),
        ("url.https://github.com/.insteadOf", "https://alice:hunter2@github.com/"),
        ("core.x", "ghp_0123456789012345678901234567890123456789"),
    ],
)
def test_secrets_are_neither_moved_nor_shown(key: str, value: str):
    found = findings(f'{{ home.activation.git = "git config --global {key} {value}"; }}', HOME)
    assert [diagnostic.fixes for diagnostic in found] == [()]
    assert "hunter2" not in found[0].message
    assert value not in found[0].message


@pytest.mark.parametrize(
    "command",
    [
        "git config user.name Alice",
        "git config --global user.name $NAME",
        "git config --global user.name",
        "git config --global --unset user.name",
        "git config --global --add safe.directory /x",
        "git config --global --list",
        "git -C /x config --global user.name Alice",
        "git config --system user.name Alice",
        "git clone x",
    ],
)
def test_other_commands_stay(command: str):
    check_silent(f'{{ home.activation.git = "{command}"; }}', pin=HOME)
