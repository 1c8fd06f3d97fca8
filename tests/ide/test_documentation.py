"""What a hover says of the project's own functions, and of nixpkgs' where its source is on the machine."""

from __future__ import annotations

import json

import pytest

from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.ide.doc_text import shown
from nix_lsp.ide.hover import hover
from nix_lsp.syntax.doc_comments import DocComment
from tests.fixture import project
from tests.flake_inputs import nar_hash, store_path


def said(fixture: str, environment: Environment | None = None, pin: str | None = "25.11") -> str:
    at = project(fixture, pin=pin, environment=environment)
    found = hover(at.workspace, at.document, at.offset)
    return found.markdown if found else ""


def test_a_function_says_how_it_is_called_and_what_it_is_for():
    text = """
        let
          # Joins two things.
          join = sep: { left, right ? "none", ... }: left + sep + right;
        in
        jo$0in
    """
    assert '`join = sep: { left, right ? "none", ... }: …`' in said(text)
    assert said(text).endswith("Joins two things.")


def test_many_formals_stand_below_each_other():
    names = [f"argument{number} ? {number}" for number in range(8)]
    hovered = said(f"let f = {{ {', '.join(names)} }}@all: 1; in $0f")

    assert "f = {\n  argument0 ? 0,\n" in hovered
    assert "  argument7 ? 7,\n}@all: …" in hovered


def test_what_is_bound_in_another_file_is_documented_there():
    files = "#- /lib.nix\n{\n  /**\n    Doubles a number.\n  */\n  twice = x: x * 2;\n}\n#- /configuration.nix\n"
    assert said(files + "let l = import ./lib.nix; in l.tw$0ice 1").endswith("Doubles a number.")
    assert said(files + "let inherit (import ./lib.nix) twice; in tw$0ice 1").endswith("Doubles a number.")
    assert said("#- /f.nix\n/** Makes it. */\n{ a }: a\n#- /main.nix\nlet f = import ./f.nix; in $0f").endswith(
        "Makes it."
    )
    assert "Licence" not in said("#- /f.nix\n# Licence\n{ a }: a\n#- /main.nix\nlet f = import ./f.nix; in $0f")


def test_an_attribute_says_where_it_is_bound_what_it_is_for():
    assert (
        said("let s = { /** Half of it. */ h$0alf = x: x / 2; }; in s") == "**`half`**\n\n`half = x: …`\n\nHalf of it."
    )


def test_a_formal_is_documented_by_the_comment_above_it():
    assert said("{\n  # How many.\n  count,\n}: cou$0nt").endswith("How many.")


NIXPKGS = """\
#- /sources/nixpkgs/lib/default.nix
let lib = makeExtensible (self: let callLibs = file: import file { lib = self; }; in {
  trivial = callLibs ./trivial.nix;
  lists = callLibs ./lists;
  inherit (self.trivial) id const;
}); in lib
#- /sources/nixpkgs/lib/.version
25.11
#- /sources/nixpkgs/lib/trivial.nix
{ lib }:
{
  /**
    Gives back what it gets.
  */
  id = x: x;
  const = x: y: x;
  or = x: y: x || y;
}
#- /sources/nixpkgs/lib/lists/default.nix
{
  # The last one.
  last = list: 1;
}
#- /configuration.nix
"""


def test_nixpkgs_own_words_are_read_from_its_source():
    here = Environment({"NIX_PATH": "nixpkgs=/sources/nixpkgs"})

    assert said(NIXPKGS + "{ lib, ... }: { x = lib.i$0d 1; }", here, pin=None).endswith("Gives back what it gets.")
    assert said(NIXPKGS + "{ lib, ... }: { x = lib.trivial.i$0d 1; }", here, pin=None).endswith(
        "Gives back what it gets."
    )
    assert said(NIXPKGS + "{ lib, ... }: { x = lib.lists.la$0st 1; }", here, pin=None).endswith("The last one.")
    assert "Gives back" not in said(NIXPKGS + "{ lib, ... }: { x = lib.i$0d 1; }")


LIBRARY = """\
#- {folder}/lib/default.nix
{{ trivial = callLibs ./trivial.nix; inherit (self.trivial) id; }}
#- {folder}/lib/trivial.nix
{{
  /** Gives back what it gets. */
  id = x: x;
}}
"""


@pytest.mark.parametrize(
    ("locked", "folder"),
    [
        (
            {"narHash": nar_hash("nixpkgs"), "type": "github", "owner": "NixOS", "repo": "nixpkgs"},
            store_path("nixpkgs"),
        ),
        ({"type": "path", "path": "/home/me/nixpkgs"}, "/home/me/nixpkgs"),
    ],
)
def test_the_source_is_what_the_lock_leads_to(locked: dict[str, str], folder: str):
    nodes = {"root": {"inputs": {"nixpkgs": "n"}}, "n": {"locked": locked, "original": locked}}
    lock = json.dumps({"version": 7, "root": "root", "nodes": nodes})
    files = f"{LIBRARY.format(folder=folder)}#- /flake.lock\n{lock}\n#- /flake.nix\n{{ }}\n#- /configuration.nix\n"

    assert said(files + "{ lib, ... }: { x = lib.i$0d 1; }", pin=None).endswith("Gives back what it gets.")


def test_nixpkgs_itself_is_its_own_source():
    files = LIBRARY.format(folder="") + "#- /nixos/modules/module-list.nix\n[ ]\n#- /pkgs/x.nix\n"

    assert said(files + "{ lib }: lib.i$0d 1", pin=None).endswith("Gives back what it gets.")


def test_doc_comments_become_plain_commonmark():
    text = """Says it.

# Inputs {#inputs}

`x`

: What is {option}`said`, see [there](#sec-there).

::: {.note}
A note.
:::

```nix
# no heading
::: kept
```"""
    assert (
        shown(DocComment(text, is_markdown=True))
        == """Says it.

**Inputs**

`x`: What is `said`, see there.

A note.

```nix
# no heading
::: kept
```"""
    )


def test_a_long_comment_is_cut_outside_of_its_code():
    text = "```\n" + "line\n" * 100 + "```"
    assert shown(DocComment(text, is_markdown=True)).endswith("```\n\n…")
