"""A pin: which revision of a source a project is locked to, and where that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from option_index.timeline import Point

if TYPE_CHECKING:
    from collections.abc import Mapping


class Pin(NamedTuple):
    """One locked source: a nixpkgs, a home-manager, a nix-darwin."""

    source: str
    """`nixpkgs`, `home-manager`, `nix-darwin`, or the input's name for any other source."""
    point: Point
    branch: str | None
    """The branch or reference followed: `nixos-25.11`, `nixos-unstable`, `release-25.11`, `master`."""
    evidence: str
    """What says so, for people: `flake.lock, input nixpkgs`."""
    file: str | None = None
    """The absolute path of the file that says so."""
    owner: str | None = None
    """The repository's owner where known, to tell forks."""
    repo: str | None = None
    """The repository's name where known: inputs may be called anything."""


class Lane(NamedTuple):
    """One module set at the pins of one evaluation: what a piece of a module is judged by."""

    set: str
    """`nixos`, `home-manager`, `nix-darwin`; `flake` for flake.nix and the modules of flake-parts, whose options no index has."""
    pins: Mapping[str, Pin]
    """By source name. A source that is missing is not pinned anywhere we can see."""
    host: str | None = None
    """The flake output or entry point that builds it: `nixosConfigurations.laptop`."""
    evidence: str = ""
    """Why the file belongs to this lane, for people."""
    is_sure: bool = False
    """A host is built from the file, or its author says so: neither its folder nor a vote of its options, nor what a flake exports, is all there is."""

    def within(self, module_set: str) -> Lane:
        """Return the lane of a submodule of another module set in the same evaluation (`home-manager.users.<name>`)."""
        return self._replace(set=module_set, is_sure=self.is_sure or module_set != self.set)
