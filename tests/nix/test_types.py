"""What the rule `option-type` says of values, beside what the real module system says: every type that NixOS' options have.

A pair of an option and a value counts where the module system takes the value, or says that it is "not of type …". Left out are those
that fail otherwise: a file that is to be imported and does not exist, an option that a submodule lacks or has no value for, and what a
conversion or Nix itself breaks on. All values are constants: one with an interpolation is nothing that the rule judges.
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from nix_lsp.analysis.static import StaticValues
from nix_lsp.ide.rules.fitting import wrong_values
from nix_lsp.syntax.document import Document
from option_index.facts_file import FactsFile
from option_index.records import is_placeholder
from option_index.static_values import literal
from option_index.types import Of, choices, parse, parts
from option_index.values import accepts
from tests.fixture import project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from option_index.static_values import Value
    from option_index.types import Type
    from tests.nix.conftest import NixRepl

LABEL = "26.11pre"
"""The snapshot that the tree in $NIXPKGS is."""
MOST = 4
"""So many values are tried for each type."""
LENIENT = {("programs", "git", "config")}
"""Options of a type with a merge function of its own that looks into no list: what is wrong there stops the evaluation later."""

VALUES = (
    *("true", "false", "null", "0", "1", "(-1)", "8080", "70000", "1.5", "[ ]", "{ }", "(x: x)", "/etc/foo"),
    *('""', '"foo"', '"foo bar"', '"80"', '"true"', '"/foo"', '"a:b"', '"a\\nb"'),
    *('[ "a" ]', '[ "a" 1 ]', "[ 1 ]", "[ true ]", "[ { } ]", "[ null ]", "[ [ ] ]", '[ "/a" /etc/foo ]'),
    *('{ a = "b"; }', "{ a = 1; }", "{ a = null; }", "{ a.b = 1; }", "{ a = [ 1 ]; }", "{ a = x: x; }"),
)
PACKAGE = '{ type = "derivation"; name = "x"; outPath = "/nix/store/00000000000000000000000000000000-x"; }'
"""What the rule is shown as a package of `pkgs`; of a set that is written so it says nothing."""

JUDGE = """
let
  lib = import (nixpkgs + "/lib");
  inherit (import (nixpkgs + "/nixos/lib/eval-config.nix") { system = "x86_64-linux"; modules = [ ]; }) options;
  find = path: options:
    let option = options.${builtins.head path}; rest = builtins.tail path; in
    if option._type or null != "option" then find rest option
    else if rest == [ ] then option.type
    else find rest (option.type.getSubOptions option.loc);
