"""`imp-ln-activation`, `imp-ln-bin` and `imp-chown-recursive`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_rewrite, check_silent, findings

FIRMWARE = "ln -sfn /lib/firmware/vendor/apple /lib/firmware/apple"


def test_a_link_is_declared():
    check_rewrite(
        "imp-ln-activation",
        before=f'{{\n  system.activationScripts.fw = "{FIRMWARE}";\n}}\n',
        after='{\n  systemd.tmpfiles.settings."10-fw"."/lib/firmware/apple"."L+".argument = "/lib/firmware/vendor/apple";\n}\n',
    )


def test_a_link_leaves_a_longer_script_and_joins_the_settings():
    check_rewrite(
        "imp-ln-activation",
        before="""\
{ cfg, ... }:
{
  systemd.tmpfiles.settings."10-x" = {
    "/srv/a".d = { };
  };
  system.activationScripts.x.text = ''
    # here
    ln --symbolic --no-target-directory ${cfg.dir}/x /opt/x
    y
  '';
}
""",
        after="""\
{ cfg, ... }:
{
  systemd.tmpfiles.settings."10-x" = {
    "/srv/a".d = { };
    "/opt/x".L.argument = "${cfg.dir}/x";
  };
  system.activationScripts.x.text = ''
    # here
    y
  '';
}
""",
    )


def test_a_link_below_etc_is_a_file_of_etc():
    check_rewrite(
        "imp-ln-activation",
        before='{\n  system.activationScripts.x = "ln -sfn ${./x.toml} /etc/app/x.toml; y";\n}\n',
        after='{\n  system.activationScripts.x = "y";\n  environment.etc."app/x.toml".source = ./x.toml;\n}\n',
    )


def test_a_path_that_nix_computes_is_a_rule():
    check_rewrite(
        "imp-ln-activation",
        before='{ n, ... }:\n{\n  system.activationScripts.x = "ln -sfn /srv/x /opt/${n}";\n}\n',
        after='{ n, ... }:\n{\n  systemd.tmpfiles.rules = [ "L+ /opt/${n} - - - - /srv/x" ];\n}\n',
    )


@pytest.mark.parametrize("script", ["ln -sf /run /var/lib/run", f"{FIRMWARE}; ls /lib/firmware/apple"])
def test_what_may_have_meant_something_else_is_for_review(script: str):
    found = findings(f'{{ system.activationScripts.x = "{script}"; }}')
    assert [fix.tier for fix in found[0].fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "line",
    [
        "ln /srv/x /opt/x",
        "ln -sfn x /opt/x",
        "ln -sfn /srv/x /opt/x/",
        "ln -sfn /srv/x $x",
        "ln -sfn /srv/$x /opt/x",
        "ln -sfn /srv/x /home/alice/x",
        "ln -sfn /srv/x /dev/x",
        "ln -sfn /srv/x /etc/localtime",
        "ln -sfn /srv/x /etc/systemd/system/x.service",
        "ln -sfn a b c /opt",
        "ln -sft /opt /srv/x",
        "ln -sf ${x}/bin/shim /sbin/init",
        "[ -e /opt/x ] || ln -sfn /srv/x /opt/x",
        "for i in a b; do ln -sfn /srv/$i /opt/$i; done",
        "sudo -u bob ln -sfn /srv/x /opt/x",
        "# systemd-tmpfiles is too late\\nln -sfn /srv/x /opt/x",
    ],
)
def test_other_links_stay(line: str):
    found = findings(f'{{ system.activationScripts.x = "{line}"; }}')
    assert not {each.rule for each in found} & {"imp-ln-activation", "imp-ln-bin"}


def test_a_program_is_declared():
    check_rewrite(
        "imp-ln-bin",
        before='{ pkgs, ... }:\n{\n  system.activationScripts.b.text = "ln -sf ${pkgs.bash}/bin/bash /bin/bash";\n}\n',
        after='{ pkgs, ... }:\n{\n  systemd.tmpfiles.settings."10-b"."/bin/bash"."L+".argument = "${pkgs.bash}/bin/bash";\n}\n',
    )


def test_two_programs_are_declared_at_once():
    check_rewrite(
        "imp-ln-bin",
        before="""\
{ pkgs, ... }:
{
  system.activationScripts.b = {
    deps = [ "binsh" ];
    text = ''
      mkdir -p /usr/local/share
      ln -sf ${pkgs.bash}/bin/bash /bin/bash
      ln -sf ${pkgs.perl}/bin/perl /usr/bin/perl
      x
    '';
  };
}
""",
        after="""\
{ pkgs, ... }:
{
  system.activationScripts.b = {
    deps = [ "binsh" ];
    text = ''
      mkdir -p /usr/local/share
      x
    '';
  };
  systemd.tmpfiles.settings."10-b" = {
    "/bin/bash"."L+".argument = "${pkgs.bash}/bin/bash";
    "/usr/bin/perl"."L+".argument = "${pkgs.perl}/bin/perl";
  };
}
""",
        choice=1,
    )


def test_the_shell_has_an_option_of_its_own():
    check_rewrite(
        "imp-ln-bin",
        before='{ pkgs, ... }:\n{\n  system.activationScripts.b = "ln -sfn ${pkgs.dash}/bin/dash /bin/sh";\n}\n',
        after='{ pkgs, ... }:\n{\n  environment.binsh = "${pkgs.dash}/bin/dash";\n}\n',
    )


def test_windows_looks_for_programs_before_systemd_does():
    check_silent('{ wsl.enable = true; system.activationScripts.b = "ln -sf ${x}/bin/sh /bin/sh"; }')


def test_a_loader_is_that_of_nix_ld():
    check_rewrite(
        "imp-ln-bin",
        before='{\n  system.activationScripts.b = "ln -sf ${glibc}/lib/ld-linux-x86-64.so.2 /lib64/ld-linux-x86-64.so.2";\n}\n',
        after="{\n  programs.nix-ld.enable = true;\n}\n",
        preferred=False,
    )


@pytest.mark.parametrize(
    "line", ["ln -sf $x/bin/bash /bin/bash", "ln ${x}/bin/a /bin/a", "ln -sf ${x}/bin/a ${y}/bin/a"]
)
def test_other_programs_stay(line: str):
    check_silent(f'{{ system.activationScripts.x = "{line}"; }}')


@pytest.mark.parametrize(
    "line",
    [
        "chown -R alice:users /data",
        "x; chown --recursive --silent 1000 /data /srv/b",
        "chown -hR app ${cfg.dir}/x /srv",
    ],
)
def test_trees_that_change_hands_are_explained(line: str):
    found = findings(f'{{ system.activationScripts.x = "{line}"; }}')
    is_fixed = "${" not in line
    assert [(each.rule, each.fixes) for each in found] == [("imp-chown-recursive", ())] * is_fixed


@pytest.mark.parametrize(
    "line",
    [
        "chown -R $u /data",
        "chown -R a $x",
        "chown -R a /home/a",
        "chown a /data",
        "chmod -R 700 /data",
        "if x; then chown -R a /b; fi",
    ],
)
def test_other_trees_are_not_worth_a_word(line: str):
    found = findings(f'{{ system.activationScripts.x = "{line}"; }}')
    assert "imp-chown-recursive" not in [each.rule for each in found]
