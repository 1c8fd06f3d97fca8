"""`localectl` and `ntpdate`: language, keys and the hour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import List, Setting, string

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALECTL = Tool("localectl", long={"no-ask-password": "no-ask-password", "no-convert": "no-convert"})
NTPDATE = Tool("ntpdate", flags="bBsu")
TIMEDATECTL = Tool("timedatectl", long={"no-ask-password": "no-ask-password"})

_KEYMAP = re.compile(r"[\w.,:+-]+")
_LOCALE = re.compile(r"[A-Za-z]+(?:_[A-Z]+)?(?:\.[\w-]+)?(?:@\w+)?")
_XKB = ("layout", "model", "variant", "options")
"""The operands of `set-x11-keymap`, in its order (localectl(1))."""
_SERVER = re.compile(r"[A-Za-z0-9][\w.-]*")
_POOL = re.compile(r"(?:[0-9]\.)?(?:[\w-]+\.)?pool\.ntp\.org")
_OTHER_CLOCKS = ("services.chrony.enable", "services.ntp.enable", "services.openntpd.enable", "services.ntpd-rs.enable")


def _locale(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(LOCALECTL):
        match [word.value or "" for word in invocation.operands]:
            case ["set-keymap", keymap] if _KEYMAP.fullmatch(keymap):
                yield Match((command,), ((setting("console.keyMap", string(keymap)),),))
            case ["set-x11-keymap", *given] if (
                given and len(given) <= len(_XKB) and all(map(_KEYMAP.fullmatch, filter(None, given)))
            ):
                pairs = [(name, text) for name, text in zip(_XKB, given, strict=False) if text]
                yield Match(
                    (command,),
                    (
                        tuple(setting(f"services.xserver.xkb.{name}", string(text)) for name, text in pairs),
                        tuple(
                            setting(
                                f"services.xserver.{'xkb' + name.title() if name != 'layout' else name}", string(text)
                            )
                            for name, text in pairs
                        ),
                    ),
                )
            case ["set-locale", *given] if given and (settings := _variables(given)):
                yield Match((command,), (settings,))
            case _:
                continue


def _variables(given: list[str]) -> tuple[Setting, ...] | None:
    settings: list[Setting] = []
    for assignment in given:
        name, equals, locale = assignment.partition("=")
        if not equals:
            name, locale = "LANG", assignment
        if not _LOCALE.fullmatch(locale):
            return None
        if name == "LANG":
            settings.append(setting("i18n.defaultLocale", string(locale)))
        elif re.fullmatch(r"LC_[A-Z]+", name) and name != "LC_ALL":
            settings.append(setting("i18n.extraLocaleSettings", string(locale), below=(name,)))
        else:
            return None
    return tuple(settings)


def _clock(reading: Reading) -> Iterator[Match]:
    if any(map(reading.is_on, _OTHER_CLOCKS)):
        return
    synced = setting("services.timesyncd.enable", True)
    for command, invocation in reading.root_lines(NTPDATE, TIMEDATECTL):
        words = [word.value or "" for word in invocation.operands]
        if invocation.tool == "timedatectl":
            if words in (["set-ntp", "true"], ["set-ntp", "yes"], ["set-ntp", "1"]):
                yield Match((command,), ((synced,),))
        elif words and all(map(_SERVER.fullmatch, words)):
            # The pool is what NixOS asks by default, through a name of its own.
            own = (
                ()
                if all(map(_POOL.fullmatch, words))
                else (setting("networking.timeServers", List(tuple(map(string, words)))),)
            )
            yield Match((command,), ((synced, *own),))


LOCALE = Rewrite(
    id="imp-locale-keymap",
    summary="Language and keys can be declared as options",
    why="`localectl` writes /etc/locale.conf, /etc/vconsole.conf and a file of X, all of which NixOS makes links into the store: it fails.",
    keep="Keep it on images that ask their users.",
    before='system.activationScripts.l = "localectl set-locale LANG=de_DE.UTF-8";',
    after='i18n.defaultLocale = "de_DE.UTF-8";',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"localectl"}),
    match=_locale,
    options=("console.keyMap", "i18n.defaultLocale", "i18n.extraLocaleSettings", "services.xserver.xkb.layout"),
)
CLOCK = Rewrite(
    id="imp-ntp",
    summary="The clock is set by a service that an option turns on",
    why="systemd-timesyncd sets the clock when the network is there and keeps it right afterwards; a command does so once, or fails.",
    keep="Keep it on machines whose clock must be right before something else can start.",
    before='systemd.services.fixclock.script = "${pkgs.ntp}/bin/ntpdate -u pool.ntp.org";',
    after="services.timesyncd.enable = true;",
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT, Place.CRON, Place.NETWORK},
    tools=frozenset({"ntpdate", "timedatectl"}),
    match=_clock,
    options=("services.timesyncd.enable", "networking.timeServers"),
)
