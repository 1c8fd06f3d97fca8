"""`hostnamectl`, `scutil --set`, `/etc/hosts`, `/etc/resolv.conf`: what machines are called, and who is asked."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import List, Setting, string

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTNAMECTL = Tool("hostnamectl", long={"static": "static", "no-ask-password": "no-ask-password"})
SCUTIL = Tool("scutil", long={"set": "set"})

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_HOST = re.compile(r"[A-Za-z0-9_.-]+")
_SCUTIL = {"ComputerName": "computerName", "HostName": "hostName", "LocalHostName": "localHostName"}
_OWN_RESOLVERS = ("services.resolved.enable", "services.dnsmasq.enable", "networking.networkmanager.enable")
"""What writes /etc/resolv.conf itself, or is asked in its place."""


def _named(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(HOSTNAMECTL, SCUTIL):
        words = [word.value or "" for word in invocation.operands]
        if invocation.tool == "scutil":
            if reading.lane == "nix-darwin" and invocation.has("set") and len(words) == 2 and words[0] in _SCUTIL:
                option = _SCUTIL[words[0]]
                if words[1] and (option == "computerName" or _HOST.fullmatch(words[1])):
                    yield Match((command,), ((setting(f"networking.{option}", string(words[1])),),))
        elif reading.lane == "nixos" and len(words) == 2 and words[0] in {"set-hostname", "hostname"}:
            name, dot, domain = words[1].partition(".")
            if _NAME.fullmatch(name) and (not dot or _DOMAIN.fullmatch(domain)):
                settings = [setting("networking.hostName", string(name))]
                if domain:
                    settings.append(setting("networking.domain", string(domain)))
                yield Match((command,), (tuple(settings),))


def _hosts(reading: Reading) -> Iterator[Match]:
    for write in reading.root_writes:
        if write.path.value != "/etc/hosts" or not write.is_append:
            continue
        lines = [line.partition("#")[0].split() for line in (write.value or "").splitlines()]
        entries = [line for line in lines if line]
        if entries and all(
            is_address(line[0]) and len(line) > 1 and all(map(_HOST.fullmatch, line[1:])) for line in entries
        ):
            names: dict[str, list[str]] = {}
            for address, *hosts in entries:
                names.setdefault(address, []).extend(hosts)
            settings = tuple(
                setting("networking.hosts", List(tuple(map(string, hosts))), below=(address,))
                for address, hosts in names.items()
            )
            yield Match((write.command,), (settings,))


def _resolvers(reading: Reading) -> Iterator[Match]:
    if any(map(reading.is_on, _OWN_RESOLVERS)) or any(
        path[:2] == ("networking", "resolvconf")
        or path[:3] == ("environment", "etc", "resolv.conf")
        or path[0] == "wsl"
        for path in reading.defined
        if path
    ):
        return
    for write in reading.root_writes:
        if write.path.value == "/etc/resolv.conf" and reading.lane == "nix-darwin":
            note = "macOS writes the file itself; `networking.knownNetworkServices` says which services are to ask the servers."
            yield Match((write.command,), (), tier=Tier.EXPLAINED, note=note, advised=("networking.dns",))
        elif write.path.value == "/etc/resolv.conf" and (settings := _resolver_settings(write.value or "")):
            yield Match((write.command,), (settings,))


def _resolver_settings(text: str) -> tuple[Setting, ...] | None:
    """Return the options that say what resolv.conf(5) says; None for lines that have none."""
    lines = [line.split() for line in text.splitlines() if line.strip() and line.lstrip()[0] not in "#;"]
    servers = [line[1] for line in lines if line[0] == "nameserver" and len(line) == 2]
    domains = [domain for line in lines if line[0] in {"search", "domain"} for domain in line[1:]]
    if not servers or any(line[0] not in {"nameserver", "search", "domain"} for line in lines):
        return None
    if not all(map(is_address, servers)) or not all(map(_DOMAIN.fullmatch, domains)):
        return None
    settings = [setting("networking.nameservers", List(tuple(map(string, servers))))]
    if domains:
        settings.append(setting("networking.search", List(tuple(map(string, domains)))))
    return tuple(settings)


def is_address(text: str) -> bool:
    """Tell whether a text is an address of IPv4 or IPv6."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


HOSTNAME = Rewrite(
    id="imp-hostname",
    summary="The machine's name can be declared as an option",
    why="The name is set from the configuration at each start: one set by a command fails, or holds until the next switch.",
    keep="Keep it on images whose machines get their names when they are first started.",
    before='system.activationScripts.h = "hostnamectl set-hostname box";',
    after='networking.hostName = "box";',
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"hostnamectl", "scutil"}),
    match=_named,
    options=("networking.hostName", "networking.domain", "networking.computerName", "networking.localHostName"),
)
HOSTS = Rewrite(
    id="imp-etc-hosts",
    summary="The names can be declared as an option",
    why="/etc/hosts is a link into the store: writing to it fails, and where it is a file, each run appends the same lines again.",
    keep="Keep it inside containers, and for names that are only known at run time.",
    before="system.activationScripts.hosts = \"echo '127.0.0.1 syncthing.localhost' >> /etc/hosts\";",
    after='networking.hosts."127.0.0.1" = [ "syncthing.localhost" ];',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT, Place.NETWORK},
    tools=frozenset({"/etc/hosts"}),
    match=_hosts,
    options=("networking.hosts",),
)
RESOLVERS = Rewrite(
    id="imp-resolv-conf",
    summary="The name servers can be declared as an option",
    why="/etc/resolv.conf is written by resolvconf from what the configuration and DHCP say: what a script writes there is lost at the next lease.",
    keep="Keep it where another program owns the file: systemd-resolved, a VPN, WSL.",
    before="system.activationScripts.dns = \"echo 'nameserver 1.1.1.1' > /etc/resolv.conf\";",
    after='networking.nameservers = [ "1.1.1.1" ];',
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=ROOT_PLACES | {Place.BOOT, Place.NETWORK},
    tools=frozenset({"/etc/resolv.conf"}),
    match=_resolvers,
    options=("networking.nameservers", "networking.search", "networking.dns"),
)
