"""`timedatectl set-timezone`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import string

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEDATECTL = Tool("timedatectl", long={"no-ask-password": "no-ask-password"})

_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_FOLLOWERS = (("services", "automatic-timezoned", "enable"), ("services", "tzupdate", "enable"))
"""Services that set the zone by where the machine is: `time.timeZone` must stay null for them."""


def _match(reading: Reading) -> Iterator[Match]:
    zone_option = reading.defined.get(("time", "timeZone"))
    if any(path in reading.defined for path in _FOLLOWERS) or (zone_option and zone_option.text == b"null"):
        return
    for command, invocation, run in reading.lines(TIMEDATECTL):
        words = [word.value or "" for word in invocation.operands]
        if len(words) == 2 and words[0] == "set-timezone" and _ZONE.fullmatch(words[1]) and not run.user:
            yield Match((command,), ((setting("time.timeZone", string(words[1])),),))


ZONE = Rewrite(
    id="imp-timezone",
    summary="The time zone can be declared as an option",
    why="NixOS makes /etc/localtime a link into the store: a zone set by a command fails or is gone with the next switch.",
    keep="Keep it where the zone follows the machine's place, or is only seeded once for the user to change.",
    before='system.activationScripts.tz = "timedatectl set-timezone America/Toronto";',
    after='time.timeZone = "America/Toronto";',
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=ROOT_PLACES,
    tools=frozenset({"timedatectl"}),
    match=_match,
    options=("time.timeZone",),
)
