"""How a selection grows."""

from __future__ import annotations

import itertools

import pytest

from nix_lsp.ide.selection import selection_ranges
from nix_lsp.syntax.document import Document


def steps(fixture: str) -> list[str]:
    """Return what a selection at `$0` grows over, one text after the other."""
    before, _, after = fixture.partition("$0")
    document = Document("/t.nix", (before + after).encode())
    return [document.text(span) for span in selection_ranges(document, len(before.encode()))]


def test_from_a_segment_over_path_binding_and_siblings_to_the_set():
    assert steps("{ z = 0; a.b$0b.c = 1; }") == [
        "bb",
        "a.bb",
        "a.bb.c",
        "a.bb.c = 1;",
        "z = 0; a.bb.c = 1;",
        "{ z = 0; a.bb.c = 1; }",
    ]


def test_from_a_word_in_a_string_over_its_text_to_the_string():
    assert steps('f "one ${t$0wo} three"')[:5] == [
        "two",
        "${two}",
        "one ${two} three",
        '"one ${two} three"',
        'f "one ${two} three"',
    ]


def test_an_element_then_all_elements_then_the_list():
    assert steps("[ a $0b c ]") == ["b", "a b c", "[ a b c ]"]


def test_a_binding_takes_its_comments_along():
    assert steps("{\n  # what\n  # it is\n  a = $01;\n}")[1:3] == ["a = 1;", "# what\n  # it is\n  a = 1;"]


def test_a_comment_then_the_lines_of_comments_round_it():
    assert steps("{\n  # first\n  # sec$0ond\n}")[:3] == ["second", "# second", "# first\n  # second"]


def test_formals_and_the_let_are_steps():
    assert "let a = 1; in" in steps("let a = $01; in a")
    assert steps("{ a, b$0 ? 1 }: a")[:4] == ["b", "b ? 1", "a, b ? 1", "{ a, b ? 1 }"]


def test_a_cursor_behind_a_word_belongs_to_it():
    assert steps("{ a = bcd$0; }")[0] == "bcd"


@pytest.mark.parametrize("fixture", ["(" * 100_000 + "$0", "$0", "\n$0\n", "a: " * 50_000 + "$0x", "[ $0", '"$0'])
def test_each_step_is_larger_and_the_last_is_all(fixture: str):
    before, _, after = fixture.partition("$0")
    document = Document("/t.nix", (before + after).encode())
    spans = selection_ranges(document, len(before))
    assert spans[-1] == (0, len(document.source))
    assert all(a != b and b.start <= a.start and a.end <= b.end for a, b in itertools.pairwise(spans))
    assert all(span.contains(len(before)) for span in spans)
    assert len(spans) <= 210
