"""Releases and their dates, and where on that line a revision lies.

Dates are the headings of nixpkgs' release notes; a release branch leaves master one to two weeks before its date.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple


class Release(NamedTuple):
    """A nixpkgs release."""

    name: str
    published: date


RELEASES = (
    Release("22.11", date(2022, 11, 30)),
    Release("23.05", date(2023, 5, 31)),
    Release("23.11", date(2023, 11, 29)),
    Release("24.05", date(2024, 5, 31)),
    Release("24.11", date(2024, 11, 28)),
    Release("25.05", date(2025, 5, 23)),
    Release("25.11", date(2025, 11, 30)),
    Release("26.05", date(2026, 5, 30)),
)


class Point(NamedTuple):
    """Where a revision lies: on a release branch, or on master (unstable) at a date.

    All fields None: nothing is known but the set. `snapshot` names one of the index's own snapshots exactly (`26.11pre`).
    """

    release: str | None = None
    """`25.11` for a revision of the branch nixos-25.11, release-25.11, nixpkgs-25.11-darwin, nix-darwin-25.11, …"""
    date: date | None = None
    """The commit's date."""
    revision: str | None = None
    """The full commit hash."""
    nar_hash: str | None = None
    """SRI hash of the unpacked source, as flake.lock gives it."""
    snapshot: str | None = None

    def __str__(self) -> str:
        if self.snapshot:
            return self.snapshot
        if self.release:
            return self.release
        return f"unstable of {self.date}" if self.date else "unstable"


def release_after(name: str) -> str:
    """Return the release that follows one: nixpkgs releases in May and in November."""
    year, month = (int(part) for part in name.split("."))
    return f"{year:02}.11" if month < 11 else f"{year + 1:02}.05"


def release_before(name: str) -> str:
    """Return the release that goes before one."""
    year, month = (int(part) for part in name.split("."))
    return f"{year:02}.05" if month > 5 else f"{year - 1:02}.11"


def end_of_support(name: str) -> date:
    """Return the last day on which a release gets updates: the end of the seventh month after its own."""
    year, month = (int(part) for part in name.split("."))
    return date(2000 + year, 12, 31) if month < 11 else date(2001 + year, 6, 30)


def branch_window(name: str) -> tuple[date, date]:
    """Return the days between which a release's branch leaves master: one to four weeks before its date, known or expected."""
    published = next((release.published for release in RELEASES if release.name == name), None)
    if published is None:
        year, month = (int(part) for part in name.split("."))
        published = date(2000 + year, month, 30)
    return published - timedelta(days=28), published - timedelta(days=5)


@cache
def first_release_of(day: date) -> str:
    """Return the first release that has what master had at the end of a day: the next one to branch off, surely."""
    name = RELEASES[0].name
    while branch_window(name)[0] < day:
        name = release_after(name)
    return name


def parse_point(text: str) -> Point:
    """Read a pin that somebody typed: `25.11`, `unstable`, `2025-03-01`, a full commit hash, or a snapshot's label such as `26.11pre`.

    Raises:
        ValueError: the text is none of these; the message says what would be.
    """
    text = text.strip()
    name = (
        text.removesuffix("-darwin")
        .removeprefix("nixos-")
        .removeprefix("release-")
        .removeprefix("nixpkgs-")
        .removeprefix("nix-darwin-")
    )
    if re.fullmatch(r"\d\d\.(05|11)", name):
        return Point(release=name)
    if name in ("unstable", "master", "unstable-small"):
        return Point()
    if re.fullmatch(r"\d\d\.(05|11)pre", name):
        return Point(snapshot=name)
    if re.fullmatch(r"[0-9a-f]{40}", text):
        return Point(revision=text)
    try:
        return Point(date=date.fromisoformat(text))
    except ValueError:
        pass
    raise ValueError(
        f"`{text}` names no revision: give a release (25.11), `unstable`, a date (2025-03-01), a full commit hash, or a snapshot (26.11pre)"
    )
