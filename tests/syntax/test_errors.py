"""Syntax errors: none in valid Nix, and few and precise ones in what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nix_lsp.syntax.document import Document
from nix_lsp.syntax.errors import SyntaxProblem, errors
from nix_lsp.syntax.faults import faults


def found(code: str) -> list[SyntaxProblem]:
    return errors(Document("/t.nix", code.encode()))


@pytest.mark.parametrize(
    "code",
    [
        "{ a, b, }: a",
        "{ a, b ? 1, /* c */ # d\n}: a",
        "args@{ a, }: a",
        "{ a, }@args: a",
        "{ ... }@args: a",
        "a |> b |> c",
        "f <| g (a |> b)",
        "{ inherit; }",
        "{ inherit (a) ; }",
        "a.b or c",
        "a: a.b or c.d or e",
        "{ or = 1; }.or",
        "f: f or 1",
        "__curPos.line",
        "<nixpkgs/lib>",
        "~/x/y-z.nix",
        ".5 + 1.5e3 + 1.",
        "let { x = 1; body = x; }",
        "https://example.org/a?b=c&d",
        "x:x",
        'let ${"a"} = 1; "b c" = 2; in a',
        "x: ./foo/${x}/bar",
        "x: /a/${x}.nix",
        '{ inherit (x) "a" ${"b"}; }',
        'x: x ? a.b."c".${"d"}',
        "a: -a.b - 1",
        "''a''\\${b} ''$ $${c} ''' ''${d}''",
        '"$${x} \\${y} $"',
        "a': a'",
        "[ (a: a) (-1) { } ]",
        "if a then b else c",
        "with a; assert b; c",
        "a: b: a<b",
        "/** doc */ 1 # end",
        "",
        "# only a comment",
    ],
)
def test_valid_nix_has_no_errors(code: str):
    assert found(code) == []


@pytest.mark.parametrize(
    ("code", "mended"),
    [
        ("{ a = 1 }", "{ a = 1; }"),
        ("{\n  a = 1 # x\n  b.c = 2;\n}", "{\n  a = 1; # x\n  b.c = 2;\n}"),
        ('{\n  imports = [ ./a.nix ]\n  b."c".d = 2;\n}', '{\n  imports = [ ./a.nix ];\n  b."c".d = 2;\n}'),
        ("{\r\n  a = 1\r\n  b = 2;\r\n}", "{\r\n  a = 1;\r\n  b = 2;\r\n}"),
        (
            "{\n  a = true\n  b = {\n    c = é\n  }\n}".replace("é", '"é"'),
            '{\n  a = true;\n  b = {\n    c = "é";\n  };\n}',
        ),
        ("let x = 1 in x", "let x = 1; in x"),
        ("{ inherit a }", "{ inherit a; }"),
        ("{ inherit (a) b c\n  d.e = 1; }", "{ inherit (a) b c;\n  d.e = 1; }"),
        ("{ inherit a, b; }", "{ inherit a b; }"),
        ("{ a == 1; }", "{ a = 1; }"),
        ("{ a = = 1; }", "{ a =  1; }"),
        ("{ a: 1; }", "{ a = 1; }"),
        ("{ a.b true; }", "{ a.b = true; }"),
        ("{ a = 1;; }", "{ a = 1; }"),
        ("{ a = 1, b = 2; }", "{ a = 1; b = 2; }"),
        ("[ 1, 2 ]", "[ 1 2 ]"),
        ("{ a = 1; } }", "{ a = 1; } "),
        ("{ pkgs, ... } { a = 1; }", "{ pkgs, ... }: { a = 1; }"),
        ("{ pkgs } { a = 1; }", "{ pkgs }: { a = 1; }"),
        ("{ pkgs } let a = 1; in a", "{ pkgs }: let a = 1; in a"),
        ("{ pkgs, lib ... }: { }", "{ pkgs, lib, ... }: { }"),
        ("{ if = 1; }", '{ "if" = 1; }'),
        ("{ a = with pkgs [ b ]; }", "{ a = with pkgs; [ b ]; }"),
        ("{ a = with pkgs.b [ c ];\n  d.e = [ ]; }", "{ a = with pkgs.b; [ c ];\n  d.e = [ ]; }"),
        ("{ a = with pkgs [ b ];\n  inherit c; }", "{ a = with pkgs; [ b ];\n  inherit c; }"),
        ("{ a = with lib mkIf b { }; c = 1; }", "{ a = with lib; mkIf b { }; c = 1; }"),
        ("{ a = [ (with pkgs [ b ]) ]; }", "{ a = [ (with pkgs; [ b ]) ]; }"),
    ],
)
def test_what_is_certain_is_mended(code: str, mended: str):
    source = code.encode()
    for problem in reversed(found(code)):
        assert problem.fix is not None
        source = source[: problem.fix.span.start] + problem.fix.text.encode() + source[problem.fix.span.end :]
    assert source.decode() == mended
    assert found(mended) == []


@pytest.mark.parametrize(
    ("code", "place", "message"),
    [
        ("{ a = ; }", "=", "an expression is missing after `=`"),
        ("{ a = }", "=", "a value is missing after `=`"),
        ("{ a =\n b = 1; }", "=", "an expression is missing after `=`"),
        ("{ = 1; }", "=", "a name is missing before `=`"),
        ("{ a.b; }", "a.b", "the binding has no value"),
        ("{ a = [ 1 2; b = 3; }", "[", "this `[` is not closed: `]` is missing before `;`"),
        ("{ a = (f x }", "(", "this `(` is not closed"),
        ("{ a = [\n b\n c = 1;\n}", "[", "this `[` is not closed by `]` before the next binding"),
        ("{ a = ( ); }", ")", "an expression is missing in the parentheses"),
        ("{ a = b.; }", ".", "a name is missing after `.`"),
        ("{ a = b ? ; }", "?", "a name is missing after `?`"),
        ("{ a = b ? }", "?", "a name is missing after `?`"),
        ("a ?", "?", "a name is missing after `?`"),
        ("{ a = b +; }", "+", "an expression is missing after `+`"),
        ("{ a = * b; }", "*", "an expression is missing before `*`"),
        ("{ a = 'x'; }", "'", "strings stand in double quotes"),
        ("{ é = 1; }", "é", "`é` is no character of Nix"),
        ('{ a = "x; }', '"', 'this `"` opens a string that is not closed'),
        ("{ a = ''x; }", "''", "this `''` opens a string that is not closed"),
        ("if a then b", "if", "`if` without `else`"),
        ("let x = 1; x", "x", "`let` without `in`"),
        ("with pkgs", "with", "`with` without `;`"),
        ("with pkgs [ a ]", "s", "`;` is missing after `with pkgs`"),
        ("{ a = with import b { }; }", ";", "this `;` belongs to the `with`"),
        ("{ a = rec b; }", "rec", "`rec` stands before a set"),
        ("[ a + b ]", "+", "`+` in a list"),
        ("[ a: b ]", "a", "a function in a list: put the expression in parentheses"),
        ("[ { a }: a ]", "{", "a function in a list"),
        ("[ if a then b else c ]", "if", "`if` in a list: put the expression in parentheses"),
        ("[ a with b; c ]", "with", "`with` in a list"),
        ("if a b else c", "else", "`then` is missing between the condition and this `else`"),
        ("{ , a }: a", ",", "an argument is missing before `,`"),
        ("{ a = b = 1; }", "=", "one `=` too many"),
    ],
)
def test_one_problem_says_where_and_why(code: str, place: str, message: str):
    (problem,) = found(code)
    assert code.encode()[problem.span.start : problem.span.end].decode() == place
    assert message in problem.message


def test_an_open_brace_is_found_by_the_indentation():
    code = "{\n  a = {\n    b = {\n      c = 1;\n    };\n\n  d = 2;\n}\n"
    (problem,) = found(code)
    assert (problem.message, problem.span.start) == ("this `{` is not closed", code.index("{\n    b"))


def test_an_open_string_is_found_before_what_it_turns_inside_out():
    code = '{\n  a = "x;\n  b = "y";\n  c = "z";\n}\n'
    (problem,) = found(code)
    assert problem.span.start == code.index('"x')


def test_a_large_file_is_read_where_it_is_broken():
    lines = "".join(f"  name{n} = [ {n} ];\n" for n in range(6_000))
    code = f"{{\n{lines}  broken = 1\n  after = 2;\n{lines}}}\n"
    (problem,) = found(code)
    assert problem.fix is not None
    assert problem.fix.span.start == code.index("broken = 1") + len("broken = 1")


@pytest.mark.parametrize(
    "typed",
    [
        "s",
        "services.op",
        "services.openssh.enable = t",
        "list = [ 1 2",
        "set = {",
        'text = "',
        "f (1 + 2;",
        "}",
        "]",
        "a = ];",
    ],
)
@pytest.mark.parametrize("place", ["first", "inner", "last"])
def test_one_broken_binding_is_the_same_problem_in_a_long_file_as_in_a_short_one(typed: str, place: str):
    def problems(bindings: int) -> list[tuple[str, str]]:
        lines = "".join(f"  name{n} = [ {n} ];\n" for n in range(bindings))
        first, inner, last = (typed if place == at else "" for at in ("first", "inner", "last"))
        code = f"{{ lib, ... }}:\n{{\n{first}\n  a = {{\n{inner}\n    b.c = 1;\n  }};\n{lines}{last}\n  z = 2;\n}}\n"
        return [(problem.message, code[slice(*problem.span)]) for problem in found(code)]

    assert problems(1_000) == problems(10)


def test_bytes_that_are_no_utf8_in_strings_and_comments_are_fine():
    assert errors(Document("/t.nix", b'{ a = "\xff\xfe"; } # \x80')) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(
    ["{", "}", "[", "]", "(", ")", "a", "b.c", "=", ";", ":", ",", '"', "''", "${", "let", "in", "with", "if", "then", "else",
     "inherit", "rec", "1", "./x", "\n", "@", "?", "...", "or", ".", "-", "++", "é", "'", "#", "assert"]
), max_size=16))  # fmt: skip
def test_problems_are_few_and_lie_within_the_text(parts: list[str]):
    document = Document("/t.nix", " ".join(parts).encode())
    problems = errors(document)
    assert bool(problems) == any(True for _ in faults(document.root))
    assert len(problems) <= 10
    for problem in problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(document.source)
        assert problem.message


@pytest.mark.parametrize(
    "code",
    ["{ a = " * 20_000, "[" * 50_000, ")" * 50_000, "'" * 50_000, "{a=[" * 20_000, "a." * 30_000, '"${' * 20_000],
)
def test_hostile_input_ends(code: str):
    assert found(code)


@pytest.mark.skipif("NIXPKGS" not in os.environ, reason="$NIXPKGS names no nixpkgs tree")
def test_all_of_nixpkgs_is_nix():
    """43,717 files of nixpkgs 26.11pre (2026-06-28): no errors, 100 s, on 2026-11-21."""
    broken = [
        path
        for path in sorted(Path(os.environ["NIXPKGS"]).rglob("*.nix"))
        if path.is_file() and errors(Document(str(path), path.read_bytes()))
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("code", "title", "after"),
    [
        ("(1 + 2", "Insert `)`", "(1 + 2)"),
        ("[ 1 2", "Insert `]`", "[ 1 2 ]"),
        ("{ a = 1;", "Insert `}`", "{ a = 1; }"),
        ("{\n  a = {\n    b = 1;\n  c = 2;\n}", None, None),
        ("  [\n    1\n", "Insert `]`", "  [\n    1\n  ]\n"),
        ("{ a = [ 1 2; }", "Insert `]`", "{ a = [ 1 2 ]; }"),
        ("{ a = f (b c; }", "Insert `)`", "{ a = f (b c); }"),
        ("let a = 1; a", "Insert `in`", "let a = 1; in a"),
        ("{ a b }: a", "Insert `,`", "{ a, b }: a"),
        ("{ ..., a }: a", "Move `...` to the end", "{ a, ... }: a"),
        ("{ a, ..., b, c }: a", "Move `...` to the end", "{ a, b, c, ... }: a"),
        ("{ a, ..., }: a", "Remove `,`", "{ a, ... }: a"),
        ('{\n  a = "b;\n  c = 1;\n}', 'Insert `"`', '{\n  a = "b";\n  c = 1;\n}'),
        ("1 /* a", "Insert `*/`", "1 /* a */"),
        ("with pkgs [ a ]", "Insert `;`", "with pkgs; [ a ]"),
        ("{ a = ; }", None, None),
        ("{ a = b + ; }", None, None),
        ("if a then 1 else ", None, None),
    ],
)
def test_what_is_missing_is_inserted(code: str, title: str | None, after: str | None):
    (problem,) = found(code)
    assert (problem.fix.title if problem.fix else None) == title
    if problem.fix:
        (start, end), source = problem.fix.span, code.encode()
        fixed = (source[:start] + problem.fix.text.encode() + source[end:]).decode()
        assert fixed == after
        assert not found(fixed)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("{ a }@: a", "a name is missing after `@`"),
        ("in", "an expression is missing before `in`"),
        ("[ -1 ]", "`-` in a list: put the expression in parentheses"),
        ("[ !a ]", "`!` in a list: put the expression in parentheses"),
        ("{ ..., ... }: 1", "`...` stands behind all arguments"),
        ("/* a", "this comment is not closed"),
    ],
)
def test_what_is_said(code: str, message: str):
    assert [problem.message for problem in found(code)] == [message]
