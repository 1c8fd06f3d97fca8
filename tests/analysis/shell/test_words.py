"""What quoting makes of a word, and which parts only the shell knows."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.analysis.shell.word import Antiquotation, Expansion, Hole, Text, read_word
from nix_lsp.syntax.span import Span


def word(source: str):
    """Read the first argument of `x <source>`."""
    script = parse_script(f"x {source}\n".encode())
    assert script is not None
    return script.commands[0].words[1]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("plain", "plain"),
        ("'single quoted'", "single quoted"),
        ('"double quoted"', "double quoted"),
        (r"a\ b", "a b"),
        (r'"a\"b\n"', 'a"b\\n'),
        ("'a'\"b\"c", "abc"),
        (r"$'tab\there'", "tab\there"),
        ("''", ""),
        ('""', ""),
        ("é'ü'", "éü"),
        ("a=b", "a=b"),
        ("--groups=a,b", "--groups=a,b"),
        ("'$x *'", "$x *"),
        ("a~b", "a~b"),
    ],
)
def test_static_words_have_their_value(source: str, value: str):
    assert word(source).value == value


@pytest.mark.parametrize(
    "source", ["$x", "${x}", '"$x"', "$(id)", "`id`", '"`id`"', "*.c", "a?", "[ab]", "{a,b}", "~/x", "$1", "$'\\x41'"]
)
def test_words_that_the_shell_expands_have_none(source: str):
    assert word(source).value is None
    assert not word(source).is_fixed


def test_an_antiquotation_is_fixed_but_has_no_value():
    content = b"x NIX/bin"
    read = read_word(content, Span(2, 9), [Hole(Span(2, 5), "cfg.dir")])
    assert read.pieces == (Antiquotation("cfg.dir"), Text("/bin"))
    assert read.is_fixed
    assert read.value is None


def test_an_antiquotation_between_quotes_is_one_piece():
    content = b"x 'a NIX'"
    read = read_word(content, Span(2, 9), [Hole(Span(5, 8), "cfg.dir")])
    assert read.pieces == (Text("a "), Antiquotation("cfg.dir"))


def test_a_variable_keeps_the_text_around_it_apart():
    assert word('"a$x-b"').pieces == (Text("a"), Expansion("$x"), Text("-b"))


def test_a_word_is_split_at_its_first_text_separator():
    parts = word("ls='ls --color=auto'").split("=")
    assert parts is not None
    assert [part.value for part in parts] == ["ls", "ls --color=auto"]


@pytest.mark.parametrize(
    ("expression", "piece"),
    [
        ("lib.escapeShellArg cfg.dir", Antiquotation("cfg.dir")),
        ("lib.escapeShellArg (dirOf cfg.file)", Antiquotation("dirOf cfg.file")),
        ("escapeShellArgs cfg.dirs", Expansion("${escapeShellArgs cfg.dirs}")),
        ('lib.concatStringsSep " " cfg.dirs', Expansion('${lib.concatStringsSep " " cfg.dirs}')),
        ("cfg.dir", Antiquotation("cfg.dir")),
    ],
)
def test_outside_quotes_nix_may_put_in_what_the_shell_takes_apart(expression: str, piece: object):
    hole = Hole(Span(0, 10), expression)
    assert read_word(b"nix_hole_0", Span(0, 10), [hole]).pieces == (piece,)
