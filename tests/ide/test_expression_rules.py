"""Rules about single expressions: what each reports, and what its fix makes of it."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.rules import rules as all_rules
from nix_lsp.ide.rules.expressions import findings, rules
from nix_lsp.ide.rules.rule import Subject
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.faults import faults
from nix_lsp.syntax.span import Span
from tests.fixture import project

IDS = [rule.id for rule in rules()]


def fixed(rule: str, code: str) -> str | None:
    """The text after all fixes of a rule; None where it reports nothing, the text itself where it has no fix."""
    document = Document("/a.nix", code.encode())
    found = findings(document, rule)
    edits = [edit for each in found for fix in each.fixes for edit in fix.edits[0].edits]
    return apply(document.source, edits).decode() if found else None


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("let-attrset", "let { body = a; a = 1; }", "rec { body = a; a = 1; }.body"),
        ("let-attrset", "f let { inherit body; } 2", "f rec { inherit body; }.body 2"),
        ("let-attrset", "let { a = 1; }", "let { a = 1; }"),
        ("let-attrset", "let a = 1; in a", None),
        ("uri-literal", "{ url = https://example.org/a?b=c; }", '{ url = "https://example.org/a?b=c"; }'),
        ("uri-literal", "x: x", None),
        ("or-identifier", "[ or ]", "[ or ]"),
        ("or-identifier", "a.b or c", None),
        ("empty-inherit", "{ inherit; a = 1; }", "{ a = 1; }"),
        ("empty-inherit", "{ inherit (x); }", "{ }"),
        ("empty-inherit", "{\n  a = 1;\n  inherit;\n}", "{\n  a = 1;\n}"),
        ("empty-inherit", "{ inherit a; }", None),
        ("empty-let", "let in 1", "1"),
        ("empty-let", "let # why\nin 1", "let # why\nin 1"),
        ("empty-let", "let a = 1; in a", None),
        ("redundant-parentheses", "{ a = (b: b); }", "{ a = b: b; }"),
        ("redundant-parentheses", "((a + b))", "(a + b)"),
        ("redundant-parentheses", "[ (a) (f x) ]", "[ a (f x) ]"),
        ("redundant-parentheses", "[ (a.b) (a.b or c) ]", "[ a.b (a.b or c) ]"),
        ("redundant-parentheses", "f (a) ([ ]) (x: x)", "f a [ ] (x: x)"),
        ("redundant-parentheses", "f(a)", None),
        ("redundant-parentheses", "(a)b", None),
        ("redundant-parentheses", '"${(a)}"', '"${a}"'),
        ("redundant-parentheses", "(a).b", "a.b"),
        ("redundant-parentheses", "(f a).b", None),
        ("redundant-parentheses", "(a && b) || c", None),
        ("redundant-parentheses", "{ a = ( # why\n b); }", None),
        ("redundant-parentheses", "{ a =(b); }", "{ a =b; }"),
        ("redundant-parentheses", "-(a)", "-a"),
        ("redundant-parentheses", "[ (-1) (./a) ]", None),
        ("bool-comparison", "a == true", "a"),
        ("bool-comparison", "a.b != true", "!a.b"),
        ("bool-comparison", "false == f a", "!f a"),
        ("bool-comparison", "(a + b == false)", "(!(a + b))"),
        ("bool-comparison", "(a.b or c) != true", "!(a.b or c)"),
        ("bool-comparison", "a == null", None),
        ("if-boolean", "{ a = if b then true else false; }", "{ a = b; }"),
        ("if-boolean", "{ a = if b && c then false else true; }", "{ a = !(b && c); }"),
        ("if-boolean", "{ a = if (b || c) then true else false; }", "{ a = b || c; }"),
        ("if-boolean", "if b then true else true", None),
        ("if-boolean", "{ a = if b then true else c; }", None),
        ("manual-or", "{ a = if b ? c then b.c else d; }", "{ a = b.c or d; }"),
        ("manual-or", "{ a = if b ? c.d then b.c.d else f x; }", "{ a = b.c.d or (f x); }"),
        ("manual-or", "{ a = if b ? c then b.d else e; }", None),
        ("manual-or", "{ a = if b ? ${c} then b.${c} else e; }", None),
        ("manual-or", "{ a = if b ? c then b.c or 1 else e; }", None),
        ("empty-concatenation", "[ ] ++ a", "a"),
        ("empty-concatenation", "a ++ [ ]", "a"),
        ("empty-concatenation", "a ++ [ # b\n ]", None),
        ("negated-comparison", "{ a = !(b == c); }", "{ a = b != c; }"),
        ("negated-comparison", "{ a = !(b != c); }", "{ a = b == c; }"),
        ("negated-comparison", "a && !(b == c)", "a && (b != c)"),
        ("negated-comparison", "!(a < b)", None),
        ("manual-inherit", "a: { a = a; }", "a: { inherit a; }"),
        ("manual-inherit", "a: rec { a = a; }", None),
        ("manual-inherit", "let a = a; in 1", None),
        ("manual-inherit", "a: { a.b = a; b = a; }", None),
        ("manual-inherit-from", "s: { a = s.a; }", "s: { inherit (s) a; }"),
        ("manual-inherit-from", "s: { a = s.a or 1; b = s.a.b; c = s.b; }", None),
        ("eta-reduction", "f: { g = x: f x; }", "f: { g = f; }"),
        ("eta-reduction", "{ g = x: x x; h = x: f x x; i = { x }: f x; }", None),
        ("empty-pattern", "{ ... }: 1", "_: 1"),
        ("empty-pattern", "{ }: 1", None),
        ("redundant-pattern", "{ ... }@a: a", "a: a"),
        ("redundant-pattern", "a@{ ... }: a", "a: a"),
        ("redundant-pattern", "a@{ b, ... }: a", None),
    ],
)
def test_what_is_reported_and_what_the_fix_makes_of_it(rule: str, before: str, after: str | None):
    assert fixed(rule, before) == after


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("1 == 2 == 3", [7]),
        ("1 < 2 >= 3", [6]),
        ("(1 == 2) == 3", []),
        ("1 == 2 && 3 == 4", []),
        ("1 -> 2 -> 3", []),
        ("a |> b |> c", []),
        ("a <| b <| c", []),
        ("9223372036854775807", []),
        ("9223372036854775808", [0]),
        ("./a/", [0]),
        ("../a/", [0]),
        ("~/a/", [0]),
        ("./${a}/", [0]),
        ("./a/${b}", []),
        ("{a, a}: 1", [4]),
        ("a@{ a }: 1", [0]),
        ("{ a, b ? a }@c: 1", []),
        ("let ${a} = 1; in 1", [4]),
        ('let ${"a"} = 1; b.${a} = 1; in 1', []),
        ('let "a${b}" = 1; in 1', [4]),
        ("{ inherit ${a}; inherit (b) c ${d}; }", [10, 30]),
        ('{ inherit "a" ${"b"}; ${c} = 1; }', []),
        ("a.if", [2]),
        ("a ? then", [4]),
        ("a.or or b", []),
    ],
)
def test_what_nix_refuses(code: str, places: list[int]):
    assert [each.span.start for each in findings(Document("/a.nix", code.encode()), "syntax-error")] == places


def reported(rule: str, code: str) -> list[str]:
    """The texts that a rule of the whole file reports."""
    fixture = project(f"#- /a.nix\n{code}")
    row = next(each for each in all_rules() if each.id == rule)
    return [fixture.document.text(each.span) for each in row.check(Subject(fixture.workspace, fixture.document))]


@pytest.mark.parametrize(
    ("rule", "code", "found"),
    [
        ("builtin-unknown", "builtins.attrName { }", ["attrName"]),
        ("builtin-unknown", "builtins.attrNames { }", []),
        ("builtin-unknown", "builtins.somethingNew { }", []),
        ("builtin-unknown", "builtins.attrName or 1", []),
        ("builtin-unknown", "if builtins ? attrName then builtins.attrName else 1", []),
        ("builtin-unknown", "builtins: builtins.attrName { }", []),
        ("to-path", "builtins.toPath ./a", ["builtins.toPath"]),
        ("builtin-prefix", "builtins.map builtins.head [ builtins.true ]", ["builtins."]),
        ("builtin-prefix", "map: builtins.map", []),
        ("constant-hidden", "let true = 1; in true", ["true"]),
        ("constant-hidden", "{ null }: null", ["null"]),
        ("constant-hidden", "rec { true = 1; }", []),
        ("builtin-hidden", "map: map", ["map"]),
        ("mixed-rec", "{ a = rec { b = 1; }; a.c = 2; }", ["a"]),
        ("mixed-rec", "{ a = { b = 1; }; a = rec { c = 2; }; }", ["a"]),
        ("mixed-rec", "{ a = rec { b = 1; }; a = rec { c = 2; }; }", []),
        ("mixed-rec", "{ a = { b = 1; }; a.c = rec { d = 2; }; }", []),
        ("mixed-rec", "rec { a.b = 1; a.c = 2; }", []),
        ("option-duplicate", "{ a = rec { b = 1; }; a.c = 2; }", []),
    ],
)
def test_what_is_reported_of_a_file(rule: str, code: str, found: list[str]):
    assert reported(rule, code) == found


def everything(document: Document) -> list[object]:
    return [
        sorted((each.span, each.message, each.fixes) for each in findings(document, rule))
        for rule in (*IDS, "syntax-error")
    ]


PARTS = [
    "a",
    " ",
    "(b)",
    "\n",
    "; ",
    "a = a; ",
    "let in ",
    "inherit; ",
    "a == true",
    "{ ... }: ",
    "{",
    "}",
    "x: f x",
    "[ ] ++ ",
]


@pytest.mark.parametrize("seed", range(8))
def test_an_edited_file_answers_like_a_new_one(seed: int):
    chance = random.Random(seed)
    bindings = [f"n{i} = {{ v = (a); w = [ ] ++ b; inherit; u = x: f x; }};" for i in range(60)]
    document = Document(
        "/a.nix", ("{ a, b }: {\n" + "\n".join(bindings) + "\nc = if a then true else false; }").encode(), 1
    )
    everything(document)
    for version in range(2, 30):
        start = chance.randrange(len(document.source))
        end = min(start + chance.choice([0, 0, 0, 1, 5, 40]), len(document.source))
        document = document.edited([Change(Span(start, end), chance.choice(PARTS).encode())], version)
        if document.root.has_error:
            everything(document)
        else:
            assert everything(document) == everything(Document("/a.nix", document.source))


@pytest.mark.parametrize(
    "code", ["(" * 50_000 + "a" + ")" * 50_000, "let in " * 3_000 + "1", "!(" * 5_000, "\0", "{ inherit", "{a,,a}: a"]
)
def test_hostile_text_never_raises(code: str):
    assert everything(Document("/a.nix", code.encode()))


@pytest.mark.skipif(not os.environ.get("NIXPKGS"), reason="NIXPKGS names no nixpkgs tree")
def test_fixes_in_nixpkgs_leave_texts_that_parse():
    root = Path(os.environ["NIXPKGS"])
    count = 0
    for path in sorted([*root.glob("lib/**/*.nix"), *root.glob("nixos/**/*.nix")]):
        document = Document(str(path), path.read_bytes())
        if list(faults(document.root)):
            continue
        assert not findings(document, "syntax-error"), path
        for rule in IDS:
            for found in findings(document, rule):
                for fix in found.fixes:
                    after = Document("/a.nix", apply(document.source, fix.edits[0].edits))
                    assert not list(faults(after.root)), (path, fix)
                    count += 1
    assert count > 100
