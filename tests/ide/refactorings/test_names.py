"""Names: inlined, extracted, taken out of a `with`, made arguments."""

from __future__ import annotations

import pytest

from .place import after, changed, offers, titles

CHANGED = {
    "a use in an operand is parenthesised": ("inline", "here", "let a = x: x; in $0a 1", "let a = x: x; in (x: x) 1"),
    "in a string": ("inline", "here", 'let a = f 1; in "${$0a}"', 'let a = f 1; in "${f 1}"'),
    "as an element": ("inline", "here", "let a = f 1; in [ $0a ]", "let a = f 1; in [ (f 1) ]"),
    "as what something is selected from": ("inline", "here", "let a = b.c; in $0a.d", "let a = b.c; in b.c.d"),
    "what an inherit names": ("inline", "here", "let inherit (lib) id; in $0id 1", "let inherit (lib) id; in lib.id 1"),
    "an inherit becomes a binding": ("inline", "here", "let a = 1; in { inherit $0a; }", "let a = 1; in { a = 1; }"),
    "from where it is bound": ("inline", "everywhere", "let a$0 = 1; b = 2; in a + a + b", "let b = 2; in 1 + 1 + b"),
    "the last name takes the let with it": ("inline", "everywhere", "let a$0 = 1; in { b = a; }", "{ b = 1; }"),
    "one of several inherited": (
        "inline",
        "everywhere",
        "let inherit (x) a b; in $0a + b",
        "let inherit (x) b; in x.a + b",
    ),
    "in rec, where it is used": ("inline", "here", "rec { a = 1; b = $0a; }", "rec { a = 1; b = 1; }"),
    "into the let that is nearest": (
        "extract-to-let",
        "",
        "let\n  a = 1;\nin\n{\n  b = «f a»;\n}",
        "let\n  a = 1;\n  b = f a;\nin\n{\n  b = b;\n}",
    ),
    "in front of the binding that it is of": (
        "extract-to-let",
        "",
        "let\n  # two\n  b = f «(1 + 2)»;\nin\nb",
        "let\n  value = 1 + 2;\n  # two\n  b = f value;\nin\nb",
    ),
    "inside of the function whose argument it uses": (
        "extract-to-let",
        "",
        "{\n  a = map (x: f «(x + 1)») y;\n}",
        "{\n  a = map (x: let value = x + 1; in f value) y;\n}",
    ),
    "inside of the with that it uses": (
        "extract-to-let",
        "",
        "{ pkgs }: { a = with pkgs; [ «(f git)» ]; }",
        "{ pkgs }: { a = with pkgs; let f2 = f git; in [ f2 ]; }",
    ),
    "a set of packages": (
        "with-to-names",
        "",
        "{\n  a = wi$0th pkgs; [\n    git # g\n    vim\n    (python3.withPackages (p: [ p.x ]))\n  ];\n}",
        "{\n  a = [\n    pkgs.git # g\n    pkgs.vim\n    (pkgs.python3.withPackages (p: [ p.x ]))\n  ];\n}",
    ),
    "inherited from a with": (
        "with-to-names",
        "",
        "wi$0th a.b; { inherit c d; }",
        "{ inherit (a.b) c d; }",
    ),
    "a with behind a name goes on a line of its own": (
        "with-to-let",
        "",
        "{\n  a = wi$0th lib; {\n    b = mkIf true 1;\n  };\n}",
        "{\n  a =\n    let\n      inherit (lib) mkIf;\n    in\n    {\n      b = mkIf true 1;\n    };\n}",
    ),
    "formals with a comma in front": (
        "add-to-formals",
        "",
        "{ a\n, b ? 1\n}:\n$0c",
        "{ a\n, b ? 1\n, c\n}:\nc",
    ),
    "formals with a comma behind": (
        "add-to-formals",
        "",
        "{\n  a, # a\n  b, # b\n  ...\n}:\n$0c",
        "{\n  a, # a\n  b, # b\n  c,\n  ...\n}:\nc",
    ),
    "no formals yet": ("add-to-formals", "", "{ ... }: $0c", "{ c, ... }: c"),
    "what is inherited of an argument": (
        "to-formals",
        "",
        "f (x$0: { inherit (x) a b; c = x.c.d; })",
        "f ({ a, b, c, ... }: { inherit a b; c = c.d; })",
    ),
    "the name of the whole": (
        "to-argument",
        "",
        "f ({ a$0, ... }@args: a // args)",
        "f (args: args.a // args)",
    ),
}
REFUSED = {
    "a name of the value means something else there": ("inline", "let b = 1; a = b; in (b: $0a) 2"),
    "a with would catch a name of the value": ("inline", "let a = x; in with y; $0a"),
    "something would come before a with of the value": ("inline", "let a = with x; b; in (b: $0a) 1"),
    "an argument": ("inline", "x: $0x"),
    "a name that is bound in pieces": ("inline", "let a.b = 1; in $0a"),
    "a value that names itself, everywhere": ("inline", "let a$0 = f a; in a"),
    "nothing is selected": ("extract-to-let", "{ a = f $01; }"),
    "half of an expression": ("extract-to-let", "{ a = «f 1 + » 2; }"),
    "the name of an attribute": ("extract-to-let", '{ «"a"» = 1; }'),
    "a name that nothing binds": ("extract-to-file", "{ a = «f x»; }"),
    "of another with, perhaps": ("with-to-let", "with a; wi$0th b; c"),
    "the environment has a name from a with of its own": ("with-to-let", "{ x }: wi$0th (with x; a); a"),
    "nothing is from it": ("with-to-let", "wi$0th lib; 1"),
    "an environment that is no path": ("with-to-names", "wi$0th (import ./x); a"),
    "the name of the environment means something else there": ("with-to-names", "{ lib }: wi$0th lib; lib: id 1"),
    "a name that is bound": ("add-to-formals", "{ a }: $0a"),
    "a builtin": ("add-to-formals", "{ a }: $0toString a"),
    "a name that a with may have": ("add-to-formals", "{ a }: with a; $0b"),
    "the argument is used as a whole": ("to-formals", "x$0: f x x.a"),
    "a name is taken by something else": ("to-formals", "a: f (x$0: x.a + a)"),
    "a default": ("to-formals", "f (x$0: x.a or 1)"),
    "a file's own function": ("to-argument", "{ a$0 }: a"),
    "a default that names another": ("to-argument", "f ({ a, b ? a }$0: b)"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_the_text_becomes(case: str):
    wanted, title, before, expected = CHANGED[case]
    assert after(before, wanted, title) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_is_offered(case: str):
    wanted, text = REFUSED[case]
    assert titles(text, wanted) == []


def test_a_file_takes_what_the_expression_uses_and_has_another_name_than_those_there():
    files = changed(
        """
        #- /pkgs/tool.nix
        { }
        #- /pkgs/default.nix
        { lib, stdenv }: { tool = «stdenv.mkDerivation { name = lib.toLower "X"; }»; }
        """,
        "extract-to-file",
    )
    assert files == {
        "/pkgs/tool-2.nix": '{ lib, stdenv }:\n\nstdenv.mkDerivation { name = lib.toLower "X"; }\n',
        "/pkgs/default.nix": "{ lib, stdenv }: { tool = import ./tool-2.nix { inherit lib stdenv; }; }\n",
    }


def test_both_functions_are_offered_a_name():
    assert titles("{ a }: { b }: $0c", "add-to-formals") == [
        "Add `c` to the formals",
        "Add `c` to the formals of the file",
    ]


def test_of_a_broken_text_nothing_is_offered():
    assert offers("{ a$0.b = ; }").fixes == []


def test_deep_nesting_is_left_alone():
    assert offers("(" * 20_000 + "$0x" + ")" * 20_000).fixes == []
