"""`modprobe`, `rmmod`, and what is written below /proc/sys and /sys: the kernel, changed while it runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.sysctl import acts_at_once
from nix_lsp.ide.rewrites.imperative.value import Lines, List, Setting, Str, scalar, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.word import Word
    from nix_lsp.analysis.shell.writes import Write

MODPROBE = Tool(
    "modprobe",
    flags="abqrsv",
    long={"all": "a", "use-blacklist": "b", "quiet": "q", "remove": "r", "syslog": "s", "verbose": "v"},
)
RMMOD = Tool("rmmod", flags="fsv", long={"force": "f", "syslog": "s", "verbose": "v"})
"""modprobe(8) and rmmod(8) of kmod 34."""

_MODULE = re.compile(r"[A-Za-z0-9][\w-]*")
_PARAMETER = re.compile(r"[A-Za-z_]\w*=\S+|[A-Za-z_]\w*")
_SYSCTL = re.compile(r"/proc/sys/([\w.-]+(?:/[\w.:*+-]+)+)")
_MODULE_PARAMETER = re.compile(r"/sys/module/(\w+)/parameters/(\w+)")
_ATTRIBUTE = re.compile(r"/sys/((?:block|bus|class|devices|firmware|kernel/mm|power)/[\w.:,@+/-]+)")
_ACTIONS = re.compile(
    r"/(?:(?:un)?bind|new_id|remove_id|driver_override|remove|delete|rescan|scan|reset|uevent|(?:un)?export|state|disk|wakeup_count|\w*_probe)\Z"
)
"""Files that do something when written to, once and at a chosen moment."""


def _loaded(reading: Reading) -> Iterator[Match]:
    removed = _removed(reading)
    for command, invocation in reading.root_lines(MODPROBE):
        names = [word.value or "" for word in invocation.operands]
        if invocation.has("r") or not names:
            continue
        modules, parameters = (names, []) if invocation.has("a") else (names[:1], names[1:])
        if (
            not all(map(_MODULE.fullmatch, modules))
            or not all(map(_PARAMETER.fullmatch, parameters))
            or removed.intersection(map(_normal, modules))
        ):
            continue
        option = "boot.initrd.kernelModules" if reading.place is Place.INITRD else "boot.kernelModules"
        settings = [setting(option, List(tuple(map(string, modules))))]
        if parameters:
            line = string(f"options {modules[0]} {' '.join(parameters)}")
            settings.append(setting("boot.extraModprobeConfig", Lines((line,))))
        yield Match((command,), (tuple(settings),))


def _unloaded(reading: Reading) -> Iterator[Match]:
    loaded = {
        _normal(word.value or "")
        for _, invocation in reading.root_lines(MODPROBE)
        if not invocation.has("r")
        for word in invocation.operands
    }
    for command, invocation in reading.root_lines(RMMOD, MODPROBE):
        names = [word.value or "" for word in invocation.operands]
        if not _is_removal(invocation) or not names or not all(map(_MODULE.fullmatch, names)):
            continue
        # What is loaded again is only to be reset; elsewhere than at boot, a device is handed over for a while.
        if loaded.isdisjoint(map(_normal, names)) and reading.is_at_boot and b"modprobe" not in _rest(reading):
            blacklisted = setting("boot.blacklistedKernelModules", List(tuple(map(string, names))))
            yield Match((command,), ((blacklisted,),))


def _rest(reading: Reading) -> bytes:
    """Return what stands in conditions, loops and functions of the script."""
    return b"\n".join(reading.script.content[span.start : span.end] for span in reading.script.opaque)


def _removed(reading: Reading) -> set[str]:
    return {
        _normal(word.value or "")
        for _, invocation in reading.root_lines(RMMOD, MODPROBE)
        if _is_removal(invocation)
        for word in invocation.operands
    }


def _is_removal(invocation: Invocation) -> bool:
    return invocation.tool == "rmmod" or invocation.has("r")


def _normal(module: str) -> str:
    """The kernel makes no difference between `-` and `_` in a module's name (modprobe(8))."""
    return module.replace("-", "_")


def _parameters(reading: Reading) -> Iterator[Match]:
    for write in reading.root_writes:
        path = _SYSCTL.fullmatch(write.path.value or "")
        value = _value(write)
        if path and value is not None:
            # sysctl(8): a dot inside a name is written as a slash.
            key = ".".join(part.replace(".", "/") for part in path[1].split("/"))
            if acts_at_once(key):
                continue
            yield Match((write.command,), ((Setting(("boot", "kernel", "sysctl", key), value),),))


