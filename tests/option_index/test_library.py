"""Nixpkgs' `lib` at a pin: what is there, what is deprecated, what has left."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date

import pytest

from option_index.catalog import Catalog
from option_index.records import LibraryStanding
from option_index.timeline import Point


@pytest.fixture
def catalog() -> Generator[Catalog]:
    catalog = Catalog()
    yield catalog
    catalog.close()


def standing(catalog: Catalog, path: str, point: Point) -> LibraryStanding | None:
    found = catalog.library(point).name(path.split("."))
    return found.standing if found else None


def test_a_function_has_parameters_and_a_type(catalog: Catalog):
    found = catalog.library(Point(release="25.11")).name(("concatMapStrings",))
    assert found
    assert (found.kind, found.signature) == ("function", "(a -> String) -> [a] -> String")
    assert catalog.library(Point(release="25.11")).name(("strings", "concatMapStrings"))


def test_parameters_are_in_order_and_sets_show_which_have_defaults(catalog: Catalog):
    library = catalog.library(Point(release="25.11"))
    found = {name: library.name((name,)) for name in ("attrByPath", "makeOverridable", "mkPackageOption")}
    assert found["attrByPath"]
    assert found["attrByPath"].args == ("attrPath", "default", "set")
    assert found["mkPackageOption"]
    assert found["mkPackageOption"].args[0] == "pkgs"


def test_types_are_told_from_functions_and_sets(catalog: Catalog):
    kinds = {name.path[-1]: name.kind for name in catalog.library(Point(release="25.11")).children(("types",))}
    assert (kinds["str"], kinds["listOf"], kinds["ints"]) == ("type", "function", "set")


@pytest.mark.parametrize(
    ("path", "release", "expected"),
    [
        ("mdDoc", "24.05", LibraryStanding.PRESENT),
        ("mdDoc", "25.05", LibraryStanding.REMOVED),
        ("options.mdDoc", "25.05", LibraryStanding.REMOVED),
        ("types.string", "25.05", LibraryStanding.DEPRECATED),
        ("types.string", "25.11", LibraryStanding.REMOVED),
        ("literalExample", "25.05", LibraryStanding.DEPRECATED),
        ("literalExample", "25.11", LibraryStanding.REMOVED),
        ("fold", "25.05", LibraryStanding.PRESENT),
        ("fold", "26.05", LibraryStanding.DEPRECATED),
        ("cli.toCommandLine", "25.05", LibraryStanding.NOT_YET),
        ("licenses.gpl1", "25.11", LibraryStanding.REMOVED),
        ("mapAttrs", "22.11", LibraryStanding.PRESENT),
        ("invented", "25.11", None),
        ("maintainers.nobody", "25.11", None),
    ],
)
def test_what_holds_at_a_release(catalog: Catalog, path: str, release: str, expected: LibraryStanding | None):
    assert standing(catalog, path, Point(release=release)) is expected


def test_between_the_two_days_of_a_change_it_is_unsure(catalog: Catalog):
    assert standing(catalog, "mdDoc", Point(date=date(2024, 11, 25))) is LibraryStanding.UNSURE
    assert standing(catalog, "mdDoc", Point(date=date(2024, 12, 1))) is LibraryStanding.REMOVED
    assert standing(catalog, "fold", Point(release="25.11")) is LibraryStanding.PRESENT


def test_of_an_unknown_day_nothing_is_said_to_have_left(catalog: Catalog):
    assert standing(catalog, "mdDoc", Point()) is LibraryStanding.UNSURE


def test_what_replaces_a_name_is_there(catalog: Catalog):
    library = catalog.library(Point(release="26.05"))
    found = library.name(("lists", "fold"))
    assert found
    assert (found.target, found.is_alias) == (("foldr",), True)
    changed = library.name(("types", "string"))
    assert changed
    assert (changed.target, changed.is_alias) == (("types", "str"), False)


def test_what_has_left_is_no_child(catalog: Catalog):
    names = {name.path[-1] for name in catalog.library(Point(release="25.11")).children(())}
    assert {"strings", "mkIf", "types"} <= names
    assert not names & {"mdDoc", "literalExample"}


def test_a_snapshot_is_of_one_day(catalog: Catalog):
    assert standing(catalog, "fold", Point(snapshot="26.05pre")) is LibraryStanding.DEPRECATED
    assert standing(catalog, "fold", Point(snapshot="24.11pre")) is LibraryStanding.PRESENT
