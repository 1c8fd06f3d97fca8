"""`services.cron.systemCronJobs`: jobs that systemd can run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.crontab import on_calendar
from nix_lsp.analysis.shell.invocation import program
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, Str, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Word

_OWN_ROWS = frozenset({"nix-collect-garbage", "nixos-rebuild", "nix-store", "nix-env", "nix-channel", "nix"})
"""Programs that have better options than a service of their own."""
_PRELUDE = frozenset({"cd", "echo", "export", "set", "sleep", "test", "["})
"""What a job often begins with, and is not named for."""
_NAME = re.compile(r"[A-Za-z][\w-]{1,40}")


def _job(reading: Reading, *, at_boot: bool) -> Iterator[Match]:
    if not reading.schedule or (reading.schedule == "@reboot") is not at_boot or not reading.script.commands:
        return
    moment = None if at_boot else on_calendar(reading.schedule)
    commands = [stage for command in reading.script.commands for stage in command.stages]
    names = [_program(command.words[0]) for command in commands if command.words]
    if (moment is None and not at_boot) or not names or _OWN_ROWS & set(names) or _is_env(reading):
        return
    name = next((name for name in names if name not in _PRELUDE), "").removesuffix(".sh")
    if not _NAME.fullmatch(name) or any(path[:3] == ("systemd", "services", name) for path in reading.defined):
        return
    job: list[tuple[str | tuple[str, ...], Value]] = [("startAt", string(moment))] if moment else []
    if at_boot:
        job += [("wantedBy", _targets()), (("serviceConfig", "Type"), string("oneshot"))]
    if reading.service_user:
        job.append((("serviceConfig", "User"), string(reading.service_user)))
    job.append(("script", _command(reading.text)))
    needs_path = not all(_is_located(command) for command in commands)
    yield Match(
        (),
        ((setting("systemd.services", Attrs(tuple(job)), below=(name,)),),),
        tier=Tier.REVIEW if needs_path or reading.script.opaque else Tier.MECHANICAL,
        note="A service does not see the programs of the system: name the packages of those that it runs in `path`."
        if needs_path
        else "",
        is_whole=True,
    )


def _program(word: Word) -> str:
    """Return the last name in the path of a program."""
    last = word.pieces[-1] if word.pieces else None
    return program(word) or (last.text.rpartition("/")[2] if isinstance(last, Text) else "")


def _targets() -> Value:
    from nix_lsp.ide.rewrites.imperative.value import List

    return List((string("multi-user.target"),))


def _is_env(reading: Reading) -> bool:
    stages = (stage for command in reading.script.commands for stage in command.stages)
    return any(stage.assignments and stage.node.type != "subshell" for stage in stages)


def _is_located(command: Command) -> bool:
    """Tell whether a command's program comes from a package, and so brings what it needs; a script elsewhere may count on cron's PATH."""
    words = command.words
    if not words or not words[0].pieces:
        return False
    first = words[0].pieces[0]
    return isinstance(first, Antiquotation) or (
        isinstance(first, Text) and first.text.startswith("/run/current-system/")
    )


def _command(text: Str) -> Str:
    """Return the command without the blanks that stand for the fields before it."""
    first, *others = text.pieces
    if isinstance(first, Text):
        kept = first.text.strip() if not others else first.text.lstrip()
        return Str(((Text(kept),) if kept else ()) + tuple(others))
    return text


def _timed(reading: Reading) -> Iterator[Match]:
    return _job(reading, at_boot=False)


def _booted(reading: Reading) -> Iterator[Match]:
    return _job(reading, at_boot=True)


_WHY = (
    "cron mails what a job prints to nobody, knows no dependencies, and runs nothing that was missed while the machine was off; a "
    "service has a log, limits and an order."
)
_KEEP = "Keep cron where users bring their own crontabs, or where a job's environment comes from its lines."

TIMED = Rewrite(
    id="imp-cron-job",
    summary="The cron job can be a service with a timer",
    why=_WHY,
    keep=_KEEP,
    before='services.cron.systemCronJobs = [ "30 * * * * backup ${pkgs.rsync}/bin/rsync -a /srv /mnt" ];',
    after=(
        'systemd.services.rsync = { startAt = "*-*-* *:30:00"; serviceConfig.User = "backup"; '
        'script = "${pkgs.rsync}/bin/rsync -a /srv /mnt"; };'
    ),
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.CRON}),
    tools=frozenset({"systemCronJobs"}),
    match=_timed,
    options=("systemd.services.<name>",),
)
BOOTED = Rewrite(
    id="imp-cron-reboot",
    summary="What cron runs at boot can be a service",
    why=_WHY,
    keep=_KEEP,
    before='services.cron.systemCronJobs = [ "@reboot root ${pkgs.ethtool}/bin/ethtool -s eth0 wol g" ];',
    after=(
        'systemd.services.ethtool = { wantedBy = [ "multi-user.target" ]; serviceConfig.Type = "oneshot"; '
        'script = "${pkgs.ethtool}/bin/ethtool -s eth0 wol g"; };'
    ),
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.CRON}),
    tools=frozenset({"systemCronJobs"}),
    match=_booted,
    options=("systemd.services.<name>",),
)
