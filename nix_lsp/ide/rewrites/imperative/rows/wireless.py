"""Wireless networks: `nmcli connection add`, and keys that stand in the configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Expansion
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Value, scalar, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Runs
    from nix_lsp.analysis.shell.word import Word

_GLOBAL = frozenset({"-t", "--terse", "-w", "--wait"})
_SHORT = {
    "type": "connection.type",
    "con-name": "connection.id",
    "ifname": "connection.interface-name",
    "autoconnect": "connection.autoconnect",
    "ssid": "wifi.ssid",
    "mode": "wifi.mode",
}
"""nmcli(1): names of properties without their setting."""
_SETTINGS = {
    "802-11-wireless": "wifi",
    "802-11-wireless-security": "wifi-security",
    "802-3-ethernet": "ethernet",
    "wifi-sec": "wifi-security",
}
_KNOWN = frozenset(
    {
        *("connection.type", "connection.id", "connection.interface-name", "connection.autoconnect"),
        *("connection.autoconnect-priority", "connection.permissions", "connection.metered"),
        *("wifi.ssid", "wifi.mode", "wifi.hidden", "wifi.band"),
        *("wifi-security.key-mgmt", "wifi-security.psk"),
        *("ipv4.method", "ipv6.method", "ipv4.never-default", "ipv6.never-default"),
    }
)
"""Properties that a keyfile spells as nmcli does (nm-settings-keyfile(5))."""
_TYPES = frozenset({"wifi", "ethernet"})
_YES = {"yes": True, "no": False, "true": True, "false": False}
_PROFILE = re.compile(r"[A-Za-z][\w-]*")
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z0-9_]*)\}?")
_PROFILES = "networking.networkmanager.ensureProfiles"
_WIRELESS = "networking.wireless"


def _added(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        if run.tool != "nmcli" or run.user or reading.service_user:
            continue
        properties = _properties(run)
        name = properties.get("connection.id") if properties else None
        profile = (name.value if name else None) or ""
        if properties is None or not _PROFILE.fullmatch(profile):
            continue
        sections, has_key = _sections(properties, profile)
        if sections is None:
            continue
        settings = [setting(f"{_PROFILES}.profiles", sections, below=(profile,))]
        if has_key and (*_PROFILES.split("."), "environmentFiles") not in reading.defined:
            files = List((string("/run/secrets/network-manager.env"),))
            settings.insert(0, setting(f"{_PROFILES}.environmentFiles", files))
        note = "The key comes from a file of `NAME=value` lines that is not in the configuration." if has_key else ""
        yield Match((command,), (tuple(settings),), tier=Tier.REVIEW, note=note)


def _properties(run: Runs) -> dict[str, Word] | None:
    """Read `connection add name value …`, each name in full; None for anything else."""
    words = [word for word in run.arguments if word.value not in _GLOBAL]
    first = [word.value or "" for word in words[:2]]
    if len(first) < 2 or not first[0] or not "connection".startswith(first[0]) or first[1] not in {"add", "a"}:
        return None
    pairs = words[2:]
    if len(pairs) % 2:
        return None
    found: dict[str, Word] = {}
    for name, value in zip(pairs[::2], pairs[1::2], strict=True):
        spelled = (name.value or "").removeprefix("+")
        spelled = _SHORT.get(spelled, spelled)
        section, _, rest = spelled.partition(".")
        key = f"{_SETTINGS.get(section, section)}.{rest}"
        if key not in _KNOWN or key in found:
            return None
        found[key] = value
    return found


def _sections(properties: dict[str, Word], profile: str) -> tuple[Attrs | None, bool]:
    """Return the sections of the keyfile, and whether a key is among what they say; None where a value is not understood."""
    sections: dict[str, list[tuple[str | tuple[str, ...], Value]]] = {}
    has_key = False
    for key, word in properties.items():
        section, _, name = key.partition(".")
        value: Value | None = scalar(word)
        if key == "wifi-security.psk":
            has_key = True
            value = string(f"${_variable(word, profile)}")
        elif value is None or (key == "connection.type" and word.value not in _TYPES):
            return None, False
        elif key == "connection.interface-name" and word.value == "*":
            continue
        elif word.value in _YES:
            value = _YES[word.value]
        sections.setdefault(section, []).append((name, value))
    if "connection.type" not in properties:
        return None, False
    ordered = tuple((section, Attrs(tuple(items))) for section, items in sections.items())
    return Attrs(ordered), has_key


def _variable(word: Word, profile: str) -> str:
    """Return the name of the variable that holds a key: the script's own, or one that is made of the profile's name."""
    if len(word.pieces) == 1 and isinstance(word.pieces[0], Expansion):
        found = _VARIABLE.fullmatch(word.pieces[0].text)
        if found:
            return found[1]
    return f"PSK_{_spelled(profile).upper()}"


def _spelled(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _literal(reading: Reading) -> Iterator[Match]:
    key, name = reading.text.text, _spelled(reading.path[3])
    if key is None or len(key) < 8 or key.startswith("@") or not name.isascii() or not name:
        return
    if any(path[:3] == ("networking", "wireless", "environmentFile") for path in reading.defined):
        return
    settings = [setting(f"{_WIRELESS}.networks", string(f"ext:psk_{name}"), below=(reading.path[3], "pskRaw"))]
    if ("networking", "wireless", "secretsFile") not in reading.defined:
        settings.append(setting(f"{_WIRELESS}.secretsFile", string("/run/secrets/wireless.conf")))
    note = f"Write `psk_{name}=…` into the file of secrets. This key has been readable: choose another."
    yield Match((), (tuple(settings),), is_whole=True, tier=Tier.REVIEW, note=note)


_NIXOS = frozenset({"nixos"})

PROFILE = Rewrite(
    id="imp-nmcli-add",
    summary="The connection can be declared as an option",
    why=(
        "`nmcli connection add` makes one more connection of the same name each time that it runs, and a key among its operands can be "
        "read in the list of processes. A declared profile is written once, with keys from a file that is not in the store."
    ),
    keep="Keep it for connections that users make for themselves.",
    before=(
        'systemd.services.wifi.script = "nmcli connection add type wifi con-name home ssid home wifi-sec.key-mgmt wpa-psk wifi-sec.psk $PSK";'
    ),
    after=(
        'networking.networkmanager.ensureProfiles = { environmentFiles = [ "/run/secrets/network-manager.env" ]; '
        'profiles.home = { connection = { type = "wifi"; id = "home"; }; wifi.ssid = "home"; '
        'wifi-security = { key-mgmt = "wpa-psk"; psk = "$PSK"; }; }; };'
    ),
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT, Place.NETWORK},
    tools=frozenset({"nmcli"}),
    match=_added,
    options=(f"{_PROFILES}.profiles", f"{_PROFILES}.environmentFiles"),
    tier=Tier.REVIEW,
)
LITERAL_KEY = Rewrite(
    id="imp-wpa-psk-literal",
    summary="The key of the network stands in the store, where everybody can read it",
    why=(
        "What a configuration says is copied into /nix/store, which every user and every program can read, and into each machine that the "
        "configuration is copied to. wpa_supplicant takes a key from a file of its own where the configuration only names it."
    ),
    keep="Keep it for a network that is open to everybody anyway.",
    before='networking.wireless.networks.home.psk = "hunter22";',
    after=(
        'networking.wireless.networks.home.pskRaw = "ext:psk_home";\n  networking.wireless.secretsFile = "/run/secrets/wireless.conf";'
    ),
    lanes=_NIXOS,
    places=frozenset({Place.VALUE}),
    tools=frozenset({"psk"}),
    match=_literal,
    options=(f"{_WIRELESS}.networks.<name>.pskRaw", f"{_WIRELESS}.secretsFile"),
    severity=Severity.WARNING,
    tier=Tier.REVIEW,
)
