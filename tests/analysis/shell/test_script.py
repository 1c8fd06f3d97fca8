"""The structure of a script, and what is left when commands are taken out."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.analysis.shell.script import Script


def script(source: str) -> Script:
    parsed = parse_script(source.encode())
    assert parsed is not None
    return parsed


def plain(source: str) -> list[str | None]:
    return [command.name for command in script(source).commands if command.is_plain]


def without(source: str, *names: str) -> str:
    parsed = script(source)
    content = source.encode()
    for cut in reversed(parsed.cuts([command for command in parsed.commands if command.name in names])):
        content = content[: cut.start] + content[cut.end :]
    return content.decode()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a; b\nc", ["a", "b", "c"]),
        ("a && b", ["a", "b"]),
        ("a || true", ["a"]),
        ("a >/dev/null 2>&1 || :", ["a"]),
        ("a || b", []),
        ("a | b", [None]),
        ("a | b | c", []),
        ("a &", []),
        ("a && b || true", []),
        ("! a", []),
        ("if x; then a; fi; b", ["b"]),
        ("for i in 1 2; do a; done", []),
        ("while x; do a; done", []),
        ("f() { a; }; b", ["b"]),
        ("(a); b", ["b"]),
        ("{ a; }; b", ["b"]),
        ("case x in y) a;; esac; b", ["b"]),
        ("a\n[ -e /x ] && exit 0\nb", ["a", None, "exit"]),
        ("if x; then exit; fi\nb", []),
        ("trap y EXIT\nb", ["trap"]),
        ("exiting a\nb", ["exiting", "b"]),
    ],
)
def test_plain_commands_are_those_that_surely_run_once(source: str, names: list[str | None]):
    assert plain(source) == names


def test_a_command_behind_and_requires_the_one_before():
    first, second = script("test -e /x && useradd y").commands
    assert second.requires is first
    assert first.requires is None


@pytest.mark.parametrize(
    ("source", "removed", "left"),
    [
        ("a\nb\nc\n", ["b"], "a\nc\n"),
        ("a\nb\nc", ["c"], "a\nb\n"),
        ("# why\na\n# end\n", ["a"], "# why\n# end\n"),
        ("a; b; c", ["b"], "a; c"),
        ("a; b; c", ["c"], "a; b"),
        ("a; b\nc\n", ["b"], "a\nc\n"),
        ("a; b;\n", ["b"], "a\n"),
        ("a; b; c\n", ["b", "c"], "a\n"),
        ("a -exec c {} \\; && b\n", ["b"], "a -exec c {} \\;\n"),
        ("a && b && c", ["a"], "b && c"),
        ("a && b && c", ["b"], "a && c"),
        ("a && b && c", ["c"], "a && b"),
        ("a && b && c\nd\n", ["a", "b", "c"], "d\n"),
        ("a &&\n  b\nc\n", ["a"], "b\nc\n"),
        ("a \\\n  x && b\n", ["a"], "b\n"),
        ("a x 2>/dev/null || true\nb\n", ["a"], "b\n"),
        ("a # note\nb\n", ["a"], "# note\nb\n"),
        ("\ta\r\n\tb\r\n", ["a"], "\tb\r\n"),
        ("é; a; ü", ["a"], "é; ü"),
    ],
)
def test_taking_commands_out_leaves_the_rest_as_it_stood(source: str, removed: list[str], left: str):
    assert without(source, *removed) == left


def test_comments_and_shell_options_alone_are_idle():
    parsed = script("# start\nset -euo pipefail\na\ntrue\n")
    assert parsed.is_idle_without([command for command in parsed.commands if command.name == "a"])
    assert not script("a; b").is_idle_without([])
    assert not script("if a; then b; fi").is_idle_without([])


@pytest.mark.parametrize(
    "source", ["cat <<EOF\nx\n", "a 'b", 'a "b', "if x; then", "a && ", "for i in", "$(", "function ll; ls; end"]
)
def test_what_does_not_parse_is_nothing(source: str):
    assert parse_script(source.encode()) is None


def test_only_hidden_output_counts_as_silent():
    commands = script("a 2>/dev/null; b >&2; c > /etc/x; d &>/dev/null; e < y; f <<< z").commands
    assert [command.is_silent for command in commands] == [True, True, False, True, False, False]


def test_deep_nesting_neither_recurses_nor_raises():
    for source in (
        b"(" * 100_000,
        b"$(" * 20_000 + b")" * 20_000,
        b"{ " * 20_000 + b"a;" + b"};" * 20_000,
        b"a &&" * 20_000 + b"a",
    ):
        parse_script(source)


def test_a_megabyte_is_the_limit():
    assert parse_script(b"a\n" * 600_000) is None
