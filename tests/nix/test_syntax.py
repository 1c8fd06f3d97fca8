"""Where Nix' own parser sees a syntax error, so do we, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.syntax.document import Document
from nix_lsp.syntax.faults import faults

if TYPE_CHECKING:
    from .conftest import NixInstantiate

NIX = (
    "{ a, b, }: a",
    "{ a ? 1, ... }@args: args",
    "args@{ a, ... }: a",
    "{ }: 1",
    "x: y: x y",
    "let inherit ({ a = 1; }) a; in a",
    "let { body = 1; }",
    "rec { a = b; b = 1; }",
    '{ a.b.c = 1; a."d e" = 2; a.${toString 1} = 3; }',
    "a: a.b or c.d or 1",
    'a: a ? b.c && !(a ? ${"d"})',
    "x: x |> toString",
    "x: toString <| x",
    "[ 1 2.5 .5 1.0e3 ./a ../b ~/c <nixpkgs/lib> /etc ]",
    "./a/${toString 1}/b",
    "''\n  two ${toString 1} '''quotes''' ''${not} ''\\n $${neither}\n''",
    '"a \\" b \\${c} $${d} ${"e"}"',
    "https://example.org/a?b=c",
    "if true then 1 else if false then 2 else 3",
    "with { }; assert true; 1",
    "{ or = 1; }",
    "{ a = 1; /* a comment */ # another\n }",
    "1 + 2 * 3 - 4 / 5 == 6 -> true || false && !true",
    "{ a = 1; } // { b = 2; } ++ [ ]",
    "{ inherit; inherit ({ }) ; }",
    '{ "${"a"}" = 1; }',
    'a: a."b"',
    "{ a = 1; }\r\n",
    "# only a comment\n1",
)

# An empty file is no Nix either, and nothing is said of it: it is about to be written.
NOT_NIX = (
    "{ a = 1 }",
    "{ a = ; }",
    "{ a 1; }",
    "{ a = 1;",
    "[ 1 2",
    "(1",
    "let a = 1; a",
    "let a = 1; in",
    "if true then 1",
    "with { } 1",
    "assert true 1",
    '"open',
    "''open",
    "x: ",
    "{ a, b c }: a",
    "{ a, , b }: a",
    "{ ..., a }: a",
    "a@b: 1",
    "1 ++",
    "* 2",
    "{ inherit a }",
    "{ = 1; }",
    "a.",
    "{ services.openss }",
    "}",
    "1 ]",
    "/* open",
    pytest.param("a == b == c", marks=pytest.mark.xfail(strict=True, reason="the grammar lets == associate")),
)


def judged_by(nix_instantiate: NixInstantiate, source: str) -> bool:
    """Whether Nix parses the text. A name that is not bound is no matter of syntax, though `--parse` refuses that, too."""
    parsed = nix_instantiate(["--parse", "-"], stdin=source)
    return parsed.returncode == 0 or "undefined variable" in parsed.stderr


@pytest.mark.parametrize("source", NIX)
def test_nix_has_no_syntax_error(nix_instantiate: NixInstantiate, source: str) -> None:
    assert judged_by(nix_instantiate, source), "this row is not Nix"

    assert list(faults(Document("/a.nix", source.encode()).root)) == []


@pytest.mark.parametrize("source", NOT_NIX)
def test_what_is_not_nix_has_a_syntax_error(nix_instantiate: NixInstantiate, source: str) -> None:
    assert not judged_by(nix_instantiate, source), "this row is Nix"

    assert list(faults(Document("/a.nix", source.encode()).root)) != []
