"""Which comments document a binding."""

from __future__ import annotations

import textwrap

import pytest

from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.doc_comments import DocComment, doc_comment
from nix_lsp.syntax.document import Document


def found(fixture: str) -> DocComment | None:
    """Return what documents the binding or formal at `$0`."""
    before, _, after = textwrap.dedent(fixture).partition("$0")
    document = Document("/t.nix", (before + after).encode())
    around = descent(document.root, len(before.encode()))
    binding = next(node for node in reversed(around) if node.type in {"binding", "formal"})
    return doc_comment(document, binding, binding.child_by_field_name("expression"))


def said(fixture: str) -> str | None:
    comment = found(fixture)
    return comment.text if comment else None


def test_a_doc_comment_stands_before_the_binding_or_the_function():
    assert found("{ /** Adds *one*. */ $0f = x: x + 1; }") == DocComment("Adds *one*.", is_markdown=True)
    assert found("{ $0f = /** Adds one. */ x: x + 1; }") == DocComment("Adds one.", is_markdown=True)
    assert found("{ $0f = (/** Adds one. */ x: x + 1); }") == DocComment("Adds one.", is_markdown=True)


def test_its_indentation_and_marks_are_taken_off():
    text = """
        {
          /**
            First.

              code
            Last.
          */

          $0f = 1;
        }
    """
    assert said(text) == "First.\n\n  code\nLast."


def test_older_comments_stand_right_above():
    assert found("{\n  # Adds one\n  # and one.\n  $0f = 1;\n}") == DocComment("Adds one\nand one.", is_markdown=False)
    assert said("{\n  /* Adds\n     one. */\n  $0f = 1;\n}") == "Adds\none."
    assert said("{\n  # Adds one.\n\n  $0f = 1;\n}") is None
    assert said("{\n  /* Adds one. */\n\n  $0f = 1;\n}") is None
    assert said("{ a = 1; # about a\n  $0f = 1;\n}") is None
    assert said("{ a = 1; /* about a */\n  $0f = 1;\n}") is None
    assert said("{ $0f = /* no doc */ x: x; }") is None


def test_formals_are_documented_too():
    assert said("{\n  # How many.\n  $0count ? 1,\n}: count") == "How many."


@pytest.mark.parametrize(
    "line",
    ["a = 1;", "nix-lsp: ignore", "TODO: more", "--------", "region names", "foo = {", "deadnix: skip", "inherit a b"],
)
def test_code_and_orders_are_no_documentation(line: str):
    assert said(f"{{\n  # {line}\n  $0f = 1;\n}}") is None


@pytest.mark.parametrize(
    "fixture", ["{ $0a = 1;", "*/ { $0a = 1; }", "{ b = ''\n # x\n''; $0a = 1; }", "# \n{ $0a = 1; }"]
)
def test_broken_text_is_no_danger(fixture: str):
    assert said(fixture) is None
