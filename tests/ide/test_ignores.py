"""Comments that silence findings, and those that silence nothing."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.project import Override, Settings
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Severity
from tests.fixture import project

CLEAN = "hardware.graphics.enable = true;"
DRIFTED = "hardware.opengl.enable = true;"


def found(text: str, settings: Settings | None = None) -> list[tuple[str, str]]:
    workspace, document, _ = project(text, pin="25.11" if settings is None else None, settings=settings)
    return [(each.rule, each.message) for each in diagnostics(workspace, document)]


def fixed(text: str) -> str:
    workspace, document, _ = project(text, pin="25.11")
    [fix] = [fix for each in diagnostics(workspace, document) for fix in each.fixes]
    return apply(document.source, fix.edits[0].edits).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{{\n  {CLEAN} # nix-lsp: ignore option-renamed\n}}\n", f"{{\n  {CLEAN}\n}}\n"),
        (f"{{\n  # nix-lsp: ignore option-renamed\n  {CLEAN}\n}}\n", f"{{\n  {CLEAN}\n}}\n"),
        (f"# nix-lsp: ignore-file imp-useradd until June\n{{ {CLEAN} }}", f"{{ {CLEAN} }}"),
        (f"{{ {CLEAN} }} # why, nix-lsp: ignore option-renamed", f"{{ {CLEAN} }} # why,"),
        (
            f"{{\n  {DRIFTED} # nix-lsp: ignore option-unknown, option-renamed\n}}\n",
            f"{{\n  {DRIFTED} # nix-lsp: ignore option-renamed\n}}\n",
        ),
        (
            f"{{\n  {DRIFTED} # nix-lsp: ignore option-renamed option-unknown\n}}\n",
            f"{{\n  {DRIFTED} # nix-lsp: ignore option-renamed\n}}\n",
        ),
        (
            f"{{\n  {DRIFTED} # nix-lsp: ignore option-renamed, option-removd\n}}\n",
            f"{{\n  {DRIFTED} # nix-lsp: ignore option-renamed, option-removed\n}}\n",
        ),
    ],
)
def test_what_ignores_nothing_is_reported_and_its_fix_takes_it_out(before: str, after: str):
    assert [rule for rule, _ in found(before)] == ["unused-ignore"]
    assert fixed(before) == after


def test_an_unknown_id_is_told_with_what_was_meant():
    [(_, message), _] = found(f"{{ {DRIFTED} }} # nix-lsp: ignore option-renmaed")
    assert message.startswith("`hardware.opengl.enable`")
    assert found(f"{{ {CLEAN} }} # nix-lsp: ignore option-renmaed") == [
        ("unused-ignore", "no rule is called `option-renmaed`; did you mean `option-renamed`?")
    ]
    assert found(f"{{ {CLEAN} }} # nix-lsp: ignore some-thing-else") == [
        ("unused-ignore", "no rule is called `some-thing-else`")
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{{ {DRIFTED} }} # nix-lsp: ignore option-renamed well-known trouble, wait-and-see",
        f"{{ {CLEAN} }} # nix-lsp: ignore option-renamed, unused-ignore",
        f"# nix-lsp: ignore-file unused-ignore\n{{ {CLEAN} }} # nix-lsp: ignore option-renamed",
        "#- /flake.nix\n{ }\n#- /pkgs/a/package.nix\n{ hello }: hello # nix-lsp: ignore option-renamed\n",
        f'{{ {CLEAN} x = "# nix-lsp: ignore option-renamed"; }}'.replace("x =", "environment.etc.x.text ="),
    ],
    ids=["prose", "itself", "itself in the file", "no module", "no comment"],
)
def test_nothing_is_said_of(text: str):
    assert found(text) == []


def test_broken_files_keep_their_comments():
    assert {rule for rule, _ in found(f"{{ {CLEAN} a = }} # nix-lsp: ignore option-renamed")} == {"syntax-error"}


@pytest.mark.parametrize(
    "settings",
    [
        Settings(pin="25.11", ignored_rules=frozenset({"option-renamed"})),
        Settings(pin="25.11", ignored_rules=frozenset({"option-*"})),
        Settings(pin="25.11", ignored_rules=frozenset({"unused-ignore"})),
        Settings(pin="25.11", selected_rules=frozenset({"unused-ignore", "imp-*"})),
        Settings(pin="25.11", pin_is_ordered=True),
    ],
)
def test_nothing_is_said_of_rules_that_did_not_look(settings: Settings):
    assert found(f"{{ {CLEAN} }} # nix-lsp: ignore option-renamed", settings) == []


def test_an_override_holds_for_its_files_only():
    settings = Settings(pin="25.11", overrides=(Override(("hosts/old/**",), frozenset({"option-*"})),))
    text = f"#- /flake.nix\n{{ }}\n#- /hosts/old/deep/a.nix\n{{ {DRIFTED} }}\n"
    assert found(text, settings) == []
    assert [rule for rule, _ in found(text.replace("old", "new"), settings)] == ["option-renamed"]


def test_excluded_files_are_only_looked_at_when_named():
    settings = Settings(pin="25.11", exclude=frozenset({"*.gen.nix"}))
    workspace, document, _ = project(f"#- /flake.nix\n{{ }}\n#- /a.gen.nix\n{{ {DRIFTED} }}\n", settings=settings)
    assert diagnostics(workspace, document) == []
    assert [each.rule for each in diagnostics(workspace, document, even_excluded=True)] == ["option-renamed"]


def test_the_last_severity_that_names_a_rule_counts():
    settings = Settings(pin="25.11", severities=(("*", "hint"), ("option-renamed", "error"), ("imp-*", "hint")))
    workspace, document, _ = project(f"{{ {DRIFTED} }}", settings=settings)
    assert [each.severity for each in diagnostics(workspace, document)] == [Severity.ERROR]
