"""`iptables`, `nft -f` and `ufw`: trusted interfaces, address translation, whole rule sets, and ports in another distribution's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.firewall import CHAINS, INTERFACE, IPTABLES, LONG, TARGETS, is_off
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.word import Word

NAT = Tool(
    "iptables",
    flags="w",
    valued="AItpimjsod",
    long={
        **LONG,
        "source": "s=",
        "src": "s=",
        "out-interface": "o=",
        "destination": "d=",
        "to-destination": "to=",
        "to": "to=",
    },
)
"""iptables-extensions(8), only what masquerading and forwarding a port need."""
NFT = Tool("nft", valued="f", long={"file": "f"})
UFW = Tool("ufw", long={"force": "force"})

_NETWORK = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?")
_TARGET = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?::([0-9]{1,5}))?")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_UFW_PORT = re.compile(r"([1-9][0-9]{0,4})(?::([1-9][0-9]{0,4}))?(?:/(tcp|udp))?")
_UFW_NAMES = {"ssh": "22/tcp", "OpenSSH": "22/tcp", "http": "80/tcp", "https": "443/tcp"}
"""Names of /etc/services, and of the profile that OpenSSH brings."""
_RULES = re.compile(r"(?:\./|\.\./|/)[\w./+-]+")


def _rules(reading: Reading, *tools: Tool) -> Iterator[tuple[Match, Invocation, dict[str, str]]]:
    """Yield what appends one rule, with the texts of its options; those given twice, negated or not static are left out."""
    has_twin = any(
        path[:2] == ("networking", "firewall") and path[2:] == ("extraStopCommands",) for path in reading.defined
    )
    for command, invocation in reading.root_lines(*tools):
        texts = {key: word.value if word else "" for key, word in invocation.options}
        known = {key: text for key, text in texts.items() if text is not None}
        if invocation.operands or len(known) != len(invocation.options) or ("A" in known) == ("I" in known):
            continue
        note = "Take its counterpart out of `extraStopCommands` too." if has_twin else ""
        tier = Tier.REVIEW if has_twin else Tier.MECHANICAL
        yield Match((command,), (), tier=tier, note=note), invocation, known


def _trusted(reading: Reading) -> Iterator[Match]:
    if is_off(reading):
        return
    for found, _, given in _rules(reading, *IPTABLES):
        chain, interface = given.get("A") or given.get("I"), given.get("i", "")
        if (
            chain in CHAINS
            and given.get("j") in TARGETS
            and given.get("t", "filter") == "filter"
            and INTERFACE.fullmatch(interface)
            and interface != "lo"
            and given.keys() <= {"A", "I", "i", "j", "t", "w", "m", "comment"}
            and given.get("m", "comment") == "comment"
        ):
            option = setting("networking.firewall.trustedInterfaces", List((string(interface),)))
            yield Match(found.commands, ((option,),), tier=found.tier, note=found.note)


def _masquerade(reading: Reading) -> Iterator[Match]:
    for found, _, given in _rules(reading, NAT):
        if (
            given.get("t") == "nat"
            and given.get("A") == "POSTROUTING"
            and given.get("j") == "MASQUERADE"
            and given.keys() == {"t", "A", "j", "s", "o"}
            and INTERFACE.fullmatch(given["o"])
            and _NETWORK.fullmatch(given["s"])
        ):
            settings = (
                setting("networking.nat.enable", True),
                setting("networking.nat.externalInterface", string(given["o"])),
                setting("networking.nat.internalIPs", List((string(given["s"]),))),
            )
            note = f"It also lets the machine forward packets (`net.ipv4.ip_forward`). {found.note}".rstrip()
            yield Match(found.commands, (settings,), tier=Tier.REVIEW, note=note)


def _forwarded(reading: Reading) -> Iterator[Match]:
    for found, _, given in _rules(reading, NAT):
        target = _TARGET.fullmatch(given.get("to", ""))
        if (
            given.get("t") != "nat"
            or given.get("A") != "PREROUTING"
            or given.get("j") != "DNAT"
            or not {"t", "A", "j", "p", "dport", "to"} <= given.keys() <= {"t", "A", "j", "p", "dport", "to", "i", "m"}
            or given["p"] not in {"tcp", "udp"}
            or given.get("m", given["p"]) != given["p"]
            or not _PORT.fullmatch(given["dport"])
            or not target
        ):
            continue
        interface = given.get("i")
        if not interface and ("networking", "nat", "externalInterface") not in reading.defined:
            continue
        forward = Attrs(
            (
                ("sourcePort", int(given["dport"])),
                ("proto", string(given["p"])),
                ("destination", string(f"{target[1]}:{target[2] or given['dport']}")),
            )
        )
        settings = [setting("networking.nat.enable", True)]
        if interface:
            settings.append(setting("networking.nat.externalInterface", string(interface)))
        settings.append(setting("networking.nat.forwardPorts", List((forward,))))
        yield Match(found.commands, (tuple(settings),), tier=Tier.REVIEW, note=found.note)


def _loaded(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(NFT):
        file = invocation.argument("f")
        rules = _file(file) if file and not invocation.operands else None
        if rules is None or ("networking", "nftables", "ruleset") in reading.defined:
            continue
        settings = (setting("networking.nftables.enable", True), setting("networking.nftables.rulesetFile", rules))
        note = "With nftables, NixOS refuses `networking.firewall.extraCommands`, and its own firewall is written in nftables as well."
        yield Match((command,), (settings,), tier=Tier.REVIEW, note=note)


def _file(word: Word) -> Value | None:
    match word.pieces:
        case (Antiquotation(expression),) if _RULES.fullmatch(expression):
            return Expression(expression)
        case (Text(text),) if text.startswith("/"):
            return string(text)
        case _:
            return None


def _allowed(reading: Reading) -> Iterator[Match]:
    if is_off(reading):
        return
    for command, invocation in reading.root_lines(UFW):
        match [word.value or "" for word in invocation.operands]:
            case ["enable"]:
                yield Match((command,), ((setting("networking.firewall.enable", True),),))
            case ["allow", what] | ["allow", "in", what]:
                if settings := _ports(what):
                    yield Match((command,), (settings,))
            case _:
                continue


def _ports(what: str) -> tuple[Setting, ...] | None:
    port = _UFW_PORT.fullmatch(_UFW_NAMES.get(what, what))
    if not port or int(port[2] or port[1]) > 65535 or (port[2] and (not port[3] or int(port[2]) < int(port[1]))):
        return None
    item: Value = Attrs((("from", int(port[1])), ("to", int(port[2])))) if port[2] else int(port[1])
    kind = "PortRanges" if port[2] else "Ports"
    protocols = (port[3],) if port[3] else ("tcp", "udp")
    return tuple(setting(f"networking.firewall.allowed{name.upper()}{kind}", List((item,))) for name in protocols)


_NIXOS = frozenset({"nixos"})
_FIREWALL = frozenset({Place.FIREWALL, Place.ACTIVATION, Place.BOOT, Place.NETWORK})

TRUSTED = Rewrite(
    id="imp-iptables-trusted",
    summary="The interface can be trusted by an option",
    why=(
        "A rule added by hand is added again at each reload unless something takes it away first, and stops working when the host moves to "
        "nftables. The option accepts what comes in on the interface, for IPv4 and IPv6."
    ),
    keep="Keep rules that accept only some of an interface's traffic. `lo` is trusted already.",
    before='networking.firewall.extraCommands = "iptables -A INPUT -i tailscale0 -j ACCEPT";',
    after='networking.firewall.trustedInterfaces = [ "tailscale0" ];',
    lanes=_NIXOS,
    places=_FIREWALL,
    tools=frozenset({"iptables", "ip6tables", "ip46tables"}),
    match=_trusted,
    options=("networking.firewall.trustedInterfaces",),
)
MASQUERADE = Rewrite(
    id="imp-iptables-masquerade",
    summary="The address translation can be declared as an option",
    why=(
        "`networking.nat` writes the rules in the words of the firewall that the host has, takes them away when it stops, and lets the "
        "kernel forward packets."
    ),
    keep="Keep it for several external interfaces, and for rules with exceptions.",
    before='networking.firewall.extraCommands = "iptables -t nat -A POSTROUTING -s 10.100.0.0/24 -o eth0 -j MASQUERADE";',
    after='networking.nat = { enable = true; externalInterface = "eth0"; internalIPs = [ "10.100.0.0/24" ]; };',
    lanes=_NIXOS,
    places=_FIREWALL,
    tools=frozenset({"iptables"}),
    match=_masquerade,
    options=("networking.nat.enable", "networking.nat.externalInterface", "networking.nat.internalIPs"),
    tier=Tier.REVIEW,
)
FORWARD = Rewrite(
    id="imp-iptables-dnat",
    summary="The forwarded port can be declared as an option",
    why="`networking.nat.forwardPorts` writes the rule for the firewall that the host has, and takes it away when the firewall stops.",
    keep="Keep rules that look at the source, or that only some interfaces have.",
    before=(
        'networking.firewall.extraCommands = "iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 4242 -j DNAT '
        '--to-destination 192.168.1.5:4242";'
    ),
    after=(
        'networking.nat = { enable = true; externalInterface = "eth0"; '
        'forwardPorts = [ { sourcePort = 4242; proto = "tcp"; destination = "192.168.1.5:4242"; } ]; };'
    ),
    lanes=_NIXOS,
    places=_FIREWALL,
    tools=frozenset({"iptables"}),
    match=_forwarded,
    options=("networking.nat.forwardPorts", "networking.nat.externalInterface"),
    tier=Tier.REVIEW,
)
LOAD_RULES = Rewrite(
    id="imp-nft-load",
    summary="The rule set can be loaded by an option",
    why="NixOS checks the rules when it builds the system, and loads them at once, so that the host is never without any.",
    keep="Keep it where the rules are made at run time, or docker writes rules of its own with iptables.",
    before='networking.firewall.extraCommands = "${pkgs.nftables}/bin/nft -f ${./rules.nft}";',
    after="networking.nftables = { enable = true; rulesetFile = ./rules.nft; };",
    lanes=_NIXOS,
    places=_FIREWALL | {Place.SERVICE},
    tools=frozenset({"nft"}),
    match=_loaded,
    options=("networking.nftables.enable", "networking.nftables.rulesetFile"),
    tier=Tier.REVIEW,
)
UFW_ALLOW = Rewrite(
    id="imp-ufw",
    summary="The port can be opened by an option",
    why="NixOS has a firewall of its own, which is on by default; ufw is not there, and its rules would stand beside those of NixOS.",
    keep="Keep rules that restrict sources, or that refuse.",
    before='system.activationScripts.fw = "ufw allow 22/tcp";',
    after="networking.firewall.allowedTCPPorts = [ 22 ];",
    lanes=_NIXOS,
    places=_FIREWALL | {Place.SERVICE},
    tools=frozenset({"ufw"}),
    match=_allowed,
    options=(
        "networking.firewall.allowedTCPPorts",
        "networking.firewall.allowedUDPPorts",
        "networking.firewall.enable",
    ),
)
