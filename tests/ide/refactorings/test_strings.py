"""Strings keep their value in every form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nix_lsp.ide.refactorings.strings import as_indented, as_quoted
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.strings import read_string

from .place import after, titles

PARTS = st.lists(
    st.sampled_from(
        ["a", " ", "  ", "\n", "'", "''", "$", "{", "${x}", "\\n", "\\t", "\\r", "\\\\", '\\"', "\\${", "é"]
    )
)


@given(parts=PARTS, indent=st.sampled_from(["", "  ", "\t"]))
def test_the_value_is_the_same_in_both_forms(parts: list[str], indent: str):
    root = Document("", ('"' + "".join(parts) + '"').encode()).root
    node = root.child_by_field_name("expression")
    content = read_string(node) if node is not None and not root.has_error else None
    if content is None:
        return
    for written in (as_indented(content, indent, indent or "  "), as_quoted(content)):
        again = Document("", written.encode()).root
        literal = again.child_by_field_name("expression")
        assert literal is not None
        assert not again.has_error, written
        found = read_string(literal)
        assert found is not None
        assert found.text == content.text, written


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{ "a$0b" = 1; }', "string-to-indented"),
        ('"${$0x}"', "string-to-indented"),
        ('"a $0b/c"', "string-to-path"),
        ('"./$0${x}"', "string-to-path"),
        ("./$0a/${x}", "path-to-string"),
        ("<nix$0pkgs>", "path-to-string"),
    ],
)
def test_what_cannot_be_written_so_is_left_alone(text: str, wanted: str):
    assert titles(text, wanted) == []


def test_tabs_are_not_stripped_and_so_not_added():
    assert after('{\n\ta = "b$0\\nc\\n";\n\td = 1;\n}', "string-to-indented") == "{\n\ta = ''\nb\nc\n'';\n\td = 1;\n}"


def test_what_changes_the_meaning_says_so():
    assert titles('"./$0x.nix"', "string-to-path") == ["Convert to a path (review)"]


def test_in_a_file_with_crlf_no_line_end_becomes_part_of_a_string():
    assert titles('{\r\n  a = "b$0\\nc";\r\n}', "string-to-indented") == []
    assert after('{\r\n  a = "b$0c";\r\n}', "string-to-indented") == "{\r\n  a = ''bc'';\r\n}"


def test_amid_a_script_nothing_is_said_of_its_quotes():
    script = "{\n  a = ''\n    one\n    two\n    three\n    four\n    five\n    six\n  '';\n}"

    assert titles(script.replace("three", "thr$0ee"), "string-to-quoted") == []
    assert titles(script.replace("a = ''", "a = '$0'"), "string-to-quoted") == ['Convert to a "…" string']
    assert titles(script.replace("  ''", "  '$0'", 1), "string-to-quoted") == ['Convert to a "…" string']
