"""Which page of the web a reference to a source stands for: flake references, URLs, fetchers' owner and repository.

Facts: flake references are described in the manual ("nix flake", "Flake references"); the forges' own paths of branches and folders.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE = re.compile(
    r"(github|gitlab|sourcehut):([^/?#\s]+)/([^/?#\s]+)(?:/([^?#\s]+))?(?:\?([^#\s]*))?(?:#\S*)?", re.ASCII
)
_GIT = re.compile(r"(?:git|tarball|hg)\+(https?://[^?#\s]+)(?:[?#]\S*)?")
_FLAKEHUB = re.compile(r"https://(?:api\.)?flakehub\.com/f/(?:pinned/)?([\w.-]+)/([\w.-]+)(?:/\S*)?")
_INDIRECT = re.compile(r"(?:flake:)?nixpkgs(?:/([\w.-]+))?")
_TREES = {"github": "/tree/", "gitlab": "/-/tree/", "sourcehut": "/tree/"}
_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "sourcehut": "git.sr.ht"}


class Forge(NamedTuple):
    """Where a fetcher's repositories are."""

    host: str
    """Empty: an argument says it."""
    host_argument: str = ""
    tree: str = "/tree/"
    """What stands between a repository and a branch, tag or commit."""


FETCHERS: Mapping[str, Forge] = {
    "fetchFromBitbucket": Forge("bitbucket.org", tree="/src/"),
    "fetchFromCodeberg": Forge("codeberg.org", tree="/src/"),
    "fetchFromForgejo": Forge("", "domain", "/src/"),
    "fetchFromGitHub": Forge("github.com", "githubBase"),
    "fetchFromGitLab": Forge("gitlab.com", "domain", "/-/tree/"),
    "fetchFromGitea": Forge("", "domain", "/src/"),
    "fetchFromSourcehut": Forge("git.sr.ht", "domain"),
}
"""Fetchers of nixpkgs that take an owner and a repository, by name."""
TYPES = {"github": "fetchFromGitHub", "gitlab": "fetchFromGitLab", "sourcehut": "fetchFromSourcehut"}
"""The `type` of a flake input that is written as a set, as the fetcher that takes the same."""


def page_of(reference: str) -> str | None:
    """Return the address of the page for a flake reference or a URL; None for what has none (`path:`, `git+ssh:` to a host of one's own)."""
    if found := _REFERENCE.fullmatch(reference):
        return _forge_page(found)
    if found := _GIT.fullmatch(reference):
        return found[1].removesuffix(".git")
    if found := _FLAKEHUB.fullmatch(reference):
        return f"https://flakehub.com/flake/{found[1]}/{found[2]}"
    if re.match(r"https?://[\w\[]", reference):
        return escaped(reference)
    return None


def indirect_page(reference: str) -> str | None:
    """Return the page for a reference through the registry, `nixpkgs/nixos-25.11`, where an input's `url` is one."""
    found = _INDIRECT.fullmatch(reference)
    if found is None:
        return None
    return "https://github.com/NixOS/nixpkgs" + (f"/tree/{found[1]}" if found[1] else "")


def repository_page(fetcher: str, arguments: Mapping[str, str], ref: str | None = None) -> str | None:
    """Return the page of the repository that a fetcher is told, or of a `ref` in it.

    Args:
        fetcher: one of `FETCHERS`.
        arguments: those of its arguments that are constant strings.
        ref: a branch, tag or commit.
    """
    forge = FETCHERS[fetcher]
    host = arguments.get(forge.host_argument, forge.host)
    owner, repo = arguments.get("owner"), arguments.get("repo")
    if not (host and owner and repo):
        return None
    group = arguments.get("group")
    base = f"https://{host}/{f'{group}/' if group else ''}{owner}/{repo}"
    return escaped(f"{base}{forge.tree}{ref}" if ref else base)


def escaped(url: str) -> str:
    """Return a URL with what is not ASCII percent-encoded."""
    return "".join(
        character if character.isascii() else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in url
    )


def _forge_page(found: re.Match[str]) -> str | None:
    kind, owner, repo, ref, query = found.groups()
    asked = dict(part.split("=", 1) for part in (query or "").split("&") if "=" in part)
    host = asked.get("host", _HOSTS[kind])
    ref = ref or asked.get("rev") or asked.get("ref")
    owner = owner.replace("%2F", "/").replace("%2f", "/").replace("%7E", "~")
    page = f"https://{host}/{owner}/{repo}"
    folder = asked.get("dir", "").strip("/")
    if ref or folder:
        page += _TREES[kind] + (ref or "HEAD")
    return escaped(f"{page}/{folder}" if folder else page)
