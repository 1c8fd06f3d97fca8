"""Nested sets, dotted paths, `inherit`, `rec`, quotes: what becomes of them, and what is left alone."""

from __future__ import annotations

import pytest

from .place import after, titles

CHANGED = {
    "a comment above a nested set stays above, one behind it stays behind": (
        "flatten",
        "{\n  # a\n  a$0 = {\n    b = 1;\n  }; # z\n}",
        "{\n  # a\n  a.b = 1; # z\n}",
    ),
    "blank lines and comments within stay where they are": (
        "flatten",
        "{\n  a$0 = {\n    b = 1; # b\n\n    # c\n    c = {\n      d = 2;\n    };\n    # end\n  };\n}",
        "{\n  a.b = 1; # b\n\n  # c\n  a.c = {\n    d = 2;\n  };\n  # end\n}",
    ),
    "inherited names become bindings": (
        "flatten",
        "{ a$0 = { inherit b; inherit (c.d) e f; }; }",
        "{ a.b = b; a.e = c.d.e; a.f = c.d.f; }",
    ),
    "a string of several lines keeps its own": (
        "flatten",
        "{\n  a$0 = {\n    b = ''\n      x\n        y\n    '';\n    c = \"1\n2\";\n  };\n}",
        "{\n  a.b = ''\n    x\n      y\n  '';\n  a.c = \"1\n2\";\n}",
    ),
    "a dynamic name": ("flatten", "{ a$0 = { ${x} = 1; }; }", "{ a.${x} = 1; }"),
    "tabs": ("flatten", "{\n\ta$0 = {\n\t\tb = 1;\n\t\tc = 2;\n\t};\n}", "{\n\ta.b = 1;\n\ta.c = 2;\n}"),
    "lines that end in CRLF": (
        "flatten",
        "{\r\n  a$0 = {\r\n    b = 1;\r\n    c = 2;\r\n  };\r\n}",
        "{\r\n  a.b = 1;\r\n  a.c = 2;\r\n}",
    ),
    "the segment under the cursor is the last outside": ("pack", "{ a.b$0.c = 1; }", "{ a.b = { c = 1; }; }"),
    "a value of several lines": (
        "pack",
        "{\n  a$0.b = [\n    1\n  ];\n}",
        "{\n  a = {\n    b = [\n      1\n    ];\n  };\n}",
    ),
    "a set that stands there is joined": (
        "pack-all",
        "{\n  a$0.b = 1;\n  x = 2;\n  # more\n  a = {\n    # c\n    c = 3;\n  };\n}",
        "{\n  a = {\n    b = 1;\n    # more\n    # c\n    c = 3;\n  };\n  x = 2;\n}",
    ),
    "a name that needs quotes keeps them": (
        "pack-all",
        '{\n  "a b"$0.c = 1;\n  "a b".d = 2;\n}',
        '{\n  "a b" = {\n    c = 1;\n    d = 2;\n  };\n}',
    ),
    "in a let": ("pack-all", "let a$0.b = 1; a.c = 2; in a", "let a = { b = 1; c = 2; }; in a"),
    "below a path": ("to-inherit", "{ a.b.c$0 = c; }", "{ a.b = { inherit c; }; }"),
    "parentheses go": ("to-inherit-from", "{ b$0 = (f x).b; }", "{ inherit (f x) b; }"),
    "a name in quotes": ("to-inherit-from", '{ "b c"$0 = x."b c"; }', '{ inherit (x) "b c"; }'),
    "all names of an inherit": (
        "to-binding",
        "{\n  inher$0it (x.y) a b;\n}",
        "{\n  a = x.y.a;\n  b = x.y.b;\n}",
    ),
    "what is inherited from is parenthesised": (
        "to-binding",
        "{ inherit$0 (import ./x) a; }",
        "{ a = (import ./x).a; }",
    ),
    "one segment of a path": ("quote-attribute", "{ x.a$0.b = 1; }", '{ x."a".b = 1; }'),
    "in an inherit": ("unquote-attribute", '{ inherit (x) "a$0"; }', "{ inherit (x) a; }"),
    "as an argument": (
        "rec-to-let",
        "{\n  x = f (re$0c {\n    a = 1;\n    b = a;\n  });\n}",
        "{\n  x = f (\n    let\n      a = 1;\n    in\n    {\n      inherit a;\n      b = a;\n    }\n  );\n}",
    ),
}
REFUSED = {
    "an empty set": ("flatten", "{ a$0 = { }; }"),
    "a recursive set": ("flatten", "{ a$0 = rec { b = 1; }; }"),
    "an inherit of nothing": ("flatten", "{ a$0 = { inherit; }; }"),
    "the cursor deep in the value": ("flatten", "{ a = { b = [ 1$0 ]; }; }"),
    "a comment between the parts of a binding": ("flatten", "{ a$0 = /* x */ { b = 1; }; }"),
    "a path of one segment": ("pack", "{ a$0 = 1; }"),
    "a sibling that is no set": ("pack-all", "{ a$0.b = 1; a = x; }"),
    "only one begins so": ("pack-all", "{ a$0.b = 1; c.d = 2; }"),
    "`x = x` in rec": ("to-inherit", "rec { a$0 = a; }"),
    "`x = x` in let": ("to-inherit", "let a$0 = a; in a"),
    "another name": ("to-inherit", "{ a$0 = b; }"),
    "a default": ("to-inherit-from", "{ a$0 = x.a or 1; }"),
    "a name that is known at evaluation": ("to-inherit-from", "{ a$0 = x.${a}; }"),
    "an inherit in rec": ("to-binding", "rec { inherit$0 a; }"),
    "an inherit in let": ("to-binding", "let inherit$0 a; in a"),
    "a selection": ("quote-attribute", "x.a$0.b"),
    "what is inherited": ("quote-attribute", "{ inherit (x) a$0; }"),
    "a keyword": ("unquote-attribute", '{ "if$0" = 1; }'),
    "no identifier": ("unquote-attribute", '{ "a b$0" = 1; }'),
    "an interpolation": ("unquote-attribute", '{ "${a$0}" = 1; }'),
    "a string that is a value": ("unquote-attribute", '{ a = "b$0"; }'),
    "a set that says nothing of itself": ("rec-to-let", "re$0c { a = 1; }"),
    "names that are known at evaluation": ("rec-to-let", "re$0c { a = 1; b = a; ${x} = 2; }"),
    "`__overrides`": ("rec-to-let", "re$0c { a = 1; b = a; __overrides = { a = 2; }; }"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_the_text_becomes(case: str):
    wanted, before, expected = CHANGED[case]
    assert after(before, wanted) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_is_offered(case: str):
    wanted, text = REFUSED[case]
    assert titles(text, wanted) == []


def test_all_levels_are_flattened_at_once():
    text = "{\n  a$0 = {\n    b = {\n      c = 1;\n      d = 2;\n    };\n    e = 3;\n  };\n}"
    assert after(text, "flatten", "all levels") == "{\n  a.b.c = 1;\n  a.b.d = 2;\n  a.e = 3;\n}"
    assert after(text, "flatten").startswith("{\n  a.b = {\n    c = 1;")


def test_all_levels_are_packed_at_once():
    text = "{\n  a$0.b.c = 1;\n  a.b.d = 2;\n  a.e.f = 3;\n}"
    expected = "{\n  a = {\n    b = {\n      c = 1;\n      d = 2;\n    };\n    e.f = 3;\n  };\n}"
    assert after(text, "pack-all", "all levels") == expected


def test_packing_and_flattening_undo_each_other():
    text = "{\n  # a\n  a.b = 1;\n  a.c = ''\n    x\n  ''; # c\n}"
    packed = after(text.replace("a.b", "a$0.b"), "pack-all")
    assert after(packed.replace("a =", "a$0 ="), "flatten") == text
