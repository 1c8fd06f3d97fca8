"""Bindings go in and out of sets, elements into lists, and nothing else moves."""

from __future__ import annotations

import pytest

from nix_lsp.ide.edits import append, carried, combine, define, find, insert, owned, place, remove
from nix_lsp.ide.model import TextEdit
from nix_lsp.syntax.span import Span

from .edit import applied, binding, read


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("{ a = 1; b = 2; }", "b", "{ a = 1; }"),
        ("{ a = 1; b = 2; }", "a", "{ b = 2; }"),
        ("{ a = 1; }", "a", "{ }"),
        ("{\n  a = 1;\n}\n", "a", "{ }\n"),
        ("{\n  a = 1;\n  b = 2;\n}\n", "a", "{\n  b = 2;\n}\n"),
        ("{\n  a = 1;\n  b = 2;\n}\n", "b", "{\n  a = 1;\n}\n"),
        ("{\n  # of a\n  a = 1; # too\n\n  # of b\n  b = 2;\n}\n", "a", "{\n  # of b\n  b = 2;\n}\n"),
        ("{\n  # a chapter\n\n  a = 1;\n  b = 2;\n}\n", "a", "{\n  # a chapter\n\n  b = 2;\n}\n"),
        ("{\n  a = 1;\n\n  b = 2;\n\n  c = 3;\n}\n", "b", "{\n  a = 1;\n\n  c = 3;\n}\n"),
        ("{\n  a = 1;\n\n  b = 2;\n}\n", "b", "{\n  a = 1;\n}\n"),
        ("{\n  a = 1; b = 2;\n}\n", "a", "{\n  b = 2;\n}\n"),
        ("{\n  a = 1; b = 2; # of b\n}\n", "b", "{\n  a = 1;\n}\n"),
        ("{\r\n  a = 1;\r\n  b = 2;\r\n}\r\n", "a", "{\r\n  b = 2;\r\n}\r\n"),
        ("{ # about all\n  a = 1;\n}", "a", "{ # about all\n}"),
        ("{\n  /* one */ a = 1;\n  b = 2;\n}", "a", "{\n  b = 2;\n}"),
        ("let\n  a = 1;\n\n  b = 2;\nin\nb", "a", "let\n  b = 2;\nin\nb"),
        ("{\n  a = ''\n    x\n  '';\n  b = 2;\n}", "a", "{\n  b = 2;\n}"),
    ],
)
def test_a_binding_leaves_with_its_comments_and_its_lines(before: str, name: str, after: str):
    document, _ = read(before)
    assert applied(document, remove(document, binding(document, name))) == after


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("{ a = 1; }", "b", "2", "{ a = 1; b = 2; }"),
        ("{ }", "b", "2", "{\n  b = 2;\n}"),
        ("{\n}\n", "b", "2", "{\n  b = 2;\n}\n"),
        ("{\n  # nothing yet\n}\n", "b", "2", "{\n  # nothing yet\n  b = 2;\n}\n"),
        ("{\n  a = 1; # one\n}\n", "b", "2", "{\n  a = 1; # one\n  b = 2;\n}\n"),
        ("{\n\ta = 1;\n}\n", "b", "{\n  c = 1;\n}", "{\n\ta = 1;\n\tb = {\n\t  c = 1;\n\t};\n}\n"),
        ("{\r\n  a = 1;\r\n}\r\n", "b", "2", "{\r\n  a = 1;\r\n  b = 2;\r\n}\r\n"),
        ("{ a = 1; }", "b", "''\n  x\n''", "{\n  a = 1;\n  b = ''\n    x\n  '';\n}"),
        ("{ a = 1;\n  b = 2; }", "c", "3", "{ a = 1;\n  b = 2;\n  c = 3;\n}"),
        ("{ s = {\n    a = 1;\n  };\n}", "s.b", "2", "{ s = {\n    a = 1;\n    b = 2;\n  };\n}"),
        ("{ s = { a = 1; }; t = 1; }", "s.b.c", "2", "{ s = { a = 1; b.c = 2; }; t = 1; }"),
        ("{\n  s.t = { };\n}", "s.t.u", "2", "{\n  s.t = {\n    u = 2;\n  };\n}"),
        ("{\n  s.a = 1;\n  t = 2;\n}", "s.b", "2", "{\n  s.a = 1;\n  s.b = 2;\n  t = 2;\n}"),
        ("{\n  a = 1;\n}", "users.a b.if", "2", '{\n  a = 1;\n  users."a b"."if" = 2;\n}'),
        (
            "{ pkgs, ... }:\nlet x = 1; in\n{\n  a = x;\n}",
            "b",
            "2",
            "{ pkgs, ... }:\nlet x = 1; in\n{\n  a = x;\n  b = 2;\n}",
        ),
        ("{ a = 1; /* of a */ }", "b", "''\n''", "{ a = 1;\n  b = ''\n  '';\n /* of a */ }"),
    ],
)
def test_a_definition_goes_where_its_siblings_are(before: str, path: str, value: str, after: str):
    document, owner = read(before)
    assert applied(document, define(document, owner, path.split("."), value)) == after


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{ a = 1; }", "a"),
        ("{ a.b = 1; }", "a"),
        ("{ a = { b = 1; }; }", "a.b"),
        ("{ a = { }; a.b = 1; }", "a.b"),
        ("{ a = f x; }", "a.b"),
        ("{ a = rec { }; }", "a.b"),
        ("{ a = lib.mkIf c { }; }", "a.b"),
        ("{ inherit a; }", "a.b"),
        ("{ inherit (x) a; }", "a"),
    ],
)
def test_nothing_is_defined_twice(text: str, path: str):
    document, owner = read(text)
    assert place(document, owner, path.split(".")) is None


