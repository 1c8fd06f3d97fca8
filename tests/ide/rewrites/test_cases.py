"""Every row of the catalogue: in a longer script, beside what the module has, and what looks like it and is left alone.

A row's own example, on its page, is the plain case (`test_catalogue.py`); what is special about a row has tests in a file of its subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.expressions import find_expressions
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from nix_lsp.ide.rewrites.imperative.table import HABITS
from tests.fixture import project

from .cases.case import Edit, whole
from .cases.table import CASES

if TYPE_CHECKING:
    from nix_lsp.ide.model import Diagnostic

    from .cases.case import Cases

_ROWS = {habit.id: habit for habit in HABITS}
_BY_ROW = {cases.row: cases for cases in CASES}


def test_every_row_has_its_cases():
    """Three that are found (the example on the page is one of them), and three and more that are not."""
    assert [cases.row for cases in CASES] == list(_BY_ROW)
    assert _BY_ROW.keys() == _ROWS.keys()
    for cases in CASES:
        texts = [case.before if isinstance(case, Edit) else case for case in (cases.longer, cases.beside)]
        assert len({whole(cases.file, text) for text in (*texts, *cases.left)}) >= 5, cases.row
        assert len(cases.left) >= 3, cases.row


@pytest.mark.parametrize("kind", ["longer", "beside"])
@pytest.mark.parametrize("row", _BY_ROW)
def test_a_case_is_found(row: str, kind: str):
    cases = _BY_ROW[row]
    case: Edit | str = getattr(cases, kind)
    if isinstance(case, str):
        assert _ROWS[row].tier is Tier.EXPLAINED
        assert [each.fixes for each in _found(cases, whole(cases.file, case))][:1] == [()]
        return
    before, after = whole(cases.file, case.before), whole(cases.file, case.after)
    first, *others = _found(cases, before)
    fix = first.fixes[0]
    assert apply(before.encode(), fix.edits[0].edits).decode() == after
    assert fix.tier is (Tier.REVIEW if case.is_for_review else _ROWS[row].tier)
    assert len(_found(cases, after)) == len(others)


@pytest.mark.parametrize(
    ("row", "text"), [(cases.row, text) for cases in CASES for text in cases.left], ids=lambda each: each[:60]
)
def test_what_only_looks_like_it_is_left(row: str, text: str):
    assert _found(_BY_ROW[row], whole(_BY_ROW[row].file, text)) == []


def _found(cases: Cases, text: str) -> list[Diagnostic]:
    settings = Settings(pin="26.05", selected_rules=frozenset({cases.row}))
    fixture = project(f"#- {cases.file}\n{text}", settings=settings)
    assert fixture.document.source.decode() == text
    assert not fixture.document.root.has_error
    found = [
        *find_imperative(fixture.workspace, fixture.document, quiet=True),
        *find_expressions(fixture.workspace, fixture.document),
    ]
    return [each for each in found if each.rule == cases.row]
