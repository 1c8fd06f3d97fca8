"""The embedded facts with the prose of a nearby revision.

Facts are true for the pin, prose seldom changes: what an option is comes from the embedded facts, and how it is described from the
index last built of the same branch. Nothing is claimed by that index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.facts import FactOptions
    from option_index.query import PackageSet
    from option_index.records import Attribute, Child, Option, Package, PackageMove, Resolution
    from option_index.store import ExactOptions, StoredPackages
    from option_index.store_file import Origin

_SHORT = 9


class DescribedOptions:
    """The options of one module set at one pin, described as another revision does."""

    def __init__(self, known: FactOptions, near: ExactOptions, origin: Origin) -> None:
        """`known` answers, `near` lends its prose; `origin` is that of `near`."""
        self._known = known
        self._near = near
        self.origin = origin

    @property
    def set(self) -> str:
        return self._known.set

    @property
    def gap(self) -> str | None:
        """Why less is claimed than of other pins: as the facts say."""
        return self._known.gap

    @property
    def label(self) -> str:
        """What answers, for people: as the facts say it, and whose prose it is."""
        return f"{self._known.label}, described as in {self.origin.revision[:_SHORT]}"

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a path; see `OptionSet.resolve`."""
        found = self._known.resolve(path)
        return found._replace(option=self._described(found.option)) if found.option else found

    def option(self, path: Sequence[str]) -> Option | None:
        """Return the option that defines `path`, placeholders matched, or None."""
        found = self._known.option(path)
        return self._described(found) if found else None

    def children(self, path: Sequence[str | None]) -> Sequence[Child]:
        """Return all names below `path` in name order."""
        return [
            child._replace(option=self._described(child.option)) if child.option else child
            for child in self._known.children(path)
        ]

    def below(self, path: Sequence[str | None], text: str, limit: int) -> Sequence[Option]:
        """Return options below `path` that match `text`; see `OptionSet.below`."""
        return [self._described(option) for option in self._known.below(path, text, limit)]

    def search(self, text: str, limit: int) -> Sequence[Option]:
        """Return up to `limit` options whose path holds every word of `text`, best first."""
        return [self._described(option) for option in self._known.search(text, limit)]

    def suggest(self, path: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Return up to three existing paths that an unknown `path` may have been meant to be, nearest first."""
        return self._known.suggest(path)

    def _described(self, option: Option) -> Option:
        example, description = self._near.prose(option.path)
        if not example and not description:
            return option
        return option._replace(example=option.example or example, description=option.description or description)


class DescribedPackages:
    """The packages of nixpkgs at one pin, described as another revision does where a single one is asked for."""

    def __init__(self, known: PackageSet, near: StoredPackages) -> None:
        """`known` answers, `near` lends its descriptions."""
        self._known = known
        self._near = near

    @property
    def label(self) -> str:
        return self._known.label

    def package(self, attr: str) -> Package | None:
        """Return the package at a dotted attribute path below `pkgs`."""
        found = self._known.package(attr)
        return found._replace(description=self._near.describe(attr)) if found else None

    def children(self, prefix: str) -> Sequence[Package]:
        """Return all packages directly in a set, in name order."""
        return self._known.children(prefix)

    def sets(self, prefix: str) -> Sequence[str]:
        """Return the names of the package sets directly in a set."""
        return self._known.sets(prefix)

    def starting(self, prefix: str, text: str, limit: int) -> Sequence[Package]:
        """Return packages directly in a set that start with `text`, then those that contain it."""
        return self._known.starting(prefix, text, limit)

    def attribute(self, attr: str) -> Attribute | None:
        """Return what stands at a dotted path below `pkgs`."""
        return self._known.attribute(attr)

    def others(self, prefix: str, text: str, limit: int) -> Sequence[Attribute]:
        """Return names in a set beside its packages."""
        return self._known.others(prefix, text, limit)

    def unheard(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that are nowhere known."""
        return self._known.unheard(prefix, names)

    @property
    def newest(self) -> str | None:
        """The newest revision that is known, where the pin may be newer."""
        return self._known.newest

    def lacking(self, prefix: str, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that the set surely lacks."""
        return self._known.lacking(prefix, names)

    def was(self, attr: str) -> bool:
        """Tell whether nixpkgs has had an attribute at any time that is known."""
        return self._known.was(attr)

    def near(self, attr: str) -> Sequence[str]:
        """Return attributes that one which is not there may have been meant to be."""
        return self._known.near(attr)

    def move(self, attr: str) -> PackageMove | None:
        """Return what nixpkgs' aliases surely say of an attribute at this pin."""
        return self._known.move(attr)

    def moving(self) -> frozenset[str]:
        """Return the names that nixpkgs' aliases ever speak of."""
        return self._known.moving()
