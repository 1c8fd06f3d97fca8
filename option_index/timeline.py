"""Releases and their dates, and where on that line a revision lies.

Dates are the headings of nixpkgs' release notes; a release branch leaves master one to two weeks before its date.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple


class Release(NamedTuple):
    """A nixpkgs release. `supported_until` is None while the release is not out."""

    name: str
    published: date
    supported_until: date

    @property
    def branched(self) -> date:
        """The latest day on which the release branch can have left master."""
        return self.published - timedelta(days=7)


RELEASES = (
    Release("22.11", date(2022, 11, 30), date(2023, 6, 30)),
    Release("23.05", date(2023, 5, 31), date(2023, 12, 31)),
    Release("23.11", date(2023, 11, 29), date(2024, 6, 30)),
    Release("24.05", date(2024, 5, 31), date(2024, 12, 31)),
    Release("24.11", date(2024, 11, 28), date(2025, 6, 30)),
    Release("25.05", date(2025, 5, 23), date(2025, 12, 31)),
    Release("25.11", date(2025, 11, 30), date(2026, 6, 30)),
    Release("26.05", date(2026, 5, 30), date(2026, 12, 31)),
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
