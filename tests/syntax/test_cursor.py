"""What the cursor is in, in finished and in half-typed code. `|` is the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nix_lsp.syntax.attempts import attempts
from nix_lsp.syntax.cursor import CursorContext, context_at
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.span import Span


def at(code: str) -> tuple[CursorContext, str]:
    before, _, after = code.partition("|")
    document = Document("/t.nix", (before + after).encode())
    context = context_at(document, len(before.encode()))
    assert context.document is not None
    return context, document.source[context.span.start : context.span.end].decode()


def shown(code: str) -> str:
    """Kind, path before the name, and the typed part, as one line."""
    context, _ = at(code)
    base = context.base.text.decode() + ":" if context.base and context.base.text else ""
    segments = "".join(f"{segment.name or '?'}." for segment in context.segments)
    return f"{context.kind} {base}{segments}{context.typed}".rstrip()


def place(code: str) -> str | None:
    """The enclosing path as text; the binding's own name is part of it for values."""
    enclosing = at(code)[0].enclosing
    return None if enclosing is None else ".".join(name or "?" for name in enclosing)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("{ | }", "attrpath"),
        ("{ serv|ices.nginx = 1; }", "attrpath serv"),
        ("{ services.ngi|nx.enable = true; }", "attrpath services.ngi"),
        ('{ services."ng|".x = 1; }', "attrpath services.ng"),
        ("{ a.${x}.b| = 1; }", "attrpath a.?.b"),
        ("let fo| in 1", "attrpath fo"),
        ("{ a = pkgs.he|llo; }", "select pkgs:he"),
        ("{ a = config.services.|.foo; }", "select config:services."),
        ("x ? fo|", "select x:fo"),
        ('{ a = "x ${pkgs.|}"; }', "select pkgs:"),
        ("{ inherit (pkgs.|) a; }", "select pkgs:"),
        ("{ enable = |; }", "value"),
        ("{ enable = lib.mkForce t|; }", "value t"),
        ("{ enable = if c then t| else f; }", "value t"),
        ("{ a = b // c|; }", "value c"),
        ("{ a = x-1|; }", "value x-1"),
        ("{ a = with pkgs; [ he| ]; }", "list he"),
        ("map f [ a| ]", "list a"),
        ("{ a = if c| then t else f; }", "name c"),
        ("{ a = f b|; }", "name b"),
        ("let a = 1; in fo|", "name fo"),
        ("|", "name"),
        ('{ a = "fo|o"; }', "string fo"),
        ('{ a = [ "x|" ]; }', "string x"),
        ("{ a = ''\n  fo| bar\n''; }", "string fo"),
        ("{ inherit (lib) mk|; }", "inherit lib:mk"),
        ("{ inherit |; }", "inherit"),
        ("{ pkgs, | }: { }", "formals"),
        ("{ pk|, ... }: { }", "formals pk"),
        ("{ a = ./foo/b|ar; }", "path ./foo/b"),
        ("# com|ment", "comment"),
        ("/* a | */ 1", "comment"),
        ("1 # x|", "comment"),
        ("{ a = 80|; }", "none"),
    ],
)
def test_finished_code(code: str, outcome: str):
    assert shown(code) == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("{ services.ng| }", "attrpath services.ng"),
        ("{ services.| }", "attrpath services."),
        ("{ services.|\n  foo.bar = 1; }", "attrpath services."),
        ("{ services.ng|\n  foo.bar = 1; }", "attrpath services.ng"),
        ("{ a = { b.|; }; c = 1; }", "attrpath b."),
        ("{ services.nginx.|", "attrpath services.nginx."),
        ("{ services.nginx.enable = true; |", "attrpath"),
        ('{ services."ng|" }', "attrpath services.ng"),
        ('{ a."b|}', "attrpath a.b"),
        ("{ config, pkgs, }: { services.ng| }", "attrpath services.ng"),
        ("let fo|", "attrpath fo"),
        ("{ enable = | }", "value"),
        ("{ enable = tr|\n  foo.bar = 1; }", "value tr"),
        ("{ enable = lib.mkForce | }", "value"),
        ("{ enable = if c then t| }", "value t"),
        ("{ services.nginx = |", "value"),
        ("let a = b| in 1", "value b"),
        ("{ a = pkgs.|\n  b = 1; }", "select pkgs:"),
        ("{ a = (pkgs.foo|; b = 2; }", "select pkgs:foo"),
        ('{ a = "x ${pkgs.|"; }', "select pkgs:"),
        ('{ a = "x ${pkgs.|\n b = 1; }', "select pkgs:"),
        ("a: b: a.|", "select a:"),
        ("{ a = with pkgs; [ he|\n  b = 1; }", "list he"),
        ("{ a = with pkgs; [ he|\n  foo ]; }", "list he"),
        ('{ a = "fo|" }', "string fo"),
        ('{ a = "fo|\n b = 1; }', "string fo"),
        ('{ a = [ "x|\n b = 1; }', "string x"),
        ("{ inherit (lib) mk| }", "inherit lib:mk"),
        ("{ inherit fo| }", "inherit fo"),
        ("{ pkgs, |... }: { }", "formals"),
        ("with pk|", "name pk"),
        ("with | [ a ]", "name"),
        ("let a = 1; in |", "name"),
        ("{ a = if |; }", "name"),
        ("{ a = ./|; b = 1; }", "path ./"),
    ],
)
def test_half_typed_code(code: str, outcome: str):
    assert shown(code) == outcome


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("{ a| = 1; }", ""),
        ("{ services.nginx = { virtualHosts.x = { ro| }; }; }", "services.nginx.virtualHosts.x"),
        ("{ config, ... }: { services.nginx.enable = | }", "services.nginx.enable"),
        ("{ config = lib.mkIf c { a.| }; }", "config"),
        ("{ a = lib.mkMerge [ { b| } ]; }", "a"),
        ("{ list = [ { na| } ]; }", "list.*"),
        ("{ list = [ { name = v| } ]; }", "list.*.name"),
        ("{ a = { b = { x = 1; c.|\n", "a.b"),
        ("{ a = {\n    b = {\n      c = true;\n      d|\n\n  e.f = true;\n}", "a.b"),
        ("{ ... }: {\n  a = {\n    b = true;\n    c.x = {\n      loc|\n", "a.c.x"),
        ("{ a = f { b| }; }", None),
        ("{ home-manager.users.x = { pkgs, ... }: { pro| }; }", None),
        ("let a = { b| }; in a", None),
    ],
)
def test_the_path_of_a_place(code: str, path: str | None):
    assert place(code) == path


