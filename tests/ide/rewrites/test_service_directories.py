"""`imp-prestart-mkdir`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

RULE = "imp-prestart-mkdir"


def test_a_directory_below_var_lib_is_the_services_state():
    check_rewrite(
        RULE,
        before='{\n  systemd.services.a.preStart = "mkdir -p /var/lib/a";\n}\n',
        after='{\n  systemd.services.a.serviceConfig.StateDirectory = "a";\n}\n',
    )


def test_a_longer_script_loses_what_systemd_does():
    check_rewrite(
        RULE,
        before="""\
{
  systemd.services.a = {
    preStart = ''
      # state
      mkdir -p /var/lib/a/db /var/lib/a/log /run/a/
      install -d -m 0750 -o app -g app /var/cache/a
      chown app:app /var/lib/a/db
      a migrate
    '';
    serviceConfig.User = "app";
  };
}
""",
        after="""\
{
  systemd.services.a = {
    preStart = ''
      # state
      a migrate
    '';
    serviceConfig.User = "app";
    serviceConfig.StateDirectory = [
      "a/db"
      "a/log"
    ];
    serviceConfig.RuntimeDirectory = "a";
    serviceConfig.CacheDirectory = "a";
    serviceConfig.CacheDirectoryMode = "0750";
  };
}
""",
    )


def test_a_list_that_stands_is_joined_and_a_command_line_leaves_its_list():
    check_rewrite(
        RULE,
        before="""\
{ pkgs, ... }:
{
  systemd.services.a.serviceConfig = {
    ExecStartPre = [
      "${pkgs.coreutils}/bin/mkdir -p /var/log/a"
      "a check"
    ];
    LogsDirectory = [ "b" ];
  };
}
""",
        after="""\
{ pkgs, ... }:
{
  systemd.services.a.serviceConfig = {
    ExecStartPre = [
      "a check"
    ];
    LogsDirectory = [ "b" "a" ];
  };
}
""",
    )


def test_a_script_that_goes_on_makes_its_directory_first():
    check_rewrite(
        RULE,
        before="{\n  systemd.services.a.script = ''\n    mkdir -p /var/lib/${name}\n    exec a\n  '';\n}\n",
        after="{\n  systemd.services.a.script = ''\n    exec a\n  '';\n  systemd.services.a.serviceConfig.StateDirectory = \"${name}\";\n}\n",
    )


def test_another_directory_is_a_conflict():
    check_no_edit(
        '{ systemd.services.a = { preStart = "mkdir -p /var/lib/a"; serviceConfig.StateDirectory = "b"; }; }',
        "another value",
    )


def test_a_runtime_directory_of_a_short_service_is_for_review():
    text = '{ systemd.services.a = { preStart = "mkdir /run/a"; serviceConfig.Type = "oneshot"; }; }'
    assert [fix.tier for fix in findings(text)[0].fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "script",
    [
        "mkdir -p /srv/a",
        "mkdir -p /var/lib",
        "mkdir -p /var/lib/a /srv/a",
        "mkdir -p /var/lib/$x",
        "mkdir -p /var/lib/{a,b}",
        "mkdir -p '/var/lib/a b'",
        "mkdir -p /var/lib/a/../b",
        "mkdir -p /var/lib/a; chown bob /var/lib/a",
        "mkdir -p /var/lib/a; chown -R bob /var/lib/a",
        "mkdir -p /var/lib/a; if x; then chown bob /var/lib/a; fi",
        "mkdir -p /var/lib/a /var/lib/b; chown bob /var/lib/b",
        "mkdir -p -m u+s /var/lib/a",
        "mkdir -m 700 /var/lib/a; mkdir -m 750 /var/lib/b",
        "[ -d /var/lib/a ] || mkdir /var/lib/a",
        "chmod 700 /var/lib/a",
        "install -m 600 x /var/lib/a",
        "sudo -u bob mkdir /var/lib/a",
    ],
)
def test_other_scripts_stay(script: str):
    found = findings(f'{{ systemd.services.a.preStart = "{script}"; }}')
    assert RULE not in [each.rule for each in found]


def test_the_directory_of_another_service_is_for_review():
    text = '{ systemd.services.nginx.preStart = "mkdir /var/lib/acme"; }'
    assert [fix.tier for fix in findings(text)[0].fixes] == [Tier.REVIEW]
    check_silent('{ systemd.services.avatar.script = "mkdir -p /var/lib/AccountsService; cp a b"; }')


@pytest.mark.parametrize(
    "service",
    [
        'preStart = "mkdir /var/lib/x"; serviceConfig.PermissionsStartOnly = true;',
        'preStart = "mkdir /var/lib/x"; serviceConfig.RootDirectory = "/y";',
        'preStart = "mkdir /var/lib/x; chown root /var/lib/x"; serviceConfig.User = "app";',
        'serviceConfig.ExecStartPre = "+mkdir /var/lib/x";',
    ],
)
def test_services_that_run_it_in_another_way_keep_it(service: str):
    check_silent(f"{{ systemd.services.x = {{ {service} }}; }}")


def test_a_directory_that_the_script_takes_away_first_stays_with_it():
    check_silent('{ systemd.services.x.preStart = "rm -rf /var/lib/x; mkdir -p /var/lib/x; cp a /var/lib/x"; }')
