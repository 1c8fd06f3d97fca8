"""`systemctl` and `loginctl`: units switched on, reloaded and restarted by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Expression, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEMCTL = Tool(
    "systemctl",
    flags="qf",
    long={
        "now": "now",
        "user": "user",
        "system": "system",
        "quiet": "q",
        "force": "f",
        "no-block": "no-block",
        "no-reload": "no-reload",
    },
)
LOGINCTL = Tool("loginctl", long={"no-ask-password": "no-ask-password"})

_MODULES = {
    "sshd": "services.openssh.enable",
    "docker": "virtualisation.docker.enable",
    "libvirtd": "virtualisation.libvirtd.enable",
    "bluetooth": "hardware.bluetooth.enable",
    "NetworkManager": "networking.networkmanager.enable",
    "cups": "services.printing.enable",
    "avahi-daemon": "services.avahi.enable",
    "tailscaled": "services.tailscale.enable",
    "postgresql": "services.postgresql.enable",
    "nginx": "services.nginx.enable",
    "fail2ban": "services.fail2ban.enable",
    "fstrim.timer": "services.fstrim.enable",
    "fwupd": "services.fwupd.enable",
    "upower": "services.upower.enable",
    "thermald": "services.thermald.enable",
    "syncthing": "services.syncthing.enable",
}
"""Units of nixpkgs' modules, each with the option that brings it (nixos/modules)."""
_ALIASES = {"ssh": "sshd", "openssh": "sshd", "cups.socket": "cups", "network-manager": "NetworkManager"}
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_UNIT = re.compile(r"[A-Za-z0-9][\w@-]*")


def _enable(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(SYSTEMCTL):
        verb, *units = [(word.value or "").removesuffix(".service") for word in invocation.operands] or [""]
        options = [_MODULES.get(_ALIASES.get(unit, unit)) for unit in units]
        if verb == "enable" and options and None not in options and not invocation.has("user"):
            settings = tuple(setting(option, True) for option in options if option)
            yield Match((command,), (settings,))


def _disable(reading: Reading) -> Iterator[Match]:
    """A unit that nothing here declares would be made anew, empty, by a setting of its own: of such it is only told."""
    for command, invocation, run in reading.lines(SYSTEMCTL):
        verb, *units = [(word.value or "").removesuffix(".service") for word in invocation.operands] or [""]
        if verb not in {"disable", "mask"} or len(units) != 1 or not _UNIT.fullmatch(units[0]):
            continue
        is_user, unit = invocation.has("user"), _ALIASES.get(units[0], units[0])
        base = ("systemd", "user", "services") if is_user else ("systemd", "services")
        is_declared = any(path[: len(base) + 1] == (*base, unit) for path in reading.defined)
        if reading.lane == "nixos" and not run.user and (is_declared or (unit in _MODULES and not is_user)):
            off = Setting((*base, unit, "enable"), value=False)
            never = Setting((*base, unit, "wantedBy"), Expression("lib.mkForce [ ]"))
            yield Match((command,), ((off if verb == "mask" else never,),), tier=Tier.REVIEW)
        elif is_user or reading.lane == "nixos":
            note = (
                "If a module of NixOS brings the unit, say there that nothing wants it: `wantedBy = lib.mkForce [ ]`."
            )
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=(".".join(base),))


def _reload(reading: Reading) -> Iterator[Match]:
    content = reading.script.content
    if b"systemd/" in content or b".service" in content.replace(b"daemon.service", b""):
        return
    for command, invocation, _ in reading.lines(SYSTEMCTL):
        if [word.value for word in invocation.operands] == ["daemon-reload"]:
            yield Match((command,), ((),))


