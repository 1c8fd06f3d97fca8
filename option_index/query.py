"""The questions that everything above asks: which options, which packages does this revision have, and which library?

Two implementations answer for options and packages: `option_index.facts` (the embedded facts, over the interval a pin can lie in) and `option_index.store`
(one exact revision). Both are cheap to open and to ask; a question that names a path costs a few indexed queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.records import Attribute, Child, LibraryName, Option, Package, PackageMove, Resolution


class OptionSet(Protocol):
    """The options of one module set at one pin."""

    @property
    def set(self) -> str:
        """`nixos`, `home-manager`, `nix-darwin`, or the name of another module set."""
        ...

    @property
    def label(self) -> str:
        """What answers, for people: `NixOS 25.11`, or `NixOS 25.05 (as 25.05pre and 25.11pre agree)`."""
        ...

    @property
    def gap(self) -> str | None:
        """Why less is claimed than of other pins, as a sentence without its end; None where the pin lies between what is known."""
        ...

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a concrete path; None stands for a segment that is not known statically (matches any placeholder or name).

        Attribute names match `<name>` and `*` placeholders; the exact name wins over a placeholder.
        """
        ...

    def option(self, path: Sequence[str]) -> Option | None:
        """Return the option that defines `path`, placeholders matched, or None."""
        ...

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        """Return all names below `path` in name order: no cap. Placeholders come as they are (`<name>`, `*`)."""
        ...

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        """Return up to `limit` options below `path`, at any depth, whose remaining path matches `text`.

        `text` matches case-insensitively: its dot-separated parts occur in this order in successive or later segments, each inside a
        segment (`ssh.en` finds `openssh.enable`). Best first: prefix before infix, shallow before deep.
        """
        ...

    def search(self, text: str, limit: int) -> Sequence[Option]:
        """Return up to `limit` options whose path holds every word of `text`, best first."""
        ...

    def suggest(self, path: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Return up to three existing paths that an unknown `path` may have been meant to be, nearest first; empty where none is near."""
        ...


class PackageSet(Protocol):
    """The package attributes of nixpkgs at one pin."""

    @property
    def label(self) -> str:
        """What the packages are those of, for people."""
        ...

    def package(self, attr: str) -> Package | None:
        """Return the package at a dotted attribute path below `pkgs`."""
        ...

    def children(self, prefix: str) -> Sequence[Package]:
        """Return all packages directly in the set `prefix` (`""` is `pkgs` itself, `python313Packages`, …), in name order."""
        ...

    def sets(self, prefix: str) -> Sequence[str]:
        """Return the names of the package sets directly in `prefix`."""
        ...

    def starting(self, prefix: str, text: str, limit: int) -> Sequence[Package]:
        """Return up to `limit` packages directly in the set `prefix` that match `text`: those that start with it first, then those that contain it."""
        ...

    def attribute(self, attr: str) -> Attribute | None:
        """Return what stands at a dotted path below `pkgs` at any revision that the pin may be, package or not; None: nothing is known to."""
        ...

    def others(self, prefix: str, text: str, limit: int) -> Sequence[Attribute]:
        """Return up to `limit` names in the set `prefix` that hold `text` and that no list of packages has: sets, functions, members."""
        ...

    def lacking(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that the set `prefix` surely lacks: no revision that the pin may be has them, and all names are known."""
        ...

    def unheard(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that no revision which is known has in the set `prefix`, and of which no alias speaks.

        The pin may have them nevertheless, where it is newer than all that is known, or lies where not all names are.
        """
        ...

    @property
    def newest(self) -> str | None:
        """The newest revision that is known, where the pin may be newer."""
        ...

    def was(self, attr: str) -> bool:
        """Tell whether nixpkgs has had an attribute at any time that is known."""
        ...

    def near(self, attr: str) -> Sequence[str]:
        """Return up to three attributes that one which is not there may have been meant to be, the likeliest first."""
        ...

    def move(self, attr: str) -> PackageMove | None:
        """Return what nixpkgs' aliases say of an attribute at this pin, where it certainly holds."""
        ...

    def moving(self) -> frozenset[str]:
        """Return the names that nixpkgs' aliases ever speak of: `move` tells what holds at the pin."""
        ...


class LibrarySet(Protocol):
    """Nixpkgs' `lib` at one pin."""

    @property
    def label(self) -> str:
        """What the library is that of, for people: `nixpkgs 25.11`."""
        ...

    def name(self, path: Sequence[str]) -> LibraryName | None:
        """Return what is known of `lib.<path>`, also where it has left or comes later; None for what no revision known has.

        Also None for what depends on more than the revision, and is not listed: `lib.maintainers`, `lib.teams`.
        """
        ...

    def changing(self) -> frozenset[str]:
        """Return the last segments of all names that ever came to be deprecated or left: `name` tells what holds at the pin."""
        ...

    def children(self, path: Sequence[str]) -> Sequence[LibraryName]:
        """Return the names directly below `lib.<path>` (`()` is `lib` itself) that the pin has or may have, in name order.

        `standing` is PRESENT, DEPRECATED or UNSURE; names that have left or come later are left out.
        """
        ...
