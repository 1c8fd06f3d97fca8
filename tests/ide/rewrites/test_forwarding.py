"""`imp-iptables-trusted`, `imp-iptables-masquerade`, `imp-iptables-dnat`, `imp-nft-load`, `imp-ufw`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

TRUSTED, MASQUERADE, DNAT = "imp-iptables-trusted", "imp-iptables-masquerade", "imp-iptables-dnat"
NFT, UFW = "imp-nft-load", "imp-ufw"


def test_an_interface_joins_those_that_are_trusted():
    check_rewrite(
        TRUSTED,
        before="""\
{
  networking.firewall = {
    trustedInterfaces = [ "lo" ];
    extraCommands = ''
      # mine
      iptables -I nixos-fw -i wg0 -j nixos-fw-accept
      ip46tables -A INPUT -s 10.0.0.0/8 -j ACCEPT
    '';
  };
}
""",
        after="""\
{
  networking.firewall = {
    trustedInterfaces = [ "lo" "wg0" ];
    extraCommands = ''
      # mine
      ip46tables -A INPUT -s 10.0.0.0/8 -j ACCEPT
    '';
  };
}
""",
    )


def test_a_commented_rule_trusts_too():
    check_rewrite(
        TRUSTED,
        before='{\n  networking.firewall.extraCommands = "a\\niptables -A INPUT -i wg0 -m comment --comment x -j ACCEPT";\n}\n',
        after='{\n  networking.firewall.extraCommands = "a\\n";\n  networking.firewall.trustedInterfaces = [ "wg0" ];\n}\n',
    )


@pytest.mark.parametrize(
    "rule",
    [
        "iptables -A INPUT -i lo -j ACCEPT",
        "iptables -A INPUT -i wg+ -j ACCEPT",
        "iptables -A FORWARD -i wg0 -j ACCEPT",
        "iptables -A INPUT -i wg0 -s 10.0.0.1 -j ACCEPT",
        "iptables -A INPUT -i wg0 -p tcp -j ACCEPT",
        "iptables -A INPUT ! -i wg0 -j ACCEPT",
        "iptables -A INPUT -i wg0 -j DROP",
        "iptables -D INPUT -i wg0 -j ACCEPT",
        "iptables -A INPUT -i wg0 -m state --state NEW -j ACCEPT",
    ],
)
def test_other_rules_stay(rule: str):
    check_silent(f'{{ networking.firewall.extraCommands = "{rule}"; }}')


def test_a_firewall_that_is_off_trusts_nobody():
    check_silent(
        '{ networking.firewall.enable = false; networking.firewall.extraCommands = "iptables -A INPUT -i a -j ACCEPT"; }'
    )


def test_a_network_joins_those_that_are_translated():
    check_rewrite(
        MASQUERADE,
        before="""\
{
  networking.nat = {
    enable = true;
    externalInterface = "eth0";
    internalIPs = [ "10.0.0.0/24" ];
  };
  networking.firewall.extraCommands = ''
    iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -o eth0 -j MASQUERADE
    x
  '';
}
""",
        after="""\
{
  networking.nat = {
    enable = true;
    externalInterface = "eth0";
    internalIPs = [ "10.0.0.0/24" "10.1.0.0/24" ];
  };
  networking.firewall.extraCommands = ''
    x
  '';
}
""",
        preferred=False,
    )


def test_a_second_external_interface_is_a_conflict():
    check_no_edit(
        '{ networking.nat.externalInterface = "a"; networking.firewall.extraCommands = '
        '"iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -o b -j MASQUERADE"; }',
        "another value",
    )


def test_forwarding_of_packets_is_told():
    (found,) = findings(
        '{ networking.localCommands = "iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -o b -j MASQUERADE"; }'
    )
    assert "ip_forward" in found.message
    assert found.fixes[0].tier is Tier.REVIEW


@pytest.mark.parametrize(
    "rule",
    [
        "iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE",
        "iptables -t nat -A POSTROUTING -s 10.0.0.0/24 ! -d 10.0.0.0/24 -o eth0 -j MASQUERADE",
        "iptables -t nat -A POSTROUTING -s $net -o eth0 -j MASQUERADE",
        "iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -o eth0 -j SNAT",
        "iptables -t nat -D POSTROUTING -s 10.0.0.0/24 -o eth0 -j MASQUERADE",
    ],
)
def test_other_translations_stay(rule: str):
    check_silent(f'{{ networking.firewall.extraCommands = "{rule}"; }}')


def test_a_forwarded_port_joins_the_list():
    check_rewrite(
        DNAT,
        before="""\
{
  networking.nat = {
    enable = true;
    externalInterface = "eth0";
    forwardPorts = [ ];
  };
  networking.firewall.extraCommands = ''
    iptables -t nat -A PREROUTING -p udp -m udp --dport 53 -j DNAT --to 10.0.0.2
    x
  '';
}
""",
        after="""\
{
  networking.nat = {
    enable = true;
    externalInterface = "eth0";
    forwardPorts = [ { sourcePort = 53; proto = "udp"; destination = "10.0.0.2:53"; } ];
  };
  networking.firewall.extraCommands = ''
    x
  '';
}
""",
        preferred=False,
    )


def test_a_port_of_another_interface_is_a_conflict():
    check_no_edit(
        '{ networking.nat.externalInterface = "a"; networking.firewall.extraCommands = '
        '"iptables -t nat -A PREROUTING -i b -p tcp --dport 1 -j DNAT --to-destination 10.0.0.2:1"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "rule",
    [
        "iptables -t nat -A PREROUTING -p tcp --dport 1 -j DNAT --to-destination 10.0.0.2:1",
        "iptables -t nat -A PREROUTING -i a -s 10.0.0.9 -p tcp --dport 1 -j DNAT --to-destination 10.0.0.2:1",
        "iptables -t nat -A PREROUTING -i a -p tcp --dport 1:9 -j DNAT --to-destination 10.0.0.2",
        "iptables -t nat -A PREROUTING -i a -p tcp --dport 1 -j REDIRECT --to-ports 2",
        "iptables -t nat -A OUTPUT -p tcp --dport 1 -j DNAT --to-destination 10.0.0.2:1",
    ],
)
def test_other_forwarding_stays(rule: str):
    check_silent(f'{{ networking.firewall.extraCommands = "{rule}"; }}')


@pytest.mark.parametrize(
    ("file", "value"), [("${./a/rules.nft}", "./a/rules.nft"), ("/etc/rules.nft", '"/etc/rules.nft"')]
)
def test_a_rule_set_is_loaded_by_nixos(file: str, value: str):
    check_rewrite(
        NFT,
        before=f'{{\n  networking.nftables.enable = true;\n  systemd.services.fw.script = "nft -f {file}";\n}}\n',
        after=f"{{\n  networking.nftables.enable = true;\n  networking.nftables.rulesetFile = {value};\n}}\n",
        preferred=False,
    )


def test_another_rule_set_is_a_conflict():
    check_no_edit(
        '{ networking.nftables.rulesetFile = ./b; networking.firewall.extraCommands = "nft -f ${./a}"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "command", ["nft list ruleset", "nft -f $f", "nft -f -", "nft add rule x", "nft -f ${pkgs.x}/rules"]
)
def test_other_rule_sets_stay(command: str):
    check_silent(f'{{ networking.firewall.extraCommands = "{command}"; }}')


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("ufw allow 8080/tcp", "networking.firewall.allowedTCPPorts = [ 8080 ];"),
        ("ufw allow https", "networking.firewall.allowedTCPPorts = [ 443 ];"),
        (
            "ufw allow 6000:6007/udp",
            "networking.firewall.allowedUDPPortRanges = [\n    {\n      from = 6000;\n      to = 6007;\n    }\n  ];",
        ),
        ("ufw --force enable", "networking.firewall.enable = true;"),
    ],
)
def test_ports_of_ufw_are_opened(command: str, option: str):
    check_rewrite(
        UFW,
        before=f'{{\n  system.activationScripts.u = "x; {command}";\n}}\n',
        after=f'{{\n  system.activationScripts.u = "x";\n  {option}\n}}\n',
    )


def test_a_port_without_a_protocol_is_opened_for_both_and_joins_the_list():
    check_rewrite(
        UFW,
        before='{\n  networking.firewall.allowedTCPPorts = [ 22 ];\n  system.activationScripts.u = "ufw allow 53";\n}\n',
        after="{\n  networking.firewall.allowedTCPPorts = [ 22 53 ];\n  networking.firewall.allowedUDPPorts = [ 53 ];\n}\n",
    )


@pytest.mark.parametrize(
    "command",
    [
        "ufw status",
        "ufw deny 22",
        "ufw allow from 10.0.0.1",
        "ufw allow 99999",
        "ufw allow 6000:6007",
        "ufw allow $p",
        "ufw allow Nginx",
    ],
)
def test_other_rules_of_ufw_stay(command: str):
    check_silent(f'{{ system.activationScripts.u = "{command}"; }}')
