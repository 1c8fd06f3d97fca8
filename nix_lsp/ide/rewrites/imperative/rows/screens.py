"""`xrandr`, `xmodmap` and `xinput` at the start of a session: screens, keys, touchpads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command

XRANDR = Tool(
    "xrandr",
    long={
        **{name: f"{name}=" for name in ("output", "mode", "rate", "refresh", "pos", "rotate", "left-of", "right-of")},
        **{name: name for name in ("primary", "auto", "preferred")},
    },
    valued="r",
)
XMODMAP = Tool("xmodmap", valued="e")
XINPUT = Tool("xinput", long={"set-prop": "set-prop"}, stop_at_operand=True)
"""xrandr(1), xmodmap(1), xinput(1); whatever else a line of xrandr says, no option has."""

_OUTPUT = re.compile(r"[A-Za-z][\w-]*")
_SIZE = re.compile(r"\d+x\d+i?")
_TURNS = {"normal": "", "left": "left", "right": "right", "inverted": "inverted"}
_POSITION = re.compile(r"(\d+)x0")


class _Head(NamedTuple):
    output: str
    is_primary: bool = False
    size: str = ""
    turn: str = ""
    at: int | None = None
    """Pixels from the left, where it is said."""
    neighbour: str = ""
    is_left: bool = False
    """Left of its neighbour, or right."""


def _heads(invocation: Invocation) -> list[_Head] | None:
    """Read the outputs of a command line; None where one of them is not static."""
    heads: list[_Head] = []
    for name, word in invocation.options:
        value = (word.value if word else None) or ""
        if name == "output":
            if not _OUTPUT.fullmatch(value):
                return None
            heads.append(_Head(value))
            continue
        if not heads:
            return None
        place = _POSITION.fullmatch(value) if name == "pos" else None
        match name:
            case "primary":
                changed = heads[-1]._replace(is_primary=True)
            case "mode" if _SIZE.fullmatch(value):
                changed = heads[-1]._replace(size=value)
            case "rotate" if value in _TURNS:
                changed = heads[-1]._replace(turn=_TURNS[value])
            case "pos" if place:
                changed = heads[-1]._replace(at=int(place[1]))
            case "left-of" | "right-of" if _OUTPUT.fullmatch(value):
                changed = heads[-1]._replace(neighbour=value, is_left=name == "left-of")
            case "auto" | "preferred" | "rate" | "refresh" | "r":
                continue
            case _:
                return None
        heads[-1] = changed
    is_understood = not invocation.operands and len({head.output for head in heads}) == len(heads)
    return heads if is_understood else None


def _ordered(heads: list[_Head]) -> list[_Head] | None:
    """Return the outputs from left to right; None where the command does not say it of each."""
    if len(heads) < 2:
        return heads
    if all(head.at is not None and not head.neighbour for head in heads):
        return sorted(heads, key=lambda head: head.at or 0) if len({head.at for head in heads}) == len(heads) else None
    order = [head for head in heads if not head.neighbour]
    waiting = [head for head in heads if head.neighbour]
    if len(order) != 1 or any(head.at for head in heads):
        return None
    while waiting:
        known = [head.output for head in order]
        head = next((head for head in waiting if head.neighbour in known), None)
        if head is None:
            return None
        order.insert(known.index(head.neighbour) + (0 if head.is_left else 1), head)
        waiting.remove(head)
    return order


def _match_screens(reading: Reading) -> Iterator[Match]:
    is_set = any(path[:3] == ("services", "xserver", "xrandrHeads") for path in reading.defined)
    lines = [(command, run) for command, run in reading.runs if run.tool == "xrandr" and not run.user]
    understood = {command.span: invocation for command, invocation, _ in reading.lines(XRANDR)}
    for command, run in lines:
        if "--output" not in [word.value for word in run.arguments]:
            continue
        invocation = understood.get(command.span)
        heads = _heads(invocation) if invocation else None
        ordered = _ordered(heads) if heads else None
        if reading.lane == "nixos" and ordered and len(lines) == 1 and not is_set:
            note = (
                "The server takes the highest rate of a mode; `services.autorandr.profiles` follows what is plugged in."
            )
            declared = setting("services.xserver.xrandrHeads", List(tuple(map(_head, ordered))))
            yield Match((command,), ((declared,),), tier=Tier.REVIEW, note=note)
        else:
            advised = ("services.autorandr.profiles", "programs.autorandr.profiles", "services.kanshi.enable")
            yield Match((command,), (), tier=Tier.EXPLAINED, advised=advised)


def _head(head: _Head) -> Value:
    lines = [
        f'Option "{name}" "{value}"' for name, value in (("PreferredMode", head.size), ("Rotate", head.turn)) if value
    ]
    items: list[tuple[str, Value]] = [("output", string(head.output))]
    if head.is_primary:
        items.append(("primary", True))
    if lines:
        items.append(("monitorConfig", string("\n".join(lines) + "\n" if len(lines) > 1 else lines[0])))
    return Attrs(tuple(items))


_KEYCODES = {66: "caps_lock", 9: "escape", 37: "control_l", 135: "menu"}
"""Codes of keys on a PC's keyboard (xkeyboard-config, keycodes/evdev)."""
_MAPPED = re.compile(r"(?:keycode\s+(0x[0-9a-f]+|\d+)|keysym\s+(\w+))\s*=\s*(\w+)(?:\s+\w+)*")
_LOCK_FREED = re.compile(r"clear\s+lock|remove\s+lock\s*=\s*caps_lock")
_MODIFIER = re.compile(
    r"(?:add|remove)\s+(?:lock|control)\s*=\s*(?:caps_lock|control_l|control_r)(?:\s+control_[lr])*|clear\s+control"
)
_IDIOMS = {
    frozenset({("caps_lock", "escape")}): "caps:escape",
    frozenset({("caps_lock", "control_l")}): "ctrl:nocaps",
    frozenset({("caps_lock", "super_l")}): "caps:super",
    frozenset({("caps_lock", "hyper_l")}): "caps:hyper",
    frozenset({("caps_lock", "backspace")}): "caps:backspace",
    frozenset({("caps_lock", "escape"), ("escape", "caps_lock")}): "caps:swapescape",
    frozenset({("caps_lock", "control_l"), ("control_l", "caps_lock")}): "ctrl:swapcaps",
    frozenset({("menu", "super_r")}): "altwin:menu_win",
    frozenset({("menu", "super_l")}): "altwin:menu_win",
}
"""What of these is asked for again and again, as an option of xkeyboard-config (rules/base.lst)."""


