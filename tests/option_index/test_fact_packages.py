"""What the embedded facts say of packages and builtins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from option_index.catalog import Catalog
from option_index.records import MoveKind
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
