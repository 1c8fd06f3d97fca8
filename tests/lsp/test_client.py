"""What the four editors can do, read from their own payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nix_lsp.lsp.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable

EDITORS = ("vscode", "nvim", "helix", "emacs")
ABILITIES: dict[str, tuple[Any, ...]] = {
    "position_encoding": ("utf-16", "utf-8", "utf-8", "utf-8"),
    "takes_snippets": (True, True, True, False),
    "takes_default_edit_range": (True, True, False, False),
    "takes_insert_and_replace": (True, True, True, False),
    "shows_label_details": (True, True, False, False),
    "tags_deprecated_items": (True, True, True, True),
    "hover_markup": ("markdown", "markdown", "markdown", "plaintext"),
    "documentation_markup": ("markdown", "markdown", None, None),
    "shows_symbol_tree": (True, True, False, True),
    "takes_code_action_literals": (True, True, True, True),
    "asks_before_renaming_files": (True, False, True, False),
    "prepares_renames": (True, True, True, False),
    "takes_versioned_edits": (True, False, True, True),
    "pulls_diagnostics": (True, True, True, False),
    "diagnostic_tags": (frozenset({1, 2}), frozenset({1, 2}), frozenset({1, 2}), frozenset({1, 2})),
    "links_diagnostic_codes": (True, False, False, False),
    "relates_diagnostics": (True, True, False, False),
    "answers_configuration": (True, True, True, True),
    "registers_watchers": (True, False, True, True),
    "registers_configuration": (True, False, False, False),
}


@pytest.mark.parametrize("ability", ABILITIES)
def test_the_editors_abilities(ability: str, captured: Callable[[str], dict[str, Any]]) -> None:
    found = tuple(getattr(Client(captured(editor)), ability) for editor in EDITORS)

    assert found == ABILITIES[ability]


@pytest.mark.parametrize(
    "capabilities", [None, [], 3, {"textDocument": None, "general": {"positionEncodings": "utf-8"}}]
)
def test_malformed_capabilities_count_as_none(capabilities: object) -> None:
    client = Client({"capabilities": capabilities, "clientInfo": "x"})

    assert client.position_encoding == "utf-16"
    assert not client.takes_snippets
    assert not client.pulls_diagnostics


def test_utf8_is_taken_wherever_it_stands() -> None:
    offered = {"general": {"positionEncodings": ["utf-32", "utf-7", "utf-8"]}}

    assert Client({"capabilities": offered}).position_encoding == "utf-8"
    offered["general"]["positionEncodings"].remove("utf-8")
    assert Client({"capabilities": offered}).position_encoding == "utf-32"
