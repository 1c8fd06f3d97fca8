"""`restic backup`, `borg create`: backups that a script makes by the clock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.crontab import on_calendar
from nix_lsp.analysis.shell.invocation import Tool, read_options, runs
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Value, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation, Runs
    from nix_lsp.analysis.shell.word import Word

_KEEP = {f"keep-{period}": f"keep-{period}=" for period in ("last", "hourly", "daily", "weekly", "monthly", "yearly")}
RESTIC = Tool(
    "restic",
    flags="qv",
    valued="rpe",
    long={
        "repo": "r",
        "password-file": "p",
        "exclude": "e",
        "tag": "tag=",
        "host": "host=",
        "one-file-system": "one-file-system",
        "exclude-caches": "exclude-caches",
        "prune": "prune",
        "quiet": "q",
        "verbose": "v",
        **_KEEP,
    },
)
_PASSED = ("tag", "host", "one-file-system", "exclude-caches")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_ENVIRONMENT = {"RESTIC_REPOSITORY": "r", "RESTIC_PASSWORD_FILE": "p"}
_PLACEHOLDER = string("/run/secrets/restic")
_MOMENT = frozenset({"startAt", "timer", "after", "wants", "requires"})


def _match(reading: Reading) -> Iterator[Match]:
    if reading.lane == "home-manager":
        yield from _of_home(reading)
        return
    moment = on_calendar(reading.schedule) if reading.schedule else reading.calendar
    if moment is None or reading.script.opaque:
        return
    found: list[Invocation] = []
    given: dict[str, Word] = {}
    for command in reading.script.commands:
        run = runs(command) if command.is_plain and command.is_silent and not command.assignments else None
        variable = next((each for each in reading.assigned if each.command is command), None)
        if variable and variable.name in _ENVIRONMENT:
            given[_ENVIRONMENT[variable.name]] = variable.value
        elif run is None or (run.tool != "restic" and command.name not in {"set", "true", ":"}):
            yield from _others(reading)
            return
        elif run.tool == "restic":
            invocation = _line(run)
            if invocation is None:
                return
            found.append(invocation)
    backups = [each for each in found if each.operands[0].value == "backup"]
    if len(backups) != 1 or len(found) - len(backups) > 1:
        return
    declared = _declared(
        reading, moment, backups[0], next((each for each in found if each is not backups[0]), None), given
    )
    if declared is None:
        return
    name, items, absorbed = declared
    is_job = reading.schedule is not None
    base = setting("services.restic.backups", Attrs(tuple(items)), below=(name,))
    yield Match(
        () if is_job else reading.script.commands,
        ((base,),),
        is_whole=is_job,
        tier=Tier.REVIEW,
        note="The file with the password has to be there." if ("passwordFile", _PLACEHOLDER) in items else "",
        absorbs=_MOMENT | absorbed,
    )


def _of_home(reading: Reading) -> Iterator[Match]:
    """A home's timer is not a part of its service: what would go, and what stays, is for the author to say."""
    for command, run in reading.runs:
        is_backup = run.tool == "restic" and (line := _line(run)) and line.operands[0].value == "backup"
        if is_backup and reading.calendar:
            note = "The timer goes with the service: the option has its own, `timerConfig`."
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=("services.restic.backups",))


def _line(run: Runs) -> Invocation | None:
    """Read `restic backup` and `restic forget`; None for what they cannot be declared with."""
    invocation = read_options(RESTIC, run.arguments)
    verb = invocation.operands[0].value if invocation and invocation.operands else None
    if invocation is None or verb not in {"backup", "forget"} or run.user:
        return None
    return invocation if verb == "backup" or len(invocation.operands) == 1 else None


def _declared(
    reading: Reading, moment: str, backup: Invocation, forget: Invocation | None, given: dict[str, Word]
) -> tuple[str, list[tuple[str | tuple[str, ...], Value]], frozenset[str]] | None:
    """Return the name of the backup, what is said of it, and what of the service's environment that takes in."""
    service = reading.path[:3] if reading.path[:2] == ("systemd", "services") else None
    absorbed: set[str] = set()
    named: dict[str, Value] = {}
    for variable, key in _ENVIRONMENT.items():
        word = backup.argument(key) or given.get(key)
        written = reading.defined.get((*service, "environment", variable)) if service else None
        value = word_string(word) if word else _text(written.text) if written else None
        if word and value is None:
            return None
        if written:
            absorbed.add(f"environment.{variable}")
        if value is not None:
            named[key] = value
    paths = [word_string(word) for word in backup.operands[1:]]
    known = [path for path in paths if path and (path.outline.startswith("/") or not path.text)]
    last = (known[0].text or "").rstrip("/").rpartition("/")[2] if known else ""
    name = last if _NAME.fullmatch(last) else "system"
    if "r" not in named or not known or len(known) < len(paths):
        return None
    items: list[tuple[str | tuple[str, ...], Value]] = [
        ("repository", named["r"]),
        ("paths", List(tuple(known))),
        ("passwordFile", named.get("p", _PLACEHOLDER)),
        (("timerConfig", "OnCalendar"), string(moment)),
    ]
    if excluded := [word.value for key, word in backup.options if key == "e" and word and word.value]:
        items.append(("exclude", List(tuple(map(string, excluded)))))
    passed = [f"--{key}" + (f"={word.value}" if word else "") for key, word in backup.options if key in _PASSED]
    if passed:
        items.append(("extraBackupArgs", List(tuple(map(string, passed)))))
    if forget:
        kept = [f"--{key} {word.value}" for key, word in forget.options if key in _KEEP and word and word.value]
        if not kept:
            return None
        items.append(("pruneOpts", List(tuple(map(string, kept)))))
    if reading.service_user:
        items.append(("user", string(reading.service_user)))
        absorbed.add("serviceConfig.User")
    return name, items, frozenset(absorbed)


def _text(source: bytes | None) -> Value | None:
    from nix_lsp.ide.rewrites.imperative.value import Expression

    return Expression(source.decode("utf-8", "replace")) if source else None


def _others(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        verb = run.arguments[0].value if run.arguments else None
        if run.tool == "borg" and verb == "create":
            yield Match((command,), (), tier=Tier.EXPLAINED, advised=("services.borgbackup.jobs",))


BACKUP = Rewrite(
    id="imp-backup-script",
    summary="The backup can be declared as an option",
    why=(
        "The module makes the repository where it is missing, removes locks that are stale, takes passwords from files only, and tells how "
        "the last run went."
    ),
    keep="Keep scripts that mount, take snapshots or hold locks round the backup.",
    before='systemd.services.backup = { startAt = "daily"; script = "restic -r /mnt/repo backup /home"; };',
    after=(
        'services.restic.backups.home = { repository = "/mnt/repo"; paths = [ "/home" ]; '
        'passwordFile = "/run/secrets/restic"; timerConfig.OnCalendar = "daily"; };'
    ),
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.SERVICE, Place.USER_SERVICE, Place.CRON}),
    tools=frozenset({"restic", "borg"}),
    match=_match,
    options=("services.restic.backups.<name>", "services.borgbackup.jobs"),
    tier=Tier.REVIEW,
    is_of_backups=True,
)