def test_a_binding_stands_behind_the_one_it_is_told():
    document, owner = read("{\n  a = 1;\n  b = 2;\n}")
    edit = insert(document, owner, "# new\nc = 3;", binding(document, "a"))
    assert applied(document, edit) == "{\n  a = 1;\n  # new\n  c = 3;\n  b = 2;\n}"


def test_a_line_of_a_hundred_columns_is_written_over_several():
    value = '"' + "x" * 60 + '"'
    document, owner = read(f"{{ a = {value}; }}")
    assert applied(document, define(document, owner, ["b"], value)) == f"{{\n  a = {value};\n  b = {value};\n}}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[ ]", "[ c ]"),
        ("[ a b ]", "[ a b c ]"),
        ("[a]", "[a c]"),
        ("[\n  a\n  b # two\n]", "[\n  a\n  b # two\n  c\n]"),
        ("[\n  a\n  # and more\n]", "[\n  a\n  # and more\n  c\n]"),
        ("[\n  a ]", "[\n  a\n  c\n]"),
        ("[\n]", "[\n  c\n]"),
        ("[\r\n  a\r\n]", "[\r\n  a\r\n  c\r\n]"),
    ],
)
def test_an_element_goes_to_the_end_of_a_list(before: str, after: str):
    document, _ = read(before)
    assert applied(document, append(document, document.root.children[0], ["c"])) == after


def test_a_list_takes_no_element_twice():
    document, _ = read("[ a b ]")
    assert append(document, document.root.children[0], ["a", "b"]) is None
    assert applied(document, append(document, document.root.children[0], ["a", "c", "c"])) == "[ a b c ]"


def test_a_full_line_of_a_list_becomes_several():
    names = " ".join(f"package-number-{n}" for n in range(6))
    document, _ = read(f"[ {names} ]")
    lines = "\n".join(f"  package-number-{n}" for n in range(6))
    assert applied(document, append(document, document.root.children[0], ["c"])) == f"[\n{lines}\n  c\n]"


def test_find_looks_through_sets_and_dots():
    document, owner = read("{ a.b = { c = 1; d.e = 2; }; }")
    assert find(document, owner, ["a", "b", "d", "e"]) == binding(document, "d.e")
    assert find(document, owner, ["a", "b", "x"]) is None


def test_comments_directly_above_and_behind_belong_to_a_binding():
    document, _ = read("{\n  # far\n\n  # near\n  # nearer\n  a = 1; # behind\n  b = 2;\n}")
    assert document.text(owned(document, binding(document, "a"))) == "# near\n  # nearer\n  a = 1; # behind"
    assert document.text(owned(document, binding(document, "b"))) == "b = 2;"


def test_a_comment_ends_before_the_line_does():
    document, _ = read("{\r\n  a = 1; # one\r\n}")
    assert document.text(owned(document, binding(document, "a"))) == "a = 1; # one"


def test_a_carried_binding_keeps_its_strings():
    document, _ = read(
        "{\n  a = {\n    # why\n    b = {\n      s = \"x\n      y\";\n      t = ''\n        one\n          two\n\n      '';\n    };\n  };\n}"
    )
    expected = "# why\nc.d = {\n  s = \"x\n      y\";\n  t = ''\n    one\n      two\n\n  '';\n};"
    assert carried(document, binding(document, "b"), ["c", "d"]) == expected


def test_a_string_indented_by_tabs_does_not_move():
    document, _ = read("{\n\ta = {\n\t\tb = {\n\t\t\tt = ''\n\t\t\t\tone\n\t\t\t'';\n\t\t};\n\t};\n}")
    assert carried(document, binding(document, "b"), ["b"]) == "b = {\n\tt = ''\n\t\t\t\tone\n\t\t\t'';\n};"


def test_edits_that_contradict_each_other_are_refused():
    assert combine([TextEdit(Span(0, 4), "x"), TextEdit(Span(2, 5), "y")]) is None
    assert combine([TextEdit(Span(0, 4), ""), TextEdit(Span(2, 5), "")]) == (TextEdit(Span(0, 5), ""),)
    assert combine([TextEdit(Span(3, 3), "a"), TextEdit(Span(3, 3), "b")]) == (TextEdit(Span(3, 3), "ab"),)
