"""What references to sources say."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.pins.literals import parse_literal
from nix_lsp.analysis.pins.reference import release_of, source_of

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("branch", "release"),
    [
        ("nixos-25.11", "25.11"),
        ("nixos-25.11-small", "25.11"),
        ("nixpkgs-25.11-darwin", "25.11"),
        ("release-25.11", "25.11"),
        ("nix-darwin-25.11", "25.11"),
        ("nixos-unstable", None),
        ("master", None),
        ("staging-25.11", "25.11"),
        ("my-25.11", None),
        (None, None),
    ],
)
def test_a_branch_tells_its_release(branch: str | None, release: str | None):
    assert release_of(branch) == release


@pytest.mark.parametrize(
    ("url", "repo", "branch", "release", "rolling", "revision"),
    [
        ("github:NixOS/nixpkgs/nixos-25.11", "nixpkgs", "nixos-25.11", None, False, None),
        ("github:NixOS/nixpkgs", "nixpkgs", None, None, False, None),
        ("github:NixOS/nixpkgs?ref=nixos-25.11", "nixpkgs", "nixos-25.11", None, False, None),
        (f"github:NixOS/nixpkgs/{REVISION}", "nixpkgs", None, None, False, REVISION),
        ("flake:nixpkgs/nixos-25.11", "nixpkgs", "nixos-25.11", None, False, None),
        ("nixpkgs", "nixpkgs", None, None, False, None),
        ("channel:nixos-25.11", "nixpkgs", "nixos-25.11", None, False, None),
        ("https://channels.nixos.org/nixos-25.11/nixexprs.tar.xz", "nixpkgs", "nixos-25.11", None, False, None),
        ("https://nixos.org/channels/nixos-unstable", "nixpkgs", "nixos-unstable", None, False, None),
        (f"https://releases.nixos.org/nixos/25.11/nixos-25.11.99.{REVISION}/nixexprs.tar.xz", "nixpkgs", None, "25.11", False, REVISION),
        ("https://releases.nixos.org/nixos/unstable/nixos-26.11pre1058091.ffb3c9b700e7/nixexprs.tar.xz", "nixpkgs", None, None, True, None),
        ("https://flakehub.com/f/NixOS/nixpkgs/0.2511.*.tar.gz", "nixpkgs", None, "25.11", False, None),
        ("https://flakehub.com/f/NixOS/nixpkgs/0.1", "nixpkgs", None, None, True, None),
        (f"https://api.flakehub.com/f/pinned/NixOS/nixpkgs/0.2505.809%2Brev-{REVISION}/x/source.tar.gz", "nixpkgs", None, "25.05", False, REVISION),
        (f"https://github.com/NixOS/nixpkgs/archive/{REVISION}.tar.gz", "nixpkgs", None, None, False, REVISION),
        ("https://github.com/NixOS/nixpkgs/archive/nixos-25.11.tar.gz", "nixpkgs", "nixos-25.11", None, False, None),
        ("https://github.com/nix-community/home-manager/archive/refs/heads/release-25.11.tar.gz", "home-manager", "release-25.11", None, False, None),
        ("https://github.com/NixOS/nixpkgs/tarball/nixos-25.11", "nixpkgs", "nixos-25.11", None, False, None),
        (f"git+https://github.com/NixOS/nixpkgs.git?ref=nixos-25.11&rev={REVISION}", "nixpkgs", "nixos-25.11", None, False, REVISION),
        ("git+ssh://git@example.org/me/nixpkgs?ref=refs/heads/nixos-25.11", "nixpkgs", "nixos-25.11", None, False, None),
    ],
)  # fmt: skip
def test_a_url_tells_repository_branch_and_revision(
    url: str, repo: str, branch: str | None, release: str | None, rolling: bool, revision: str | None
):
    reference = parse_literal(url)

    assert reference is not None
    assert (reference.repo, reference.branch, reference.release) == (repo, branch, release)
    assert (reference.rolling, reference.revision) == (rolling, revision)


@pytest.mark.parametrize("text", ["", "path:./nixpkgs", "./nixpkgs", "https://example.org", "%%%", "github:x"])
def test_what_names_no_repository_tells_nothing(text: str):
    assert parse_literal(text) is None


@pytest.mark.parametrize(("repo", "source"), [("Nixpkgs", "nixpkgs"), ("home-manager", "home-manager"), ("nixpkgs.lib", None), (None, None)])  # fmt: skip
def test_a_repository_tells_the_source(repo: str | None, source: str | None):
    assert source_of(repo) == source
