"""`imp-ip-addr`, `imp-ip-route`, `imp-ip-link`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

ADDRESS, ROUTE, LINK = "imp-ip-addr", "imp-ip-route", "imp-ip-link"


def test_an_address_joins_the_list():
    check_rewrite(
        ADDRESS,
        before="""\
{
  networking.interfaces.eth0.ipv4.addresses = [ ];
  networking.localCommands = ''
    ${pkgs.iproute2}/bin/ip address add 10.0.0.2/24 dev eth0 || true
    x
  '';
}
""",
        after="""\
{
  networking.interfaces.eth0.ipv4.addresses = [ { address = "10.0.0.2"; prefixLength = 24; } ];
  networking.localCommands = ''
    x
  '';
}
""",
    )


def test_an_address_of_ipv6():
    check_rewrite(
        ADDRESS,
        before='{\n  networking.localCommands = "ip -6 a add fd00::2/64 dev eth0.5";\n}\n',
        after=(
            '{\n  networking.interfaces."eth0.5".ipv6.addresses = [\n    {\n      address = "fd00::2";\n'
            "      prefixLength = 64;\n    }\n  ];\n}\n"
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ networking.localCommands = "ip addr add $a dev eth0"; }',
        '{ networking.localCommands = "ip addr del 10.0.0.2/24 dev eth0"; }',
        '{ networking.localCommands = "ip addr add 10.0.0.2/24 dev eth0 label x"; }',
        '{ networking.localCommands = "ip addr show"; }',
        '{ networking.localCommands = "ip -n ns addr add 10.0.0.2/24 dev eth0"; }',
        '{ networking.localCommands = "ip netns exec a ip addr add 10.0.0.2/24 dev eth0"; }',
        '{ networking.useNetworkd = true; networking.localCommands = "ip addr add 10.0.0.2/24 dev eth0"; }',
        '{ networking.networkmanager.enable = true; networking.localCommands = "ip addr add 10.0.0.2/24 dev eth0"; }',
    ],
)
def test_other_addresses_stay(text: str):
    check_silent(text)


def test_a_route_joins_the_list_with_its_metric():
    check_rewrite(
        ROUTE,
        before="""\
{
  networking.interfaces.eth0.ipv4.routes = [ ];
  networking.localCommands = ''
    x
    ip route add 10.1.0.0/16 dev eth0 metric 5
  '';
}
""",
        after="""\
{
  networking.interfaces.eth0.ipv4.routes = [
    { address = "10.1.0.0"; prefixLength = 16; options.metric = "5"; }
  ];
  networking.localCommands = ''
    x
  '';
}
""",
        preferred=False,
    )


def test_the_default_route_is_the_gateway():
    check_rewrite(
        ROUTE,
        before='{\n  networking.localCommands = "ip route add default via 10.0.0.1 dev eth0";\n}\n',
        after='{\n  networking.defaultGateway = {\n    address = "10.0.0.1";\n    interface = "eth0";\n  };\n}\n',
        preferred=False,
    )


def test_another_gateway_is_a_conflict():
    check_no_edit(
        '{ networking.defaultGateway = "10.0.0.9"; networking.localCommands = "ip route add default via 10.0.0.1"; }',
        "is not a plain set here",
    )


@pytest.mark.parametrize(
    "command",
    [
        "ip route add 10.1.0.0/16 via 10.0.0.1",
        "ip route add 10.1.0.0/16 via 10.0.0.1 dev eth0 table 7",
        "ip route add $n dev eth0",
        "ip route add 10.1.0.1/16 dev eth0",
        "ip route del 10.1.0.0/16 dev eth0",
        "ip rule add from 10.0.0.1 table 7",
        "ip route show",
    ],
)
def test_other_routes_stay(command: str):
    check_silent(f'{{ networking.localCommands = "{command}"; }}')


def test_a_bridge_joins_others():
    check_rewrite(
        LINK,
        before="""\
{
  networking.bridges.br1.interfaces = [ ];
  networking.localCommands = ''
    ip link add name br0 type bridge
    ip link set dev eth0 master br0
    ip link set eth1 master br0
    ip link set br0 up
    x
  '';
}
""",
        after="""\
{
  networking.bridges.br1.interfaces = [ ];
  networking.bridges.br0.interfaces = [
    "eth0"
    "eth1"
  ];
  networking.localCommands = ''
    x
  '';
}
""",
        preferred=False,
    )


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (
            "ip link add link eth0 name eth0.5 type vlan id 5",
            'networking.vlans."eth0.5" = {\n    id = 5;\n    interface = "eth0";\n  };',
        ),
        (
            "ip link add link eth0 mv0 type macvlan mode bridge",
            'networking.macvlans.mv0 = {\n    interface = "eth0";\n    mode = "bridge";\n  };',
        ),
        ("ip link set dev eth0 mtu 9000", "networking.interfaces.eth0.mtu = 9000;"),
        ("ip link set eth0 address 02:00:00:00:00:01", 'networking.interfaces.eth0.macAddress = "02:00:00:00:00:01";'),
    ],
)
def test_links_are_declared(command: str, option: str):
    check_rewrite(
        LINK,
        before=f'{{\n  networking.localCommands = "{command}";\n}}\n',
        after=f"{{\n  {option}\n}}\n",
        preferred=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        "ip link set eth0 up",
        "ip link set eth0 master br0",
        "ip link add d0 type dummy",
        "ip link del br0",
        "ip link add $b type bridge",
        "ip link show",
    ],
)
def test_other_links_stay(command: str):
    check_silent(f'{{ networking.localCommands = "{command}"; }}')
