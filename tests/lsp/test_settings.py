"""Settings, in every shape that clients send them in."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.project_settings import read_project_settings
from nix_lsp.analysis.settings import SETTINGS, combine
from nix_lsp.lsp.settings import read
from nix_lsp.lsp.settings_page import file_schema, page, vscode_properties
from nix_lsp.syntax.document import Document

ROOT = Path(__file__).parents[2]

NESTED = {"pin": "25.05", "diagnostics": {"ignore": ["option-renamed"]}, "index": {"fetch": True}}
FLAT = {"pin": "25.05", "diagnostics.ignore": ["option-renamed"], "index.fetch": True}
EXPECTED = {"pin": "25.05", "ignored_rules": frozenset({"option-renamed"}), "fetch_indexes": True}


@pytest.mark.parametrize(
    "payload",
    [
        NESTED,
        FLAT,
        {"nix-lsp": NESTED},
        {"nix-lsp": FLAT},
        {f"nix-lsp.{name}": value for name, value in FLAT.items()},
        {"nix-lsp": NESTED, "nixd": {"formatting": {"command": ["nixfmt"]}}},
    ],
)
def test_settings_come_nested_or_flat_with_our_section_or_without(payload: object) -> None:
    reading = read(payload)

    assert reading == (EXPECTED, (), ())


@pytest.mark.parametrize("payload", [None, {}, [], "x", 3, {"nix-lsp": None}, {"nix-lsp": {"pin": None}}])
def test_nothing_sets_nothing(payload: object) -> None:
    assert not read(payload).values


def test_an_invalid_value_is_told_and_the_rest_holds() -> None:
    reading = read({"pin": 25.11, "index.fetch": "yes", "diagnostics.ignore": ["a", 1], "nix.evaluate": True})

    assert reading.values == {"evaluate": True}
    assert reading.invalid == (
        "`pin` must be a release, `unstable`, a date, a revision or null",
        "`diagnostics.ignore` must be a list of rule ids",
        "`index.fetch` must be true, false or null",
    )


def test_unknown_names_are_told_except_the_editors_own() -> None:
    assert read({"nix-lsp": {"server": {"path": "x"}, "trace.server": "off", "pins": "25.11"}}).unknown == ("pins",)


def test_later_routes_win_and_the_rest_is_default() -> None:
    assert combine({"pin": "25.05", "evaluate": True}, {"pin": "25.11"}) == Settings(pin="25.11", evaluate=True)


def test_every_setting_fills_a_field_of_its_own_and_its_default_is_valid() -> None:
    assert len({setting.field for setting in SETTINGS}) == len(SETTINGS)
    assert not read({setting.name: setting.default for setting in SETTINGS}).invalid
    assert combine() == Settings()


@pytest.mark.parametrize("value", [True, 1, 1.5, "x", [], ["x"], [1]])
def test_what_is_valid_here_is_valid_by_the_schema_that_editors_check(value: Any) -> None:
    for setting in SETTINGS:
        by_schema = jsonschema.Draft202012Validator(setting.schema).is_valid(value)  # pyright: ignore[reportUnknownMemberType]
        assert (not read({setting.name: value}).invalid) == by_schema


def test_the_vs_code_extension_offers_the_settings_as_they_are() -> None:
    package = json.loads((ROOT / "editors/vscode/package.json").read_text())
    offered = package["contributes"]["configuration"]["properties"]

    assert {name: offered.get(name) for name in vscode_properties()} == vscode_properties()


def test_the_documentation_is_that_of_the_table() -> None:
    assert (ROOT / "docs/settings.md").read_text() == page()


def test_the_schema_of_a_project_s_file_is_that_of_the_table() -> None:
    assert json.loads((ROOT / "docs/nix-lsp.schema.json").read_text()) == file_schema()


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ('pin = "25.11"\n[[overrides]]\npaths = ["a"]\nseverity = { a = "hint" }', True),
        ("[diagnostics]\nignore = []\n[fixAll]\nimperative = true", True),
        ("pin = 25.11", False),
        ("[[overrides]]\nignore = []", False),
        ("[[overrides]]\npaths = []", False),
        ('[diagnostics]\nseverity = { a = "loud" }', False),
        ("[diagnostics]\nignored = []", False),
        ("[index]\nfetch = false", False),
    ],
)
def test_what_the_schema_says_of_a_file_is_what_is_read(text: str, valid: bool) -> None:
    is_valid = jsonschema.Draft7Validator(file_schema()).is_valid  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    assert is_valid(tomllib.loads(text)) == valid
    if "index" not in text:
        assert (not read_project_settings(Document("/x.toml", text.encode())).problems) == valid


def test_settings_that_are_objects_come_flat_too() -> None:
    expected = {"severities": (("option-renamed", "error"),)}

    assert read({"diagnostics.severity": {"option-renamed": "error"}}).values == expected
    assert read({"diagnostics": {"severity": {"option-renamed": "error"}}}).values == expected
    assert read({"nix-lsp.diagnostics.severity.option-renamed": "error"}).values == expected
    assert read({"diagnostics.severity": {"a": "loud"}}).invalid