def _attributes(reading: Reading) -> Iterator[Match]:
    for write in reading.root_writes:
        path, value = write.path.value or "", _value(write)
        if value is None or _ACTIONS.search(path) or ".." in path:
            continue
        if parameter := _MODULE_PARAMETER.fullmatch(path):
            # A service that waits for modules may set what only they bring.
            waits = any(path[:4] == (*reading.path[:3], "after") for path in reading.defined)
            if not waits and (written := _kernel_parameter(parameter, write.word)):
                note = "It holds from the next boot on, for modules and for what is built into the kernel."
                settings = (setting("boot.kernelParams", List((written,))),)
                yield Match((write.command,), (settings,), tier=Tier.REVIEW, note=note)
        elif attribute := _ATTRIBUTE.fullmatch(path):
            written = setting("boot.kernel.sysfs", value, below=tuple(attribute[1].split("/")))
            yield Match((write.command,), ((written,), *_at_boot(path, write.word)), tier=Tier.REVIEW)


def _kernel_parameter(parameter: re.Match[str], value: Word) -> Str | None:
    """modprobe(8) takes a module's parameters from the kernel's command line too."""
    text = word_string(value)
    if text is None or any(isinstance(piece, Text) and " " in piece.text for piece in text.pieces):
        return None
    return Str((Text(f"{parameter[1]}.{parameter[2]}="), *text.pieces))


def _at_boot(path: str, value: Word) -> tuple[tuple[Setting, ...], ...]:
    """Return the way before `boot.kernel.sysfs` came with 25.11: tmpfiles.d(5) writes an argument into a file that exists."""
    text = word_string(value)
    if text is None or any(
        isinstance(piece, Text) and ("%" in piece.text or "\\" in piece.text) for piece in text.pieces
    ):
        return ()
    line = Str((Text(f"w {path} - - - - "), *text.pieces))
    return ((setting("systemd.tmpfiles.rules", List((line,))),),)


def _value(write: Write) -> Str | int | None:
    if any(isinstance(piece, Text) and "\n" in piece.text for piece in write.text) or not write.text:
        return None
    return scalar(write.word)


_NIXOS = frozenset({"nixos"})

LOAD = Rewrite(
    id="imp-modprobe",
    summary="The kernel module can be declared as an option",
    why=(
        "systemd loads the modules of `boot.kernelModules` early at boot, before the services that need them; what a script loads is there "
        "only after the script has run, and its failure is a failure of the script."
    ),
    keep=(
        "Keep it where a module must be loaded at a chosen moment: after another one was taken out, when a device appears, or when the "
        "machine wakes up. A module that does not come with the kernel also needs `boot.extraModulePackages`."
    ),
    before='system.activationScripts.v4l = "modprobe v4l2loopback";',
    after='boot.kernelModules = [ "v4l2loopback" ];',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT, Place.INITRD},
    tools=frozenset({"modprobe"}),
    match=_loaded,
    options=("boot.kernelModules", "boot.initrd.kernelModules", "boot.extraModprobeConfig"),
)
UNLOAD = Rewrite(
    id="imp-rmmod",
    summary="The kernel module can be kept from being loaded by an option",
    why=(
        "A module that is taken out was loaded first, and may have taken hold of the device; a blacklisted one is not loaded for the devices "
        "that it claims."
    ),
    keep="Keep it where the module is wanted at other times. A blacklisted module can still be loaded by name, or by another that needs it.",
    before='system.activationScripts.nb = "rmmod nouveau";',
    after='boot.blacklistedKernelModules = [ "nouveau" ];',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"rmmod", "modprobe"}),
    match=_unloaded,
    options=("boot.blacklistedKernelModules",),
)
SYSCTL_FILE = Rewrite(
    id="imp-proc-sys",
    summary="The kernel parameter can be declared as an option",
    why="What is written below /proc/sys are the parameters of sysctl(8), which `boot.kernel.sysctl` sets at boot and at each switch.",
    keep="Keep it where the parameter exists only after a module is loaded or a device appears, or must be changed for a while.",
    before='system.activationScripts.hpet = "echo 2048 > /proc/sys/dev/hpet/max-user-freq";',
    after='boot.kernel.sysctl."dev.hpet.max-user-freq" = 2048;',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"/proc/sys"}),
    match=_parameters,
    options=("boot.kernel.sysctl",),
)
SYSFS_FILE = Rewrite(
    id="imp-sysfs-write",
    summary="The attribute of the device can be declared as an option",
    why=(
        "A script writes once, whether the device is there yet or not. `boot.kernel.sysfs` (since 25.11; tmpfiles rules before) sets "
        "attributes at boot, and parameters below /sys/module go to the kernel's command line, where they hold from the start."
    ),
    keep=(
        "Keep it for devices that come and go, for which udev rules are right, and for files that do something when they are written to, "
        "such as `bind` and `remove`."
    ),
    before='system.activationScripts.usb = "echo on > /sys/bus/usb/devices/1-1/power/control";',
    after='boot.kernel.sysfs.bus.usb.devices."1-1".power.control = "on";',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"/sys"}),
    match=_attributes,
    options=("boot.kernel.sysfs", "boot.kernelParams", "systemd.tmpfiles.rules"),
    tier=Tier.REVIEW,
)
