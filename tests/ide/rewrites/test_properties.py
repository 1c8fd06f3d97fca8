"""For any script of known commands and noise, what is left is the noise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nix_lsp.analysis.module import read_module
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.table import REWRITES
from nix_lsp.syntax.document import Document
from option_index.records import Standing

from .bench import OPTIONS, Options, findings
from .known_commands import KINDS, NOT_MIXED, Kind

NOISE = (
    "# a note",
    "echo 'ü' ''${x}",
    "if a; then useradd -r no; fi",
    "x=1 y",
    "cat <<END\nuseradd -r no\nEND",
    "systemctl daemon-reload & z",
    "",
)
EXAMPLES = {"activation": 80}
"""How many scripts of a kind are tried; 20 of any other."""


def test_every_row_that_takes_commands_out_has_one_among_them():
    seen = set[str]()
    for kind in KINDS.values():
        for command in kind.commands:
            (found,) = findings(_module(kind, ["z", command, "z"], "\n", "  "), kind.pin)
            assert found.fixes
            seen.add(found.rule)
    assert not seen & NOT_MIXED.keys()
    assert seen | NOT_MIXED.keys() == {row.id for row in REWRITES if row.tier is not Tier.EXPLAINED}


@pytest.mark.parametrize("name", KINDS)
def test_known_commands_go_and_nothing_else(name: str):
    kind = KINDS[name]

    @given(_scripts(kind), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["  ", "\t", "    "]))
    @settings(max_examples=EXAMPLES.get(name, 20), deadline=None)
    def holds(lines: list[str], newline: str, unit: str) -> None:
        text = _module(kind, lines, newline, unit)
        left = [line for line in lines if line not in kind.commands]
        rounds = 0
        while found := [diagnostic for diagnostic in findings(text, kind.pin) if diagnostic.fixes]:
            (edit,) = found[0].fixes[0].edits
            text = apply(text.encode(), edit.edits).decode()
            document = Document("", text.encode())
            assert not document.root.has_error, text
            unknown = [names for names in _defined(document) if not _is_option(kind, names)]
            assert not unknown, text
            rounds += 1
            assert rounds <= len(lines), "an edit does not take its command away"
        if any(line and not line.startswith("#") for line in left):
            assert _script(left, newline, unit) in text
        else:
            assert kind.option not in text

    holds()


@pytest.mark.parametrize("name", KINDS)
def test_all_at_once_is_the_same_as_one_after_another(name: str):
    kind = KINDS[name]

    @given(_scripts(kind))
    @settings(max_examples=EXAMPLES.get(name, 20) // 2, deadline=None)
    def holds(lines: list[str]) -> None:
        text = _module(kind, lines, "\n", "  ")
        found = (fix for diagnostic in findings(text, kind.pin) for fix in diagnostic.fixes[1:])
        if together := next(found, None):
            text = apply(text.encode(), together.edits[0].edits).decode()
            assert not Document("", text.encode()).root.has_error
            assert findings(text, kind.pin) == []

    holds()


def _scripts(kind: Kind) -> st.SearchStrategy[list[str]]:
    """Draw lines: known commands, each at most once, and noise, in any order."""
    known = st.lists(st.sampled_from(kind.commands), unique=True, min_size=1, max_size=8)
    noise = st.lists(st.sampled_from(NOISE), max_size=6)
    return st.tuples(known, noise).flatmap(lambda drawn: st.permutations([*drawn[0], *drawn[1]]))


def _defined(document: Document) -> list[tuple[str, ...]]:
    """Return the option paths that a module defines, as far as a list, but for those of the frame."""
    paths = (each.names for root in read_module(document).roots for each in root.definitions if not each.is_set)
    named = (tuple(name or "" for name in names) for names in paths if names not in {("a",), ("b",)})
    return [names[: names.index("*")] if "*" in names else names for names in named]


def _is_option(kind: Kind, names: tuple[str, ...]) -> bool:
    script = tuple(kind.option.split("."))
    if names[: len(script)] == script:
        return True
    return Options(kind.pin, OPTIONS[kind.pin]).resolve(names).standing is not Standing.UNKNOWN


def _module(kind: Kind, lines: list[str], newline: str, unit: str) -> str:
    value = kind.wrapped.replace("SCRIPT", f"{_script(lines, newline, unit)}''")
    bindings = (f"{unit}a = 1;", f"{unit}{kind.option} = {value};", f"{unit}b = 2;")
    return newline.join((*kind.head.split("\n"), *bindings, "}", ""))


def _script(lines: list[str], newline: str, unit: str) -> str:
    written = [part for line in lines for part in line.split("\n")]
    return "''" + newline + "".join(f"{unit * 2 if part else ''}{part}{newline}" for part in written) + unit
