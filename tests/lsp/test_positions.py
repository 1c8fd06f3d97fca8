"""Positions in the three encodings."""

from __future__ import annotations

import pytest

from nix_lsp.lsp.positions import offset_at, position_at, range_of, span_of
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span

TEXT = '{\n  name = "ä🙂b"; # 日本\r\n  last = 1;\r}'


def document(text: str) -> Document:
    return Document("/a.nix", text.encode())


def offset_of(text: str, part: str) -> int:
    return len(text[: text.index(part)].encode())


@pytest.mark.parametrize(
    ("encoding", "before_emoji", "after_emoji"),
    [("utf-8", 12, 16), ("utf-16", 11, 13), ("utf-32", 11, 12)],
)
def test_columns_count_the_encodings_units(encoding: str, before_emoji: int, after_emoji: int) -> None:
    text = document(TEXT)

    assert position_at(text, offset_of(TEXT, "🙂"), encoding) == {"line": 1, "character": before_emoji}
    assert position_at(text, offset_of(TEXT, "b"), encoding) == {"line": 1, "character": after_emoji}
    assert offset_at(text, {"line": 1, "character": after_emoji}, encoding) == offset_of(TEXT, "b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_every_offset_between_characters_survives_the_way_there_and_back(encoding: str) -> None:
    text = document(TEXT)
    offsets = [len(TEXT[:count].encode()) for count in range(len(TEXT) + 1)]
    inside_line_end = offset_of(TEXT, "\r\n") + 1

    for offset in offsets:
        if offset != inside_line_end:
            assert offset_at(text, position_at(text, offset, encoding), encoding) == offset


def test_carriage_returns_and_both_together_end_lines() -> None:
    assert position_at(document(TEXT), offset_of(TEXT, "last"), "utf-16") == {"line": 2, "character": 2}
    assert position_at(document(TEXT), offset_of(TEXT, "}"), "utf-16") == {"line": 3, "character": 0}


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_nothing_else_ends_a_line(separator: str) -> None:
    text = f"a{separator}b\nc"

    assert position_at(document(text), offset_of(text, "c"), "utf-32") == {"line": 1, "character": 0}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_column_past_the_lines_end_is_its_end(encoding: str) -> None:
    text = document("äb\r\nc")

    assert offset_at(text, {"line": 0, "character": 99}, encoding) == 3
    assert offset_at(text, {"line": 1, "character": 99}, encoding) == 6


def test_a_line_past_the_last_is_the_end() -> None:
    assert offset_at(document("a\n"), {"line": 7, "character": 3}, "utf-16") == 2


def test_negative_places_are_the_start() -> None:
    assert offset_at(document("ab"), {"line": -1, "character": -1}, "utf-8") == 0


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 3), ("utf-16", 2)])
def test_a_place_inside_a_character_is_its_start(encoding: str, column: int) -> None:
    assert offset_at(document("a🙂b"), {"line": 0, "character": column}, encoding) == 1


def test_bytes_that_are_no_text_count_as_one_character_each() -> None:
    broken = Document("/a.nix", b"a\xff\xfeb")

    assert position_at(broken, 3, "utf-16") == {"line": 0, "character": 3}


def test_a_range_with_swapped_ends_is_read_the_right_way_round() -> None:
    text = document("abc")
    there = range_of(text, Span(1, 3), "utf-8")

    assert span_of(text, {"start": there["end"], "end": there["start"]}, "utf-8") == Span(1, 3)
