"""Folds, tokens, hints, links, outlines and selections of other people's files: nothing fails, and what belongs together fits."""

from __future__ import annotations

import os
import random
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.folding import folding_ranges
from nix_lsp.ide.hints import inlay_hints
from nix_lsp.ide.links import document_links
from nix_lsp.ide.selection import selection_ranges
from nix_lsp.ide.symbols import document_symbols
from nix_lsp.ide.tokens.reader import semantic_tokens
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from tests.fixture import project

if TYPE_CHECKING:
    from nix_lsp.analysis.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS = Settings(pin="25.11", closing_names=3, version_hints=True, default_hints=True, argument_hints=True)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """A project that asks for everything."""
    return project("1", settings=SETTINGS).workspace


def check(workspace: Workspace, path: Path, at: int) -> None:
    """Hold the answers about one file against each other."""
    document = Document(str(path), path.read_bytes())
    whole = Span(0, len(document.source))

    lines = [document.line_of(fold.span.start) for fold in folding_ranges(document)]
    tokens = semantic_tokens(workspace, document, with_plain=True)
    spans = selection_ranges(document, min(at, whole.end))
    document_symbols(document)

    assert len(set(lines)) == len(lines), path
    assert all(one.end <= other.start for one, other in pairwise(tokens)), path
    assert all(token.start < token.end <= whole.end for token in tokens), path
    assert all(b.start <= a.start and a.end <= b.end and a != b for a, b in pairwise(spans)), path
    assert all(whole.contains(hint.offset) for hint in inlay_hints(workspace, document, whole)), path
    assert all(link.url or Path(link.file or "").exists() for link in document_links(workspace, document)), path


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.nix")), ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_the_examples(workspace: Workspace, path: Path) -> None:
    check(workspace, path, 200)


@pytest.mark.skipif("NIXPKGS" not in os.environ, reason="$NIXPKGS names no nixpkgs tree")
def test_files_of_nixpkgs(workspace: Workspace) -> None:
    drawn = random.Random(6)  # the same files each time
    for path in drawn.sample(sorted(Path(os.environ["NIXPKGS"]).rglob("*.nix")), 3_000):
        check(workspace, path, drawn.randrange(5_000))
