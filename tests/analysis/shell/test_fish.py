"""fish's text: which commands are plain, and what the functions are."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.fish import parse_fish
from nix_lsp.analysis.shell.script import Script


def script(source: str) -> Script:
    parsed = parse_fish(source.encode())
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a; b\nc", ["a", "b", "c"]),
        ("a && b", ["a", "b"]),
        ("a &>/dev/null; b 2>&1", ["a", "b"]),
        ("a | source; b", [None, "b"]),
        ("a |\n  b\nc", [None, "c"]),
        ("a &\nb", ["b"]),
        ("# if x\na # end", ["a"]),
        ("if x; a; else if y; b; end; c", ["c"]),
        ("if begin; x; end; a; end; c", ["c"]),
        ("while x; a; end; b", ["b"]),
        ("for x in (seq 3)\n  a\nend\nb", ["b"]),
        ("switch $x\ncase end\n  a\nend\nb", ["b"]),
        ("begin; a; end | b; c", ["c"]),
        ("not a; b", ["b"]),
        ("a; and b; c", ["c"]),
        ("a\nor b\nc", ["c"]),
        ("and b", []),
        ("X=1 a; b", ["b"]),
        ("a \\\n  b; c", ["c"]),
        ('a "x\\"; y"; b', ["b"]),
        ("a 'it\\'s; y'; b", ["b"]),
        ("a 'x\ny'; b", ["a", "b"]),
        ("a (b; c); d", ["d"]),
        ('a "$(b ")")"; d', ["d"]),
        ("a (b # )\n); d", ["d"]),
        ("a $x[1]; b $x", ["b"]),
        ("a `b`; c", ["c"]),
        ("a {b,c}; d", ["d"]),
        ("status is-interactive; or exit\nb", []),
        ("if not x; return; end\nb", []),
        ("function x; return; end\nb", [None, "b"]),
        ("a\nif test $status = 0; b; end", []),
        ("a\nfunction x; test $status; end", ["a", None]),
        ("grün; b", ["grün", "b"]),
    ],
)
def test_plain_commands_are_those_that_both_languages_read_alike(source: str, names: list[str | None]):
    assert [command.name for command in script(source).commands if command.is_plain] == names


@pytest.mark.parametrize(
    "source",
    ["if a", "end", "a; end", "a 'b", 'a "b', "a (b", "a )", 'a "$(b', "function x; if y; end", "\\"],
)
def test_what_does_not_close_is_not_understood(source: str):
    parsed = parse_fish(source.encode())
    assert parsed is None or not [command for command in parsed.commands if command.is_plain]


def test_functions_are_known_by_their_heads_and_bodies():
    source = "a\nfunction x -d 'y z' --wraps=w\n  if b; c; end\nend; function v; end | b; function (x); end"
    parsed = script(source)
    assert [[word.value for word in function.words] for function in parsed.functions] == [
        ["x", "-d", "y z", "--wraps=w"]
    ]
    body = parsed.functions[0].body
    assert source[body.start : body.end] == "\n  if b; c; end\n"
    assert len(parsed.opaque) == 2


def test_a_function_that_is_taken_out_leaves_nothing_of_it():
    source = "a\nfunction x\n  b\nend\nc"
    parsed = script(source)
    (cut,) = parsed.cuts([parsed.functions[0].command])
    assert source[: cut.start] + source[cut.end :] == "a\nc"
    assert parsed.is_idle_without(parsed.commands)


@pytest.mark.parametrize(
    "source", ["(" * 100_000, '"$(' * 100_000, "if " * 100_000, "begin;" * 50_000 + "end;" * 50_000]
)
def test_deep_nesting_ends(source: str):
    parsed = parse_fish(source.encode())
    assert parsed is None or not [command for command in parsed.commands if command.is_plain]
