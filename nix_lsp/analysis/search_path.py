"""What `<nixpkgs/lib>` and `~/x` mean on this machine: NIX_PATH, or without one the channels (manual, "nix-path")."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.pins.channels import ROOT_CHANNELS, nix_path_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.pins.channels import Environment

_BUILT_IN = "nix"
"""`<nix/fetchurl.nix>` is part of Nix itself."""


def find_searched(files: Files, environment: Environment, written: str) -> str | None:
    """Return the absolute path that a search path stands for: the first place that has it.

    Args:
        files: where to look; the places are admitted to it.
        environment: NIX_PATH and the home folder.
        written: what stands between `<` and `>`.

    Returns None where nothing is found, and behind an entry that is no folder of this machine, which might have it.
    """
    for prefix, place in _entries(environment):
        rest = _below(prefix, written)
        if rest is None:
            continue
        if not place.startswith("/"):
            return None
        path = posixpath.normpath(posixpath.join(place, rest))
        if files.admit(posixpath.normpath(place)) and files.kind(path):
            return path
    return None


def find_in_home(environment: Environment, written: str) -> str | None:
    """Return the absolute path of `~/x`; None where the home folder is not known."""
    home = environment.home
    return posixpath.normpath(posixpath.join(home, written.removeprefix("~/"))) if home else None


def _below(prefix: str, written: str) -> str | None:
    if not prefix:
        return None if written.partition("/")[0] == _BUILT_IN else written
    if written == prefix or written.startswith(f"{prefix}/"):
        return written[len(prefix) + 1 :]
    return None


def _entries(environment: Environment) -> Iterator[tuple[str, str]]:
    """Yield prefixes (empty: any) with their places, first ones first."""
    stated = environment.variables.get("NIX_PATH")
    if stated is not None:
        for entry in filter(None, nix_path_entries(stated)):
            prefix, equals, place = entry.partition("=")
            yield (prefix, place) if equals else ("", entry)
        return
    if environment.home:
        yield "", posixpath.join(environment.home, ".nix-defexpr/channels")
    yield "nixpkgs", posixpath.join(ROOT_CHANNELS, "nixpkgs")
    yield "", ROOT_CHANNELS
