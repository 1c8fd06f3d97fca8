"""Wrappers taken off, and options read as the tools read them."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.invocation import Runs, Tool, read_options, runs
from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.analysis.shell.word import Hole
from nix_lsp.syntax.span import Span

USERADD = Tool(
    "useradd", flags="rmM", valued="uGs", long={"groups": "G", "system": "r", "create-home": "m", "uid": "u"}
)


def program(source: str, *antiquotations: str) -> Runs | None:
    """Say what the first command runs; `NIX` stands for the antiquotations, in order."""
    holes: list[Hole] = []
    start = 0
    for expression in antiquotations:
        start = source.index("NIX", start)
        holes.append(Hole(Span(start, start + 3), expression))
        start += 3
    script = parse_script(source.encode(), holes)
    assert script is not None
    return runs(script.commands[0])


@pytest.mark.parametrize(
    "source",
    [
        "useradd x",
        "sudo useradd x",
        "sudo -n -- useradd x",
        "sudo -u root useradd x",
        "env A=b useradd x",
        "command useradd x",
        "run --quiet useradd x",
        "$DRY_RUN_CMD useradd $VERBOSE_ARG x",
        "/usr/sbin/useradd x",
        "/run/current-system/sw/bin/useradd x",
        "sudo env /usr/bin/useradd x",
        "nice -n 5 useradd x",
    ],
)
def test_wrappers_and_paths_come_off(source: str):
    found = program(source)
    assert found is not None
    assert (found.tool, [word.value for word in found.arguments], found.user) == ("useradd", ["x"], None)


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("NIX/bin/useradd x", "pkgs.shadow"),
        ("NIX/sbin/useradd x", "config.security.wrapperDir"),
        ("NIX x", 'lib.getExe\' pkgs.shadow "useradd"'),
        ("NIX x", "lib.getExe pkgs.useradd"),
        ("NIX x", "getExe pkgs.useradd"),
    ],
)
def test_programs_of_packages_are_known(source: str, expression: str):
    found = program(source, expression)
    assert found is not None
    assert found.tool == "useradd"


@pytest.mark.parametrize(
    "source",
    ["$x useradd y", "sudo", "sudo -Z useradd y", "command -v useradd", "/opt/own/bin/useradd x"],
)
def test_what_is_not_sure_is_nothing(source: str):
    assert program(source) is None


def test_an_antiquotation_that_is_no_program_is_nothing():
    assert program("NIX useradd y", "cfg.wrapper") is None


def test_the_user_of_sudo_is_kept():
    found = program("sudo -u alice defaults write a b c")
    assert found is not None
    assert found.user == "alice"


def options(source: str, tool: Tool = USERADD) -> tuple[list[tuple[str, str | None]], list[str | None]] | None:
    found = program(source)
    assert found is not None
    read = read_options(tool, found.arguments)
    if read is None:
        return None
    return [(key, word.value if word else None) for key, word in read.options], [word.value for word in read.operands]


@pytest.mark.parametrize(
    "source",
    [
        "useradd -m -G a,b x",
        "useradd -mG a,b x",
        "useradd -mGa,b x",
        "useradd -m --groups a,b x",
        "useradd --create-home --groups=a,b x",
        "useradd x -m -G a,b",
        "useradd -m -G a,b -- x",
        "useradd -m -G 'a,b' \"x\"",
    ],
)
def test_every_spelling_of_options_reads_alike(source: str):
    assert options(source) == ([("m", None), ("G", "a,b")], ["x"])


@pytest.mark.parametrize(
    "source", ["useradd -Z x", "useradd --unknown x", "useradd -G", "useradd --system=yes x", "useradd -m$y x"]
)
def test_a_line_that_is_not_wholly_understood_is_nothing(source: str):
    assert options(source) is None


def test_options_end_at_the_first_operand_where_the_tool_says_so():
    tool = Tool("alias", flags="g", stop_at_operand=True)
    assert options("alias -g a=b -x", tool) == ([("g", None)], ["a=b", "-x"])


def test_single_dash_words_are_asked_before_clusters():
    tool = Tool("defaults", single_dash={"currentHost": False, "int": True})
    assert options("defaults -currentHost -int 3 x", tool) == ([("currentHost", None), ("int", "3")], ["x"])
