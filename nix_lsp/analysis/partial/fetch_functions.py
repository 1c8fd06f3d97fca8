"""Functions that fetch sources: nothing is fetched, but what they name may be on the machine already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.value import UNKNOWN, Attrset, NixPath, Symbol, Value
from nix_lsp.analysis.pins.fetched import FETCHED, Fetch, segment
from nix_lsp.analysis.pins.reference import unquote

if TYPE_CHECKING:
    from nix_lsp.analysis.partial.evaluate import Evaluator
    from nix_lsp.analysis.partial.value import Thunk

_HASHES = ("narHash", "hash", "sha256")
_SOURCE = "source"
"""The name under which fetchers keep what they fetch, unless they are told another: paths in the store depend on it."""


def fetched(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`fetchTarball`, `fetchGit`, `fetchTree`, `fetchzip` of a URL, or of a set with one."""
    given = args[0].force()
    place = given.attrs["url"].force() if isinstance(given, Attrset) and "url" in given.attrs else given
    if isinstance(place, NixPath):
        # `fetchGit ./.`: what Git knows of a folder.
        return UNKNOWN if _field(given, "rev") else place
    url = given if isinstance(given, str) else _field(given, "url")
    return _symbol(url, _hash(given), _field(given, "rev")) if url else UNKNOWN


def fetched_from_github(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`fetchFromGitHub { owner; repo; rev; hash; }`."""
    given = args[0].force()
    owner, repo = _field(given, "owner"), _field(given, "repo")
    revision = _field(given, "rev") or _field(given, "tag")
    if not (owner and repo and revision):
        return UNKNOWN
    return _symbol(f"github:{owner}/{repo}/{revision}", _hash(given), None)


def flake_of(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`builtins.getFlake "github:owner/repo/<rev>?narHash=…"`; that of the project's own folder is the flake itself."""
    given = args[0].force()
    if not isinstance(given, str | NixPath):
        return UNKNOWN
    url = given.path if isinstance(given, NixPath) else given
    if url.removeprefix("path:").removeprefix("git+file://").rstrip("/") == evaluator.root.rstrip("/"):
        return Symbol(("inputs", "self"))
    said = re.search(r"[?&]narHash=([^&#]+)", url)
    return _symbol(url, unquote(said[1]) if said else "", None)


def _symbol(url: str, nar_hash: str, revision: str | None) -> Value:
    if " " in url or url.startswith(("/", ".")):
        return UNKNOWN
    if revision and revision not in url and "?" not in url:
        url = f"{url}?rev={revision}"
    return Symbol((FETCHED, segment(Fetch(url, nar_hash))))


def _field(given: Value, name: str) -> str | None:
    value = given.attrs[name].force() if isinstance(given, Attrset) and name in given.attrs else None
    return value if isinstance(value, str) else None


def _hash(given: Value) -> str:
    """Return the hash of what is fetched, where it is kept under the usual name."""
    if _field(given, "name") not in {None, _SOURCE}:
        return ""
    return next(filter(None, (_field(given, name) for name in _HASHES)), "")
