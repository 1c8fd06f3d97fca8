"""Names that are edited in all their places at once."""

from __future__ import annotations

import pytest

from nix_lsp.ide.linked_editing import linked_spans
from nix_lsp.syntax.document import Document


def linked(text: str) -> str:
    """Return the text with the linked places in brackets; `|` in it is the cursor."""
    offset = len(text[: text.index("|")].encode())
    source = text.replace("|", "", 1).encode()
    for span in reversed(linked_spans(Document("/a.nix", source), offset)):
        source = source[: span.start] + b"<" + source[span.start : span.end] + b">" + source[span.end :]
    return source.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let a|b = 1; in [ ab (x: ab) ]", "let <ab> = 1; in [ <ab> (x: <ab>) ]"),
        ("let ab = 1; in [ a|b (ab: ab) ]", "let <ab> = 1; in [ <ab> (ab: ab) ]"),
        ('|x: { x = x; y = "é${x}"; }', '<x>: { x = <x>; y = "é${<x>}"; }'),
        ("let\n  é = 1; a| = 1;\n  b = a;\nin b", "let\n  é = 1; <a> = 1;\n  b = <a>;\nin b"),
    ],
)
def test_a_name_and_its_uses_are_linked(text: str, expected: str) -> None:
    assert linked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{ a|, b }: a",  # callers name it
        "rec { a| = 1; b = a; }",  # an attribute
        "let a| = 1; in { inherit a; }",  # another name for the attribute is another attribute
        "let x = { a = 1; }; in x.a|",
        "let inherit (x) a|; in a",
        'let "a|" = 1; in a',
        "with x; a|",
        "let a = 1; in 1|",
        "let a| = ",
    ],
)
def test_what_means_something_elsewhere_is_not(text: str) -> None:
    assert "<" not in linked(text)
