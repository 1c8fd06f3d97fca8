"""`nix-collect-garbage`, `nix-store --optimise`, `nix-env -u`, `nix-channel`: care of the store by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.crontab import on_calendar
from nix_lsp.analysis.shell.invocation import Tool, read_options
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.places import SHELLS
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Runs

COLLECT = Tool("nix-collect-garbage", flags="d", long={"delete-old": "d", "delete-older-than": "older=", "quiet": "q"})
_STORE_GC = Tool("nix-store", long={"gc": "gc", "optimise": "optimise", "optimize": "optimise"})
_NIX = Tool("nix", flags="v")
_KEPT = "--delete-older-than 30d"
_TIMED = frozenset({"startAt", "timer"})


def _is_cared_for(reading: Reading) -> bool:
    """Tell whether another program takes care of the store here, or Nix is not managed at all."""
    nix = reading.defined.get(("nix", "enable"))
    return (
        reading.is_on("programs.nh.clean.enable")
        or any(path[0] in {"determinate", "determinateNix"} for path in reading.defined)
        or (nix is not None and nix.text == b"false")
    )


def _moment(reading: Reading) -> str | None:
    """Return when the command runs, as a calendar event."""
    return on_calendar(reading.schedule) if reading.schedule else reading.calendar


def _garbage_options(run: Runs) -> str | None:
    """Return the options of a collection; None if the command is none, an empty text if it deletes no generations."""
    if run.tool == "nix-collect-garbage":
        invocation = read_options(COLLECT, run.arguments)
        if invocation is None or invocation.operands:
            return None
        older = invocation.argument("older")
        if older:
            return f"--delete-older-than {older.value}" if older.value else None
        return "-d" if invocation.has("d") else ""
    if run.tool == "nix-store":
        invocation = read_options(_STORE_GC, run.arguments)
        return "" if invocation and invocation.has("gc") and not invocation.operands else None
    invocation = read_options(_NIX, run.arguments)
    words = [word.value for word in invocation.operands] if invocation else []
    return "" if words == ["store", "gc"] else None


def _collect(reading: Reading) -> Iterator[Match]:
    if _is_cared_for(reading):
        return
    for command, run in reading.runs:
        if run.tool not in {"nix-collect-garbage", "nix-store", "nix"} or (run.user and reading.lane != "home-manager"):
            continue
        options = _garbage_options(run)
        if options is None or (reading.schedule and _moment(reading) is None):
            continue
        deletes_all = options == "-d"
        moment = _moment(reading)
        written = string(_KEPT if deletes_all else options)
        parts: list[tuple[str, Value]] = [("automatic", True)]
        if moment and reading.lane != "nix-darwin":
            parts.append(("dates", string(moment)))
        if options:
            parts.append(("options", written))
        sure = moment is not None and not deletes_all and reading.lane != "nix-darwin"
        choices: list[tuple[Setting, ...]] = [(setting("nix.gc", Attrs(tuple(parts))),)]
        if reading.lane == "home-manager" and moment:
            older = tuple(("frequency" if name == "dates" else name, value) for name, value in parts)
            choices.append((setting("nix.gc", Attrs(older)),))
        yield Match(
            (command,),
            tuple(choices),
            tier=Tier.MECHANICAL if sure else Tier.REVIEW,
            note="`-d` would delete every generation that one could roll back to; the last 30 days are kept."
            if deletes_all
            else "",
            absorbs=_TIMED if moment else frozenset(),
        )


def _optimise(reading: Reading) -> Iterator[Match]:
    if _is_cared_for(reading):
        return
    for command, run in reading.runs:
        if run.tool == "nix-store":
            invocation = read_options(_STORE_GC, run.arguments)
            found = bool(invocation and invocation.has("optimise") and not invocation.operands)
        else:
            invocation = read_options(_NIX, run.arguments) if run.tool == "nix" else None
            words = [word.value for word in invocation.operands] if invocation else []
            found = words in (["store", "optimise"], ["store", "optimize"])
        moment = _moment(reading)
        if not found or (reading.schedule and moment is None):
            continue
        parts: list[tuple[str, Value]] = [("automatic", True)]
        if moment and reading.lane != "nix-darwin":
            parts.append(("dates", List((string(moment),))))
        yield Match(
            (command,),
            ((setting("nix.optimise", Attrs(tuple(parts))),),),
            tier=Tier.MECHANICAL if moment and reading.lane != "nix-darwin" else Tier.REVIEW,
            absorbs=_TIMED if moment else frozenset(),
        )


def _words(run: Runs) -> list[str]:
    return [word.value or "" for word in run.arguments]


def _upgrade(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        if run.tool == "nix-env" and {"-u", "--upgrade"} & set(_words(run)):
            yield Match(
                (command,),
                (),
                tier=Tier.EXPLAINED,
                note="What is in the profile, `nix-env -q` and `nix profile list` tell.",
                advised=("system.autoUpgrade.enable", "environment.systemPackages", "home.packages"),
            )


def _channel(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        if run.tool != "nix-channel" or not {"--update", "--add"} & set(_words(run)):
            continue
        if reading.lane in SHELLS:
            yield Match(
                (command,), (), tier=Tier.EXPLAINED, note="A shell takes its packages from what its project pins."
            )
        else:
            yield Match(
                (command,),
                (),
                tier=Tier.EXPLAINED,
                note="A system that is built from a flake does not use channels.",
                advised=("system.autoUpgrade.channel", "nix.channel.enable"),
            )


def _generations(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        if run.tool == "nix-env" and "--delete-generations" in _words(run):
            yield Match(
                (command,),
                (),
                tier=Tier.EXPLAINED,
                note="The limits bound the entries of the boot menu; old generations go with `nix.gc.options`.",
                advised=("boot.loader.systemd-boot.configurationLimit", "boot.loader.grub.configurationLimit"),
            )


_TIMES = frozenset(
    {Place.CRON, Place.SERVICE, Place.USER_SERVICE, Place.ACTIVATION, Place.HOME_ACTIVATION, Place.LAUNCHD}
)
_SYSTEM = frozenset({"nixos", "nix-darwin"})

GARBAGE = Rewrite(
    id="imp-gc-script",
    summary="Garbage can be collected by Nix's own timer",
    why=(
        "A job that collects garbage by hand does not show in the configuration of Nix, and `-d` takes away every generation that one "
        "could roll back to."
    ),
    keep="Keep it where it must run at one moment of a longer job.",
    before=(
        'services.cron.systemCronJobs = [ "0 2 * * * root /run/current-system/sw/bin/nix-collect-garbage --delete-older-than 14d" ];'
    ),
    after='nix.gc = { automatic = true; dates = "*-*-* 02:00:00"; options = "--delete-older-than 14d"; };',
    lanes=_SYSTEM | {"home-manager"},
    places=_TIMES,
    tools=frozenset({"nix-collect-garbage", "nix-store", "nix"}),
    match=_collect,
    options=("nix.gc.automatic", "nix.gc.dates", "nix.gc.options"),
)
OPTIMISE = Rewrite(
    id="imp-store-optimise",
    summary="The store can be optimised by Nix's own timer",
    why="A job of its own for what Nix has a timer for does not show in the configuration of Nix.",
    keep="Keep it where it must run at one moment of a longer job.",
    before='services.cron.systemCronJobs = [ "0 3 * * * root /run/current-system/sw/bin/nix-store --optimise" ];',
    after='nix.optimise = { automatic = true; dates = [ "*-*-* 03:00:00" ]; };',
    lanes=_SYSTEM,
    places=_TIMES,
    tools=frozenset({"nix-store", "nix"}),
    match=_optimise,
    options=("nix.optimise.automatic", "nix.optimise.dates"),
)
UPGRADE = Rewrite(
    id="imp-nix-env-upgrade",
    summary="Packages that the configuration lists are updated with it, and nix-env is not needed",
    why="`nix-env -u` changes a profile that no configuration describes: two machines with one configuration differ after it.",
    keep="Keep it by hand for a profile that is meant to be beside the configuration.",
    before="services.cron.systemCronJobs = [ \"0 4 * * * alice nix-env -u '*'\" ];",
    after="system.autoUpgrade.enable = true;",
    lanes=_SYSTEM | {"home-manager"},
    places=_TIMES,
    tools=frozenset({"nix-env"}),
    match=_upgrade,
    options=("system.autoUpgrade.enable",),
    tier=Tier.EXPLAINED,
)
CHANNEL = Rewrite(
    id="imp-nix-channel",
    summary="The system's own upgrade keeps its channel",
    why="Channels are state of the machine: what a configuration evaluates to depends on when somebody updated them last.",
    keep="Keep it where the channel is what others on the machine use by hand.",
    before='systemd.services.update.script = "nix-channel --update";',
    after="system.autoUpgrade.enable = true;",
    lanes=frozenset({"nixos"}) | SHELLS,
    places=_TIMES | {Place.DEV_SHELL},
    tools=frozenset({"nix-channel"}),
    match=_channel,
    options=("system.autoUpgrade.channel", "nix.channel.enable"),
    tier=Tier.EXPLAINED,
)
GENERATIONS = Rewrite(
    id="imp-delete-generations",
    summary="How many generations can be booted has an option",
    why="Deleting generations in a script takes away what one would roll back to, and leaves the boot menu as it was until the next switch.",
    keep="Keep it where the generations of another profile are meant.",
    before='systemd.services.clean.script = "nix-env -p /nix/var/nix/profiles/system --delete-generations old";',
    after="boot.loader.systemd-boot.configurationLimit = 10;",
    lanes=frozenset({"nixos"}),
    places=_TIMES,
    tools=frozenset({"nix-env"}),
    match=_generations,
    options=("boot.loader.systemd-boot.configurationLimit", "boot.loader.grub.configurationLimit"),
    tier=Tier.EXPLAINED,
)
