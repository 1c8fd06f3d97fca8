"""`xdg-mime`, `xdg-settings` and `fc-cache`: what home-manager's activation sets up for the desktop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, string

if TYPE_CHECKING:
    from collections.abc import Iterator

XDG_MIME = Tool("xdg-mime", stop_at_operand=True)
XDG_SETTINGS = Tool("xdg-settings", stop_at_operand=True)
FC_CACHE = Tool("fc-cache", flags="frvE", long={"force": "f", "really-force": "r", "verbose": "v"})
"""xdg-mime(1), xdg-settings(1), fc-cache(1)."""

_DESKTOP_FILE = re.compile(r"[\w.+-]+\.desktop")
_TYPE = re.compile(r"[a-z0-9][\w.+-]*/[\w.+-]+")
_BROWSER = (
    "text/html",
    "x-scheme-handler/http",
    "x-scheme-handler/https",
    "x-scheme-handler/about",
    "x-scheme-handler/unknown",
)
"""What xdg-settings sets for a web browser."""


def _match_mime(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(XDG_MIME, XDG_SETTINGS):
        words = [word.value or "" for word in invocation.operands]
        match words:
            case ["default", program, *types] if run.tool == "xdg-mime" and types:
                pass
            case ["set", "default-web-browser", program] if run.tool == "xdg-settings":
                types = list(_BROWSER)
            case _:
                continue
        if run.user or not _DESKTOP_FILE.fullmatch(program) or not all(_TYPE.fullmatch(each) for each in types):
            continue
        programs = Attrs(tuple((each, string(program)) for each in types))
        if reading.lane == "nixos":
            note = "It is the choice for all users: what a mimeapps.list of their own says counts more."
            choice = (setting("xdg.mime.defaultApplications", programs),)
            yield Match((command,), (choice,), tier=Tier.REVIEW, note=note)
            continue
        settings = (setting("xdg.mimeApps.enable", True), setting("xdg.mimeApps.defaultApplications", programs))
        yield Match(
            (command,), (settings,), note="home-manager then owns mimeapps.list: delete the one that stands there."
        )


def _match_cache(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(FC_CACHE):
        # Behind other commands, it is for the fonts that they put somewhere.
        if not invocation.operands and not run.user and reading.script.is_idle_without((command,)):
            yield Match((command,), ((setting("fonts.fontconfig.enable", True),),))


MIME = Rewrite(
    id="imp-xdg-mime",
    summary="The default application can be declared as an option",
    why=(
        "The command writes mimeapps.list, a file that other programs change too: what it set holds until one of them does, and what is taken "
        "out of the script stays."
    ),
    keep="Keep it where you choose applications by hand and the script is to give a first choice only.",
    before='home.activation.pdf = lib.hm.dag.entryAfter [ "writeBoundary" ] "xdg-mime default org.gnome.Evince.desktop application/pdf";',
    after='xdg.mimeApps = { enable = true; defaultApplications."application/pdf" = "org.gnome.Evince.desktop"; };',
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.HOME_ACTIVATION, Place.USER_ACTIVATION, Place.SESSION}),
    tools=frozenset({"xdg-mime", "xdg-settings"}),
    match=_match_mime,
    options=("xdg.mimeApps.defaultApplications", "xdg.mime.defaultApplications"),
)

FONT_CACHE = Rewrite(
    id="imp-fc-cache",
    summary="The module makes the fonts of the configuration known",
    why="With `fonts.fontconfig.enable`, home-manager writes fontconfig's files and a cache for the fonts that are installed with it.",
    keep="Keep it for fonts that are put below ~/.local/share/fonts by hand.",
    before='home.activation.fonts = lib.hm.dag.entryAfter [ "writeBoundary" ] "fc-cache -f";',
    after="fonts.fontconfig.enable = true;",
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION}),
    tools=frozenset({"fc-cache"}),
    match=_match_cache,
    options=("fonts.fontconfig.enable",),
)
