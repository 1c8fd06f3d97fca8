"""The catalogue as a whole: its pages, and the examples that they show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.rewrites.imperative.pages import pages
from nix_lsp.ide.rewrites.imperative.table import REWRITES
from nix_lsp.syntax.document import Document

from .bench import OPTIONS, findings

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.rewrite import Rewrite

PAGES = Path(__file__).parents[3] / "docs" / "rewrites"


def test_the_pages_are_those_of_the_table():
    """If this fails: `python scripts/build_docs.py`."""
    assert {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")} == pages()


def test_ids_are_unique_and_named_alike():
    ids = [rewrite.id for rewrite in REWRITES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"imp-[a-z0-9-]+", id_) for id_ in ids)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.id)
def test_the_example_is_what_the_rewrite_does(rewrite: Rewrite):
    """Up to layout: the pages show it on as few lines as they can."""
    module = f"{{ lib, pkgs, ... }}:\n{{\n  {rewrite.before}\n}}\n"
    results: list[list[str]] = []
    for pin in OPTIONS:
        for diagnostic in findings(module, pin):
            if diagnostic.rule == rewrite.id and diagnostic.fixes:
                result = apply(module.encode(), diagnostic.fixes[0].edits[0].edits)
                results.append(_body(result.decode()))
    assert _body(f"{{ lib, pkgs, ... }}:\n{{\n  {rewrite.after}\n}}\n") in results


def _body(module: str) -> list[str]:
    assert not Document("", module.encode()).root.has_error
    return module.split()