@pytest.mark.parametrize(
    ("code", "is_new"),
    [
        ("{ a.b| }", True),
        ("{ a.b| = 1; }", False),
        ("{ | }", True),
        ("{ a.|b = 1; }", False),
        ("{ a.b|;\n c = 1; }", True),
    ],
)
def test_a_new_binding_is_told_from_an_existing_one(code: str, is_new: bool):
    assert at(code)[0].is_new is is_new


@pytest.mark.parametrize(
    ("code", "replaced"),
    [
        ("{ serv|ices.nginx = 1; }", "services"),
        ("{ services.| }", ""),
        ('{ services."a| b" = 1; }', '"a b"'),
        ('{ a = "x|y"; }', "xy"),
        ("{ a = pkgs.he|llo; }", "hello"),
        ("{ a = ./fo|o.nix; }", "./foo.nix"),
    ],
)
def test_the_span_is_the_whole_name(code: str, replaced: str):
    assert at(code)[1] == replaced


def test_values_know_their_binding_and_whether_they_are_elements():
    context, _ = at("{ a.b = lib.optionals c [ (pkgs.|) ]; }")
    assert context.binding is not None
    assert (context.kind, context.enclosing, context.in_list) == ("select", ("a", "b"), True)


_PIECES = st.lists(
    st.sampled_from(
        [
            "{ ",
            " }",
            "[ ",
            " ]",
            "a",
            ".",
            " = ",
            ";",
            '"',
            "''",
            "${",
            "}",
            "let ",
            " in ",
            "with ",
            "\n",
            "é",
            "(",
            ")",
            ":",
        ]
    ),
    max_size=20,
)


@settings(max_examples=200, deadline=None)
@given(_PIECES, st.integers(0, 60))
def test_any_text_has_an_answer_within_it(pieces: list[str], offset: int):
    document = Document("/t.nix", "".join(pieces).encode())
    context = context_at(document, offset)
    assert 0 <= context.span.start <= context.span.end <= len(document.source)
    assert context.span.start <= min(offset, len(document.source))


