"""`.nix-lsp.toml`: what it sets, and what is said where it is wrong."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.project import Override, Settings
from nix_lsp.analysis.project_settings import read_project_settings
from nix_lsp.analysis.settings import with_project
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.syntax.document import Document
from option_index.catalog import Catalog

FULL = """\
#:schema https://example.org/nix-lsp.schema.json
pin = "25.11"
exclude = ["generated/**"]

[diagnostics]
ignore = ["imp-*"]
severity = { option-renamed = "error" }

[[overrides]]
paths = ["hosts/old/**"]
ignore = ["option-*"]

[fixAll]
imperative = true
"""


def said(text: str) -> list[tuple[int, str]]:
    reading = read_project_settings(Document("/p/.nix-lsp.toml", text.encode()))
    return [(problem.line, problem.message) for problem in reading.problems]


def test_it_sets_what_an_editor_sets():
    reading = read_project_settings(Document("/p/.nix-lsp.toml", FULL.encode()))

    assert reading.problems == ()
    assert with_project(Settings(), reading.values) == Settings(
        pin="25.11",
        exclude=frozenset({"generated/**"}),
        ignored_rules=frozenset({"imp-*"}),
        severities=(("option-renamed", "error"),),
        overrides=(Override(("hosts/old/**",), frozenset({"option-*"})),),
        fix_all_imperative=True,
    )


def test_it_stands_over_the_editor_s_settings_and_under_a_command_s_pin():
    values = read_project_settings(Document("/p/.nix-lsp.toml", FULL.encode())).values
    mine = Settings(pin="25.05", ignored_rules=frozenset({"option-unknown"}))

    both = with_project(mine, values)

    assert (both.pin, both.ignored_rules) == ("25.11", {"option-unknown", "imp-*"})
    assert with_project(mine._replace(pin_is_ordered=True), values).pin == "25.05"


@pytest.mark.parametrize("text", ["index.fetch = true", "[nix]\nevaluate = true", '"index.fetch" = true'])
def test_a_workspace_grants_no_consent(text: str):
    reading = read_project_settings(Document("/p/.nix-lsp.toml", text.encode()))

    settings = with_project(Settings(), reading.values)

    assert (settings.fetch_indexes, settings.evaluate) == (None, None)
    assert "is for a person to allow" in reading.problems[0].message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("pin = 25.11", 0, "`pin` must be a release, `unstable`, a date, a revision or null"),
        ('\npin = "warty"', 1, "`pin` must be a release, `unstable`, a date, a revision or null, not `warty`"),
        ("[diagnostics]\nignored = []", 1, "no setting: `diagnostics.ignored`; did you mean `diagnostics.ignore`?"),
        (
            "[[overrides]]\nignore = []",
            0,
            "`overrides` must be a list of objects with `paths`, and `ignore` or `severity`",
        ),
        ("a = 1\nb = \n", 1, "no TOML: Invalid value"),
        ("a = [1,\n2\n", 1, "no TOML: Unclosed array"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(text: str, line: int, message: str):
    assert said(text) == [(line, message)]


def test_a_file_nested_too_deep_is_survived():
    assert len(said("a = " + "[" * 5000 + "]" * 5000)) == 1


def test_a_workspace_follows_its_file():
    files = {"/p/flake.nix": "{ }", "/p/a.nix": "{ }"}
    workspace = Workspace("/p", MemoryFiles(files), Catalog())
    assert workspace.settings == Settings()

    opened = workspace.with_document(Document("/p/.nix-lsp.toml", b'pin = "25.05"'))

    assert opened.settings.pin == "25.05"
    assert [pin.point.release for pin in opened.main_pins().values()][:1] == ["25.05"]
    assert opened.with_document(Document("/p/.nix-lsp.toml", b"pin = [")).settings == Settings()
    assert opened.without_document("/p/.nix-lsp.toml").settings == Settings()
