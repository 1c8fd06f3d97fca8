"""`imp-sysctl`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

RULE = "imp-sysctl"


def test_a_service_that_only_sets_a_parameter_goes():
    check_rewrite(
        RULE,
        before="""\
{
  # panic
  systemd.services.sysctl-after-boot = {
    description = "panic";
    wantedBy = [ "multi-user.target" ];
    script = "sysctl -w kernel.hardlockup_panic=1";
  };
}
""",
        after="""\
{
  # panic
  boot.kernel.sysctl."kernel.hardlockup_panic" = 1;
}
""",
    )


def test_numbers_are_numbers_and_all_else_strings():
    check_rewrite(
        RULE,
        before="""\
{
  system.activationScripts.net = ''
    sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.tcp_rmem="4096 87380 6291456" net/ipv4/conf/eth0.1/rp_filter=00
    ip link
  '';
}
""",
        after="""\
{
  system.activationScripts.net = ''
    ip link
  '';
  boot.kernel.sysctl = {
    "net.ipv4.ip_forward" = 1;
    "net.ipv4.tcp_rmem" = "4096 87380 6291456";
    "net.ipv4.conf.eth0/1.rp_filter" = "00";
  };
}
""",
    )


def test_parameters_join_the_set():
    check_rewrite(
        RULE,
        before="""\
{
  boot.kernel.sysctl = {
    "vm.swappiness" = 10;
  };
  systemd.services.a.serviceConfig.ExecStartPre = [
    "${pkgs.procps}/bin/sysctl -w vm.dirty_ratio=5"
    "/bin/other"
  ];
}
""",
        after="""\
{
  boot.kernel.sysctl = {
    "vm.swappiness" = 10;
    "vm.dirty_ratio" = 5;
  };
  systemd.services.a.serviceConfig.ExecStartPre = [
    "/bin/other"
  ];
}
""",
    )


def test_another_value_is_a_conflict():
    check_no_edit(
        '{ boot.kernel.sysctl."vm.swappiness" = 1; system.activationScripts.x = "sysctl vm.swappiness=2"; }',
        "another value",
    )


def test_the_same_value_only_takes_the_command_out():
    check_rewrite(
        RULE,
        before='{\n  boot.kernel.sysctl."vm.swappiness" = 1;\n  system.activationScripts.x = "sysctl vm.swappiness=1";\n}\n',
        after='{\n  boot.kernel.sysctl."vm.swappiness" = 1;\n}\n',
    )


def test_a_service_at_a_chosen_moment_is_for_review():
    found = findings(
        '{ systemd.services.x = { after = [ "zfs.target" ]; wantedBy = [ "multi-user.target" ]; script = "sysctl vm.swappiness=2"; }; }'
    )
    assert [fix.tier for fix in found[0].fixes] == [Tier.REVIEW]


def test_a_service_that_does_more_keeps_its_script():
    check_no_edit(
        '{ systemd.services.x = { script = "sysctl vm.swappiness=2"; preStart = "echo hi"; }; }',
        "the rest of the service",
    )


@pytest.mark.parametrize(
    "script",
    [
        "sysctl -p /etc/x.conf",
        "sysctl --system",
        "sysctl -a",
        "sysctl vm.swappiness",
        "sysctl vm.swappiness=$x",
        "sysctl $key=1",
        "old=$(sysctl -n vm.swappiness)",
        "echo sysctl vm.swappiness=1",
        "insmod x && sysctl net.x.y=1",
    ],
)
def test_other_commands_stay(script: str):
    check_silent(f'{{ system.activationScripts.x = "{script}"; }}')
