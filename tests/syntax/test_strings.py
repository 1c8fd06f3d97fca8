"""String literals: what they say, and where it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import StringContent, read_string


def content(literal: str) -> StringContent:
    found = read_string(Document("/t.nix", literal.encode()).root.named_children[0])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ('""', ""),
        ('"a b"', "a b"),
        (r'"a\nb\tc\rd"', "a\nb\tc\rd"),
        (r'"\"\\\q"', '"\\q'),
        (r'"\${x} $${x} $x"', "${x} $${x} $x"),
        ('"one\r\ntwo\rthree"', "one\ntwo\nthree"),
        ("''''", ""),
        ("''a''", "a"),
        ("''\n  a\n    b\n  c\n''", "a\n  b\nc\n"),
        ("''  \n  a\n''", "a\n"),
        ("''\n  a\n  ''", "a\n"),
        ("''\n    a\n  b''", "  a\nb"),
        ("''\n    a\n\n    b\n''", "a\n\nb\n"),
        ("''\n    a\n  \n    b\n''", "a\n\nb\n"),
        ("''\n\ta\n\tb\n''", "\ta\n\tb\n"),
        ("''\n   \n ''", "\n"),
        ("'' a\n  b''", "a\n b"),
        ("''a ''' b''", "a '' b"),
        ("''a ''${x} $${x} ''$y''", "a ${x} $${x} $y"),
        (r"''a''\nb''\tc''\x''", "a\nb\tcx"),
        ("''\n  ''${a}\n    b\n''", "${a}\n  b\n"),
        ("''\r\n  a\r\n''", "\r\n  a\r\n"),
    ],
)
def test_a_literal_says_what_nix_reads(literal: str, text: str):
    assert content(literal).static == text


def test_interpolations_are_holes_of_word_characters():
    found = content('"a ${pkgs.hello}/bin ${x}"')
    assert found.static is None
    assert [hole.expression for hole in found.holes] == ["pkgs.hello", "x"]
    for hole in found.holes:
        placeholder = found.text.encode()[hole.span.start : hole.span.end].decode()
        assert placeholder.isidentifier()


def test_an_interpolation_ends_the_indentation_of_its_line():
    assert content("''\n    a\n  ${x}\n''").text == "  a\nnix_hole_0\n"


def test_a_part_of_the_content_is_found_in_the_source():
    literal = "''\n    a\n    b ''${c}\n    ${d} e\n  ''"
    found = content(literal)
    for word, source in [("a", "a"), ("b", "b"), ("$", "''$"), ("{c}", "{c}"), ("nix_hole_0", "${d}"), (" e", " e")]:
        start = found.text.index(word)
        span = found.source_span(Span(start, start + len(word)))
        assert literal[span.start : span.end] == source
    assert found.to_source(len(found.text)) == literal.index("\n  ''") + 1


@given(
    st.lists(
        st.sampled_from(["a", " ", "\n", "  ", "''$", "'''", "''\\n", "${x}", "é", "$", "\t", "\r\n"]), max_size=14
    )
)
def test_every_copied_byte_is_where_the_map_says(parts: list[str]):
    literal = f"''{''.join(parts)}''"
    document = Document("/t.nix", literal.encode())
    node = document.root.named_children[0]
    if document.root.has_error or node.type != "indented_string_expression" or node.end_byte != len(document.source):
        return
    found = read_string(node)
    assert found is not None
    data = found.text.encode()
    last = found.inner.start
    for offset, byte in enumerate(data):
        source = found.to_source(offset)
        assert last <= source < found.inner.end
        last = source
        written = document.source[source]
        assert written == byte or written in b"'$"
        back = found.to_content(source)
        assert back is not None
        assert back <= offset


@pytest.mark.parametrize("literal", ["1", '"open', "''open", "x"])
def test_what_is_no_whole_literal_is_not_read(literal: str):
    node = Document("/t.nix", literal.encode()).root.named_children[0]
    assert read_string(node) is None
