"""Where pins lie between snapshots, and on which side of a change."""

from __future__ import annotations

from datetime import date

import pytest

from option_index.interval import Snapshot, place, releases
from option_index.records import Releases
from option_index.timeline import Point, parse_point

MASTER = (
    Snapshot("24.11pre", date(2024, 7, 30), None),
    Snapshot("25.05pre", date(2024, 12, 19), None),
    Snapshot("25.11pre", date(2025, 7, 23), None),
)
BRANCHES = (
    Snapshot("25.05", date(2025, 5, 23), "25.05"),
    Snapshot("25.11", date(2025, 11, 30), "25.11"),
    Snapshot("master", date(2026, 8, 22), None),
)


@pytest.mark.parametrize(
    ("point", "first", "last", "open_left", "open_right"),
    [
        (Point(release="24.05"), 0, 0, True, False),
        (Point(release="24.11"), 0, 1, False, False),
        (Point(release="25.05"), 1, 2, False, False),
        (Point(release="25.11"), 2, 2, False, True),
        (Point(date=date(2025, 3, 1)), 1, 2, False, False),
        (Point(date=date(2024, 12, 19)), 0, 2, False, False),
        (Point(snapshot="25.05pre"), 1, 1, False, False),
        (Point(), 2, 2, True, True),
        (Point(revision="0" * 40), 2, 2, True, True),
    ],
)
def test_a_pin_on_master_lies_between_its_neighbours(
    point: Point, first: int, last: int, open_left: bool, open_right: bool
):
    assert place(point, MASTER)[:4] == (first, last, open_left, open_right)


def test_a_release_branch_that_is_a_snapshot_is_exact():
    assert place(Point(release="25.11"), BRANCHES).exact


def test_a_day_on_which_a_branch_may_have_left_master_lies_around_that_branch():
    assert place(Point(date=date(2025, 11, 15)), BRANCHES)[:2] == (0, 2)


def test_another_sets_snapshot_places_a_pin_by_its_day():
    assert place(Point(snapshot="25.11pre"), BRANCHES, MASTER)[:2] == (0, 1)


@pytest.mark.parametrize(
    ("point", "release", "after"),
    [
        (Point(release="24.11"), None, None),
        (Point(release="24.11"), "24.11", True),
        (Point(release="24.11"), "25.05", False),
        (Point(date=date(2024, 8, 30)), "24.11", None),
        (Point(date=date(2024, 11, 29)), "24.11", True),
        (Point(date=date(2024, 9, 1)), "25.05", False),
        (Point(release="25.05"), None, True),
        (Point(snapshot="24.11pre"), None, False),
    ],
)
def test_a_change_between_two_snapshots_is_settled_by_its_release_alone(
    point: Point, release: str | None, after: bool | None
):
    assert place(point, MASTER).after(1, release) is after


def test_a_change_that_may_be_older_than_the_first_snapshot_that_surely_shows_it_is_unsure_there():
    assert place(Point(snapshot="24.11pre"), MASTER).after(1, None, possible=0) is None


def test_the_releases_of_a_change_follow_from_the_days_around_it():
    assert releases(MASTER, 1, None) == Releases("24.11", "25.05")
    assert releases(BRANCHES, 1, None) == Releases("25.11", "25.11")
    assert releases(BRANCHES, 2, None) == Releases("26.05", "26.11")
    assert releases(MASTER, 0, None) is None


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("25.11", Point(release="25.11")),
        ("nixos-25.11", Point(release="25.11")),
        ("unstable", Point()),
        ("nixos-unstable", Point()),
        ("2025-03-01", Point(date=date(2025, 3, 1))),
        ("26.11pre", Point(snapshot="26.11pre")),
        ("a" * 40, Point(revision="a" * 40)),
    ],
)
def test_a_typed_pin_is_read(text: str, point: Point):
    assert parse_point(text) == point


@pytest.mark.parametrize("text", ["", "25.12", "stable", "2025-13-01", "abc123"])
def test_a_typed_pin_that_names_nothing_says_what_would(text: str):
    with pytest.raises(ValueError, match="give a release"):
        parse_point(text)
