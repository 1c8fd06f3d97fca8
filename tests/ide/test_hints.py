"""What is shown in a text that is not in it."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.hints import inlay_hints
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from tests.fixture import project

QUIET = Settings(pin="25.11", closing_names=0)


def hints(fixture: str, settings: Settings, part: Span | None = None) -> str:
    """Return the text with each hint in it as `‹label›`."""
    at = project(fixture, settings=settings)
    source = at.document.source
    for hint in reversed(inlay_hints(at.workspace, at.document, part or Span(0, len(source)))):
        source = source[: hint.offset] + f"‹{hint.label}›".encode() + source[hint.offset :]
    return source.decode()


def test_a_long_binding_has_its_name_behind_what_closes_it():
    text = "{\n  a.b = {\n    c = 1;\n    d = [\n      1\n    ];\n  };\n}\n"

    assert hints(text, QUIET._replace(closing_names=6)) == text.replace("  };", "  };‹a.b›")
    assert hints(text, QUIET._replace(closing_names=3)) == text.replace("  };", "  };‹a.b›").replace("];", "];‹d›")
    assert hints(text, QUIET) == text


def test_what_ends_with_a_value_needs_no_name():
    text = "{\n  a =\n    if b then\n      1\n    else\n      2;\n  c = ''\n    x\n\n\n  '';\n}\n"

    assert hints(text, QUIET._replace(closing_names=4)) == text.replace("'';", "'';‹c›")


def test_only_closing_names_are_shown_unasked():
    text = (
        "{ pkgs, ... }: {\n"
        "  a = {\n" + "    b = 1;\n" * 24 + "  };\n  environment.systemPackages = [ pkgs.hello ];\n}\n"
    )

    assert hints(text, Settings(pin="25.11")) == text.replace("  };\n", "  };‹a›\n")


def test_packages_in_lists_show_their_versions():
    settings = QUIET._replace(version_hints=True)

    shown = hints("{ pkgs, my, ... }: with pkgs; [ hello pkgs.ripgrep my.hello (hello) nothing ]", settings)

    assert "hello‹2." in shown
    assert "pkgs.ripgrep‹1" in shown
    assert shown.count("‹") == 2


def test_definitions_show_the_default_and_where_they_repeat_it():
    settings = QUIET._replace(default_hints=True)

    shown = hints("{ services.openssh = { enable = true; ports = [ 22 ]; startWhenNeeded = false; }; }", settings)

    assert "enable = true;‹default: false›" in shown
    assert "startWhenNeeded = false;‹the default›" in shown


def test_arguments_show_their_parameters():
    settings = QUIET._replace(argument_hints=True)

    assert hints("let f = from: { a }: to: 1; in f 1 { } 2", settings).endswith("f ‹from:›1 { } ‹to:›2")
    assert hints("let f = from: to: 1; in from: f from x.to", settings).endswith("f from x.to")
    assert "‹" not in hints("let f = a: 1; in f 1", settings)
    assert hints("builtins.genList f 3", settings) == "builtins.genList ‹generator:›f ‹length:›3"


def test_a_part_of_a_file_has_the_hints_that_stand_in_it():
    text = "{\n  a = {\n    b = 1;\n  };\n  c = {\n    d = 1;\n  };\n}\n"
    settings = QUIET._replace(closing_names=3)

    assert hints(text, settings, Span(0, 5)) == text
    assert hints(text, settings, Span(text.index("c ="), len(text))).count("‹") == 1


@pytest.mark.parametrize("text", ["(" * 100_000, "a: " * 50_000, "f 1 " * 5_000, "{ a = " * 20_000, "[ x", "\r"])
def test_deep_and_broken_text_is_no_danger(text: str):
    settings = Settings(pin="25.11", closing_names=1, version_hints=True, default_hints=True, argument_hints=True)
    at = project("1", settings=settings)
    document = Document("/t.nix", text.encode())
    assert isinstance(inlay_hints(at.workspace, document, Span(0, len(text))), list)
