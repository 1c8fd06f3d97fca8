"""`ip addr`, `ip route`, `ip link`: interfaces set up by hand."""

from __future__ import annotations

import re
from ipaddress import ip_interface, ip_network
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command

IP = Tool("ip", flags="46", stop_at_operand=True)
"""ip(8) of iproute2; its objects and commands can be shortened, which only the usual forms are read for here."""

_OBJECTS = {
    "address": "address",
    "addr": "address",
    "a": "address",
    "route": "route",
    "r": "route",
    "ro": "route",
    "link": "link",
    "l": "link",
}
_ADDING = frozenset({"add", "a"})
_INTERFACE = re.compile(r"[A-Za-z][\w.@-]{0,14}")
_HARDWARE = re.compile(r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}")
_ELSEWHERE = ("networking.useNetworkd", "systemd.network.enable", "networking.networkmanager.enable")
"""What sets interfaces up itself, in options of its own."""


def _commands(reading: Reading, wanted: str) -> Iterator[tuple[Command, list[str]]]:
    """Yield the words behind `ip OBJECT`, all of them static."""
    if any(map(reading.is_on, _ELSEWHERE)):
        return
    for command, invocation in reading.root_lines(IP):
        words = [word.value for word in invocation.operands]
        known = [word for word in words if word is not None]
        if len(known) == len(words) > 2 and _OBJECTS.get(known[0]) == wanted:
            yield command, known[1:]


def _addresses(reading: Reading) -> Iterator[Match]:
    for command, words in _commands(reading, "address"):
        match words:
            case [verb, address, "dev", interface] if verb in _ADDING and _INTERFACE.fullmatch(interface):
                try:
                    found = ip_interface(address)
                except ValueError:
                    continue
                item = Attrs((("address", string(str(found.ip))), ("prefixLength", found.network.prefixlen)))
                addresses = setting(
                    "networking.interfaces", List((item,)), below=(interface, f"ipv{found.version}", "addresses")
                )
                yield Match((command,), ((addresses,),))
            case _:
                continue


def _routes(reading: Reading) -> Iterator[Match]:
    for command, (verb, *words) in _commands(reading, "route"):
        if verb not in {"add", "replace", "a"} or len(words) % 2 == 0:
            continue
        target, given = words[0], dict(zip(words[1::2], words[2::2], strict=True))
        if given.keys() <= {"via", "dev", "metric"} and (found := _route(target, given)):
            yield Match((command,), ((found,),), tier=Tier.REVIEW)


def _route(target: str, given: dict[str, str]) -> Setting | None:
    interface, via, metric = given.get("dev"), given.get("via"), given.get("metric", "")
    if (metric and not metric.isdecimal()) or (interface and not _INTERFACE.fullmatch(interface)):
        return None
    try:
        gateway = ip_interface(via).ip if via else None
        network = None if target == "default" else ip_network(target)
    except ValueError:
        return None
    if network is None:
        if gateway is None or gateway.version != 4:
            return None
        items: list[tuple[str, Value]] = [("address", string(str(gateway)))]
        items += [("interface", string(interface))] if interface else []
        items += [("metric", int(metric))] if metric else []
        return setting("networking.defaultGateway", Attrs(tuple(items)))
    if interface is None:
        return None
    items = [("address", string(str(network.network_address))), ("prefixLength", network.prefixlen)]
    items += [("via", string(str(gateway)))] if gateway else []
    if metric:
        items.append(("options", Attrs((("metric", string(metric)),))))
    below = (interface, f"ipv{network.version}", "routes")
    return setting("networking.interfaces", List((Attrs(tuple(items)),)), below=below)


