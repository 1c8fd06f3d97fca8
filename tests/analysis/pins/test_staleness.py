"""Whether a lock was made for the flake.nix that there is."""

from __future__ import annotations

import json

import pytest

from nix_lsp.analysis.pins.declared_inputs import declared_inputs
from nix_lsp.analysis.pins.staleness import stale_inputs
from nix_lsp.syntax.document import Document

GITHUB = {"type": "github", "owner": "NixOS", "repo": "nixpkgs"}
REVISION = "0123456789abcdef0123456789abcdef01234567"


def stale(inputs: str, original: object, name: str = "nixpkgs", edge: object = "n") -> list[tuple[str, str | None]]:
    """Return what is underlined, and what the lock was made for."""
    flake = Document("/flake.nix", f"{{ {inputs} outputs = {{ ... }}: {{ }}; }}".encode())
    nodes = {"root": {"inputs": {name: edge}}, "n": {"original": original}, "m": {"original": GITHUB}}
    lock = Document("/flake.lock", json.dumps({"version": 7, "root": "root", "nodes": nodes}).encode())
    return [(flake.text(each.span), each.locked_for) for each in stale_inputs(flake, lock)]


@pytest.mark.parametrize(
    ("inputs", "original"),
    [
        ('inputs.nixpkgs.url = "github:NixOS/nixpkgs";', GITHUB),
        ('inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";', GITHUB | {"ref": "nixos-25.11"}),
        ('inputs.nixpkgs.url = "github:NixOS/nixpkgs?ref=nixos-25.11";', GITHUB | {"ref": "nixos-25.11"}),
        ("inputs.nixpkgs.url = github:NixOS/nixpkgs/nixos-25.11;", GITHUB | {"ref": "nixos-25.11"}),
        (f'inputs = {{ nixpkgs.url = "github:NixOS/nixpkgs/{REVISION}"; }};', GITHUB | {"rev": REVISION}),
        ('inputs.nixpkgs.url = "github:NixOS/nixpkgs?dir=lib";', GITHUB | {"dir": "lib"}),
        ('inputs.nixpkgs = { type = "github"; owner = "NixOS"; repo = "nixpkgs"; flake = false; };', GITHUB),
        ('inputs.nixpkgs.url = "github:a/b/feature/x";', {"type": "github", "owner": "a", "repo": "b", "ref": "feature/x"}),
        ('inputs.nixpkgs.url = "nixpkgs/nixos-25.11";', {"type": "indirect", "id": "nixpkgs", "ref": "nixos-25.11"}),
        ('inputs.nixpkgs.url = "flake:nixpkgs";', {"type": "indirect", "id": "nixpkgs"}),
        ("inputs.nixpkgs = { };", {"type": "indirect", "id": "nixpkgs"}),
        ('inputs.nixpkgs.url = "https://x.org/0.1.*.tar.gz";', {"type": "tarball", "url": "https://x.org/0.1.%2A.tar.gz"}),
        ('inputs.nixpkgs.url = "https://x.org/file";', {"type": "file", "url": "https://x.org/file"}),
        ('inputs.nixpkgs.url = "git+https://x.org/y?ref=main";', {"type": "git", "url": "https://x.org/y", "ref": "main"}),
        # What is not understood to the last attribute.
        ('inputs.nixpkgs.url = "github:NixOS/nixpkgs?narHash=x";', GITHUB | {"ref": "other"}),
        ('inputs.nixpkgs.url = "git+https://x.org/y?submodules=1";', {"type": "git", "url": "https://x.org/z"}),
        ('inputs.nixpkgs.url = "path:./nixpkgs";', GITHUB),
        ('inputs.nixpkgs.url = "./nixpkgs";', GITHUB),
        ("inputs.nixpkgs = import ./x.nix;", GITHUB),
        ('inputs.nixpkgs.url = "github:${x}";', GITHUB),
        ("inputs = x;", GITHUB),
        ('inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";', None),
    ],
)  # fmt: skip
def test_a_lock_that_was_made_for_the_reference(inputs: str, original: object):
    assert stale(inputs, original) == []


