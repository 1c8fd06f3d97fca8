"""Wallpapers and audio devices that a session's script chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAYLAND = ("services.hyprpaper.enable", "services.wpaperd.enable")
_X11 = ("services.random-background.enable",)
_PAINTERS = {
    "feh": _X11,
    "hsetroot": _X11,
    "nitrogen": _X11,
    "xwallpaper": _X11,
    "swaybg": _WAYLAND,
    "swww": _WAYLAND,
    "wbg": _WAYLAND,
}
"""Programs that paint the background, and what home-manager has for the same under X and under Wayland."""
_CHOOSERS = {
    "pactl": ("set-default-sink", "set-default-source"),
    "pacmd": ("set-default-sink", "set-default-source"),
    "wpctl": ("set-default",),
}


def _match_wallpaper(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        advised = _PAINTERS.get(run.tool)
        if (
            advised is None
            or run.user
            or (run.tool == "feh" and not any(word.leading.startswith("--bg") for word in run.arguments))
        ):
            continue
        if run.tool == "swww" and [word.value for word in run.arguments[:1]] != ["img"]:
            continue
        yield Match((command,), (), tier=Tier.EXPLAINED, advised=advised)


def _match_device(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        words = [word.value or "" for word in run.arguments]
        if run.tool in _CHOOSERS and len(words) == 2 and words[0] in _CHOOSERS[run.tool] and words[1]:
            note = (
                "A rule of WirePlumber gives the device a priority (`priority.session`), whatever its number is today."
            )
            advised = ("services.pipewire.wireplumber.extraConfig",)
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=advised)


WALLPAPER = Rewrite(
    id="imp-wallpaper",
    summary="A service can show the wallpaper",
    why="A service of the session comes back when it ends, and shows the picture on screens that are plugged in later.",
    keep="Keep it where no service of home-manager does the same: under i3, there is one for folders of pictures only.",
    before='xsession.windowManager.i3.config.startup = [ { command = "feh --bg-fill ${./w.png}"; } ];',
    after='services.hyprpaper = { enable = true; settings.wallpaper = [ ",${./w.png}" ]; };',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.SESSION}),
    tools=frozenset(_PAINTERS),
    match=_match_wallpaper,
    options=(*_WAYLAND, *_X11),
    tier=Tier.EXPLAINED,
)
DEVICE = Rewrite(
    id="imp-audio-sink",
    summary="Which audio device is the default can be declared",
    why="A command at the start of a session comes too early for devices that are plugged in later, and undoes what was chosen by hand.",
    keep="Keep it in key bindings.",
    before='systemd.user.services.sink.script = "pactl set-default-sink alsa_output.x";',
    after='services.pipewire.wireplumber.extraConfig."50-default"."monitor.alsa.rules" = [ ];',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.SESSION, Place.USER_SERVICE, Place.SERVICE, Place.ACTIVATION}),
    tools=frozenset(_CHOOSERS),
    match=_match_device,
    options=("services.pipewire.wireplumber.extraConfig",),
    tier=Tier.EXPLAINED,
)
