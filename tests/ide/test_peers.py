"""What nil and nixd report and offer, case by case: each has its like here. The tables of `docs/peers.md` have the same rows."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.model import Severity
from nix_lsp.ide.refactorings import refactorings
from nix_lsp.syntax.span import Span
from tests.fixture import project

ASKED_FOR = (("builtin-prefix", "hint"), ("builtin-hidden", "hint"))
"""Matters of taste, which the settings have to name."""

NIL = {
    "syntax_error": ("{ a = 1 }", "syntax-error"),
    "invalid_dynamic": ("a: let ${a} = 1; in a", "syntax-error"),
    "duplicated_key": ("{ a = 1; a = 2; }", "option-duplicate"),
    "duplicated_param": ("{ a, a }: a", "syntax-error"),
    "undefined_name": ("{ a = b; }", "undefined-name"),
    "empty_inherit": ("{ inherit; }", "empty-inherit"),
    "empty_let_in": ("let in 1", "empty-let"),
    "let_attrset": ("let { body = 1; }", "let-attrset"),
    "uri_literal": ("https://example.org", "uri-literal"),
    "merge_plain_rec_attrset": ("{ a = { x = 1; }; a = rec { y = 2; z = y; }; }", "mixed-rec"),
    "merge_rec_attrset": ("{ a = rec { x = 1; y = x; }; a.b = 1; }", "mixed-rec"),
    "unused_binding": ("let a = 1; in 2", "unused-binding"),
    "unused_with": ("{ pkgs }: with pkgs; [ pkgs.a ]", "unused-with"),
    "unused_rec": ("rec { a = 1; }", "unused-rec"),
}
NIXD = {
    "lex-unterminated-bcomment": ("1 /* a", "syntax-error"),
    "lex-float-no-exp": ("e: 1.0e", "not-a-function"),
    "lex-float-leading-zero": ("01.5", "not-a-function"),
    "parse-expected": ("let a = 1; a", "syntax-error"),
    "parse-int-too-big": ("99999999999999999999", "syntax-error"),
    "parse-redundant-paren": ("{ a = (1); }", "redundant-parentheses"),
    "parse-attrpath-extra-dot": ("{ a..b = 1; }", "syntax-error"),
    "parse-select-extra-dot": ("a: a.b.", "syntax-error"),
    "parse-unexpected": ("{ a = 1; } ]", "syntax-error"),
    "parse-lambda-arg-extra-at": ("a@: a", "syntax-error"),
    "parse-operator-noassoc": ("1 == 2 == 3", "syntax-error"),
    "parse-kw-or-isnot-binary-op": ("a: b: a or b", "undefined-name"),
    "empty-inherit": ("a: { inherit (a); }", "empty-inherit"),
    "or-identifier": ("let or = 1; in or", "or-identifier"),
    "deprecated-url-literal": ("{ a = https://example.org; }", "uri-literal"),
    "deprecated-let": ("let { body = 1; }", "let-attrset"),
    "deprecated-let-missing-body": ("let { a = 1; }", "let-attrset"),
    "merge-diff-rec": ("{ a = rec { x = 1; y = x; }; a = { b = 1; }; }", "mixed-rec"),
    "sema-duplicated-attrname": ("{ a.b = 1; a.b = 2; }", "option-duplicate"),
    "sema-dynamic-inherit": ("a: { inherit ${a}; }", "syntax-error"),
    "sema-empty-formal": ("{ a, , b }: a b", "syntax-error"),
    "sema-formal-missing-comma": ("{ a b }: a b", "syntax-error"),
    "sema-formal-extra-ellipsis": ("{ a, ..., ... }: a", "syntax-error"),
    "sema-misplaced-ellipsis": ("{ ..., a }: a", "syntax-error"),
    "sema-dup-formal": ("{ a, b, a }: a b", "syntax-error"),
    "sema-dup-formal-arg": ("a@{ a }: a", "syntax-error"),
    "sema-undefined-variable": ("x: y", "undefined-name"),
    "sema-unused-def-let": ("x: let inherit (x) a b; in a", "unused-binding"),
    "sema-unused-def-lambda-noarg-formal": ("{ a, b }: a", "unused-argument"),
    "sema-unused-def-lambda-witharg-formal": ("args@{ a, b }: a", "unused-argument"),
    "sema-unused-def-lambda-witharg-arg": ("args@{ a }: a", "unused-argument"),
    "sema-extra-rec": ("{ a = rec { }; }", "unused-rec"),
    "sema-extra-with": ("with builtins; 1", "unused-with"),
    "sema-primop-unknown": ("builtins.attrName", "builtin-unknown"),
    "sema-primop-removed-prefix": ("builtins.map", "builtin-prefix"),
    "sema-primop-needs-prefix": ("attrNames { }", "undefined-name"),
    "sema-primop-overridden": ("let map = 1; in map", "builtin-hidden"),
    "sema-constant-overridden": ("let true = 1; in true", "constant-hidden"),
}


@pytest.mark.parametrize(("code", "rule"), [*NIL.values(), *NIXD.values()], ids=[*NIL, *NIXD])
def test_what_they_report_is_reported(code: str, rule: str):
    fixture = project(f"#- /a.nix\n{code}", settings=Settings(severities=ASKED_FOR))

    assert rule in {found.rule for found in diagnostics(fixture.workspace, fixture.document)}


ACTIONS = {
    "add_to_top_level_lambda_param": ("{ a }: [ a b$0 ]", "add-to-formals"),
    "convert_to_inherit": ("a: { a$0 = a; }", "to-inherit"),
    "flatten_attrset": ("{ a$0 = { b = 1; c = 2; }; }", "flatten"),
    "pack_bindings": ("{ a$0.b = 1; a.c = 2; }", "pack-all"),
    "quote_attr": ("{ a$0 = 1; }", "quote-attribute"),
    "unquote_attr": ('{ "a$0" = 1; }', "unquote-attribute"),
    "remove_empty_inherit": ("{ inherit$0; }", "empty-inherit"),
    "remove_empty_let_in": ("let$0 in 1", "empty-let"),
    "remove_unused_binding": ("let a$0 = 1; in 2", "unused-binding"),
    "remove_unused_with": ("a: with$0 a; 1", "unused-with"),
    "rewrite_string_to_indented": ('{ a = "x$0\\ny\\n"; }', "string-to-indented"),
    "rewrite_indented_to_string": ("{ a = ''x$0''; }", "string-to-quoted"),
    "rewrite_uri_to_string": ("{ a = https://example$0.org; }", "uri-literal"),
    "inline": ("let id = x: x; in id$0 1", "inline"),
    "add `z` to formals": ("{ x }: { y }: z$0", "add-to-formals"),
    "Quote attribute name": ("let a$0 = 1; in a", "quote-attribute"),
    "Unquote attribute name": ('let "a$0" = 1; in a', "unquote-attribute"),
    "Convert to `inherit`": ("{ x }: { x$0 = x; }", "to-inherit"),
    "Convert to `inherit (src)`": ("{ lib }: { a$0 = lib.n.a; }", "to-inherit-from"),
    "Convert to explicit binding": ("b: { inherit (b) a$0; }", "to-binding"),
    "Flatten nested attribute set": ("{ a$0 = { b = 1; }; }", "flatten"),
    "Pack dotted path to nested set": ("{ a$0.b = 1; }", "pack"),
    "Pack all 'foo' bindings to nested set": ("{ a$0.b = 1; a.c.d = 2; }", "pack-all"),
    "Recursively pack all 'foo' bindings to nested set": ("{ a$0.b.c = 1; a.b.d = 2; }", "pack-all"),
    "Convert to indented string": ('{ a = "x$0\\ny"; }', "string-to-indented"),
    "Convert to double-quoted string": ("{ a = ''$0x''; }", "string-to-quoted"),
    "Convert `with` to `let/inherit`": ("{ lib, c }: wi$0th lib; optionalString c c", "with-to-let"),
    "Extract to <name>.nix": ("{ a }: { x = «[ a 1 ]»; }", "extract-to-file"),
    "Convert JSON to Nix": ('{ a = «{"b": [1, null]}»; }', "json-to-nix"),
}
"""What nil and nixd offer, and the refactoring or the rule whose fix it is here."""


@pytest.mark.parametrize(("code", "action"), ACTIONS.values(), ids=list(ACTIONS))
def test_what_they_offer_is_offered(code: str, action: str):
    before, _, selected = code.partition("«")
    size = len(selected.partition("»")[0])
    plain = f"{before}$0{selected.replace('»', '')}" if selected else code
    fixture = project(f"#- /a.nix\n{plain}", settings=Settings())
    place = Span(fixture.offset, fixture.offset + size)
    found = [row.id for row, _ in refactorings(fixture.workspace, fixture.document, place)]
    found += [
        each.rule
        for each in diagnostics(fixture.workspace, fixture.document)
        if each.fixes and each.span.touches(place)
    ]

    assert action in found


SILENT = [
    "{ a, b }@args: f: f args a",  # nil #148
    "{ a ? b, b ? 1 }: a",
    "{ outputs = { self, nixpkgs }: nixpkgs; }",  # nil #73
    "__curPos.line",  # nil #132
    "a: b: with a; with b; [ x y ]",
    "x: let inherit (x) a; in { inherit a; }",
    "let a = 1; in { ${toString a} = a; }",
    "{ f = builtins.foldl' (a: b: a + b) 0; }",
    "x: x.builtins.anything or null",
    "builtins ? wasm && builtins.wasm null",
    "let x = { __functor = self: y: y; }; in x 1",
    "{ outputs = { self, ... }@inputs: inputs.nixpkgs; }",
    "let f = { a, ... }@args: g args; g = x: x.b; in f { a = 1; b = 2; }",
    "rec { a = 1; b = { inherit a; }; }",
    "{ lib }: with lib; let y = id 1; in y",
    "_: { }",
    "{ ... }: { }",
    'let s = "a"; in [ "b" "c" ] ++ [ s ]',
    "a: a.${toString 1}.b or 2",
    "[ <nixpkgs> <nixpkgs/lib> ]",
    "derivation { name = ./. + builtins.placeholder; }",
    "let a = x: b x; b = x: a x; in a",
    "{ a, b, }: a b",
    "{ pkgs, ... }: with pkgs; [ hello ]",
]
"""What they have warned of at some time, or may be thought to, though nothing is wrong."""


@pytest.mark.parametrize("code", SILENT)
def test_what_is_right_is_not_reported(code: str):
    fixture = project(f"#- /a.nix\n{code}", settings=Settings())

    assert [
        found.rule for found in diagnostics(fixture.workspace, fixture.document) if found.severity < Severity.HINT
    ] == []
