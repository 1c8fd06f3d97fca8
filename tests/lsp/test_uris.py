"""URIs and paths."""

from __future__ import annotations

import pytest

from nix_lsp.lsp.uris import to_path, to_uri


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/ann/nixos/flake.nix", "/home/ann/nixos/flake.nix"),
        ("file:///home/ann/my%20config/a%2Bb.nix", "/home/ann/my config/a+b.nix"),
        ("file:///home/ann/100%25.nix", "/home/ann/100%.nix"),
        ("file:///home/%C3%A4nn/日本.nix", "/home/änn/日本.nix"),
        ("file://localhost/etc/nixos/a.nix", "/etc/nixos/a.nix"),
        ("FILE:/etc/nixos/a.nix", "/etc/nixos/a.nix"),
        ("file:///etc/nixos/../a.nix", "/etc/a.nix"),
        ("file:///etc/a.nix?x#y", "/etc/a.nix"),
    ],
)
def test_file_uris_name_paths(uri: str, path: str) -> None:
    assert to_path(uri) == path


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "git:/a.nix?ref", "file://host/share/a.nix", "file:a.nix", "", "file:///a%00b"]
)
def test_other_uris_name_no_path(uri: str) -> None:
    assert to_path(uri) is None


@pytest.mark.parametrize("path", ["/a b/c%d.nix", "/ä/日本/🙂.nix", "/#?&=+:@.nix", "/nix/store/x-source/a.nix"])
def test_a_path_survives_the_way_there_and_back(path: str) -> None:
    uri = to_uri(path)

    assert uri.isascii()
    assert to_path(uri) == path


def test_a_name_that_is_no_utf8_survives_too() -> None:
    assert to_path("file:///a%FFb.nix") == "/a\udcffb.nix"
    assert to_uri("/a\udcffb.nix") == "file:///a%FFb.nix"


def test_what_is_no_path_is_its_own_uri() -> None:
    assert to_uri("untitled:Untitled-1") == "untitled:Untitled-1"
