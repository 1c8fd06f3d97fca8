"""What a reference to a source says: which source it is, which branch, which release.

Facts: the branch names of NixOS/nixpkgs, nix-community/home-manager and nix-darwin/nix-darwin; the URLs of the channel server
(`channels.nixos.org/<branch>/nixexprs.tar.xz`, `releases.nixos.org/<channel>/<build>/…`); FlakeHub's version numbers for nixpkgs
(`0.2511.<n>` is release 25.11, `0.1.<n>` is unstable).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.pin import Pin
from option_index.timeline import Point

if TYPE_CHECKING:
    from datetime import date

NIXPKGS, HOME_MANAGER, NIX_DARWIN = "nixpkgs", "home-manager", "nix-darwin"

_REPOSITORIES = {
    "nixpkgs": NIXPKGS,
    "nixpkgs-channels": NIXPKGS,
    "nixpkgs-weekly": NIXPKGS,
    "devenv-nixpkgs": NIXPKGS,
    "nixpkgs-unstable": NIXPKGS,
    "nixos-unstable": NIXPKGS,
    "nixos": NIXPKGS,
    "home-manager": HOME_MANAGER,
    "nix-darwin": NIX_DARWIN,
    "darwin": NIX_DARWIN,
}
_BRANCH = re.compile(
    r"(?:nixos|nixpkgs|release|nix-darwin|home-manager|staging|staging-next)-(\d\d\.\d\d)(?:-(?:small|darwin|aarch64))?"
)
_REVISION = re.compile(r"[0-9a-f]{40}")
_CHANNEL = r"https?://(?:channels\.nixos\.org|(?:www\.)?nixos\.org/channels)/([\w.-]+)(?:/|$)"
_BUILD = r"https?://releases\.nixos\.org/[\w./-]*?/(?:nixos|nixpkgs|nixpkgs-darwin)-(\d\d\.\d\d)(pre|beta|\.)?[\d.]*\.([0-9a-f]{7,40})(?:/|$)"
_FLAKEHUB = r"https?://(?:api\.)?flakehub\.com/f/(?:pinned/)?([\w.-]+)/([\w.-]+)/([^/]+)"
_ARCHIVE = (
    r"https?://(?:api\.)?github\.com/(?:repos/)?([\w.-]+)/([\w.-]+?)(?:\.git)?/(?:archive|tarball|zipball)/(?:refs/(?:heads|tags)/)?"
    r"([\w.-]+?)(?:\.tar\.gz|\.zip)?(?:[?#]|$)"
)
_CODELOAD = r"https?://codeload\.github\.com/([\w.-]+)/([\w.-]+)/(?:tar\.gz|zip)/(?:refs/heads/)?([\w.-]+)"
_FORGE = r"(?:github|gitlab|sourcehut):([^/?]+)/([^/?]+)(?:/([^?]+))?"
_GIT = r"(?:git\+)?(?:https?|ssh|git|file)://[^?]*?/(?:~?([\w.-]+)/)?([\w.-]+?)(?:\.git)?/?(?:\?([^#]*))?$"


class Reference(NamedTuple):
    """What a URL or a lock's `original` names; any part may be unknown."""

    owner: str | None = None
    repo: str | None = None
    branch: str | None = None
    revision: str | None = None
    release: str | None = None
    """Where the reference itself states it (a tarball of the channel server, FlakeHub)."""
    rolling: bool = False
    """The reference itself states that it is a build of master."""


def source_of(repository: str | None) -> str | None:
    """Return `nixpkgs`, `home-manager` or `nix-darwin` for the name of such a repository, else None."""
    return _REPOSITORIES.get(repository.lower()) if repository else None


def release_of(branch: str | None) -> str | None:
    """Return `25.11` for `nixos-25.11`, `nixos-25.11-small`, `nixpkgs-25.11-darwin`, `release-25.11`, `nix-darwin-25.11`; None for master."""
    found = _BRANCH.fullmatch(branch) if branch else None
    return found[1] if found else None


