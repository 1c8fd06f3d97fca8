"""Refactorings keep the meaning: the real Nix parses all that is offered, and evaluates what is called mechanical to the same value."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Tier
from nix_lsp.ide.refactorings import refactorings
from nix_lsp.syntax.span import Span
from tests.fixture import project

from .programs import Programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.syntax.document import Document

    from .conftest import NixInstantiate

LIB = """
  lib = {
    optionals = c: l: if c then l else [ ];
    optionalAttrs = c: s: if c then s else { };
    optionalString = c: s: if c then s else "";
    inherit (builtins) map;
    "or-else" = d: v: if v == null then d else v;
    strings = { inherit (builtins) stringLength concatStringsSep; };
  };
"""
EXPRESSIONS = (
    # sets and paths
    """
    {
      # above
      a.b.c = 1; # behind
      a.b.d = "x";
      a.e = [ 1 (-2) ];

      # alone

      f = {
        # inside
        g = 2;
        h.i = 3; # i

        h.j = { k = 4; l = { }; };
      };
      "quoted name".x = { y = 1; };
      a.${"dyn" + "amic"} = 5;
    }
    """,
    "{ a.b = 1; a.c = 2; a.d.e = 3; a.d.f = { g = 4; }; }",
    "let a.b = 1; a.c = a.b + 1; x = { y = a.c; inherit (a) b; }; in { inherit a x; z = x.y; }",
    # rec
    """
    removeAttrs (rec {
      port = 80;
      # the address
      url = "http://${host}:${toString port}"; # uses both
      inherit (builtins) length;
      host = "localhost";
      n = length [ port port ];
      nested.a = 1;
      nested.b = nested.a + 1;
    }) [ "length" ]
    """,
    "[ (rec { a = 1; b = a; }).b (rec { a = { b = 2; }; c = a.b; }) ]",
    # let and inlining
    """
    let
      one = 1;
      two = one + one;
      f = x: x * two;
      inherit (builtins) length attrNames;
      set = { inherit one; two = two; names = attrNames { a = 1; inherit two; }; };
      rest = with builtins; map (x: x + one) [ 1 two (f 2) ];
      s = if one == 1 then { a = two; } else { };
    in
    {
      inherit set rest s;
      g = (one: one + two) 5;
      h = f (length rest) + -two;
      i = "a${toString (f 3)}b" + toString two;
      k = let one = 7; in two + one;
      l = set ? one && !(set ? three);
      m = set.three or two;
      o = [ (f 1) two set.one ];
    }
    """,
    "let f = { a, b ? a + 1, ... }: a * b; g = args: args.x + args.y.z; in f { a = 3; c = 1; } + g { x = 1; y = { z = 2; }; }",
    "let x = 1; y = x; in let x = 2; in y + x",
    "let a = b: b; b = 2; in a (a b) + (let b = 3; in a b)",
    # with
    "with builtins; length (attrNames { a = 1; })",
    "let x = { a = 1; b = 2; }; a = 5; in with x; [ a b (with { c = 3; }; [ c b ]) ]",
    "let p = { q = { a = 1; b = { c = 2; }; }; }; in { r = with p.q; a + b.c; s = with p.q; { inherit a b; }; }",
    "{ a =\n    with builtins;\n    {\n      b = length [ ];\n      c = toString 1;\n    };\n}",
    # strings
    r"""
    let x = "y"; in {
      a = "plain";
      b = "two\nlines";
      c = "ends\n";
      d = "  indented\n    more\n";
      e = "\t tab \r carriage \\ \" '' ''' ${x} \${no} $${x} $ $$ \$${x}";
      f = "'";
      g = "a'${x}'b''${x}''";
      h = "\n\n  blank\n \n";
      i = "";
      j = "   ";
      k = "a\n  ";
    }
    """,
    """
    let x = "y"; in {
      a = ''
        one
          two ${x}

        ''${three} $${four} '''quoted''' ''\\n ''\\t
      '';
      b = ''one line'';
      c = ''
        a
          ${x}
        b'';
      d = ''ends with a quote ''\\''';
      e = ''  lead
          mixed'';
      f = '''';
      g = ''$'';
    }
    """,
    # ifs
    f"""
    let {LIB} x = true; in {{
      a = [ 1 ] ++ (if x then [ 2 3 ] else [ ]);
      b = if !x then {{ y = 1; }} else {{ }};
      c = "p" + (if x then "q" else "");
      d = lib.optionals (x && x) [ 1 ];
      e =
        if x then
          {{
            f = 1;
          }}
        else
          {{ }};
      g = lib.optionalString x "z";
      h = lib.strings.stringLength "abc";
      i = lib."or-else" 1 null;
      inherit (lib) map;
    }}.a
    """,
    # data
    """{ a = builtins.fromJSON ''{"a": [1, -2, 3.5, true, null, {"b c": "x\\\\ny"}], "if": {}}''; b = builtins.fromTOML "x.y = 1\\nz = [-1, 1e3]"; }""",
    # functions and formals
    'map (user: user.name + user.shell) [ { name = "a"; shell = "b"; } ]',
    "({ a, b ? 2 }@args: a + b + args.a) { a = 1; }",
    "let f = { a, b }: { inherit a b; c = a; }; in f { a = 1; b = 2; }",
    "let x2 = 5; f = { x ? x2 + y, y ? 2 }: [ x y ]; in f { } ++ f { x = 1; }",
    "let inherit (rec { a = 1; b = a + 1; }) b; inherit ({ c = 3; d = 4; }) c d; in { inherit b c; e = d; }",
    "let lib = { a = 1; f = x: x; lib = 7; }; in [ ((lib: with lib; f a) lib) (with lib; let t = a; in { inherit a t; }) ]",
    'let a = { b = 1; }; c = a.b or 2; n = "b"; in [ c (a.x or 3) (a ? ${n}) a.${n} (-c) (2 - -c) ]',
    "let a = assert true; 1; b = if a == 1 then x: x else y: y; g = { __functor = self: x: x + 1; }; in b (g a)",
    '{ inherit ({ a = 1; }) a; b.c = { inherit ({ d = 2; }) d; }; b.e.f = 3; "b".g = { h = { i = 4; }; }; }',
    "let { a = 1; c = a; body = { inherit a c; d = { e = a; }; }; }",
    """
    let # c
      a = 1; # d
      # e
      f = # g
        x: # h
        x + a;
    in # i
    # j
    {
      # k
      b = # l
        f a; # m
      c = { /* n */ d = 1; /* o */ };
      /* p */
      e.f = [
        1 # q
        # r
        (f # s
          2)
      ];
      e.g = 1;
    }
    """,
    """
    let
      mk = { name, value ? { }, ... }@args: { inherit name value; all = builtins.attrNames args; };
      inner = let a = 1; b = a; in { inherit a b; c = let a = 2; in a + b; };
    in
    {
      x = mk { name = "n"; value = { inherit (inner) a c; }; };
      y = map ({ a, b ? 2 }: a + b) [ { a = 1; } inner' ];
      z = with inner; with { d = 4; }; [ a d ];
    } // (let inner' = { a = 5; }; in { w = [ inner'.a ]; y = 0; })
    """.replace(" inner' ]", " ]"),
    "let systemPackages = [ c b a ]; a = 1; b = 2; c = 3; in builtins.length systemPackages",
)
PLACES = 8
"""Places of each of the project's own files."""
TREE_PLACES = 400


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_value_stays_the_same(text: str, nix_instantiate: NixInstantiate, tmp_path: Path) -> None:
    _hold_value(text, nix_instantiate, tmp_path)


@pytest.mark.parametrize("seed", range(8))
def test_names_that_shadow_each_other_keep_their_meaning(
    seed: int, nix_instantiate: NixInstantiate, tmp_path: Path
) -> None:
    programs = Programs(random.Random(seed))
    text = ""
    while not (150 < len(text) < 500 and isinstance(_evaluated(nix_instantiate, text), int)):
        text = programs.whole({}, 4)

    _hold_value(text, nix_instantiate, tmp_path)


def _hold_value(text: str, nix_instantiate: NixInstantiate, tmp_path: Path) -> None:
    """Hold that every mechanical refactoring at every place of an expression keeps its value."""
    workspace, document, _ = project(text.strip() + "\n", path="/t.nix")
    variants: dict[tuple[tuple[str, str], ...], str] = {}
    for selection in _selections(document):
        for row, fix in refactorings(workspace, document, selection):
            if fix.tier is Tier.MECHANICAL and row.kind != "quickfix":
                files = tuple(_files(document, fix).items())
                variants.setdefault(files, f"{row.id} at {selection}: {fix.title}")
    assert variants
    folders: list[Path] = []
    for number, files in enumerate(variants):
        folder = tmp_path / str(number)
        folder.mkdir()
        folders.append(folder)
        for name, source in files:
            (folder / name).write_text(source, encoding="utf-8")
    expected = _evaluated(nix_instantiate, document.source.decode())

    whole = "[ " + " ".join(f"(import {folder}/t.nix)" for folder in folders) + " ]"
    ran = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-"], whole, 120)
    if ran.returncode == 0 and all(value == expected for value in json.loads(ran.stdout)):
        return
    for folder, (files, what) in zip(folders, variants.items(), strict=True):
        source = dict(files)["t.nix"]
        assert _evaluated(nix_instantiate, f"import {folder}/t.nix") == expected, f"{what}\n{source}"


def _evaluated(nix_instantiate: NixInstantiate, expression: str) -> object:
    ran = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-"], expression, 60)
    return json.loads(ran.stdout) if ran.returncode == 0 else ran.stderr


def _files(document: Document, fix: Fix) -> Mapping[str, str]:
    """Return the files that a fix changes or makes, by their names."""
    found = {Path(made.path).name: made.text for made in fix.creates}
    edits = [edit for file in fix.edits for edit in file.edits]
    return found | {"t.nix": apply(document.source, edits).decode()}


def _selections(document: Document) -> Iterator[Span]:
    """Yield the start of each node as a cursor, and each node as a selection."""
    for node in _nodes(document.root):
        yield Span(node.start_byte, node.start_byte)
        yield Span(node.start_byte, node.end_byte)


def _nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(node.named_children))