in
{
  define = path: value: builtins.deepSeq (lib.evalModules {
    modules = [ { options.it = lib.mkOption { type = find path options; }; config.it = value; } ];
  }).config.it "fits";
}
"""
_ANSWER = re.compile(r"^trace: pair (\d+)\n(.*?)(?=^trace: pair |\Z)", re.MULTILINE | re.DOTALL)
_ERROR = re.compile(r"^ *error: (.*)", re.MULTILINE)
_REFUSED = re.compile(r"A definition for option `.*' is not of type ")


class Pair(NamedTuple):
    """A value for an option."""

    option: tuple[str, ...]
    sentence: str
    value: str


@pytest.fixture
def nixpkgs() -> Path:
    """The nixpkgs tree of the snapshot, with all its NixOS modules, named by `$NIXPKGS`."""
    path = os.environ.get("NIXPKGS")
    modules = Path(path or "", "nixos/modules/module-list.nix")
    if not path or not modules.is_file() or "\n  #./" in modules.read_text(encoding="utf-8"):
        pytest.skip("$NIXPKGS names no nixpkgs tree with all its modules; docs/verified.md has the last result")
    return Path(path)


def test_values_are_judged_as_the_module_system_does(nix_repl: NixRepl, nixpkgs: Path, tmp_path: Path):
    pairs = list(_pairs(_options()))
    said = _judged(nix_repl, nixpkgs, tmp_path, pairs)
    fitting = [pair for pair, word in zip(pairs, said, strict=True) if word == "fits"]
    refused = [pair for pair, word in zip(pairs, said, strict=True) if word == "refused"]
    refused = random.Random(0).sample(refused, min(len(refused), len(fitting)))
    alarms = [pair for pair in fitting if pair.option not in LENIENT and _is_reported(pair)]
    missed = [pair for pair in refused if not _is_reported(pair)]
    print(
        f"{len(pairs)} pairs, {len(refused)} refused by Nix, {len(missed)} of them not found, {len(alarms)} false alarms"
    )
    for pair in missed:
        print(f"missed: {'.'.join(pair.option)} = {pair.value}: {pair.sentence}")
    for pair in alarms:
        print(f"false alarm: {'.'.join(pair.option)} = {pair.value}: {pair.sentence}")
    assert alarms == []
    assert len(fitting) >= 1_000
    assert len(refused) >= 1_000
    assert len(missed) <= len(refused) * 0.05


def _options() -> dict[str, tuple[str, ...]]:
    """Return one option for each type that the facts know in the snapshot."""
    facts = FactsFile()
    known = facts.module_set("nixos")
    assert known is not None
    assert known.snapshots[-1].label == LABEL
    last = len(known.snapshots) - 1
    rows = facts.db.execute(
        "SELECT text.text, min(node.id) FROM node JOIN fact ON fact.node = node.id JOIN text ON text.id = fact.type"
        " WHERE node.id BETWEEN ? AND ? AND node.own_last = ?"
        " AND fact.since = (SELECT max(since) FROM fact AS other WHERE other.node = node.id) GROUP BY text.text",
        (known.root.id, known.root.tail, last),
    )
    return {sentence: _location(facts, known.root.id, node) for sentence, node in rows.fetchall()}


def _location(facts: FactsFile, root: int, id_: int) -> tuple[str, ...]:
    names: list[str] = []
    while id_ != root:
        node = facts.node(id_)
        names.append(node.name)
        id_ = node.parent
    return tuple(reversed(names))


def _pairs(options: dict[str, tuple[str, ...]]) -> Iterator[Pair]:
    """Yield some values for each type: what it lists, a slip of that, and values of all kinds."""
    for sentence, option in sorted(options.items()):
        chance = random.Random(sentence)
        listed = list(choices(parse(sentence)))
        listed += [member[:-1] + 'x"' for member in listed if member.startswith('"')]
        elements = [member for member in choices(_element(sentence)) if "\n" not in member]
        listed += [f"[ {member} ]" for member in elements]
        values = {*chance.sample(listed, min(2, len(listed))), *chance.sample([*VALUES, PACKAGE], MOST)}
        # Of arbitrary values most are wrong.
        likely = [value for value in VALUES if accepts(parse(sentence), _static(value))]
        for value in sorted({*chance.sample(sorted(values), MOST), *chance.sample(likely, min(2, len(likely)))}):
            yield Pair(option, sentence, value)


def _static(expression: str) -> Value:
    document = Document("/t.nix", expression.encode())
    node = document.root.child_by_field_name("expression")
    assert node is not None
    return StaticValues(document).value(node)


def _element(sentence: str) -> Type:
    return next(
        (part.element for part in parts(parse(sentence)) if isinstance(part, Of) and "list" in part.prefix),
        parse(sentence),
    )


def _judged(nix_repl: NixRepl, nixpkgs: Path, tmp_path: Path, pairs: list[Pair]) -> list[str]:
    """Ask Nix of each pair whether the value fits: `fits`, `refused` for its type, or `unclear`.

    `nix repl` goes on after any error, those that no `tryEval` catches among them, and keeps what it has evaluated.
    """
    (tmp_path / "judge.nix").write_text(f"let nixpkgs = {nixpkgs}; in {JUDGE}", encoding="utf-8")
    asked = [
        f'builtins.trace "pair {number}" (builtins.trace (define [ {_names(pair.option)} ] ({pair.value})) true)'
        for number, pair in enumerate(pairs)
    ]
    said = nix_repl([":l judge.nix", *asked], seconds=300)
    answers = {int(number): _word(answer) for number, answer in _ANSWER.findall(said)}
    return [answers[number] for number in range(len(pairs))]


def _word(answer: str) -> str:
    if answer.startswith("trace: fits\n"):
        return "fits"
    errors = _ERROR.findall(answer)
    return "refused" if errors and _REFUSED.match(errors[-1]) else "unclear"


def _names(option: tuple[str, ...]) -> str:
    """Return the names on the way to an option as Nix has them, without those that stand for any name."""
    return " ".join(str(literal(name)) for name in option if not is_placeholder(name))


def _is_reported(pair: Pair) -> bool:
    """Tell whether the rule finds the value wrong, in a module of its own."""
    value = f"({pair.value.replace(PACKAGE, 'pkgs.hello')})"
    for name in reversed(pair.option):
        value = f"[ {value} ]" if name == "*" else f"{{ {literal('x' if name.startswith('<') else name)} = {value}; }}"
    fixture = project(f"{{ lib, pkgs, ... }}: {value}", pin=LABEL)
    return any(wrong_values(fixture.workspace, fixture.document))
