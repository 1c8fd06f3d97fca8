"""What the embedded facts say of packages and builtins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from option_index.catalog import Catalog
from option_index.records import AttributeKind, MoveKind
from option_index.timeline import Point, parse_point


@pytest.fixture(scope="module")
def catalog() -> Iterator[Catalog]:
    catalog = Catalog()
    yield catalog
    catalog.close()


def test_a_package_has_the_version_of_its_snapshot(catalog: Catalog):
    found = [catalog.packages(Point(snapshot=label)).package("ripgrep") for label in ("24.11pre", "26.11pre")]
    assert [package.version for package in found if package] == ["14.1.0", "15.1.0"]


def test_a_version_that_differs_at_the_ends_of_the_interval_is_a_range(catalog: Catalog):
    package = catalog.packages(parse_point("25.11")).package("ripgrep")
    assert package is not None
    assert (package.version, package.main_program, package.unfree) == ("14.1.0 – 15.1.0", "rg", False)


def test_packages_of_a_set_are_found_below_it(catalog: Catalog):
    packages = catalog.packages(Point(snapshot="26.11pre"))
    assert packages.package("python313Packages.requests") is not None
    assert packages.package("python313Packages.noSuchPackage") is None
    assert packages.package("noSuchSet.requests") is None
    assert "python313Packages" in packages.sets("")
    assert packages.children("nerd-fonts")[0].attr.startswith("nerd-fonts.")


def test_completion_puts_what_starts_with_the_text_first(catalog: Catalog):
    found = [package.attr for package in catalog.packages(parse_point("26.11pre")).starting("", "firefox", 10)]
    assert found[0] == "firefox"
    starts = [attr.startswith("firefox") for attr in found]
    assert starts == sorted(starts, reverse=True)
    assert len(found) == len(set(found)) == 10


@pytest.mark.parametrize("text", ["", "%", "_", "'", "\\"])
def test_completion_takes_any_text(catalog: Catalog, text: str):
    assert len(catalog.packages(parse_point("25.11")).starting("", text, 4)) <= 4


@pytest.mark.parametrize(
    ("pin", "attr", "kind", "target"),
    [
        ("26.11pre", "neofetch", MoveKind.REMOVED, None),
        ("26.11pre", "vaapiVdpau", MoveKind.RENAMED, "libva-vdpau-driver"),
        ("25.11", "alsaLib", MoveKind.ALIAS, "alsa-lib"),
        # Its line in the alias file bears a day long before the branch left master.
        ("25.11", "androidndkPkgs_21", MoveKind.REMOVED, None),
    ],
)
def test_an_alias_is_told(catalog: Catalog, pin: str, attr: str, kind: MoveKind, target: str | None):
    move = catalog.packages(parse_point(pin)).move(attr)
    assert move is not None
    assert (move.kind, move.target) == (kind, target)


def test_an_alias_dated_shortly_before_the_branch_left_master_is_not_told(catalog: Catalog):
    assert catalog.packages(parse_point("25.11")).move("adminerneo") is None


@pytest.mark.parametrize(
    ("pin", "attr"),
    [("25.05", "neofetch"), ("25.11", "ripgrep"), ("25.11", "noSuchPackage"), ("unstable", "vaapiVdpau")],
)
def test_an_alias_that_may_not_hold_is_not_told(catalog: Catalog, pin: str, attr: str):
    assert catalog.packages(parse_point(pin)).move(attr) is None


def test_builtins_say_their_arguments_and_whether_they_need_a_prefix(catalog: Catalog):
    builtins = catalog.builtins()
    assert builtins["map"].args == ("f", "list")
    assert builtins["map"].global_scope
    assert not builtins["mapAttrs"].global_scope
    assert (builtins["true"].type, builtins["nixVersion"].type) == ("bool", "string")
    assert all(builtin.summary for builtin in builtins.values())


def test_no_summary_is_that_of_the_nix_manual(catalog: Catalog, shared: Path):
    dump = json.loads((shared / "language" / "nix-2.34.8.json").read_text())
    manual = {name: " ".join(row["doc"].split()) for name, row in dump.items() if row.get("doc")}
    copied = [name for name, builtin in catalog.builtins().items() if (builtin.summary or "?") in manual.get(name, "")]
    assert not copied


def test_the_standard_python_set_is_the_pin_s(catalog: Catalog):
    package = catalog.packages(parse_point("26.11pre")).package("python3Packages.requests")
    assert package is not None
    assert package.version is not None


@pytest.mark.parametrize(
    ("attr", "kind"),
    [
        ("linuxPackages_latest", AttributeKind.SET),
        ("linuxPackages_latest.nvidia_x11", AttributeKind.MEMBER),
        ("kdePackages.dolphin", AttributeKind.PACKAGE),
        ("fetchFromGitHub", AttributeKind.FUNCTION),
        ("system", AttributeKind.VALUE),
        ("apacheAnt", AttributeKind.GONE),
    ],
)
def test_what_stands_at_an_attribute(catalog: Catalog, attr: str, kind: AttributeKind):
    found = catalog.packages(parse_point("26.05")).attribute(attr)
    assert found is not None
    assert found.kind is kind


def test_a_set_without_a_version_stands_for_the_standard_one(catalog: Catalog):
    found = catalog.packages(parse_point("26.05")).attribute("python3Packages")
    assert found is not None
    assert found.is_also == "python313Packages"
    assert found.size > 10_000


@pytest.mark.parametrize(
    ("pin", "lacking"),
    [
        ("26.05", {"fireofx", "dolphin"}),
        ("26.11pre", {"fireofx", "dolphin"}),
        ("25.11", set[str]()),
        ("unstable", set[str]()),
    ],
)
def test_a_name_is_lacking_where_all_revisions_that_the_pin_may_be_are_known(
    catalog: Catalog, pin: str, lacking: set[str]
):
    names = frozenset({"fireofx", "dolphin", "firefox", "linuxPackages_latest", "fetchurl", "apacheAnt"})
    assert catalog.packages(parse_point(pin)).lacking("", names) == lacking


def test_only_sets_whose_names_are_all_known_lack_something(catalog: Catalog):
    packages = catalog.packages(parse_point("26.05"))
    names = frozenset({"requets", "requests"})
    found = {set_: packages.lacking(set_, names) for set_ in ("python3Packages", "haskellPackages", "noSuchSet")}
    assert found == {"python3Packages": {"requets"}, "haskellPackages": set[str](), "noSuchSet": set[str]()}


@pytest.mark.parametrize(
    ("attr", "near"),
    [
        ("fireofx", "firefox"),
        ("google_chrome", "google-chrome"),
        ("dolphin", "kdePackages.dolphin"),
        ("nerdfonts", "nerd-fonts"),
        ("python3Packages.requets", "python3Packages.requests"),
    ],
)
def test_a_name_that_is_not_there_resembles_one_that_is(catalog: Catalog, attr: str, near: str):
    assert catalog.packages(parse_point("26.05")).near(attr)[0] == near


@pytest.mark.parametrize(("attr", "instead"), [("exa", ("eza",)), ("autoconf213", ("autoconf",)), ("adjustor", ())])
def test_a_removal_names_what_nixpkgs_proposes(catalog: Catalog, attr: str, instead: tuple[str, ...]):
    move = catalog.packages(Point(snapshot="26.11pre")).move(attr)
    assert move is not None
    assert move.instead == instead


def test_a_young_builtin_has_the_release_of_nix_that_brought_it(catalog: Catalog):
    assert {name: catalog.builtins()[name].since for name in ("warn", "map")} == {"warn": "2.23", "map": None}


@pytest.mark.parametrize(("pin", "removed"), [("25.11", False), ("26.05", True), ("26.11pre", True)])
def test_what_the_earlier_neighbour_still_has_may_surely_be_gone(catalog: Catalog, pin: str, removed: bool):
    """neofetch went on 2026-03-02 (nixpkgs, pkgs/top-level/aliases.nix), between the snapshots round 26.05."""
    point = parse_point(pin)
    assert point
    assert bool(catalog.packages(point).move("neofetch")) == removed


@pytest.mark.parametrize("set_", ["python3Packages", "python313Packages"])
def test_all_pythons_share_their_aliases(catalog: Catalog, set_: str):
    packages = catalog.packages(parse_point("26.05"))
    move = packages.move(f"{set_}.abodepy")
    assert move is not None
    assert (move.attr, move.kind, move.target) == (f"{set_}.abodepy", MoveKind.RENAMED, f"{set_}.jaraco-abode")
    assert packages.move(f"{set_}.requests") is None


def test_a_member_that_went_before_the_pin_is_removed_and_one_that_may_be_there_is_not(catalog: Catalog):
    def kind(pin: str) -> MoveKind | None:
        move = catalog.packages(parse_point(pin)).move("vimPlugins.mind-nvim")
        return move and move.kind

    assert kind("26.11pre") is MoveKind.REMOVED
    assert kind("26.05") is None