def _links(reading: Reading) -> Iterator[Match]:
    """Bridges go with the interfaces that are put into them; what only brings an interface up goes with what makes it."""
    bridges: dict[str, list[Command]] = {}
    ports: dict[str, list[str]] = {}
    for command, words in _commands(reading, "link"):
        match [word for word in words if word != "name"]:
            case ["add", bridge, "type", "bridge"] if _INTERFACE.fullmatch(bridge):
                bridges[bridge], ports[bridge] = [command], []
            case ["set", port, "master", bridge] | ["set", "dev", port, "master", bridge] if bridge in bridges:
                bridges[bridge].append(command)
                ports[bridge].append(port)
            case ["set", bridge, "up"] | ["set", "dev", bridge, "up"] | ["set", "up", bridge] if bridge in bridges:
                bridges[bridge].append(command)
            case ["add", "link", base, vlan, "type", "vlan", "id", number] if (
                number.isdecimal() and _INTERFACE.fullmatch(vlan)
            ):
                items: tuple[tuple[str, Value], ...] = (("id", int(number)), ("interface", string(base)))
                yield _review(command, setting("networking.vlans", Attrs(items), below=(vlan,)))
            case ["add", "link", base, child, "type", "macvlan", "mode", mode] if _INTERFACE.fullmatch(child):
                items = (("interface", string(base)), ("mode", string(mode)))
                yield _review(command, setting("networking.macvlans", Attrs(items), below=(child,)))
            case ["set", "dev", port, "mtu", size] | ["set", port, "mtu", size] if (
                size.isdecimal() and _INTERFACE.fullmatch(port)
            ):
                yield _review(command, setting("networking.interfaces", int(size), below=(port, "mtu")))
            case ["set", "dev", port, "address", address] | ["set", port, "address", address] if _HARDWARE.fullmatch(
                address
            ) and _INTERFACE.fullmatch(port):
                yield _review(command, setting("networking.interfaces", string(address), below=(port, "macAddress")))
            case _:
                continue
    for bridge, commands in bridges.items():
        members = List(tuple(map(string, ports[bridge])))
        option = setting("networking.bridges", members, below=(bridge, "interfaces"))
        yield Match(tuple(commands), ((option,),), tier=Tier.REVIEW)


def _review(command: Command, option: Setting) -> Match:
    return Match((command,), ((option,),), tier=Tier.REVIEW)


_NIXOS = frozenset({"nixos"})
_PLACES = frozenset({Place.NETWORK, Place.SERVICE, Place.ACTIVATION, Place.BOOT})
_WHY = (
    "What a script sets up comes at a moment that no service can wait for, and fails when it is there already. NixOS has a unit for each "
    "interface that it knows, on which others can depend."
)
_KEEP = "Keep it inside network namespaces, and where NetworkManager or systemd-networkd own the interface."

ADDRESS = Rewrite(
    id="imp-ip-addr",
    summary="The address can be declared as an option",
    why=_WHY,
    keep=_KEEP,
    before='networking.localCommands = "ip addr add 192.168.1.2/24 dev eth0";',
    after='networking.interfaces.eth0.ipv4.addresses = [ { address = "192.168.1.2"; prefixLength = 24; } ];',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"ip"}),
    match=_addresses,
    options=("networking.interfaces.<name>.ipv4.addresses", "networking.interfaces.<name>.ipv6.addresses"),
)
ROUTE = Rewrite(
    id="imp-ip-route",
    summary="The route can be declared as an option",
    why=_WHY,
    keep=_KEEP,
    before='networking.localCommands = "ip route add 10.1.0.0/16 via 10.0.0.1 dev eth0";',
    after='networking.interfaces.eth0.ipv4.routes = [ { address = "10.1.0.0"; prefixLength = 16; via = "10.0.0.1"; } ];',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"ip"}),
    match=_routes,
    options=("networking.interfaces.<name>.ipv4.routes", "networking.defaultGateway"),
    tier=Tier.REVIEW,
)
LINK = Rewrite(
    id="imp-ip-link",
    summary="The interface can be declared as an option",
    why=_WHY,
    keep=_KEEP,
    before='networking.localCommands = "ip link add br0 type bridge && ip link set eth0 master br0";',
    after='networking.bridges.br0.interfaces = [ "eth0" ];',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"ip"}),
    match=_links,
    options=(
        "networking.bridges.<name>.interfaces",
        "networking.vlans.<name>",
        "networking.macvlans.<name>",
        "networking.interfaces.<name>.mtu",
        "networking.interfaces.<name>.macAddress",
    ),
    tier=Tier.REVIEW,
)
