"""The names of whole files. `|` is the cursor, or stands before what is asked about."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from nix_lsp.analysis.names import Bound, Names, Use, free_names, names
from nix_lsp.analysis.scope import Name, With, resolve_name
from nix_lsp.syntax.ast import descent, text, unparenthesized
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.span import Span


def at(code: str) -> tuple[Document, int]:
    before, _, after = code.partition("|")
    return Document("/t.nix", (before + after).encode()), len(before.encode())


def told(code: str) -> str | None:
    """What is known of the name after `|`: the kind and place of its binding, or where else it may come from."""
    document, offset = at(code)
    match names(document).at(offset):
        case Bound() as bound:
            return f"binding: {bound.kind} {bound.name}"
        case Use(bound=Bound() as bound):
            return f"{bound.kind} {[span.start for span in bound.spans]}"
        case Use(withs=withs) if withs:
            return "with " + " / ".join(document.text(body) for body in withs)
        case Use():
            return "nothing"
        case None:
            return None


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("let a = 1; in |a", "let [4]"),
        ("let a = 1; in let a = 2; in |a", "let [18]"),
        ("let a = 1; in let b = |a; a = 2; in b", "let [25]"),
        ("let a = 1; in { inherit |a; }", "let [4]"),
        ('let a = 1; in { inherit |"a"; }', "let [4]"),
        ('let a = 1; in { inherit "|a"; }', "let [4]"),
        ("x: let inherit |x; in x", "binding: inherit x"),
        ("x: let inherit x; in |x", "inherit [15]"),
        ("a: rec { inherit (|a) a; }", "inherit [21]"),
        ("a: { inherit (|a) a; }", "argument [0]"),
        ("a: { inherit (a) |a; }", None),
        ("{ a, b ? |a }: b", "formal [2]"),
        ("{ a, b ? |c }@c: b", "alias [13]"),
        ("args@{ a, ... }: |args", "alias [0]"),
        ("{ a, }: |a", "formal [2]"),
        ("x: x: |x", "argument [3]"),
        ("rec { a.b = 1; c = |a; a.d = 2; }", "rec [6, 22]"),
        ("{ a = 1; b = |a; }", "nothing"),
        ("let { a = 1; body = |a; }", "let [6]"),
        ("let a = 1; in rec { ${|a} = 2; }", "let [4]"),
        ('rec { a = 1; ${"b" + |a} = 2; }', "rec [6]"),
        ('let a = 1; in "${|a}"', "let [4]"),
        ("let a = 1; in ./x/${|a}/y", "let [4]"),
        ("let a = 1; in ''${|a}''", "let [4]"),
        ("let a = 1; in x: x |> |a", None),  # the first `|` is the cursor: a pipe is no name
        ("let or = 1; in |or", "let [4]"),
        ("let a = 1; in { b = 2; }.${|a}", "let [4]"),
        ("let a = 1; in { } ? ${|a}", "let [4]"),
        ("x: x.b or |x", "argument [0]"),
        ("b: x: x.|b", None),
        ("x: with x; |y", "with y"),
        ("y: with x; |y", "argument [0]"),
        ("with a; with b; |c", "with c / with b; c"),
        ("with a; |map", "nothing"),
        ("with |a; a", "nothing"),
        ("let a' = 1; in |a'", "let [4]"),
        ("let a-b = 1; in a-|b", "let [4]"),
        ("let a = 1; in a|", "let [4]"),
        ("let å = 1; in |a", "nothing"),
        ("# let a = 1; in |a\n1", None),
        ("let a = 1; b = { c = { d = |a; }; }; in b", "let [4]"),
    ],
)
def test_what_a_name_is_bound_by(code: str, answer: str | None):
    assert told(code) == answer


def test_a_pipe_has_names_on_both_sides():
    document = Document("/t.nix", b"let f = x: x; a = 1; in a |> f")
    known = names(document)
    assert not list(known.unused())
    assert isinstance(known.at(len(document.source) - 1), Use)


@pytest.mark.parametrize(
    ("code", "uses"),
    [
        ("let |a = 1; in [ a (a: a) { inherit a; } ]", [16, 35]),
        ("let |a.b = 1; a.c = 2; in a.b", [25]),
        ("x: let |a = b; b = a; in a", [18, 24]),
        ("|x: let inherit x; in x", [15]),
        ("{ |a, b ? a }@c: [ a c.a ]", [9, 18]),
        ("let |a = 1; in with a; a", [19, 22]),
        ("let |a = 1; in let b = a; inherit a; in a", [33]),
        ("let |a = 1; in 2", []),
    ],
)
def test_uses_of_a_binding(code: str, uses: list[int]):
    document, offset = at(code)
    known = names(document)
    bound = known.at(offset)
    assert isinstance(bound, Bound)
    assert [span.start for span in known.uses(bound)] == uses


def test_an_inherited_name_is_a_binding_and_a_use_of_the_one_outside():
    document, offset = at("x: let inherit |x; in x")
    known = names(document)
    bound = known.at(offset)
    assert isinstance(bound, Bound)
    outer = known.inherited_from(bound)
    assert outer is not None
    assert outer.bound is not None
    assert outer.bound.spans == (Span(0, 1),)


def unused(code: str) -> list[str]:
    return [bound.name for bound in names(Document("/t.nix", code.encode())).unused()]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("let a = 1; in 1", ["a"]),
        ("let a = 1; in a", []),
        ("let a = b; b = 1; in 1", ["a", "b"]),
        ("let a = b; b = a; in 1", ["a", "b"]),
        ("let a = b; b = a; in b", []),
        ("let a = 1; in let b = a; in 1", ["a", "b"]),
        ("let a = 1; in let b = a; inherit a; in 1", ["a", "b", "a"]),
        ("let _a = b; b = 1; in 1", []),
        ("let inherit (x) a b; x = 1; in a", ["b"]),
        ("let inherit (x) a; x = 1; in 1", ["a", "x"]),
        ("let a.b = 1; a.c = d; d = 2; in a", []),
        ("let a = 1; in rec { b = a; }", []),
        ("let { a = 1; b = 2; body = a; }", ["b"]),
        ("{ a, b }: a", ["b"]),
        ("{ a, b ? a }: 1", ["b"]),
        ("{ a }@b: a", ["b"]),
        ("x: y: y", ["x"]),
        ("_x: 1", []),
        ("rec { a = 1; }", []),
        ("let a = 1; in { ${a} = 2; }", []),
        ("let __findFile = 1; in <a>", []),
    ],
)
def test_names_that_nobody_uses(code: str, found: list[str]):
    assert unused(code) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("a", ["a"]),
        ("let a = b; in a", ["b"]),
        ("with a; b", ["a"]),
        ("x: with x; b", []),
        ("{ inherit a; }", ["a"]),
        ("let inherit a; in a", ["a"]),
        ("rec { inherit a; b = a; }", ["a"]),
        ("x: { inherit (x) a; }", []),
        ("[ true null map builtins.x __add <a> ]", []),
        ("a: [ (a: b) b ]", ["b", "b"]),
        ("{ a ? b }: a", ["b"]),
        ("let a = 1; in { ${b} = a; }", ["b"]),
    ],
)
def test_names_that_nothing_binds(code: str, found: list[str]):
    assert [use.name for use in names(Document("/t.nix", code.encode())).unbound()] == found


@pytest.mark.parametrize(
    ("code", "bodies"),
    [
        ("a: with a; 1", ["1"]),
        ("a: with a; a", ["a"]),
        ("a: with a; map", ["map"]),
        ("a: with a; b", []),
        ("a: b: with a; with b; c", []),
        ("a: b: with a; with b; a", ["with b; a", "a"]),
        ("a: with a; { inherit b; }", []),
        ("a: with a; rec { b = 1; c = b; }", ["rec { b = 1; c = b; }"]),
    ],
)
def test_withs_that_no_name_comes_from(code: str, bodies: list[str]):
    document = Document("/t.nix", code.encode())
    assert [document.text(place.span) for place in names(document).idle_withs()] == bodies


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("rec { a = 1; }", 1),
        ("rec { }", 1),
        ("rec { a = 1; b = a; }", 0),
        ("rec { a = 1; b = { c = a; }; }", 0),
        ("rec { a = 1; b = a: a; }", 1),
        ("a: rec { inherit a; }", 1),
        ("x: rec { inherit (x) a; b = a; }", 0),
        ("rec { a = rec { b = 1; c = b; }; }", 1),
        ("rec { a.b = 1; a.c = a.b; }", 0),
    ],
)
def test_recs_that_use_none_of_their_names(code: str, count: int):
    assert len(list(names(Document("/t.nix", code.encode())).idle_recs())) == count


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("a: a + b", {"b": ["b"]}),
        ("let x = y; in [ x y ]", {"y": ["y", "y"]}),
        ("with a; b", {"a": ["a"], "b": ["b"]}),
        ("{ inherit x; inherit (y) z; }", {"x": ["x"], "y": ["y"]}),
        ('rec { inherit "x"; y = x; }', {"x": ['"x"']}),
        ("map f", {"map": ["map"], "f": ["f"]}),
    ],
)
def test_names_that_an_expression_takes_from_outside(code: str, found: dict[str, list[str]]):
    document = Document("/t.nix", b"(" + code.encode() + b")")
    node = unparenthesized(document.root.named_children[0])
    assert {name: [document.text(span) for span in spans] for name, spans in free_names(node).items()} == found


@pytest.mark.parametrize(
    "code",
    [
        "let a = 1; in {",
        "{ pkgs, ... }: { b = pkgs",
        "let a = ; in a",
        "rec { a = 1; b = a",
        "x: with ; y",
        "{ a, b, , }: a",
        "let let let",
        "inherit",
        '"${a',
        "{ inherit ${a}; }",
        "(" * 50_000 + "a" + ")" * 50_000,
        "a: " * 5_000 + "a",
        "let a = " * 5_000 + "a",
        "\0\xff",
    ],
)
def test_broken_text_never_raises(code: str):
    document = Document("/t.nix", code.encode())
    known = names(document)
    for bound in known.bindings():
        known.uses(bound)
    for offset in range(0, len(document.source), max(1, len(document.source) // 50)):
        known.at(offset)
    assert list(known.unused()) is not None
    list(known.unbound())
    list(known.idle_withs())
    list(known.idle_recs())


def test_text_with_more_names_than_anybody_writes_is_not_read():
    many = range(4_000)
    code = "".join(f"a{n}: " for n in many) + "[ " + " ".join(f"a{n}" for n in many) + " ]"
    known = names(Document("/t.nix", code.encode()))
    assert not known.is_complete
    assert not list(known.bindings())


def facts(known: Names) -> list[object]:
    return [
        sorted((bound.name, bound.kind, bound.spans, known.uses(bound)) for bound in known.bindings()),
        sorted((bound.name, bound.spans) for bound in known.unused()),
        [(use.name, use.span) for use in known.unbound()],
        sorted(place.span for place in known.idle_withs()),
        sorted(place.span for place in known.idle_recs()),
    ]


PARTS = [
    "a",
    " ",
    "b",
    "\n",
    "; ",
    "x = a; ",
    "let a = b; in ",
    "inherit a; ",
    "with b; ",
    "rec { a = 1; b = a; }",
    "{",
    "}",
    "y: ",
]


@pytest.mark.parametrize("seed", range(10))
def test_an_edited_file_has_the_names_of_a_new_one(seed: int):
    chance = random.Random(seed)
    bindings = [f"n{i} = {{ v = [ a b n{i - 1} ]; }};" for i in range(1, 120)]
    document = Document(
        "/t.nix", ("{ a, b }: let n0 = 1;\n" + "\n".join(bindings) + "\nin with b; rec { c = n3; d = c; }").encode(), 1
    )
    names(document)
    for version in range(2, 30):
        start = chance.randrange(len(document.source))
        end = min(start + chance.choice([0, 0, 0, 1, 5, 40]), len(document.source))
        document = document.edited([Change(Span(start, end), chance.choice(PARTS).encode())], version)
        anew = Document("/t.nix", document.source)
        if document.root.has_error:
            names(document)
            continue
        assert facts(names(document)) == facts(names(anew))


@pytest.mark.skipif(not os.environ.get("NIXPKGS"), reason="NIXPKGS names no nixpkgs tree")
def test_in_nixpkgs_every_name_is_bound_and_found_as_the_look_up_finds_it():
    root = Path(os.environ["NIXPKGS"])
    for path in sorted([*root.glob("lib/**/*.nix"), *root.glob("nixos/modules/services/[a-m]*/*.nix")]):
        document = Document(str(path), path.read_bytes())
        known = names(document)
        assert [(str(path), use.name) for use in known.unbound()] == []
        pending = [document.root]
        while pending:
            node = pending.pop()
            pending += node.named_children
            if node.type != "variable_expression" or text(node).startswith("__"):
                continue
            use, found = known.at(node.start_byte), resolve_name(document, descent(document.root, node.start_byte)[-1])
            assert isinstance(use, Use)
            if isinstance(found, Name):
                assert use.bound is not None
                assert found.span in use.bound.spans
                assert use.span in known.uses(use.bound)
            else:
                assert use.bound is None
                assert len(use.withs) == (len(found.environments) if isinstance(found, With) else 0)
