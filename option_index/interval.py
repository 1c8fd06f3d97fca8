"""Where a pin lies between snapshots, and what can be said there of a change that lies between two of them.

A snapshot shows one state. A pin between two of them has what both agree on; where they disagree a change lies between, and only a
release that is known for the change can tell on which side of it the pin is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from option_index.timeline import branch_window, first_release_of, release_after, release_before

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from option_index.records import Releases
    from option_index.timeline import Point

_DAY = timedelta(days=1)
"""Snapshots of master are dated to the day, commits to the second in some time zone."""


class Snapshot(NamedTuple):
    """One revision of a module set that the index has in full."""

    label: str
    day: date
    release: str | None
    """The release whose branch it is of; None for master."""

    def surely_before(self, day: date) -> bool:
        """Tell whether the revision is, or left master, before a day, whatever time zones and a branch's window leave open."""
        return (branch_window(self.release)[1] if self.release else self.day + _DAY) <= day

    def surely_after(self, day: date) -> bool:
        """Tell whether the revision is, or left master, after a day, in the same sense."""
        return (branch_window(self.release)[0] if self.release else self.day - _DAY) >= day


class Interval(NamedTuple):
    """The part of the snapshots' line that a pin can lie in: from snapshot `first` to snapshot `last`."""

    first: int
    last: int
    open_left: bool
    """The pin may be older than snapshot `first`."""
    open_right: bool
    """The pin may be newer than snapshot `last`."""
    release: str | None = None
    day: date | None = None

    @property
    def exact(self) -> bool:
        """The pin is that of one snapshot."""
        return self.first == self.last and not self.open_left and not self.open_right

    def after(self, change: int, release: str | None, possible: int | None = None) -> bool | None:
        """Tell whether the whole interval lies after a change that snapshot `change` is the first to show.

        Args:
            change: a snapshot's position; 0 for a change at an unknown time before the first snapshot.
            release: the release that the change came in, where that is known.
            possible: the first snapshot that may show the change, where that is not `change` itself.

        Returns:
            True for after, False for before, None where the interval may hold the change.
        """
        if change <= self.first and not self.open_left:
            return True
        if (change if possible is None else possible) > self.last:
            return False
        return self._settled(release) if release else None

    def _settled(self, release: str) -> bool | None:
        if self.release:
            return self.release >= release
        if self.day is None:
            return None
        if self.day >= branch_window(release)[1]:
            return True
        return False if self.day < branch_window(release_before(release))[0] else None


def place(point: Point, snapshots: Sequence[Snapshot], elsewhere: Sequence[Snapshot] = ()) -> Interval:
    """Return where a point lies among a module set's snapshots, oldest first.

    `elsewhere` are the snapshots of the set whose labels a point may use beside the set's own: their days place it.
    """
    newest = len(snapshots) - 1
    day = point.date
    if point.snapshot:
        for position, snapshot in enumerate(snapshots):
            if snapshot.label == point.snapshot:
                return Interval(position, position, False, False, snapshot.release, snapshot.day)
        day = next((snapshot.day for snapshot in elsewhere if snapshot.label == point.snapshot), day)
    if point.release:
        for position, snapshot in enumerate(snapshots):
            if snapshot.release == point.release:
                return Interval(position, position, False, False, point.release)
        earliest, latest = branch_window(point.release)
    elif day:
        earliest = latest = day
    else:
        return Interval(newest, newest, True, True)
    before = [position for position, snapshot in enumerate(snapshots) if snapshot.surely_before(earliest)]
    after = [position for position, snapshot in enumerate(snapshots) if snapshot.surely_after(latest)]
    return Interval(
        before[-1] if before else 0,
        after[0] if after else newest,
        open_left=not before,
        open_right=not after,
        release=point.release,
        day=None if point.release else day,
    )


def releases(
    snapshots: Sequence[Snapshot], change: int, release: str | None, possible: int | None = None
) -> Releases | None:
    """Return the releases in which a change can have come, or None if that is unbounded; the arguments are those of `Interval.after`."""
    from option_index.records import Releases

    if release:
        return Releases(release, release)
    earliest = change if possible is None else possible
    if earliest <= 0 or change >= len(snapshots):
        return None
    before, after = snapshots[earliest - 1], snapshots[change]
    return Releases(
        release_after(before.release) if before.release else first_release_of(before.day),
        after.release or first_release_of(after.day),
    )
