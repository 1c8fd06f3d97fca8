"""`imp-mkdir-chown`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_rewrite, check_silent, findings

RULE = "imp-mkdir-chown"


def test_a_directory_with_owner_and_mode_is_declared():
    check_rewrite(
        RULE,
        before="""\
{
  system.activationScripts.persist = "mkdir -p /srv/within && chown root:within /srv/within && chmod 0775 /srv/within";
}
""",
        after="""\
{
  systemd.tmpfiles.settings."10-persist"."/srv/within".d = {
    user = "root";
    group = "within";
    mode = "0775";
  };
}
""",
    )


def test_a_script_of_several_paths_becomes_one_set():
    check_rewrite(
        RULE,
        before="""\
{
  system.activationScripts.dirs = {
    deps = [ "users" ];
    text = ''
      set -e
      # state
      mkdir -p /srv/a/ /srv/b
      install -d -o app -g app -m 750 /var/lib/app
      chown bob /srv/b
      touch /var/lib/app/seen
      ln -sfn /srv/a /etc/a
    '';
  };
}
""",
        after="""\
{
  # state
  systemd.tmpfiles.settings."10-dirs" = {
    "/srv/a".d = { };
    "/srv/b".d.user = "bob";
    "/var/lib/app".d = {
      user = "app";
      group = "app";
      mode = "0750";
    };
    "/var/lib/app/seen".f = { };
    "/etc/a"."L+".argument = "/srv/a";
  };
}
""",
        preferred=False,
    )


def test_settings_that_stand_already_are_joined():
    check_rewrite(
        RULE,
        before="""\
{
  systemd.tmpfiles.settings = {
    "10-x"."/srv/x".d = { };
  };
  system.activationScripts.x = "mkdir -p /srv/x /srv/y";
}
""",
        after="""\
{
  systemd.tmpfiles.settings = {
    "10-x"."/srv/x".d = { };
    "10-x"."/srv/y".d = { };
  };
}
""",
    )


def test_a_path_that_nix_computes_is_a_rule():
    check_rewrite(
        RULE,
        before="""\
{ cfg, ... }:
{
  systemd.services.dirs = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.Type = "oneshot";
    script = "mkdir -p ${cfg.dir}; chown ${cfg.user}:app ${cfg.dir}";
  };
}
""",
        after="""\
{ cfg, ... }:
{
  systemd.tmpfiles.rules = [ "d ${cfg.dir} - ${cfg.user} app -" ];
}
""",
    )


def test_an_old_pin_has_only_rules():
    check_rewrite(
        RULE,
        pin="nixos-22.11",
        before='{\n  system.activationScripts.x = "mkdir -p -m 0700 /srv/x";\n}\n',
        after='{\n  systemd.tmpfiles.rules = [ "d /srv/x 0700 - - -" ];\n}\n',
    )


def test_a_root_path_below_a_users_path_is_for_review():
    found = findings('{ system.activationScripts.x = "mkdir -p /srv/x/y; chown bob /srv/x"; }')
    assert [fix.tier for fix in found[0].fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "script",
    [
        "mkdir -p /srv/x; echo made",
        "mkdir -p /srv/x; cp a /srv/x",
        "mkdir -p /srv/$x",
        "mkdir -p srv/x",
        "mkdir -p /srv/{a,b}",
        "mkdir -p /home/alice/x",
        "mkdir -p /srv/x; chown -R bob /srv/x",
        "mkdir -p /srv/x; chmod u+s /srv/x",
        "mkdir -p /srv/x; chown bob: /srv/x",
        "[ -d /srv/x ] || mkdir /srv/x",
        "rm -rf /srv/x",
        "install -m 644 a /etc/a",
        "ln -s a b c /srv/x",
        "umask 077; mkdir /srv/x",
    ],
)
def test_other_scripts_stay(script: str):
    found = findings(f'{{ system.activationScripts.x = "{script}"; }}')
    assert RULE not in [each.rule for each in found]


def test_who_knows_of_tmpfiles_is_not_told():
    check_silent("{ system.activationScripts.x = ''\n# tmpfiles would be too early\nmkdir /srv/x\n''; }")


def test_preparations_of_a_service_stay():
    check_silent('{ systemd.services.x.preStart = "mkdir -p /srv/x"; }')
