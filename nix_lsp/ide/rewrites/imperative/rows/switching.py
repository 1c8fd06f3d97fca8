"""`nixos-rebuild` by the clock, `nix profile install`: a system that changes itself beside its configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.crontab import on_calendar
from nix_lsp.analysis.shell.invocation import Tool, read_options, runs
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.places import SHELLS
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.foreign import package_list
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Runs

REBUILD = Tool(
    "nixos-rebuild",
    flags="L",
    long={
        "upgrade": "upgrade",
        "flake": "flake=",
        "print-build-logs": "L",
        "no-build-output": "Q",
        "refresh": "refresh",
    },
)
NIX = Tool(
    "nix",
    flags="vL",
    long={
        "extra-experimental-features": "features=",
        "experimental-features": "features=",
        "accept-flake-config": "accept",
        "quiet": "quiet",
        "refresh": "refresh",
        "verbose": "v",
    },
)
_SHUTDOWN = re.compile(r"shutdown -r (?:now|\+\d{1,3})|(?:systemctl )?reboot")
_FLAKE = re.compile(r"(?:/|github:|gitlab:|git\+|https?://|path:/)\S+")
_ABSORBED = frozenset({"startAt", "timer", "after", "wants", "requires"})
_ATTRIBUTE = re.compile(r"nixpkgs#(?:legacyPackages\.[\w-]+\.)?([A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)")


def _rebuilt(reading: Reading) -> Iterator[Match]:
    moment = on_calendar(reading.schedule) if reading.schedule else reading.calendar
    nix = reading.defined.get(("nix", "enable"))
    if moment is None or reading.service_user or reading.script.opaque or (nix is not None and nix.text == b"false"):
        return
    parts: list[tuple[str, Value]] = []
    for command in reading.script.commands:
        run = runs(command) if command.is_plain and command.is_silent and not command.assignments else None
        if run is None or run.user:
            return
        said = _part(run)
        if said is None and command.name not in {"set", "true", ":"}:
            return
        parts += said or []
    if ("enable", True) not in parts:
        return
    items: list[tuple[str, Value]] = [("enable", True), ("dates", string(moment))]
    items += [part for part in parts if part[0] != "enable"]
    is_job = reading.schedule is not None
    yield Match(
        () if is_job else reading.script.commands,
        ((setting("system.autoUpgrade", Attrs(tuple(items))),),),
        is_whole=is_job,
        tier=Tier.REVIEW,
        note="It upgrades the channel, or builds the flake that `system.autoUpgrade.flake` names.",
        absorbs=_ABSORBED,
    )


def _part(run: Runs) -> list[tuple[str, Value]] | None:
    """Return what a command of the job says of `system.autoUpgrade`; None for any other command."""
    words = " ".join(word.value or "?" for word in run.arguments)
    if run.tool == "nix-channel":
        return [] if words == "--update" else None
    if _SHUTDOWN.fullmatch(f"{run.tool} {words}".strip()):
        return [("allowReboot", True)]
    invocation = read_options(REBUILD, run.arguments) if run.tool == "nixos-rebuild" else None
    verbs = [word.value for word in invocation.operands] if invocation else []
    if invocation is None or verbs not in (["switch"], ["boot"]):
        return None
    found: list[tuple[str, Value]] = [("enable", True)]
    if flake := invocation.argument("flake"):
        if not _FLAKE.fullmatch(flake.value or ""):
            return None
        found.append(("flake", string(flake.value or "")))
    return [*found, ("operation", string("boot"))] if verbs == ["boot"] else found


def _installed(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(NIX):
        words = [word.value or "" for word in invocation.operands]
        if run.user or words[:1] != ["profile"] or words[1:2] not in (["install"], ["add"]) or len(words) < 3:
            continue
        names = [_ATTRIBUTE.fullmatch(word) for word in words[2:]]
        attributes = tuple(name[1] for name in names if name)
        if len(attributes) == len(names):
            packages = List(tuple(Expression(f"pkgs.{name}") for name in attributes))
            yield Match((command,), ((Setting(package_list(reading), packages),),), packages=attributes)
        elif all(words):
            yield Match(
                (command,),
                (),
                tier=Tier.EXPLAINED,
                note="Make the flake an input; its packages are `inputs.<name>.packages.${pkgs.stdenv.hostPlatform.system}` then.",
                advised=(".".join(package_list(reading)),),
            )


REBUILT = Rewrite(
    id="imp-rebuild-cron",
    summary="The upgrade can be declared as an option",
    why=(
        "The module waits for the network, makes up for what was missed, restarts only where the kernel has changed, and can be held back "
        "to a window of time."
    ),
    keep="Keep it where the job does more than to upgrade: fetching the configuration, say.",
    before=(
        'services.cron.systemCronJobs = [ "30 4 * * 0 root /run/current-system/sw/bin/nix-channel --update && '
        '/run/current-system/sw/bin/nixos-rebuild switch && /run/current-system/sw/bin/shutdown -r now" ];'
    ),
    after='system.autoUpgrade = { enable = true; dates = "Sun *-*-* 04:30:00"; allowReboot = true; };',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.CRON, Place.SERVICE}),
    tools=frozenset({"nixos-rebuild"}),
    match=_rebuilt,
    options=("system.autoUpgrade",),
    tier=Tier.REVIEW,
)
INSTALLED = Rewrite(
    id="imp-nix-profile-install",
    summary="Packages can be listed in the configuration instead of being installed into a profile",
    why=(
        "`nix profile install` puts packages into a profile that no configuration describes: it is not rolled back with the system, not "
        "updated with it, and hides newer versions that come from the configuration."
    ),
    keep="Keep it for trying a program out by hand, where `nix shell` does not serve.",
    before='home.activation.tools = lib.hm.dag.entryAfter [ "writeBoundary" ] "nix profile install nixpkgs#htop";',
    after="home.packages = [ pkgs.htop ];",
    lanes=frozenset({"nixos", "home-manager", "nix-darwin"}) | SHELLS,
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK, Place.DEV_SHELL}),
    tools=frozenset({"nix"}),
    match=_installed,
    options=("environment.systemPackages", "home.packages"),
)
