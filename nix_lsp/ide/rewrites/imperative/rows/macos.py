"""`pmset`, `systemsetup`, `nvram`, `socketfilterfw`, `killall Dock`, `dockutil`: the settings of a Mac."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nix_lsp.analysis.shell.word import Word

PMSET = Tool("pmset", flags="a")
"""pmset(1). `-b`, `-c`, `-u` set what counts for one source of power only, which the options cannot say."""
NVRAM = Tool("nvram")
KILLALL = Tool("killall", flags="qvm", valued="u")
DOCKUTIL = Tool(
    "dockutil", long={"no-restart": "no-restart", "add": "add=", "section": "section=", "allhomes": "allhomes"}
)

_MINUTES = re.compile(r"0|[1-9][0-9]{0,3}")
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_SWITCH = {"on": True, "off": False, "1": True, "0": False}


def _minutes(text: str) -> Value | None:
    if text.lower() in {"0", "never", "off"}:
        return string("never")
    return int(text) if _MINUTES.fullmatch(text) else None


def _label(text: str) -> Value | None:
    return string(text) if text and text.isprintable() else None


def _zone(text: str) -> Value | None:
    return string(text) if _ZONE.fullmatch(text) else None


_Table = dict[str, tuple[str, "Callable[[str], Value | None]"]]
_POWER: _Table = {
    "displaysleep": ("power.sleep.display", _minutes),
    "sleep": ("power.sleep.computer", _minutes),
    "disksleep": ("power.sleep.harddisk", _minutes),
    "autorestart": ("power.restartAfterPowerFailure", _SWITCH.get),
    "womp": ("networking.wakeOnLan.enable", _SWITCH.get),
}
_SETUP: _Table = {
    "-settimezone": ("time.timeZone", _zone),
    "-setremotelogin": ("services.openssh.enable", _SWITCH.get),
    "-setwakeonnetworkaccess": ("networking.wakeOnLan.enable", _SWITCH.get),
    "-setrestartfreeze": ("power.restartAfterFreeze", _SWITCH.get),
    "-setrestartpowerfailure": ("power.restartAfterPowerFailure", _SWITCH.get),
    "-setcomputername": ("networking.computerName", _label),
    "-setcomputersleep": ("power.sleep.computer", _minutes),
    "-setdisplaysleep": ("power.sleep.display", _minutes),
    "-setharddisksleep": ("power.sleep.harddisk", _minutes),
}
_WALL = {
    "--setglobalstate": "enable",
    "--setstealthmode": "enableStealthMode",
    "--setblockall": "blockAllIncoming",
    "--setallowsigned": "allowSigned",
    "--setallowsignedapp": "allowSignedApp",
}
_OLD_WALL = {
    "--setglobalstate": "globalstate",
    "--setstealthmode": "stealthenabled",
    "--setallowsigned": "allowsignedenabled",
    "--setallowsignedapp": "allowdownloadsignedenabled",
}
"""nix-darwin up to 25.05; it has no way to block all."""
_SILENCED = {b"StartupMute=%01": False, b"StartupMute=%00": True}
_VOLUMES = frozenset({b"SystemAudioVolume=%80", b"SystemAudioVolume=%00", b"SystemAudioVolume= "})
"""The volume of the chime on older Macs, none; nix-darwin sets the variable that came after."""


def _pairs(words: tuple[Word, ...], table: _Table) -> tuple[Setting, ...] | None:
    """Read `name value name value`; None if one of them has no option."""
    settings: list[Setting] = []
    if not words or len(words) % 2:
        return None
    for key, word in zip(words[::2], words[1::2], strict=True):
        option, read = table.get(key.value or "", (None, None))
        value = read(word.value or "") if option and read and word.value is not None else None
        if option is None or value is None:
            return None
        settings.append(setting(option, value))
    return tuple(settings)


def _power(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(PMSET):
        if invocation.has("a") and not run.user and (settings := _pairs(invocation.operands, _POWER)):
            yield Match((command,), (settings,))


def _setup(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        if run.tool == "systemsetup" and not run.user and (settings := _pairs(run.arguments, _SETUP)):
            yield Match((command,), (settings,))


def _chime(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(NVRAM):
        words = [(word.value or "").encode() for word in invocation.operands]
        if len(words) == 1 and words[0] in _SILENCED and not run.user:
            yield Match((command,), ((setting("system.startup.chime", _SILENCED[words[0]]),),))
        elif len(words) == 1 and words[0] in _VOLUMES and not run.user:
            note = "The option sets `StartupMute`, and leaves the volume as it is."
            yield Match((command,), ((setting("system.startup.chime", False),),), tier=Tier.REVIEW, note=note)


def _wall(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        words = [word.value or "" for word in run.arguments]
        if run.tool != "socketfilterfw" or run.user or not words or len(words) % 2:
            continue
        pairs = list(zip(words[::2], words[1::2], strict=True))
        if any(key not in _WALL or value not in {"on", "off"} for key, value in pairs):
            continue
        choices = [tuple(setting(f"networking.applicationFirewall.{_WALL[key]}", _SWITCH[on]) for key, on in pairs)]
        if all(key in _OLD_WALL for key, _ in pairs):
            choices.append(
                tuple(setting(f"system.defaults.alf.{_OLD_WALL[key]}", int(_SWITCH[on])) for key, on in pairs)
            )
        yield Match((command,), tuple(choices))


def _dock_restart(reading: Reading) -> Iterator[Match]:
    has_options = any(path[:3] == ("system", "defaults", "dock") and len(path) > 3 for path in reading.defined)
    content = reading.script.content
    if not has_options or b"com.apple.dock" in content or b"dockutil" in content:
        return
    for command, invocation, _ in reading.lines(KILLALL):
        if [word.value for word in invocation.operands] == ["Dock"]:
            yield Match((command,), ((),))


def _dock_items(reading: Reading) -> Iterator[Match]:
    for command, invocation, _ in reading.lines(DOCKUTIL):
        added, section = invocation.argument("add"), invocation.argument("section")
        path = added.value if added else None
        name = section.value if section else "apps"
        if path is None or not path.startswith("/") or invocation.operands or name not in {"apps", "others"}:
            continue
        option = f"system.defaults.dock.persistent-{name}"
        tagged = Attrs((("app" if name == "apps" else "folder", string(path)),))
        yield Match(
            (command,),
            ((setting(option, List((tagged,))),), (setting(option, List((string(path),))),)),
            tier=Tier.REVIEW,
            note="The option is the whole Dock: what it does not list goes.",
        )


_DARWIN = frozenset({"nix-darwin"})
_PLACES = frozenset({Place.ACTIVATION, Place.LAUNCHD})

POWER = Rewrite(
    id="imp-pmset",
    summary="The power settings can be declared as options",
    why="`pmset` changes the machine and leaves no trace in the configuration: another Mac built from it sleeps as it likes.",
    keep="Keep `-b` and `-c`, which differ between battery and charger, and settings such as `powernap` that have no option.",
    before='system.activationScripts.postActivation.text = "pmset -a displaysleep 10 sleep 0";',
    after='power.sleep = { display = 10; computer = "never"; };',
    lanes=_DARWIN,
    places=_PLACES,
    tools=frozenset({"pmset"}),
    match=_power,
    options=("power.sleep", "power.restartAfterPowerFailure", "networking.wakeOnLan.enable"),
)
SETUP = Rewrite(
    id="imp-scutil-systemsetup",
    summary="The setting can be declared as an option",
    why="`systemsetup` changes the machine, and what the configuration says of it is then no longer true.",
    keep="Keep what has no option: start-up disks, network time servers.",
    before='system.activationScripts.postActivation.text = "systemsetup -settimezone Europe/Berlin";',
    after='time.timeZone = "Europe/Berlin";',
    lanes=_DARWIN,
    places=_PLACES,
    tools=frozenset({"systemsetup"}),
    match=_setup,
    options=(
        "networking.computerName",
        "time.timeZone",
        "services.openssh.enable",
        "power",
    ),
)
CHIME = Rewrite(
    id="imp-nvram-chime",
    summary="The start-up chime can be declared as an option",
    why="What is written to NVRAM stays there when the line is deleted, and nobody sees where it came from.",
    keep="Keep other NVRAM variables: there is no option for them.",
    before='system.activationScripts.postActivation.text = "/usr/sbin/nvram StartupMute=%01";',
    after="system.startup.chime = false;",
    lanes=_DARWIN,
    places=_PLACES,
    tools=frozenset({"nvram"}),
    match=_chime,
    options=("system.startup.chime",),
)
WALL = Rewrite(
    id="imp-socketfilterfw",
    summary="The application firewall can be declared as options",
    why="A firewall that a script switches on is on only where and when that script ran to its end.",
    keep="Keep `--add` and `--blockapp`, which are about single programs.",
    before=(
        "system.activationScripts.postActivation.text = "
        '"/usr/libexec/ApplicationFirewall/socketfilterfw --setglobalstate on --setstealthmode on";'
    ),
    after="networking.applicationFirewall = { enable = true; enableStealthMode = true; };",
    lanes=_DARWIN,
    places=_PLACES,
    tools=frozenset({"socketfilterfw"}),
    match=_wall,
    options=("networking.applicationFirewall", "system.defaults.alf"),
)
DOCK_RESTART = Rewrite(
    id="imp-killall-dock",
    summary="nix-darwin restarts the Dock itself when its options change",
    why="With the Dock's settings in `system.defaults.dock`, the script restarts it at every switch for nothing.",
    keep="Keep it where the script itself changes the Dock's preferences.",
    before=('system.defaults.dock.autohide = true;\n  system.activationScripts.postActivation.text = "killall Dock";'),
    after="system.defaults.dock.autohide = true;",
    lanes=_DARWIN,
    places=frozenset({Place.ACTIVATION}),
    tools=frozenset({"killall"}),
    match=_dock_restart,
)
DOCK_ITEMS = Rewrite(
    id="imp-dockutil",
    summary="The Dock's items can be declared as an option",
    why="`dockutil` adds to what happens to be there; the option says what there is.",
    keep="Keep it where users arrange their Dock and only one item has to be there.",
    before=(
        'system.activationScripts.postActivation.text = "dockutil --no-restart --add /Applications/Safari.app --section apps";'
    ),
    after='system.defaults.dock.persistent-apps = [ { app = "/Applications/Safari.app"; } ];',
    lanes=_DARWIN,
    places=frozenset({Place.ACTIVATION}),
    tools=frozenset({"dockutil"}),
    match=_dock_items,
    options=("system.defaults.dock.persistent-apps", "system.defaults.dock.persistent-others"),
    tier=Tier.REVIEW,
)
