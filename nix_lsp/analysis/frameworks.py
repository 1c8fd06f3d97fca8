"""Hosts that a framework finds by the places of files, where flake.nix names neither hosts nor modules."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN, NIXOS, may_build
from nix_lsp.analysis.partial.value import Listing, NixPath, given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.partial.value import Thunk


class Place(NamedTuple):
    """Where a framework looks for hosts."""

    framework: bytes
    """What flake.nix says where it is used."""
    hosts: re.Pattern[str]
    """Matches the path of a host's file, relative to the project's root."""
    set: str
    modules: re.Pattern[str] | None = None
    """Matches the paths of the modules that all these hosts have."""


class Found(NamedTuple):
    """A host that was found."""

    name: str
    """The path of its file, relative to the project's root."""
    set: str
    modules: Thunk


PLACES = (
    Place(
        b"snowfall-lib",
        re.compile(r"(?:^|/)systems/[^/]+-linux/[^/]+/default\.nix$"),
        NIXOS,
        re.compile(r"(?:^|/)modules/nixos/(?:[^/]+/)+default\.nix$"),
    ),
    Place(
        b"snowfall-lib",
        re.compile(r"(?:^|/)systems/[^/]+-darwin/[^/]+/default\.nix$"),
        NIX_DARWIN,
        re.compile(r"(?:^|/)modules/darwin/(?:[^/]+/)+default\.nix$"),
    ),
    Place(
        b"snowfall-lib",
        re.compile(r"(?:^|/)homes/[^/]+/[^/]+/default\.nix$"),
        HOME_MANAGER,
        re.compile(r"(?:^|/)modules/home/(?:[^/]+/)+default\.nix$"),
    ),
    Place(b"blueprint", re.compile(r"(?:^|/)hosts/[^/]+/configuration\.nix$"), NIXOS),
    Place(b"blueprint", re.compile(r"(?:^|/)hosts/[^/]+/darwin-configuration\.nix$"), NIX_DARWIN),
    Place(b"blueprint", re.compile(r"(?:^|/)hosts/[^/]+/users/[^/]+(?:\.nix|/home-configuration\.nix)$"), HOME_MANAGER),
)
"""By the documentation of snowfall-lib and numtide's blueprint."""


def found_hosts(files: Files, root: str, paths: Sequence[str]) -> Iterator[Found]:
    """Yield the hosts among `paths` that the framework of the flake at `root` would find.

    Their list of modules is never whole: flake.nix may hand the framework more of them.
    """
    flake = files.document(posixpath.join(root, "flake.nix"))
    for place in PLACES if flake else ():
        if flake is None or place.framework not in flake.source:
            continue
        relative = {path: path.removeprefix(root).lstrip("/") for path in paths if may_build(path, root)}
        modules = [path for path, name in relative.items() if place.modules and place.modules.search(name)]
        for path, name in relative.items():
            if place.hosts.search(name):
                items = tuple(given(NixPath(each)) for each in (path, *modules))
                yield Found(name, place.set, given(Listing(items, exact=False)))
