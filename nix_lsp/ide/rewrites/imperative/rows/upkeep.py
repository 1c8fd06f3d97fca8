"""`docker system prune`, `fstrim`, `zpool scrub`, `btrfs scrub`: what is done again and again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import List, Setting, string

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRUNE = {"all": "all", "force": "f", "volumes": "volumes", "filter": "filter="}
DOCKER = Tool("docker", flags="af", long=_PRUNE)
PODMAN = Tool("podman", flags="af", long=_PRUNE)
FSTRIM = Tool(
    "fstrim",
    flags="aAv",
    long={"all": "a", "fstab": "A", "verbose": "v", "quiet-unsupported": "quiet-unsupported"},
)
ZPOOL = Tool("zpool", flags="w", long={"wait": "w"})
BTRFS = Tool("btrfs", flags="B")

_POOL = re.compile(r"[A-Za-z][\w.:-]*")
_MOMENT = frozenset({"startAt", "timer", "wantedBy", "after", "wants", "requires"})
"""What a service that is run by a timer says of its moment: the new option says it too."""


def _pruned(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(DOCKER, PODMAN):
        if reading.calendar is None or [word.value for word in invocation.operands] != ["system", "prune"]:
            continue
        flags: list[str] = []
        for key, word in invocation.options:
            if key in {"a", "all"}:
                flags.append("--all")
            elif key == "filter":
                flags.append(f"--filter={word.value}" if word and word.value else "")
            elif key == "volumes":
                flags.append("--volumes")
        if "" in flags:
            # Without a filter that only the script knows, more would be deleted.
            continue
        base = f"virtualisation.{invocation.tool}.autoPrune"
        settings = [setting(f"{base}.enable", True), setting(f"{base}.dates", string(reading.calendar))]
        if flags:
            settings.append(setting(f"{base}.flags", List(tuple(map(string, flags)))))
        note = "`--volumes` deletes the data of containers that do not run." if "--volumes" in flags else ""
        if invocation.has("f"):
            yield Match((command,), (tuple(settings),), absorbs=_MOMENT, note=note)


def _trimmed(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(FSTRIM):
        if reading.calendar and not invocation.operands and (invocation.has("a") or invocation.has("A")):
            settings = (
                setting("services.fstrim.enable", True),
                setting("services.fstrim.interval", string(reading.calendar)),
            )
            yield Match((command,), (settings,), absorbs=_MOMENT)


def _scrubbed(reading: Reading) -> Iterator[Match]:
    if reading.calendar is None:
        return
    for command, invocation in reading.root_lines(ZPOOL, BTRFS):
        words = [word.value or "" for word in invocation.operands]
        what: Setting | None = None
        if (
            invocation.tool == "zpool"
            and len(words) > 1
            and words[0] == "scrub"
            and all(map(_POOL.fullmatch, words[1:]))
        ):
            base = "services.zfs.autoScrub"
            what = setting(f"{base}.pools", List(tuple(map(string, words[1:]))))
        elif invocation.tool == "btrfs" and words[:2] == ["scrub", "start"] and len(words) == 3 and words[2][:1] == "/":
            base = "services.btrfs.autoScrub"
            what = setting(f"{base}.fileSystems", List((string(words[2]),)))
        else:
            continue
        settings = (setting(f"{base}.enable", True), setting(f"{base}.interval", string(reading.calendar)), what)
        yield Match((command,), (settings,), absorbs=_MOMENT)


_NIXOS = frozenset({"nixos"})
_PLACES = frozenset({Place.SERVICE})

PRUNE = Rewrite(
    id="imp-docker-prune",
    summary="The clearing can be declared as an option",
    why="The module has the service and its timer, which starts only where the daemon runs.",
    keep="Keep it for rootless daemons, and where only images or only volumes are cleared.",
    before='systemd.services.prune = { startAt = "weekly"; script = "docker system prune -af"; };',
    after=('virtualisation.docker.autoPrune = { enable = true; dates = "weekly"; flags = [ "--all" ]; };'),
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"docker", "podman"}),
    match=_pruned,
    options=("virtualisation.docker.autoPrune", "virtualisation.podman.autoPrune"),
)
TRIM = Rewrite(
    id="imp-fstrim",
    summary="Trimming can be declared as an option",
    why="The module uses the timer of util-linux, which runs again when the machine was off, and not in containers.",
    keep="Keep it for single file systems. `discard` among the options of a file system is the other way.",
    before='systemd.services.trim = { startAt = "weekly"; script = "fstrim -av"; };',
    after='services.fstrim = { enable = true; interval = "weekly"; };',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"fstrim"}),
    match=_trimmed,
    options=("services.fstrim.enable", "services.fstrim.interval"),
)
SCRUB = Rewrite(
    id="imp-zfs-maintenance",
    summary="Scrubbing can be declared as an option",
    why="The module has the service and its timer, and waits for the pools and file systems.",
    keep="Keep it where a scrub depends on something that only a script knows.",
    before='systemd.services.scrub = { startAt = "monthly"; script = "zpool scrub tank"; };',
    after='services.zfs.autoScrub = { enable = true; interval = "monthly"; pools = [ "tank" ]; };',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"zpool", "btrfs"}),
    match=_scrubbed,
    options=("services.zfs.autoScrub", "services.btrfs.autoScrub"),
)
