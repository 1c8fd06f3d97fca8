"""Wherever the cursor is, and whatever is selected: what is offered parses, and nothing fails."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nix_lsp.ide.edits import apply, combine
from nix_lsp.ide.refactorings import refactorings, rows
from nix_lsp.ide.refactorings.refactoring import Place
from nix_lsp.syntax.span import Span
from tests.fixture import project

from .place import is_sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/**/*.nix"))
TEXTS = [row.after for row in rows() if not row.after.startswith("#-")]
PLACES = 25


def nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)


def assert_sound(text: str, selections: list[Span], path: str = "/configuration.nix") -> int:
    """Apply everything that is offered for each selection; return how much that is."""
    workspace, document, _ = project(text, path=path)
    count = 0
    for selection in selections:
        for row, fix in refactorings(workspace, document, selection):
            count += 1
            made = [file.text for file in fix.creates]
            for file in fix.edits:
                assert combine(file.edits) is not None, (row.id, selection, text)
                made.append(apply(document.source, file.edits).decode())
            assert all(map(is_sound, made)), (row.id, fix.title, selection, made)
    return count


@pytest.mark.parametrize("text", TEXTS)
def test_every_place_of_a_short_text(text: str):
    _, document, _ = project(text)
    found = list(nodes(document.root))
    selections = [Span(node.start_byte, end) for node in found for end in (node.start_byte, node.end_byte)]

    assert assert_sound(text, selections)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_places_of_an_example(file: Path):
    text = file.read_text(encoding="utf-8")
    _, document, _ = project(text, path=f"/{file.name}")
    chosen = random.Random(file.name).choices(list(nodes(document.root)), k=PLACES)
    selections = [Span(node.start_byte, end) for node in chosen for end in (node.start_byte, node.end_byte)]

    assert assert_sound(text, selections, f"/{file.name}")


@pytest.mark.parametrize("text", [text for text in TEXTS if "\n" in text])
def test_lines_that_end_in_crlf(text: str):
    text = text.replace("\n", "\r\n")
    _, document, _ = project(text)

    selections = [
        Span(node.start_byte, end) for node in nodes(document.root) for end in (node.start_byte, node.end_byte)
    ]
    assert assert_sound(text, selections)
    workspace, document, _ = project(text)
    for selection in selections:
        for row, fix in refactorings(workspace, document, selection):
            written = [edit.text for file in fix.edits for edit in file.edits] + [file.text for file in fix.creates]
            assert not any("\n" in each.replace("\r\n", "") for each in written), (row.id, written)


@settings(max_examples=60, deadline=None)
@given(text=st.sampled_from(TEXTS), cut=st.data())
def test_half_a_text_never_fails(text: str, cut: st.DataObject):
    start, end = sorted(cut.draw(st.integers(0, len(text))) for _ in range(2))
    left = text[:start] + text[end:]
    workspace, document, _ = project(left)
    size = len(document.source)
    for offset in {0, size // 3, size // 2, size}:
        for selection in (Span(offset, offset), Span(offset, size)):
            place = Place(workspace, document, selection)
            for row in rows():
                list(row.find(place))


def test_one_that_fails_leaves_the_others(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    def fail(place: Place) -> list[Fix]:
        raise RuntimeError(place)

    broken, whole = (row for row in rows() if row.id in {"pack", "quote-attribute"})
    monkeypatch.setattr("nix_lsp.ide.refactorings.rows", lambda: iter([broken._replace(find=fail), whole]))
    workspace, document, offset = project("{ a$0.b = 1; }")

    assert [row.id for row, _ in refactorings(workspace, document, Span(offset, offset))] == ["quote-attribute"]
    assert "refactoring failed" in caplog.text
