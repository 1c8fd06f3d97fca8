"""`wg-quick up` and `tailscale up`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import List, Setting, Str, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.word import Word

WG_QUICK = Tool("wg-quick")

_SWITCHES = (
    "accept-dns",
    "accept-routes",
    "advertise-exit-node",
    "exit-node-allow-lan-access",
    "ssh",
    "shields-up",
    "reset",
    "snat-subnet-routes",
)
_VALUED = (
    "advertise-routes",
    "advertise-tags",
    "exit-node",
    "hostname",
    "login-server",
    "operator",
    "netfilter-mode",
    "timeout",
)
_KEYS = ("authkey", "auth-key")
TAILSCALE = Tool(
    "tailscale",
    long={name: f"{name}=" for name in (*_VALUED, *_KEYS)} | {name: name for name in _SWITCHES},
    single_dash=dict.fromkeys((*_VALUED, *_KEYS), True),
)
"""`tailscale up --help` of 1.90. A switch with a value (`--ssh=false`) is written as one word."""

_CONFIG = re.compile(r"/[\w./-]*?([\w-]{1,15})\.conf")
_NAME = re.compile(r"[\w-]{1,15}")
_READ_FILE = re.compile(rb'"?(?:\$\(\s*(?:cat\s+|<\s*)|`cat\s+)"?(/[\w./-]+)"?\s*[)`]"?')
_ROUTES = {"server": ("advertise-routes", "advertise-exit-node"), "client": ("accept-routes", "exit-node")}
_ORDER = frozenset({"after", "wants", "requires", "wantedBy", "serviceConfig.Restart", "serviceConfig.RestartSec"})


def _tunnels(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(WG_QUICK):
        match [word.value or "" for word in invocation.operands]:
            case ["up", what]:
                path = _CONFIG.fullmatch(what)
                name = path[1] if path else what
                if _NAME.fullmatch(name):
                    file = string(what if path else f"/etc/wireguard/{what}.conf")
                    option = setting("networking.wg-quick.interfaces", file, below=(name, "configFile"))
                    yield Match((command,), ((option,),), tier=Tier.REVIEW, absorbs=_ORDER)
            case _:
                continue


def _connected(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(TAILSCALE):
        if [word.value for word in invocation.operands] != ["up"]:
            continue
        key = next((word for name in _KEYS if (word := invocation.argument(name))), None)
        file = _key_file(reading.script.content, key) if key else None
        if key and file is None:
            if key.value:
                yield Match((command,), (), is_secret=True)
            continue
        flags = _flags(invocation)
        if flags is None:
            continue
        settings: list[Setting] = [setting("services.tailscale.enable", True)]
        if file:
            settings.append(setting("services.tailscale.authKeyFile", file))
        elif flags:
            # Without a key the options of `up` are not used (nixos/modules/services/networking/tailscale.nix).
            continue
        if flags:
            settings.append(setting("services.tailscale.extraUpFlags", List(tuple(flags))))
        roles = [role for role, names in _ROUTES.items() if any(map(invocation.has, names))]
        if roles:
            role = roles[0] if len(roles) == 1 else "both"
            settings.append(setting("services.tailscale.useRoutingFeatures", string(role)))
        yield Match((command,), (tuple(settings),), absorbs=_ORDER)


def _key_file(content: bytes, key: Word) -> Str | None:
    """Return the path of the file that holds the key: `$(cat /path)`, or `file:/path`."""
    if key.value:
        return string(key.value.removeprefix("file:")) if key.value.startswith("file:/") else None
    if key.leading.startswith("file:") and key.is_fixed:
        return word_string(key.without_prefix(len("file:")))
    written = content[key.span.start : key.span.end]
    _, _, behind = written.partition(b"=") if written.startswith(b"-") else (b"", b"", written)
    found = _READ_FILE.fullmatch(behind)
    return string(found[1].decode()) if found else None


def _flags(invocation: Invocation) -> list[Str] | None:
    flags: list[Str] = []
    for name, word in invocation.options:
        if name in _KEYS:
            continue
        if word is None:
            flags.append(string(f"--{name}"))
        elif (text := word_string(word)) is not None:
            first = text.pieces[0] if text.pieces else Text("")
            lead = f"--{name}=" + (first.text if isinstance(first, Text) else "")
            rest = text.pieces[1:] if isinstance(first, Text) else text.pieces
            flags.append(Str((Text(lead), *rest)))
        else:
            return None
    return flags


WIREGUARD = Rewrite(
    id="imp-wg-quick",
    summary="The tunnel can be declared as an option",
    why="NixOS has a service for each tunnel, which takes it down again when it stops. The file stays a path in a string: a path literal would copy the key into the store.",
    keep="Keep it where the tunnel is brought up by hand, or after something that only a script knows.",
    before='systemd.services.vpn.script = "wg-quick up /etc/wireguard/wg0.conf";',
    after='networking.wg-quick.interfaces.wg0.configFile = "/etc/wireguard/wg0.conf";',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT, Place.NETWORK},
    tools=frozenset({"wg-quick"}),
    match=_tunnels,
    options=("networking.wg-quick.interfaces.<name>.configFile",),
    tier=Tier.REVIEW,
)
TAILSCALE_UP = Rewrite(
    id="imp-tailscale-up",
    summary="The node's registration can be declared as an option",
    why="The module waits until the daemon answers, registers the node only if it is not yet, and sets what the kernel needs for routes.",
    keep="Keep it where the key is made when the machine starts.",
    before=(
        "systemd.services.tailscale-autoconnect.script = ''\n    tailscale up --authkey=\"$(cat /run/secrets/ts)\" "
        "--advertise-routes=192.168.1.0/24\n  '';"
    ),
    after=(
        'services.tailscale = { enable = true; authKeyFile = "/run/secrets/ts"; '
        'extraUpFlags = [ "--advertise-routes=192.168.1.0/24" ]; useRoutingFeatures = "server"; };'
    ),
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES,
    tools=frozenset({"tailscale"}),
    match=_connected,
    options=(
        "services.tailscale.authKeyFile",
        "services.tailscale.extraUpFlags",
        "services.tailscale.useRoutingFeatures",
    ),
)
