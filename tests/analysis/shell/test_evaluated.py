"""Commands whose output the shell runs, or keeps in a variable."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.evaluated import assigned_output, evaluated
from nix_lsp.analysis.shell.parse import parse_script


@pytest.mark.parametrize(
    "text",
    [
        'eval "$(a b)"',
        "eval $(a b)",
        "eval `a b`",
        "source <(a b)",
        ". <(a b)",
        "a b | source",
        "a b | source /dev/stdin",
        'eval "$(a b)" >/dev/null',
    ],
)
def test_a_command_is_evaluated(text: str):
    script = parse_script(text.encode())
    assert script
    inner = evaluated(script.commands[0])
    assert inner
    assert [word.value for word in inner.words] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        'eval "x $(a b)"',
        'eval "$(a b)" c',
        'eval "$(a b; c)"',
        'eval "$(a b 2>/dev/null)"',
        'eval "$(X=1 a b)"',
        "eval a b",
        "source a",
        "source $(a b)",
        "a b | sh",
        "a b | source c",
        'x "$(a b)"',
        'eval "$(a b)" >log',
    ],
)
def test_other_commands_are_not(text: str):
    script = parse_script(text.encode())
    assert script
    assert evaluated(script.commands[0]) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("X=$(a b)", "X"), ('export X="$(a b)"', "X"), ("X=a", None), ("X+=$(a b)", None), ('X="y $(a b)"', None)],
)
def test_output_is_kept_in_a_variable(text: str, name: str | None):
    script = parse_script(text.encode())
    assert script
    found = assigned_output(script.commands[0])
    assert (found[0] if found else None) == name
