"""`nohup x &` and `while true; do …; sleep N; done`: services that a shell keeps alive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import program
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOP = re.compile(
    rb"while[ \t]+(?:true|:|\[\s+1\s+\])\s*;?\s*do\b.*(?<![\w-])sleep[ \t]+([0-9]+)([smhd]?)\s*;?\s*done", re.DOTALL
)
_SECONDS = {b"": 1, b"s": 1, b"m": 60, b"h": 3600, b"d": 86400}
_LONG = 60
"""A timer of systemd is exact to a minute unless it is told otherwise (systemd.timer(5), `AccuracySec`)."""
_STARTS = frozenset({Place.SHELL_INIT, Place.SESSION, Place.USER_ACTIVATION, Place.HOME_ACTIVATION})


def _match(reading: Reading) -> Iterator[Match]:
    option = "systemd.user.services" if reading.place is not Place.SERVICE else "systemd.services"
    if reading.place in _STARTS:
        for command in reading.script.commands:
            if command.words and program(command.words[0]) == "nohup" and len(command.words) > 1:
                yield Match(
                    (command,),
                    (),
                    tier=Tier.EXPLAINED,
                    note="It is then started once, and again when it fails.",
                    advised=(option,),
                )
        return
    loop = reading.script.opaque[0] if len(reading.script.opaque) == 1 and not reading.script.commands else None
    found = _LOOP.fullmatch(reading.script.content, loop.start, loop.end) if loop else None
    if loop and found and int(found[1]) * _SECONDS[found[2]] >= _LONG:
        option = option.replace("services", "timers")
        note = "A timer starts the service anew each time, and nothing runs in between."
        yield Match((), (), at=loop, tier=Tier.EXPLAINED, note=note, advised=(option,))


KEPT_ALIVE = Rewrite(
    id="imp-sleep-loop-nohup",
    summary="What runs in the background can be a service of systemd",
    why=(
        "A program that a shell leaves behind has no log, is started once more by each shell, and is gone when it fails. A loop that sleeps "
        "is a timer that nobody can ask when it runs next."
    ),
    keep="Keep loops that ask for something every few seconds: those of status bars, say.",
    before='programs.bash.initExtra = "nohup my-daemon >/dev/null 2>&1 &";',
    after=(
        'systemd.user.services.my-daemon = { Unit.PartOf = [ "graphical-session.target" ]; Service = { ExecStart = '
        '"${pkgs.my-daemon}/bin/my-daemon"; Restart = "on-failure"; }; Install.WantedBy = [ "graphical-session.target" ]; };'
    ),
    lanes=frozenset({"nixos", "home-manager"}),
    places=_STARTS | {Place.SERVICE, Place.USER_SERVICE},
    tools=frozenset({"nohup", "sleep"}),
    match=_match,
    options=("systemd.user.services", "systemd.user.timers"),
    tier=Tier.EXPLAINED,
)