def is_revision(text: str | None) -> bool:
    """Tell whether a text is a full commit hash."""
    return bool(text and _REVISION.fullmatch(text))


def pin(
    source: str,
    reference: Reference,
    evidence: str,
    *,
    file: str | None = None,
    day: date | None = None,
    revision: str | None = None,
    nar_hash: str | None = None,
) -> Pin:
    """Make a pin of what a reference says and what was locked (`day`: the commit's date).

    A revision without a branch is taken for one of master: release branches are rarely pinned by bare revision.
    """
    release = reference.release or (None if reference.rolling else release_of(reference.branch))
    point = Point(
        release=release,
        date=day,
        revision=revision or reference.revision,
        nar_hash=nar_hash,
    )
    branch = reference.branch or (f"nixos-{release}" if release and source == NIXPKGS else None)
    return Pin(source, point, branch, evidence, file, reference.owner, reference.repo)


def named(name: str) -> str | None:
    """Return the source that the name of an input stands for when its repository does not tell (a local path, a fork)."""
    name = name.rpartition("/")[2]
    return name if name in {NIXPKGS, HOME_MANAGER, NIX_DARWIN} else None


def parse_url(url: str) -> Reference | None:
    """Read a flake reference or a URL; None for what names no repository, channel or build."""
    for pattern, read in _URLS:
        if found := re.match(pattern, url):
            return read(found)
    return None


def _channel(found: re.Match[str]) -> Reference:
    return Reference("NixOS", "nixpkgs", branch=found[1])


def _build(found: re.Match[str]) -> Reference:
    rolling = found[2] in {"pre", "beta"}
    revision = found[3] if is_revision(found[3]) else None
    return Reference("NixOS", "nixpkgs", revision=revision, release=None if rolling else found[1], rolling=rolling)


def _flakehub(found: re.Match[str]) -> Reference:
    version, _, tag = unquote(found[3]).partition("+")
    revision = tag.removeprefix("rev-")[:40]
    revision = revision if is_revision(revision) else None
    stated = re.match(r"[=~^v]*0\.(\d{4}|1)(?:\.|$)", version)
    if stated and len(stated[1]) == 4:
        return Reference(found[1], found[2], revision=revision, release=f"{stated[1][:2]}.{stated[1][2:]}")
    return Reference(found[1], found[2], revision=revision, rolling=stated is not None)


def _archive(found: re.Match[str]) -> Reference:
    return _at(found[1], found[2], found[3])


def _forge(found: re.Match[str]) -> Reference:
    return _at(
        found[1],
        found[2],
        unquote(found[3]) if found[3] else _query(found.string, "ref") or _query(found.string, "rev"),
    )


def _git(found: re.Match[str]) -> Reference:
    reference = _at(found[1], found[2], _query(found.string, "ref"))
    return reference._replace(revision=_query(found.string, "rev"))


def _at(owner: str | None, repo: str, ref: str | None) -> Reference:
    if is_revision(ref):
        return Reference(owner, repo, revision=ref)
    if ref and (build := re.fullmatch(r"\d\d\.\d\d", ref)) and source_of(repo) == NIXPKGS:
        return Reference(owner, repo, branch=ref, release=build[0])
    return Reference(owner, repo, branch=ref)


def unquote(text: str) -> str:
    """Undo percent-encoding of ASCII characters."""
    return re.sub("%([0-7][0-9A-Fa-f])", lambda found: chr(int(found[1], 16)), text)


def _query(url: str, name: str) -> str | None:
    found = re.search(rf"[?&]{name}=([^&#]+)", url)
    return unquote(found[1]).removeprefix("refs/heads/") if found else None


_URLS = (
    (_CHANNEL, _channel),
    (_BUILD, _build),
    (_FLAKEHUB, _flakehub),
    (_ARCHIVE, _archive),
    (_CODELOAD, _archive),
    (_FORGE, _forge),
    (_GIT, _git),
)
"""How a URL is read: the first pattern that matches. They are compiled when a URL is read: most locks have none."""
