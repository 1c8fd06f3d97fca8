"""`setxkbmap` and `xset` at the start of a session: keyboards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import List, Setting, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation

SETXKBMAP = Tool("setxkbmap", single_dash={"layout": True, "variant": True, "option": True, "model": True})
XSET = Tool("xset")
"""setxkbmap(1), xset(1), less what asks or acts on one device."""

_NAMES = re.compile(r"[A-Za-z0-9_,:()+-]+")
_OLDER = {"layout": "layout", "variant": "xkbVariant", "options": "xkbOptions", "model": "xkbModel"}
"""Below `services.xserver`, until 23.11."""
_NOTE = "Options that are written out take the place of the default, `terminate:ctrl_alt_bksp`."


def _match_layout(reading: Reading) -> Iterator[Match]:
    lines = list(reading.lines(SETXKBMAP))
    if len(lines) != 1 or reading.script.content.count(b"setxkbmap") + _programs(reading) != 1:
        return
    command, invocation, run = lines[0]
    values = _values(invocation)
    if not values or run.user or not all(_NAMES.fullmatch(value) for value in values.values()):
        return
    if reading.lane == "home-manager":
        yield Match((command,), (tuple(_of_home(name, value) for name, value in values.items()),))
        return
    note = _NOTE if "options" in values else ""
    current = tuple(setting(f"services.xserver.xkb.{name}", string(value)) for name, value in values.items())
    older = tuple(setting(f"services.xserver.{_OLDER[name]}", string(value)) for name, value in values.items())
    yield Match((command,), (current, older), note=note)


def _programs(reading: Reading) -> int:
    """Count the programs that Nix puts in by name: `lib.getExe pkgs.setxkbmap`."""
    return sum("getExe" in hole.expression and "setxkbmap" in hole.expression for hole in reading.script.holes)


def _values(invocation: Invocation) -> dict[str, str] | None:
    """Return what is set, by the name of NixOS's option; None where something is not static or not understood."""
    operands = [word.value or "?" for word in invocation.operands]
    if len(operands) > 2:
        return None
    values: dict[str, str] = dict(zip(("layout", "variant"), operands, strict=False))
    options: list[str] = []
    for name, word in invocation.options:
        text = (word.value if word else None) or "?"
        if name == "option":
            options.append(text)
        else:
            values[name] = text
    if options:
        values["options"] = ",".join(options)
    return values


def _of_home(name: str, value: str) -> Setting:
    if name == "options":
        return setting("home.keyboard.options", List(tuple(string(item) for item in value.split(","))))
    return setting(f"home.keyboard.{name}", string(value))


def _match_rate(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(XSET):
        words = [word.value or "" for word in invocation.operands]
        if run.user or len(words) != 4 or words[:2] != ["r", "rate"] or not all(word.isdecimal() for word in words[2:]):
            continue
        delay, rate = int(words[2]), int(words[3])
        if delay and rate:
            settings = (
                setting("services.xserver.autoRepeatDelay", delay),
                setting("services.xserver.autoRepeatInterval", round(1000 / rate)),
            )
            yield Match((command,), (settings,), note=f"{rate} times a second is one in {round(1000 / rate)} ms.")


LAYOUT = Rewrite(
    id="imp-setxkbmap",
    summary="The keyboard's layout can be declared as an option",
    why=(
        "A layout that a session's script sets is missing on the login screen, under Wayland and on the console, and is gone when a keyboard "
        "is plugged in again."
    ),
    keep="Keep it where the layout changes while the session runs.",
    before='services.xserver.displayManager.sessionCommands = "setxkbmap -layout us -option ctrl:nocaps";',
    after='services.xserver.xkb = { layout = "us"; options = "ctrl:nocaps"; };',
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.SESSION, Place.DISPLAY_SETUP}),
    tools=frozenset({"setxkbmap"}),
    match=_match_layout,
    options=("services.xserver.xkb", "home.keyboard"),
)

RATE = Rewrite(
    id="imp-xset-rate",
    summary="The rate at which keys repeat can be declared as an option",
    why="A rate that a session's script sets is gone when a keyboard is plugged in again, and is not that of the login screen.",
    keep="Keep it where users of one machine want different rates.",
    before='services.xserver.displayManager.sessionCommands = "${pkgs.xset}/bin/xset r rate 200 40";',
    after="services.xserver.autoRepeatDelay = 200;\nservices.xserver.autoRepeatInterval = 25;",
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.SESSION, Place.DISPLAY_SETUP}),
    tools=frozenset({"xset"}),
    match=_match_rate,
    options=("services.xserver.autoRepeatDelay", "services.xserver.autoRepeatInterval"),
)
