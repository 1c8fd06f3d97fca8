"""What a rename leaves is what was there, but for the name: Nix' own parser is asked before and after."""

from __future__ import annotations

import json
import os
import random
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.files import DiskFiles
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.ide.edits import apply
from nix_lsp.ide.names.rename import Refusal, rename
from nix_lsp.syntax.document import Document
from tests.fixture import project

from .alpha import alpha_equal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.project import Project

    from .conftest import NixInstantiate

ROOT = Path(__file__).parents[2]
_WORD = re.compile(rb"(?<![\w./'-])[A-Za-z_][\w'-]*")
SOURCES = (
    "let a = 1; b = a; in { inherit a b; c = a; }",
    "let inherit (s) a b; s = { a = 1; b = 2; }; in [ a b s.a ]",
    "let a = 1; in let inherit a; b = a; in rec { inherit a b; c = b; }",
    "a: b: let c = a; in { a = b; inherit c; d = a: c; }",
    "{ a, b ? a, ... }@args: a + b + args.c",
    "let f = { a, b ? a }: a + b; in f { a = 1; b = 2; } + f { a = 3; }",
    "let a = 1; f = { a }: a; in f { inherit a; }",
    "let s = rec { a = 1; b = a; }; in with s; a + b",
    "s: with s; let a = b; in a + b + c",
    "let a.b = 1; a.c = 2; in a.b + a.c",
    'let "a" = 1; b = { "${toString a}" = a; inherit "a"; }; in b',
    "let a = b: { inherit b; c = a; }; in a (let b = 1; in b)",
    "let a = a: a; b = a a; in b",
    "a: rec { b = 1; c = rec { inherit b a; d = b; }; }",
    "let x = { y = { z = 1; }; }; inherit (x) y; inherit (y) z; in z + y.z + x.y.z",
    "a: if a ? b then a.b else a.b or (b: b)",
    "let b = 1; in (a: a.b) { inherit b; }",
    "let f = a: b: a b; g = f (a: a); in g f",
    "let a = 1; in { b = ''${toString a} '' + \"${toString a}\"; ${toString a} = a; }",
    "let map' = map; or' = 1; a-b = map'; in a-b (x: or') [ ]",
    "with { a = 1; }; let b = a; in with { c = b; }; a + b + c",
    "let inherit ({ a = 1; b = 2; }) a b; in { inherit a; inherit b; }",
)
VALUES = (
    ("let x = { a$0 = 1; b = 2; }; in x.a + x.b", "c"),
    ("let x = { a$0 = 1; }; inherit (x) a; in { inherit a; }", "c"),
    ("let x = rec { a$0 = 1; b = a; }; in with x; a + b", "c"),
    ("let x = { a.b$0 = 1; a.c = 2; }; in x.a.b + x.a.c", "d e"),
    ("let f = { a$0, b ? a }@s: a + b + s.a; in f { a = 1; } + f { a = 2; b = 3; }", "c"),
    ("let a = 1; f = { a$0 }: a; in f { inherit a; }", "c"),
    ("let x = { a$0 = 1; }; in (x ? a) && x.a or 2 == 1", "c"),
)


def parsed(nix_instantiate: NixInstantiate, text: str) -> str | None:
    ran = nix_instantiate(["--parse", "-"], text)
    return ran.stdout if ran.returncode == 0 else None


def renames(workspace: Project, document: Document, chosen: random.Random, most: int) -> Iterator[tuple[str, str, str]]:
    """Yield some renames in a file: the text after it, the old name, the new one. Half of the new names are in the file already."""
    places = list(_WORD.finditer(document.source))
    for _ in range(most if places else 0):
        place = chosen.choice(places)
        new = chosen.choice([b"fresh", chosen.choice(places)[0]]).decode()
        found = rename(workspace, document, place.start(), new)
        if not isinstance(found, Refusal) and found:
            (file,) = found
            yield apply(document.source, file.edits).decode(), place[0].decode(), new


@pytest.mark.parametrize("text", SOURCES)
def test_any_name_to_any_other_means_the_same_or_is_refused(text: str, nix_instantiate: NixInstantiate) -> None:
    workspace, document, _ = project(f"{text}\n")
    before = parsed(nix_instantiate, text) or parsed(nix_instantiate, f"s: {text}")
    tried = {new for new in {*_WORD.findall(document.source), b"fresh"} if new not in {b"let", b"in", b"rec", b"if"}}
    seen: set[str] = set()

    for place in _WORD.finditer(document.source):
        for new in sorted(tried - {place[0]}):
            found = rename(workspace, document, place.start(), new.decode())
            if isinstance(found, Refusal) or not found:
                continue
            after = apply(document.source, found[0].edits).decode()
            if after not in seen:
                seen.add(after)
                result = parsed(nix_instantiate, after)
                assert before is not None
                assert result is not None, after
                assert alpha_equal(before, result, (place[0].decode(), new.decode())), after
    assert seen


@pytest.mark.parametrize(("text", "new"), VALUES)
def test_attributes_and_arguments_keep_their_values(text: str, new: str, nix_instantiate: NixInstantiate) -> None:
    workspace, document, offset = project(text)
    found = rename(workspace, document, offset, new)
    assert not isinstance(found, Refusal)
    values = [
        nix_instantiate(["--eval", "--strict", "--json", "--expr", source.decode()]).stdout
        for source in (document.source, apply(document.source, found[0].edits))
    ]

    assert json.loads(values[0]) == json.loads(values[1])


def test_renames_in_the_examples(nix_instantiate: NixInstantiate) -> None:
    count = 0
    for path in sorted((ROOT / "examples").rglob("*.nix")):
        document = Document(str(path), path.read_bytes(), 1)
        workspace, _, _ = project("{ }", root="/nowhere")
        before = parsed(nix_instantiate, document.source.decode())
        for after, old, new in renames(workspace, document, random.Random(path.name), 200):
            result = parsed(nix_instantiate, after)
            assert before is not None
            assert result is not None, after
            assert alpha_equal(before, result, (old, new)), after
            count += 1
    assert count > 20


@pytest.mark.skipif("NIXPKGS" not in os.environ, reason="$NIXPKGS names no nixpkgs tree")
def test_200_names_of_nixpkgs(nix_instantiate: NixInstantiate) -> None:
    """Of nixpkgs 26.11pre (2026-06-28), on 2026-11-21: 200 renames and not one that changes what the file means."""
    root, chosen = os.environ["NIXPKGS"], random.Random(6)
    files = [path for path in sorted(Path(root).rglob("*.nix")) if path.is_file() and path.stat().st_size < 100_000]
    workspace = Workspace("/nowhere", DiskFiles(root), project("{ }").workspace._catalog)  # pyright: ignore[reportPrivateUsage]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    count, wrong = 0, list[str]()
    while count < 200:
        path = chosen.choice(files)
        document = Document(str(path), path.read_bytes(), 1)
        for after, old, new in renames(workspace, document, chosen, 8):
            before = parsed(nix_instantiate, document.source.decode())
            result = parsed(nix_instantiate, after)
            if before is None:
                continue
            count += 1
            if result is None or not alpha_equal(before, result, (old, new)):
                wrong.append(f"{path}: {old} -> {new}")
    sys.setrecursionlimit(limit)
    assert wrong == []
