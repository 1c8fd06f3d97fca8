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

    from nix_lsp.analysis.shell.word import Word

_OWN_ROWS = frozenset({"nix-collect-garbage", "nixos-rebuild", "nix-store", "nix-env", "nix-channel", "nix"})
"""Programs that have better options than a service of their own."""
_NAME = re.compile(r"[A-Za-z][\w-]{1,40}")


def _job(reading: Reading, *, at_boot: bool) -> Iterator[Match]:
    if not reading.schedule or (reading.schedule == "@reboot") is not at_boot or not reading.script.commands:
        return
    moment = None if at_boot else on_calendar(reading.schedule)
    names = [_program(command.words[0]) for command in reading.script.commands if command.words]
    if (moment is None and not at_boot) or not names or _OWN_ROWS & set(names) or _is_env(reading):
        return
    name = names[-1].removesuffix(".sh")
    if not _NAME.fullmatch(name) or any(path[:3] == ("systemd", "services", name) for path in reading.defined):
        return
    job: list[tuple[str | tuple[str, ...], Value]] = [("startAt", string(moment))] if moment else []
    if at_boot:
        job += [("wantedBy", _targets()), (("serviceConfig", "Type"), string("oneshot"))]
    if reading.service_user:
        job.append((("serviceConfig", "User"), string(reading.service_user)))
    job.append(("script", _command(reading.text)))
    needs_path = not all(_is_located(reading, index) for index in range(len(reading.script.commands)))
    yield Match(
        (),
        ((setting("systemd.services", Attrs(tuple(job)), below=(name,)),),),
        tier=Tier.REVIEW if needs_path or reading.script.opaque else Tier.MECHANICAL,
        note="Name the packages of its programs in `path`: a service does not see those of the system."
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
    return any(command.assignments for command in reading.script.commands)


def _is_located(reading: Reading, index: int) -> bool:
    """Tell whether a command names its program by its place."""
    words = reading.script.commands[index].words
    if not words or not words[0].pieces:
        return False
    first = words[0].pieces[0]
    return isinstance(first, Antiquotation) or (isinstance(first, Text) and first.text.startswith("/"))


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
    before='services.cron.systemCronJobs = [ "30 * * * * backup /srv/bin/report.sh" ];',
    after='systemd.services.report = { startAt = "*-*-* *:30:00"; serviceConfig.User = "backup"; script = "/srv/bin/report.sh"; };',
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
    before='services.cron.systemCronJobs = [ "@reboot root /root/start.sh" ];',
    after=(
        'systemd.services.start = { wantedBy = [ "multi-user.target" ]; serviceConfig.Type = "oneshot"; script = "/root/start.sh"; };'
    ),
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.CRON}),
    tools=frozenset({"systemCronJobs"}),
    match=_booted,
    options=("systemd.services.<name>",),
)
