"""Attributes that are defined twice."""

from __future__ import annotations

import pytest

from nix_lsp.syntax.document import Document
from nix_lsp.syntax.duplicates import duplicates

from .duplicates import ONCE, TWICE


def found(text: str) -> list[tuple[str, str, str]]:
    """Return the name of each duplicate, and the texts of both definitions' paths."""
    document = Document("/t.nix", text.encode())
    return [
        (".".join(each.second.path), document.text(each.first.span), document.text(each.second.span))
        for each in duplicates(document)
    ]


@pytest.mark.parametrize("text", ONCE)
def test_sets_that_nix_joins_define_nothing_twice(text: str):
    assert found(text) == []


@pytest.mark.parametrize("text", TWICE)
def test_what_nix_refuses_is_found_once(text: str):
    assert len(found(text)) == 1


def test_both_places_are_told():
    assert found("{ a = { b.c = 1; }; a.b = { c = 2; }; }") == [("a.b.c", "b.c", "c")]
    assert found("x: { a.b.c = 1; a.b = x; }") == [("a.b", "a.b", "a.b")]


def test_all_in_a_file_are_told():
    assert [name for name, _, _ in found("{ a = 1; a = 2; a = 3; b = { c = 1; c = 2; }; }")] == ["a", "a", "c"]


@pytest.mark.parametrize("text", ["", "{ a = ", "{ a. = 1; a. = 2; }", "{ = 1; = 2; }", "{ inherit", "{" * 5000])
def test_broken_nix_does_no_harm(text: str):
    found(text)


def test_sets_in_sets_that_are_written_twice_take_time_in_proportion():
    deep = "{ a = " * 200 + "1" + "; }" * 200
    assert found(f"{{ x = {deep}; x = {deep}; }}") == []
