"""The catalogue as a whole: its pages, and the examples that they show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.explain import explain
from nix_lsp.ide.rewrites.imperative.pages import pages
from nix_lsp.ide.rewrites.imperative.rows.nix import EXPRESSIONS
from nix_lsp.ide.rewrites.imperative.table import HABITS, REWRITES
from nix_lsp.syntax.document import Document
from tests.fixture import project

from .bench import OPTIONS, Bench, findings

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.expressions import ExpressionRewrite
    from nix_lsp.ide.rewrites.imperative.habit import Habit
    from nix_lsp.ide.rewrites.imperative.rewrite import Rewrite

PAGES = Path(__file__).parents[3] / "docs" / "rewrites"


def test_the_pages_are_those_of_the_table():
    """If this fails: `python scripts/build_docs.py`."""
    assert {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")} == pages()


def test_ids_are_unique_and_named_alike():
    ids = [habit.id for habit in HABITS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"imp-[a-z0-9-]+", id_) for id_ in ids)


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.id)
def test_a_page_says_what_why_and_when_not(habit: Habit):
    page = (PAGES / f"{habit.id}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## .*", page, re.MULTILINE)
    assert headings[0].startswith("## When to keep")
    assert headings[-1] == "## Switching it off"
    for sentence in (f"{habit.summary}.", habit.why, habit.keep):
        assert f"\n{sentence}\n" in page
        assert len(sentence) > 20
    assert habit.why.endswith(".")
    assert habit.keep.endswith(".")
    assert not habit.summary.endswith(".")


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.id)
def test_hover_over_a_command_says_what_its_row_does(rewrite: Rewrite):
    module = _module(rewrite.before)
    document = Document("/etc/nixos/module.nix", module.encode())
    shown = [
        hover.markdown
        for pin in OPTIONS
        for each in findings(module, pin, quiet=True)
        if each.rule == rewrite.id
        if (hover := explain(Bench((pin,)), document, each.span.start))  # pyright: ignore[reportArgumentType]
    ]
    assert any(rewrite.why in text and f"{rewrite.id}.md" in text for text in shown)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.id)
def test_the_example_is_what_the_rewrite_does(rewrite: Rewrite):
    """Up to layout: the pages show it on as few lines as they can."""
    module = _module(rewrite.before)
    found = [
        each for pin in OPTIONS for each in findings(module, pin, quiet=rewrite.is_quiet) if each.rule == rewrite.id
    ]
    assert found
    # In another module set it may matter less.
    assert min(each.severity for each in found) == rewrite.severity
    if rewrite.tier is Tier.EXPLAINED:
        assert not any(each.fixes for each in found)
        return
    fixes = [each.fixes[0] for each in found if each.fixes]
    tiers = {fix.tier for fix in fixes}
    # For older pins, it may be for review.
    assert rewrite.tier in tiers
    assert tiers <= {rewrite.tier, Tier.REVIEW}
    results = [apply(module.encode(), fix.edits[0].edits).decode() for fix in fixes]
    assert _body(_module(rewrite.after)) in [_body(result) for result in results]


@pytest.mark.parametrize("row", EXPRESSIONS, ids=lambda row: row.id)
def test_the_example_of_an_expression_is_what_its_row_does(row: ExpressionRewrite):
    settings = Settings(selected_rules=frozenset({row.id}))
    fixture = project(row.before, path=f"/{row.file}", settings=settings)
    found = diagnostics(fixture.workspace, fixture.document)
    assert {each.rule for each in found} == {row.id}
    fixes = [fix for each in found for fix in each.fixes]
    assert {fix.tier for fix in fixes} == (set() if row.tier is Tier.EXPLAINED else {row.tier})
    for fix in fixes[:1]:
        result = apply(fixture.document.source, fix.edits[0].edits).decode()
        assert _body(result) == _body(row.after)
    again = project(row.after, path=f"/{row.file}", settings=settings)
    assert not diagnostics(again.workspace, again.document)


def _module(body: str) -> str:
    return f"{{ config, lib, pkgs, ... }}:\n{{\n  {body}\n}}\n"


def _body(module: str) -> list[str]:
    assert not Document("", module.encode()).root.has_error
    return module.split()
