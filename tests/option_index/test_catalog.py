"""Which index answers: the exact one, else the embedded facts, described by a nearby revision."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from option_index.cache import Cache
from option_index.catalog import Catalog
from option_index.records import Option, Package
from option_index.store_file import PACKAGES, Origin
from option_index.timeline import Point

PINNED, OTHER = "1" * 40, "2" * 40
POINT = Point(release="25.11", revision=PINNED)
PATH = ("services", "nginx", "enable")
OPTIONS = [
    Option(PATH, "boolean", "false", "true", "Whether to run it."),
    Option(("services", "nginx", "invented"), "string", description="Only in this list."),
]


@pytest.fixture
def catalog(tmp_path: Path) -> Generator[Catalog]:
    catalog = Catalog(tmp_path)
    yield catalog
    catalog.close()


def facts_label() -> str:
    """What answers where nothing but the embedded facts is there."""
    options = Catalog().options("nixos", POINT)
    assert options
    return options.label


def test_without_an_exact_index_the_facts_answer(catalog: Catalog):
    options = catalog.options("nixos", POINT)
    assert options
    assert options.label == facts_label()
    found = options.option(PATH)
    assert found
    assert found.description is None


def test_the_exact_index_answers_for_its_revision(catalog: Catalog, tmp_path: Path):
    Cache(tmp_path).build_options(Origin("nixos", PINNED, "a test"), "25.11", OPTIONS)
    options = catalog.options("nixos", POINT)
    assert options
    assert options.label == "NixOS 25.11 (revision 111111111)"
    assert options.option(("services", "nginx", "invented"))


def test_another_revision_lends_its_prose_and_nothing_else(catalog: Catalog, tmp_path: Path):
    Cache(tmp_path).build_options(Origin("nixos", OTHER, "a test"), "25.11", OPTIONS)
    options = catalog.options("nixos", POINT)
    assert options
    assert options.label == f"{facts_label()}, described as in 222222222"
    found = options.option(PATH)
    assert found
    assert (found.description, found.example) == ("Whether to run it.", "true")
    assert options.option(("services", "nginx", "invented")) is None
    [child] = [child for child in options.children(PATH[:2]) if child.name == "enable"]
    assert child.option == found


def test_another_branch_lends_nothing(catalog: Catalog, tmp_path: Path):
    Cache(tmp_path).build_options(Origin("nixos", OTHER, "a test"), "25.05", OPTIONS)
    options = catalog.options("nixos", POINT)
    assert options
    assert "described" not in options.label


def test_what_is_built_later_is_found_after_a_refresh(catalog: Catalog, tmp_path: Path):
    before = catalog.options("nixos", POINT)
    Cache(tmp_path).build_options(Origin("nixos", PINNED, "a test"), "25.11", OPTIONS)
    assert catalog.options("nixos", POINT) is before
    catalog.refresh()
    after = catalog.options("nixos", POINT)
    assert after
    assert "revision" in after.label
    assert before
    assert before.option(PATH), "what was handed out goes on answering"


def test_a_damaged_index_gives_way_to_the_facts(catalog: Catalog, tmp_path: Path):
    path = Cache(tmp_path).build_options(Origin("nixos", PINNED, "a test"), "25.11", OPTIONS)
    path.write_bytes(b"damaged")
    options = catalog.options("nixos", POINT)
    assert options
    assert options.label == facts_label()
    assert not path.exists()


def test_packages_are_exact_or_described(catalog: Catalog, tmp_path: Path):
    assert catalog.packages(POINT).package("ripgrep")
    packages = [Package("ripgrep", "99", "A fast grep"), Package("invented", "1")]
    Cache(tmp_path).build_packages(Origin(PACKAGES, OTHER, "a test"), "25.11", packages)
    catalog.refresh()
    described = catalog.packages(POINT).package("ripgrep")
    assert described
    assert described.description == "A fast grep"
    assert described.version != "99"
    assert catalog.packages(POINT).package("invented") is None
    exact = catalog.packages(POINT._replace(revision=OTHER)).package("ripgrep")
    assert exact == packages[0]
