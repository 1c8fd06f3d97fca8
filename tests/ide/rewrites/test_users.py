"""`imp-useradd`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

RULE = "imp-useradd"


def test_a_system_account_is_declared():
    check_rewrite(
        RULE,
        before="""\
{
  system.activationScripts.u = "useradd -r -s /sbin/nologin -d /var/lib/app app";
}
""",
        after="""\
{
  users.users.app = {
    isSystemUser = true;
    group = "app";
    home = "/var/lib/app";
  };
  users.groups.app = { };
}
""",
    )


def test_a_person_with_shell_and_groups_is_declared_with_the_shells_module():
    check_rewrite(
        RULE,
        before="""\
{ pkgs, ... }:
{
  systemd.services.setup.preStart = ''
    # people
    ${pkgs.shadow}/bin/useradd -mG wheel,docker --uid=1001 -c "Alice \\"A\\"" -s /run/current-system/sw/bin/zsh alice || true
    echo ready
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  systemd.services.setup.preStart = ''
    # people
    echo ready
  '';
  users.users.alice = {
    isNormalUser = true;
    uid = 1001;
    description = "Alice \\"A\\"";
    extraGroups = [
      "wheel"
      "docker"
    ];
    shell = pkgs.zsh;
  };
  programs.zsh.enable = true;
}
""",
    )


def test_what_the_account_has_already_is_kept():
    check_rewrite(
        RULE,
        before="""\
{
  users.users.app = {
    isSystemUser = true;
    extraGroups = [ "render" ];
  };
  system.activationScripts.u = "useradd --system --groups video app";
}
""",
        after="""\
{
  users.users.app = {
    isSystemUser = true;
    extraGroups = [ "render" "video" ];
    group = "app";
  };
  users.groups.app = { };
}
""",
    )


def test_values_of_nix_come_along():
    check_rewrite(
        RULE,
        before='{ cfg, ... }: {\n  system.activationScripts.u = "useradd -r -d ${cfg.dir}/home app";\n}\n',
        after=(
            '{ cfg, ... }: {\n  users.users.app = {\n    isSystemUser = true;\n    group = "app";\n'
            '    home = "${cfg.dir}/home";\n  };\n  users.groups.app = { };\n}\n'
        ),
    )


def test_a_script_that_goes_on_to_use_the_account_is_for_review():
    found = findings('{ system.activationScripts.u = "useradd -r app\\nchown app /srv/x"; }')
    assert [(fix.tier, fix.preferred) for fix in found[0].fixes] == [(Tier.REVIEW, False)]
    assert found[0].fixes[0].title.endswith("(review)")


def test_an_account_with_another_value_is_left():
    check_no_edit(
        '{ users.users.app.uid = 3; system.activationScripts.u = "useradd -r -u 5 app"; }',
        "`users.users.app.uid` has another value already",
    )


def test_a_password_is_neither_moved_nor_shown():
    found = findings("{ system.activationScripts.u = \"useradd -p '$6$salt$hash' alice\"; }")
    assert [diagnostic.fixes for diagnostic in found] == [()]
    assert "hash" not in found[0].message


@pytest.mark.parametrize(
    "command",
    [
        "useradd",
        "useradd $name",
        "useradd -D -s /bin/sh",
        "useradd -k /etc/skel alice",
        "useradd -s ~/bin/shell alice",
        "useradd -u x alice",
        "useradd alice bob",
        "useradd 'not a name'",
        "id alice || useradd alice",
        "if ! id alice; then useradd alice; fi",
        "for u in a b; do useradd u; done",
        "getent passwd alice && useradd alice",
        "useradd alice > /var/log/x",
        "ssh host useradd alice",
    ],
)
def test_other_commands_stay(command: str):
    check_silent(f'{{ system.activationScripts.u = "{command}"; }}')


def test_an_account_of_the_other_kind_is_left():
    check_silent('{ users.users.app.isNormalUser = true; system.activationScripts.u = "useradd -r app"; }')


def test_a_service_that_is_not_root_cannot_add_users():
    check_silent('{ systemd.services.s = { serviceConfig.User = "x"; preStart = "useradd app"; }; }')
