"""What of a file leads elsewhere."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.ide.links import document_links
from nix_lsp.syntax.document import Document
from tests.fixture import project


def links(fixture: str, *, path: str = "/configuration.nix", environment: Environment | None = None) -> dict[str, str]:
    """Return what the linked texts of the file with the cursor (or the last one) lead to."""
    at = project(fixture, path=path, environment=environment)
    found = document_links(at.workspace, at.document)
    return {at.document.text(link.span): link.file or link.url or "" for link in found}


def test_paths_lead_to_what_is_there_and_folders_to_what_import_takes():
    fixture = """
        #- /home/a.nix
        1
        #- /home/set/default.nix
        2
        #- /home/flake/flake.nix
        3
        #- /home/empty/x.txt
        4
        #- /home/main.nix
        [ ./a.nix ../home/a.nix /home/a.nix ./set ./flake ./empty ./gone.nix ./${x}/a.nix $0]
    """
    assert links(fixture) == {
        "./a.nix": "/home/a.nix",
        "../home/a.nix": "/home/a.nix",
        "/home/a.nix": "/home/a.nix",
        "./set": "/home/set/default.nix",
        "./flake": "/home/flake/flake.nix",
    }


def test_search_paths_and_the_home_folder_are_looked_up():
    fixture = """
        #- /sources/nixpkgs/lib/default.nix
        1
        #- /sources/nixpkgs/default.nix
        1
        #- /home/me/x.nix
        1
        #- /main.nix
        [ <nixpkgs> <nixpkgs/lib> <nixpkgs/gone> <other> <nix/fetchurl.nix> ~/x.nix ~/gone.nix $0]
    """
    for nix_path in ("nixpkgs=/sources/nixpkgs", "/sources"):
        assert links(fixture, environment=Environment({"NIX_PATH": nix_path}, "/home/me")) == {
            "<nixpkgs>": "/sources/nixpkgs/default.nix",
            "<nixpkgs/lib>": "/sources/nixpkgs/lib/default.nix",
            "~/x.nix": "/home/me/x.nix",
        }
    assert links(fixture) == {}


def test_without_nix_path_the_channels_count():
    fixture = """
        #- /home/me/.nix-defexpr/channels/nixpkgs/default.nix
        1
        #- /main.nix
        <nixpkgs>$0
    """
    assert links(fixture, environment=Environment({}, "/home/me")) == {
        "<nixpkgs>": "/home/me/.nix-defexpr/channels/nixpkgs/default.nix"
    }


def test_an_entry_that_is_fetched_hides_those_behind_it():
    fixture = """
        #- /sources/nixpkgs/default.nix
        1
        #- /main.nix
        <nixpkgs>$0
    """
    nix_path = "nixpkgs=https://example.org/n.tar.gz:nixpkgs=/sources/nixpkgs"
    assert links(fixture, environment=Environment({"NIX_PATH": nix_path})) == {}


def test_addresses_in_strings_and_comments_without_the_sentence_round_them():
    fixture = """
        # See https://example.org/a_(b), and (https://example.org/c).
        {
          homepage = "https://example.org/é?x=1";
          old = http://example.org/bare;
          script = ''
            curl https://example.org/x.sh | sh
          '';
          made = "https://example.org/${version}/x";
          path = /no/https://example.org;
        }
    """
    assert links(fixture) == {
        "https://example.org/a_(b)": "https://example.org/a_(b)",
        "https://example.org/c": "https://example.org/c",
        "https://example.org/é?x=1": "https://example.org/%C3%A9?x=1",
        "http://example.org/bare": "http://example.org/bare",
        "https://example.org/x.sh": "https://example.org/x.sh",
    }


@pytest.mark.parametrize(
    ("reference", "page"),
    [
        ("github:a/b", "https://github.com/a/b"),
        ("github:a/b/v1.0", "https://github.com/a/b/tree/v1.0"),
        ("github:a/b?dir=sub", "https://github.com/a/b/tree/HEAD/sub"),
        ("github:a/b?host=git.example.org&ref=main", "https://git.example.org/a/b/tree/main"),
        ("gitlab:a%2Fgroup/b/main", "https://gitlab.com/a/group/b/-/tree/main"),
        ("sourcehut:~a/b/main", "https://git.sr.ht/~a/b/tree/main"),
        ("git+https://example.org/b.git?ref=main", "https://example.org/b"),
        ("https://flakehub.com/f/a/b/0.1.*.tar.gz", "https://flakehub.com/flake/a/b"),
        ("tarball+https://example.org/x.tar.gz", "https://example.org/x.tar.gz"),
    ],
)
def test_flake_references_lead_to_their_pages(reference: str, page: str):
    found = links(f'{{ inputs.x.url = "{reference}"; }}', path="/flake.nix")
    assert found == {reference: page}


def test_inputs_through_the_registry_below_the_flake_and_as_sets():
    fixture = """
        #- /sub/flake.nix
        { }
        #- /flake.nix
        {
          inputs.a.url = "nixpkgs/nixos-25.11";
          inputs.b.url = "path:./sub";
          inputs.c.url = "./gone";
          inputs.d = { type = "github"; owner = "x"; repo = "y"; };
          inputs.e.url = "git+ssh://git@example.org/x";
          $0
        }
    """
    assert links(fixture) == {
        "nixpkgs/nixos-25.11": "https://github.com/NixOS/nixpkgs/tree/nixos-25.11",
        "path:./sub": "/sub/flake.nix",
        "y": "https://github.com/x/y",
    }


def test_fetchers_lead_to_the_repository_and_the_commit():
    fixture = """
        [
          (fetchFromGitHub { owner = "a"; repo = "one"; rev = "v1"; hash = ""; })
          (pkgs.fetchFromGitLab { domain = "git.example.org"; group = "g"; owner = "a"; repo = "two"; tag = "v${version}"; })
          (fetchFromGitea { owner = "a"; repo = "three"; })
          (fetchFromGitHub { inherit owner; repo = "four"; })
          fetchFromGitHub
        ]
    """
    assert links(fixture) == {
        "one": "https://github.com/a/one",
        "v1": "https://github.com/a/one/tree/v1",
        "two": "https://git.example.org/g/a/two",
    }


@pytest.mark.parametrize("text", ["(" * 100_000, "./" * 1000, '"https://', "fetchFromGitHub {", "<", "# https://\xff"])
def test_broken_text_has_no_links(text: str):
    at = project("1")
    assert document_links(at.workspace, Document("/t.nix", text.encode("latin-1"))) == []
