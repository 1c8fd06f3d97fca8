"""Closing brackets go where they belong as they are typed."""

from __future__ import annotations

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.on_type import format_on_type
from nix_lsp.syntax.document import Document


def typed(text: str) -> str:
    """Return the text after formatting; `|` in it is the cursor."""
    offset = len(text[: text.index("|")].encode())
    source = text.replace("|", "", 1).encode()
    return apply(source, format_on_type(Document("/a.nix", source), offset)).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{\n  a = {\n    b = 1;\n    }|\n}\n", "{\n  a = {\n    b = 1;\n  }\n}\n"),
        ("{\n  a = {\n    b = 1;\n    };|\n}\n", "{\n  a = {\n    b = 1;\n  };\n}\n"),
        ("{\n  a = [\n    1\n]|;\n}\n", "{\n  a = [\n    1\n  ];\n}\n"),
        ("{\n  a = f (\n    1\n    );|\n}\n", "{\n  a = f (\n    1\n  );\n}\n"),
        ("{\n\ta = {\n\t\tb = 1;\n\t\t};|\n}\n", "{\n\ta = {\n\t\tb = 1;\n\t};\n}\n"),
        ("{\n  é = ''\n    one\n      '';|\n}\n", "{\n  é = ''\n    one\n  '';\n}\n"),
        ("{\n  a = [ {\n    b = 1;\n    } ];|\n}\n", "{\n  a = [ {\n    b = 1;\n    } ];\n}\n"),
    ],
)
def test_a_closing_bracket_goes_under_what_opened_it(before: str, after: str) -> None:
    assert typed(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "{\n  a = {\n    b = 1; };|\n}\n",  # something stands before it
        "{\n  a = 1;|\n}\n",
        "{\n  a = {\n    b = 1;\n  };|\n}\n",  # it is there
        "  }|\n",  # it closes nothing
        "{\n  a = ''\n    if x; then\n      }|\n  '';\n}\n",  # it is text
        "{\n  a = 1; # x\n    #   }|\n}\n",
        "|",
    ],
)
def test_all_else_is_left_alone(text: str) -> None:
    assert typed(text) == text.replace("|", "", 1)
