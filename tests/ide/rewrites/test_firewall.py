"""`imp-iptables-port`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_rewrite, check_silent, findings

RULE = "imp-iptables-port"


def test_a_port_is_opened_by_the_option():
    check_rewrite(
        RULE,
        before="""\
{
  networking.firewall.extraCommands = "iptables -A INPUT -p tcp --dport 8080 -j ACCEPT";
}
""",
        after="""\
{
  networking.firewall.allowedTCPPorts = [ 8080 ];
}
""",
    )


def test_all_rules_of_a_script_at_once_leave_the_others():
    check_rewrite(
        RULE,
        before="""\
{
  networking.firewall = {
    allowedTCPPorts = [ 22 ];
    extraCommands = ''
      iptables -A INPUT -p tcp --dport 8080 -j ACCEPT
      ip46tables -A nixos-fw -p udp -m udp --dport 60000:61000 -j nixos-fw-accept
      iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 1 -j ACCEPT
      iptables -I INPUT 1 -i eth0 -p tcp -m multiport --dports 80,443 -j ACCEPT -m comment --comment web
    '';
  };
}
""",
        after="""\
{
  networking.firewall = {
    allowedTCPPorts = [ 22 8080 ];
    extraCommands = ''
      iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 1 -j ACCEPT
    '';
    allowedUDPPortRanges = [
      {
        from = 60000;
        to = 61000;
      }
    ];
    interfaces.eth0.allowedTCPPorts = [
      80
      443
    ];
  };
}
""",
        choice=1,
    )


def test_a_port_that_is_open_already_is_not_listed_twice():
    check_rewrite(
        RULE,
        before="""\
{
  networking.firewall.allowedTCPPorts = [ 8080 ];
  networking.firewall.extraCommands = ''
    ip6tables -w -I INPUT -p tcp --destination-port 8080 --jump ACCEPT
    echo more
  '';
}
""",
        after="""\
{
  networking.firewall.allowedTCPPorts = [ 8080 ];
  networking.firewall.extraCommands = ''
    echo more
  '';
}
""",
    )


@pytest.mark.parametrize(
    "rule",
    [
        "-A FORWARD -p tcp --dport 80 -j ACCEPT",
        "-A INPUT -p tcp --dport 80 -j DROP",
        "-A INPUT -p tcp --dport 80 -s 10.0.0.1 -j ACCEPT",
        "-A INPUT -p tcp -m state --state NEW --dport 80 -j ACCEPT",
        "-A INPUT -p tcp -m limit --dport 80 -j ACCEPT",
        "-A INPUT ! -i eth0 -p tcp --dport 80 -j ACCEPT",
        "-t nat -A INPUT -p tcp --dport 80 -j ACCEPT",
        "-D INPUT -p tcp --dport 80 -j ACCEPT",
        "-A INPUT -p icmp -j ACCEPT",
        "-A INPUT -p tcp --dport http -j ACCEPT",
        "-A INPUT -p tcp --dport 70000 -j ACCEPT",
        "-A INPUT -i lo -p tcp --dport 80 -j ACCEPT",
        "-A INPUT -p tcp --dport $port -j ACCEPT",
        "-C INPUT -p tcp --dport 80 -j ACCEPT",
    ],
)
def test_other_rules_stay(rule: str):
    check_silent(f'{{ networking.firewall.extraCommands = "iptables {rule}"; }}')


def test_a_rule_behind_a_failed_check_stays():
    check_silent(
        '{ networking.firewall.extraCommands = "iptables -C INPUT -p tcp --dport 80 -j ACCEPT || iptables -A INPUT -p tcp --dport 80 -j ACCEPT"; }'
    )


def test_nothing_is_said_where_the_firewall_is_off():
    check_silent(
        '{ networking.firewall = { enable = false; extraCommands = "iptables -A INPUT -p tcp --dport 80 -j ACCEPT"; }; }'
    )


def test_a_rule_that_is_taken_back_elsewhere_is_for_review():
    (found,) = findings(
        '{ networking.firewall = { extraCommands = "iptables -A INPUT -p tcp --dport 80 -j ACCEPT"; '
        'extraStopCommands = "iptables -D INPUT -p tcp --dport 80 -j ACCEPT || true"; }; }'
    )
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]
    assert "extraStopCommands" in found.message
