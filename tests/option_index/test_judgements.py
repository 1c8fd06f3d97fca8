"""What is claimed about options that people's configurations define, judged one by one.

`judgements.tsv` is drawn at random from all claims over sixteen public configurations, at four dates of each, by their own pins and as
if they were upgraded (docs/verified.md). A line has, parted by tabs: the module set; the release, day or snapshot; the path; the
claim; the new path where there is one; and what confirmed it: an evaluation of that module set at that revision or at both revisions round
it, the declaration of the move there, or reading the source.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from option_index.catalog import Catalog
from option_index.timeline import parse_point

if TYPE_CHECKING:
    from collections.abc import Iterator

JUDGEMENTS = [line.split("\t") for line in Path(__file__).with_name("judgements.tsv").read_text().splitlines()]


@pytest.fixture(scope="module")
def catalog() -> Iterator[Catalog]:
    catalog = Catalog()
    yield catalog
    catalog.close()


@pytest.mark.parametrize(
    ("module_set", "point", "path", "claim", "target"),
    [row[:5] for row in JUDGEMENTS],
    ids=["-".join(row[:4]) for row in JUDGEMENTS],
)
def test_a_claim_that_was_found_true_stays(
    catalog: Catalog, module_set: str, point: str, path: str, claim: str, target: str
):
    options = catalog.options(module_set, parse_point(point))
    assert options is not None
    resolution = options.resolve(path.split("/"))
    assert resolution.standing.value == claim
    moved = resolution.move.target if resolution.move else None
    assert ".".join(moved or ()) == target


def test_there_are_three_hundred():
    assert len(JUDGEMENTS) == len({tuple(row[:4]) for row in JUDGEMENTS}) == 300