def _own_files() -> list[Path]:
    return sorted(Path(__file__).parents[2].glob("examples/**/*.nix"))


def _tree_files() -> Iterator[Path]:
    tree = Path(os.environ.get("NIXPKGS") or "/nonexistent")
    files = [*tree.glob("lib/**/*.nix"), *tree.glob("nixos/**/*.nix"), *tree.glob("pkgs/*/*/*.nix")]
    random.Random(6).shuffle(files)
    return (file for file in files if file.stat().st_size < 40_000)


def _parsed(file: Path, places: int, nix_instantiate: NixInstantiate, count: int) -> None:
    """Hold that Nix parses what every refactoring makes of a file at random places."""
    workspace, document, _ = project(file.read_text(encoding="utf-8"), path="/t.nix")
    chance = random.Random(file.name)
    nodes = list(_nodes(document.root))
    sources: dict[str, str] = {}
    for node in chance.choices(nodes, k=places):
        selection = Span(node.start_byte, chance.choice((node.start_byte, node.end_byte)))
        for row, fix in refactorings(workspace, document, selection):
            for name, source in _files(document, fix).items():
                sources[source] = f"{row.id} at {selection} in {file}: {fix.title}, {name}"
    for source, what in islice(sources.items(), count):
        ran = nix_instantiate(["--parse", "-"], source)
        # Nix looks variables up when it parses; what is made for another place has its own.
        assert ran.returncode == 0, f"{what}\n{ran.stderr}\n{source}"


