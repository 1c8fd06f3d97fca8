"""`iptables -A INPUT … -j ACCEPT`: ports opened by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation

LONG = {
    "append": "A=",
    "insert": "I=",
    "table": "t=",
    "protocol": "p=",
    "proto": "p=",
    "in-interface": "i=",
    "match": "m=",
    "jump": "j=",
    "wait": "w",
    "dport": "dport=",
    "destination-port": "dport=",
    "dports": "dports=",
    "destination-ports": "dports=",
    "comment": "comment=",
}
IPTABLES = tuple(Tool(name, flags="w", valued="AItpimj", long=LONG) for name in ("iptables", "ip6tables", "ip46tables"))
"""iptables(8), only what a plain opening of a port needs: a rule with a source, a state, a limit or a negation is not understood.
`ip46tables` is the NixOS firewall's own function for both families (nixos/modules/services/networking/firewall-iptables.nix)."""

CHAINS = frozenset({"INPUT", "nixos-fw"})
TARGETS = frozenset({"ACCEPT", "nixos-fw-accept"})
_MATCHES = frozenset({"tcp", "udp", "comment", "multiport"})
_PORT = re.compile(r"([1-9][0-9]{0,4})(?::([1-9][0-9]{0,4}))?")
INTERFACE = re.compile(r"[A-Za-z][\w.-]{0,14}")


def _match(reading: Reading) -> Iterator[Match]:
    if is_off(reading):
        return
    for command, invocation, run in reading.lines(*IPTABLES):
        if run.user or invocation.has("A") == invocation.has("I"):
            continue
        if settings := _opening(invocation):
            has_twin = ("networking", "firewall", "extraStopCommands") in reading.defined
            yield Match(
                (command,),
                (settings,),
                tier=Tier.REVIEW if has_twin else Tier.MECHANICAL,
                note="Take its counterpart out of `extraStopCommands` too." if has_twin else "",
            )


def is_off(reading: Reading) -> bool:
    """Tell whether the file switches the firewall off: a list of open ports would say nothing then."""
    value = reading.defined.get(("networking", "firewall", "enable"))
    return value is not None and value.text == b"false"


def _opening(invocation: Invocation) -> tuple[Setting, ...] | None:
    texts = {key: word.value if word else "" for key, word in invocation.options}
    keys = [key for key, _ in invocation.options]
    chain = texts.get("A") or texts.get("I")
    position = [word.value for word in invocation.operands]
    if (
        None in texts.values()
        or chain not in CHAINS
        or texts.get("j") not in TARGETS
        or texts.get("t", "filter") != "filter"
        or any(keys.count(key) > 1 for key in ("p", "dport", "dports", "i", "j"))
        or not all(word and word.value in _MATCHES for key, word in invocation.options if key == "m")
        or (position and not (texts.get("I") and len(position) == 1 and (position[0] or "").isdigit()))
    ):
        return None
    protocol = texts.get("p")
    ports = _ports(texts.get("dports") or texts.get("dport") or "")
    interface = texts.get("i")
    if protocol not in {"tcp", "udp"} or not ports or ("dport" in texts) == ("dports" in texts):
        return None
    if interface is not None and (interface == "lo" or not INTERFACE.fullmatch(interface)):
        return None
    base = ("networking", "firewall", *(("interfaces", interface) if interface else ()))
    name = f"allowed{protocol.upper()}Port"
    single: tuple[Value, ...] = tuple(first for first, last in ports if first == last)
    ranges: tuple[Value, ...] = tuple(Attrs((("from", first), ("to", last))) for first, last in ports if first != last)
    return tuple(
        Setting((*base, option), List(items))
        for option, items in ((f"{name}s", single), (f"{name}Ranges", ranges))
        if items
    )


def _ports(text: str) -> list[tuple[int, int]] | None:
    ports: list[tuple[int, int]] = []
    for part in text.split(","):
        port = _PORT.fullmatch(part)
        if not port:
            return None
        first, last = int(port[1]), int(port[2] or port[1])
        if not first <= last <= 65535:
            return None
        ports.append((first, last))
    return ports


OPEN_PORT = Rewrite(
    id="imp-iptables-port",
    summary="The port can be opened by an option",
    why=(
        "A rule added by hand is added again at each reload unless something takes it away first, knows nothing of the rules that NixOS "
        "writes, and stops working when the host moves to nftables. The options open the port for IPv4 and IPv6."
    ),
    keep="Keep rules that restrict sources, match states or rates, forward, or translate addresses.",
    before='networking.firewall.extraCommands = "iptables -A INPUT -p tcp --dport 8080 -j ACCEPT";',
    after="networking.firewall.allowedTCPPorts = [ 8080 ];",
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.FIREWALL, Place.ACTIVATION}),
    tools=frozenset({"iptables", "ip6tables", "ip46tables"}),
    match=_match,
    options=(
        "networking.firewall.allowedTCPPorts",
        "networking.firewall.allowedTCPPortRanges",
        "networking.firewall.allowedUDPPorts",
        "networking.firewall.interfaces.<name>",
    ),
)
