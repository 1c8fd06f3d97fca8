"""`imp-defaults-write`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

RULE = "imp-defaults-write"
MAC = "nix-darwin"


def test_a_known_preference_has_its_own_option():
    check_rewrite(
        RULE,
        pin=MAC,
        before="""\
{
  system.activationScripts.postActivation.text = ''
    # the dock
    sudo -u alice /usr/bin/defaults write com.apple.dock autohide -bool true
    killall Dock
  '';
}
""",
        after="""\
{
  system.activationScripts.postActivation.text = ''
    # the dock
    killall Dock
  '';
  system.defaults.dock.autohide = true;
}
""",
    )


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        ("com.apple.dock tilesize -int 36", "system.defaults.dock.tilesize = 36;"),
        ("com.apple.screencapture location -string '~/Shots'", 'system.defaults.screencapture.location = "~/Shots";'),
        ("com.apple.screencapture location ~/Shots", 'system.defaults.screencapture.location = "~/Shots";'),
        ("com.apple.dock tilesize 36", 'system.defaults.CustomUserPreferences."com.apple.dock".tilesize = "36";'),
        ("-g com.apple.x -float 1.5", 'system.defaults.CustomUserPreferences.NSGlobalDomain."com.apple.x" = 1.5;'),
        (
            "/Library/Preferences/com.apple.loginwindow LoginwindowText -string hi",
            'system.defaults.loginwindow.LoginwindowText = "hi";',
        ),
        (
            "/Library/Preferences/org.x y -bool NO",
            'system.defaults.CustomSystemPreferences."/Library/Preferences/org.x".y = false;',
        ),
        ("org.x y -array a", 'system.defaults.CustomUserPreferences."org.x".y = [ "a" ];'),
    ],
)
def test_each_type_of_value_is_kept(command: str, setting: str):
    check_rewrite(
        RULE,
        pin=MAC,
        before=f'{{\n  system.activationScripts.postActivation.text = "defaults write {command}";\n}}\n',
        after=f"{{\n  {setting}\n}}\n",
    )


def test_home_manager_has_the_users_defaults():
    check_rewrite(
        RULE,
        pin="home-manager",
        before="""\
{
  targets.darwin.defaults = {
    "com.apple.dock".autohide = true;
  };
  home.activation.dock = lib.hm.dag.entryAfter [ "writeBoundary" ] "run /usr/bin/defaults write com.apple.dock tilesize -int 36";
}
""",
        after="""\
{
  targets.darwin.defaults = {
    "com.apple.dock".autohide = true;
    "com.apple.dock".tilesize = 36;
  };
}
""",
    )


def test_preferences_of_this_host():
    check_rewrite(
        RULE,
        pin="home-manager",
        before='{\n  home.activation.x = "defaults -currentHost write com.apple.x y -bool yes";\n}\n',
        after='{\n  targets.darwin.currentHostDefaults."com.apple.x".y = true;\n}\n',
    )


def test_another_value_is_a_conflict():
    check_no_edit(
        '{ system.defaults.dock.autohide = false; system.activationScripts.a.text = "defaults write com.apple.dock autohide -bool true"; }',
        "another value",
        pin=MAC,
    )


@pytest.mark.parametrize(
    "command",
    [
        "defaults write com.apple.dock x -dict-add a b",
        "defaults write com.apple.dock x -array-add a",
        "defaults write com.apple.dock autohide -bool $x",
        "defaults write com.apple.dock autohide -bool maybe",
        "defaults write com.apple.dock x '{a=b;}'",
        "defaults -currentHost write com.apple.x y -bool true",
        "defaults delete com.apple.dock autohide",
        "defaults read com.apple.dock autohide",
        "defaults write com.apple.x location ~/Shots",
        "defaults import com.apple.dock -",
    ],
)
def test_other_commands_stay(command: str):
    check_silent(f'{{ system.activationScripts.a.text = "{command}"; }}', pin=MAC)
