"""crontab(5) as `services.cron.systemCronJobs`, which the catalogue of habits may turn into timers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import SECRET, Left, one, plain_lines
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import List, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece

_WHEN = re.compile(r"(@[a-z]+|(?:[\w*/,-]+[ \t]+){4}[\w*/,-]+)[ \t]+(\S.*)")
_VARIABLE = re.compile(r"(\w+)[ \t]*=.*")
_SYSTEM = re.compile(r"/etc/(?:crontab|cron\.d/.*)")
_USER = re.compile(r"([a-z_][\w-]*)[ \t]+(\S.*)")


def read(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read one job a line. Lines of the system's own crontab name a user; those of a user's do not, and are run as that user."""
    has_users = _SYSTEM.fullmatch(file.path) is not None or _names_users(file.text)
    for line in plain_lines(file.text):
        if found := _VARIABLE.fullmatch(line):
            secret = looks_secret(found[1], line)
            yield (
                Left(found[1], SECRET) if secret else Left(line, "a variable for all jobs: a service has `environment`")
            )
            continue
        job = _WHEN.fullmatch(line)
        named = _USER.fullmatch(job[2]) if job and has_users else None
        if job is None or (has_users and named is None):
            yield Left(line)
        elif looks_secret("", line):
            yield Left(job[1], SECRET)
        else:
            user, command = (named[1], named[2]) if named else (file.user or "root", job[2])
            text = string(f"{' '.join(job[1].split())} {user} {command}")
            yield one(
                line, setting("services.cron.enable", True), setting("services.cron.systemCronJobs", List((text,)))
            )


def _names_users(text: str) -> bool:
    """Tell whether each job says `root` before its command."""
    jobs = [job for line in plain_lines(text) if (job := _WHEN.fullmatch(line))]
    return bool(jobs) and all(job[2].startswith("root ") for job in jobs)