def _restart(reading: Reading) -> Iterator[Match]:
    for command, invocation, _ in reading.lines(SYSTEMCTL):
        verb, *units = [(word.value or "").removesuffix(".service") for word in invocation.operands] or [""]
        if verb not in {"restart", "try-restart", "reload", "reload-or-restart"} or len(units) != 1:
            continue
        of_user = reading.lane == "home-manager"
        if invocation.has("user") is not of_user or not _UNIT.fullmatch(units[0]):
            continue
        if of_user:
            note = "A switch restarts a unit whose definition has changed: `X-Restart-Triggers` of its `Unit` lists what else counts."
            advised = "systemd.user.services"
        else:
            note = "A switch restarts a unit whose definition has changed, or what it lists there."
            advised = f"systemd.services.{units[0]}.restartTriggers"
        yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=(advised,))


def _linger(reading: Reading) -> Iterator[Match]:
    managed = reading.defined.get(("users", "manageLingering"))
    if managed is not None and managed.text == b"false":
        return
    for command, invocation in reading.root_lines(LOGINCTL):
        verb, *users = [word.value or "" for word in invocation.operands] or [""]
        if verb == "enable-linger" and users and all(_USER.fullmatch(user) for user in users):
            settings = tuple(setting("users.users", True, below=(user, "linger")) for user in users)
            yield Match((command,), (settings,))


ENABLE = Rewrite(
    id="imp-systemctl-enable",
    summary="The service can be switched on by its option",
    why=(
        "/etc/systemd/system belongs to the configuration: `systemctl enable` fails there, or is undone by the next switch; and without "
        "its module the service has no configuration."
    ),
    keep="Keep nothing of it on NixOS.",
    before='system.activationScripts.ssh = "systemctl enable --now sshd";',
    after="services.openssh.enable = true;",
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"systemctl"}),
    match=_enable,
    options=tuple(dict.fromkeys(_MODULES.values())),
)
DISABLE = Rewrite(
    id="imp-systemctl-disable",
    summary="A unit that must not start can be declared so",
    why=(
        "What `systemctl disable` and `mask` take away in /etc, the next switch puts back: the units and their links there belong to the "
        "configuration."
    ),
    keep="Keep it for units that a program brings in by itself, outside of the configuration.",
    before='system.activationScripts.quiet = "systemctl disable cups.service || true";',
    after="systemd.services.cups.wantedBy = lib.mkForce [ ];",
    lanes=frozenset({"nixos", "home-manager"}),
    places=ROOT_PLACES | {Place.BOOT, Place.USER_ACTIVATION, Place.HOME_ACTIVATION},
    tools=frozenset({"systemctl"}),
    match=_disable,
    options=("systemd.services.<name>.wantedBy", "systemd.services.<name>.enable"),
    tier=Tier.REVIEW,
)
RELOAD = Rewrite(
    id="imp-daemon-reload",
    summary="A switch reloads systemd itself",
    why="NixOS and home-manager reload systemd after they have put the new units in place; a reload before that reads the old ones.",
    keep="Keep it in a script that writes units at run time.",
    before='system.activationScripts.reload = "systemctl daemon-reload";',
    after="",
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION}),
    tools=frozenset({"systemctl"}),
    match=_reload,
)
RESTART = Rewrite(
    id="imp-systemctl-restart",
    summary="A unit that has to restart when something changes can say so itself",
    why="Activation runs before the units are switched: the restart uses the old definition, and happens at every switch.",
    keep="Keep it where what changed is not in the configuration.",
    before='system.activationScripts.reload = "systemctl restart nginx";',
    after='systemd.services.nginx.restartTriggers = [ config.environment.etc."nginx/extra.conf".source ];',
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION}),
    tools=frozenset({"systemctl"}),
    match=_restart,
    options=("systemd.services.<name>.restartTriggers", "systemd.user.services"),
    tier=Tier.EXPLAINED,
)
LINGER = Rewrite(
    id="imp-linger",
    summary="Lingering can be declared with the account",
    why="`loginctl enable-linger` is state in /var/lib/systemd that no configuration shows.",
    keep="Keep it for accounts that the configuration does not declare.",
    before='systemd.services.linger.serviceConfig.ExecStart = "${pkgs.systemd}/bin/loginctl enable-linger alice";',
    after="users.users.alice.linger = true;",
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"loginctl"}),
    match=_linger,
    options=("users.users.<name>.linger",),
)