def _option(expressions: Iterable[str]) -> str | None:
    """Return the option of XKB that does what the lines for xmodmap do."""
    mapped: set[tuple[str, str]] = set()
    is_freed = makes_control = False
    for expression in expressions:
        line = " ".join(expression.lower().split())
        if not line or line.startswith("!"):
            continue
        if found := _MAPPED.fullmatch(line):
            key = _KEYCODES.get(int(found[1], 0)) if found[1] else found[2]
            mapped.add((key or "?", found[3]))
        elif _LOCK_FREED.fullmatch(line):
            is_freed = True
        elif _MODIFIER.fullmatch(line):
            makes_control = makes_control or line == "add control = caps_lock"
        else:
            return None
    if not mapped:
        return ("ctrl:nocaps" if makes_control else "caps:none") if is_freed else None
    return _IDIOMS.get(frozenset(mapped))


def _match_keys(reading: Reading) -> Iterator[Match]:
    found: list[tuple[Command, list[str]]] = []
    for command, invocation, run in reading.lines(XMODMAP):
        words = [word.value if word else None for _, word in invocation.options]
        if not run.user and not invocation.operands and words and None not in words:
            found.append((command, [word or "" for word in words]))
    for given in reading.given:
        if given.run.tool == "xmodmap" and not given.run.user and {word.value for word in given.run.arguments} <= {"-"}:
            text = "".join(piece.text if isinstance(piece, Text) else "?" for piece in given.text)
            found.append((given.command, text.splitlines()))
    if not found:
        return
    option = _option(line for _, lines in found for line in lines)
    commands = tuple(sorted((command for command, _ in found), key=lambda command: command.span))
    if option is None:
        advised = ("services.keyd.enable", "services.kanata.enable", "home.keyboard.options")
        yield Match(commands, (), tier=Tier.EXPLAINED, advised=advised)
    elif reading.lane == "home-manager":
        yield Match(commands, ((setting("home.keyboard.options", List((string(option),))),),), tier=Tier.REVIEW)
    else:
        choices = tuple(
            (setting(f"services.xserver.{name}", string(option)),) for name in ("xkb.options", "xkbOptions")
        )
        note = "Options that are written out take the place of the default, `terminate:ctrl_alt_bksp`."
        yield Match(commands, choices, tier=Tier.REVIEW, note=note)


