"""Names that nothing binds and names that nobody uses. `«»` stand round what is reported."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.actions import fix_all
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rules import undefined_names, unused_names
from nix_lsp.ide.rules.rule import Subject
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.faults import faults
from nix_lsp.syntax.span import Span
from tests.fixture import project

RULES = {rule.id: rule for rule in (*undefined_names.RULES, *unused_names.RULES)}


def marked(rule: str, code: str, path: str = "/a.nix") -> str:
    """The text with marks round what the rule reports."""
    plain = re.sub("[«»]", "", code)
    fixture = project(f"#- {path}\n{plain}")
    found = sorted(
        {each.span for each in RULES[rule].check(Subject(fixture.workspace, fixture.document))}, reverse=True
    )
    source = fixture.document.source
    for start, end in found:
        source = source[:start] + "«".encode() + source[start:end] + "»".encode() + source[end:]
    return source.decode()


def fixed(rule: str, code: str, title: str | None = None) -> str | None:
    """The text after the first fix, or the one with a title."""
    fixture = project(f"#- /a.nix\n{code}")
    for each in RULES[rule].check(Subject(fixture.workspace, fixture.document)):
        for fix in each.fixes:
            if title is None or fix.title == title:
                return apply(fixture.document.source, fix.edits[0].edits).decode()
    return None


@pytest.mark.parametrize(
    "code",
    [
        "«a»",
        "{ lib }: «mkIf» lib",
        "{ lib, ... }: { a = [ «pkgs».x «pkgs».y ]; }",
        "x: with x; y",
        "with «x»; y",
        "let a = 1; in { inherit a «b»; }",
        "let { body = «a»; }",
        "rec { a = b; b = 1; }",
        "let a = ./x/${«b»}; in a",
        "<nixpkgs>",
        "__currentSystem",
        "{ __findFile }: <a>",
        "x: x.«y or»".replace("«y or»", "y or «z»"),
        "map (x: x) [ true false null builtins.nixVersion ]",
    ],
)
def test_names_that_nothing_binds(code: str):
    assert marked("undefined-name", code) == code


@pytest.mark.parametrize(
    "code",
    [
        "let a = 1; b = a",  # the `let` is lost with what is missing
        "{ pkgs, ... }: { a = pkgs.x; b = [ pkgs",
        "let f = x: x; in {",
        "\0GITCRYPT\0abc",
    ],
)
def test_while_something_is_missing_no_name_of_the_file_is_called_undefined(code: str):
    assert marked("undefined-name", code) == code


def test_a_name_of_a_rec_that_is_joined_is_known_in_the_other_half():
    code = "{ a = rec { x = 1; }; a.y = x; }"
    assert marked("undefined-name", code) == code


def test_a_builtin_that_needs_its_prefix():
    assert fixed("undefined-name", "x: attrNames x") == "x: builtins.attrNames x"
    assert fixed("undefined-name", "{ inherit attrNames; }") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{ lib }: pkgs lib", "{ lib, pkgs }: pkgs lib"),
        ("{ lib, ... }: pkgs lib", "{ lib, pkgs, ... }: pkgs lib"),
        ("{ }: pkgs", "{ pkgs }: pkgs"),
        ("{ ... }: pkgs", "{ pkgs, ... }: pkgs"),
        ("{ a }: { b }: c a b", "{ a }: { b, c }: c a b"),
        ("{\n  lib,\n  ...\n}:\npkgs lib", "{\n  lib,\n  pkgs,\n  ...\n}:\npkgs lib"),
        ("{ lib\n, ...\n}:\npkgs lib", "{ lib\n, pkgs\n, ...\n}:\npkgs lib"),
        ("{\n  lib\n, x\n}:\npkgs lib x", "{\n  lib\n, x\n, pkgs\n}:\npkgs lib x"),
        ("{ a ? b }: a", "{ a ? b, b }: a"),
    ],
)
def test_a_missing_argument_is_added_to_the_innermost_function(before: str, after: str):
    name = "b" if "? b" in before else "c" if "c a" in before else "pkgs"
    assert fixed("undefined-name", before, f"Add `{name}` to the function's arguments") == after


def test_a_name_that_was_probably_meant():
    assert fixed("undefined-name", "{ config }: confg.x") == "{ config }: config.x"


@pytest.mark.parametrize(
    "code",
    [
        "let «a» = 1; in 2",
        "let a = 1; in a",
        "let «a» = b; «b» = 1; in 2",
        "let _a = 1; in 2",
        "let inherit (x) a «b»; x = 1; in a",
        "let «f» = n: f n; in 1",
        "x: let a = x; in { inherit a; }",
        "let a.b = 1; in a.b",
        "let a = 1; in with a; b",
        "let a = 1; in b ? ${a}",
        "{ a }: 1",
        "rec { a = 1; }",
    ],
)
def test_bindings_that_nobody_uses(code: str):
    assert marked("unused-binding", code) == code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("let a = 1; b = 2; in b", "let b = 2; in b"),
        ("let\n  # why\n  a = 1;\n\n  b = 2;\nin\nb", "let\n  b = 2;\nin\nb"),
        ("let inherit (x) a b; x = 1; in a", "let inherit (x) a; x = 1; in a"),
        (
            "let\n  inherit (x)\n    a\n    b\n    ;\n  x = 1;\nin\na",
            "let\n  inherit (x)\n    a\n    ;\n  x = 1;\nin\na",
        ),
        ("x: let inherit (x) a; in 1", "x: let in 1"),
    ],
)
def test_an_unused_binding_is_taken_out(before: str, after: str):
    assert fixed("unused-binding", before) == after


def test_what_unused_bindings_use_goes_after_them():
    assert fixed("unused-binding", "x: let a = x; b = a; in 1", "Remove `a`") is None
    assert fixed("unused-binding", "x: let a = x; b = a; in 1", "Remove `b`") == "x: let a = x; in 1"
    assert fixed("unused-binding", "let f = n: f n; in 1") == "let in 1"
    assert fixed("unused-argument", "{ x, ... }: let a = x; in 1") is None


@pytest.mark.parametrize(
    "code",
    [
        "{ a, «b» }: a",
        "{ a, «b», ... }: a",
        "{ a, b }@args: args",
        "args@{ a, b, ... }: f args",
        "{ a }@«args»: a",
        "{ «a» }@«args»: 1",
        "«x»: 1",
        "_: _x: 1",
        "final: «prev»: final",
        "{ a, b ? a }: b",
    ],
)
def test_arguments_that_nobody_uses(code: str):
    assert marked("unused-argument", code) == code


def test_a_flakes_outputs_must_name_every_input():
    assert marked("unused-argument", "{ outputs = { self, nixpkgs }: nixpkgs; }", "/flake.nix") == (
        "{ outputs = { self, nixpkgs }: nixpkgs; }"
    )
    code = "{ outputs = { «self», nixpkgs, ... }: nixpkgs; }"
    assert marked("unused-argument", code, "/flake.nix") == code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{ a, b }: a", "{ a }: a"),
        ("{ a, b }: b", "{ b }: b"),
        ("{ a, b, ... }: a", "{ a, ... }: a"),
        ("{ a ? 1, ... }: 2", "{ ... }: 2"),
        ("{ a }: 1", "{ }: 1"),
        ("{\n  a,\n  b,\n  ...\n}:\nb", "{\n  b,\n  ...\n}:\nb"),
        ("{\n  a,\n  b,\n}:\na", "{\n  a,\n}:\na"),
        ("{ a }@args: a", "{ a }: a"),
        ("args@{ a }: a", "{ a }: a"),
        ("x: 1", "_x: 1"),
    ],
)
def test_an_unused_argument_is_taken_out(before: str, after: str):
    assert fixed("unused-argument", before) == after


def test_what_a_caller_may_pass_is_looked_at_first():
    fixture = project("#- /a.nix\n{ a, b }: a")
    (found,) = unused_names.UNUSED_ARGUMENT.check(Subject(fixture.workspace, fixture.document))
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "code",
    [
        "x: «with x;» 1",
        "x: with x; y",
        "x: y: «with x;» with y; x",
        "x: «with x;» [ ]",
        "x: y: «with x;» map y [ true ]",
        "x: «with x;» let y = 1; in y",
        "x: with x; a.b.c",
        "x: with x; { inherit y; }",
    ],
)
def test_withs_that_no_name_comes_from(code: str):
    code = code.replace("with y; x", "«with y;» x")
    assert marked("unused-with", code) == code


def test_a_with_that_waits_for_elements_is_a_hint_without_a_quick_fix():
    fixture = project("#- /a.nix\npkgs: with pkgs; [ ]")
    (found,) = unused_names.UNUSED_WITH.check(Subject(fixture.workspace, fixture.document))
    assert found.severity is Severity.HINT
    assert not any(fix.preferred for fix in found.fixes)


def test_an_unused_with_is_taken_out():
    assert fixed("unused-with", "x:\nwith x;\n{ a = x.b; }") == "x:\n{ a = x.b; }"


def test_what_is_not_used_yet_stays_when_all_is_fixed():
    code = "let\n  a = 1;\n  c = (2);\nin\nc"
    workspace, document, _ = project(f"#- /a.nix\n{code}", settings=Settings())
    fix = fix_all(workspace, document)
    assert fix is not None
    assert apply(document.source, fix.edits[0].edits).decode() == code.replace("(2)", "2")
    asked = fix_all(workspace, document, rule="unused-binding")
    assert asked is not None
    assert b"a = 1" not in apply(document.source, asked.edits[0].edits)


@pytest.mark.parametrize(
    "code",
    [
        "«rec» { a = 1; }",
        "«rec» { }",
        "rec { a = 1; b = a; }",
        "rec { a = 1; b = { inherit a; }; }",
        "«rec» { a = 1; b = a: a; }",
        'rec { a = 1; b = "${a}"; }',
        "rec { a = 1; ${a} = 2; }",
        "«rec» { __functor = self: x: x; }",
        "rec { __overrides = { a = 1; }; }",
    ],
)
def test_recs_that_do_nothing(code: str):
    assert marked("unused-rec", code) == code


def test_a_rec_that_does_nothing_is_taken_out():
    assert fixed("unused-rec", "rec { a = 1; }") == "{ a = 1; }"


def test_findings_follow_an_edit():
    document = Document("/a.nix", b"let a = 1; b = 2; in b", 1)
    workspace = project("{ }").workspace
    assert [document.text(each.span) for each in unused_names.UNUSED_BINDING.check(Subject(workspace, document))] == [
        "a"
    ]
    document = document.edited([Change(Span(21, 22), b"a")], 2)
    assert [document.text(each.span) for each in unused_names.UNUSED_BINDING.check(Subject(workspace, document))] == [
        "b"
    ]
    document = document.edited([Change(Span(0, 0), b"x: ")], 3)
    assert [each.span.start for each in unused_names.UNUSED_BINDING.check(Subject(workspace, document))] == [14]


@pytest.mark.skipif(not os.environ.get("NIXPKGS"), reason="NIXPKGS names no nixpkgs tree")
def test_fixes_in_nixpkgs_leave_texts_that_parse():
    root = Path(os.environ["NIXPKGS"])
    workspace = project("{ }").workspace
    count = 0
    for path in sorted(
        [*root.glob("lib/**/*.nix"), *root.glob("nixos/**/*.nix"), *root.glob("pkgs/build-support/**/*.nix")]
    ):
        document = Document(str(path), path.read_bytes())
        if list(faults(document.root)):
            continue
        for rule in RULES.values():
            for found in rule.check(Subject(workspace, document)):
                assert rule is not undefined_names.UNDEFINED, (path, found.message)
                for fix in found.fixes:
                    after = Document("/a.nix", apply(document.source, fix.edits[0].edits))
                    assert not list(faults(after.root)), (path, fix)
                    count += 1
    assert count > 100


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("{ a ? 1 b }: a + b", "{ a ? 1, b }: a + b"),
        ("{ a ? null b c, d }: [ a b c d ]", "{ a ? null, b, c, d }: [ a b c d ]"),
        ("{\n  a ? { } # why\n  b,\n}: [ a b ]", "{\n  a ? { }, # why\n  b,\n}: [ a b ]"),
    ],
)
def test_a_comma_that_is_missing_behind_a_default_is_all_that_is_said(code: str, after: str):
    fixture = project(f"#- /a.nix\n{code}", settings=Settings())
    (found,) = diagnostics(fixture.workspace, fixture.document)
    assert (found.rule, found.message) == ("syntax-error", "`,` is missing between arguments")
    assert apply(fixture.document.source, found.fixes[0].edits[0].edits).decode().rstrip("\n") == after


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("f: b: { a ? f b }: a", []),
        ("{ a ? 1 2 }: a", ["not-a-function"]),
        ("{ a = [ or ]; }", ["undefined-name"]),
        ("let or = 1; in [ or ]", ["or-identifier"]),
    ],
)
def test_one_finding_of_one_place(code: str, rules: list[str]):
    fixture = project(f"#- /a.nix\n{code}", settings=Settings())
    assert [found.rule for found in diagnostics(fixture.workspace, fixture.document)] == rules