@pytest.mark.parametrize(
    ("inputs", "original", "found"),
    [
        (
            'inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";',
            GITHUB | {"ref": "nixos-25.05"},
            ('"github:NixOS/nixpkgs/nixos-25.11"', "github:NixOS/nixpkgs/nixos-25.05"),
        ),
        (
            'inputs.nixpkgs.url = "github:nixos/nixpkgs";',
            GITHUB,
            ('"github:nixos/nixpkgs"', "github:NixOS/nixpkgs"),
        ),
        (
            'inputs.nixpkgs = { type = "github"; owner = "NixOS"; repo = "nixpkgs"; ref = "a"; };',
            GITHUB,
            ('"a"', "github:NixOS/nixpkgs"),
        ),
        (
            'inputs.nixpkgs.url = "github:NixOS/nixpkgs";',
            {"type": "indirect", "id": "nixpkgs"},
            ('"github:NixOS/nixpkgs"', "flake:nixpkgs"),
        ),
        (
            'inputs.nixpkgs.url = "https://x.org/a.tar.gz";',
            {"type": "tarball", "url": "https://x.org/b.tar.gz"},
            ('"https://x.org/a.tar.gz"', "https://x.org/b.tar.gz"),
        ),
    ],
)
def test_a_lock_that_was_made_for_another_reference(inputs: str, original: object, found: tuple[str, str]):
    assert stale(inputs, original) == [found]


def test_an_input_that_the_lock_does_not_know():
    assert stale('inputs.a.url = "path:./a"; inputs.b.follows = "a";', GITHUB, "a", "n") == [("b", None)]


@pytest.mark.parametrize(
    ("inputs", "edge", "found"),
    [
        ('inputs.nixpkgs.follows = "a/b";', ["a", "b"], []),
        ('inputs.nixpkgs.follows = "";', [], []),
        ('inputs.nixpkgs.follows = "a/c";', ["a", "b"], [('"a/c"', 'follows = "a/b"')]),
        ('inputs.nixpkgs.follows = "a";', "n", [('"a"', "github:NixOS/nixpkgs")]),
        ('inputs.nixpkgs.url = "github:NixOS/nixpkgs";', ["a"], [('"github:NixOS/nixpkgs"', 'follows = "a"')]),
    ],
)
def test_what_an_input_follows(inputs: str, edge: object, found: list[tuple[str, str]]):
    assert stale(inputs, GITHUB, edge=edge) == found


def test_what_an_input_of_an_input_follows():
    flake = Document(
        "/flake.nix",
        b'{ inputs = { a = { url = "github:x/a"; inputs = { n.follows = "n"; m.follows = "n"; none.follows = "n"; }; }; }; }',
    )
    nodes = {
        "root": {"inputs": {"a": "a"}},
        "a": {"inputs": {"n": ["n"], "m": "m"}, "original": {"type": "github", "owner": "x", "repo": "a"}},
        "m": {"original": GITHUB},
    }
    lock = Document("/flake.lock", json.dumps({"version": 7, "root": "root", "nodes": nodes}).encode())

    assert [(each.input, each.locked_for) for each in stale_inputs(flake, lock)] == [("a/m", "github:NixOS/nixpkgs")]


@pytest.mark.parametrize(
    "lock", ["", "[]", '{"nodes": 1}', '{"root": 3, "nodes": {"root": {"inputs": {"nixpkgs": 4}}}}']
)
def test_a_malformed_lock_is_not_compared(lock: str):
    flake = Document("/flake.nix", b'{ inputs.nixpkgs.url = "github:a/b"; outputs = _: { }; }')

    assert list(stale_inputs(flake, Document("/flake.lock", lock.encode()))) == []


@pytest.mark.parametrize(
    "text", ["", "{", "{ inputs", "{ inputs = { a", "{ inputs.a.url = ; }", "x: x", "{ inherit (x) inputs; }"]
)
def test_a_malformed_flake_has_what_can_be_read(text: str):
    declared_inputs(Document("/flake.nix", text.encode()))


def test_inputs_may_be_written_in_every_form():
    text = """{
      inputs = { a.url = "1"; b = { url = "2"; inputs.a.follows = "a"; }; };
      inputs."c".url = "3";
    }"""
    found = declared_inputs(Document("/flake.nix", text.encode()))

    assert [(each.name, each.text("url"), each.text("inputs", "a", "follows")) for each in found] == [
        ("a", "1", None),
        ("b", "2", "a"),
        ("c", "3", None),
    ]
