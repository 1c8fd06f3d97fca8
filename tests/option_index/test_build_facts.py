"""The facts file itself: how it is built, how large it is, and whether the hand-written tables are true."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from option_index.facts_file import FACTS

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from scripts.facts import history, moves, notes, sources, table, tree  # noqa: E402
from scripts.facts.sources import Published  # noqa: E402

Lists = dict[str, list[tuple[str, dict[tuple[str, ...], Published]]]]
"""The option lists of each set's snapshots, with their labels."""


def published(
    type_: str = "boolean", default: str | None = None, files: tuple[str, ...] | None = ("a.nix",)
) -> Published:
    return Published(type_, default, default_is_prose=False, files=files, read_only=False)


def test_the_file_fits_into_the_wheel():
    data = Path(FACTS).read_bytes()
    assert len(data) < 12_000_000
    assert len(zlib.compress(data, 9)) < 5_000_000


def test_the_same_data_gives_the_same_bytes(shared: Path, tmp_path: Path):
    from scripts.build_facts import build

    build(shared, tmp_path / "facts.sqlite")
    assert (tmp_path / "facts.sqlite").read_bytes() == Path(FACTS).read_bytes()


def test_equal_facts_are_one_run_and_a_reworded_type_is_equal():
    lists = [{("a",): published("path")}, {("a",): published("absolute path")}, {("a",): published("string")}]
    facts = history.histories(lists)["a",].facts
    assert [(fact.since, fact.type) for fact in facts] == [(0, "absolute path"), (2, "string")]


def test_a_list_that_leaves_out_files_and_long_defaults_takes_them_from_its_neighbours():
    lists = [
        {("a",): published(default="[ 1 ]")},
        {("a",): published(files=None)},
        {("a",): published(default="[ 1 ]")},
    ]
    assert len(history.histories(lists)["a",].facts) == 1


def test_an_option_missing_between_two_lists_counts_as_present():
    found = history.histories([{("a",): published()}, {}, {("a",): published()}])["a",]
    assert (found.first, found.last) == (0, 2)


@pytest.mark.parametrize(
    ("row", "source", "target", "since"),
    [
        (
            {"kind": "mkRenamedOptionModule", "from": ["a", "b"], "to": ["a", "c"], "text": None},
            ("a", "b"),
            ("a", "c"),
            None,
        ),
        (
            {
                "kind": "mkRenamedOptionModuleWith",
                "from": None,
                "to": None,
                "text": '{ sinceRelease = 2411; from = [ "a" "b" ]; to = [ "a" "c" ]; }',
            },
            ("a", "b"),
            ("a", "c"),
            "24.11",
        ),
        (
            {"kind": "mkRemovedOptionModule", "from": ["a", "b"], "to": None, "text": '"Use `a.known` instead."'},
            ("a", "b"),
            ("a", "known"),
            None,
        ),
    ],
)
def test_a_declared_move_is_read(
    row: dict[str, Any], source: tuple[str, ...], target: tuple[str, ...], since: str | None
):
    found = list(moves.declared([{**row, "file": "x.nix"}], {"a"}, {("a", "known")}, "modules/"))
    assert [(move.source, move.target, move.since, move.file) for move in found] == [
        (source, target, since, "modules/x.nix")
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "mkRenamedOptionModule", "from": ["a", "<name>"], "to": ["a", "c"], "text": None},
        {"kind": "mkRenamedOptionModule", "from": ["relative"], "to": ["other"], "text": None},
        {
            "kind": "mkRenamedOptionModuleWith",
            "from": None,
            "to": None,
            "text": '{ from = [ "a" old ]; to = [ "a" ]; }',
        },
        {"kind": "mkRemovedOptionModule", "from": None, "to": None, "text": None},
    ],
)
def test_a_move_that_cannot_be_placed_is_left_out(row: dict[str, Any]):
    assert not list(moves.declared([{**row, "file": "x.nix"}], {"a"}, {}, ""))


def test_notes_settle_a_release_only_where_exactly_one_speaks():
    spoken = notes.Notes(
        {
            "24.11": [{"options": ["a.gone"], "verbs": ["removed"]}, {"options": ["a.new"], "verbs": []}],
            "25.05": [
                {"options": ["a.gone", "a.twice"], "verbs": ["removed"]},
                {"options": ["a.late"], "verbs": ["added"]},
            ],
        }
    )
    candidates = ["24.11", "25.05"]
    assert spoken.left(("a", "gone"), candidates) is None
    assert spoken.left(("a", "twice"), candidates) == "25.05"
    assert spoken.came(("a", "new"), candidates) == "24.11"
    assert spoken.came(("a", "late"), candidates) == "25.05"
    assert spoken.came(("a", "gone"), candidates) is None


def test_ids_are_preorder_and_siblings_stand_by_name():
    root = tree.build(
        history.histories([{("b",): published(), ("a", "z"): published(), ("a", "b"): published()}]), [], {}
    )
    order = tree.number(root, 1)
    assert [(node.id, node.path, node.last) for node in order] == [
        (1, (), 5),
        (2, ("a",), 4),
        (3, ("a", "b"), 3),
        (4, ("a", "z"), 4),
        (5, ("b",), 5),
    ]


@pytest.fixture(scope="module")
def lists(shared: Path) -> Lists:
    return {
        name: [(source.label, sources.read_options(shared, source)) for source in sources.sources(name)]
        for name in sources.SETS
    }


@pytest.mark.parametrize("name", sources.SETS)
def test_every_hand_written_move_is_confirmed_by_the_lists_around_it(lists: Lists, name: str):
    labels = [label for label, _ in lists[name]]
    for row in table.MOVES[name]:
        source, first = tuple(row.source.split(".")), labels.index(row.first)
        before, after = lists[name][first - 1][1], lists[name][first][1]
        # nix-darwin's three activation scripts are names of an `attrsOf`: only their absence under a name of their own shows.
        if row.target:
            assert source in before, row
            assert source not in after, row
            assert tuple(row.target.split(".")) in after, row


@pytest.mark.parametrize("name", table.LEFT)
def test_every_dated_move_lies_between_lists_that_allow_the_release(lists: Lists, name: str):
    every = sources.sources(name)
    for dotted, release in table.LEFT[name].items():
        path = tuple(dotted.split("."))
        has = [any(option[: len(path)] == path for option in options) for _, options in lists[name]]
        gone = next((index for index in range(1, len(has)) if has[index - 1] and not has[index]), None)
        if gone is not None:
            assert release in tree.candidates(every, gone, gone), (dotted, release)


@pytest.mark.parametrize("name", table.CAME)
def test_every_dated_arrival_lies_between_lists_that_allow_the_release(lists: Lists, name: str):
    every = sources.sources(name)
    for dotted, release in table.CAME[name].items():
        path = tuple(dotted.split("."))
        first = next(
            index
            for index, (_, options) in enumerate(lists[name])
            if any(option[: len(path)] == path for option in options)
        )
        assert release in (tree.candidates(every, first, first) or ["24.11"]), (dotted, release)
