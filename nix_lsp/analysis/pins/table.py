"""The readers of pins, in order of weight: a new way to lock sources is a file beside this one and a row here."""

from __future__ import annotations

import posixpath
from collections import ChainMap
from typing import TYPE_CHECKING, Literal, NamedTuple

from nix_lsp.analysis.pins import flake_lock, flake_urls, literals, niv, npins, nvfetcher, prefetched
from nix_lsp.analysis.pins.fetched import FETCHED, fetched_pin
from nix_lsp.analysis.pins.record import EMPTY, PinProblem, Pins
from nix_lsp.analysis.pins.reference import HOME_MANAGER, NIX_DARWIN, NIXPKGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.pin import Pin

Reach = Literal["inputs", "sources", "literals"]
"""How Nix code reaches the pins: by a flake's `inputs`, by the attributes of a file of sources, or by writing them down itself."""


class Reader(NamedTuple):
    """A way to pin: how code reaches its pins, the function that reads a folder's (None where the folder has none), and its files."""

    reach: Reach
    read: Callable[[Files, str], Pins | None]
    files: tuple[str, ...]
    """Where it looks, relative to the folder."""
    marks: bool = True
    """A file of that name makes its folder one that locks sources of its own; other things may bear the name otherwise."""


_FLAKE, _FLAKE_LOCK = "flake.nix", "flake.lock"

READERS = (
    Reader("inputs", flake_lock.read, (_FLAKE_LOCK,)),
    Reader("inputs", flake_urls.read, (_FLAKE,)),
    Reader("sources", npins.read, npins.FILES),
    Reader("sources", niv.read, ("nix/sources.json",)),
    Reader("sources", niv.read_lon, ("lon.lock",)),
    Reader("inputs", flake_lock.read_devenv, ("devenv.lock",)),
    Reader("sources", nvfetcher.read, (nvfetcher.FILE,), marks=False),
    Reader("sources", prefetched.read, prefetched.FILES, marks=False),
    Reader("literals", literals.read, literals.ENTRY_FILES, marks=False),
)

LOCKS = tuple(file for reader in READERS if reader.marks for file in reader.files)
"""What makes a folder one that locks sources of its own."""

_LOCK_FILES = tuple(file for reader in READERS if reader.reach != "literals" for file in reader.files)

LOCK_NAMES = frozenset(posixpath.basename(file) for file in _LOCK_FILES if file != _FLAKE)
"""Names of files whose change may change pins."""


class FolderPins(NamedTuple):
    """What one folder locks, by how it is reached."""

    reached: Mapping[Reach, Pins]
    order: tuple[Pins, ...]
    files: tuple[str, ...]
    """What they were read from, relative to the folder, absent files too: they hold as long as these stay the same."""

    @property
    def problems(self) -> tuple[PinProblem, ...]:
        """What is wrong with the files that were read."""
        return tuple(problem for pins in self.order for problem in pins.problems)

    def named(self, head: str, name: str) -> Pin | None:
        """Return the pin that code reaches as `inputs.<name>`, `sources.<name>`, or fetches by itself; names of flake inputs may be paths `a/b`."""
        if head == FETCHED:
            return fetched_pin(name)
        for reach, pins in self.reached.items():
            if reach == head:
                return pins.by_name.get(name) or pins.inputs.get(name)
        return None

    def nixpkgs_of(self, name: str) -> Pin | None:
        """Return the nixpkgs that the flake input `name` is locked to use."""
        pins = self.reached.get("inputs", EMPTY)
        return pins.inputs.get(pins.nixpkgs_of.get(name, ""))

    def main(self) -> dict[str, Pin]:
        """Return one pin per well-known source: that of the input named like the source, else the first one."""
        found: dict[str, Pin] = {}
        for pins in self.order:
            named = [(pin.source, pin) for name, pin in pins.by_name.items() if pin.source == name]
            others = [(pin.source, pin) for name, pin in pins.by_name.items() if pin.source != name]
            for source, pin in (*named, *others):
                found.setdefault(source, pin)
        for name in (HOME_MANAGER, NIX_DARWIN):
            if name in found and NIXPKGS not in found and (below := self._below(found[name])):
                found[NIXPKGS] = below
        return found

    def _below(self, pin: Pin) -> Pin | None:
        """Return the nixpkgs that a pin's own input is locked to use: what counts for a project that locks none itself."""
        inputs = self.reached.get("inputs", EMPTY).by_name
        return next((self.nixpkgs_of(name) for name, other in inputs.items() if other == pin), None)


def read_folder(files: Files, folder: str) -> FolderPins:
    """Read everything that a folder locks."""
    reached: dict[Reach, Pins] = {}
    order: list[Pins] = []
    for reach, read, _, _ in READERS:
        # A URL in some expression says less than a lock, even than one that names no nixpkgs.
        if order and reach == "literals":
            continue
        if pins := read(files, folder):
            order.append(pins)
            before = reached.get(reach)
            reached[reach] = (
                pins if before is None else before._replace(by_name=ChainMap(dict(before.by_name), dict(pins.by_name)))
            )
    # Where there is a lock, flake.nix says nothing more; where there is any, no expression does.
    needless = {_FLAKE} if files.kind(posixpath.join(folder, _FLAKE_LOCK)) else set[str]()
    by_code = () if any(reach != "literals" for reach in reached) else literals.ENTRY_FILES
    return FolderPins(reached, tuple(order), (*(file for file in _LOCK_FILES if file not in needless), *by_code))