@pytest.mark.parametrize("opening", ["{ a = ", "[ ", "( ", "{ a.b = [ ", "let a = ", '"${', "f: "])
def test_deep_nesting_is_survived(opening: str):
    document = Document("/t.nix", opening.encode() * 20_000)
    assert context_at(document, len(document.source)).document is not None


@pytest.mark.parametrize(
    "typed",
    [
        "serv|",
        "services.|",
        "services.openssh.ena|",
        "enable = |",
        "enable = tr|",
        "hello = callPackage |",
        "list = [ pkgs.he|",
        "set = { inner.na|",
        "inherit (pkgs) he|",
        'text = "abc ${pkgs.|',
    ],
)
def test_a_place_reads_the_same_in_a_long_file_as_in_a_short_one(typed: str):
    def code(bindings: int) -> str:
        lines = "".join(f"  name{n} = {{ value = [ {n} ]; }};\n" for n in range(bindings))
        return f"{{ pkgs, ... }}:\n{{\n{lines}  {typed}\n{lines}}}\n"

    assert (shown(code(2_000)), place(code(2_000))) == (shown(code(5)), place(code(5)))


@pytest.mark.parametrize(
    "typed",
    [
        "serv|",
        "services.|",
        "services.openssh.en|",
        "services.openssh.enable |",
        "services.openssh.enable = |",
        "services.openssh.enable = tr|",
        "a = lib.mkIf |",
        "a = with pkgs; [ he|",
        "a = foo (ba|",
        "inherit (|",
        "inherit (pkgs) he|",
        'a = "x ${pkgs.|',
        'a = "x|',
        "a = if |",
        "a = [ { |",
        "a = { b = c.|",
        "a = ./fo|",
        "a = 12|",
        "# a|",
        "a = { x, |",
    ],
)
def test_typing_on_reads_as_the_text_does_that_is_opened(typed: str):
    """What is known of the text before it was broken makes it faster and nothing else."""
    head, tail = "{ pkgs, ... }:\n{\n  first = 1;\n  ", "\n  last.of.all = [ 2 ];\n}\n"
    before, _, _ = typed.partition("|")
    document = Document("/t.nix", (head + tail).encode())
    assert not document.root.has_error
    for index, letter in enumerate(before.encode(), len(head)):
        document = document.edited([Change(Span(index, index), bytes([letter]))], None)
    offset = len(head) + len(before)
    opened = context_at(Document("/t.nix", (head + before + tail).encode()), offset)
    context = context_at(document, offset)
    assert (context.kind, context.typed, context.span) == (opened.kind, opened.typed, opened.span)
    assert (context.segments, context.enclosing, context.is_new) == (opened.segments, opened.enclosing, opened.is_new)


@pytest.mark.parametrize(
    "line", ["a = with p$0", "a = [ (with p$0", "a = if p$0", "a = f (if p$0", "a = if c then p$0", "a = assert p$0"]
)
def test_what_a_line_has_begun_is_ended_at_once(line: str):
    text = f"{{\n  {line}\n  b = 1;\n}}\n"
    offset = text.index("$0")
    document = Document("/x.nix", text.replace("$0", "").encode())
    first = next(attempts(document, offset)).into(document)
    assert not first.root.has_error, first.source
    assert context_at(document, offset).typed == "p"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("  a.b $0", "none"),
        ("  x = {\n  a.b $0", "none"),
        ("  x = [\n  a.b $0", "list"),
        ("  x = with p;\n  a.b $0", "name"),
        ("  a $0", "attrpath"),
    ],
)
def test_behind_a_path_there_is_nothing_to_name(line: str, kind: str):
    text = f"{{\n  z = 1;\n{line}\n  c = 1;\n}}\n"
    offset = text.index("$0")
    assert context_at(Document("/x.nix", text.replace("$0", "").encode()), offset).kind == kind


@pytest.mark.parametrize("line", ["boot.in$0", "x = with$0", "x = [ rec$0 ];", "in$0"])
def test_what_reads_as_a_keyword_may_be_the_beginning_of_a_name(line: str):
    text = f"{{\n  z = 1;\n  {line}\n  c = 1;\n}}\n"
    offset = text.index("$0")
    context = context_at(Document("/x.nix", text.replace("$0", "").encode()), offset)
    assert context.kind != "none"
    assert text[context.span.start : offset] == context.typed
    assert context.span.end == offset
