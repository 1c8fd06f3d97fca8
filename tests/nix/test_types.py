"""What the rule `option-type` says of values, beside what the real module system says: every type that NixOS' options have."""

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
    from tests.nix.conftest import NixInstantiate

LABEL = "26.11pre"
"""The snapshot that the tree in $NIXPKGS is."""
MOST = 4
"""So many values are tried for each type."""

VALUES = (
    *("true", "false", "null", "0", "1", "(-1)", "8080", "70000", "1.5", "[ ]", "{ }", "(x: x)", "/etc/foo"),
    *('""', '"foo"', '"foo bar"', '"80"', '"true"', '"/foo"', '"a:b"', '"a\\nb"'),
    *('[ "a" ]', '[ "a" 1 ]', "[ 1 ]", "[ true ]", "[ { } ]", "[ null ]", "[ [ ] ]", '[ "/a" /etc/foo ]'),
    *('{ a = "b"; }', "{ a = 1; }", "{ a = null; }", "{ a.b = 1; }", "{ a = [ 1 ]; }", "{ a = x: x; }"),
)
PACKAGE = '{ type = "derivation"; name = "x"; outPath = "/nix/store/00000000000000000000000000000000-x"; }'

OPTIONS = """
  lib = import (nixpkgs + "/lib");
  options = (import (nixpkgs + "/nixos/lib/eval-config.nix") { system = "x86_64-linux"; modules = [ ]; }).options;
"""
JUDGE = """
  find = path: options:
    let option = options.${builtins.head path}; rest = builtins.tail path; in
    if option._type or null != "option" then find rest option
    else if rest == [ ] then option.type
    else find rest (option.type.getSubOptions option.loc);
  # Whether it is the value or an option that a submodule lacks, an evaluation does not tell.
  holdsModules = depth: type: builtins.elem type.name [ "submodule" "deferredModule" ] || depth > 0 && lib.any
    (holdsModules (depth - 1)) (builtins.attrValues (removeAttrs type.nestedTypes [ "freeformType" ]));
  isDefined = type: value: builtins.deepSeq (lib.evalModules {
    modules = [ { options.it = lib.mkOption { inherit type; }; config.it = value; } ];
  }).config.it true;
  isTrue = value: let answer = builtins.tryEval value; in answer.success && answer.value;
  judge = number: path: value:
    let
      type = find path options;
      said =
        if isTrue (isDefined type value) then "fits"
        else if holdsModules 6 type && isTrue (type.check value) then "unclear"
        else "refused";
    in builtins.trace "pair ${toString number} ${said}" said;
in
"""
_TRACE = re.compile(r"^trace: pair (\d+) (\w+)$", re.MULTILINE)


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


def test_values_are_judged_as_the_module_system_does(nix_instantiate: NixInstantiate, nixpkgs: Path, tmp_path: Path):
    pairs = list(_pairs(_options()))
    said = _judged(nix_instantiate, nixpkgs, tmp_path, pairs)
    fitting = [pair for pair, word in zip(pairs, said, strict=True) if word == "fits"]
    refused = [pair for pair, word in zip(pairs, said, strict=True) if word == "refused"]
    refused = random.Random(0).sample(refused, min(len(refused), len(fitting)))
    alarms = [pair for pair in fitting if _is_reported(pair)]
    missed = [pair for pair in refused if not _is_reported(pair)]
    print(
        f"{len(pairs)} pairs, {len(refused)} refused by Nix, {len(missed)} of them not found, {len(alarms)} false alarms"
    )
    for pair in missed:
        print(f"missed: {'.'.join(pair.option)} = {pair.value}: {pair.sentence}")
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


def _judged(nix_instantiate: NixInstantiate, nixpkgs: Path, tmp_path: Path, pairs: list[Pair]) -> list[str]:
    """Ask Nix of each pair whether the value fits: `fits`, `refused` or `unclear`. What no `tryEval` catches ends the evaluation, which goes on after it."""
    answers: dict[int, str] = {}
    while len(answers) < len(pairs):
        start = len(answers)
        calls = "\n".join(
            f"(judge {number} [ {_names(pairs[number].option)} ] ({pairs[number].value}))"
            for number in range(start, len(pairs))
        )
        (tmp_path / "pairs.nix").write_text(f"let nixpkgs = {nixpkgs}; {OPTIONS} {JUDGE} [ {calls} ]", encoding="utf-8")
        said = nix_instantiate(["--eval", "--strict", "--readonly-mode", "pairs.nix"], seconds=600)
        answers |= {int(number): word for number, word in _TRACE.findall(said.stderr)}
        if said.returncode:
            assert "syntax error" not in said.stderr, said.stderr[-2000:]
            answers[len(answers)] = "refused"
    return [answers[number] for number in range(len(pairs))]


def _names(option: tuple[str, ...]) -> str:
    """Return the names on the way to an option as Nix has them, without those that stand for any name."""
    return " ".join(str(literal(name)) for name in option if not is_placeholder(name))


def _is_reported(pair: Pair) -> bool:
    """Tell whether the rule finds the value wrong, in a module of its own."""
    value = f"({pair.value})"
    for name in reversed(pair.option):
        value = f"[ {value} ]" if name == "*" else f"{{ {literal('x' if name.startswith('<') else name)} = {value}; }}"
    fixture = project(f"{{ lib, ... }}: {value}", pin=LABEL)
    return any(wrong_values(fixture.workspace, fixture.document))