_TOUCHPAD = re.compile(r"touchpad|trackpad|synaptics|synps", re.IGNORECASE)
_PROPERTIES = {
    "libinput Tapping Enabled": "tapping",
    "libinput Natural Scrolling Enabled": "naturalScrolling",
    "libinput Disable While Typing Enabled": "disableWhileTyping",
    "libinput Middle Emulation Enabled": "middleEmulation",
    "libinput Left Handed Enabled": "leftHanded",
    "libinput Accel Speed": "accelSpeed",
    "libinput Accel Profile Enabled": "accelProfile",
}
"""Properties of libinput(4), and the options of NixOS for them."""
_ONLY_TOUCHPADS = frozenset({"tapping", "disableWhileTyping"})
_PROFILES = {"1 0": "adaptive", "1 0 0": "adaptive", "0 1": "flat", "0 1 0": "flat"}


def _match_devices(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(XINPUT):
        words = [word.value or "" for word in invocation.operands]
        if not invocation.has("set-prop"):
            if words[:1] != ["set-prop"]:
                continue
            words = words[1:]
        option = _PROPERTIES.get(words[1]) if len(words) > 2 and not run.user else None
        value = _device_value(option, words[2:]) if option else None
        if option is None or value is None:
            continue
        if option in _ONLY_TOUCHPADS or _TOUCHPAD.search(words[0]):
            kind = "touchpad"
        elif words[0].isdecimal() or not words[0]:
            continue
        else:
            kind = "mouse"
        choices = tuple(
            (setting(f"{module}.{kind}.{option}", value),)
            for module in ("services.libinput", "services.xserver.libinput")
        )
        note = f"It holds for each {kind}." if option not in _ONLY_TOUCHPADS else ""
        yield Match((command,), choices, tier=Tier.REVIEW, note=note)


def _device_value(option: str, words: list[str]) -> Value | None:
    values = [value for word in words for value in word.split(",") if value]
    if option == "accelProfile":
        profile = _PROFILES.get(" ".join(values))
        return string(profile) if profile else None
    if option == "accelSpeed":
        is_number = len(values) == 1 and re.fullmatch(r"-?\d*\.?\d+", values[0])
        return string(values[0]) if is_number else None
    return {"1": True, "0": False}.get(" ".join(values))


SCREENS = Rewrite(
    id="imp-xrandr",
    summary="The arrangement of the screens can be declared",
    why=(
        "What a session's script arranges is not so on the login screen, flickers when the session begins, and is lost when a screen is "
        "plugged in."
    ),
    keep="Keep it where screens come and go, unless autorandr arranges them.",
    before=(
        'services.xserver.displayManager.setupCommands = "xrandr --output DP-1 --primary --mode 3440x1440 --rate 144 --output DP-3 --left-of DP-1";'
    ),
    after=(
        'services.xserver.xrandrHeads = [ { output = "DP-3"; } '
        '{ output = "DP-1"; primary = true; monitorConfig = "Option \\"PreferredMode\\" \\"3440x1440\\""; } ];'
    ),
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.SESSION, Place.DISPLAY_SETUP}),
    tools=frozenset({"xrandr"}),
    match=_match_screens,
    options=(
        "services.xserver.xrandrHeads",
        "services.autorandr.profiles",
        "programs.autorandr.profiles",
        "services.kanshi.enable",
    ),
    tier=Tier.REVIEW,
)
KEYS = Rewrite(
    id="imp-xmodmap",
    summary="The keys can be declared as options of the keyboard",
    why=(
        "What xmodmap changes is gone when a keyboard is plugged in or the layout is set again, and does not hold on the console or under "
        "Wayland."
    ),
    keep="Keep it for keys that XKB has no option for.",
    before=("xsession.initExtra = \"${pkgs.xorg.xmodmap}/bin/xmodmap -e 'clear Lock' -e 'keycode 0x42 = Escape'\";"),
    after='home.keyboard.options = [ "caps:escape" ];',
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.SESSION, Place.DISPLAY_SETUP}),
    tools=frozenset({"xmodmap"}),
    match=_match_keys,
    options=("home.keyboard.options", "services.xserver.xkb.options", "services.keyd.enable", "services.kanata.enable"),
    tier=Tier.REVIEW,
)
DEVICES = Rewrite(
    id="imp-xinput",
    summary="The touchpad or the mouse can be set up by an option",
    why="What a session's script sets is gone when the device is plugged in again, and does not hold on the login screen.",
    keep="Keep it where one of several devices is to be different.",
    before="services.xserver.displayManager.sessionCommands = \"xinput set-prop 'SynPS/2' 'libinput Tapping Enabled' 1\";",
    after="services.libinput.touchpad.tapping = true;",
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.SESSION, Place.DISPLAY_SETUP}),
    tools=frozenset({"xinput"}),
    match=_match_devices,
    options=("services.libinput.touchpad", "services.libinput.mouse"),
    tier=Tier.REVIEW,
)
