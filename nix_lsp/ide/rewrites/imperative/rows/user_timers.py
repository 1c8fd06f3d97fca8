"""`crontab -`: jobs of a user's own crontab, put there by an activation script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.crontab import on_calendar, read_user_line
from nix_lsp.analysis.shell.invocation import runs
from nix_lsp.analysis.shell.script import Command
from nix_lsp.analysis.shell.word import Antiquotation, Text, Word
from nix_lsp.analysis.shell.writes import fed_text, printed
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.etc_files import lines_of
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Str, string, word_string
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.word import Piece

_PROGRAM = re.compile(r"(?:\S*/)?([A-Za-z][\w-]*)(?:\s.*)?")
_MAIL = re.compile(r"mbsync (?:-a|--all)")
_SHELL_ONLY = frozenset("|;&<>$%\n#`~*?\\!")
"""What only a shell reads, in a command line."""


def _match(reading: Reading) -> Iterator[Match]:
    for command in reading.script.commands:
        text = _installed(command) if command.is_plain and b"crontab" in _source(command) else None
        jobs = [_job(reading, line) for line in lines_of(text)] if text else []
        known = tuple(each for job in jobs if job for each in job)
        if jobs and None not in jobs:
            yield Match((command,), (known,), needs_linux=True)
        elif jobs:
            note = "The service of a timer runs a program by its full path, without a shell."
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=("systemd.user.timers",))


def _source(command: Command) -> bytes:
    return command.content[command.span.start : command.span.end]


def _installed(command: Command) -> Str | None:
    """Return the crontab that a command installs, less what is there already: `(crontab -l; echo …) | crontab -`, or a here-document."""
    run = runs(command.stages[-1])
    words = [word.value for word in run.arguments] if run else None
    if run is None or run.tool != "crontab" or run.user or words not in ([], ["-"]):
        return None
    if len(command.stages) == 1:
        pieces = fed_text(command)
    else:
        first = command.stages[0]
        pieces = _said(first) if first.node.type == "subshell" else printed(first)
    return word_string(Word(command.span, pieces)) if pieces else None


def _said(several: Command) -> tuple[Piece, ...] | None:
    """Return what the commands in parentheses print beside the crontab that is there; None for any other commands."""
    found: list[Piece] = []
    for node in several.node.named_children:
        body = node.child_by_field_name("body") if node.type == "redirected_statement" else node
        if node.type == "list" and node.children[1].type == "||":
            body = node.children[0]
            body = body.child_by_field_name("body") if body.type == "redirected_statement" else body
        if body is None or body.type != "command":
            return None
        span = Span(body.start_byte, body.end_byte)
        inner = Command(several.content, several.holes, body, span, several.is_plain)
        if [word.value for word in inner.words] == ["crontab", "-l"]:
            continue
        text = printed(inner) if node is body else None
        if text is None:
            return None
        found += text
    return tuple(found)


def _job(reading: Reading, line: Str) -> tuple[Setting, ...] | None:
    """Return the timer and the service of a job, or the module that does it; None where a service would not run it alike."""
    first = line.pieces[0]
    job = read_user_line(line.outline.encode())
    moment = on_calendar(job.schedule) if job else None
    head = len(first.text) if isinstance(first, Text) else 0
    if job is None or moment is None or job.command > head:
        return None
    rest = first.text[job.command :] if isinstance(first, Text) else ""
    command = Str(((Text(rest),) if rest else ()) + line.pieces[1:])
    if _MAIL.fullmatch(command.text or ""):
        return setting("services.mbsync.enable", True), setting("services.mbsync.frequency", string(moment))
    program = _PROGRAM.fullmatch(command.outline)
    is_located = rest.startswith("/") or (not rest and isinstance(command.pieces[0], Antiquotation))
    known = any(isinstance(piece, Text) and _SHELL_ONLY & set(piece.text) for piece in command.pieces)
    if not program or not is_located or known:
        return None
    name = program[1]
    if any(path[:2] == ("systemd", "user") and name in path for path in reading.defined):
        return None
    timer = Attrs(
        ((("Timer", "OnCalendar"), string(moment)), (("Install", "WantedBy"), List((string("timers.target"),))))
    )
    return (
        setting("systemd.user.timers", timer, below=(name,)),
        setting("systemd.user.services", command, below=(name, "Service", "ExecStart")),
    )


JOBS = Rewrite(
    id="imp-home-manager-timer",
    summary="The jobs of the crontab can be timers",
    why=(
        "A script that adds to a crontab adds once more at each activation, and what it has added stays when the line is taken out. A timer "
        "goes with its declaration, has a log, and can be asked when it runs next."
    ),
    keep="Keep it on machines without systemd.",
    before=(
        'home.activation.cron = lib.hm.dag.entryAfter [ "writeBoundary" ] '
        "\"(crontab -l; echo '@hourly ${pkgs.rsync}/bin/rsync -a /srv/a /srv/b') | crontab -\";"
    ),
    after=(
        'systemd.user = { timers.rsync = { Timer.OnCalendar = "hourly"; Install.WantedBy = [ "timers.target" ]; }; '
        'services.rsync.Service.ExecStart = "${pkgs.rsync}/bin/rsync -a /srv/a /srv/b"; };'
    ),
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION}),
    tools=frozenset({"crontab"}),
    match=_match,
    options=("systemd.user.timers", "systemd.user.services", "services.mbsync"),
)
