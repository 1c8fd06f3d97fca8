"""The table of rules: its pages are what is committed, and its examples are true."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.analysis.project import Settings
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.rules import documentation_url, rule_summaries, rules
from nix_lsp.ide.rules.pages import pages
from nix_lsp.ide.rules.rule import Rule
from tests.fixture import Fixture, language_rules, project

DOCS = Path(__file__).parents[2] / "docs" / "rules"
RULES = {rule.id: rule for rule in rules()}


def example(rule: Rule, text: str) -> Fixture:
    """Make a project of a page's example."""
    files = {f"/{name}": content for name, content in rule.beside} | {f"/{rule.file}": f"{text}$0"}
    fixture = "".join(f"#- {path}\n{content}" for path, content in files.items())
    off = frozenset[str]() if rule.id in language_rules() else language_rules()  # examples of options are fragments
    asked = {rule.id: rule.severity.name.lower()} if rule.is_asked_for else {}
    settings = Settings(pin=rule.release, ignored_rules=off, severities=tuple(asked.items()))
    return project(fixture, settings=settings, environment=Environment(today=date(2026, 11, 21)))


def test_the_pages_are_those_of_the_table():
    committed = {file.name: file.read_text(encoding="utf-8") for file in DOCS.glob("*.md")}
    assert committed == pages(), "run scripts/build_docs.py"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_example_is_reported_and_its_fix_gives_the_good_one(rule: Rule):
    workspace, document, _ = example(rule, rule.bad)
    found = diagnostics(workspace, document)
    assert {each.rule for each in found} == {rule.id}
    fixes = [fix for each in found for fix in each.fixes if fix.preferred]
    assert bool(fixes) == rule.has_fix
    if fixes:
        assert apply(document.source, fixes[0].edits[0].edits).decode() == rule.good
    workspace, document, _ = example(rule, rule.good)
    assert diagnostics(workspace, document) == []


def test_every_id_has_a_page_and_a_summary():
    summaries = rule_summaries()
    assert set(RULES) <= set(summaries)
    assert documentation_url("option-renamed").endswith("/docs/rules/option-renamed.md")
    assert documentation_url("imp-useradd").endswith("/docs/rewrites/imp-useradd.md")
    for rule in summaries:
        assert (DOCS.parent / documentation_url(rule).split("/docs/")[1]).is_file(), rule
