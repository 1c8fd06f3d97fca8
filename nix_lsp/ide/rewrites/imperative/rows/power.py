"""`cpupower frequency-set` and `powertop --auto-tune`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import string

if TYPE_CHECKING:
    from collections.abc import Iterator

CPUPOWER = Tool("cpupower", flags="r", valued="gc", long={"governor": "g", "related": "r", "cpu": "c"})
"""cpupower-frequency-set(1); limits of the frequency are not listed."""
POWERTOP = Tool("powertop", flags="q", long={"auto-tune": "auto-tune", "quiet": "q"})

_GOVERNOR = re.compile(r"[a-z_]+")
_DAEMONS = ("services.tlp.enable", "services.auto-cpufreq.enable", "services.power-profiles-daemon.enable")
"""Services that choose the governor themselves."""


def _governor(reading: Reading) -> Iterator[Match]:
    if any(map(reading.is_on, _DAEMONS)):
        return
    for command, invocation in reading.root_lines(CPUPOWER):
        governor, processors = invocation.argument("g"), invocation.argument("c")
        name = (governor.value if governor else "") or ""
        if (
            [word.value for word in invocation.operands] == ["frequency-set"]
            and _GOVERNOR.fullmatch(name)
            and (processors is None or processors.value == "all")
        ):
            chosen = setting("powerManagement.cpuFreqGovernor", string(name))
            yield Match((command,), ((chosen,),), tier=_tier(reading))


def _tuned(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(POWERTOP):
        if invocation.has("auto-tune") and not invocation.operands:
            yield Match((command,), ((setting("powerManagement.powertop.enable", True),),), tier=_tier(reading))


def _tier(reading: Reading) -> Tier:
    """A service that nothing wants at boot may be there to be started by hand."""
    return Tier.MECHANICAL if reading.is_at_boot else Tier.REVIEW


GOVERNOR = Rewrite(
    id="imp-cpu-governor",
    summary="The processor's governor can be declared as an option",
    why="`powerManagement.cpuFreqGovernor` loads what the governor needs and sets it at boot, in a service that others can wait for.",
    keep="Keep it where the governor follows the power supply or a profile, or is changed for a while.",
    before=(
        'systemd.services.governor = { wantedBy = [ "multi-user.target" ]; '
        'serviceConfig.ExecStart = "${pkgs.linuxPackages.cpupower}/bin/cpupower frequency-set --governor schedutil"; };'
    ),
    after='powerManagement.cpuFreqGovernor = "schedutil";',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"cpupower"}),
    match=_governor,
    options=("powerManagement.cpuFreqGovernor",),
)
AUTO_TUNE = Rewrite(
    id="imp-powertop",
    summary="powertop's tuning is an option",
    why="The module has the service that runs `powertop --auto-tune` at boot, and installs the program.",
    keep="Keep it where only some of powertop's suggestions are to be applied, or at other moments.",
    before='systemd.services.pt = { wantedBy = [ "multi-user.target" ]; script = "powertop --auto-tune"; };',
    after="powerManagement.powertop.enable = true;",
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"powertop"}),
    match=_tuned,
    options=("powerManagement.powertop.enable",),
)
