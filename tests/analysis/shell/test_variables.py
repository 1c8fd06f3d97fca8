"""Variables that commands set, and words that name the home directory."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.analysis.shell.variables import home_relative, read_assigned, split_at


def read(text: str, *, is_fish: bool = False) -> list[tuple[str, str | None, bool]] | None:
    script = parse_script(text.encode())
    assert script
    found = read_assigned(script.commands[0], is_fish=is_fish)
    if found is None:
        return None
    values = [home_relative(each.value) for each in found]
    return [
        (each.name, value.value if value else None, each.is_exported) for each, value in zip(found, values, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b", [("A", "b", False)]),
        ("export A=b C='d e'", [("A", "b", True), ("C", "d e", True)]),
        ("export A=~/x", [("A", "$HOME/x", True)]),
        ('export A="${HOME}/x"', [("A", "$HOME/x", True)]),
        ("export A=$HOME/b:$HOME/.c", [("A", "$HOME/b:$HOME/.c", True)]),
        ("export A=$(tty)", [("A", None, True)]),
        ("export A='$HOME'", [("A", None, True)]),
        ("export A=$HOME$B", [("A", None, True)]),
        ("export A=~x", [("A", None, True)]),
        ("export A", None),
        ("export -n A=b", None),
        ("A=(b c)", None),
        ("A+=b", None),
        ("A=b c", None),
        ("local A=b", None),
        ("set -gx A b", None),
    ],
)
def test_assignments(text: str, expected: object):
    assert read(text) == expected


def test_set_sets_variables_in_fish_only():
    assert read("set -gx A b", is_fish=True) == [("A", "b", True)]
    assert read("set --global A b", is_fish=True) == [("A", "b", False)]
    assert read("set -e A", is_fish=True) is None
    assert read("set -gx A b c", is_fish=True) is None


def test_what_nothing_separates_is_one_word():
    script = parse_script(b"export PATH=$A/b:$C/d:$PATH")
    assert script
    assert len(script.commands[0].words) == 2
    found = read_assigned(script.commands[0])
    assert found
    assert len(split_at(found[0].value, ":")) == 3