@pytest.mark.parametrize("file", _own_files(), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_nix_parses_what_is_made_of_an_example(file: Path, nix_instantiate: NixInstantiate) -> None:
    _parsed(file, PLACES * 4, nix_instantiate, 60)


@pytest.mark.skipif("NIXPKGS" not in os.environ, reason="$NIXPKGS names no nixpkgs tree")
def test_nix_parses_what_is_made_of_nixpkgs(nix_instantiate: NixInstantiate) -> None:
    for file in islice(_tree_files(), TREE_PLACES // PLACES):
        if nix_instantiate(["--parse", str(file)]).returncode == 0:
            _parsed(file, PLACES, nix_instantiate, 10)


LIBRARY = (
    "strings",
    "lists",
    "attrsets",
    "trivial",
    "fixed-points",
    "options",
    "modules",
    "types",
    "generators",
    "sources",
    "meta",
    "cli",
)
"""Files of nixpkgs' lib that its own tests go through."""
REFACTORINGS = 30


@pytest.mark.skipif("NIXPKGS" not in os.environ, reason="$NIXPKGS names no nixpkgs tree")
def test_nixpkgs_own_tests_of_lib_pass_after_refactorings(nix_instantiate: NixInstantiate, tmp_path: Path) -> None:
    tree = tmp_path / "nixpkgs"
    shutil.copytree(Path(os.environ["NIXPKGS"]) / "lib", tree / "lib")
    shutil.copy(Path(os.environ["NIXPKGS"]) / ".version", tree / ".version")
    chance = random.Random(6)
    read = [project((tree / f"lib/{name}.nix").read_text(), path="/t.nix") for name in LIBRARY]
    nodes = [list(_nodes(document.root)) for _, document, _ in read]
    done: Counter[str] = Counter()
    while done.total() < REFACTORINGS:
        number = chance.randrange(len(LIBRARY))
        workspace, document, _ = read[number]
        node = chance.choice(nodes[number])
        selection = Span(node.start_byte, chance.choice((node.start_byte, node.end_byte)))
        offered = [
            (row.id, fix)
            for row, fix in refactorings(workspace, document, selection)
            if fix.tier is Tier.MECHANICAL and not row.id.endswith("quote-attribute")
        ]
        if not offered:
            continue
        # Those that are offered rarely have their turn.
        name, fix = min(offered, key=lambda each: done[each[0]])
        done[name] += 1
        written = {
            tree / "lib" / (f"{LIBRARY[number]}.nix" if file == "t.nix" else file): text
            for file, text in _files(document, fix).items()
        }
        for file, text in written.items():
            file.write_text(text)
        ran = nix_instantiate(["--eval", "--strict", "--readonly-mode", str(tree / "lib/tests/misc.nix")], "", 200)
        assert ran.stdout.strip() == "[ ]", f"{fix.title} in {LIBRARY[number]}.nix at {selection}\n{ran.stderr}"
        for file in written:
            file.unlink()
        (tree / "lib" / f"{LIBRARY[number]}.nix").write_bytes(document.source)
    print(dict(done))
