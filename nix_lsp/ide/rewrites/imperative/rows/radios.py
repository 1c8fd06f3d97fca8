"""`bluetoothctl` and `rfkill`: radios, switched by a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

BLUETOOTHCTL = Tool("bluetoothctl")
RFKILL = Tool("rfkill")

_WIRELESS = frozenset({"wifi", "wlan", "wwan"})


def _match_power(reading: Reading) -> Iterator[Match]:
    if not (reading.is_at_boot or reading.place is Place.POWER):
        return
    for command, invocation in reading.root_lines(BLUETOOTHCTL):
        if [word.value for word in invocation.operands] == ["power", "on"]:
            settings = (setting("hardware.bluetooth.enable", True), setting("hardware.bluetooth.powerOnBoot", True))
            # The machine wakes more often than it starts.
            tier = Tier.REVIEW if reading.place is Place.POWER else Tier.MECHANICAL
            yield Match((command,), (settings,), tier=tier)


def _match_switch(reading: Reading) -> Iterator[Match]:
    lines = [(command, invocation) for command, invocation in reading.root_lines(RFKILL) if invocation.operands]
    if {invocation.operands[0].value for _, invocation in lines} >= {"block", "unblock"}:
        # It is to reset the device.
        return
    for command, invocation in lines:
        words = [word.value or "" for word in invocation.operands]
        match words:
            case ["block", "bluetooth"]:
                advised, note = ("hardware.bluetooth.powerOnBoot",), ""
            case ["block", kind] if kind in _WIRELESS:
                advised, note = ("boot.blacklistedKernelModules",), "A device that is never wanted needs no driver."
            case ["block" | "unblock", kind] if kind:
                advised, note = (
                    ("boot.kernelParams",),
                    "`rfkill.default_state=0` (or `1`) says how radios start the first time.",
                )
            case _:
                continue
        yield Match(
            (command,),
            (),
            tier=Tier.EXPLAINED,
            note=" ".join(filter(None, (note, "systemd-rfkill restores at each boot what was set last."))),
            advised=advised,
        )


POWER = Rewrite(
    id="imp-bluetooth-power",
    summary="The Bluetooth adapter can be switched on by an option",
    why="The daemon switches the adapter on itself, as soon as there is one; a script that runs once may come before that.",
    keep="Keep it in a hook that works round an adapter that does not wake up.",
    before='system.activationScripts.bluetooth = "${pkgs.bluez}/bin/bluetoothctl power on";',
    after="hardware.bluetooth = { enable = true; powerOnBoot = true; };",
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.BOOT, Place.SERVICE, Place.POWER}),
    tools=frozenset({"bluetoothctl"}),
    match=_match_power,
    options=("hardware.bluetooth.enable", "hardware.bluetooth.powerOnBoot"),
)
SWITCH = Rewrite(
    id="imp-rfkill",
    summary="The state of a radio is kept from boot to boot",
    why="A script that sets it at each start takes back what was switched by hand meanwhile.",
    keep="Keep it where the state is to be the same after each start.",
    before='systemd.services.no-wlan.serviceConfig.ExecStart = "rfkill block wifi";',
    after='boot.blacklistedKernelModules = [ "iwlwifi" ];',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.BOOT, Place.SERVICE}),
    tools=frozenset({"rfkill"}),
    match=_match_switch,
    options=("boot.blacklistedKernelModules", "hardware.bluetooth.powerOnBoot", "boot.kernelParams"),
    tier=Tier.EXPLAINED,
)
