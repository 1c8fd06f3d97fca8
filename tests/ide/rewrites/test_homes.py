"""`imp-home-from-system`."""

from __future__ import annotations

import pytest

from .bench import check_rewrite, findings

RULE = "imp-home-from-system"


def test_folders_and_links_are_the_users():
    check_rewrite(
        RULE,
        before="""\
{
  system.activationScripts.hypr = ''
    mkdir -p /home/alice/.config/hypr && ln -sfn ${./hypr.conf} /home/alice/.config/hypr/hyprland.conf
    chown alice:users /home/alice/.config/hypr
  '';
}
""",
        after="""\
{
  systemd.user.tmpfiles.users.alice.rules = [
    "d %h/.config/hypr - - - -"
    "L+ %h/.config/hypr/hyprland.conf - - - - ${./hypr.conf}"
  ];
}
""",
        preferred=False,
    )


def test_the_rest_of_the_script_stays_and_rules_are_joined():
    check_rewrite(
        RULE,
        before="""\
{
  systemd.user.tmpfiles.users.bob.rules = [ "d %h/a" ];
  system.activationScripts.x = ''
    # homes
    install -d -o bob -m 700 /home/bob/${n}/
    x
  '';
}
""",
        after="""\
{
  systemd.user.tmpfiles.users.bob.rules = [ "d %h/a" "d %h/${n} 0700 - - -" ];
  system.activationScripts.x = ''
    # homes
    x
  '';
}
""",
        preferred=False,
    )


def test_what_runs_for_each_user_is_for_each_user():
    check_rewrite(
        RULE,
        before='{\n  system.userActivationScripts.x.text = "mkdir -p ~/.cache/x; ln -s /srv/y $HOME/y";\n}\n',
        after='{\n  systemd.user.tmpfiles.rules = [\n    "d %h/.cache/x - - - -"\n    "L %h/y - - - - /srv/y"\n  ];\n}\n',
        preferred=False,
    )


@pytest.mark.parametrize(
    "line",
    [
        "mkdir -p /home/alice",
        "mkdir -p /home/alice/a /home/bob/a",
        "mkdir -p /home/$u/a",
        "mkdir -p '/home/alice/a b'",
        "mkdir -p /home/alice/../b",
        "ln -s a /home/alice/a",
        "ln -s $x /home/alice/a",
        "chown alice /home/alice/a",
        "install -d -o root /home/alice/a",
        "install -m 644 ${./a} /home/alice/a",
        "[ -d /home/alice/a ] || mkdir /home/alice/a",
        "sudo -u alice mkdir /home/alice/a",
    ],
)
def test_other_lines_stay(line: str):
    found = findings(f'{{ system.activationScripts.x = "{line}"; }}')
    assert RULE not in [each.rule for each in found]
