"""`imp-setcap-setuid`, `imp-sudo-in-root`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Severity

from .bench import check_rewrite, check_silent, findings

WRAPPER, SUDO = "imp-setcap-setuid", "imp-sudo-in-root"


def test_capabilities_become_a_wrapper_and_the_rest_stays():
    check_rewrite(
        WRAPPER,
        before="""\
{ pkgs, ... }:
{
  system.activationScripts.caps = ''
    # for the scanner
    setcap 'cap_net_raw,cap_net_admin=eip' ${pkgs.nmap}/bin/nmap
    echo done
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  system.activationScripts.caps = ''
    # for the scanner
    echo done
  '';
  security.wrappers.nmap = {
    source = "${pkgs.nmap}/bin/nmap";
    capabilities = "cap_net_raw,cap_net_admin=eip";
    owner = "root";
    group = "root";
  };
}
""",
    )


def test_a_program_with_a_module_of_its_own_gets_that():
    check_rewrite(
        WRAPPER,
        before='{ pkgs, ... }:\n{\n  system.activationScripts.c = "setcap cap_net_raw+ep ${pkgs.mtr}/bin/mtr-packet";\n}\n',
        after="{ pkgs, ... }:\n{\n  programs.mtr.enable = true;\n}\n",
    )


def test_set_uid_joins_the_wrapper_that_is_there():
    check_rewrite(
        WRAPPER,
        before="""\
{ pkgs, ... }:
{
  security.wrappers.x = {
    owner = "root";
    group = "root";
  };
  systemd.services.y.preStart = "chmod u+s ${pkgs.x}/bin/x; run";
}
""",
        after="""\
{ pkgs, ... }:
{
  security.wrappers.x = {
    owner = "root";
    group = "root";
    source = "${pkgs.x}/bin/x";
    setuid = true;
  };
  systemd.services.y.preStart = "run";
}
""",
    )


def test_what_always_fails_is_a_warning():
    (found,) = findings('{ pkgs, ... }: { system.activationScripts.c = "chmod 4755 ${pkgs.x}/bin/x"; }')
    assert (found.rule, found.severity) == (WRAPPER, Severity.WARNING)


@pytest.mark.parametrize(
    "command",
    [
        "setcap cap_net_raw+ep /opt/x",
        "setcap -r ${pkgs.x}/bin/x",
        "setcap - ${pkgs.x}/bin/x",
        "setcap nonsense ${pkgs.x}/bin/x",
        "chmod +x ${pkgs.x}/bin/x",
        "if a; then setcap cap_net_raw+ep ${pkgs.x}/bin/x; fi",
    ],
)
def test_other_rights_stay(command: str):
    found = findings(f'{{ system.activationScripts.c = "{command}"; }}')
    assert [each for each in found if each.rule == WRAPPER] == []


def test_sudo_goes_and_the_command_stays():
    check_rewrite(
        SUDO,
        before="{\n  system.activationScripts.x = ''\n    a\n    sudo -n -- b c && d\n    e\n  '';\n}\n",
        after="{\n  system.activationScripts.x = ''\n    a\n    b c && d\n    e\n  '';\n}\n",
    )


def test_sudo_goes_from_a_services_hook():
    check_rewrite(
        SUDO,
        before='{ systemd.services.x.serviceConfig.ExecStartPre = [ "/run/wrappers/bin/sudo /bin/b -x" "c" ]; }',
        after='{ systemd.services.x.serviceConfig.ExecStartPre = [ "/bin/b -x" "c" ]; }',
    )


def test_sudo_goes_where_a_value_of_nix_follows():
    check_rewrite(
        SUDO,
        before='{ systemd.services.x.script = "sudo ${cfg.a}/bin/b $c"; }',
        after='{ systemd.services.x.script = "${cfg.a}/bin/b $c"; }',
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ system.activationScripts.x = "sudo -u alice b"; }',
        '{ system.activationScripts.x = "sudo -H b"; }',
        '{ system.activationScripts.x = "sudo -i"; }',
        '{ system.activationScripts.x = "sudo A=1 b"; }',
        '{ systemd.services.x = { serviceConfig.User = "a"; script = "sudo b"; }; }',
        '{ system.userActivationScripts.x = "sudo b"; }',
        '{ programs.bash.interactiveShellInit = "sudo b"; }',
    ],
)
def test_sudo_that_does_something_stays(text: str):
    check_silent(text)


def test_a_command_that_goes_altogether_is_told_once():
    found = findings('{ system.activationScripts.x = "sudo timedatectl set-timezone UTC"; }')
    assert [each.rule for each in found] == ["imp-timezone"]
