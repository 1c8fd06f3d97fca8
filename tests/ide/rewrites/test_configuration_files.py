"""`imp-nix-conf` and `imp-logrotate`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

NIX, LOGS = "imp-nix-conf", "imp-logrotate"


def test_lines_of_nix_conf_become_settings():
    check_rewrite(
        NIX,
        before="""\
{
  nix.extraOptions = ''
    experimental-features = nix-command flakes
    keep-outputs = true
    max-jobs = 4
    sandbox = relaxed
  '';
}
""",
        after="""\
{
  nix.settings = {
    experimental-features = [
      "nix-command"
      "flakes"
    ];
    keep-outputs = true;
    max-jobs = 4;
    sandbox = "relaxed";
  };
}
""",
    )


def test_what_is_no_setting_stays_and_lists_are_joined():
    check_rewrite(
        NIX,
        before="""\
{ pkgs, config, ... }:
{
  nix.settings.substituters = [ "https://a" ];
  nix.extraOptions = ''
    # of ours
    extra-substituters = https://b  https://${config.c}/x
    !include ${config.d}
    access-tokens = github.com=ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaa
    min-free = ${toString (1024 * 1024)}
  '';
}
""",
        after="""\
{ pkgs, config, ... }:
{
  nix.settings.substituters = [ "https://a" "https://b" "https://${config.c}/x" ];
  nix.settings.min-free = 1024 * 1024;
  nix.extraOptions = ''
    # of ours
    !include ${config.d}
    access-tokens = github.com=ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaa
  '';
}
""",
        preferred=False,
    )


@pytest.mark.parametrize(
    ("file", "pin"),
    [
        ('environment.etc."nix/nix.conf".text', "nixos"),
        ('xdg.configFile."nix/nix.conf".text', "home-manager"),
        ('home.file.".config/nix/nix.conf".text', "home-manager"),
    ],
)
def test_the_file_itself_is_for_review(file: str, pin: str):
    check_rewrite(
        NIX,
        pin=pin,
        before=f'{{\n  {file} = "cores = 2";\n}}\n',
        after="{\n  nix.settings.cores = 2;\n}\n",
        preferred=False,
    )


def test_with_a_package_the_file_of_a_home_is_certain():
    found = findings(
        '{ pkgs, ... }: { nix.package = pkgs.nix; xdg.configFile."nix/nix.conf".text = "cores = 2"; }', "home-manager"
    )
    assert [fix.tier for fix in found[0].fixes] == [Tier.MECHANICAL]


def test_another_value_is_a_conflict():
    check_no_edit('{ nix.settings.cores = 1; nix.extraOptions = "cores = 2"; }', "another value")


@pytest.mark.parametrize(
    "text",
    [
        'nix.enable = false; nix.extraOptions = "cores = 2";',
        'determinate.enable = true; nix.extraOptions = "cores = 2";',
        'nix.extraOptions = "!include /x";',
        'nix.extraOptions = "cores = 2 # two";',
        'nix.extraOptions = "cores = 2\\ncores = 3";',
        'nix.extraOptions = "cores =";',
        "nix.extraOptions = builtins.readFile ./x;",
        'nix.extraOptions = "${x} = 2";',
        'environment.etc."nix/nix.custom.conf".text = "cores = 2";',
        'virtualisation.docker.extraOptions = "cores = 2";',
    ],
)
def test_other_texts_stay(text: str):
    check_silent(f"{{ {text} }}")


def test_the_store_is_not_optimised_on_darwin():
    check_silent('{ nix.extraOptions = "auto-optimise-store = true"; }', "nix-darwin")


def test_a_file_of_logrotate_becomes_settings():
    check_rewrite(
        LOGS,
        before="""\
{
  environment.etc."logrotate.d/app".text = ''
    /var/log/app.log "/var/log/b c.log" {
      weekly
      rotate 5
      notifempty
      create 0640 root root
      postrotate
        systemctl kill -s HUP app
      endscript
    }
  '';
}
""",
        after="""\
{
  services.logrotate.settings.app = {
    files = [
      "/var/log/app.log"
      "/var/log/b c.log"
    ];
    frequency = "weekly";
    rotate = 5;
    notifempty = true;
    create = "0640 root root";
    postrotate = "systemctl kill -s HUP app";
  };
}
""",
    )


def test_a_script_that_writes_the_file_keeps_its_rest():
    check_rewrite(
        LOGS,
        before="""\
{
  system.activationScripts.x = ''
    cat > /etc/logrotate.d/app <<EOF
    /var/log/app/*.log {
      daily
      size 10M
    }
    EOF
    y
  '';
}
""",
        after="""\
{
  system.activationScripts.x = ''
    y
  '';
  services.logrotate.settings."/var/log/app/*.log" = {
    frequency = "daily";
    size = "10M";
  };
}
""",
    )


def test_logs_join_those_that_stand():
    check_rewrite(
        LOGS,
        before="""\
{
  services.logrotate.settings = {
    "/a".rotate = 1;
  };
  environment.etc."logrotate.d/b".text = "/b { rotate 2 }";
}
""",
        after="""\
{
  services.logrotate.settings = {
    "/a".rotate = 1;
    "/b".rotate = 2;
  };
}
""",
    )


@pytest.mark.parametrize(
    "text",
    [
        "weekly",
        "/a { weekly",
        "/a { odd }",
        "/a { rotate many }",
        "/a { }",
        "# b\\n/a { weekly }",
        "/a {\\n postrotate\\n x\\n}",
        "include /x\\n/a { weekly }",
        "/a { weekly }\\n/a { daily }",
        "${x} { weekly }",
    ],
)
def test_other_files_of_logrotate_stay(text: str):
    check_silent(f'{{ environment.etc."logrotate.d/x".text = "{text}"; }}')


def test_a_folder_that_is_included_stays():
    check_silent(
        '{ services.logrotate.extraConfig = "include /etc/logrotate.d"; environment.etc."logrotate.d/x".text = "/a { weekly }"; }'
    )
