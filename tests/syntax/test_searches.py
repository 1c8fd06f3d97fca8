"""Searches repeated from version to version find what one search finds."""

from __future__ import annotations

import random
import re

import pytest

from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.searches import hits
from nix_lsp.syntax.span import Span

PATTERNS = [re.compile(rb"(?<!\w)(ab+)(?:\s*=\s*(c))?"), re.compile(rb"[ab]{2}"), re.compile(rb"(?<=b)a(?=c)")]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [20, 3_000, 40_000])
def test_what_is_found_after_edits(seed: int, size: int):
    chance = random.Random(seed)
    document = Document("/a", "".join(chance.choices("abc =\n", k=size)).encode(), 1)
    for version in range(2, 20):
        for pattern in PATTERNS:
            found = [(hit.start, hit.end, hit.groups) for hit in hits(document, pattern)]
            assert found == [(m.start(), m.end(), m.groups()) for m in pattern.finditer(document.source)]
        start = chance.randrange(len(document.source) + 1)
        end = min(start + chance.choice([0, 0, 1, 9, 500]), len(document.source))
        new = "".join(chance.choices("abc =\n", k=chance.choice([0, 1, 7, 600]))).encode()
        document = document.edited([Change(Span(start, end), new)], version)


def test_a_file_that_is_not_open_is_searched_each_time():
    document = Document("/a", b"ab ab")
    assert [hit.start for hit in hits(document, PATTERNS[0])] == [0, 3]
