"""`docs/peers.md`: what it claims of the neighbours' codes and actions is what the tests show, and its tests are there."""

from __future__ import annotations

import re
from pathlib import Path

from nix_lsp.ide.refactorings import rows
from nix_lsp.ide.rules import rules
from tests.ide.test_peers import ACTIONS, NIL, NIXD

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/peers.md").read_text("utf-8")


def section(title: str) -> list[list[str]]:
    """Return the cells of the rows below a heading."""
    part = TEXT.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip(" `") for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def test_every_row_names_tests_that_are_there():
    lines = [line for line in TEXT.splitlines() if line.startswith("| ")]
    silent = [line for line in lines if "`tests/" not in line and not line.endswith(("| shown by |", "shown by|"))]

    assert silent == []
    assert [path for path in set(re.findall(r"`(tests/[^`]*)`", TEXT)) if not (ROOT / path).exists()] == []


def test_every_code_of_theirs_has_its_like():
    shown = {(row[0], row[1]): re.sub(r"\[(.*?)\].*", r"\1", row[3]) for row in section("By their codes")}
    known = {rule.id for rule in rules()}

    assert shown == {
        (peer, code): ours for peer, table in (("nil", NIL), ("nixd", NIXD)) for code, (_, ours) in table.items()
    }
    assert set(shown.values()) <= known
    assert (len(NIL), len(NIXD)) == (14, 38)


def test_every_action_of_theirs_has_its_like():
    shown = {row[1].replace("`", ""): re.sub(r"\[(.*?)\].*", r"\1", row[2]) for row in section("By their actions")}
    known = {rule.id for rule in rules()} | {row.id for row in rows()}
    expected = {action.replace("`", ""): ours for action, (_, ours) in ACTIONS.items()}

    assert {action: ours for action, ours in shown.items() if not ours.startswith("none: ")} == expected
    assert set(expected.values()) <= known
