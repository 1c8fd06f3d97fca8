"""The examples in the table are true, and nothing is offered that does not parse."""

from __future__ import annotations

from pathlib import Path

import pytest

from nix_lsp.ide.refactorings import rows
from nix_lsp.ide.refactorings.pages import page
from nix_lsp.ide.refactorings.refactoring import Refactoring

from .place import changed

ROWS = list(rows())


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_the_example_is_what_happens(row: Refactoring):
    found = changed(row.before, row.id, path=row.file)

    made = [text for path, text in found.items() if path != row.file and row.creates]
    assert found.get(row.file, row.before.replace("$0", "")) == row.after
    assert made == ([row.creates] if row.creates else [])


def test_ids_are_unique():
    assert len({row.id for row in ROWS}) == len(ROWS)


def test_the_page_is_up_to_date():
    assert (Path(__file__).parents[3] / "docs/refactorings.md").read_text(encoding="utf-8") == page()
